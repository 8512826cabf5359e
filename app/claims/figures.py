"""The quantities of a claim beside those of its support: value, unit, bound, time, subject."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import takewhile

from app.claims.alignment import Assertion, opposed
from app.claims.equality import same_bound, same_value
from app.claims.facts import AVERAGES, Facts, bases, names_of, period_of, scope_of, subject_of
from app.claims.kinds import same
from app.claims.names import TOPICAL, Name, NameKind
from app.claims.periods import Period, entails
from app.claims.quantities import Quantity
from app.claims.support import Window
from app.claims.units import CLASSIFIERS, GENERIC, compatible
from app.claims.words import is_coined, is_noun, words
from records import Fault, Finding, Span

_MARGIN = 2.0
"""By how many words another quantity must fit the claim's subject better, to be the one meant."""
_NAMED_BY = 2
_NAME_WEIGHT = 3.0
_MOST_LOST = 6.0
"""However much else a sentence lists, it may speak of the claim's subject."""
_TOGETHER = re.compile(r"合计|总计|共计|加起来|总和|之和")
_EACH = re.compile(r"均(?!衡|等|价)|各(?:自|占|有|为|达)|分别|每[个家省市]")
_GROWN = re.compile(r"(?:增长|增加|提高|上升|上涨|下降|减少|降低|下跌)了?\s?$")
_REACHED = re.compile(r"(?:达到?|为|是|相当于)(?:上年|去年|前一年|原来|上一年度?)的\s?$")
_FEW = 4
_OVER_YEARS = re.compile("[增升涨提降减落扩缩翻跌]|累计|合计|总计|共|均")
"""What one figure can say of several years: a change, a sum, an average."""


def quantity_finding(
    claim: Assertion, quantity: Quantity, window: Window, others: Sequence[Window]
) -> Finding | None:
    """What is wrong with a quantity of the claim, None where one of the window is the same."""
    held = window.facts
    problems: list[Finding] = []
    for candidate in held.quantities:
        if same_value(quantity, candidate) or _same_cell(claim, quantity, window, candidate):
            problem = _problem(claim, quantity, window, candidate, others)
            if problem is None:
                return None
            problems.append(problem)
    if problems:
        return problems[0]
    said = quantity.said.of(claim.facts.text)
    rival = _rival(claim, quantity, window)
    if rival is None:
        named_so = _in_a_name(claim, quantity, window) or _is_level(quantity, others)
        return None if named_so else Finding(Fault.NUMBER, said)
    fault = Fault.NUMBER if compatible(quantity.unit, rival.unit) else Fault.UNIT
    if quantity.span.of(claim.facts.text)[:1] == rival.span.of(held.text)[:1]:
        fault = Fault.UNIT if _digits(said) == _digits(rival.said.of(held.text)) else fault
    return Finding(fault, said, rival.said.of(held.text))


def _in_a_name(claim: Assertion, quantity: Quantity, window: Window) -> bool:
    """Whether a number stands in a title of the window with the word behind it: 三年行动计划."""
    place = Span(quantity.span.start, quantity.span.end + _NAMED_BY)
    said = place.of(claim.facts.text)
    return said.isalpha() and any(
        said in name.text for name in window.facts.names if name.kind is NameKind.TITLE
    )


def _is_level(quantity: Quantity, others: Sequence[Window]) -> bool:
    """Whether another place counts as many levels, by which something may be called: 三级平台."""
    return quantity.unit == "级" and any(
        same_value(quantity, other) for place in others for other in place.facts.quantities
    )


def _same_cell(claim: Assertion, quantity: Quantity, window: Window, found: Quantity) -> bool:
    """Whether a bare figure is that of a cell, whose unit its column or caption gives."""
    if not window.tabular or quantity.unit or quantity.scaled:
        return False
    said, held = quantity.span.of(claim.facts.text), found.span.of(window.facts.text)
    return _digits(said) == _digits(held) != ""


def _digits(text: str) -> str:
    return "".join(character for character in text if character in "0123456789.")


def _problem(
    claim: Assertion, quantity: Quantity, window: Window, found: Quantity, others: Sequence[Window]
) -> Finding | None:
    """What keeps an equal value from being the one that is claimed."""
    said, text = quantity.said.of(claim.facts.text), window.facts.text
    if not same_bound(quantity.bound, found.bound):
        return Finding(Fault.BOUND, said, found.said.of(text))
    things = _other_things(claim.facts, quantity, window.facts, found)
    if things:
        return Finding(Fault.NAME, *things)
    turned = _dealt_otherwise(claim.facts, quantity, window.facts, found)
    if turned:
        return Finding(Fault.NUMBER, *turned)
    if not window.tabular and _told_later(claim.facts, quantity, window.facts, found):
        return Finding(Fault.NAME, said)
    period = period_of(claim.facts, quantity, claim.before)
    if period is not None:
        own = period_of(window.facts, found, window.before)
        if own is None or not _carried(claim, quantity, own, period, window, found):
            stands = own.span.of(text) if own in window.facts.periods else named(own)
            inside = period in claim.facts.periods
            said = period.span.of(claim.facts.text) if inside else named(period)
            return Finding(Fault.PERIOD, said, stands)
    scope = scope_of(window.facts, found, window.tabular)
    there = " ".join(span.of(text) for span in scope)
    average = bases(there) & AVERAGES - bases(claim.text)
    if average:
        return Finding(Fault.PERIOD, said, next(iter(average)))
    pair = opposed(claim.facts, claim.facts.clause_at(quantity.span.start), there)
    if pair:
        return Finding(Fault.NAME, *pair)
    another = None if window.tabular else _another_subject(claim, quantity, window, found)
    if another:
        return Finding(Fault.NAME, said, another.text)
    better = _better(claim, quantity, window, found, others)
    return Finding(Fault.NUMBER, said, better) if better else None


def _dealt_otherwise(
    claim: Facts, quantity: Quantity, held: Facts, found: Quantity
) -> tuple[str, str] | None:
    """The sum for the share of each, what it has become for how much it grew, or the reverse."""
    own = claim.clause_at(quantity.span.start).of(claim.text)
    other = held.clause_at(found.span.start).of(held.text)
    for one, contrary in ((_TOGETHER, _EACH), (_EACH, _TOGETHER)):
        mine, theirs = one.search(own), contrary.search(other)
        if mine and theirs and not one.search(other) and not contrary.search(own):
            return mine.group(), theirs.group()
    grown = _GROWN.search(held.text[: found.said.start])
    if quantity.unit == "%" and grown and _REACHED.search(claim.text[: quantity.said.start]):
        return quantity.said.of(claim.text), f"{grown.group()}{found.said.of(held.text)}"
    return None


def _told_later(claim: Facts, quantity: Quantity, held: Facts, found: Quantity) -> bool:
    """Whether what the claim says it of is only spoken of after the sentence of the figure."""
    until = held.sentence_at(found.span.start).end
    start = claim.sentence_at(quantity.span.start).start
    ahead = [w.text for w in claim.words if start <= w.span.start < quantity.span.start]
    later = [w for w in ahead if w not in held.text[:until] and w in held.text[until:]]
    return 2 * sum(map(len, later)) > sum(map(len, ahead)) > _FEW


def _other_things(
    claim: Facts, quantity: Quantity, held: Facts, found: Quantity
) -> tuple[str, str] | None:
    """What each of two equal numbers counts, where that differs: 12 家企业 for 12 个省."""
    own, other = _counted(claim, quantity), _counted(held, found)
    clause = held.clause_at(found.span.start).of(held.text)
    if not own or not other or own in clause or same(own, other):
        return None
    pairs = zip(reversed(own), reversed(other), strict=False)
    head = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    one, another = own[: len(own) - head], other[: len(other) - head]
    apart = one and another and not set(one) & set(another)
    return (own, other) if apart else None


def _counted(found: Facts, quantity: Quantity) -> str:
    """The nouns right behind a number that counts; empty for an amount in any other unit."""
    if quantity.unit not in (*GENERIC, *CLASSIFIERS):
        return ""
    said = ""
    for word in words(found.text[quantity.said.end :].lstrip(" 多余")):
        if not is_noun(word.text) or not word.text.isalpha():
            break
        said += word.text
    return said


def _another_subject(
    claim: Assertion, quantity: Quantity, window: Window, found: Quantity
) -> Name | None:
    """What the sentence of ``found`` is about, where it names none of what the claim is about."""
    for kind in TOPICAL:
        own = names_of(claim.facts, quantity, kind)
        wanted = [n.text for n in (*own, *claim.topic) if n.kind is kind]
        rivals = names_of(window.facts, found, kind)
        if wanted and rivals and not any(same(w, n.text) for w in wanted for n in rivals):
            return rivals[0]
    return None


def _carried(
    claim: Assertion,
    quantity: Quantity,
    own: Period,
    claimed: Period,
    window: Window,
    found: Quantity,
) -> bool:
    """Whether what is told of ``own`` is told of ``claimed``.

    A figure of one year is one of a range that the window names only beside another, or where
    it is a change, a sum or an average.
    """
    if entails(own, claimed, coarse=False):
        return True
    if claimed.until is None or claimed.year is None or claimed.until <= claimed.year:
        return False
    alike = [q for q in claim.facts.quantities if compatible(q.unit, quantity.unit)]
    if len(alike) < 2 and not _OVER_YEARS.search(claim.facts.text):
        return False
    ahead = {p.year for p in window.facts.periods if p.span.end <= found.span.start}
    return {claimed.year, claimed.until} <= ahead


def named(period: Period | None) -> str:
    """A period in words, empty for none."""
    if period is None or period.year is None:
        return ""
    return f"{period.year} 年" if period.until is None else f"{period.year}—{period.until} 年"


def _rival(claim: Assertion, quantity: Quantity, window: Window) -> Quantity | None:
    """The quantity that the window gives in the place of the claimed one."""
    held = window.facts
    same_kind = [q for q in held.quantities if compatible(quantity.unit, q.unit)]
    if same_kind:
        return max(same_kind, key=lambda q: _fit(claim, quantity, window, q))
    digits = _digits(quantity.span.of(claim.facts.text))
    return next((q for q in held.quantities if _digits(q.span.of(held.text)) == digits), None)


def _better(
    claim: Assertion, quantity: Quantity, window: Window, found: Quantity, others: Sequence[Window]
) -> str:
    """What stands for the claim's subject where another quantity fits it clearly better."""
    if quantity.unit == "第":
        return ""
    fit, gain = _fit(claim, quantity, window, found), _gain(claim, quantity, window, found)
    period = period_of(claim.facts, quantity, claim.before)
    for other in (window, *others):
        for rival in other.facts.quantities:
            if rival.unit not in (found.unit, quantity.unit) or same_value(quantity, rival):
                continue
            own = period_of(other.facts, rival, other.before) if period else None
            if period and own and not entails(own, period, coarse=False):
                continue
            nearer = _gain(claim, quantity, other, rival) > gain
            if nearer and _fit(claim, quantity, other, rival) >= fit + _MARGIN:
                return rival.said.of(other.facts.text)
    return ""


def _fit(claim: Assertion, quantity: Quantity, window: Window, found: Quantity) -> float:
    """How well the words around ``found`` are those around ``quantity``, names thrice."""
    wanted = _around(claim.facts, quantity, False)
    own = _around(window.facts, found, window.tabular)
    held = {name.text for name in window.facts.names}
    said = claim.facts.text + " ".join(name.text for name in claim.topic)
    said += " ".join(word for word in wanted if word.startswith("第"))
    lost = [_weight(word, held) for word in own if word not in said]
    return _gain(claim, quantity, window, found) - min(sum(lost), _MOST_LOST)


def _gain(claim: Assertion, quantity: Quantity, window: Window, found: Quantity) -> float:
    """How much the words around ``found`` and around ``quantity`` have in common."""
    names = {name.text for name in claim.facts.names}
    common = _around(claim.facts, quantity, False) & _around(window.facts, found, window.tabular)
    return sum(_weight(word, names) for word in common)


def _weight(word: str, names: set[str]) -> float:
    return _NAME_WEIGHT if word in names or word.startswith("第") else 1.0


@lru_cache(maxsize=8192)
def _around(found: Facts, quantity: Quantity, tabular: bool) -> frozenset[str]:
    scope = scope_of(found, quantity, tabular)
    own = {w.text for w in found.words if scope[0].contains(w.span)}
    lead = {w.text for w in found.words if any(s.contains(w.span) for s in scope[1:])}
    if not tabular and any(map(is_coined, own)):  # it has a subject of its own
        lead = {word for word in lead if not is_coined(word)}
    words = own | lead
    names = {n.text for n in found.names if any(s.contains(n.span) for s in scope)}
    names |= set() if names or tabular else subject_of(found, quantity)
    ordinals = {f"第{q.low}" for q in found.quantities if q.unit == "第" and _in(q, scope)}
    return frozenset(words | names | ordinals)


def _in(quantity: Quantity, scope: tuple[Span, ...]) -> bool:
    return any(span.contains(quantity.span) for span in scope)
