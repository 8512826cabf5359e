"""Puts a document's text together from left to right, and notes where its parts stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ingest.draft import Draft
from ingest.source_text import SourceText
from records import Block, Heading, Span, Table


@dataclass(slots=True)
class Writer:
    """For formats whose files hold no running text: what is written is its own origin.

    ``last_line`` is where the last line stands.
    """

    parts: list[str] = field(default_factory=list)
    length: int = 0
    title: str = ""
    outline: list[Heading] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    pages: list[Span] = field(default_factory=list)
    last_line: Span | None = None

    @property
    def text(self) -> str:
        """What was written."""
        return "".join(self.parts)

    def write(self, text: str) -> Span:
        """Append ``text`` and return where it stands."""
        self.parts.append(text)
        self.length += len(text)
        return Span(self.length - len(text), self.length)

    def break_line(self) -> None:
        """Begin a new line, unless this is the first."""
        if self.length:
            self.write("\n")

    def write_line(self, text: str) -> Span | None:
        """Append a line of its own; None when there is nothing to write."""
        if not text.strip():
            return None
        self.break_line()
        self.last_line = self.write(text.strip())
        return self.last_line

    def write_heading(self, text: str, level: int) -> None:
        """Append a heading on a line of its own."""
        line = self.write_line(text)
        if line:
            self.outline.append(Heading(level, line))

    def write_row(self, cells: Iterable[str]) -> tuple[Span, ...]:
        """Append the cells of one row on a line of their own, parted by tabs."""
        self.break_line()
        spans = []
        for number, cell in enumerate(cells):
            if number:
                self.write("\t")
            spans.append(self.write(cell))
        return tuple(spans)

    def note_table(
        self,
        rows: Sequence[tuple[Span, ...]],
        header_rows: int = 1,
        caption: Span | None = None,
        places: Sequence[str] = (),
    ) -> None:
        """Remember that rows which were written are a table; nothing when there are none."""
        if rows:
            span = Span(rows[0][0].start, rows[-1][-1].end)
            self.tables.append(Table(span, tuple(rows), header_rows, caption, tuple(places)))

    def end_page(self) -> None:
        """What was written since the last page is a page."""
        start = self.pages[-1].end if self.pages else 0
        self.pages.append(Span(start, self.length))

    def draft(self, title: str = "") -> Draft:
        """What a reader returns; ``title`` where none was written."""
        return Draft(
            source=SourceText.of(self.text),
            title=self.title or title,
            pages=tuple(self.pages),
            outline=tuple(self.outline),
            tables=tuple(self.tables),
            blocks=tuple(self.blocks),
        )
