"""DOCX: paragraphs, tables and footnotes in the order of the document.

``raw`` is the text that this module puts together; nothing is cleaned afterwards, so
every character of the text is its own origin.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import docx
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.styles.style import BaseStyle

from ingest.assembly import titled
from ingest.draft import Draft
from ingest.header import header_rows
from ingest.line_breaks import SUPERSCRIPTS, link, superscript
from ingest.office import sensible
from ingest.outline import find_headings
from ingest.writer import Writer
from ingest.zero_width import without_zero_width
from records import Block, Heading, Kind, Span

HEADING_STYLE = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
CONTENTS_STYLE = re.compile(r"(?:toc|目录)\s*(?:[1-9]|heading|标题)", re.IGNORECASE)
TITLE_STYLES = ("title", "标题")
BREAKS = {qn("w:tab"): " ", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
NOTES = {qn("w:footnoteReference"): "footnotes", qn("w:endnoteReference"): "endnotes"}
# Alternatives and annotations that would give a text twice.
UNREAD = {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    qn("w:rt"),
    qn("w:del"),
    qn("w:moveFrom"),
    qn("w:pPr"),
}
TEXT_BOX = qn("w:txbxContent")


def read_docx(data: bytes) -> Draft:
    """The text of a Word document: one line per paragraph, table cells parted by tabs.

    Page headers, page footers, tables of contents and deleted text are left out; footnotes
    follow at the end. Whatever python-docx raises on a damaged file passes through.
    """
    document = docx.Document(io.BytesIO(data))
    styles = {style.style_id: style for style in document.styles}
    writer = _Writer(document=document, styles=styles)
    writer.write_body(document.element.body)
    writer.write_notes()
    if not writer.outline:
        writer.outline = [
            heading
            for heading in find_headings(writer.text)
            if not any(table.span.overlaps(heading.span) for table in writer.tables)
        ]
    return writer.draft(sensible(document.core_properties.title))


@dataclass(slots=True, kw_only=True)
class _Writer(Writer):
    document: WordDocument
    styles: dict[str | None, BaseStyle]
    notes: list[tuple[str, str]] = field(default_factory=list)

    def write_body(self, container: BaseOxmlElement) -> None:
        """The paragraphs and tables of ``container``; content controls are entered."""
        for element in container:
            if element.tag == qn("w:p"):
                self.write_paragraph(element)
            elif element.tag == qn("w:tbl"):
                self.write_table(element)
            elif element.tag == qn("w:sdt") and not _is_contents(element):
                for content in element.iterchildren(qn("w:sdtContent")):
                    self.write_body(content)

    def write_paragraph(self, paragraph: BaseOxmlElement) -> None:
        """A paragraph, as a heading where its style says so, and the text boxes in it."""
        level = self.level(paragraph)
        if level is None:
            return
        line = self.write_line(self.line_of(paragraph))
        if line and level > 0:
            self.outline.append(Heading(level, line))
        elif line and level == 0 and not self.title:
            self.title = " ".join(line.of(self.text).split())
        for box in paragraph.iter(TEXT_BOX):
            if not any(parent.tag in UNREAD for parent in box.iterancestors()):
                self.write_body(box)

    def level(self, paragraph: BaseOxmlElement) -> int | None:
        """1.. for a heading, 0 for the title, -1 for body text, None for a line of contents."""
        properties = paragraph.find(qn("w:pPr"))
        if properties is None:
            return -1
        own = properties.find(qn("w:outlineLvl"))
        if own is not None:
            return _outline_level(own)
        named = properties.find(qn("w:pStyle"))
        style = self.styles.get(named.get(qn("w:val"))) if named is not None else None
        while style is not None:
            name = (style.name or "").strip()
            if CONTENTS_STYLE.match(name):
                return None
            if name.lower() in TITLE_STYLES:
                return 0
            if match := HEADING_STYLE.fullmatch(name):
                return int(match[1])
            for outlined in style.element.iter(qn("w:outlineLvl")):
                return _outline_level(outlined)
            style = getattr(style, "base_style", None)
        return -1

    def line_of(self, element: BaseOxmlElement) -> str:
        """The text of one paragraph; a mark of a note becomes its superscript number."""
        return "".join(self.pieces(element)).strip()

    def pieces(self, element: BaseOxmlElement) -> Iterator[str]:
        """The pieces of text below ``element``, without text boxes."""
        for child in element:
            if child.tag == qn("w:t"):
                yield without_zero_width(child.text or "")
            elif child.tag in BREAKS:
                yield BREAKS[child.tag]
            elif child.tag == qn("w:br"):
                yield "" if child.get(qn("w:type")) else "\n"
            elif child.tag in NOTES:
                self.notes.append((NOTES[child.tag], child.get(qn("w:id")) or ""))
                yield superscript(len(self.notes))
            elif child.tag not in UNREAD and child.tag != TEXT_BOX:
                pieces = self.pieces(child)
                yield from (p.translate(SUPERSCRIPTS) for p in pieces) if _raised(child) else pieces

    def write_table(self, table: BaseOxmlElement) -> None:
        """A table, row by row; a merged cell is given once, the places it covers are empty."""
        caption = self.caption()
        rows: list[tuple[Span, ...]] = []
        first: list[list[str]] = []
        marked = 0
        for row in table.iterchildren(qn("w:tr")):
            contents = list(self.cells(row))
            if not any(contents):
                continue
            if row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None:
                marked += marked == len(rows)
            rows.append(self.write_row(contents))
            first += [contents] * (len(first) < 3)
        self.note_table(rows, max(marked, header_rows(first)), caption)

    def caption(self) -> Span | None:
        """What titles a table that begins here: a caption, and a unit below it."""
        if self.last_line is None or self.length > self.last_line.end:
            return None
        above = self.text.rsplit("\n", 2)[-2:]
        lines = titled(above)
        return Span(self.length - len("\n".join(above[-lines:])), self.length) if lines else None

    def cells(self, row: BaseOxmlElement) -> Iterator[str]:
        """The texts of a row's cells, one for each column of the grid."""
        for cell in row.iter(qn("w:tc")):
            if next(cell.iterancestors(qn("w:tr"))) is not row:
                continue
            merged = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
            width = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
            continued = merged is not None and merged.get(qn("w:val")) != "restart"
            yield "" if continued else self.cell_text(cell)
            columns = int(width.get(qn("w:val")) or 1) if width is not None else 1
            yield from [""] * (min(columns, 64) - 1)

    def cell_text(self, cell: BaseOxmlElement) -> str:
        """The paragraphs of a cell as one line; those of tables inside it stand apart by spaces."""
        text, above = "", None
        for paragraph in cell.iter(qn("w:p")):
            if any(parent.tag in UNREAD for parent in paragraph.iterancestors()):
                continue
            holder = next(paragraph.iterancestors(qn("w:tc")), None)
            for line in filter(None, map(str.strip, self.line_of(paragraph).split("\n"))):
                apart = text and holder is not above
                text += (" " if apart else link(text[-1:], line[:1])) + line
                above = holder
        return text

    def write_notes(self) -> None:
        """The foot- and endnotes, numbered as their marks in the text are."""
        bodies = {kind: self.note_bodies(kind) for kind in set(NOTES.values())}
        for number, (kind, note_id) in enumerate(list(self.notes), start=1):
            body = bodies[kind].get(note_id, "")
            line = self.write_line(f"{superscript(number)} {body}") if body else None
            if line:
                self.blocks.append(Block(Kind.FOOTNOTE, line))

    def note_bodies(self, kind: str) -> dict[str, str]:
        """The texts of all notes of a kind by id; empty when the document has none."""
        for relation in self.document.part.rels.values():
            if relation.reltype.endswith(f"/{kind}") and not relation.is_external:
                notes = parse_xml(relation.target_part.blob)
                return {note.get(qn("w:id")) or "": self.cell_text(note) for note in notes}
        return {}


def _raised(run: BaseOxmlElement) -> bool:
    """Whether a run is set as superscript: its digits are no part of the number before them."""
    aligned = run.find(f"{qn('w:rPr')}/{qn('w:vertAlign')}")
    return aligned is not None and aligned.get(qn("w:val")) == "superscript"


def _outline_level(element: BaseOxmlElement) -> int:
    level = int(element.get(qn("w:val")) or 9)
    return level + 1 if level < 9 else -1


def _is_contents(control: BaseOxmlElement) -> bool:
    return any(
        gallery.get(qn("w:val")) == "Table of Contents"
        for gallery in control.iter(qn("w:docPartGallery"))
    )
