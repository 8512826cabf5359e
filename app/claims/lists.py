"""The items of a claim's lists, each of which its support must have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from app.claims.alignment import Assertion
from app.claims.kinds import same
from app.claims.spelling import bare
from app.claims.support import Window
from records import Fault, Finding

_CLAUSE_END = re.compile(r"[，。；：！？|\n]")
_SENTENCE_END = re.compile(r"[。！？；\n]")
_JOINED = re.compile(r"以及|及|和|与")
_SHORTEST = 2
_HELD = 0.3
"""The share of an item's pairs of characters that its support must have."""


@lru_cache(maxsize=4096)
def lists(text: str) -> tuple[tuple[str, ...], ...]:
    """The lists of ``text`` that are joined by 、, at least three items each, in order.

    The first item is left out, and of the last only the first two characters are given: what
    stands before and behind a list is not parted from it.
    """
    found = []
    for clause in _CLAUSE_END.split(text):
        *front, last = clause.split("、")
        items = [bare(item) for item in (*front, *_JOINED.split(last, maxsplit=1))]
        if len(front) and len(items) > _SHORTEST and all(len(i) >= _SHORTEST for i in items):
            found.append((*items[1:-1], items[-1][:_SHORTEST]))
    return tuple(found)


def list_findings(claim: Assertion, window: Window) -> Iterator[Finding]:
    """The items that are missing from the sentence of the support that has most of a list."""
    ends = [0, *(m.end() for m in _SENTENCE_END.finditer(window.facts.text)), len(window.text)]
    held = [bare(window.facts.text[start:end]) for start, end in pairwise(ends)]
    words = {word.text for word in window.facts.words}
    for items in lists(claim.facts.text):
        best = max(held, key=lambda sentence: sum(_stands(item, sentence) for item in items))
        missing = [i for i in items if not _stands(i, best) and i not in window.context]
        said = [word for word in words if word in best]
        missing = [item for item in missing if not any(same(item, word) for word in said)]
        if missing and 2 * len(missing) <= len(items):
            yield Finding(Fault.NAME, missing[0])


def _stands(item: str, held: str) -> bool:
    pairs = [item[i : i + 2] for i in range(len(item) - 1)]
    return sum(pair in held for pair in pairs) >= _HELD * len(pairs)
