"""A chart's numbers as rows: each year with its value, below the caption of the figure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.charts import Point, points
from ingest.sentences import sentences
from records import Cell, Document, Kind, Span, covering

_YEAR_COLUMN = "年份"
_CAPTION = re.compile(
    r"^图表?\s?[0-9.-]+\s(?P<title>.*?)\s*[（(]单位\s?[:：]\s?(?P<unit>[^\s（）()]+)[）)]", re.M
)
_ANY_CAPTION = re.compile(r"^图表?\s?[0-9]", re.M)
_YEARS = re.compile(r"((?:19|20)[0-9]{2})\s?年?\s?[-—–~～至到]+\s?((?:19|20)[0-9]{2})\s?年\s?")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class ChartRow:
    """A year and its value: ``span`` reaches from one to the other and is unlike any other's."""

    span: Span
    cells: tuple[Cell, ...]
    caption: Span


@dataclass(frozen=True, slots=True)
class _Caption:
    span: Span
    years: tuple[str, str]
    column: str
    unit: str


def chart_rows(document: Document, run: Span) -> tuple[ChartRow, ...]:
    """The rows of the chart whose digits stand in ``run``, one a year; none where in doubt.

    Beside what ``points`` asks for, it must be certain what the values are: of the captions of
    figures nearest before and behind the run just one names exactly its years, and a unit; and
    a sentence of the document says one of the values, in that unit and with its year.
    """
    found = [_moved(point, run.start) for point in points(run.of(document.text))]
    if not found:
        return ()
    years = [point.year.of(document.text)[:4] for point in found]
    captions = [c for c in _nearest(document, run) if c.years == (years[0], years[-1])]
    if len(captions) != 1 or not _confirmed(document.text, found, captions[0].unit):
        return ()
    return tuple(
        ChartRow(
            covering([point.year, point.value]),
            (Cell(_YEAR_COLUMN, point.year), Cell(captions[0].column, point.value)),
            captions[0].span,
        )
        for point in found
    )


def _moved(point: Point, by: int) -> Point:
    return Point(*(Span(by + span.start, by + span.end) for span in (point.year, point.value)))


def _nearest(document: Document, run: Span) -> Iterator[_Caption]:
    """The captions of figures next before and next behind ``run``, where they name years."""
    starts = [
        block.span.start + match.start()
        for block in document.blocks
        if block.kind is Kind.FIGURE
        for match in _ANY_CAPTION.finditer(block.span.of(document.text))
    ]
    before = max((start for start in starts if start < run.start), default=None)
    behind = min((start for start in starts if start >= run.end), default=None)
    for start in (before, behind):
        match = _CAPTION.search(document.text, start) if start is not None else None
        years = _YEARS.search(match["title"]) if match and match.start() == start else None
        if match and years:
            title = f"{match['title'][: years.start()]}{match['title'][years.end() :]}"
            yield _Caption(Span(*match.span()), (years[1], years[2]), title, match["unit"])


def _confirmed(text: str, found: list[Point], unit: str) -> bool:
    """Whether a sentence says one of the values with its unit and its year."""
    said = [
        (
            point.year.of(text),
            re.compile(rf"(?<![0-9.]){re.escape(point.value.of(text) + unit)}"),
        )
        for point in found
    ]
    plain = (_SPACE.sub("", sentence.of(text)) for sentence in sentences(text))
    return any(
        year in sentence and value.search(sentence) for sentence in plain for year, value in said
    )
