"""An extract of a section: under each of its headings the sentences that carry most."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from app.orders import is_order
from ingest.sentences import sentences
from records import Kind, Passage, Span

MOST_HEADINGS = 12
"""How many headings get a sentence each, where an answer has fewer citations otherwise."""
_SHORTEST = 10
_ENDED = re.compile(r"[。！？；!?;.][”’」』）)]*[⁰¹²³⁴⁵⁶⁷⁸⁹]*$")  # a caption or a source line isn't
# A sentence that begins so needs the one before it.
_POINTS_BACK = re.compile(r"(?:其|这|该|此|因此|所以|但|然而|不过|同时|另外|而且|并且|反之)")


@dataclass(frozen=True, slots=True)
class Carrying:
    """A sentence, or a table's row: its passage and its place in the document."""

    passage: Passage
    span: Span
    score: float


@dataclass(frozen=True, slots=True)
class Extract:
    """The sentences chosen, in the document's order, and the headings none was taken from."""

    chosen: tuple[Carrying, ...]
    left_out: tuple[str, ...] = ()


def extract(
    passages: Sequence[Passage], words: Callable[[str], Sequence[str]], most: int
) -> Extract:
    """At most ``most`` sentences of a section's passages, or one for each heading if more.

    Sentences are ranked by continuous LexRank's degree centrality (Erkan and Radev, Journal of
    Artificial Intelligence Research 22, 2004): the sum of a sentence's cosines to all sentences
    of the section, over tf-idf of ``words``. Each heading gives its best one first, then what
    ranks highest fills up. Rows speak only where a heading has no sentence.
    """
    by_heading = [tuple(_told(list(group))) for _, group in groupby(passages, _heading)]
    by_heading = [told for told in by_heading if told]
    scores = iter(centralities([words(text) for told in by_heading for _, _, text in told]))
    ranked = [_ranked(told, scores) for told in by_heading]
    first = [own[0] for own in ranked[: max(most, MOST_HEADINGS)]]
    rest = sorted((c for own in ranked for c in own[1:]), key=lambda c: -c.score)
    chosen = first + rest[: max(0, most - len(first))]
    left_out = tuple(_title(own[0].passage) for own in ranked[len(first) :])
    return Extract(tuple(sorted(chosen, key=lambda c: c.span)), left_out)


def centralities(texts: Sequence[Sequence[str]]) -> list[float]:
    """For each text, as words, the sum of its cosines to all of them, itself included."""
    spread = Counter(word for text in texts for word in set(text))
    vectors = [
        _unit({w: n * math.log(1 + len(texts) / spread[w]) for w, n in Counter(text).items()})
        for text in texts
    ]
    total: Counter[str] = Counter()
    for vector in vectors:
        total.update(vector)
    return [sum(weight * total[word] for word, weight in vector.items()) for vector in vectors]


def _unit(vector: dict[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(weight * weight for weight in vector.values()))
    return {word: weight / length for word, weight in vector.items()} if length else {}


def _heading(passage: Passage) -> tuple[str, ...]:
    return passage.headings


def _title(passage: Passage) -> str:
    return passage.headings[-1] if passage.headings else ""


def _told(passages: Sequence[Passage]) -> Iterator[tuple[Passage, Span, str]]:
    """The sentences below one heading with their places; its rows where it has none."""
    said = [
        (passage, Span(start + span.start, start + span.end), span.of(passage.text))
        for passage in passages
        if passage.kind is Kind.PROSE
        for start in (passage.span.start,)
        for span in sentences(passage.text)
        if not is_order(span.of(passage.text))
    ]
    whole = [e for e in said if len(e[2]) >= _SHORTEST and _ENDED.search(e[2])] or said
    rows = ((p, p.span, p.sentence) for p in passages if p.cells and not is_order(p.sentence))
    yield from whole or rows


def _ranked(told: Sequence[tuple[Passage, Span, str]], scores: Iterator[float]) -> list[Carrying]:
    """Best first; what points back comes last."""
    scored = [(Carrying(passage, span, next(scores)), text) for passage, span, text in told]
    scored.sort(key=lambda pair: (bool(_POINTS_BACK.match(pair[1])), -pair[0].score, pair[0].span))
    return [carrying for carrying, _ in scored]
