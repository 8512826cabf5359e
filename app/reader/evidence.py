"""The sentences and rows that carry an answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.reader.candidates import Candidate, sentences_around, written_alone
from app.reader.cells import drawn
from app.reader.series import Point
from index.folding import fold, plain
from ingest.split import sentences
from records import Hit, Kind, Passage, Span, covering

_LIKELY = 1.4  # log odds that a passage answers, to be believed beside another document's
_AS_NEAR = 0.01  # in cosine
_NEARLY = 0.3  # of the best candidate's weight


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stretch of a hit's passage that carries the answer; ``span`` counts in the document."""

    hit: Hit
    span: Span

    @property
    def quote(self) -> str:
        """The characters of the document in ``span``."""
        start = self.hit.passage.span.start
        return Span(self.span.start - start, self.span.end - start).of(self.hit.passage.text)


@dataclass(frozen=True, slots=True)
class Found:
    """An answer that one document gives; ``span``, its place, counts in the document."""

    evidence: Evidence
    span: Span


def evidence_of(candidate: Candidate) -> Evidence:
    """The sentences that carry the candidate's span, or the whole row of a table."""
    passage = candidate.hit.passage
    if passage.cells:
        return Evidence(candidate.hit, passage.span)
    around = sentences_around(passage, candidate.scored.span)
    start = passage.span.start
    return Evidence(candidate.hit, Span(start + around.start, start + around.end))


def joined(chosen: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Neighbouring sentences of one passage become one piece; the order of the best stays."""
    made: list[Evidence] = []
    for evidence in chosen:
        for i, other in enumerate(made):
            gap = max(evidence.span.start, other.span.start) - min(
                evidence.span.end, other.span.end
            )
            if other.hit.passage.id == evidence.hit.passage.id and gap <= 1:
                made[i] = Evidence(other.hit, covering([other.span, evidence.span]))
                break
        else:
            made.append(evidence)
    return tuple(made)


def of_rows(rows: Sequence[Passage], candidates: Sequence[Candidate]) -> tuple[Evidence, ...]:
    """Whole rows; those that weren't found stand behind the hits."""
    hits = {c.hit.passage.id: c.hit for c in candidates}
    return tuple(
        Evidence(hits.get(row.id) or Hit(row, 0.0, len(hits) + n), row.span)
        for n, row in enumerate(rows, start=1)
    )


def in_sentences(points: Sequence[Point], candidates: Sequence[Candidate]) -> tuple[Evidence, ...]:
    """Sentences that say the figures of a chart, which are hard to check in its digits."""
    hits = list({c.hit.passage.id: c.hit for c in candidates}.values())
    found = (said_of(point, hits) for point in points if drawn(point.row))
    return joined([evidence for evidence in found if evidence])


def said_of(point: Point, hits: Iterable[Hit]) -> Evidence | None:
    """The first sentence of ``hits`` that says a chart's figure, with its unit and year."""
    figure = written_alone(point.written + point.unit)
    for hit in hits:
        passage = hit.passage
        if passage.cells or passage.kind is Kind.FIGURE:
            continue
        for sentence in sentences(passage.text):
            said = plain(sentence.of(passage.text))
            if point.key in said and figure.search(said):
                start = passage.span.start
                return Evidence(hit, Span(start + sentence.start, start + sentence.end))
    return None


def supporting(best: Candidate, others: Sequence[Candidate]) -> list[Candidate]:
    """Further spans worth citing: the same answer elsewhere, or nearly as likely as the best."""
    answer = fold(best.text)
    return [
        other
        for other in others
        if other.weight >= _NEARLY * best.weight
        or (answer in fold(other.text) and other.relevance >= 0.5 * best.relevance)
        or _beside(best, other)
    ]


def _beside(best: Candidate, other: Candidate) -> bool:
    """Whether another document answers as well, from a passage as near to the question."""
    near = (best.hit.similarity or 1.0) - (other.hit.similarity or 0.0) <= _AS_NEAR
    apart = other.hit.passage.document_id != best.hit.passage.document_id
    return apart and near and other.suits and other.margin >= _LIKELY


def of_each_document(candidates: Sequence[Candidate]) -> tuple[Found, ...]:
    """The best candidate of each document, where it suits and its passage is likely to answer."""
    likely = (c for c in candidates if c.suits and c.margin >= _LIKELY)
    first: dict[str, Found] = {}
    for candidate in likely:
        passage = candidate.hit.passage
        start, span = passage.span.start, candidate.scored.span
        found = Found(evidence_of(candidate), Span(start + span.start, start + span.end))
        first.setdefault(passage.document_id, found)
    return tuple(first.values())
