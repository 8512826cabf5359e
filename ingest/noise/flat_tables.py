"""Tables that text extraction wrote into one line: their rows and cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from records import Span, Table

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
# Spaces beside Latin text and figures are mere typesetting; the others part cells.
_CELL_GAP = re.compile(r"(?<=[^\sA-Za-z0-9]) (?=[^\sA-Za-z0-9])")
_IN_LABEL = r"(?:[^\s。，,、；;：:]|(?<=[A-Za-z0-9]) | (?=[A-Za-z0-9]))"
_SHORT_LABEL = re.compile(rf"{_IN_LABEL}{{2,6}}(?<=[{_HAN}]) (?=[{_HAN}“《])")
_LONG_LABEL = re.compile(rf"{_IN_LABEL}{{2,40}}(?<=[{_HAN}）)]) (?=[{_HAN}“《])")


def read_table(text: str, caption: Span, header: Span, source: Span) -> tuple[Table, list[Span]]:
    """The table between its header row and its ``来源:`` note, and what to delete from it.

    To be deleted is the header row where a new page repeats it. The note is the last row.
    """
    again = re.compile(re.escape(header.of(text)) + " ?")
    repeated = [Span(*match.span()) for match in again.finditer(text, header.end, source.start)]
    columns = tuple(_cells(text, header))
    rows: list[tuple[Span, ...]] = [columns]
    start = header.end
    for stop in (*repeated, source):
        rows += _rows(text, Span(start, stop.start), len(columns))
        start = stop.end
    rows.append((source,))
    return Table(Span(header.start, source.end), tuple(rows), caption=caption), repeated


def _rows(text: str, body: Span, columns: int) -> Iterator[tuple[Span, ...]]:
    """Rows as cells; where the gaps in a row don't give ``columns`` cells, it is one cell."""
    starts = [body.start, *_row_starts(text, body), body.end]
    for start, end in pairwise(starts):
        row = _trimmed(text, Span(start, end))
        if len(row):
            cells = tuple(_cells(text, row))
            yield cells if len(cells) == columns else (row,)


def _row_starts(text: str, body: Span) -> Iterator[int]:
    """A row starts with a short label, or behind a full stop with a title, and a gap after."""
    for position in range(body.start + 1, body.end):
        before = text[position - 1]
        if before == "。":
            label = _LONG_LABEL
        elif before in "）)" or _CELL_GAP.match(text, position - 1):
            label = _SHORT_LABEL
        else:
            continue
        if label.match(text, position, body.end):
            yield position


def _cells(text: str, row: Span) -> Iterator[Span]:
    start = row.start
    for gap in _CELL_GAP.finditer(text, row.start, row.end):
        yield Span(start, gap.start())
        start = gap.end()
    yield Span(start, row.end)


def _trimmed(text: str, span: Span) -> Span:
    content = span.of(text)
    start = span.start + len(content) - len(content.lstrip())
    return Span(start, start + len(content.strip()))
