"""Direction, negation, plans and degrees of a claim beside those of its support."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.claims.alignment import Assertion, aligned_clauses, clauses_with_text, shared
from app.claims.facts import Facts, bases
from app.claims.periods import Period
from app.claims.polarity import Turn, directions, manner, negations, speaks_of_all
from app.claims.support import Window
from records import Fault, Finding, Span

_CLOSE = 0.5
"""The share of a clause that another must say, to say it in other words."""


def turn_findings(claim: Assertion, window: Window) -> Iterator[Finding]:
    """All that is turned round or overstated."""
    for clause, said in clauses_with_text(claim.facts):
        near = aligned_clauses(claim.facts, clause, window.facts)
        if not claim.reckons(clause):
            yield from _directions(claim, clause, near, window)
        yield from _negations(claim, clause, near, window)
        yield from _manners(said, near, window)
    yield from _undone(claim, window)
    if not claim.reckoned:
        yield from _bases(claim, window)


def _directions(
    claim: Assertion, clause: Span, near: Sequence[Span], window: Window
) -> Iterator[Finding]:
    """Words of growth beside those of the aligned clauses: the same ones go together first."""
    mine = _turns(claim.facts, [clause], claim.before)
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
    for turn in mine:
        otherwise = theirs and close and turn.text not in held and len(mine) <= len(theirs)
        if not _like(turn, theirs) and not otherwise:
            plain = turn.text if turn.text and turn.text in held else ""
            yield Finding(Fault.NEGATION, turn.span.of(said), plain)


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


def _plainly(text: str, word: str, negated: Sequence[Turn]) -> bool:
    """Whether ``word`` stands in ``text`` where it isn't negated."""
    at = text.find(word)
    while at >= 0:
        if not any(turn.span.start <= at < turn.span.end for turn in negated):
            return True
        at = text.find(word, at + 1)
    return False


def _manners(said: str, near: Sequence[Span], window: Window) -> Iterator[Finding]:
    """A plan said to be done, the first or all of what isn't said to be so."""
    held = window.facts.text
    mine, theirs = manner(said), manner(" ".join(place.of(held) for place in near))
    if mine.done and theirs.planned and not theirs.done and not mine.planned:
        yield Finding(Fault.WORDING, mine.done, theirs.planned)
    if mine.top and not manner(held).top:
        yield Finding(Fault.WORDING, mine.top, theirs.much)
    if mine.every and not speaks_of_all(held):
        yield Finding(Fault.WORDING, mine.every, theirs.some)


def _bases(claim: Assertion, window: Window) -> Iterator[Finding]:
    """同比 for 环比, or where the support says neither."""
    held = bases(window.facts.text)
    for basis in sorted(bases(claim.facts.text) - held):
        if basis in ("同比", "环比", "年均"):
            other = next(iter(sorted(held & {"同比", "环比"} - {basis})), "")
            yield Finding(Fault.PERIOD, basis, other)
