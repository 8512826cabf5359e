"""Spans that may be the answer: how well each fits, and the sentences that carry it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from app.reader.asked import Asked
from app.reader.cells import as_said, beside, drawn, named_cell, of_another_place, unit_beside
from app.reader.constraints import Demands
from app.reader.meanings import meaning
from app.reader.respective import respective
from app.reader.series import Point
from app.reader.spans import ScoredSpan
from app.reader.superlatives import greatest
from app.reader.wholes import (
    from_first,
    unsaid,
    whole_change,
    whole_clause,
    whole_contrast,
    whole_itemized,
    whole_list,
    whole_reason,
    with_lack,
    with_negation,
    year_of,
)
from index.folding import fold, plain
from ingest.split import sentences
from records import Hit, Kind, Passage, Span, covering

_LIKELY = 1.4  # log odds that a passage answers, to be believed beside another document's
_AS_NEAR = 0.01  # in cosine
_NEARLY = 0.3  # of the best candidate's weight
_WHOLE = {
    Asked.LIST: whole_list,
    Asked.WHETHER: with_negation,
    Asked.YEAR: year_of,
    Asked.REASON: whole_reason,
    Asked.CHANGE: whole_change,
}
_DEFINED = re.compile(
    r"(?![是系]?指)(?P<term>[^，。；：,;:]{1,16}?)"
    r"(?:[是系]指|指的是|指(?![数标导定南挥引示望出明令]))"
)
_UNSUITED = 0.1  # an answer of another kind or unit than was asked for
_OF_ANOTHER = 0.01  # one that is said of another year, event or rank than was asked for


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


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that may be the answer; ``fit`` is 1 where it is of the kind asked for.

    It is 0 where the span can't be an answer to such a question. ``margin`` are the reader's
    log odds that the passage answers, ``relevance`` its probability beside the other hits,
    ``dated`` the year that the document is of, where that is known.
    """

    hit: Hit
    scored: ScoredSpan
    relevance: float
    fit: float
    margin: float
    dated: int | None = None

    @property
    def weight(self) -> float:
        """How likely this span is the answer, before calibration."""
        return self.relevance * self.scored.probability * self.fit

    @property
    def suits(self) -> bool:
        """Whether the span is of the kind, the unit and the year that are asked for."""
        return self.fit == 1

    @property
    def text(self) -> str:
        """The span's characters."""
        return self.scored.span.of(self.hit.passage.text)


def candidate_of(
    asked: Demands, hit: Hit, scored: ScoredSpan, margin: float, dated: int | None = None
) -> Candidate:
    """The span made whole for such a question, and how well it fits.

    ``scored`` counts in the hit's passage, ``margin`` are the reader's log odds of the passage,
    ``dated`` is the year that its document is of.
    """
    text = hit.passage.text
    cell = named_cell(asked, hit.passage, scored.span)
    if cell is not None:
        scored = replace(scored, span=cell)
    else:
        span = scored.span
        if not hit.passage.cells:
            span = from_first(text, unsaid(text, span, asked.lead))
            around = _around(hit.passage, span)
            span = meaning(text, around, span, asked.terms)
            if asked.asked is not Asked.LIST:
                span = respective(asked.question, text, around, span)
        scored = replace(scored, span=_made_whole(asked, text, span))
    fit = _fit(asked, hit.passage, scored.span, dated)
    return Candidate(hit, scored, hit.relevance or 0.0, fit, margin, dated)


def _made_whole(asked: Demands, text: str, span: Span) -> Span:
    """``span`` with all that such a question asks for."""
    if asked.of_problem:
        return with_lack(text, span)
    if asked.of_post:
        return whole_list(text, span) if "分别" not in text[: span.start] else span
    if asked.asked is Asked.DIFFERENCE:
        return whole_contrast(text, span, asked.sides)
    several = asked.of_several or asked.asked is Asked.REASON
    itemized = whole_itemized(text, span) if several else span
    if itemized != span:
        return itemized
    whole = _WHOLE.get(asked.asked)
    return whole(text, span) if whole else span


def _fit(asked: Demands, passage: Passage, span: Span, dated: int | None) -> float:
    answer, header = span.of(passage.text) + unit_beside(passage, span), beside(passage, span)
    if asked.rules_out(answer, header):
        return 0.0
    if of_another(asked, passage, span, dated):
        return _OF_ANOTHER
    if asked.asked is Asked.MEANING and not _tells_of(asked.names, passage, span):
        return _UNSUITED
    return 1.0 if asked.suits(answer, header) else _UNSUITED


def of_another(asked: Demands, passage: Passage, span: Span, dated: int | None) -> bool:
    """Whether the sentence of ``span`` is about another year, event or rank than was asked."""
    around = Span(0, len(passage.text)) if passage.cells else _around(passage, span)
    sentence = f"{beside(passage, span)}\n{around.of(passage.text)}"
    before = "" if passage.cells else passage.text[around.start : span.start]
    return (
        asked.another_year(*as_said(passage, span), dated)
        or asked.another_time(passage.text, sentence, span)
        or asked.another_rank(sentence, before)
        or of_another_place(asked, passage)
        or _of_another_namesake(asked, passage, span)
    )


def _of_another_namesake(asked: Demands, passage: Passage, span: Span) -> bool:
    """Whether the sentence of ``span`` says it of another firm, bank or school."""
    if passage.cells:
        return False
    around = _around(passage, span)
    within = Span(span.start - around.start, span.end - around.start)
    return asked.another_namesake(around.of(passage.text), within)


def _tells_of(names: AbstractSet[str], passage: Passage, span: Span) -> bool:
    """Whether the span's sentence has one of ``names`` and its clause defines nothing else."""
    if not names:
        return True
    clause = plain(whole_clause(passage.text, span).of(passage.text))
    defined = _DEFINED.match(clause)
    if defined and not any(name in defined["term"] for name in names):
        return False
    around = passage.text if passage.cells else _around(passage, span).of(passage.text)
    return any(name in plain(f"{passage.header}\n{around}") for name in names)


def told(best: Candidate, others: Sequence[Candidate]) -> Candidate:
    """The likeliest that says in a sentence what ``best`` is in a chart's digits, else ``best``."""
    if not drawn(best.hit.passage):
        return best
    figure = _figure(best.text)
    said = (c for c in others if not c.hit.passage.cells and c.suits)
    return next((c for c in said if figure.search(plain(c.text))), best)


def most(asked: Demands, best: Candidate) -> Candidate:
    """``best``, or what is most or least in its sentence where that is asked for."""
    passage, span = best.hit.passage, best.scored.span
    if passage.cells or asked.asked not in (Asked.OTHER, Asked.CHOICE):
        return best
    label = greatest(asked.question, passage.text, _around(passage, span), span)
    return replace(best, scored=replace(best.scored, span=label))


def said_of(point: Point, hits: Iterable[Hit]) -> Evidence | None:
    """The first sentence of ``hits`` that says a chart's figure, with its unit and year."""
    figure = _figure(point.written + point.unit)
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


def _figure(said: str) -> re.Pattern[str]:
    """What finds ``said`` in a text as ``plain`` spells it, but not within another number."""
    return re.compile(rf"(?<![0-9.,]){re.escape(plain(said))}(?![0-9]|[.,][0-9])")


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


def evidence_of(candidate: Candidate) -> Evidence:
    """The sentences that carry the candidate's span, or the whole row of a table."""
    passage = candidate.hit.passage
    if passage.cells:
        return Evidence(candidate.hit, passage.span)
    around = _around(passage, candidate.scored.span)
    start = passage.span.start
    return Evidence(candidate.hit, Span(start + around.start, start + around.end))


def _around(passage: Passage, span: Span) -> Span:
    """From the beginning of the first to the end of the last sentence that ``span`` touches."""
    return covering([each for each in sentences(passage.text) if each.overlaps(span)] or [span])


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
