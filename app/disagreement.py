"""Reports that give different figures for the same: each is told, none is blended.

Only what can be compared counts: figures of different documents for the same period, the same
places and the same measure, in units that convert, whose values differ by more than rounding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.claims.equality import same_value
from app.claims.facts import bases, period_of, scope_of
from app.claims.names import NameKind, names
from app.claims.periods import Period, entails
from app.claims.quantities import Bound, Quantity
from app.claims.spelling import aligned
from app.claims.support import BAR, Window, windows
from app.claims.units import compatible
from app.claims.words import content
from app.reader.constraints import demands
from app.reader.evidence import Found
from records import Passage, Span

_COVERED = 0.7
"""The share of the question's words that must stand around a figure, or in what it stands in."""
_ROUGHLY = 33
"""约 and 近 allow for one part in so many."""
_CHANGE = re.compile(
    r"(?:增长|增加|减少|下降|新增|提高|提升|回落|上升|多|少|降低)了?[^0-9，。；]{0,3}$"
)
_AREA = re.compile(r"[一-鿿](?:区|县|镇|乡|市|省)$")
_MOST_WORDS = 4
_BASIS = re.compile(
    r"[^，。；：！？（）()\n\t]*(?:口径|规模以上|[按以][^，。；：（）()]{2,20}(?:计算|统计|核算|计)"
    r"|(?:(?<=[（(，])含|不含|不包括|不计|未计入|包括|包含|剔除|扣除)[^，。；：（）()])[^，。；！？（）()\n\t]*"
)


@dataclass(frozen=True)
class Figure:
    """A figure that one document gives: ``found`` and what stands around it.

    ``title`` is the document's.
    """

    found: Found
    window: Window
    quantity: Quantity
    title: str

    @property
    def passage(self) -> Passage:
        """The passage that it stands in."""
        return self.found.evidence.hit.passage

    @cached_property
    def period(self) -> Period | None:
        """The time it is given for, None where nothing says it."""
        return period_of(self.window.facts, self.quantity, self.window.before)

    @cached_property
    def places(self) -> frozenset[str]:
        """The places it is given for: named before it, else in what stands above it."""
        text = self.window.facts.text
        before = text if self.window.tabular else text[: self.quantity.span.start]
        return _places(before) or _places(f"{self.window.context} {self.title}")

    @cached_property
    def scope(self) -> str:
        """The words that say what is counted."""
        spans = scope_of(self.window.facts, self.quantity, self.window.tabular)
        return " ".join(span.of(self.window.facts.text) for span in spans)

    @cached_property
    def basis(self) -> str:
        """What its own sentence, else its passage, says of how it was counted: 按…计算, 不含…."""
        told = map(_BASIS.search, (self.found.evidence.quote, self.passage.text))
        return next((match.group().strip() for match in told if match), "")

    @property
    def changes(self) -> bool:
        """Whether it says by how much something changed."""
        return bool(_CHANGE.search(self.window.facts.text[: self.quantity.said.start]))

    def definition(self, question: str, others: Sequence[Figure]) -> str:
        """The words around it that neither the question nor the other figures have."""
        known = aligned(question) + "".join(other.scope for other in others)
        own = dict.fromkeys(word.text for word in content(self.scope))
        return "、".join([word for word in own if word not in known][:_MOST_WORDS])


def disagreeing(question: str, found: Sequence[Found], titles: Sequence[str]) -> tuple[Figure, ...]:
    """The figures of the documents that answer ``question`` differently, best first.

    ``titles`` are those of the documents of ``found``. Empty where all that can be compared
    with the best one agrees with it.
    """
    figures = [f for pair in zip(found, titles, strict=True) for f in _figures(*pair)]
    figures = [figure for figure in figures if _speaks_of(question, figure)]
    if not figures or figures[0].found is not found[0]:
        return ()
    first = figures[0]
    different: list[Figure] = []
    for other in figures[1:]:
        told = [first, *different]
        if _same_measure(question, first, other) and not any(
            agree(f.quantity, other.quantity) for f in told
        ):
            different.append(other)
    return (first, *different) if different else ()


def agree(one: Quantity, other: Quantity) -> bool:
    """Whether both can be true: the same value, or what it was rounded to, or within a bound."""
    if same_value(one, other) or same_value(other, one):
        return True
    bounded = [q for q in (one, other) if q.bound in (Bound.ABOVE, Bound.BELOW)]
    if bounded:
        return all(_within(q, other if q is one else one) for q in bounded)
    apart = max(one.low, other.low) - min(one.high, other.high)
    vague = {Bound.ABOUT, Bound.NEAR} & {one.bound, other.bound}
    return 2 * apart <= max(one.step, other.step) or bool(
        vague and apart * _ROUGHLY <= max(one.high, other.high)
    )


def _within(bound: Quantity, other: Quantity) -> bool:
    """Whether what is above or below ``bound`` can be ``other``, whatever that leaves open."""
    above = bound.bound is Bound.ABOVE
    if other.bound is bound.bound:
        return True
    return other.high >= bound.low if above else other.low <= bound.high


def _figures(found: Found, title: str) -> Iterator[Figure]:
    """The one quantity that the answer consists of, if it does."""
    passage = found.evidence.hit.passage
    window = next((w for w in windows(0, passage) if w.evidence.contains(found.span)), None)
    if window is None:
        return
    answer = _cell(passage, window, found.span) if passage.cells else _shifted(found.span, window)
    inside = [q for q in window.facts.quantities if q.span.overlaps(answer) and q.unit != "第"]
    if len(inside) == 1:
        yield Figure(found, window, inside[0], title)


def _shifted(span: Span, window: Window) -> Span:
    start = window.evidence.start
    return Span(span.start - start, span.end - start)


def _cell(passage: Passage, window: Window, span: Span) -> Span:
    """Where what the cell that holds ``span`` says stands in the row as it is said."""
    start = 0
    for cell, said in zip(passage.cells, window.text.split(BAR), strict=True):
        if cell.span.overlaps(span):
            return Span(start + said.rfind("：") + 1, start + len(said))
        start += len(said) + len(BAR)
    return Span(0, 0)


def _speaks_of(question: str, figure: Figure) -> bool:
    """Whether the question's words, times and places stand with the figure."""
    around = f"{figure.window.text} {figure.window.context} {figure.title} {figure.window.earlier}"
    spelled = aligned(around)
    wanted = content(aligned(question))
    total = sum(len(word.text) for word in wanted)
    held = sum(len(word.text) for word in wanted if word.text in spelled)
    years = {int(year) for year in demands(question).years}
    own = figure.period.year if figure.period else None
    return (
        bool(total)
        and held >= _COVERED * total
        and (not years or own in years)
        and all(place in spelled for place in _places(question))
    )


def _same_measure(question: str, one: Figure, other: Figure) -> bool:
    """Whether two figures are given for the same time and places, in units that convert."""
    if not compatible(one.quantity.unit, other.quantity.unit) or not one.quantity.unit:
        return False
    if one.changes != other.changes or bases(one.scope) != bases(other.scope):
        return False
    named = _areas(one.scope) ^ _areas(other.scope)
    if one.places != other.places or any(area not in question for area in named):
        return False
    return _same_time(one.period, other.period)


def _same_time(one: Period | None, other: Period | None) -> bool:
    if one is None or other is None:
        return one is other
    return entails(one, other, coarse=False) or entails(other, one, coarse=False)


def _areas(text: str) -> frozenset[str]:
    """Districts and their like, which no list of places holds."""
    return frozenset(word.text for word in content(text) if _AREA.search(word.text))


def _places(text: str) -> frozenset[str]:
    return frozenset(n.text for n in names(aligned(text)) if n.kind is NameKind.PLACE)
