"""Tables of a PDF: pdfplumber finds the cells, pdfium's characters fill them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pdfplumber.page import Page as PrintedPage

from ingest.pdf.page import Box, Page
from ingest.pdf.rules import SAME_EDGE, Row, Rule, ruled_tables

# A chart's grid looks like a table, but most of its cells are empty.
FILLED_SHARE = 0.5


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


def candidates(page: Page, view: PrintedPage, shown: Sequence[int]) -> list[Grid]:
    """What may be a table on a page: those with cells all round, then those between rules.

    ``shown`` are the indexes of the characters that are part of the text. Left out is what
    pdfium doesn't give row by row, and what has mostly empty cells, as the grid of a chart.
    Raises what pdfplumber raises, which doesn't mend all that pdfium mends.
    """
    return [grid for grid in _found(page, view, shown) if _sound(grid, shown)]


def chosen(pages: Iterable[Sequence[Grid]]) -> list[Grid]:
    """The tables of all pages in order, given the candidates of each.

    They share no character; a single row is a table only as the rest of one.
    """
    grids: list[Grid] = []
    for found in pages:
        taken: set[int] = set()
        before = tuple(grids)
        for grid in sorted(found, key=lambda grid: len(grid.rows) == 1):
            rest = any(grid.continues(other) for other in before)
            if taken.isdisjoint(grid.indexes) and (len(grid.rows) > 1 or rest):
                taken.update(grid.indexes)
                grids.append(grid)
    return sorted(grids, key=lambda grid: (grid.page.number, grid.indexes[0]))


def _found(page: Page, view: PrintedPage, shown: Sequence[int]) -> Iterator[Grid]:
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
