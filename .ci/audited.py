"""What pip-audit's report says: exit code 0 clean, 1 a vulnerability, 2 nothing is known."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ACCEPTED: dict[str, str] = {}
"""Vulnerabilities by id that don't concern us, and why."""


def main(report: str) -> int:
    """Read the report, and name what was found on standard error."""
    try:
        packages = json.loads(Path(report).read_text(encoding="utf-8"))["dependencies"]
    except (OSError, ValueError, KeyError, TypeError):
        return 2
    unread = [each["name"] for each in packages if "skip_reason" in each]
    found = [
        f"{each['name']} {each['version']}: {hole['id']}, mended in {hole['fix_versions']}"
        for each in packages
        for hole in each.get("vulns", ())
        if hole["id"] not in ACCEPTED
    ]
    if len(unread) == len(packages):
        return 2
    for line in (*(f"not audited: {name}" for name in unread), *found):
        sys.stderr.write(f"{line}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
