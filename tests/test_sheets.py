"""XLSX and CSV: values as they are shown, tables, titles and notes."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from errors import OversizedFile
from ingest import sheets
from ingest.draft import Draft
from ingest.sheets import read_csv, read_xlsx, shown
from records import Table


def xlsx(fill: Callable[[Workbook], None]) -> Draft:
    book = openpyxl.Workbook()
    fill(book)
    file = io.BytesIO()
    book.save(file)
    return read_xlsx(file.getvalue())


def cells(draft: Draft, table: Table) -> list[list[str]]:
    return [[cell.of(draft.source.text) for cell in row] for row in table.rows]


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (1234567.891, "General", "1234567.891"),
        (0.1 + 0.2, "General", "0.3"),
        (0.3564, "0.0%", "35.6%"),
        (0.35, "0%", "35%"),
        (1234567, "#,##0", "1,234,567"),
        (1234.5, "#,##0.00", "1,234.50"),
        (12, "0.00", "12.00"),
        (8.25, "0.0", "8.3"),
        (0.3175, "0.0%", "31.8%"),
        (-2.5, "0", "-3"),
        (1e300, "0.00", "1e+300"),
        (True, "General", "TRUE"),
        ("文字", "@", "文字"),
        (datetime.datetime(2024, 3, 1), "yyyy-mm-dd", "2024-03-01"),
        (datetime.datetime(2024, 3, 1), 'yyyy"年"m"月"', "2024年3月"),
        (datetime.datetime(2024, 3, 1), 'yyyy"年"m"月"d"日"', "2024年3月1日"),
        (datetime.datetime(2024, 3, 1), "yyyy/mm", "2024-03"),
        (datetime.time(8, 30), "h:mm", "08:30:00"),
        (None, "General", ""),
    ],
)
def test_a_value_is_written_as_it_is_shown(value: object, number_format: str, text: str) -> None:
    assert shown(value, number_format) == text


def test_a_workbook_becomes_headed_tables_with_title_and_source() -> None:
    def fill(book: Workbook) -> None:
        sheet = book.active
        assert sheet is not None
        sheet.title = "投资"
        for row in (
            ["表 1 各地投资（单位：亿元）"],
            ["地区", "2021年", "2022年"],
            ["青湾市", 1.5, 2.25],
            ["临江市", None, 3],
            ["来源：青湾市统计局"],
            [],
            ["指标", "占比"],
            ["算力", 0.356],
        ):
            sheet.append(row)
        sheet["B8"].number_format = "0.0%"
        other = book.create_sheet("说明")
        other.append(["口径不含港澳台。"])
        hidden = book.create_sheet("草稿")
        hidden.append(["不可见"])
        hidden.sheet_state = "hidden"
        book.properties.title = "投资统计"

    draft = xlsx(fill)
    text = draft.source.text
    assert draft.title == "投资统计"
    assert [heading.span.of(text) for heading in draft.outline] == ["投资", "说明"]
    first, second = draft.tables
    assert first.caption and first.caption.of(text) == "表 1 各地投资（单位：亿元）"
    assert cells(draft, first) == [
        ["地区", "2021年", "2022年"],
        ["青湾市", "1.5", "2.25"],
        ["临江市", "", "3"],
    ]
    assert cells(draft, second) == [["指标", "占比"], ["算力", "35.6%"]]
    assert first.places == ("投资!A2:C2", "投资!A3:C3", "投资!A4:C4")
    assert second.places == ("投资!A7:B7", "投资!A8:B8")
    assert "来源：青湾市统计局" in text
    assert "口径不含港澳台。" in text
    assert "不可见" not in text


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_is_a_table_in_any_usual_form(delimiter: str, encoding: str) -> None:
    rows = [["地区", "企业数量"], ["青湾市", "1200"], ["临江市", "860"], ["松海市", "95"]]
    data = "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)
    draft = read_csv(data)
    (table,) = draft.tables
    assert cells(draft, table) == rows


@given(
    st.lists(
        st.lists(st.text('青湾市1.8万亿,"\n ', min_size=1, max_size=8), min_size=2, max_size=4),
        min_size=1,
        max_size=6,
    )
)
def test_every_cell_of_a_sheet_stands_in_the_text(rows: list[list[str]]) -> None:
    def fill(book: Workbook) -> None:
        for row in rows:
            assert book.active is not None
            book.active.append(row)

    draft = xlsx(fill)
    for row in rows:
        for cell in row:
            assert " ".join(cell.split()) in draft.source.text


def test_a_sheet_of_too_many_cells_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAX_CELLS", 5)
    with pytest.raises(OversizedFile, match="5"):
        read_csv("甲,乙\n丙,丁\n戊,己\n".encode())
