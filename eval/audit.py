"""Do shown quotes stand in the documents? ``python -m eval.audit ANSWERS.jsonl HOME``.

An auditor of its own: it uses nothing of the application, only the standard library, the
stored text in HOME/library.sqlite and the files themselves. For each citation it checks
that the quote is exactly the stored text at its offsets, that each of its characters comes
from the raw text (or is a line break, tab, space, bracket or note mark put for one
character), that origins increase, and that the file still has the recorded SHA-256. For
text formats it also checks that the raw text is the file.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
import zlib
from array import array
from itertools import pairwise
from pathlib import Path

SUBSTITUTES = set("\n\t 〔〕⁰¹²³⁴⁵⁶⁷⁸⁹")
ENCODINGS = ("utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be")


def faults(citation: dict[str, object], database: sqlite3.Connection) -> list[str]:
    """What is wrong with a citation of an answer file; empty when it holds."""
    row = database.execute(
        "SELECT text, raw, origins, path, sha256 FROM documents WHERE id = ?",
        [citation["document_id"]],
    ).fetchone()
    if row is None:
        return ["its document is not stored"]
    text, raw, packed, path, sha256 = row
    start, end = int(str(citation["start"])), int(str(citation["end"]))
    origins = array("I")
    origins.frombytes(zlib.decompress(packed))
    places = origins[start:end]
    found = []
    if text[start:end] != citation["quote"]:
        found.append("the stored text at its offsets differs")
    if any(a >= b for a, b in pairwise(places)):
        found.append("its origins do not increase")
    if any(
        raw[place] != character and character not in SUBSTITUTES
        for place, character in zip(places, text[start:end], strict=True)
    ):
        found.append("a character is not the raw text's")
    return found + _file_faults(Path(path), sha256, raw)


def _file_faults(path: Path, sha256: str, raw: str) -> list[str]:
    try:
        data = path.read_bytes()
    except OSError:
        return ["its file can't be read"]
    if hashlib.sha256(data).hexdigest() != sha256:
        return ["its file has changed"]
    if path.suffix.lower() in {".txt", ".md"} and not any(
        raw == data.decode(encoding, "replace") for encoding in ENCODINGS
    ):
        return ["the raw text is not the file"]
    return []


def main() -> None:
    """Print each fault and the count; exit code 1 when there is a fault."""
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    answers, home = Path(sys.argv[1]), Path(sys.argv[2])
    database = sqlite3.connect(f"file:{home / 'library.sqlite'}?mode=ro", uri=True)
    checked = failed = 0
    for line in answers.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for citation in row["citations"]:
            checked += 1
            for fault in faults(citation, database):
                failed += 1
                sys.stdout.write(f"{row['id']} [{citation['number']}]: {fault}\n")
    sys.stdout.write(f"{checked} citations, {failed} faults\n")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
