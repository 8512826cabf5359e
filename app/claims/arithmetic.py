"""Numbers that a claim computes: sum, difference, multiple, share, growth.

Accepted only if the claim's words name the operation, if its operands stand in the support
under the years or names that the claim gives, and if the arithmetic is right to the precision
that is stated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, permutations

from app.claims.alignment import Assertion
from app.claims.facts import period_of, scope_of
from app.claims.periods import years
from app.claims.polarity import OPERATION
from app.claims.quantities import Bound, Quantity
from app.claims.spelling import aligned
from app.claims.support import Window

_SUM = re.compile(r"合计|共计|总计|总和|之和|加起来|累计|相加|一共|总共")
_APART = re.compile(r"相差|差距|之差|差额")
_CHANGE = re.compile(
    r"增长|增幅|增速|增加|上升|提高|回升|上涨|多出?了?|下降|降幅|减少|回落|下滑|降低|下跌|少了?"
)
_FALL = re.compile(r"下降|降幅|减少|回落|下滑|降低|下跌|少了?(?=[ 约]*[0-9])")
_SHARE = re.compile(r"占|比重|比例|份额")
_MOST_TERMS = 7
_MOST_OPERANDS = 14


@dataclass(frozen=True, slots=True)
class Operand:
    """A quantity of the support, where it stands, its year, and the claim's names beside it."""

    quantity: Quantity
    window: Window
    year: int | None
    names: frozenset[str]


def computed(claim: Assertion, quantity: Quantity, windows: Sequence[Window]) -> tuple[Window, ...]:
    """The windows whose quantities give ``quantity`` by an operation that the claim names.

    Empty where none do.
    """
    clause = claim.facts.clause_at(quantity.span.start).of(claim.facts.text)
    operands = list(_operands(claim, windows))[:_MOST_OPERANDS]
    for terms, value in _results(claim, clause, quantity, operands):
        if value > 0 and abs(value - quantity.low) * 2 <= quantity.step:
            return tuple(dict.fromkeys(term.window for term in terms))
    return ()


def _operands(claim: Assertion, windows: Sequence[Window]) -> Iterator[Operand]:
    """Exact quantities of single sentences and rows that speak of the claim's subject."""
    seen: set[tuple[object, ...]] = set()
    wanted = {name.text for name in (*claim.facts.names, *claim.topic)}
    for window in windows:
        if window.sentences > 1:
            continue
        for found in window.facts.quantities:
            exact = found.low == found.high and found.bound not in (Bound.ABOVE, Bound.BELOW)
            period = period_of(window.facts, found, window.before)
            scope = scope_of(window.facts, found, window.tabular)
            said = " ".join(span.of(window.facts.text) for span in scope)
            names = frozenset(name for name in wanted if name in said)
            key = (found.low, found.unit, period and period.value, names)
            if exact and key not in seen and _speaks_of(claim, f"{said}\n{window.context}"):
                seen.add(key)
                yield Operand(found, window, period.year if period else None, names)


def _speaks_of(claim: Assertion, said: str) -> bool:
    """Whether a third of the claim's words, without those of arithmetic, are there."""
    words = [w.text for w in claim.facts.words if not OPERATION.search(w.text)]
    held = sum(len(word) for word in words if word in aligned(said))
    return held * 3 >= sum(map(len, words))


def _results(
    claim: Assertion, clause: str, quantity: Quantity, operands: Sequence[Operand]
) -> Iterator[tuple[tuple[Operand, ...], Fraction]]:
    """What the operations that the clause names make of operands that the claim names."""
    if _SUM.search(clause):
        like = [o for o in operands if o.quantity.unit == quantity.unit]
        for size in range(2, min(_MOST_TERMS, len(like)) + 1):
            for terms in combinations(like, size):
                if _all_named(claim, terms):
                    yield terms, sum((o.quantity.low for o in terms), Fraction(0))
    for pair in permutations(operands, 2):
        if pair[0].quantity.unit == pair[1].quantity.unit:
            value = _of_two(claim, clause, quantity, *pair)
            if value is not None:
                yield pair, value


def _all_named(claim: Assertion, terms: Sequence[Operand]) -> bool:
    """Whether the terms are one for each of the years, or of the names, that the claim gives."""
    dates = tuple(p for p in claim.facts.periods if not p.reference) or claim.before
    wanted = set(years(dates))
    own = [term.year for term in terms]
    if len(wanted) > 1:
        return len(terms) == len(wanted) and set(own) == wanted
    if wanted and set(own) != wanted:
        return False
    named = [term.names for term in terms]
    every = frozenset().union(*named)
    names = {name.text for name in claim.facts.names}
    return all(named) and every == names and len(set(named)) == len(terms)


def _of_two(
    claim: Assertion, clause: str, quantity: Quantity, one: Operand, other: Operand
) -> Fraction | None:
    """The difference, multiple, share or growth of ``one`` over ``other``, as the words say."""
    if not _in_order(claim, one, other):
        return None
    high, low = one.quantity.low, other.quantity.low
    sign = -1 if _FALL.search(clause) else 1
    unit = "个百分点" if one.quantity.unit == "%" else one.quantity.unit
    if quantity.unit == unit and _APART.search(clause):
        return abs(high - low)
    if quantity.unit == unit and _CHANGE.search(clause):
        return sign * (high - low)
    if low <= 0 or unit == "个百分点":
        return None
    if quantity.unit == "倍":
        return high / low - (1 if _CHANGE.search(clause) else 0)
    if quantity.unit == "%" and _CHANGE.search(clause):
        return sign * (high - low) * 100 / low
    return high * 100 / low if quantity.unit == "%" and _SHARE.search(clause) else None


def _in_order(claim: Assertion, one: Operand, other: Operand) -> bool:
    """Whether the claim sets ``one`` beside ``other``: the later year, or what it names first."""
    named = set(years((*claim.before, *claim.facts.periods)))
    if one.year != other.year and one.year is not None and other.year is not None:
        given = {one.year, other.year}
        return one.year > other.year and (named == given if len(named) > 1 else one.year in named)
    if named and one.year is not None and one.year not in named:
        return False
    text = claim.facts.text
    first = [text.find(name) for name in one.names - other.names]
    second = [text.find(name) for name in other.names - one.names]
    return bool(first and second) and min(first) < min(second)
