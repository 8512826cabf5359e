"""Tables as XLSX in which every cell is text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import openpyxl
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter


def write_sheet(
    path: Path, title: str, rows: Sequence[Sequence[str]], widths: Sequence[float] = ()
) -> None:
    """One sheet whose first row is the header; ``widths`` of columns in characters."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            cell.value, cell.data_type = text, "s"  # nothing here is a formula
            cell.alignment = Alignment(wrap_text=bool(widths), vertical="top")
            cell.font = Font(bold=number == 1)
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    book.save(path)
