"""A claim beside what may carry it: what of the claim doesn't stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.claims.alignment import (
    Assertion,
    aligned_clauses,
    clauses_with_text,
    effective_periods,
    opposed,
    tokens,
)
from app.claims.facts import period_of
from app.claims.figures import named, quantity_finding
from app.claims.frames import frame_findings
from app.claims.kinds import same
from app.claims.names import TOPICAL, Name, NameKind, holds
from app.claims.order import order_findings
from app.claims.periods import Period, entails
from app.claims.polarity import OPERATION
from app.claims.spelling import aligned
from app.claims.support import Window
from app.claims.swaps import swap_findings
from app.claims.turns import turn_findings
from app.claims.words import Word
from records import Fault, Finding, Span

_SUBJECT_END = re.compile(r"[的是为有在将已达共占均都也被把从由，；：。]|包括|采用|属于|主要")
_NOT_SAID = re.compile(r"[\s|，。；、：！？,;:!?“”\"「」]+")
_FUNCTION = "的是为有在了和与"
_PUNCTUATION = " ，,；;。：:"
_TELLING = 6
_LONGEST_NAME = 10
_BACK = re.compile(r"[其该此本并还也均都]|双方|两者|当地|公司$|企业$|国家$")
"""What stands for something that was named before."""
_CLAUSE_START = "|，。；：！？\n,;:!?"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a window doesn't carry of a claim, and the share of its words that it does.

    ``subject`` is the share of the words that say what the claim is about, ``held`` how many
    facts of the claim stand in the window.
    """

    window: Window
    findings: tuple[Finding, ...]
    coverage: float
    subject: float
    held: int

    @property
    def rivals(self) -> int:
        """How many findings name what the window says instead."""
        return sum(bool(finding.found) for finding in self.findings)


def compare(claim: Assertion, window: Window, others: Sequence[Window] = ()) -> Comparison:
    """All findings of ``claim`` beside ``window``; ``others`` may name a better subject."""
    facts_claimed = len(claim.facts.quantities) + len(claim.facts.names)
    if not claim.before and not claim.topic and _verbatim(claim.text, window):
        return Comparison(window, (), 1.0, 1.0, facts_claimed)
    checked = (
        quantity_finding(claim, q, window, others)
        for q in claim.facts.quantities
        if q not in claim.reckoned
    )
    found = [finding for finding in checked if finding]
    wrong = len(found)
    for finding in (
        *_name_findings(claim, window),
        *swap_findings(claim, window, others),
        *_period_findings(claim, window),
        *turn_findings(claim, window),
        *frame_findings(claim, window),
        *order_findings(claim, window),
    ):
        if finding not in found:
            found.append(finding)
            wrong += finding.fault is Fault.NAME
    return Comparison(
        window=window,
        findings=tuple(found),
        coverage=_covered(_to_cover(claim), f"{window.text}\n{window.context}"),
        subject=_covered(_subject(claim), f"{window.text}\n{window.context}\n{window.earlier}"),
        held=max(0, facts_claimed - wrong),
    )


def _verbatim(said: str, window: Window) -> bool:
    """Whether the claim is whole clauses of the window, in their words."""
    wanted, _ = _bare(aligned(said))
    text, starts = _bare(aligned(window.text))
    at = text.find(wanted) if len(wanted) > 6 else -1
    return at >= 0 and at in starts and at + len(wanted) in starts


@lru_cache(maxsize=4096)
def _bare(text: str) -> tuple[str, frozenset[int]]:
    """``text`` without punctuation and white space, and where clauses begin and end in it."""
    kept: list[str] = []
    starts = {0}
    for character in text:
        if character in _CLAUSE_START:
            starts.add(len(kept))
        if not _NOT_SAID.match(character):
            kept.append(character)
    return "".join(kept), frozenset({*starts, len(kept)})


def _covered(words: Sequence[Word], text: str) -> float:
    """The share of the words, by their length, that stand in ``text``; 1 where there are none."""
    spelled = aligned(text).lower()
    total = sum(len(word.text) for word in words)
    held = sum(len(word.text) * _share(word.text.lower(), spelled) for word in words)
    return held / total if total else 1.0


def _share(word: str, text: str) -> float:
    word = word.strip(_FUNCTION) or word
    if word in text:
        return 1.0
    pairs = [word[i : i + 2] for i in range(len(word) - 1)]
    return sum(pair in text for pair in pairs) / len(pairs) if len(pairs) > 1 else 0.0


def _to_cover(claim: Assertion) -> list[Word]:
    """The claim's words; of a clause that reckons, without those that name the operation."""
    return [
        word for word in claim.facts.words if not (claim.reckoned and OPERATION.search(word.text))
    ]


def _subject(claim: Assertion) -> list[Word]:
    """The words before the first that can begin a predicate."""
    first = claim.facts.words[0].span.end if claim.facts.words else 0
    match = _SUBJECT_END.search(claim.facts.text, first)
    end = match.start() if match else 0
    return [word for word in claim.facts.words if word.span.end <= end]


def _period_findings(claim: Assertion, window: Window) -> Iterator[Finding]:
    """Periods of the claim that aren't those of the clauses that speak of the same."""
    counted = [period_of(claim.facts, q, claim.before) for q in claim.facts.quantities]
    for clause, _ in clauses_with_text(claim.facts):
        near = _near(claim, clause, window)
        if claim.reckons(clause):
            continue
        theirs = [p for c in near for p in effective_periods(window.facts, c, window.before)]
        for period in claim.facts.periods:
            if not clause.contains(period.span) or period in counted:
                continue
            own = [p for p in theirs if p.reference] if period.reference else []
            beside = _beside(claim, period, window)
            if beside:
                yield Finding(Fault.PERIOD, period.span.of(claim.facts.text), named(beside))
            elif not any(entails(other, period) for other in own or theirs):
                stands = named(theirs[0]) if theirs else ""
                yield Finding(Fault.PERIOD, period.span.of(claim.facts.text), stands)


def _beside(claim: Assertion, period: Period, window: Window) -> Period | None:
    """Another year, if the word behind ``period`` only ever stands behind that: 2020 年冲高."""
    match = re.match(" ?([一-鿿]{2})", claim.facts.text[period.span.end :])
    if match is None or window.tabular:
        return None
    text = window.facts.text
    dated = {other.span.end: other for other in window.facts.periods}
    ahead = [text[: found.start()].rstrip() for found in re.finditer(match[1], text)]
    found = [dated.get(len(before)) for before in ahead]
    others = [p for p in found if p and p.year and not entails(p, period)]
    return others[0] if others and len(others) == len(found) else None


def _near(claim: Assertion, clause: Span, window: Window) -> list[Span]:
    """The clauses that speak of the same, whatever time they name; of a row, all its cells."""
    if not window.tabular:
        return aligned_clauses(claim.facts, clause, window.facts, without=_times(claim))
    wanted = tokens(claim.facts, clause).keys()
    return [c for c in window.facts.clauses if wanted & tokens(window.facts, c).keys()]


def _times(claim: Assertion) -> tuple[object, ...]:
    return tuple(period.value for period in claim.facts.periods)


def _name_findings(claim: Assertion, window: Window) -> Iterator[Finding]:
    """Names that don't stand in the window, or not where it speaks of the same."""
    text = aligned(f"{window.text}\n{window.context}")
    said = {name.text for name in claim.facts.names if name.kind in TOPICAL}
    topic: Name | None = None
    for clause, _ in clauses_with_text(claim.facts):
        near = aligned_clauses(claim.facts, clause, window.facts)
        own = [n for n in claim.facts.names if clause.contains(n.span) and n.kind in TOPICAL]
        if topic and not own and not window.tabular:
            other = _another_told(topic, near, window, said)
            if other:
                yield Finding(Fault.NAME, topic.text, other)
        topic = own[-1] if own else topic
        pair = opposed(claim.facts, clause, " ".join(c.of(window.facts.text) for c in near))
        if pair and not any(clause.contains(q.span) for q in claim.facts.quantities):
            yield Finding(Fault.NAME, *pair)
        for name in claim.facts.names:
            if clause.contains(name.span):
                rival = _rival(claim, name, window)
                if rival or not holds(text, name):
                    yield Finding(Fault.NAME, name.span.of(claim.facts.text), rival)
    for name in claim.topic:
        other = _told_of(claim, name, window)
        if other or not holds(f"{text}\n{aligned(window.earlier)}", name):
            yield Finding(Fault.NAME, name.text, other)


def _rival(claim: Assertion, name: Name, window: Window) -> str:
    """The name of the same kind that stands in the place of ``name``, empty if it itself does."""
    if window.tabular and holds(aligned(window.text), name):
        return ""
    neighbour = _neighbour(claim, name, window) or _in_its_place(claim, name, window)
    if neighbour:
        return neighbour
    clause = claim.facts.clause_at(name.span.start)
    whole = [n.text for n in claim.facts.names if name.span.start <= n.span.end <= name.span.end]
    near = aligned_clauses(claim.facts, clause, window.facts, without=whole)
    texts = [place.of(window.facts.text) for place in near]
    if any(holds(text, name) for text in texts) or len(near) == len(window.facts.clauses) > 1:
        return ""
    said = {other.text for other in claim.facts.names if other.kind is name.kind}
    for other in window.facts.names:
        inside = any(place.contains(other.span) for place in near)
        if inside and _rivals(name, other) and other.text not in said:
            return other.span.of(window.facts.text)
    return _another_told(name, near, window, said) if name.kind in TOPICAL else ""


def _told_of(claim: Assertion, name: Name, window: Window) -> str:
    """Another one of the kind of ``name``, of which the window's sentence speaks."""
    if window.tabular:
        return ""
    near = aligned_clauses(claim.facts, claim.facts.clause_at(0), window.facts)
    return _another_told(name, near, window, {name.text})


def _another_told(name: Name, near: Sequence[Span], window: Window, said: set[str]) -> str:
    """A name of the kind of ``name`` of which each sentence of ``near`` speaks, none of ``said``.

    Only what stands before the clause ends can be what it speaks of.
    """
    told = [_ahead(name, place, window) for place in near]
    if not all(told) or any(other in said for names in told for other in names):
        return ""
    return told[0][-1]


def _ahead(name: Name, place: Span, window: Window) -> list[str]:
    """The names of the kind of ``name`` before the end of ``place``; none if it is in there too."""
    sentence = window.facts.sentence_at(place.start)
    if holds(sentence.of(window.facts.text), name):
        return []
    return [
        other.text
        for other in window.facts.names
        if other.kind is name.kind and sentence.start <= other.span.start < place.end
    ]


def _neighbour(claim: Assertion, name: Name, window: Window) -> str:
    """Another Latin name, if the word behind ``name`` only ever stands behind that: AR 光影秀."""
    following = claim.facts.text[name.span.end :]
    match = re.match(" ?([一-鿿]{2,4})", following)
    if name.kind is not NameKind.LATIN or match is None:
        return ""
    text = window.facts.text
    latin = {other.span.end: other for other in window.facts.names if other.kind is name.kind}
    ahead = [text[: match.start()].rstrip() for match in re.finditer(match[1], text)]
    found = [latin.get(len(before)) for before in ahead]
    others = [other for other in found if other and other.text.lower() != name.text.lower()]
    return others[0].text if others and len(others) == len(found) else ""


def _in_its_place(claim: Assertion, name: Name, window: Window) -> str:
    """What stands in the place of ``name``, which begins a clause whose rest stands there too."""
    clause = claim.facts.clause_at(name.span.start)
    rest = claim.facts.text[name.span.end : clause.end].strip(_PUNCTUATION)
    if name.kind not in TOPICAL or claim.facts.text[clause.start : name.span.start].strip():
        return ""
    text = window.facts.text
    at = text.find(rest) if len(rest) >= _TELLING else -1
    if at < 0:
        return ""
    if holds(window.facts.sentence_at(at).of(text), name):
        return ""
    before = text[window.facts.clause_at(at).start : at].strip()
    if not 2 <= len(before) <= _LONGEST_NAME or _BACK.search(before) or same(before, name.text):
        return ""
    return before if _bare(name.text)[0] not in _bare(before)[0] else ""


def _rivals(name: Name, other: Name) -> bool:
    """Whether two names are of a kind, so that one may stand for the other by mistake."""
    return (other.kind is name.kind and name.kind is not NameKind.QUOTED) or (
        name.kind is NameKind.QUOTED and other.kind in (NameKind.QUOTED, NameKind.TITLE)
    )
