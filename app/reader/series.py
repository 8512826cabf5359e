"""Which is more, and how much? A question that a table answers by comparing its figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.reader.cells import placed_cells, unit_beside
from app.reader.columns import plain, titles_of
from app.reader.constraints import Demands
from records import Passage, Span

_FEWEST = 3  # figures of which one can be the greatest
_YEAR = re.compile(r"((?:19|20)[0-9]{2})年?")
_FIGURE = re.compile(r"([-+−]?[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?)\s*([^\s0-9.,，]{0,6})")
_UP = "上升|升高|增加|增长|提高|扩大|升|增|涨|多|高|大"
_DOWN = "下降|降低|减少|回落|缩小|降|减|跌|少|低|小"
_DIRECTION = re.compile(rf"(?P<one>{_UP}|{_DOWN})了?，?还是(?P<other>{_UP}|{_DOWN})")
_BEFORE = re.compile(r"[上前去]一?年")
_WHICH = re.compile(rf"[哪谁][^，。？]{{0,12}}更(?P<way>{_UP}|{_DOWN})")
_APART = re.compile(r"(?:相差|差了?|[高多]出|[高低多少]了?)[^，。？0-9]{0,4}多少")
_MOST = re.compile(r"最(?P<way>猛|旺|强|快|多|高|大|少|低|小)")
_WHICH_YEAR = re.compile(r"哪一?年|何年|什么时候|几几年")
_COMPARING = (_DIRECTION, _WHICH, _APART, _MOST, _WHICH_YEAR)
_LEAST = frozenset("少低小")


@dataclass(frozen=True, slots=True)
class Point:
    """One figure of a table: what it is said of, as written, and where it stands in its row."""

    label: str
    figure: Decimal
    text: str
    row: Passage
    span: Span

    @property
    def key(self) -> str:
        """The label as it would stand in a question; of a year, its digits."""
        year = _YEAR.fullmatch(plain(self.label))
        return year[1] if year else plain(self.label)

    @property
    def name(self) -> str:
        """The label as an answer says it."""
        return f"{self.key} 年" if _YEAR.fullmatch(self.key) else self.label.strip()

    def __str__(self) -> str:
        return f"{self.name} {self.text}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What comparing ``points`` says."""

    text: str
    points: tuple[Point, ...]


def compared(
    asked: Demands,
    words: Sequence[str],
    found: Sequence[tuple[Passage, Span]],
    rows: Sequence[Passage],
) -> Comparison | None:
    """What the table of the first passage found says by its figures; None where none is asked.

    ``found`` and ``rows`` as for ``column_cells``. A figure is the greatest or the least of a
    whole row or column of figures, or two are compared whose labels the question names. The
    table must be about a word of the question and hold each name in it.
    """
    question = asked.question
    if not found or not any(each.search(question) for each in _COMPARING):
        return None
    first, answer = found[0]
    table = [row for row in rows if row.cells and titles_of(row) == titles_of(first)]
    wide = _wide(first)
    points = wide or _long(first, answer, question, table)
    columns = first.cell_texts[:1] if wide else [cell.column for cell in first.cells]
    about = plain("\n".join([*first.headings, first.header, *columns]))
    if not any(len(word) > 1 and word in about for word in words if not word[0].isdigit()):
        return None
    if any(name not in about for name in asked.names):
        return None
    return _of_value(asked, points) or _of_two(question, points) or _of_all(question, points)


def _wide(row: Passage) -> list[Point]:
    """The figures of a row whose columns are years."""
    points = _points(row, [c.column for c in row.cells])
    return points if all(_YEAR.fullmatch(point.key) for point in points) else []


def _long(first: Passage, answer: Span, question: str, table: Sequence[Passage]) -> list[Point]:
    """The figures of a column, by the first cell of each row.

    Of several columns the one that the question names, else the one of ``answer``.
    """
    names = list(dict.fromkeys(c.column for row in table for c in row.cells[1:]))
    columns = {
        name: [p for row in table for p in _points(row, [row.cell_texts[0]] * len(row.cells), name)]
        for name in names
    }
    whole = {name: points for name, points in columns.items() if len(points) == len(table)}
    said = [name for name in whole if plain(name).split("(")[0] in question]
    held = [
        cell.column
        for cell, place in zip(first.cells, placed_cells(first), strict=True)
        if place.contains(answer) and cell.column in whole
    ]
    chosen = next(iter([*said, *held]), next(iter(whole), "") if len(whole) == 1 else "")
    return whole.get(chosen, [])


def _points(row: Passage, labels: Sequence[str], column: str | None = None) -> list[Point]:
    points = []
    placed = zip(row.cells, labels, row.cell_texts, placed_cells(row), strict=True)
    for cell, label, said, place in list(placed)[1:]:
        figure = _FIGURE.fullmatch(said.strip())
        if figure and column in (None, cell.column):
            unit = figure[2] or unit_beside(row, place)
            text = f"{figure[1]} {unit}".strip() if unit != "%" else f"{figure[1]}%"
            value = Decimal(figure[1].replace(",", "").replace("−", "-"))
            points.append(Point(label, value, text, row, place))
    return points


def _of_value(asked: Demands, points: Sequence[Point]) -> Comparison | None:
    """Which label the one figure that the question names belongs to."""
    named = [p for p in points if p.text.split(" ")[0].rstrip("%") in asked.numbers]
    if len(named) != 1 or not _WHICH_YEAR.search(asked.question) or not _years(named):
        return None
    return Comparison(f"{named[0].name}（{named[0].text}）", (named[0],))


def _of_two(question: str, points: Sequence[Point]) -> Comparison | None:
    named = [p for p in points if len(p.key) > 1 and p.key in question]
    before = _BEFORE.search(question)
    if len(named) == 1 and before and named[0].key.isdigit():
        named = [p for p in points if p.key == str(int(named[0].key) - 1)] + named
    if len(named) != 2 or named[0].key == named[1].key:
        return None
    one, other = sorted(named, key=lambda p: p.key) if before or _years(named) else named
    pair = f"（{one}，{other}）"
    change = other.figure - one.figure
    found = _DIRECTION.search(question)
    if found and (found["one"] in _UP.split("|")) is not (found["other"] in _UP.split("|")):
        up, down = found.groups() if found["one"] in _UP.split("|") else found.groups()[::-1]
        said = "持平" if not change else up if change > 0 else down
        return Comparison(said + pair, (one, other))
    if _APART.search(question):
        unit = other.text.partition(" ")[2] or ("个百分点" if other.text.endswith("%") else "")
        return Comparison(f"相差 {abs(change)} {unit}".strip() + pair, (one, other))
    if (found := _WHICH.search(question)) and change:
        greater, less = (other, one) if change > 0 else (one, other)
        chosen = greater if found["way"] in _UP.split("|") else less
        return Comparison(chosen.name + pair, (one, other))
    return None


def _of_all(question: str, points: Sequence[Point]) -> Comparison | None:
    found = _MOST.search(question)
    if not found or len(points) < _FEWEST:
        return None
    pick = min if found["way"] in _LEAST else max
    best = pick(points, key=lambda p: p.figure)
    if [p.figure for p in points].count(best.figure) > 1:
        return None
    return Comparison(str(best), (best,))


def _years(points: Sequence[Point]) -> bool:
    return all(_YEAR.fullmatch(point.key) for point in points)
