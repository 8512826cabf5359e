"""Spreadsheets: XLSX and CSV become tables, with values as the program shows them."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from errors import OversizedFile
from ingest.decode import decode
from ingest.draft import Draft
from ingest.header import header_rows
from ingest.office import sensible
from ingest.writer import Writer
from ingest.zero_width import without_zero_width

MAX_CELLS = 1_000_000
_DEFAULT_NAME = re.compile(r"(?:sheet|工作表)\s*[0-9]*", re.IGNORECASE)
_DECIMALS = re.compile(r"[0#]\.(0+)")
_LARGEST = 1e20  # anything larger is no amount of anything
_DELIMITERS = ",\t;|"


def read_xlsx(data: bytes) -> Draft:
    """The visible sheets of a workbook, each under its name; formulas by their last values.

    Rows that an empty row parts from others are a table of their own. Lines of one cell
    above a table are its title. Whatever openpyxl raises on a damaged file passes through.
    """
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    writer = Writer()
    room = MAX_CELLS
    for sheet in sheets:
        if len(sheets) > 1 or not _DEFAULT_NAME.fullmatch(sheet.title):
            writer.write_heading(_line(sheet.title), level=1)
        sheet.reset_dimensions()  # what the file says of its size is often wrong
        rows = []
        for row in sheet.iter_rows():
            room -= len(row)
            _check_room(room)
            rows.append([_line(shown(cell.value, cell.number_format)) for cell in row])
        _write_sheet(writer, rows, f"{_line(sheet.title)}!")
    return writer.draft(sensible(book.properties.title))


def read_csv(data: bytes) -> Draft:
    """A table whose first row names the columns; comma, tab, semicolon or bar between cells."""
    text = decode(data)
    try:
        dialect: Any = csv.Sniffer().sniff(text[:20_000], _DELIMITERS)
    except csv.Error:
        dialect = csv.excel
    room = MAX_CELLS
    rows = []
    for row in csv.reader(io.StringIO(text), dialect):
        room -= len(row)
        _check_room(room)
        rows.append([_line(cell) for cell in row])
    writer = Writer()
    _write_sheet(writer, rows)
    return writer.draft()


def shown(value: object, number_format: str) -> str:
    """``value`` as the program shows it in this number format: share, decimals, thousands, date."""
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).upper()
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    if isinstance(value, datetime.date | datetime.time):
        return _date(value, number_format)
    if not isinstance(value, int | float):
        return str(value)
    share = "%" in number_format
    places = _DECIMALS.search(number_format)
    comma = "," if "#,#" in number_format else ""
    if abs(value) > _LARGEST:
        return f"{value:.12g}"
    number = Decimal(repr(value)) * (100 if share else 1)
    if places or re.search(r"[0#]", number_format):
        decimals = Decimal(1).scaleb(-len(places[1])) if places else Decimal(1)
        # rounded as spreadsheets do: half away from zero, in the decimals that one sees
        said = f"{number.quantize(decimals, ROUND_HALF_UP):{comma}f}"
    else:
        said = f"{value:.12g}"
    return said + "%" * share


def _date(value: datetime.date | datetime.time, number_format: str) -> str:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        day = "d" in number_format
        if "年" in number_format:
            return f"{value.year}年{value.month}月" + (f"{value.day}日" if day else "")
        if not day:
            return f"{value.year}-{value.month:02}"
    return value.isoformat()


def _check_room(room: int) -> None:
    if room < 0:
        raise OversizedFile(
            f"表格超过 {MAX_CELLS:,} 个单元格。请拆成几个文件，或删去不需要的工作表。",
            f"the spreadsheet has more than {MAX_CELLS:,} cells. "
            "Split it, or delete the sheets that aren't needed.",
        )


def _write_sheet(writer: Writer, rows: Iterable[list[str]], name: str = "") -> None:
    """Each run of rows that aren't empty: lines of one cell first, then a table."""
    numbered = enumerate(rows, start=1)
    for filled, group in groupby(numbered, key=lambda row: any(row[1])):
        if filled:
            numbers, block = zip(*group, strict=True)
            _write_block(writer, list(block), numbers[0], name)


def _write_block(writer: Writer, rows: list[list[str]], first: int, name: str) -> None:
    columns = [
        i for i in range(max(map(len, rows))) if any(i < len(row) and row[i] for row in rows)
    ]
    table = [[row[i] if i < len(row) else "" for i in columns] for row in rows]
    caption = None
    while table and (len(columns) == 1 or sum(map(bool, table[0])) == 1):
        caption = writer.write_line(next(filter(None, table.pop(0)), ""))
        first += 1
    notes = list(_trailing_notes(table))
    left, right = (get_column_letter(columns[i] + 1) for i in (0, -1))
    places = [f"{name}{left}{n}:{right}{n}" for n in range(first, first + len(table))]
    writer.note_table(list(map(writer.write_row, table)), header_rows(table), caption, places)
    for note in notes:
        writer.write_line(note)


def _trailing_notes(table: list[list[str]]) -> Iterator[str]:
    """Take the lines below a table that are one long cell, such as where the data come from."""
    taken = []
    while len(table) > 1 and sum(map(bool, table[-1])) == 1 and table[-1][0]:
        taken.append(table.pop()[0])
    yield from reversed(taken)


def _line(text: str) -> str:
    return " ".join(without_zero_width(text).split())
