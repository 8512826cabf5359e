"""Do shown quotes stand in the documents? ``python -m eval.audit ANSWERS.jsonl HOME``.

An auditor of its own: it uses nothing of the application, only the stored text in
HOME/library.sqlite and the files themselves. For each citation it checks that

- the quote is exactly the stored text at its offsets, and starts on the page it names;
- each of its characters comes from the raw text, or is one that may stand for it (a line
  break, tab, space, bracket, note mark, an unescaped entity, a 汉字 for its radical);
- origins increase, and the file still has the recorded SHA-256;
- for text formats, the raw text is the file; for PDF, DOCX and HTML, each line, cell and
  page of the quote stands in what ``pdftotext`` (or else pdfium), Word's XML or the HTML
  without its tags says.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import unicodedata
import zipfile
import zlib
from array import array
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
SUBSTITUTES = set(f"\n\t 〔〕{RAISED}")
ENCODINGS = ("utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be")
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
RADICALS = "\u2e80-\u2fdf\uf900-\ufaff"
SOFT_HYPHENS = "[\u00ad\ufffe]"  # pdfium gives U+FFFE for a hyphen that ends a line

TOKEN = re.compile(r"[0-9]+(?:[.,][0-9]+)*|\S")
# A number must be whole: 35 doesn't stand in 135, 35.7 or 35,700.
BEGUN, ENDED = r"(?<![0-9])(?<![0-9][.,])", r"(?![.,]?[0-9])"
TAGS = re.compile(r"(?is)<!--.*?-->|<(script|style)[ >].*?</\1\s*>|<[^>]*>")


def faults(citation: dict[str, Any], database: sqlite3.Connection) -> list[str]:
    """What is wrong with a citation of an answer file; empty when it holds."""
    row = database.execute(
        "SELECT text, raw, origins, path, sha256, structure FROM documents WHERE id = ?",
        [citation["document_id"]],
    ).fetchone()
    if row is None:
        return ["its document is not stored"]
    text, raw, packed, path, sha256, structure = row
    start, end = citation["start"], citation["end"]
    origins = array("I")
    origins.frombytes(zlib.decompress(packed))
    places = origins[start:end]
    found = []
    if text[start:end] != citation["quote"]:
        found.append("the stored text at its offsets differs")
    if any(a >= b for a, b in pairwise(places)):
        found.append("its origins do not increase")
    if not all(map(_stands_for, text[start:end], (raw[p : p + 40] for p in places))):
        found.append("a character is not the raw text's")
    parts = list(_pages(citation["quote"], start, json.loads(structure)["pages"]))
    if parts and parts[0][0] != citation["page"]:
        found.append(f"it starts on page {parts[0][0]}, not {citation['page']}")
    return found + _file_faults(Path(path), sha256, raw, parts)


def _stands_for(character: str, raw: str) -> bool:
    """Whether ``character`` is, or may replace, the first character of ``raw``."""
    return (
        raw.startswith(character)
        or character in SUBSTITUTES
        or (raw.startswith("&") and html.unescape(raw).startswith(character))
        or re.match(f"[{RADICALS}]", raw) is not None
        or unicodedata.normalize("NFKC", raw[:1]) == character
    )


def _pages(quote: str, start: int, pages: list[list[int]]) -> Iterator[tuple[int | None, str]]:
    """What of the quote stands on which page, numbered from 1; None without pages."""
    if not pages:
        yield None, quote
    for number, (first, last) in enumerate(pages, start=1):
        part = quote[max(0, first - start) : max(0, last - start)]
        if part.strip():
            yield number, part


def _file_faults(
    path: Path, sha256: str, raw: str, parts: list[tuple[int | None, str]]
) -> list[str]:
    try:
        data = path.read_bytes()
    except OSError:
        return ["its file can't be read"]
    if hashlib.sha256(data).hexdigest() != sha256:
        return ["its file has changed"]
    suffix = path.suffix.lower()
    if suffix in (".txt", ".md", ".markdown"):
        same = any(raw == data.decode(encoding, "replace") for encoding in ENCODINGS)
        return [] if same else ["the raw text is not the file"]
    return [
        f"the file does not say: {line}"
        for page, part in parts
        for line in re.split(r"[\n\t]", part)
        if line.strip() and not any(map(_pattern(line).search, _readings(path, page)))
    ]


def _pattern(line: str) -> re.Pattern[str]:
    """Finds ``line`` however it is spaced or hyphenated; note marks may be plain or missing."""
    tokens = TOKEN.findall(line)
    pieces = []
    for token, following in zip_longest(tokens, tokens[1:], fillvalue=" "):
        piece = re.escape(token)
        if token in RAISED:
            piece = f"[0-9{RAISED}]?"
        elif token[0] in "0123456789":
            piece = BEGUN + piece + ("" if following in RAISED else ENDED)
        elif token.isascii() and token.isalpha():
            piece += "-?"
        elif not token.isascii():
            piece = f"[{piece}{RADICALS}]"
        pieces.append(piece)
    return re.compile(r"\s*".join(pieces))


@lru_cache(maxsize=256)
def _readings(path: Path, page: int | None) -> list[str]:
    """The text of a file, or of one page of it, in each way that it can be read."""
    if path.suffix.lower() == ".pdf":
        return [re.sub(SOFT_HYPHENS, "", pages[(page or 1) - 1]) for pages in _pdf(path)]
    if path.suffix.lower() == ".docx":
        return [_docx(path)]
    data = path.read_bytes()
    return [
        re.sub(SOFT_HYPHENS, "", html.unescape(TAGS.sub(gap, data.decode(encoding, "replace"))))
        for encoding in ENCODINGS[:2]
        for gap in ("", " ")
    ]


@lru_cache(maxsize=8)
def _pdf(path: Path) -> list[list[str]]:
    """The pages' texts: in reading order, as laid out and as drawn; or as pdfium gives them."""
    if shutil.which("pdftotext"):
        return [
            subprocess.run(
                ["pdftotext", *mode, "-enc", "UTF-8", str(path), "-"],
                capture_output=True,
                check=True,
                encoding="utf-8",
            ).stdout.split("\f")
            for mode in ([], ["-layout"], ["-raw"])
        ]
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        return [[page.get_textpage().get_text_range() for page in document]]


def _docx(path: Path) -> str:
    """Body, footnotes and endnotes, one paragraph a line."""
    lines = []
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if re.fullmatch(r"word/(document|footnotes|endnotes)\.xml", name):
                root = ElementTree.fromstring(archive.read(name))
                lines += [_paragraph(each) for each in root.iter(f"{WORD}p")]
    return "\n".join(lines)


def _paragraph(paragraph: ElementTree.Element) -> str:
    """The text of its runs; tabs and breaks as spaces."""
    spaces = {f"{WORD}{name}": " " for name in ("tab", "br", "cr")}
    spaces[f"{WORD}noBreakHyphen"] = "-"
    return "".join(
        (each.text or "") if each.tag == f"{WORD}t" else spaces.get(each.tag, "")
        for each in paragraph.iter()
    )


def main() -> None:
    """Print each fault and the count; exit code 1 when there is a fault."""
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    answers, home = Path(sys.argv[1]), Path(sys.argv[2])
    database = sqlite3.connect(f"file:{home / 'library.sqlite'}?mode=ro", uri=True)
    checked = failed = 0
    # Not splitlines(): a quote may hold U+2028 and others that it breaks at.
    for line in filter(str.strip, answers.read_text(encoding="utf-8").split("\n")):
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
