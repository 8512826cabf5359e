"""Tables of a PDF: pdfplumber finds the cells, pdfium's characters fill them."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pdfplumber
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from ingest.draft import OnPage, silent
from ingest.pdf.page import Box, Page
from ingest.pdf.rules import SAME_EDGE, Row, Rule, ruled_tables

# A chart's grid looks like a table, but most of its cells are empty.
FILLED_SHARE = 0.5

# pdfminer reports on each oddity of a damaged file; refusals have words of their own.
logging.getLogger("pdfminer").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table on one page: for each row the indexes of each cell's characters, in order.

    ``left`` and ``right`` are its edges in points. A cell that another one covers is empty.
    """

    page: Page
    left: float
    right: float
    rows: tuple[Row, ...]

    @property
    def indexes(self) -> list[int]:
        """The indexes of all its characters in order."""
        return [index for row in self.rows for cell in row for index in cell]

    @property
    def columns(self) -> int:
        """The number of columns."""
        return max(map(len, self.rows))

    def row(self, number: int) -> tuple[str, ...]:
        """The characters of each cell of a row, without spaces."""
        return tuple("".join(self.page.text[at] for at in cell) for cell in self.rows[number])

    def continues(self, other: Grid) -> bool:
        """Whether ``other`` stands on the page before and has the same columns."""
        return (
            self.page.number == other.page.number + 1
            and self.columns == other.columns
            and abs(self.left - other.left) < SAME_EDGE
            and abs(self.right - other.right) < SAME_EDGE
        )


def find_grids(
    data: bytes,
    pages: Sequence[Page],
    visible: set[tuple[int, int]],
    on_page: OnPage = silent,
) -> list[Grid]:
    """The tables of all pages in order.

    ``visible`` holds (page number, index) of the characters that are part of the text.
    Only pages that hold lines are looked at. A table is left out when pdfium doesn't give
    its cells row by row, when most of its cells are empty, as in the grid of a chart, or
    when it lies in another one; a single row is a table only as the rest of one.
    """
    drawn = [page for page in pages if page.drawn]
    if not drawn:
        return []
    grids: list[Grid] = []
    try:
        with pdfplumber.open(io.BytesIO(data), pages=[page.number for page in drawn]) as document:
            for page, view in zip(drawn, document.pages, strict=True):
                shown = [at for at in range(len(page.text)) if (page.number, at) in visible]
                grids += _chosen([*_candidates(page, view, shown)], shown, grids)
                view.close()
                on_page(page.number, len(pages))
    except (PdfminerException, MalformedPDFException):
        # pdfium mends more than pdfminer: the text is there, its tables stay plain lines.
        pass
    return sorted(grids, key=lambda grid: (grid.page.number, grid.indexes[0]))


def _chosen(candidates: list[Grid], shown: Sequence[int], before: Sequence[Grid]) -> Iterator[Grid]:
    """The sound ones that share no character; single rows come last."""
    sound = [grid for grid in candidates if _sound(grid, shown)]
    taken: set[int] = set()
    for grid in sorted(sound, key=lambda grid: len(grid.rows) == 1):
        rest = any(grid.continues(other) for other in before)
        if taken.isdisjoint(grid.indexes) and (len(grid.rows) > 1 or rest):
            taken.update(grid.indexes)
            yield grid


def _candidates(page: Page, view: pdfplumber.page.Page, shown: Sequence[int]) -> Iterator[Grid]:
    """Tables with cells all round, then those between rules."""
    # pdfplumber counts downwards from the top of the page.
    top = float(view.mediabox[3])
    for table in view.find_tables():
        boxes = [[_box(cell, top) for cell in row.cells] for row in table.rows]
        rows = tuple(tuple(_inside(page, box, shown) for box in row) for row in boxes)
        yield Grid(page, table.bbox[0], table.bbox[2], tuple(filter(any, rows)))
    rules = [Rule(edge["x0"], edge["x1"], top - edge["top"]) for edge in view.horizontal_edges]
    for ruled in ruled_tables(page, rules, shown):
        yield Grid(page, ruled.left, ruled.right, ruled.rows)


def _sound(grid: Grid, shown: Sequence[int]) -> bool:
    if not grid.rows or grid.columns < 2:
        return False
    cells = [cell for row in grid.rows for cell in row]
    order = grid.indexes
    between = [index for index in shown if order[0] <= index <= order[-1]]
    return order == between and sum(map(bool, cells)) >= FILLED_SHARE * len(cells)


def _box(cell: tuple[float, float, float, float] | None, top: float) -> Box | None:
    return Box(cell[0], top - cell[3], cell[2], top - cell[1]) if cell else None


def _inside(page: Page, box: Box | None, shown: Sequence[int]) -> tuple[int, ...]:
    return tuple(index for index in shown if box and box.holds(page.boxes[index]))
