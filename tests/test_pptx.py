"""PPTX: slides as pages, their titles as the outline, tables and charts."""

from __future__ import annotations

import io
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from ingest.draft import Draft
from ingest.pptx import read_pptx


def sample() -> Draft:
    presentation = Presentation()
    presentation.core_properties.title = "数字城市汇报"
    cover = presentation.slides.add_slide(presentation.slide_layouts[0])
    cover.shapes.title.text = "数字城市\v产业汇报"
    cover.placeholders[1].text = "青湾市统计局"

    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = "投资规模"
    low = slide.shapes.add_textbox(Inches(1), Inches(6), Inches(5), Inches(1))
    low.text_frame.text = "下面的一段。"
    high = slide.shapes.add_textbox(Inches(1), Inches(1), Inches(5), Inches(1))
    high.text_frame.text = "2022 年投资 1.8 万亿元。"
    frame = slide.shapes.add_table(3, 2, Inches(1), Inches(2), Inches(6), Inches(2))
    for row, values in enumerate((("地区", "数量"), ("青湾市", "1200"), ("合计", ""))):
        for column, value in enumerate(values):
            frame.table.cell(row, column).text = value
    frame.table.cell(2, 0).merge(frame.table.cell(2, 1))
    data: Any = CategoryChartData()  # type: ignore[no-untyped-call]
    data.categories = ["2021年", "2022年"]
    data.add_series("投资（万亿元）", (1.7, 1.8))
    where = Inches(1), Inches(4.5), Inches(5), Inches(1)
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *where, data)
    slide.notes_slide.notes_text_frame.text = "口径不含港澳台。"

    presentation.slides.add_slide(presentation.slide_layouts[6])
    file = io.BytesIO()
    presentation.save(file)
    return read_pptx(file.getvalue())


def test_slides_are_pages_and_their_titles_the_outline() -> None:
    draft = sample()
    text = draft.source.text
    assert draft.title == "数字城市汇报"
    assert [h.span.of(text) for h in draft.outline] == ["数字城市 产业汇报", "投资规模"]
    assert len(draft.pages) == 3
    assert "".join(page.of(text) for page in draft.pages) == text
    assert "青湾市统计局" in draft.pages[0].of(text)
    assert draft.pages[2].of(text).strip() == ""


def test_shapes_are_read_from_top_to_bottom_and_notes_last() -> None:
    text = sample().source.text
    order = ["投资规模", "2022 年投资 1.8 万亿元。", "青湾市\t1200", "2021年\t1.7", "下面的一段。"]
    places = [text.index(each) for each in [*order, "口径不含港澳台。"]]
    assert places == sorted(places)


def test_tables_and_charts_are_tables() -> None:
    draft = sample()
    text = draft.source.text
    made = [[[cell.of(text) for cell in row] for row in table.rows] for table in draft.tables]
    assert made[0] == [["地区", "数量"], ["青湾市", "1200"], ["合计", ""]]
    assert made[1] == [["", "投资（万亿元）"], ["2021年", "1.7"], ["2022年", "1.8"]]
