"""Printed lines of a PDF page, and which of them belong to the page and not to the text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ingest.line_breaks import is_wide
from ingest.pdf.page import Box, Page

# Depth of the strips at the top and bottom where running headers and footers stand.
MARGIN_SHARE = 0.15
SAME_HEIGHT = 3.0
LEADERS = re.compile(r"(?:[.．·…‥·]\s?){4,}\s*(?:\d{1,4}|[ivxlc]{1,6})?\s*$", re.IGNORECASE)
CONTENTS_TITLE = re.compile(r"(?:目\s*[录次]|contents|table of contents)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line as it is printed: ``indexes`` of its characters in the page, spaces included.

    ``size`` is the usual height of its characters and ``em`` the width of a 汉字, both in
    points; ``first`` and ``last`` are baselines, which differ when a hyphenated word ties
    two lines together; ``box.right`` is where the last of them ends.
    """

    page: Page
    indexes: tuple[int, ...]
    box: Box
    size: float
    em: float
    first: float
    last: float

    @property
    def inked(self) -> list[int]:
        """The indexes of what is no space; never empty."""
        return [index for index in self.indexes if not self.page.text[index].isspace()]

    @property
    def text(self) -> str:
        """The characters as pdfium gives them."""
        return "".join(self.page.text[index] for index in self.indexes)


def printed_lines(page: Page) -> list[PrintedLine]:
    """The lines of a page in pdfium's order; text that is printed twice in place once."""
    doubled = _doubled(page)
    runs: list[list[int]] = [[]]
    for index, character in enumerate(page.text):
        if character in "\r\n":
            runs.append([])
        elif index not in doubled:
            runs[-1].append(index)
    lines: list[PrintedLine] = []
    for run in runs:
        trimmed = _trimmed(page, run)
        if not trimmed:
            continue
        line = _line(page, trimmed)
        if lines and _continues_right(lines[-1], line):
            lines[-1] = _line(page, [*lines[-1].indexes, *trimmed])
        else:
            lines.append(line)
    return lines


def part(line: PrintedLine, indexes: list[int]) -> PrintedLine:
    """The part of a line that holds these characters."""
    return _line(line.page, list(range(indexes[0], indexes[-1] + 1)))


def running_lines(pages: Sequence[Sequence[PrintedLine]]) -> set[int]:
    """The ``id()`` of the lines that repeat at the same height, digits ignored.

    They must stand in the margin of two pages, of three if there are five or more.
    """
    places: defaultdict[str, list[tuple[float, PrintedLine]]] = defaultdict(list)
    for lines in pages:
        for line in lines:
            middle = (line.box.bottom + line.box.top) / 2
            margin = MARGIN_SHARE * line.page.height
            if middle < margin or middle > line.page.height - margin:
                key = re.sub(r"\d+|\s", "#", line.text).replace("#", "")
                # From the nearer edge, so that pages of several sizes agree.
                height = middle if middle < margin else middle - line.page.height
                places[key].append((height, line))
    needed = 3 if len(pages) >= 5 else 2
    running = set()
    for same in places.values():
        for height, line in same:
            on_pages = {other.page.number for at, other in same if abs(at - height) < SAME_HEIGHT}
            if len(on_pages) >= needed:
                running.add(id(line))
    return running


def contents_lines(lines: Sequence[PrintedLine]) -> set[int]:
    """The ``id()`` of the lines of a table of contents: leaders, and the title above them."""
    found = {id(line) for line in lines if LEADERS.search(line.text)}
    for line, following in pairwise(lines):
        if id(following) in found and CONTENTS_TITLE.fullmatch(line.text.strip()):
            found.add(id(line))
    return found


def body_size(lines: Iterable[PrintedLine]) -> float:
    """The height that most characters have; 0 without any."""
    heights: Counter[float] = Counter()
    for line in lines:
        heights[round(line.size, 1)] += len(line.indexes)
    return heights.most_common(1)[0][0] if heights else 0.0


def _doubled(page: Page) -> set[int]:
    """Characters printed again over themselves, which is how some programs print bold."""
    seen: dict[tuple[str, int, int], int] = {}
    doubled = set()
    for index, character in enumerate(page.text):
        if character.isspace() or index in page.generated:
            continue
        box = page.boxes[index]
        step = max(box.height * 0.15, 0.5)
        column, row = round(box.left / step), round(page.baselines[index] / step)
        near = [(character, column + x, row + y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
        if box.right > box.left and any(key in seen for key in near):
            doubled.add(index)
        else:
            seen[near[4]] = index
    return doubled


def _trimmed(page: Page, run: list[int]) -> list[int]:
    start, end = 0, len(run)
    while start < end and page.text[run[start]].isspace():
        start += 1
    while end > start and page.text[run[end - 1]].isspace():
        end -= 1
    return run[start:end]


def _line(page: Page, indexes: list[int]) -> PrintedLine:
    inked = [index for index in indexes if not page.text[index].isspace()]
    boxes = [page.boxes[index] for index in inked]
    around = boxes[0]
    for box in boxes[1:]:
        around |= box
    size = median(box.height for box in boxes)
    wide = [
        box.right - box.left for box, at in zip(boxes, inked, strict=True) if is_wide(page.text[at])
    ]
    return PrintedLine(
        page=page,
        indexes=tuple(indexes),
        box=Box(boxes[0].left, around.bottom, boxes[-1].right, around.top),
        size=size,
        em=median(wide) if wide else size * 0.75,
        first=page.baselines[inked[0]],
        last=page.baselines[inked[-1]],
    )


def _continues_right(line: PrintedLine, other: PrintedLine) -> bool:
    """Whether pdfium broke a line before ``other`` only because it stands higher or lower."""
    overlap = min(line.box.top, other.box.top) - max(line.box.bottom, other.box.bottom)
    gap = other.box.left - line.box.right
    return overlap > 0.5 * min(line.size, other.size) and -0.2 * line.em < gap < line.em
