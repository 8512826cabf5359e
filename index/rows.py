"""Records as rows of the store, and back. Spans are pairs of numbers in JSON."""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

from records import Block, Cell, Document, Heading, Kind, Passage, Span, Table

DOCUMENT_COLUMNS = "id, path, sha256, title, publisher, date, raw, text, origins, structure"
PASSAGE_COLUMNS = "document_id, start, end, headings, page, kind, header, cells, text"


def document_row(document: Document) -> list[Any]:
    """The values of a document's columns up to ``characters``, in the order of the table."""
    structure = {
        "pages": [_pair(page) for page in document.pages],
        "outline": [[heading.level, _pair(heading.span)] for heading in document.outline],
        "tables": [
            {
                "span": _pair(table.span),
                "rows": [[_pair(cell) for cell in row] for row in table.rows],
                "header_rows": table.header_rows,
                "caption": table.caption and _pair(table.caption),
                "places": table.places,
            }
            for table in document.tables
        ],
        "blocks": [[block.kind, _pair(block.span)] for block in document.blocks],
        "unread": document.unread,
    }
    return [
        document.id,
        document.path,
        document.sha256,
        document.title,
        document.publisher,
        document.date,
        document.raw,
        document.text,
        zlib.compress(array("I", document.origins).tobytes(), 1),
        json.dumps(structure),
        len(document.pages),
        len(document.text),
    ]


def document_of(row: Sequence[Any]) -> Document:
    """The document that a row of DOCUMENT_COLUMNS holds."""
    identifier, path, sha256, title, publisher, date, raw, text, origins, structure = row
    shape = json.loads(structure)
    positions = array("I")
    positions.frombytes(zlib.decompress(origins))
    return Document(
        id=identifier,
        path=path,
        sha256=sha256,
        title=title,
        raw=raw,
        text=text,
        origins=tuple(positions),
        pages=tuple(Span(*page) for page in shape["pages"]),
        outline=tuple(Heading(level, Span(*span)) for level, span in shape["outline"]),
        tables=tuple(
            Table(
                Span(*table["span"]),
                tuple(tuple(Span(*cell) for cell in row) for row in table["rows"]),
                table["header_rows"],
                table["caption"] and Span(*table["caption"]),
                tuple(table.get("places", ())),
            )
            for table in shape["tables"]
        ),
        blocks=tuple(Block(Kind(kind), Span(*span)) for kind, span in shape["blocks"]),
        publisher=publisher,
        date=date,
        unread=tuple(shape.get("unread", ())),
    )


def _pair(span: Span) -> list[int]:
    return [span.start, span.end]


def passage_row(passage: Passage) -> list[Any]:
    """The values of PASSAGE_COLUMNS."""
    return [
        passage.document_id,
        passage.span.start,
        passage.span.end,
        json.dumps(passage.headings, ensure_ascii=False),
        passage.page,
        passage.kind,
        passage.header,
        json.dumps(cell_pairs(passage.cells), ensure_ascii=False),
        passage.text,
    ]


def passage_of(row: Sequence[Any]) -> Passage:
    """The passage that a row of PASSAGE_COLUMNS holds."""
    document_id, start, end, headings, page, kind, header, cells, text = row
    return Passage(
        document_id=document_id,
        span=Span(start, end),
        text=text,
        headings=tuple(json.loads(headings)),
        page=page,
        kind=Kind(kind),
        header=header,
        cells=cells_of(json.loads(cells)),
    )


def cell_pairs(cells: Iterable[Cell]) -> list[list[Any]]:
    """Cells as lists of column, start and end."""
    return [[cell.column, *_pair(cell.span)] for cell in cells]


def cells_of(pairs: Iterable[Sequence[Any]]) -> tuple[Cell, ...]:
    """The cells that ``cell_pairs`` gave."""
    return tuple(Cell(column, Span(start, end)) for column, start, end in pairs)
