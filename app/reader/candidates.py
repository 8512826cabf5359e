"""Spans that may be the answer, made whole, and how well each fits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from app.reader.asked import Asked
from app.reader.cells import as_said, beside, drawn, named_cell, of_another_place, unit_beside
from app.reader.constraints import Demands
from app.reader.meanings import meaning
from app.reader.respective import respective
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
from index.folding import plain
from ingest.split import sentences
from records import Hit, Passage, Span, covering

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
            around = sentences_around(hit.passage, span)
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
    around = Span(0, len(passage.text)) if passage.cells else sentences_around(passage, span)
    sentence = f"{beside(passage, span)}\n{around.of(passage.text)}"
    before = "" if passage.cells else passage.text[around.start : span.start]
    return (
        asked.another_year(*as_said(passage, span), dated)
        or asked.another_time(passage.text, sentence, span)
        or asked.another_rank(sentence, before)
        or of_another_place(asked, passage)
        or asked.another_namesake(before)
    )


def _tells_of(names: AbstractSet[str], passage: Passage, span: Span) -> bool:
    """Whether the span's sentence has one of ``names`` and its clause defines nothing else."""
    if not names:
        return True
    clause = plain(whole_clause(passage.text, span).of(passage.text))
    defined = _DEFINED.match(clause)
    if defined and not any(name in defined["term"] for name in names):
        return False
    around = passage.text if passage.cells else sentences_around(passage, span).of(passage.text)
    return any(name in plain(f"{passage.header}\n{around}") for name in names)


def told(best: Candidate, others: Sequence[Candidate]) -> Candidate:
    """The likeliest that says in a sentence what ``best`` is in a chart's digits, else ``best``."""
    if not drawn(best.hit.passage):
        return best
    figure = written_alone(best.text)
    said = (c for c in others if not c.hit.passage.cells and c.suits)
    return next((c for c in said if figure.search(plain(c.text))), best)


def most(asked: Demands, best: Candidate) -> Candidate:
    """``best``, or what is most or least in its sentence where that is asked for."""
    passage, span = best.hit.passage, best.scored.span
    if passage.cells or asked.asked not in (Asked.OTHER, Asked.CHOICE):
        return best
    label = greatest(asked.question, passage.text, sentences_around(passage, span), span)
    return replace(best, scored=replace(best.scored, span=label))


def written_alone(said: str) -> re.Pattern[str]:
    """What finds ``said`` in a text as ``plain`` spells it, but not within another number."""
    return re.compile(rf"(?<![0-9.,]){re.escape(plain(said))}(?![0-9]|[.,][0-9])")


def sentences_around(passage: Passage, span: Span) -> Span:
    """From the beginning of the first to the end of the last sentence that ``span`` touches."""
    return covering([each for each in sentences(passage.text) if each.overlaps(span)] or [span])
