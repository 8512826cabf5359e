"""Where a wrong answer went wrong, found by code: each stage is asked in its turn."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from eval.measures import Gold, Measures, Place, recall
from records import Answer


class Cause(StrEnum):
    """The first stage that lost the answer."""

    NONE = "none"
    FAILED = "failed"
    PARSING = "parsing"
    SPLITTING = "splitting"
    RETRIEVAL = "retrieval"
    RANKING = "ranking"
    GATE = "gate"
    REFUSED = "wrongly refused"
    READING = "reading"
    ANSWERED = "wrongly answered"


def cause(
    gold: Gold,
    answer: Answer,
    values: Measures,
    passages: Sequence[Place],
    candidates: Sequence[Place],
) -> Cause:
    """Why ``answer`` isn't correct; NONE where it is, or where that can't be told.

    ``passages`` are all those that overlap the evidence, ``candidates`` what retrieval
    found before the best were chosen.
    """
    if values["correct"] in (None, 1.0):
        return Cause.NONE
    if gold.question.answerable is False:
        return Cause.ANSWERED
    if gold.has_evidence:
        lost = _lost(gold, answer, passages, candidates)
        if lost is not None:
            return lost
    if answer.refused:
        return Cause.GATE if answer.unverified else Cause.REFUSED
    return Cause.READING


def _lost(
    gold: Gold, answer: Answer, passages: Sequence[Place], candidates: Sequence[Place]
) -> Cause | None:
    """The stage before reading that lost the evidence; None when the reader was given it."""
    hits = [(hit.passage.document_id, hit.passage.span) for hit in answer.hits]
    if recall(gold, hits) == 1.0:
        return None
    quotes = [*gold.evidence, *gold.alternatives]
    if not any(quotes):
        return Cause.PARSING
    if not any(_within(stands, passages) for stands in quotes):
        return Cause.SPLITTING
    return Cause.RANKING if recall(gold, candidates) == 1.0 else Cause.RETRIEVAL


def _within(stands: Sequence[Place], passages: Sequence[Place]) -> bool:
    """Whether one passage holds the whole of a quote."""
    return any(
        place[0] == passage[0] and passage[1].contains(place[1])
        for place in stands
        for passage in passages
    )
