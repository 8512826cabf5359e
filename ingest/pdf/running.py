"""Running headers, footers and page numbers: what belongs to the pages, not to the text.

A line that is kept although it is one is a blemish; a line of text that is lost makes the
document say something else. So each condition here errs on the side of keeping.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.pdf.lines import PrintedLine, body_size
from ingest.pdf.paragraphs import LARGER, WIDE_GAP, usual_pitch

# Depth of the strips at the top and bottom, in shares of the page's height.
MARGIN_SHARE = 0.15
SAME_HEIGHT = 3.0
# Headers and footers have two rows at most.
ROWS = 2
# Share of the next line's height below which a line is in smaller print.
SMALLER = 0.85
# In 汉字 widths: the gap that parts a page number from words on its line.
GAP = 1.0
RAISED, MARK_SIZE = 0.12, 0.82

ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
PAGE_NUMBER = re.compile(
    r"""[-–—·•~|/]?\s*
    (?:共\s*(?P<all>\d{1,4})\s*页\s*[,，、]?\s*)?
    (?:第\s*(?P<ordinal>\d{1,4})\s*页
      |(?:page|p\.)\s*(?P<page>\d{1,4})
      |(?P<plain>\d{1,4}|[ivxlc]{1,7})\s*页?)
    (?:\s*(?:/|／|of|[,，、/]?\s*共)\s*(?P<total>\d{1,4})\s*页?)?
    \s*[-–—·•~|]?""",
    re.IGNORECASE | re.VERBOSE,
)
WORDS_AND_NUMBER = re.compile(
    r"(.*)(?:\s|[|｜·])\s*(第\s*\d{1,4}\s*页(?:[\s,，、/]*共\s*\d{1,4}\s*页)?|page\s*\d{1,4}|\d{1,4}\s*/\s*\d{1,4})",
    re.IGNORECASE,
)
# What says something about the text on its page, on whichever page it is printed.
LABELLED = re.compile(
    r"来源|单位\s*[:：]|注\s*[:：\d]|^\s*(?:续?表|图)\s*\d|续表|[（(]续|^[①-⑳\[*]"
)


@dataclass(frozen=True, slots=True)
class _Edge:
    """An outermost line of a page.

    ``words`` are its characters without the page number, whose distance from the page's
    place in the file is ``ahead``; ``height`` counts in points from the nearer edge of the
    page; ``apart`` tells whether a gap or the print's size parts it from its neighbours.
    """

    line: PrintedLine
    words: str
    ahead: int | None
    height: float
    apart: bool


def running_lines(pages: Sequence[Sequence[PrintedLine]]) -> set[int]:
    """The ``id()`` of the lines that repeat as outermost lines of the pages.

    They stand in the margin, apart from the text and at the same height, and read the
    same but for a page number that counts the pages; on three pages at least and on half
    of all, of the odd or of the even pages; in a file of two pages, on both.
    """
    lines = [line for page in pages for line in page]
    pitch, body = usual_pitch(lines), body_size(lines)
    numbers = {line.page.number for line in lines}
    running: set[int] = set()
    for _ in range(ROWS):
        groups: defaultdict[tuple[str, bool], list[_Edge]] = defaultdict(list)
        for page in pages:
            for edge in _edges([line for line in page if id(line) not in running], pitch, body):
                groups[edge.words, edge.height > 0].append(edge)
        for group in groups.values():
            for alike in _alike(group):
                apart = sum(edge.apart for edge in alike)
                on = {edge.line.page.number for edge in alike}
                if 2 * apart >= len(alike) and _recurs(on, numbers):
                    running.update(id(edge.line) for edge in alike)
    return running


def _edges(lines: Sequence[PrintedLine], pitch: float, body: float) -> Iterator[_Edge]:
    """The lines of the first and of the last row of a page that stand in its margins."""
    rows = _rows(lines)
    outer = [(True, rows[0], rows[1:2]), (False, rows[-1], rows[-2:-1])] if rows else []
    for top, row, neighbours in outer:
        for line in row:
            middle, depth = (line.box.bottom + line.box.top) / 2, line.page.height
            height = depth - middle if top else -middle
            if abs(height) > MARGIN_SHARE * depth:
                continue
            if LABELLED.search(line.text) or _has_mark(line):
                continue
            words, number = _parted(line)
            if words and line.size > LARGER * body:
                continue
            ahead = None if number is None else number - line.page.number
            apart = all(_apart(line, other, pitch) for near in neighbours for other in near)
            yield _Edge(line, words, ahead, height, apart)


def _rows(lines: Sequence[PrintedLine]) -> list[list[PrintedLine]]:
    """The lines from top to bottom; those with about the same baseline share a row."""
    rows: list[list[PrintedLine]] = []
    for line in sorted(lines, key=lambda line: -line.first):
        if rows and rows[-1][0].first - line.first < line.size / 2:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _apart(line: PrintedLine, other: PrintedLine, pitch: float) -> bool:
    drop = abs(line.first - other.first)
    return drop > WIDE_GAP * pitch * other.size or line.size < SMALLER * other.size


def _has_mark(line: PrintedLine) -> bool:
    """Whether the line starts with a raised number, as a footnote does."""
    first = line.inked[0]
    page = line.page
    small = page.boxes[first].height < MARK_SIZE * line.size
    raised = any(
        page.baselines[first] - page.baselines[at] > RAISED * line.size for at in line.inked
    )
    return page.text[first].isdigit() and small and raised


def _parted(line: PrintedLine) -> tuple[str, int | None]:
    """The words of a line without white space, and its page number."""
    parts = _parts(line)
    candidates = [
        ("", line.text.strip()),
        ("".join(parts[1:]), parts[0].strip()),
        ("".join(parts[:-1]), parts[-1].strip()),
    ]
    attached = WORDS_AND_NUMBER.fullmatch(line.text.strip())
    if attached:
        candidates.append((attached[1], attached[2]))
    for words, label in candidates:
        number = PAGE_NUMBER.fullmatch(label)
        if number:
            total = number["all"] or number["total"] or ""
            value = _value(number["ordinal"] or number["page"] or number["plain"])
            return "".join(f"{words}{total and '/' + total}".split()), value
    return "".join(line.text.split()), None


def _parts(line: PrintedLine) -> list[str]:
    """The text of a line, cut at its wide gaps."""
    page = line.page
    parts, start = [], line.indexes[0]
    for before, after in pairwise(line.inked):
        if page.boxes[after].left - page.boxes[before].right > GAP * line.em:
            parts.append(page.text[start:after])
            start = after
    return [*parts, page.text[start : line.indexes[-1] + 1]]


def _value(number: str) -> int:
    """``12`` and ``xii`` give 12."""
    if number.isdigit():
        return int(number)
    values = [ROMAN[letter] for letter in number.lower()]
    return sum(
        -value if value < following else value
        for value, following in zip(values, [*values[1:], 0], strict=True)
    )


def _alike(group: Sequence[_Edge]) -> Iterator[list[_Edge]]:
    """Edges with the same words: those at the same height whose numbers count the pages.

    Bare page numbers may start anew, as in a part with numbers of its own.
    """
    for level in _levels(group):
        counts: defaultdict[int | None, list[_Edge]] = defaultdict(list)
        for edge in level:
            counts[edge.ahead].append(edge)
        bare = not level[0].words
        if bare:
            yield [edge for count in counts.values() if len(count) > 1 for edge in count]
        else:
            yield from counts.values()


def _levels(group: Sequence[_Edge]) -> Iterator[list[_Edge]]:
    level: list[_Edge] = []
    for edge in sorted(group, key=lambda edge: edge.height):
        if level and edge.height - level[-1].height > SAME_HEIGHT:
            yield level
            level = []
        level.append(edge)
    if level:
        yield level


def _recurs(on: Collection[int], pages: Collection[int]) -> bool:
    """Whether a line on these pages is on enough of them all."""
    if len(pages) == 2:
        return len(on) == 2
    odd, even = ([page for page in pages if page % 2 == rest] for rest in (1, 0))
    return any(
        len(found) >= 3 and 2 * len(found) >= len(every)
        for every in (pages, odd, even)
        for found in [[page for page in every if page in on]]
    )
