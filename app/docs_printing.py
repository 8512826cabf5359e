"""What ``youju docs`` shows: the list of documents, a document, a table."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from app.printing import output, pick, print_json
from index.store import Entry
from ingest.rows import column_names
from records import Document, Passage


def print_entries(entries: Sequence[Entry], english: bool) -> None:
    """The documents as a table."""
    heads = [
        ("编号", "id"),
        ("标题", "title"),
        ("发布者", "publisher"),
        ("日期", "date"),
        ("页", "pages"),
        ("段", "passages"),
    ]
    table = Table()
    for head in heads:
        name = pick(head, english)
        table.add_column(name, overflow="fold", min_width=12 if head[1] == "id" else None)
    for entry in entries:
        pages = entry.pages or "–"
        cells = (entry.id, entry.title, entry.publisher, entry.date, pages, entry.passages)
        table.add_row(*(escape(str(cell)) for cell in cells))
    Console(highlight=False).print(table)


def print_table(document: Document, number: int) -> None:
    """A whole table, numbered from 1 in the order of the document, under its caption."""
    found = document.tables[number - 1]
    lines = [[cell.of(document.text) for cell in row] for row in found.rows]
    width = max(map(len, lines))
    table = Table(
        title=escape(found.caption.of(document.text)) if found.caption else None,
        show_header=found.header_rows > 0,
        show_lines=True,
    )
    names = column_names(document.text, found)
    for column in range(width):
        table.add_column(escape(names[column]) if column < len(names) else "", overflow="fold")
    for line in lines[found.header_rows :]:
        table.add_row(*map(escape, line))
    Console(highlight=False).print(table)


def print_document(
    document: Document, passages: Sequence[Passage], as_json: bool, english: bool
) -> None:
    """Title, place and outline of a document, then its passages."""
    out = output()
    outline = [
        {"level": h.level, "title": h.span.of(document.text).strip(), "start": h.span.start}
        for h in document.outline
    ]
    if as_json:
        rows = [
            {
                "id": p.id,
                "kind": p.kind.value,
                "page": p.page,
                "headings": list(p.headings),
                "header": p.header,
                "text": p.text,
                "sentence": p.sentence,
            }
            for p in passages
        ]
        keys = ("id", "title", "path", "sha256", "publisher", "date")
        row = {key: getattr(document, key) for key in keys}
        print_json({**row, "outline": outline, "passages": rows})
        return
    out.print(f"《{document.title}》 {document.id}\n{document.path}")
    for heading in outline:
        out.print(f"{'  ' * int(str(heading['level']))}{heading['title']}")
    for passage in passages:
        out.print(Text(f"\n{passage.id} · {passage.kind.value}", style="dim"))
        if passage.cells and passage.header:
            out.print(passage.header)
        out.print(passage.sentence)
