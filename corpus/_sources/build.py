"""Rebuild the binary documents of corpus/ from their sources, and their checksums.

    python corpus/_sources/build.py           # PDF, DOCX and manifest.csv
    python corpus/_sources/build.py --check   # checksums only, nothing is written

The PDF is set by typst in the fonts of Debian's fonts-noto-cjk. The same sources, fonts
and versions give the same bytes: every date comes from the sources.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import re
import sys
import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import Path

import typst
from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import CharacterStyle, ParagraphStyle
from docx.text.paragraph import Paragraph
from markdown_it import MarkdownIt

SOURCES = Path(__file__).resolve().parent
CORPUS = SOURCES.parent
MANIFEST = CORPUS / "manifest.csv"
PDF = "数字城市产业投资与格局"
DOCX = "数据要素流通与公共数据授权运营"

INK = RGBColor(0x1B, 0x3A, 0x5C)
TINT = "EAF0F6"
SERIF, SANS = "宋体", "黑体"
FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
FOOTNOTE = re.compile(r"^\[\^(\d+)\]: (.+)$", re.MULTILINE)
FOOTNOTE_MARK = re.compile(r"\[\^(\d+)\]")
FOOTNOTES_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"


def build_pdf(source: Path, target: Path) -> None:
    """Set ``source`` as the PDF ``target``. Raises RuntimeError on any warning of typst."""
    content, warnings = typst.compile_with_warnings(source)
    if warnings:
        raise RuntimeError("; ".join(warning.message for warning in warnings))
    target.write_bytes(content)


def build_docx(source: Path, target: Path) -> None:
    """Write the Markdown text ``source`` as the Word document ``target``.

    Known are headings, paragraphs, tables and footnotes; a paragraph that begins with
    "表 n" is a caption, one that begins with "来源" a source line.
    """
    markdown = source.read_text(encoding="utf-8")
    front = FRONT_MATTER.match(markdown)
    if front is None:
        raise ValueError(f"{source} does not begin with front matter between two lines of ---")
    fields = dict(line.split(": ", 1) for line in front[1].splitlines())
    notes = dict(FOOTNOTE.findall(markdown))
    document = Document()
    _set_properties(document, fields["title"], datetime.fromisoformat(fields["date"]))
    _set_styles(document)
    _set_page(document, fields["title"])
    document.add_paragraph(fields["title"], "Title")
    document.add_paragraph(fields["subtitle"], "Subtitle")
    _add_body(document, FOOTNOTE.sub("", markdown[front.end() :]))
    _add_footnotes(document, notes)
    buffer = BytesIO()
    document.save(buffer)
    _write_undated(buffer, target)


def _set_properties(document: DocxDocument, title: str, date: datetime) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = title, "有据项目", "有据项目"
    properties.created = properties.modified = date
    properties.language, properties.comments, properties.keywords = "zh-CN", "", ""


def _set_styles(document: DocxDocument) -> None:
    styles = document.styles
    styles.add_style("source line", WD_STYLE_TYPE.PARAGRAPH)
    styles.add_style("table text", WD_STYLE_TYPE.PARAGRAPH)
    styles.add_style("footnote text", WD_STYLE_TYPE.PARAGRAPH)
    reference = styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER)
    reference.font.superscript = True
    for name, font, size, ink, before, after in (
        ("Normal", SERIF, 10.5, False, 0, 6),
        ("Title", SANS, 22, True, 0, 4),
        ("Subtitle", SANS, 11, True, 0, 12),
        ("Heading 1", SANS, 15, True, 18, 8),
        ("Heading 2", SANS, 12, True, 12, 6),
        ("Caption", SANS, 9.5, True, 8, 4),
        ("Header", SANS, 8.5, True, 0, 0),
        ("Footer", SANS, 8.5, True, 0, 0),
        ("source line", SANS, 8.5, True, 4, 12),
        ("table text", SERIF, 9.5, False, 2, 2),
        ("footnote text", SERIF, 8.5, False, 0, 0),
    ):
        style = styles[name]
        assert isinstance(style, ParagraphStyle)
        _set_font(style, font, size)
        style.font.italic = False
        style.font.color.rgb = INK if ink else RGBColor(0, 0, 0)
        style.paragraph_format.space_before = Pt(before)
        style.paragraph_format.space_after = Pt(after)
    styles["Normal"].paragraph_format.line_spacing = 1.35
    styles["table text"].paragraph_format.line_spacing = 1.1
    styles["Caption"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    styles["Caption"].paragraph_format.keep_with_next = True


def _set_font(style: CharacterStyle, name: str, size: float) -> None:
    style.font.size = Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), name)


def _set_page(document: DocxDocument, title: str) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.header.paragraphs[0].text = f"{title}　有据项目摘编"
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = _element("w:fldSimple", {"w:instr": "PAGE"})
    footer._p.append(field)


def _element(tag: str, attributes: dict[str, str]) -> BaseOxmlElement:
    element: BaseOxmlElement = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(name), value)
    return element


def _add_body(document: DocxDocument, markdown: str) -> None:
    rows: list[list[str]] = []
    style = "Normal"
    for token in MarkdownIt().enable("table").parse(markdown):
        if token.type == "heading_open":
            style = f"Heading {token.tag[1:]}"
        elif token.type == "heading_close":
            style = "Normal"
        elif token.type == "table_open":
            rows = []
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and rows:
            rows[-1].append(token.content)
        elif token.type == "inline":
            _add_marked(
                document.add_paragraph(style=_style_of(token.content, style)), token.content
            )
        elif token.type == "table_close":
            _add_table(document, rows)
            rows = []


def _style_of(text: str, style: str) -> str:
    if re.match(r"表 \d+ ", text):
        return "Caption"
    return "source line" if text.startswith("来源：") else style


def _add_marked(paragraph: Paragraph, text: str) -> None:
    for index, piece in enumerate(FOOTNOTE_MARK.split(text)):
        if index % 2:
            run = paragraph.add_run(style="footnote reference")
            run._r.append(_element("w:footnoteReference", {"w:id": piece}))
        elif piece:
            paragraph.add_run(piece)


def _add_table(document: DocxDocument, rows: list[list[str]]) -> None:
    table = document.add_table(len(rows), len(rows[0]), "Table Grid")
    for row, texts in zip(table.rows, rows, strict=True):
        row._tr.get_or_add_trPr().append(_element("w:cantSplit", {}))
        for cell, text in zip(row.cells, texts, strict=True):
            cell.paragraphs[0].style = "table text"
            _add_marked(cell.paragraphs[0], text)
    header = table.rows[0]
    header._tr.get_or_add_trPr().append(_element("w:tblHeader", {}))
    for cell in header.cells:
        cell.paragraphs[0].runs[0].bold = True
        shading = {"w:val": "clear", "w:color": "auto", "w:fill": TINT}
        cell._tc.get_or_add_tcPr().append(_element("w:shd", shading))


def _add_footnotes(document: DocxDocument, notes: dict[str, str]) -> None:
    text, mark = (document.styles[f"footnote {name}"].style_id for name in ("text", "reference"))
    separators = "".join(
        f'<w:footnote w:type="{kind}" w:id="{number}">'
        f"<w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>"
        for number, kind in ((-1, "separator"), (0, "continuationSeparator"))
    )
    entries = "".join(
        f'<w:footnote w:id="{number}"><w:p><w:pPr><w:pStyle w:val="{text}"/></w:pPr>'
        f'<w:r><w:rPr><w:rStyle w:val="{mark}"/></w:rPr><w:footnoteRef/></w:r>'
        f'<w:r><w:t xml:space="preserve"> {note}</w:t></w:r></w:p></w:footnote>'
        for number, note in notes.items()
    )
    xml = f"<w:footnotes {nsdecls('w')}>{separators}{entries}</w:footnotes>"
    part = Part(
        PackURI("/word/footnotes.xml"),
        FOOTNOTES_TYPE,
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{xml}'.encode(),
        document.part.package,
    )
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def _write_undated(package: BytesIO, target: Path) -> None:
    """Write a zip package without the times of writing, so that its bytes repeat."""
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            new.writestr(entry, old.read(name), zipfile.ZIP_DEFLATED)


def read_manifest() -> list[dict[str, str]]:
    """The rows of manifest.csv, in its order."""
    with MANIFEST.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sha256_of(file: str) -> str:
    """The checksum of a document of corpus/."""
    return hashlib.sha256((CORPUS / file).read_bytes()).hexdigest()


def write_checksums() -> None:
    """Put the present checksum of each document into manifest.csv."""
    rows = [row | {"sha256": sha256_of(row["file"])} for row in read_manifest()]
    with MANIFEST.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main() -> int:
    """Build, or check; 1 if a checksum differs."""
    parser = argparse.ArgumentParser(description="Rebuild corpus/ or check its checksums.")
    parser.add_argument("--check", action="store_true", help="verify manifest.csv, write nothing")
    if not parser.parse_args().check:
        build_pdf(SOURCES / f"{PDF}.typ", CORPUS / f"{PDF}.pdf")
        build_docx(SOURCES / f"{DOCX}.md", CORPUS / f"{DOCX}.docx")
        write_checksums()
    wrong = [row["file"] for row in read_manifest() if row["sha256"] != sha256_of(row["file"])]
    for file in wrong:
        print(f"{file}: not the checksum of manifest.csv; run {Path(__file__).name} to rebuild")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
