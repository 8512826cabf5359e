"""Tables of a PDF: pdfplumber finds the cells, pdfium's characters fill them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pdfplumber

from ingest.pdf_page import Box, Page

SAME_EDGE = 4.0
# A chart's grid looks like a table, but most of its cells are empty.
FILLED_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Grid:
    """A table on one page: for each row the indexes of each cell's characters, in order.

    ``edges`` are the left edges of the columns. A cell that another one covers is empty.
    """

    page: Page
    edges: tuple[float, ...]
    rows: tuple[tuple[tuple[int, ...], ...], ...]

    @property
    def indexes(self) -> list[int]:
        """The indexes of all its characters in order."""
        return [index for row in self.rows for cell in row for index in cell]

    def row(self, number: int) -> tuple[str, ...]:
        """The characters of each cell of a row, without spaces."""
        return tuple("".join(self.page.text[at] for at in cell) for cell in self.rows[number])

    def continues(self, other: Grid) -> bool:
        """Whether ``other`` stands on the page before and has the same columns."""
        follows = self.page.number == other.page.number + 1
        return (
            follows
            and len(self.edges) == len(other.edges)
            and all(
                abs(mine - theirs) < SAME_EDGE
                for mine, theirs in zip(self.edges, other.edges, strict=True)
            )
        )


def find_grids(data: bytes, pages: Sequence[Page], visible: set[tuple[int, int]]) -> list[Grid]:
    """The tables of all pages in order.

    ``visible`` holds (page number, index) of the characters that are part of the text.
    Only pages that hold lines are looked at; a table is left out when pdfium doesn't give
    its cells row by row, or when it lies in another one.
    """
    drawn = [page for page in pages if page.drawn]
    if not drawn:
        return []
    grids = []
    with pdfplumber.open(io.BytesIO(data), pages=[page.number for page in drawn]) as document:
        for page, view in zip(drawn, document.pages, strict=True):
            # pdfplumber counts downwards from the top of the page.
            top = float(view.mediabox[3])
            centres = list(_centres(page, visible))
            taken: set[int] = set()
            for table in view.find_tables():
                rows = [[_box(cell, top) for cell in row.cells] for row in table.rows]
                grid = _grid(page, rows, centres)
                if grid is not None and taken.isdisjoint(grid.indexes):
                    grids.append(grid)
                    taken.update(grid.indexes)
            view.close()
    return sorted(grids, key=lambda grid: (grid.page.number, grid.indexes[0]))


def _box(cell: tuple[float, float, float, float] | None, top: float) -> Box | None:
    return Box(cell[0], top - cell[3], cell[2], top - cell[1]) if cell else None


def _centres(page: Page, visible: set[tuple[int, int]]) -> Iterator[tuple[int, float, float]]:
    for index, box in enumerate(page.boxes):
        if (page.number, index) in visible:
            yield index, (box.left + box.right) / 2, (box.bottom + box.top) / 2


def _grid(
    page: Page, boxes: Sequence[Sequence[Box | None]], centres: Sequence[tuple[int, float, float]]
) -> Grid | None:
    rows = [tuple(_inside(box, centres) for box in row) for row in boxes]
    rows = [row for row in rows if any(row)]
    cells = [cell for row in rows for cell in row]
    filled = [cell for cell in cells if cell]
    if len(rows) < 2 or max(map(len, rows)) < 2 or len(filled) < FILLED_SHARE * len(cells):
        return None
    order = [index for cell in filled for index in cell]
    between = [index for index, _, _ in centres if order[0] <= index <= order[-1]]
    if order != between:
        return None
    edges: dict[int, float] = {}
    for row in boxes:
        for column, box in enumerate(row):
            if box is not None:
                edges[column] = min(box.left, edges.get(column, box.left))
    return Grid(page, tuple(edges[column] for column in sorted(edges)), tuple(rows))


def _inside(box: Box | None, centres: Sequence[tuple[int, float, float]]) -> tuple[int, ...]:
    if box is None:
        return ()
    return tuple(
        index for index, x, y in centres if box.left <= x < box.right and box.bottom <= y < box.top
    )
