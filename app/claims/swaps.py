"""A noun in the place of another: 企业 for 政府, 华为 for 腾讯, where all else is as it stands.

No list of names is needed. The words of a clause of the claim are set beside those of the clause
that speaks of the same; where one noun stands between equal neighbours in the place of another,
and the passages speak of it elsewhere, it isn't a synonym but another subject.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile

from app.claims.alignment import Assertion, aligned_clauses, clauses_with_text
from app.claims.support import Window
from app.claims.words import content, is_nominal, words
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
        if not found or not all(found):
            continue
        for mine, theirs in found[0]:
            if (
                content(mine)
                and theirs not in claim.facts.text
                and _spoken_of(mine, window, others)
            ):
                yield Finding(Fault.NAME, mine, theirs)


def _replaced(said: str, held: str) -> Iterator[tuple[str, str]]:
    """Nouns of ``said`` in the place of nouns of ``held``, if the rest is mostly the same."""
    mine, theirs = _bare(said), _bare(held)
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind != "replace" or max(end - start, last - first) > _LONGEST:
            continue
        one, other = _apart("".join(mine[start:end]), "".join(theirs[first:last]))
        if _noun(one) and _noun(other) and not set(one) & set(other) and one not in held:
            yield one, other


def _apart(one: str, other: str) -> tuple[str, str]:
    """The two without what they begin and end with alike: 企业要素 and 数据要素."""
    start = _common(one, other)
    one, other = one[start:], other[start:]
    end = _common(one[::-1], other[::-1])
    return one[: len(one) - end], other[: len(other) - end]


def _common(one: str, other: str) -> int:
    """With how many equal characters both begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _bare(text: str) -> list[str]:
    return [w.text for w in words(text) if any(c.isalnum() for c in w.text)]


def _noun(text: str) -> bool:
    return 2 <= len(text) <= _LONGEST_NOUN and is_nominal(text) and text.isalpha()


def _spoken_of(noun: str, window: Window, others: Sequence[Window]) -> bool:
    return noun in window.earlier or any(noun in other.text for other in (window, *others))
