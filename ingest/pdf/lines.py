"""Printed lines of a PDF page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from ingest.line_breaks import is_wide
from ingest.pdf.overprint import overprinted
from ingest.pdf.page import Box, Page


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
    doubled = overprinted(page)
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


def body_size(lines: Iterable[PrintedLine]) -> float:
    """The height that most characters have; 0 without any."""
    heights: Counter[float] = Counter()
    for line in lines:
        heights[round(line.size, 1)] += len(line.indexes)
    return heights.most_common(1)[0][0] if heights else 0.0


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
