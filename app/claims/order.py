"""Figures that have changed places among themselves, or that belie the claim's own words.

甲、乙、丙分别为 3、5、1 家 is another claim than 5、3、1 家, and 由 36% 升到 19% is none at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, pairwise

from app.claims.alignment import Assertion
from app.claims.equality import same_value
from app.claims.facts import Facts
from app.claims.quantities import Quantity
from app.claims.support import Window
from records import Fault, Finding, Span

_JOINS = re.compile(r"^(?:\s|[、，,和与及/]|以及)*$")
_SENTENCE_END = re.compile(r"[。！？!?\n]")
_COMPARES = re.compile(r"[从由比较]|增|升|涨|降|减|落|[高低多少]于")
_THEN = r"\s?(?:(?:19|20)[0-9]{2} ?年?的?)?\s?$"
_ROSE = re.compile(r"^\s?(?:提高|提升|上升|增长|增加|上涨|扩大|升|增|涨)[到至为]" + _THEN)
_FELL = re.compile(r"^\s?(?:降低|下降|减少|下跌|缩小|回落|降|减|跌)[到至为]" + _THEN)
_BEHIND = r"[^0-9，。；]{0,8}(?:(?:19|20)[0-9]{2} ?年?)?[^0-9，。；]{0,6}$"
_ABOVE = re.compile(rf"^\s?[，,]?\s?(?:高于|多于|大于){_BEHIND}")
_BELOW = re.compile(rf"^\s?[，,]?\s?(?:低于|少于|小于|不及){_BEHIND}")


def order_findings(claim: Assertion, window: Window) -> Iterator[Finding]:
    """Figures of ``claim`` in another order than in ``window``, all else keeping its order."""
    yield from _belied(claim.facts)
    if window.tabular or _reordered(claim.facts, window.facts):
        return
    for run in _runs(claim.facts):
        places = [_place(quantity, window.facts) for quantity in run]
        found = [(place, q) for place, q in zip(places, run, strict=True) if place is not None]
        for (first, one), (second, other) in pairwise(found):
            if first > second and _told(claim.facts, window.facts, one, other):
                text = claim.facts.text
                yield Finding(Fault.NUMBER, one.said.of(text), other.said.of(text))


def _belied(found: Facts) -> Iterator[Finding]:
    """Two figures of which the claim says that one is more than the other, which it isn't."""
    for place, sign, rise in _compared(found):
        if sign * rise < 0:
            yield Finding(Fault.DIRECTION, place.of(found.text).strip(" ，,"))


def shown_by_figures(found: Facts, word: Span) -> bool:
    """Whether the figures that a word of growth or decline stands between show that it is so."""
    return any(place.contains(word) and sign * rise > 0 for place, sign, rise in _compared(found))


def _compared(found: Facts) -> Iterator[tuple[Span, int, Fraction]]:
    """What stands between two figures and says how they compare, 1 for a rise, and the rise."""
    for one, other in pairwise(found.quantities):
        place = Span(one.span.end, other.span.start)
        between = place.of(found.text)
        up = _ROSE.match(between) or _BELOW.match(between)
        down = _FELL.match(between) or _ABOVE.match(between)
        if one.unit == other.unit != "第" and (up or down):
            yield place, 1 if up else -1, other.low - one.low


def _runs(found: Facts) -> Iterator[list[Quantity]]:
    """The claim's figures of one unit that follow each other and aren't set against each other."""
    run: list[Quantity] = []
    for quantity in found.quantities:
        between = found.text[run[-1].span.end : quantity.span.start] if run else ""
        apart = _SENTENCE_END.search(between) or _COMPARES.search(between)
        if run and (apart or quantity.unit != run[-1].unit):
            yield run
            run = []
        run.append(quantity)
    yield run


def _place(quantity: Quantity, held: Facts) -> int | None:
    """Where the one figure equal to ``quantity`` stands; None where there is none, or several."""
    equal = [q.span.start for q in held.quantities if same_value(quantity, q)]
    return equal[0] if len(equal) == 1 else None


def _told(claim: Facts, held: Facts, one: Quantity, other: Quantity) -> bool:
    """Whether both are dealt out in a list, or each stands behind a word that the support has."""
    if _JOINS.match(claim.text[one.span.end : other.span.start]):
        return True
    before = max((q.span.end for q in claim.quantities if q.span.end <= one.span.start), default=0)
    labels = (Span(before, one.span.start), Span(one.span.end, other.span.start))
    return all(any(text in held.text for text in _words(claim, label)) for label in labels)


def _words(found: Facts, within: Span) -> list[str]:
    spans = (
        *(name.span for name in found.names),
        *(word.span for word in found.words),
        *(period.span for period in found.periods),
    )
    return [span.of(found.text) for span in spans if within.contains(span)]


def _reordered(claim: Facts, held: Facts) -> bool:
    """Whether what both texts say, figures aside, stands in another order in one of them."""
    common = [
        text
        for text in dict.fromkeys(_words(claim, Span(0, len(claim.text))))
        if claim.text.count(text) == 1 and held.text.count(text) == 1
    ]
    return any(
        (claim.text.find(one) < claim.text.find(other))
        != (held.text.find(one) < held.text.find(other))
        for one, other in combinations(common, 2)
    )
