"""What reads passages and finds the answer in them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Protocol

from app.orders import in_order
from app.reader.asked import Asked
from app.reader.calibration import Calibration, load_calibration, relevance_features
from app.reader.candidates import Candidate, candidate_of, most, told
from app.reader.cells import placed_cells, unit_beside
from app.reader.columns import column_cells, enumerated
from app.reader.comparing import compared
from app.reader.constraints import demands
from app.reader.evidence import (
    Evidence,
    Found,
    evidence_of,
    in_sentences,
    joined,
    of_each_document,
    of_rows,
    supporting,
)
from app.reader.judging import features
from app.reader.network import Network, shared_network
from app.reader.spans import ScoredSpan, Spans, best_spans
from app.reader.tokens import Tokens, tokenize, tokenize_row
from app.reader.windows import windows
from app.scope import moment
from index.search import LONGEST_QUESTION, HybridSearch
from records import Hit, Kind, Passage, Span

_REMEMBERED = 16
_TOLD = 0.0  # log odds that a table answers which says every word of the question
_CERTAIN = {"years": 0.0, "certainty": 0.0, "agreement": 1.0, "unsuited": 0.0}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found. ``evidence`` is best first; ``confidence`` lies in 0..1.

    ``unit`` is what a table counts a bare number in. ``milliseconds`` were spent on reading
    since the hits were last ranked. ``answers`` are the likeliest of each document that gives
    a likely one, best first. ``items`` are the cells of a table's column that answer together,
    one for each piece of evidence; ``left_out`` counts those beyond what may be cited. What
    comes of ``compared`` figures isn't verbatim.
    """

    evidence: tuple[Evidence, ...] = ()
    short_answer: str = ""
    confidence: float = 0.0
    milliseconds: float = 0.0
    unit: str = ""
    answers: tuple[Found, ...] = ()
    items: tuple[str, ...] = ()
    left_out: int = 0
    compared: bool = False


class Reader(Protocol):
    """What finds the answer to a question in the passages retrieved for it."""

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        """The answer's evidence, short form and probability; empty when there are no hits."""


class NetworkReader:
    """Reads with the trained network. Thread-safe; loads its weights when first used.

    What was read is remembered for the last questions, so that a reranker and a synthesizer
    that share a reader don't read twice.
    """

    def __init__(
        self,
        search: HybridSearch,
        max_evidence: int,
        network: Network | None = None,
        calibration: Calibration | None = None,
        remembered: int = _REMEMBERED,
    ) -> None:
        """``remembered`` is for how many questions what was read is kept."""
        self._search = search
        self._max_evidence = max_evidence
        self._network = network or shared_network()
        self._given = calibration
        self._remembered = lru_cache(maxsize=remembered)(_nothing_read)

    @property
    def calibration(self) -> Calibration:
        """The models that relevance and confidence come from."""
        return self._given or load_calibration()

    def calibrated(self, calibration: Calibration) -> NetworkReader:
        """The same reader, judging by other models; what was read stays remembered."""
        other = copy(self)
        other._given = calibration
        return other

    def warm_up(self) -> None:
        """Load what the first question would otherwise wait for."""
        self._network.outputs(windows(tokenize("你好"), tokenize(""), tokenize("你好。")))

    def rank(self, question: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """The hits with ``relevance``, most relevant first, ranked anew."""
        question = question[:LONGEST_QUESTION]
        self._remembered(question).milliseconds = 0.0
        found = self._relevant(question, hits)
        ordered = sorted(found, key=lambda hit: (-(hit.relevance or 0.0), hit.rank))
        return tuple(replace(hit, rank=rank) for rank, hit in enumerate(ordered, start=1))

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        """See Reader."""
        question = question[:LONGEST_QUESTION]
        candidates = self.candidates(question, hits)
        if not candidates:
            return Reading()
        column = self._column(question, candidates)
        if column:
            return self._listed(question, candidates, column)
        comparison = self._comparison(question, candidates)
        if comparison is not None:
            return comparison
        best = most(demands(question), told(candidates[0], candidates[1:]))
        chosen = [best, *supporting(best, candidates)]
        judged = self.calibration.confidence.probability(self.features(question, candidates))
        return Reading(
            evidence=joined([evidence_of(c) for c in chosen])[: self._max_evidence],
            short_answer=best.text,
            unit=unit_beside(best.hit.passage, best.scored.span),
            confidence=judged if candidates[0].fit else 0.0,
            milliseconds=self._remembered(question).milliseconds,
            answers=of_each_document(candidates),
        )

    def _column(
        self, question: str, candidates: Sequence[Candidate]
    ) -> tuple[tuple[Passage, Span], ...]:
        """The cells of a table's column that answer together, with their rows."""
        asked = demands(question)
        documents = dict.fromkeys(
            c.hit.passage.document_id for c in candidates if c.hit.passage.cells
        )
        if asked.asked is not Asked.LIST or not documents:
            return ()
        library = self._search.library
        words = library.segmenter.content_words(question)
        found = [(c.hit.passage, c.scored.span) for c in candidates]
        rows = [row for each in documents for row in library.store.passages_of(each)]
        return column_cells(asked, words, found, rows)

    def _comparison(self, question: str, candidates: Sequence[Candidate]) -> Reading | None:
        """What the likeliest table's figures say when compared, as sure as one of them is."""
        rows = [c for c in candidates if c.hit.passage.cells]
        if not rows:
            return None
        library, passage = self._search.library, rows[0].hit.passage
        words = library.segmenter.content_words(question)
        table = library.store.passages_of(passage.document_id)
        made = compared(demands(question), words, passage, table)
        if made is None:
            return None
        cited = list(dict.fromkeys(point.row for point in made.points))
        sure = self.features(question, [replace(rows[0], fit=1.0), *candidates])
        sure["relevance"] = max(_TOLD, sure["relevance"])
        return Reading(
            evidence=(*in_sentences(made.points, candidates), *of_rows(cited, candidates)),
            short_answer=made.text,
            confidence=self.calibration.confidence.probability(sure | _CERTAIN),
            milliseconds=self._remembered(question).milliseconds,
            compared=True,
        )

    def _listed(
        self,
        question: str,
        candidates: Sequence[Candidate],
        column: Sequence[tuple[Passage, Span]],
    ) -> Reading:
        """What cells of a column answer together, as sure as the likeliest of them is."""
        listed = {row.id for row, _ in column}
        ordered = sorted(candidates, key=lambda c: c.hit.passage.id not in listed)
        best = replace(ordered[0], fit=1.0)
        shown = column[: self._max_evidence]
        items = tuple(span.of(row.text).strip() for row, span in shown)
        sure = self.features(question, [best, *ordered[1:]])
        return Reading(
            evidence=of_rows([row for row, _ in shown], candidates),
            short_answer=enumerated(items),
            confidence=self.calibration.confidence.probability(sure),
            milliseconds=self._remembered(question).milliseconds,
            items=items,
            left_out=len(column) - len(shown),
        )

    def candidates(self, question: str, hits: Sequence[Hit]) -> list[Candidate]:
        """Spans of all the passages that may be the answer, the likeliest first.

        A chart's numbers don't say what they belong to: nothing is answered from them, nor from
        a sentence that gives orders to its reader, whose probability the others share.
        """
        asked = demands(question)
        read = self._read(question, [hit.passage for hit in hits])
        dated = self._search.library.store.dates({hit.passage.document_id for hit in hits})
        years = {document: moment(date)[:1] for document, date in dated.items()}
        found = [
            candidate_of(asked, hit, scored, spans.margin, *years.get(hit.passage.document_id, ()))
            for hit, spans in zip(self._relevant(question, hits), read, strict=True)
            if hit.passage.kind is not Kind.FIGURE
            for scored in _obeying_nothing(hit.passage.text, spans.best)
        ]
        return sorted(found, key=lambda each: (-each.weight, each.hit.rank))

    def margins(self, question: str, hits: Sequence[Hit]) -> list[float]:
        """For each hit the reader's margin of any span over no answer."""
        return [spans.margin for spans in self._read(question, [hit.passage for hit in hits])]

    def features(self, question: str, candidates: Sequence[Candidate]) -> dict[str, float]:
        """What the confidence in the best of ``candidates`` is judged by."""
        return features(self._search, question, candidates)

    def _relevant(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        if all(hit.relevance is not None for hit in hits):
            return list(hits)
        read = self._read(question, [hit.passage for hit in hits])
        top = max((hit.score for hit in hits), default=0.0)
        model = self.calibration.relevance
        return [
            replace(
                hit,
                relevance=model.probability(
                    relevance_features(spans.margin, hit.score, top, hit.similarity)
                ),
            )
            for hit, spans in zip(hits, read, strict=True)
        ]

    def _read(self, question: str, passages: Sequence[Passage]) -> list[Spans]:
        """The spans of each passage; those not read before go through the network together."""
        memory = self._remembered(question)
        known = memory.spans
        fresh = [passage for passage in dict.fromkeys(passages) if passage not in known]
        if fresh:
            started = time.perf_counter()
            asked = tokenize(question)
            inputs = [windows(asked, _context(p), _tokens(p)) for p in fresh]
            outputs = iter(self._network.outputs([w for each in inputs for w in each]))
            for passage, each in zip(fresh, inputs, strict=True):
                read = [(w, next(outputs)) for w in each]
                known[passage] = best_spans(passage.text, read, placed_cells(passage))
            memory.milliseconds += (time.perf_counter() - started) * 1000
        return [known[passage] for passage in passages]


@dataclass(slots=True)
class _Memory:
    """What was read for one question, and how long it took."""

    spans: dict[Passage, Spans] = field(default_factory=dict)
    milliseconds: float = 0.0


def _nothing_read(question: str) -> _Memory:
    return _Memory()


def _obeying_nothing(text: str, found: Sequence[ScoredSpan]) -> list[ScoredSpan]:
    kept = [scored for scored in found if not in_order(text, scored.span)]
    if len(kept) == len(found):
        return kept
    left = max(1e-6, 1 - sum(s.probability for s in found if s not in kept))
    return [replace(s, probability=min(1.0, s.probability / left)) for s in kept]


def _tokens(passage: Passage) -> Tokens:
    return tokenize_row(passage.text, passage.cells, passage.span.start)


def _context(passage: Passage) -> Tokens:
    return tokenize(passage.context.replace("\n", " "))
