"""A noun in the place of another: 企业 for 政府, 华为 for 腾讯, where all else is as it stands.

The words of a clause of the claim are set beside those of the clause that speaks of the same. Where
one noun stands in the place of another, it is another subject or object if both are known to be of
one kind (``kinds.rivals``), if the other one is a name, or if the passages speak of it elsewhere;
else it may be a synonym, as it is where both share a character (难题 and 问题).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import takewhile

from app.claims.alignment import Assertion, aligned_clauses, clauses_with_text
from app.claims.kinds import rivals, same
from app.claims.names import TOPICAL
from app.claims.support import Window
from app.claims.words import content, is_noun, is_proper, may_be_noun, words
from records import Fault, Finding, Span

_ALIKE = 0.5
"""The share of words in common above which two clauses are one, but for what was replaced."""
_BRACKETS = re.compile(r"[（(][^（）()]*[）)]")
_COPIED = 0.65
"""The same, above which one is written off the other."""
_LONGEST = 3
_LONGEST_NOUN = 4


def swap_findings(claim: Assertion, window: Window, others: Sequence[Window]) -> Iterator[Finding]:
    """The nouns of ``claim`` that stand where ``window`` has another one.

    ``others`` are all that the passages offer: a noun that stands in none may be a synonym.
    """
    if window.tabular:
        return
    for clause, said in clauses_with_text(claim.facts):
        near = aligned_clauses(claim.facts, clause, window.facts)
        if not any(clause.contains(q.span) for q in claim.facts.quantities):
            near = _closest(said, near, window)
        held = [place.of(window.facts.text) for place in near]
        pairs = [exchanged(said, text) for text in held]
        if pairs and pairs[0] and all(pairs):
            yield Finding(Fault.NAME, *pairs[0])
        found = [tuple(_replaced(said, text)) for text in held]
        if found and all(found):
            yield from _wrong(claim, found[0], near[0], window, others)


def _wrong(
    claim: Assertion,
    pairs: Sequence[tuple[str, str]],
    place: Span,
    window: Window,
    others: Sequence[Window],
) -> Iterator[Finding]:
    """Those of ``pairs``, replaced in the clause ``place``, that can't be said of the same."""
    named = [name.text for name in claim.facts.names if name.kind in TOPICAL]
    sentence = window.facts.sentence_at(place.start).of(window.facts.text)
    for mine, theirs in pairs:
        bare = _apart(mine, theirs)
        if not content(mine):
            continue
        if any(mine in name for name in named):
            if mine not in sentence and not same(*bare):
                yield Finding(Fault.NAME, mine, theirs)
        elif _listed(mine, theirs, window, others):
            yield Finding(Fault.NAME, mine, theirs)
        elif _differ(*bare, window, others):
            yield Finding(Fault.NAME, *bare)


def _closest(said: str, near: list[Span], window: Window) -> list[Span]:
    """The clauses in most of the same words, if there are any in most; else ``near``."""
    likes = [(_likeness(said, c.of(window.facts.text)), c) for c in window.facts.clauses]
    most = max((likeness for likeness, _ in likes), default=0.0)
    return [c for likeness, c in likes if likeness == most] if most >= _COPIED else near


@lru_cache(maxsize=16384)
def _likeness(said: str, held: str) -> float:
    matcher = SequenceMatcher(None, _bare(said), _bare(held), autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= _COPIED else 0.0


def _differ(mine: str, theirs: str, window: Window, others: Sequence[Window]) -> bool:
    """Whether two nouns can't be said of the same."""
    if same(mine, theirs) or not _nouns(mine, theirs):
        return False
    if rivals(mine, theirs) or is_proper(theirs):
        return True
    return not set(mine) & set(theirs) and _spoken_of(mine, window, others)


def _listed(one: str, other: str, window: Window, others: Sequence[Window]) -> bool:
    """Whether a list has both, as 萌芽期、探索期和成长期: what is listed is told apart."""
    items = r"(?:[^，。；：、和与及]{0,4}(?:、|和|与|及|以及)){1,6}[^，。；：、和与及]{0,4}"
    both = re.compile(
        rf"{re.escape(one)}{items}{re.escape(other)}|{re.escape(other)}{items}{re.escape(one)}"
    )
    return any(both.search(place.facts.text) for place in (window, *others) if place.sentences == 1)


def exchanged(said: str, held: str) -> tuple[str, str] | None:
    """Two things of ``held`` that ``said`` has in each other's place, all else being as it is.

    What is joined by 和 or 与, or is an item of a list, may stand in any order.
    """
    mine, theirs = _letters(said), _letters(held)
    if len(mine) != len(theirs) or mine == theirs:
        return None
    start = _common(mine, theirs)
    end = min(_common(mine[::-1], theirs[::-1]), len(mine) - start)
    mine, theirs = mine[start : len(mine) - end], theirs[start : len(theirs) - end]
    for first in range(2, len(mine) - 2):
        one = mine[:first]
        if not theirs.endswith(one):
            continue
        for last in range(2, len(mine) - first):
            other, between = mine[-last:], mine[first : len(mine) - last]
            if theirs == other + between + one and between[-1] not in "和与及跟同、":
                return one, other
    return None


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum() or c == "、")


def _replaced(said: str, held: str) -> Iterator[tuple[str, str]]:
    """Words of ``said`` in the place of words of ``held``, if the rest is mostly the same."""
    mine, theirs = _bare(said), _bare(held)
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind != "replace" or max(end - start, last - first) > _LONGEST:
            continue
        for one, other in _pairs(mine[start:end], theirs[first:last]):
            moved = held.count(one) >= said.count(one) or said.count(other) >= held.count(other)
            if not moved and not same(one, other) and _either(one, other):
                yield one, other


def _either(one: str, other: str) -> bool:
    """Whether the two, or what is left of them without what they share, are nouns."""
    return _nouns(one, other) or _nouns(*_apart(one, other))


def _pairs(mine: Sequence[str], theirs: Sequence[str]) -> list[tuple[str, str]]:
    """What was replaced by what: word by word, where there are as many."""
    if len(mine) == len(theirs):
        return [pair for pair in zip(mine, theirs, strict=True) if pair[0] != pair[1]]
    return [("".join(mine), "".join(theirs))]


def _apart(one: str, other: str) -> tuple[str, str]:
    """The two without what they begin and end with alike, down to two characters.

    融资规模 and 投资规模 are 融资 and 投资.
    """
    start = min(_common(one, other), max(0, min(len(one), len(other)) - 2))
    one, other = one[start:], other[start:]
    end = min(_common(one[::-1], other[::-1]), max(0, min(len(one), len(other)) - 2))
    return one[: len(one) - end], other[: len(other) - end]


def _common(one: str, other: str) -> int:
    """With how many equal characters both begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


@lru_cache(maxsize=8192)
def _bare(text: str) -> list[str]:
    """The words of ``text`` without punctuation, and without what stands in brackets."""
    text = _BRACKETS.sub("", text)
    return [w.text for w in words(text) if any(c.isalnum() for c in w.text)]


def _nouns(one: str, other: str) -> bool:
    """Whether both can be nouns, and one can be nothing else: 应用 is a verb too."""
    if rivals(one, other):
        return True
    both = all(
        2 <= len(n) <= _LONGEST_NOUN and n.isalpha() and may_be_noun(n) for n in (one, other)
    )
    return both and (is_noun(one) or is_noun(other))


def _spoken_of(noun: str, window: Window, others: Sequence[Window]) -> bool:
    return noun in window.earlier or any(noun in other.text for other in (window, *others))
