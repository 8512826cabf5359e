"""A sentence planted in a generated file is found again at the place where it was planted."""

from __future__ import annotations

import io

import docx
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas

from ingest.docx import read_docx
from ingest.pdf.reader import read_pdf, rectangles

registerFont(UnicodeCIDFont("STSong-Light"))
FILLER = "各地推进数字城市建设投资平稳企业增多"
PLANTED = st.text("甲乙丙丁戊己庚辛壬癸0123456789亿元", min_size=6, max_size=18).map(
    lambda text: f"植{text}入"
)


@settings(deadline=None, max_examples=25)
@given(
    PLANTED,
    st.integers(1, 3),
    st.integers(60, 220),
    st.integers(120, 700),
    st.sampled_from([9.0, 10.5, 12.0, 14.0]),
)
def test_in_a_pdf_at_its_page_and_rectangle(
    planted: str, page: int, x: int, y: int, size: float
) -> None:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(595, 842))
    for number in range(1, 4):
        canvas.setFont("STSong-Light", 10.5)
        for line in range(800, 100, -40):
            if abs(line - y) > 25:
                canvas.drawString(60, line, FILLER[line % 7 :] + "。")
        if number == page:
            canvas.setFont("STSong-Light", size)
            canvas.drawString(x, y, planted)
        canvas.showPage()
    canvas.save()

    data = file.getvalue()
    source = read_pdf(data, max_pages=5).source
    at = source.text.index(planted)
    places = rectangles(data, source.raw, source.origins[at : at + len(planted)])
    ((number, (left, bottom, right, top)),) = places
    width = canvas.stringWidth(planted, "STSong-Light", size)
    assert number == page
    assert abs(left - x) <= 0.2 * size
    assert abs(right - (x + width)) <= 0.35 * size
    assert y - 0.4 * size <= bottom <= y + 0.3 * size
    assert y + 0.5 * size <= top <= y + 1.2 * size


@settings(deadline=None, max_examples=25)
@given(PLANTED, st.integers(0, 8), st.booleans())
def test_in_a_word_file_in_its_paragraph_or_cell(planted: str, before: int, cell: bool) -> None:
    document = docx.Document()
    for number in range(before):
        document.add_paragraph(f"第{number}段：{FILLER}。")
    if cell:
        document.add_table(2, 2).cell(1, 1).text = planted
    else:
        document.add_paragraph(planted)
    document.add_paragraph(FILLER)
    file = io.BytesIO()
    document.save(file)

    draft = read_docx(file.getvalue())
    text = draft.source.text
    at = text.index(planted)
    assert draft.source.raw[draft.source.origins[at] :].startswith(planted)
    if cell:
        (table,) = draft.tables
        assert table.rows[-1][-1].of(text) == planted
    else:
        assert text.split("\n")[before] == planted
