"""A noun in the place of another: 企业 for 政府, 华为 for 腾讯, where all else is as it stands.

The words of a clause of the claim are set beside those of the clause that speaks of the same. Where
one noun stands in the place of another, it is another subject or object if both are known to be of
one kind (``kinds.rivals``), if the other one is a name, or if the passages speak of it elsewhere;
else it may be a synonym, as it is where both share a character (难题 and 问题).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile

from app.claims.alignment import Assertion, aligned_clauses, clauses_with_text
from app.claims.kinds import rivals, same
from app.claims.support import Window
from app.claims.words import content, is_noun, is_proper, may_be_noun, words
from records import Fault, Finding

_ALIKE = 0.5
"""The share of words in common above which two clauses are one, but for what was replaced."""
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
        found = [tuple(_replaced(said, place.of(window.facts.text))) for place in near]
        if not all(found):
            continue
        for mine, theirs in found[0] if found else ():
            if content(mine) and _differ(mine, theirs, window, others):
                yield Finding(Fault.NAME, mine, theirs)


def _differ(mine: str, theirs: str, window: Window, others: Sequence[Window]) -> bool:
    """Whether two nouns can't be said of the same."""
    if rivals(mine, theirs) or is_proper(theirs):
        return True
    return not set(mine) & set(theirs) and _spoken_of(mine, window, others)


def _replaced(said: str, held: str) -> Iterator[tuple[str, str]]:
    """Nouns of ``said`` in the place of nouns of ``held``, if the rest is mostly the same."""
    mine, theirs = _bare(said), _bare(held)
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind != "replace" or max(end - start, last - first) > _LONGEST:
            continue
        for one, other in _pairs(mine[start:end], theirs[first:last]):
            moved = held.count(one) >= said.count(one) or said.count(other) >= held.count(other)
            if not moved and not same(one, other) and _nouns(one, other):
                yield one, other


def _pairs(mine: Sequence[str], theirs: Sequence[str]) -> list[tuple[str, str]]:
    """What was replaced by what: word by word, where there are as many."""
    if len(mine) == len(theirs):
        return [_apart(*pair) for pair in zip(mine, theirs, strict=True) if pair[0] != pair[1]]
    return [_apart("".join(mine), "".join(theirs))]


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


def _bare(text: str) -> list[str]:
    return [w.text for w in words(text) if any(c.isalnum() for c in w.text)]


def _nouns(one: str, other: str) -> bool:
    """Whether both can be nouns, and one can be nothing else: 应用 is a verb too."""
    both = all(
        2 <= len(n) <= _LONGEST_NOUN and n.isalpha() and may_be_noun(n) for n in (one, other)
    )
    return both and (is_noun(one) or is_noun(other) or rivals(one, other))


def _spoken_of(noun: str, window: Window, others: Sequence[Window]) -> bool:
    return noun in window.earlier or any(noun in other.text for other in (window, *others))
