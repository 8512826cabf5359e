"""Headers of two rows: what stands below a wide cell names a column together with it."""

from __future__ import annotations

import io
from collections.abc import Callable

import docx
import openpyxl
import pptx
import pytest
from pptx.util import Inches

from ingest.docx import read_docx
from ingest.draft import Draft
from ingest.header import header_rows
from ingest.html.reader import read_html
from ingest.pptx import read_pptx
from ingest.rows import column_names
from ingest.sheets import read_xlsx

TWO = [["省份", "2023年", ""], ["", "出口", "进口"]]
BODY = ["四川", "410", "300"]


def word() -> Draft:
    document = docx.Document()
    table = document.add_table(3, 3)
    for place, text in zip(table._cells, [*TWO[0], *TWO[1], *BODY], strict=True):
        place.text = text
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(0, 1).merge(table.cell(0, 2))
    file = io.BytesIO()
    document.save(file)
    return read_docx(file.getvalue())


def slides() -> Draft:
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    table = slide.shapes.add_table(3, 3, *map(Inches, (1, 1, 5, 2))).table
    for row, texts in enumerate([*TWO, BODY]):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(0, 1).merge(table.cell(0, 2))
    file = io.BytesIO()
    presentation.save(file)
    return read_pptx(file.getvalue())


def spreadsheet() -> Draft:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in [*TWO, BODY]:
        sheet.append(row)
    sheet.merge_cells("A1:A2")
    sheet.merge_cells("B1:C1")
    file = io.BytesIO()
    book.save(file)
    return read_xlsx(file.getvalue())


def page() -> Draft:
    header = "<tr><td rowspan=2>省份<td colspan=2>2023年<tr><td>出口<td>进口"
    cells = "".join(f"<td>{text}" for text in BODY)
    return read_html(f"<table>{header}<tr>{cells}</table><p>后文".encode())


@pytest.mark.parametrize("made", [word, slides, spreadsheet, page])
def test_columns_below_a_wide_cell_are_named_by_both_rows(made: Callable[[], Draft]) -> None:
    draft = made()
    (table,) = draft.tables
    names = column_names(draft.source.text, table)
    assert names == ["省份", "2023年 出口", "2023年 进口"]


@pytest.mark.parametrize(
    "rows",
    [
        [*TWO],
        [["省份", "出口", "进口"], ["", "甲", "乙"], BODY],
        [["省份", "出口", ""], ["", "410", "300"], BODY],
        [["", "出口", ""], ["", "甲", "乙"], BODY],
        [["省份", "出口", ""], ["四川", "甲", "乙"], BODY],
    ],
)
def test_other_second_rows_are_no_header(rows: list[list[str]]) -> None:
    assert header_rows(rows) == 1
