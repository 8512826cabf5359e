"""The lines of a printed table of contents, told from other lines with dots."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.pdf.lines import PrintedLine

LEADERS = re.compile(r"(?:[.．·…‥]\s?){4,}\s*(?:(?P<page>\d{1,4})|[ivxlc]{1,6})\s*$", re.IGNORECASE)
TITLE = re.compile(r"(?:目\s*[录次]|contents|table of contents)", re.IGNORECASE)


def contents_lines(lines: Sequence[PrintedLine], pages: int) -> set[int]:
    """The ``id()`` of the lines of a table of contents: leaders, and the title above them.

    Their numbers never decrease and lie within the file's ``pages``, and most of them name
    what stands elsewhere in the text; without a title there must be two at least. Other
    lines with dots, as in a list of prices, are text.
    """
    entries = {id(line): _words(line) for line in lines if LEADERS.search(line.text)}
    text = "".join("".join(line.text.split()) for line in lines if id(line) not in entries)
    found: set[int] = set()
    for start, end in _runs(lines, pages):
        named = sum(entries[id(line)] in text for line in lines[start:end])
        titled = start > 0 and TITLE.fullmatch(lines[start - 1].text.strip()) is not None
        if 2 * named >= end - start and (titled or end - start > 1):
            found.update(id(line) for line in lines[start - titled : end])
    return found


def _words(line: PrintedLine) -> str:
    return "".join(LEADERS.sub("", line.text).split())


def _runs(lines: Sequence[PrintedLine], pages: int) -> Iterator[tuple[int, int]]:
    """Start and end of each run of lines with leaders and numbers that never decrease."""
    start, reached = 0, 0
    for at, line in enumerate(lines):
        leaders = LEADERS.search(line.text)
        number = int(leaders["page"] or 0) if leaders else pages + 1
        if number > pages or number < reached:
            if start < at:
                yield start, at
            start, reached = at + (number > pages), 0
        if number <= pages:
            reached = number
    if start < len(lines):
        yield start, len(lines)
