"""Names of a claim that aren't its support's: another one stands in their place, or none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.claims.alignment import Assertion, aligned_clauses, clauses_with_text, opposed
from app.claims.kinds import same
from app.claims.names import TOPICAL, Name, NameKind, holds
from app.claims.spelling import aligned, bare
from app.claims.support import Window
from records import Fault, Finding, Span

_PUNCTUATION = " ，,；;。：:"
_TELLING = 6
_LONGEST_NAME = 10
_ITSELF = ("报告", "本报告", "该报告")
"""What a writer calls the document, whether or not it calls itself so."""
_BACK = re.compile(r"[其该此本并还也均都]|双方|两者|当地|公司$|企业$|国家$")
"""What stands for something that was named before."""


def name_findings(claim: Assertion, window: Window) -> Iterator[Finding]:
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
                if rival or not (holds(text, name) or name.text in _ITSELF):
                    yield Finding(Fault.NAME, name.span.of(claim.facts.text), rival)
    for name in claim.topic:
        other = _told_of(claim, name, window)
        if other or not holds(f"{text}\n{aligned(window.earlier)}", name):
            yield Finding(Fault.NAME, name.text, other)


def _rival(claim: Assertion, name: Name, window: Window) -> str:
    """The name of the same kind that stands in the place of ``name``, empty if it itself does."""
    if window.tabular and holds(aligned(window.text), name):
        return ""
    if name.kind is NameKind.QUOTED and _beside_the_same(claim, name, window):
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
    said = {n.text for n in claim.facts.names if n.kind is name.kind and clause.contains(n.span)}
    for other in window.facts.names:
        inside = any(place.contains(other.span) for place in near)
        if inside and _rivals(name, other) and other.text not in said:
            return other.span.of(window.facts.text)
    return _another_told(name, near, window, said) if name.kind in TOPICAL else ""


def _beside_the_same(claim: Assertion, name: Name, window: Window) -> bool:
    """Whether the word before, or behind, ``name`` stands so in the window by no other name."""
    mine = _neighbours(claim.facts.text, name)
    for at, word in enumerate(mine):
        beside = {
            n.text for n in window.facts.names if _neighbours(window.facts.text, n)[at] == word
        }
        if len(word) > 1 and word.isalpha() and beside == {name.text}:
            return True
    return False


def _neighbours(text: str, name: Name) -> tuple[str, str]:
    """The two characters before a name, and the two behind it."""
    return text[: name.span.start].rstrip()[-2:], text[name.span.end :].lstrip()[:2]


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
    return before if bare(name.text) not in bare(before) else ""


def _rivals(name: Name, other: Name) -> bool:
    """Whether two names are of a kind, so that one may stand for the other by mistake."""
    return (other.kind is name.kind and name.kind is not NameKind.QUOTED) or (
        name.kind is NameKind.QUOTED and other.kind in (NameKind.QUOTED, NameKind.TITLE)
    )
