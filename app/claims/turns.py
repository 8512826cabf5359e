"""Direction, negation, plans and degrees of a claim beside those of its support."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.claims.alignment import Assertion, aligned_clauses, clauses_with_text, shared
from app.claims.facts import Facts, bases
from app.claims.order import shown_by_figures
from app.claims.periods import Period
from app.claims.polarity import (
    AGAINST,
    ASKING,
    AVOIDED,
    CAUSE,
    LEFT_OUT,
    LINK,
    Turn,
    directions,
    excluded,
    included,
    manner,
    negations,
    opposite,
    speaks_of_all,
)
from app.claims.support import Window
from records import Fault, Finding, Span

_CLOSE = 0.5
"""The share of a clause that another must say, to say it in other words."""


def turn_findings(claim: Assertion, window: Window) -> Iterator[Finding]:
    """All that is turned round, overstated, or asked and not said."""
    for clause, _ in clauses_with_text(claim.facts):
        near = aligned_clauses(claim.facts, clause, window.facts)
        if not claim.reckons(clause):
            yield from _directions(claim, clause, near, window)
        yield from _negations(claim, clause, near, window)
        yield from _manners(claim, clause, near, window)
        yield from _avoided(claim, clause, near, window)
    yield from _undone(claim, window)
    yield from _counted_out(claim, window)
    asked = ASKING.search(claim.facts.text)
    if asked and asked.group() not in window.facts.text:
        yield Finding(Fault.WORDING, asked.group())
    yield from _caused(claim, window)
    if not claim.reckoned:
        yield from _bases(claim, window)


def _directions(
    claim: Assertion, clause: Span, near: Sequence[Span], window: Window
) -> Iterator[Finding]:
    """Words of growth beside those of the aligned clauses: the same ones go together first."""
    mine = _turns(claim.facts, [clause], claim.before)
    mine = [each for each in mine if not shown_by_figures(claim.facts, each[0].span)]
    pool = _turns(window.facts, near, window.before)
    for turn, year in list(mine):
        same = next((t for t in pool if t[0].text == turn.text and _meet(year, t[1])), None)
        if same:
            mine.remove((turn, year))
            pool.remove(same)
    everywhere = directions(window.facts.text)
    for turn, year in mine:
        theirs = [t for t, other in pool if _meet(year, other)] or [t for t, _ in pool]
        if any(t.sign == turn.sign for t in theirs):
            continue
        opposite = [t for t in theirs if t.sign != turn.sign]
        if opposite:
            yield Finding(Fault.DIRECTION, turn.text, opposite[0].text)
        elif not any(t.sign == turn.sign for t in everywhere):
            yield Finding(Fault.DIRECTION, turn.text, everywhere[0].text if everywhere else "")


def _turns(
    found: Facts, clauses: Sequence[Span], before: Sequence[Period]
) -> list[tuple[Turn, int | None]]:
    """The words of growth in the clauses, each with the year that was named last before it."""
    dated = [p for p in found.periods if not p.reference]
    inside = [t for t in directions(found.text) if any(c.contains(t.span) for c in clauses)]
    return [
        (turn, next((p.year for p in reversed([*before, *dated]) if _ahead(p, turn, before)), None))
        for turn in inside
    ]


def _ahead(period: Period, turn: Turn, before: Sequence[Period]) -> bool:
    return period in before or period.span.end <= turn.span.start


def _meet(year: int | None, other: int | None) -> bool:
    return year is None or other is None or year == other


def _negations(
    claim: Assertion, clause: Span, near: Sequence[Span], window: Window
) -> Iterator[Finding]:
    """Negations of the claim that its aligned clauses don't have, by word or at all."""
    held, said = window.facts.text, clause.of(claim.facts.text)
    theirs = [t for place in near for t in negations(place.of(held))]
    close = any(shared(claim.facts, clause, window.facts, place) >= _CLOSE for place in near)
    mine = negations(said)
    spared = left_out(claim, window)
    for turn in mine:
        if any(place.start <= clause.start + turn.span.start < place.end for place in spared):
            continue
        otherwise = theirs and close and turn.text not in held and len(mine) <= len(theirs)
        less = opposite(turn.text[:1], manner(" ".join(p.of(held) for p in near)).much)
        if not _like(turn, theirs) and not otherwise and not less:
            plain = turn.text if turn.text and turn.text in held else ""
            yield Finding(Fault.NEGATION, turn.span.of(said), plain)


def left_out(claim: Assertion, window: Window) -> list[Span]:
    """Where the claim says of something that it isn't counted in, as the window does of the same.

    Each character of what it is must stand there: 港澳台 is 台湾 and 香港、澳门.
    """
    held = [place.of(window.facts.text) for place in window.facts.clauses]
    without = [set(text) for text in held if LEFT_OUT.search(text)]
    said = LEFT_OUT.finditer(claim.facts.text) if without else ()
    return [Span(*m.span()) for m in said if any(_characters(m) <= text for text in without)]


def _characters(match: re.Match[str]) -> set[str]:
    return {c for group in match.groups() if group for c in group if c.isalnum()}


def _like(turn: Turn, others: Sequence[Turn]) -> bool:
    return any(t.text and (t.text in turn.text or turn.text in t.text) for t in others)


def _undone(claim: Assertion, window: Window) -> Iterator[Finding]:
    """What the window negates and the claim says without a negation."""
    said, held = claim.facts.text, window.facts.text
    own, theirs = negations(said), negations(held)
    for turn in theirs:
        if len(turn.text) < 2 or _like(turn, own):
            continue
        if _plainly(said, turn.text, own) and not _plainly(held, turn.text, theirs):
            yield Finding(Fault.NEGATION, turn.text, turn.span.of(held))


def _counted_out(claim: Assertion, window: Window) -> Iterator[Finding]:
    """What the window says isn't counted, and the claim says is: 港澳 where 不包括港澳 stands."""
    for clause, said in clauses_with_text(claim.facts):
        counted = included(said)
        if not counted or negations(said):
            continue
        own = {word.text for word in claim.facts.words if clause.contains(word.span)}
        own |= {name.text for name in claim.facts.names if clause.contains(name.span)}
        for place in window.facts.clauses:
            out = excluded(place.of(window.facts.text))
            if out and any(text in place.of(window.facts.text) for text in own if len(text) > 1):
                yield Finding(Fault.NEGATION, counted.group(), out.group())


def _plainly(text: str, word: str, negated: Sequence[Turn]) -> bool:
    """Whether ``word`` stands in ``text`` where it isn't negated."""
    at = text.find(word)
    while at >= 0:
        if not any(turn.span.start <= at < turn.span.end for turn in negated):
            return True
        at = text.find(word, at + 1)
    return False


def _manners(
    claim: Assertion, clause: Span, near: Sequence[Span], window: Window
) -> Iterator[Finding]:
    """A plan said to be done, the first or all of what isn't said to be so."""
    held, said = window.facts.text, clause.of(claim.facts.text)
    mine, theirs = manner(said), manner(" ".join(place.of(held) for place in near))
    planned = theirs.planned if not theirs.done else ""
    if mine.done and not mine.planned:
        planned = planned or _planned(claim, clause, window)
        if planned:
            yield Finding(Fault.WORDING, mine.done, planned)
    if mine.much and opposite(mine.much, theirs.much):
        yield Finding(Fault.DIRECTION, mine.much, theirs.much)
    if mine.top and not manner(held).top:
        yield Finding(Fault.WORDING, mine.top, theirs.much)
    elif opposite(mine.top, theirs.top[:1]):  # 最多 and 少于其他
        yield Finding(Fault.DIRECTION, mine.top, theirs.top)
    around = {window.facts.sentence_at(place.start) for place in near}
    told = held if window.tabular else " ".join(place.of(held) for place in around)
    if mine.every and not speaks_of_all(told):
        yield Finding(Fault.WORDING, mine.every, theirs.some)
    if mine.every and theirs.hedged and not mine.hedged:
        yield Finding(Fault.WORDING, mine.every, theirs.hedged)
    if mine.some and theirs.every and not theirs.some:
        yield Finding(Fault.WORDING, mine.some, theirs.every)
    if mine.planned and not mine.done and theirs.done and not theirs.planned:
        yield Finding(Fault.WORDING, mine.planned, theirs.done)


def _planned(claim: Assertion, clause: Span, window: Window) -> str:
    """The plan of a clause of the window which alone speaks of something that is said done."""
    own = {word.text for word in claim.facts.words if clause.contains(word.span)}
    told: dict[bool, set[str]] = {True: set(), False: set()}
    plan = ""
    for place in window.facts.clauses:
        held = manner(place.of(window.facts.text))
        ahead = bool(held.planned and not held.done)
        plan = held.planned if ahead else plan
        told[ahead] |= {w.text for w in window.facts.words if place.contains(w.span)}
    return plan if own & (told[True] - told[False]) else ""


def _avoided(
    claim: Assertion, clause: Span, near: Sequence[Span], window: Window
) -> Iterator[Finding]:
    """What the window says is avoided, and the claim says without any word of that."""
    said = clause.of(claim.facts.text)
    if window.tabular or negations(said) or AGAINST.search(said):
        return
    for place in near:
        held = place.of(window.facts.text)
        against = AVOIDED.search(held)
        if against is None:
            continue
        behind = Span(place.start + against.end(), place.end)
        what = [word.text for word in window.facts.words if behind.contains(word.span)]
        if what and sum(word in said for word in what) * 3 >= 2 * len(what):
            yield Finding(Fault.NEGATION, what[-1], against.group())


def _caused(claim: Assertion, window: Window) -> Iterator[Finding]:
    """A cause that is given for what the window gives none for, there or in the next sentence."""
    match = CAUSE.search(claim.facts.text)
    if match is None or window.tabular:
        return
    effect = _effect(claim, match.start())
    for place in aligned_clauses(claim.facts, effect, window.facts):
        sentence = window.facts.sentence_at(place.start)
        following = window.facts.sentence_at(sentence.end)
        if LINK.search(sentence.of(window.facts.text)) or (
            following != sentence and LINK.search(following.of(window.facts.text))
        ):
            return
    yield Finding(Fault.WORDING, match.group())


def _effect(claim: Assertion, at: int) -> Span:
    """The clause that what stands at ``at`` is said to bring about: behind it, or its own."""
    cause = claim.facts.clause_at(at)
    behind = [clause for clause in claim.facts.clauses if clause.start >= cause.end]
    return behind[-1] if behind else cause


def _bases(claim: Assertion, window: Window) -> Iterator[Finding]:
    """同比 for 环比, or where the support says neither."""
    held = bases(window.facts.text)
    for basis in sorted(bases(claim.facts.text) - held):
        if basis in ("同比", "环比", "年均"):
            other = next(iter(sorted(held & {"同比", "环比"} - {basis})), "")
            yield Finding(Fault.PERIOD, basis, other)
