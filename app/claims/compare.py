"""A claim beside what may carry it: what of the claim doesn't stand there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.claims.facts import Facts, bases, facts, period_of, scope_of
from app.claims.names import Name, NameKind, holds
from app.claims.periods import Period, entails
from app.claims.polarity import directions, manner, negations, speaks_of_all
from app.claims.quantities import Quantity, same_bound, same_value
from app.claims.spelling import aligned
from app.claims.support import Window
from app.claims.units import compatible
from records import Fault, Finding, Span


@dataclass(frozen=True)
class Assertion:
    """A claim, or a clause of one, with the times and names that it takes over from before."""

    text: str
    before: tuple[Period, ...] = ()
    topic: tuple[Name, ...] = ()

    @cached_property
    def facts(self) -> Facts:
        """The facts of the text."""
        return facts(self.text)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a window doesn't carry of a claim, and the share of its words that it does.

    ``rival`` faults are those for which the window says something else.
    """

    window: Window
    findings: tuple[Finding, ...]
    coverage: float
    held: int

    @property
    def rivals(self) -> int:
        """How many findings name what the window says instead."""
        return sum(bool(finding.found) for finding in self.findings)


def compare(claim: Assertion, window: Window, others: Sequence[Window] = ()) -> Comparison:
    """All findings of ``claim`` beside ``window``; ``others`` may name a better subject."""
    found: list[Finding] = []
    held = 0
    for quantity in claim.facts.quantities:
        finding = quantity_finding(claim, quantity, window, others)
        if finding:
            found.append(finding)
        else:
            held += 1
    checked = [
        *_period_findings(claim, window),
        *_name_findings(claim, window),
        *_direction_findings(claim, window),
        *_negation_findings(claim, window),
        *_manner_findings(claim, window),
        *_basis_findings(claim, window),
    ]
    found += [finding for finding in checked if finding not in found]
    held += len(claim.facts.names) - sum(f.fault is Fault.NAME for f in checked)
    return Comparison(window, tuple(found), coverage(claim, window), max(held, 0))


def coverage(claim: Assertion, window: Window) -> float:
    """The share of the claim's content words, by their length, that the window has."""
    text = aligned(f"{window.text}\n{window.context}")
    total = sum(len(word.text) for word in claim.facts.words)
    if not total:
        return 1.0
    return (
        sum(len(w.text) * _share(w.text.lower(), text.lower()) for w in claim.facts.words) / total
    )


def _share(word: str, text: str) -> float:
    if word in text:
        return 1.0
    pairs = [word[i : i + 2] for i in range(len(word) - 1)]
    return sum(pair in text for pair in pairs) / len(pairs) if len(pairs) > 1 else 0.0


def quantity_finding(
    claim: Assertion, quantity: Quantity, window: Window, others: Sequence[Window]
) -> Finding | None:
    """What is wrong with a quantity of the claim: value, unit, bound, period or subject."""
    held = window.facts
    same = [other for other in held.quantities if same_value(quantity, other)]
    problems: list[Finding] = []
    for candidate in same:
        problem = _problem(claim, quantity, window, candidate, others)
        if problem is None:
            return None
        problems.append(problem)
    if problems:
        return problems[0]
    said = quantity.said.of(claim.facts.text)
    rival = _rival(claim, quantity, window)
    if rival is None:
        return Finding(Fault.NUMBER, said)
    fault = Fault.NUMBER if compatible(quantity.unit, rival.unit) else Fault.UNIT
    return Finding(fault, said, rival.said.of(window.text))


def _problem(
    claim: Assertion, quantity: Quantity, window: Window, found: Quantity, others: Sequence[Window]
) -> Finding | None:
    said, text = quantity.said.of(claim.facts.text), window.text
    if not same_bound(quantity.bound, found.bound):
        return Finding(Fault.BOUND, said, found.said.of(text))
    period = period_of(claim.facts, quantity, claim.before)
    if period is not None:
        own = period_of(window.facts, found, window.before)
        if own is None or not _period_carried(own, period, window, found):
            stands = own.span.of(text) if own and own in window.facts.periods else _named(own)
            return Finding(Fault.PERIOD, period.span.of(claim.facts.text) or _named(period), stands)
    better = _better(claim, quantity, window, found, others)
    return Finding(Fault.NUMBER, said, better) if better else None


def _period_carried(own: Period, claimed: Period, window: Window, found: Quantity) -> bool:
    if entails(own, claimed, coarse=False):
        return True
    if claimed.until is None:
        return False
    named = {p.year for p in window.facts.periods if p.span.end <= found.span.start}
    return {claimed.year, claimed.until} <= named


def _named(period: Period | None) -> str:
    if period is None or period.year is None:
        return ""
    return f"{period.year}年" if period.until is None else f"{period.year}—{period.until}年"


def _rival(claim: Assertion, quantity: Quantity, window: Window) -> Quantity | None:
    """The quantity that the window gives in the place of the claimed one."""
    held = window.facts
    figure = quantity.span.of(claim.facts.text).rstrip("元家个项户人名位%")
    same_kind = [q for q in held.quantities if compatible(quantity.unit, q.unit)]
    if not same_kind:
        return next(
            (q for q in held.quantities if q.span.of(held.text).startswith(figure[:3])), None
        )
    return max(same_kind, key=lambda q: _fit(claim, quantity, window, q))


def _better(
    claim: Assertion, quantity: Quantity, window: Window, found: Quantity, others: Sequence[Window]
) -> str:
    """What stands for the claim's subject where another quantity fits it clearly better."""
    fit = _fit(claim, quantity, window, found)
    period = period_of(claim.facts, quantity, claim.before)
    for other in (window, *others):
        for rival in other.facts.quantities:
            if same_value(quantity, rival) or not compatible(quantity.unit, rival.unit):
                continue
            own = period_of(other.facts, rival, other.before)
            if period and own and not entails(own, period, coarse=False):
                continue
            if _fit(claim, quantity, other, rival) >= fit + 2:
                return rival.said.of(other.text)
    return ""


def _fit(claim: Assertion, quantity: Quantity, window: Window, found: Quantity) -> float:
    """How well the words around ``found`` are those around ``quantity``, names thrice."""
    wanted = _around(claim.facts, scope_of(claim.facts, quantity))
    own = _around(window.facts, scope_of(window.facts, found, window.tabular))
    said = claim.facts.text + " ".join(name.text for name in claim.topic)
    names = {name.text for name in claim.facts.names}
    held = {name.text for name in window.facts.names}
    gain = sum(3.0 if word in names else 1.0 for word in wanted & own)
    loss = sum(3.0 if word in held else 1.0 for word in own if word not in said)
    return gain - loss


def _around(found: Facts, scope: tuple[Span, ...]) -> set[str]:
    words = {w.text for w in found.words if any(s.contains(w.span) for s in scope)}
    return words | {n.text for n in found.names if any(s.contains(n.span) for s in scope)}


def _period_findings(claim: Assertion, window: Window) -> Iterator[Finding]:
    """Periods of the claim that neither the window nor what stands above it names."""
    held = (*window.before, *window.facts.periods)
    for period in claim.facts.periods:
        bound = any(
            period_of(claim.facts, q, claim.before) == period for q in claim.facts.quantities
        )
        if not bound and not any(entails(own, period) for own in held):
            rival = next(iter(window.facts.periods), None)
            stands = rival.span.of(window.text) if rival else ""
            yield Finding(Fault.PERIOD, period.span.of(claim.facts.text), stands)


def _name_findings(claim: Assertion, window: Window) -> Iterator[Finding]:
    own, text = window.text, f"{window.text}\n{window.context}"
    for name in claim.facts.names:
        if holds(aligned(text), name):
            continue
        said = claim.facts.text
        rival = next(
            (
                other.span.of(own)
                for other in window.facts.names
                if other.kind is name.kind and not holds(said, other)
            ),
            "",
        )
        yield Finding(Fault.NAME, name.span.of(said), rival)
    for name in claim.topic:
        if not holds(aligned(text), name):
            yield Finding(Fault.NAME, name.text)


def _aligned_clauses(claim: Assertion, clause: Span, window: Window) -> list[Span]:
    """The clauses of the window that share the most with a clause of the claim."""
    mine = _tokens(claim.facts, clause)
    scored = [(len(mine & _tokens(window.facts, other)), other) for other in window.facts.clauses]
    best = max((score for score, _ in scored), default=0)
    return [other for score, other in scored if score == best]


def _tokens(found: Facts, clause: Span) -> set[object]:
    turns = {turn.text for turn in directions(clause.of(found.text))}
    tokens: set[object] = {
        w.text for w in found.words if clause.contains(w.span) and w.text not in turns
    }
    tokens |= {n.text for n in found.names if clause.contains(n.span)}
    tokens |= {(q.low, q.high, 0) for q in found.quantities if clause.contains(q.span)}
    tokens |= {(q.low, q.high, 1) for q in found.quantities if clause.contains(q.span)}
    return tokens | {p.value for p in found.periods if clause.contains(p.span)}


def _direction_findings(claim: Assertion, window: Window) -> Iterator[Finding]:
    for clause in claim.facts.clauses:
        for turn in directions(clause.of(claim.facts.text)):
            near = [
                other
                for place in _aligned_clauses(claim, clause, window)
                for other in directions(place.of(window.facts.text))
            ]
            everywhere = directions(window.facts.text)
            if any(t.sign == turn.sign for t in near):
                continue
            opposite = [t for t in near if t.sign != turn.sign]
            if opposite:
                yield Finding(Fault.DIRECTION, turn.text, opposite[0].text)
            elif not any(t.sign == turn.sign for t in everywhere):
                rival = everywhere[0].text if everywhere else ""
                yield Finding(Fault.DIRECTION, turn.text, rival)


def _negation_findings(claim: Assertion, window: Window) -> Iterator[Finding]:
    said, held = claim.facts.text, window.facts.text
    own, theirs = negations(said), negations(held)
    for turn in own:
        heads = {other.text for other in theirs}
        if (turn.text and turn.text in heads) or any(turn.text and turn.text in h for h in heads):
            continue
        if turn.text and _plainly(held, turn.text, theirs):
            yield Finding(Fault.NEGATION, turn.span.of(said), turn.text)
        elif not theirs:
            yield Finding(Fault.NEGATION, turn.span.of(said))
    for turn in theirs:
        if len(turn.text) < 2 or any(turn.text == mine.text for mine in own):
            continue
        if _plainly(said, turn.text, own) and not _plainly(held, turn.text, theirs):
            yield Finding(Fault.NEGATION, turn.text, turn.span.of(held))


def _plainly(text: str, word: str, negated: Sequence[object]) -> bool:
    """Whether ``word`` stands in ``text`` where it isn't negated."""
    places = [turn.span for turn in negated]  # type: ignore[attr-defined]
    at = text.find(word)
    while at >= 0:
        if not any(place.start <= at < place.end for place in places):
            return True
        at = text.find(word, at + 1)
    return False


def _manner_findings(claim: Assertion, window: Window) -> Iterator[Finding]:
    held = window.facts.text
    for clause in claim.facts.clauses:
        mine = manner(clause.of(claim.facts.text))
        near = " ".join(p.of(held) for p in _aligned_clauses(claim, clause, window))
        theirs, anywhere = manner(near), manner(held)
        if mine.done and theirs.planned and not theirs.done and not mine.planned:
            yield Finding(Fault.WORDING, mine.done, theirs.planned)
        if mine.top and not anywhere.top:
            yield Finding(Fault.WORDING, mine.top, theirs.much)
        if mine.every and not speaks_of_all(held):
            yield Finding(Fault.WORDING, mine.every, theirs.some)


def _basis_findings(claim: Assertion, window: Window) -> Iterator[Finding]:
    held = bases(window.facts.text)
    for basis in sorted(bases(claim.facts.text) - held):
        other = next(iter(sorted(held & {"同比", "环比"} - {basis})), "")
        if basis in ("同比", "环比", "年均"):
            yield Finding(Fault.PERIOD, basis, other)


def kind_of(name: Name) -> NameKind:
    """How the name was recognised."""
    return name.kind
