"""The figures of a table as series: all of one measure, each of another label."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.reader.cells import bare, placed_cells, unit_beside
from index.folding import fold, plain
from records import Passage, Span

_YEAR = re.compile(r"((?:19|20)[0-9]{2})年?")
_WHOLE = 3  # times as telling is a whole name as its words are
_FIGURE = re.compile(r"([-+−]?[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?)\s*([^\s0-9.,，]{0,6})")


@dataclass(frozen=True, slots=True)
class Point:
    """One figure of a table: what it is said of, as written, and where it stands in its row."""

    label: str
    figure: Decimal
    written: str
    unit: str
    row: Passage
    span: Span

    @property
    def key(self) -> str:
        """The label as it would stand in a question; of a year, its digits."""
        year = _YEAR.fullmatch(plain(self.label))
        return year[1] if year else plain(self.label)

    @property
    def is_year(self) -> bool:
        """Whether the label is a year."""
        return _YEAR.fullmatch(self.key) is not None

    @property
    def name(self) -> str:
        """The label as an answer says it."""
        return f"{self.key} 年" if self.is_year else self.label.strip()

    @property
    def text(self) -> str:
        """The figure with its unit."""
        return f"{self.written}{'' if self.unit == '%' else ' '}{self.unit}".strip()

    def __str__(self) -> str:
        return f"{self.name} {self.text}"


@dataclass(frozen=True, slots=True)
class Series:
    """All the figures of one measure, each of another label, in one unit.

    ``about`` is what the table says of all of them; what it says of its ``others``, its other
    measures, isn't said of this one.
    """

    measure: str
    others: tuple[str, ...]
    about: str
    points: tuple[Point, ...]

    @property
    def unit(self) -> str:
        """The unit of its first figure."""
        return self.points[0].unit

    @property
    def of_years(self) -> bool:
        """Whether any of its labels is a year."""
        return any(point.is_year for point in self.points)


def across(question: str, words: Sequence[str], table: Sequence[Passage]) -> Series | None:
    """The years of the row that the question names."""
    names = [row.cell_texts[0] for row in table]
    measure = _named(names, question, words)
    if not measure:
        return None
    row = table[names.index(measure)]
    years = [cell.column for cell in row.cells[1:] if _YEAR.fullmatch(plain(cell.column))]
    points = [point for year in years for point in _points(row, year, year)]
    return _series(measure, names, row, points, len(years))


def down(question: str, words: Sequence[str], table: Sequence[Passage]) -> Series | None:
    """The rows of the column that the question names, each by its first cell."""
    names = list(dict.fromkeys(cell.column for row in table for cell in row.cells[1:]))
    measure = _named(names, question, words)
    points = [p for row in table for p in _points(row, row.cell_texts[0], measure)]
    if any(_FIGURE.fullmatch(p.key) and not p.is_year for p in points):
        return None  # rows that are numbered
    return _series(measure, names, table[0], points, len(table)) if table else None


def _series(
    measure: str, names: Sequence[str], row: Passage, points: Sequence[Point], count: int
) -> Series | None:
    """None unless there are as many points as ``count``, at least two, no two of one label."""
    if len(points) != count or count < 2 or len({point.key for point in points}) < count:
        return None
    about = [*row.headings, row.header.split("\n")[0], row.cells[0].column, measure]
    others = (plain(name) for name in names if name != measure)
    return Series(measure, tuple(others), "\n".join(map(plain, about)), tuple(points))


def _named(names: Sequence[str], question: str, words: Sequence[str]) -> str:
    """The one name of which the question says most, or the only one; else empty."""

    def said(name: str) -> int:
        measure = bare(name)
        held = sum(len(word) for word in words if len(word) > 1 and word in plain(name))
        return held + _WHOLE * len(measure) * (measure in question)

    ranked = sorted(names, key=said, reverse=True)
    if len(ranked) < 2:
        return ranked[0] if ranked else ""
    return ranked[0] if said(ranked[0]) > said(ranked[1]) else ""


def _points(row: Passage, label: str, column: str) -> list[Point]:
    """The figures of the row's cells in ``column``."""
    points = []
    placed = list(zip(row.cells, row.cell_texts, placed_cells(row), strict=True))
    for cell, said, place in placed[1:]:
        figure = _FIGURE.fullmatch(said.strip())
        if figure and cell.column == column:
            unit = fold(figure[2] or unit_beside(row, place))
            value = Decimal(figure[1].replace(",", "").replace("−", "-"))
            points.append(Point(label, value, figure[1], unit, row, place))
    return points
