"""A question becomes hits: dense and lexical candidates, fused."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import lru_cache
from typing import TypeVar

from errors import YoujuError
from index.encoder import Encoder, Vectors
from index.exact import nearest
from index.fusion import fuse, ranks
from index.lexical import BIGRAMS, WORDS
from index.library import Library
from index.words import bigrams
from records import Hit
from settings import RetrievalSettings

log = logging.getLogger("youju.search")

Found = TypeVar("Found")

EXACT = 2000
"""Passages up to which a choice of documents is compared exactly.

Over 20,000 generated vectors of length 384 in 50 heaps, documents chosen within heaps, Chroma
1.5.9 finds 98.4% of the 50 nearest under a filter of 10% (88% for the worst question) and 99.9%
under one of 2%; its issue 4089 reports 45% under one of 0.1% at 100,000. Reading 1,000 vectors
from the store takes 13 ms, comparing them 0.5; Chroma's filtered query takes 51 to 66 ms.
"""
EXACT_ONCE = 40_000
"""Passages up to which a process that asks once compares all exactly, without Chroma.

Processor time of one such process, the least of three, of libraries made as for docs/growth.md:
0.93 s against 1.46 with Chroma at 10,000 passages, 0.97 against 1.52 at 20,000, 1.27 against
1.54 at 40,000. By their slopes the two cross at about 60,000.
"""
LONGEST_QUESTION = 400
"""Characters of a question that are looked at: encoding time grows with the length."""

_LONG_NUMBER = re.compile(r"(?!(?:19|20)[0-9]{2}$)[0-9](?:[.,]?[0-9]){3,}")


class HybridSearch:
    """Finds passages by meaning and by words. Thread-safe; opens nothing until asked."""

    def __init__(
        self, library: Library, encoder: Encoder, settings: RetrievalSettings, exact: int = 0
    ) -> None:
        """All passages are compared exactly where there are no more than ``exact``."""
        self._exact = exact
        self.library = library
        self.encoder = encoder
        self.settings = settings
        self._vectors_of = lru_cache(maxsize=4)(self._read_vectors)

    def _read_vectors(
        self, documents: tuple[str, ...], generation: int
    ) -> tuple[list[str], Vectors]:
        return self.library.store.vectors_of(documents)

    def open_vectors(self) -> None:
        """Open the index of vectors, unless all passages are compared exactly."""
        if self.library.store.count() > self._exact:
            _ = self.library.vectors

    def hits(
        self, question: str, top_k: int | None = None, documents: Sequence[str] = ()
    ) -> tuple[Hit, ...]:
        """The best passages, best first, at most ``top_k`` (by default as set).

        Three lists of candidates (vectors, words, character pairs) are fused. A passage
        that is neither near enough by its vector nor holds enough of the question's words,
        weighed by their rarity, is dropped: a greeting finds nothing. Passages with a long
        number that the question names (9091.18) come first. With ``documents``, only passages
        of these ids.
        """
        question = question[:LONGEST_QUESTION]
        words = self.library.segmenter.content_words(question)
        if not words:
            return ()
        vector = self.encoder.encode_question(question)
        wanted = top_k or self.settings.top_k
        found = self._soundly(lambda: self._ranked(question, words, vector, wanted, documents))
        by_vector, by_words, fused, best = found
        passages = self.library.store.passages(best)
        dense_ranks, lexical_ranks = ranks(by_vector), ranks(by_words)
        return tuple(
            Hit(
                passage=passages[passage_id],
                score=fused[passage_id],
                rank=rank,
                dense_rank=dense_ranks.get(passage_id),
                lexical_rank=lexical_ranks.get(passage_id),
                similarity=by_vector.get(passage_id),
            )
            for rank, passage_id in enumerate((key for key in best if key in passages), start=1)
        )

    def _ranked(
        self,
        question: str,
        words: Sequence[str],
        vector: Vectors,
        wanted: int,
        documents: Sequence[str],
    ) -> tuple[dict[str, float], dict[str, float], dict[str, float], list[str]]:
        """By vector, by words, fused: scores by passage id; and the ids of the best."""
        with self.library.steady():
            by_vector, by_words, by_bigrams = self.candidates(question, vector, documents)
            fused = fuse(
                [
                    (self.settings.dense_weight, by_vector),
                    (self.settings.words_weight, by_words),
                    (self.settings.bigrams_weight, by_bigrams),
                ]
            )
            likely = self._above_floor(list(fused)[: 2 * wanted], words, by_vector)
            exact = self._with_long_numbers(words, by_words)
            best = list(dict.fromkeys([*exact, *likely]))[:wanted]
        return by_vector, by_words, fused, best

    def _with_long_numbers(self, words: Sequence[str], found: Iterable[str]) -> list[str]:
        numbers = {word for word in words if _LONG_NUMBER.fullmatch(word)}
        if not numbers:
            return []
        candidates = list(found)
        held = self.library.lexical.words_of(candidates)
        return [one for one in candidates if numbers & held.get(one, frozenset())]

    def _soundly(self, find: Callable[[], Found]) -> Found:
        """Try again with indexes opened anew, then built anew, when they fail while asked.

        Another process may just have put a newer version in their place, or a file is damaged.
        """
        for remedy in (self.library.reopen_indexes, self.library.rebuild_indexes):
            try:
                return find()
            except YoujuError:
                raise
            except Exception as error:  # whatever a damaged file makes the libraries raise
                log.info("an index failed: %s", error)
                remedy()
        return find()

    def candidates(
        self, question: str, vector: Vectors, documents: Sequence[str] = ()
    ) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
        """Scores by passage id, before fusion: by vector, by words, by character pairs."""
        limit, lexical = self.settings.candidates, self.library.lexical
        return (
            self.near(vector, limit, documents),
            lexical.search(WORDS, self.library.segmenter.content_words(question), limit, documents),
            lexical.search(BIGRAMS, bigrams(question), limit, documents),
        )

    def near(self, vector: Vectors, limit: int, documents: Sequence[str] = ()) -> dict[str, float]:
        """Cosine similarities by passage id, best first.

        A narrow choice of documents is compared exactly with the vectors of the store.
        """
        store = self.library.store
        few = EXACT if documents else self._exact
        if few and store.count(documents) <= few:
            ids, vectors = self._vectors_of(tuple(documents), store.generation())
            return nearest(vector, ids, vectors, limit)
        return self.library.vectors.search(vector, limit, documents)

    def _above_floor(
        self, passage_ids: list[str], words: Sequence[str], similarity: Mapping[str, float]
    ) -> list[str]:
        held = self.library.lexical.words_of(passage_ids)
        weights = self.weights(words)
        return [
            passage_id
            for passage_id in passage_ids
            if similarity.get(passage_id, -1) >= self.settings.similarity_floor
            or coverage(weights, held.get(passage_id, frozenset())) >= self.settings.floor
        ]

    def weights(self, words: Sequence[str]) -> dict[str, float]:
        """How much each word counts: the rarer in the library, the more."""
        lexical = self.library.lexical
        total = len(lexical)
        return {
            word: math.log(1 + total / (1 + lexical.document_frequency(word))) for word in words
        }


def coverage(weights: Mapping[str, float], held: Set[str]) -> float:
    """The share, by weight, of the weighted words that ``held`` has: 0 to 1."""
    whole = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in held) / whole if whole else 0.0
