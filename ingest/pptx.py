"""PPTX: slide by slide what a viewer reads, each slide a page; charts become tables."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.shapes.base import BaseShape
from pptx.slide import Slide
from pptx.table import Table as SlideTable

from ingest.draft import Draft
from ingest.header import header_rows
from ingest.office import sensible
from ingest.writer import Writer
from ingest.zero_width import without_zero_width

# They are the same on every slide.
_RUNNING = {PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.SLIDE_NUMBER}
_TITLES = {PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.VERTICAL_TITLE}


def read_pptx(data: bytes) -> Draft:
    """The text of a presentation: per slide its title, its shapes from top to bottom, its notes.

    Footers, dates and slide numbers are left out, and what only SmartArt holds. A chart's
    categories and values come from the data that it draws. Whatever python-pptx raises on a
    damaged file passes through.
    """
    presentation = Presentation(io.BytesIO(data))
    writer = Writer()
    for slide in presentation.slides:
        _write_slide(writer, slide)
        writer.end_page()
    title = sensible(presentation.core_properties.title)
    return writer.draft(title or (writer.outline[0].span.of(writer.text) if writer.outline else ""))


def _write_slide(writer: Writer, slide: Slide) -> None:
    shapes = list(_shapes(slide.shapes))
    title = next((shape for shape in shapes if _placeholder(shape) in _TITLES), None)
    if title is not None:
        writer.write_heading(_one_line(title.text_frame.text), level=1)
    for shape in shapes:
        if shape is title or _placeholder(shape) in _RUNNING:
            continue
        if shape.has_text_frame:
            for paragraph in shape.text_frame.paragraphs:
                writer.write_line(_one_line(paragraph.text))
        elif getattr(shape, "has_table", False):
            _write_rows(writer, _cells(shape.table))
        elif getattr(shape, "has_chart", False):
            _write_rows(writer, _drawn(shape.chart))
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        for line in slide.notes_slide.notes_text_frame.text.splitlines():
            writer.write_line(_clean(line))


def _shapes(shapes: Iterable[BaseShape]) -> Iterator[Any]:
    """From top to bottom, then from left to right; those of a group in the group's place."""
    for shape in sorted(shapes, key=lambda each: (each.top or 0, each.left or 0)):
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes)
        else:
            yield shape


def _placeholder(shape: BaseShape) -> PP_PLACEHOLDER | None:
    return shape.placeholder_format.type if shape.is_placeholder else None


def _write_rows(writer: Writer, rows: Iterable[list[str]]) -> None:
    caption = (
        writer.last_line if writer.last_line and writer.length == writer.last_line.end else None
    )
    filled = [row for row in rows if any(row)]
    writer.note_table(list(map(writer.write_row, filled)), header_rows(filled), caption)


def _cells(table: SlideTable) -> Iterator[list[str]]:
    """Row by row; a merged cell is given once, the places it covers are empty."""
    for row in table.rows:
        yield ["" if cell.is_spanned else _one_line(cell.text) for cell in row.cells]


def _drawn(chart: Any) -> Iterator[list[str]]:
    """A chart's title with the names of its series, then a row for each category."""
    plot = next(iter(chart.plots), None)
    if plot is None:
        return
    title = ""
    if chart.has_title and chart.chart_title.has_text_frame:
        title = _one_line(chart.chart_title.text_frame.text)
    series = list(plot.series)
    yield [title, *(_one_line(str(each.name)) for each in series)]
    for number, category in enumerate(plot.categories):
        values = [each.values[number] if number < len(each.values) else None for each in series]
        yield [_one_line(str(category)), *("" if v is None else f"{v:.12g}" for v in values)]


def _one_line(text: str) -> str:
    return " ".join(_clean(text).split())


def _clean(text: str) -> str:
    return without_zero_width(text.replace("\v", " "))
