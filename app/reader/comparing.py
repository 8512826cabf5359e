"""Which is more, and how much? A question that a table answers by comparing its figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from app.reader.cells import bare
from app.reader.columns import titles_of
from app.reader.constraints import Demands
from app.reader.series import Point, Series, across, down
from index.folding import plain
from records import Passage

_LONG_ENOUGH = 3  # characters that are no chance match
_FEWEST = 3  # figures of which one can be the greatest
_YEARS = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_UP = "上升|升高|增加|增长|提高|扩大|升|增|涨|多|高|大"
_DOWN = "下降|降低|减少|回落|缩小|降|减|跌|少|低|小"
_DIRECTION = re.compile(rf"(?P<one>{_UP}|{_DOWN})了?,?还是(?P<other>{_UP}|{_DOWN})")
_BEFORE = re.compile(r"前一年|[上去]一?年")
_WHICH = re.compile(rf"[哪谁][^,。?]{{0,12}}更(?P<way>{_UP}|{_DOWN})")
_APART = re.compile(r"(?:相差|差|[高多低少]出?)了?(?:大约|约)?多少")
_MOST = re.compile(
    r"最(?P<way>猛|旺|强|快|多|高|大|少|低|小)|(?P<last>垫底|末位|倒数第一)"
    r"|(?:排名?|位居|位列|居)(?:第一|首位?|榜首)"
)
_FASTEST = re.compile(r"(?:增长|上涨|[增涨])得?最(?P<way>快|慢)")
_WHICH_YEAR = re.compile(r"哪一?年|哪个年|何年|什么时候|何时|几几年")
_ANOTHER_KIND = re.compile(r"哪(?!一?年|个年)|谁")
_COMPARING = (_DIRECTION, _WHICH, _APART, _MOST, _WHICH_YEAR)
_LEAST = frozenset({*"少低小", "垫底", "末位", "倒数第一"})
_THROUGH = re.compile(r"(?:19|20)[0-9]{2}年?[至到\-—–~]+(?:19|20)[0-9]{2}")
# What may stand in a question beside what its table says, and means nothing more.
_ASKING = re.compile(
    rf"(?:{_UP}|{_DOWN})了?,?还是(?:{_UP}|{_DOWN})了?|{_APART.pattern}|{_BEFORE.pattern}"
    rf"|最[猛旺强快多高大少低小]|更(?:{_UP}|{_DOWN})|垫底|末位|倒数第一"
    r"|(?:排名?|位居|位列|居)(?:第一|首位?|榜首)|[哪几][一个家座所省市]{1,2}(?:公司|企业)?"
    r"|当中|之中|其中|里[头面]|几家|等几个"
    r"|什么时候|何时|几几年|历年|各年|年份|年度|请问|达到|数值|多少|相比|同(?!比)"
    r"|[哪何谁年的是在和与跟比较了还为有中里个只至到那这一间从于]"
)
_FIRMS = ("企业", "公司", "厂商")
_SUM = re.compile(
    r"合计|总计|小计|共计|累计|汇总|平均|均值|[总全]体|总[数和量额]|^[总计]$"
    r"|^全(?:国|省|市|区|县|州|球|部|年|行业)|^(?:中国|世界)$|^[上下]半年$|^前[一二三]季度$"
)
_REST = re.compile("^其[他它余]")
_RANKS = re.compile(r"排名|排行|名次|位次|序号")
_TURNING = frozenset("亏盈增减升降涨跌")
_LOSSES = frozenset("亏减降跌")
_PACE = re.compile(r"速|率|增|幅")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What comparing ``points`` says."""

    text: str
    points: tuple[Point, ...]


def compared(
    asked: Demands, words: Sequence[str], first: Passage, rows: Sequence[Passage]
) -> Comparison | None:
    """What the table of the row ``first`` says by its figures; None where none is asked.

    ``words`` are those of the question, ``rows`` the passages of the document. A figure is the
    greatest or the least of a whole row or column of figures, or two are compared whose labels
    the question names. The table must say all that the question says, but for what asks to
    compare: of another place, year or measure nothing is said.
    """
    if not any(each.search(asked.question) for each in _COMPARING):
        return None
    paced = _FASTEST.sub(
        lambda found: f"增速最{'高' if found['way'] == '快' else '低'}", asked.question
    )
    if paced != asked.question:
        asked, words = replace(asked, question=paced), [*words, "增速"]
    table = [row for row in rows if row.cells and titles_of(row) == titles_of(first)]
    for series in (across(asked.question, words, table), down(asked.question, words, table)):
        if series is not None and _comparable(series):
            for compare in (_of_value, _of_two, _of_all):
                made = compare(asked, words, series)
                if made is not None:
                    return made
    return None


def _comparable(series: Series) -> bool:
    """Whether a greater figure is more of the same: of one unit, and no rank."""
    units = {point.unit for point in series.points}
    return len(units) == 1 and not _RANKS.search(series.about)


def _tells(asked: Demands, words: Sequence[str], series: Series, named: Iterable[str] = ()) -> bool:
    """Whether the table says all that the question does, beside what is ``named`` of it."""
    measure = plain(series.measure)
    whole = bare(series.measure)
    others = () if whole and whole in asked.question else series.others
    of_labels = series.about.split("\n")[-2]
    told = [
        word
        for word in words
        if word in measure
        or (
            word in (series.about if len(word) > 1 else of_labels)
            and not any(word in other for other in others)
        )
    ]
    said = "\n".join([series.measure, "" if series.others else series.about])
    units = {series.unit, f"{series.unit}数"} if series.unit else set()
    firms = set(_FIRMS) if of_labels in _FIRMS else set()
    left = _without(asked.question, {*named, f"{whole}数量" if whole else "", whole})
    left = _without(left, _phrases(left, series.about, others))
    left = _without(left, {*told} | units | firms)
    if series.unit == "%":
        left = re.sub("个?百分点", "\n", left)
    turned = _TURNING & set(_ASKING.sub("", asked.question))
    signed = any(point.figure < 0 for point in series.points)
    if turned - set(said) or (signed and turned & _LOSSES):  # is -3 a greater loss or a less one
        return False
    return not re.search(r"\w|%", _ASKING.sub("", left))


def _without(question: str, said: Iterable[str]) -> str:
    """The question without what is ``said``, the longest first."""
    for each in sorted(set(said) - {""}, key=lambda each: (-len(each), each)):
        question = question.replace(each, "\n")
    return question


def _phrases(question: str, about: str, others: Sequence[str]) -> list[str]:
    """The stretches of the question that the table says of all, the longest first."""
    stretches = [
        question[at : at + length]
        for length in range(len(question), _LONG_ENOUGH - 1, -1)
        for at in range(len(question) - length + 1)
    ]
    return [
        each
        for each in stretches
        if "\n" not in each and each in about and not any(each in other for other in others)
    ]


def _of_value(asked: Demands, words: Sequence[str], series: Series) -> Comparison | None:
    """Which year the one figure that the question names belongs to."""
    found = [p for p in series.points if p.written in asked.numbers]
    if len(found) != 1 or not _WHICH_YEAR.search(asked.question):
        return None
    (point,) = found
    if not point.is_year or asked.years or not _tells(asked, words, series, [point.written]):
        return None
    return Comparison(f"{point.name}（{point.text}）", (point,))


def _of_two(asked: Demands, words: Sequence[str], series: Series) -> Comparison | None:
    """What the figures are to each other whose labels the question names."""
    question = asked.question
    named, left = _points_named(question, series.points)
    before = _BEFORE.search(question)
    if len(named) == 1 and before and named[0].is_year:
        year_before = str(int(named[0].key) - 1)
        named += [point for point in series.points if point.key == year_before]
    if len(named) != 2 or not _of_these_years(set(_YEARS.findall(left)), series):
        return None
    if not _tells(asked, words, series, [point.key for point in named]):
        return None
    one, other = sorted(named, key=lambda p: p.key) if series.of_years else named
    found = _DIRECTION.search(question)
    if found and _up(found["one"]) is not _up(found["other"]):
        ordered = _base_first(question, named, series)
        if ordered is None:
            return None
        one, other = ordered
        up, down = sorted(found.groups(), key=_up, reverse=True)
        past = "了" if "了" in found.group() else ""
        said = f"{up if one.figure < other.figure else down}{past}"
        said = "持平" if one.figure == other.figure else said
    elif _APART.search(question):
        unit = "个百分点" if series.unit == "%" else series.unit
        said = f"相差 {abs(other.figure - one.figure)} {unit}".strip()
    elif (found := _WHICH.search(question)) and one.figure != other.figure:
        less, greater = sorted(named, key=lambda p: p.figure)
        said = greater.name if _up(found["way"]) else less.name
    else:
        return None
    return Comparison(f"{said}（{one}，{other}）", (one, other))


def _of_all(asked: Demands, words: Sequence[str], series: Series) -> Comparison | None:
    """The greatest or the least of the figures that are no sums of others."""
    question = asked.question
    found = next(reversed([*_MOST.finditer(_without(question, [bare(series.measure)]))]), None)
    points = [point for point in series.points if not _SUM.search(point.key)]
    named, _ = _points_named(question, points)
    points = named if named and "等" not in question else points
    if not found or len(points) < _FEWEST:
        return None
    if found["way"] == "快" and not _PACE.search(series.measure):
        return None
    years = [point.key for point in points if point.is_year]
    if years:
        whole = {min(years), max(years)}
        ranged = not asked.years or (asked.years == whole and _THROUGH.search(question))
        if len(years) < len(points) or not ranged or _ANOTHER_KIND.search(question):
            return None
    elif _WHICH_YEAR.search(question) or not _of_these_years(asked.years, series):
        return None
    if not _tells(asked, words, series, [*asked.years, *(point.key for point in named)]):
        return None
    figures = [point.figure for point in points]
    least = (found["way"] or found["last"]) in _LEAST
    best = (min if least else max)(points, key=lambda p: p.figure)
    summed = any(2 * figure == sum(figures) for figure in figures)
    if summed or figures.count(best.figure) > 1 or _REST.search(best.key):
        return None
    return Comparison(str(best), (best,))


def _points_named(question: str, points: Sequence[Point]) -> tuple[list[Point], str]:
    """The points whose labels the question names, in its order, and what is left of it.

    A label that is part of another (北京 of 北京市海淀区) is named only beside it.
    """
    left = question
    places: dict[int, Point] = {}
    for point in sorted(points, key=lambda p: -len(p.key)):
        if len(point.key) > 1 and point.key in left:
            places[left.index(point.key)] = point
            left = left.replace(point.key, "\n" * len(point.key))
    return [places[at] for at in sorted(places)], left


def _of_these_years(years: AbstractSet[str], series: Series) -> bool:
    """Whether the table is of the ``years`` asked for: of those that it names first of all."""
    if series.of_years or not years:
        return not years
    named = (set(_YEARS.findall(text)) for text in reversed(series.about.split("\n")))
    return next(filter(None, named), set()) == years


def _base_first(
    question: str, named: Sequence[Point], series: Series
) -> tuple[Point, Point] | None:
    """What is compared with, and what is; of ``named``, in the question's order."""
    first, second = named
    for base, other in sorted(((first, second), (second, first)), key=lambda p: -len(p[0].key)):
        if re.search(rf"[比较]{re.escape(base.key)}|^[和与跟同]{re.escape(base.key)}", question):
            return base, other
    if not series.of_years or ("相比" in question and first.key < second.key):
        return None
    return (first, second) if first.key < second.key else (second, first)


def _up(way: str) -> bool:
    return way in _UP.split("|")
