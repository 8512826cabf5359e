"""The rows of a table, each with what it takes to be understood alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.sentences import trimmed
from records import Cell, Span, Table


@dataclass(frozen=True, slots=True)
class Row:
    """A row below the header: its place, its cells that aren't empty, and what stands above.

    ``label`` is what the first column says of the row; ``labelled`` whether the row says so
    itself, or a cell of a row above reaches down to it.
    """

    span: Span
    cells: tuple[Cell, ...]
    caption: str
    label: str
    labelled: bool

    def header(self, piece: Span) -> str:
        """Caption, and the label where ``piece`` of the row doesn't hold it."""
        held = self.labelled and piece.start == self.span.start
        return "\n".join(filter(None, (self.caption, "" if held else self.label)))

    def cells_in(self, piece: Span) -> tuple[Cell, ...]:
        """The cells, or the parts of them, that lie in ``piece`` of the row."""
        return tuple(
            Cell(
                cell.column,
                Span(max(cell.span.start, piece.start), min(cell.span.end, piece.end)),
            )
            for cell in self.cells
            if cell.span.overlaps(piece)
        )


def rows(text: str, table: Table, end: int) -> Iterator[Row]:
    """The rows of ``table``, which with what belongs to it ends at ``end``.

    A row's span begins with its line and ends where the next row begins.
    """
    caption = " ".join(table.caption.of(text).split("\n")).strip() if table.caption else ""
    columns = column_names(text, table)
    starts = [*_line_starts(text, table), end]
    label = ""
    for number, row in enumerate(table.rows):
        if number < table.header_rows or not row:
            continue
        names = columns if len(row) == len(columns) else [""] * len(row)
        first = row[0].of(text).strip()
        if first:
            label = f"{names[0]}：{first}" if names[0] else first
        yield Row(
            span=trimmed(text, Span(starts[number], starts[number + 1])),
            cells=tuple(
                Cell(name, cell)
                for name, cell in zip(names, row, strict=True)
                if cell.of(text).strip()
            ),
            caption=caption,
            label=label,
            labelled=bool(first),
        )


def column_names(text: str, table: Table) -> list[str]:
    """What the header rows say of each column, from top to bottom.

    An empty place in a header row belongs to the cell on its left, but not in the last row.
    """
    names: list[list[str]] = []
    for number, row in enumerate(table.rows[: table.header_rows], start=1):
        said = ""
        for column, cell in enumerate(row):
            if column == len(names):
                names.append([])
            own = cell.of(text).strip()
            said = own or ("" if number == table.header_rows else said)
            if said and said not in names[column]:
                names[column].append(said)
    return [" ".join(parts) for parts in names]


def _line_starts(text: str, table: Table) -> list[int]:
    """Where the line of each row begins, or the row itself where it shares its line."""
    starts: list[int] = []
    above = table.span.start
    for row in table.rows:
        start = row[0].start if row else above
        line = text.rfind("\n", above, start) + 1
        starts.append(line if line and starts else start)
        above = row[-1].end if row else above
    return starts
