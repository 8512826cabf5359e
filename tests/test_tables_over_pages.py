"""A table of a PDF that goes on on the next page below a line of its own."""

from __future__ import annotations

import io

import pytest
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table, TableStyle

from ingest.draft import Draft
from ingest.pdf.reader import read_pdf
from ingest.rows import column_names

FONT = "STSong-Light"
registerFont(UnicodeCIDFont(FONT))
LARGE = ParagraphStyle("large", fontName=FONT, fontSize=17, leading=28)
BODY = ParagraphStyle("body", fontName=FONT, fontSize=10, leading=16, wordWrap="CJK")
HEADER = ["枢纽", "货运量（万吨）", "方向"]
ROWS = [["东港", "13.7", "中欧"], ["西港", "27.4", "西部"], ["南港", "41.1", "东盟"]]


def grid(rows: list[list[str]]) -> Table:
    style = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "black"), ("FONT", (0, 0), (-1, -1), FONT)])
    return Table(rows, colWidths=[110, 110, 110], style=style)


def parted(between: list[Paragraph], header: list[list[str]]) -> Draft:
    file = io.BytesIO()
    story = [
        Paragraph("第一章 物流枢纽", LARGE),
        Paragraph("各园区的货运量见下表，口径见脚注。" * 4, BODY),
        Paragraph("表1 各园区货运量", BODY),
        grid([HEADER, *ROWS[:1]]),
        PageBreak(),
        *between,
        grid([*header, *ROWS[1:]]),
        Paragraph("下文另起一段。" * 9, BODY),
    ]
    SimpleDocTemplate(file, pagesize=(480, 300)).build(story)
    return read_pdf(file.getvalue(), max_pages=5)


@pytest.mark.parametrize(
    "title", ["续表1", "（续表）", "续表 1 各园区货运量", "表1 各园区货运量（续）"]
)
@pytest.mark.parametrize("header", [[], [HEADER]])
def test_a_table_that_goes_on_keeps_header_and_caption(title: str, header: list[list[str]]) -> None:
    draft = parted([Paragraph(title, BODY)], header)
    text = draft.source.text
    first, rest = draft.tables
    assert column_names(text, rest) == column_names(text, first) == HEADER
    assert rest.caption == first.caption
    assert first.caption and first.caption.of(text) == "表1 各园区货运量"
    rows = [[cell.of(text) for cell in row] for row in rest.rows[rest.header_rows :]]
    assert rows == ROWS[1:]


def test_another_table_is_none_that_goes_on() -> None:
    _, other = parted([Paragraph("表2 各港口货运量", BODY)], []).tables
    assert other.rows[0][0].start >= other.span.start


def test_a_chapter_at_the_top_is_a_heading_and_no_title() -> None:
    draft = parted([], [])
    assert draft.title == ""
    assert [each.span.of(draft.source.text) for each in draft.outline] == ["第一章 物流枢纽"]
