"""The rows of a table as a page lays them out: a cell may cover several columns and rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from records import Span, Table

# Nobody reads a wider table: what is covered further right isn't noted.
MAX_COLUMNS = 100
# HTML's own limit.
MAX_ROWS = 65_534
_NUMBER = re.compile(r"\s*\+?([0-9]{1,9})")


def covered(value: str | None, limit: int) -> int:
    """How many columns or rows a cell covers by its ``colspan`` or ``rowspan``: 1..limit."""
    number = _NUMBER.match(value or "")
    return max(1, min(int(number[1]), limit)) if number else 1


@dataclass(slots=True)
class Row:
    """``cells`` are those of the row and the empty places that other cells cover.

    ``own`` counts the former. ``heading`` tells whether all of them head columns or rows.
    """

    cells: list[Span] = field(default_factory=list)
    own: int = 0
    heading: bool = True


@dataclass(slots=True)
class Grid:
    """A table that is being read; ``cell`` is the start of the cell that is open."""

    rows: list[Row] = field(default_factory=list)
    cell: int | None = None
    holds_table: bool = False
    caption: Span | None = None
    # For how many rows from the last one on a column is covered from above or from the left.
    _taken: dict[int, int] = field(default_factory=dict)
    _size: tuple[int, int] = (1, 1)

    def start_row(self) -> None:
        """Begin a row below the last one."""
        self.rows.append(Row())
        self._taken = {column: rows - 1 for column, rows in self._taken.items() if rows > 1}

    def start_cell(self, start: int, heads: bool, columns: int, rows: int) -> None:
        """Open a cell of the last row that covers so many columns and rows."""
        row = self.rows[-1]
        row.own += 1
        row.heading = row.heading and heads
        self.cell, self._size = start, (columns, rows)

    def end_cell(self, end: int) -> None:
        """Close the open cell."""
        cells = self.rows[-1].cells
        columns, rows = self._size
        if columns > 1 or rows > 1:
            for column in range(len(cells), min(len(cells) + columns, MAX_COLUMNS)):
                self._taken[column] = max(rows, self._taken.get(column, 0))
        cells.append(Span(self.cell or 0, end))
        self.cell = None

    def end_row_group(self) -> None:
        """No cell reaches from one group of rows into the next."""
        self._taken.clear()

    def places_before_cell(self) -> int:
        """How many covered places stand before the next cell of the last row."""
        column = start = len(self.rows[-1].cells)
        while column in self._taken:
            column += 1
        return column - start

    def places_before_end(self) -> int:
        """How many places there are until the last covered one; none in a row without cells."""
        row = self.rows[-1] if self.rows else Row()
        return max(0, max(self._taken, default=-1) + 1 - len(row.cells)) if row.own else 0

    def table(self) -> Table | None:
        """The finished table; None for one cell wide or high, or when it only lays out."""
        rows = [row for row in self.rows if any(map(len, row.cells))]
        if self.holds_table or len(rows) < 2 or max(row.own for row in rows) < 2:
            return None
        headings = [row.heading for row in rows]
        return Table(
            span=Span(rows[0].cells[0].start, rows[-1].cells[-1].end),
            rows=tuple(tuple(row.cells) for row in rows),
            header_rows=max(1, headings.index(False) if False in headings else 1),
            caption=self.caption,
        )
