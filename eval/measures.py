"""What an answer is worth: pure functions of gold and answer, each between 0 and 1.

A measure is None where it does not apply. Retrieval and citations are judged by the intervals
of text that overlap, so that gold survives a change in how documents are split.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import ir_measures
from ir_measures import RR, nDCG

from app.gate import locate
from app.questions import Question
from eval.amounts import same_amounts
from eval.comprehension import exact_match, f1
from index.folding import fold
from records import Answer, Document, Hit, Span

Place = tuple[str, Span]
"""A document's id and an interval of its text."""
Measures = dict[str, float | None]

_APART = re.compile(r"[、,;/]|以及|和|及|与")
# A number goes on before or after: digits, a decimal point, the comma of thousands.
_BEGUN = re.compile(r"(?:[0-9.]|[0-9],)$")
_CONTINUED = re.compile(r"[0-9]|[.,][0-9]")


@dataclass(frozen=True, slots=True)
class Gold:
    """A question and everywhere that each of its quotes stands."""

    question: Question
    evidence: tuple[tuple[Place, ...], ...] = ()
    alternatives: tuple[tuple[Place, ...], ...] = ()

    @property
    def places(self) -> list[Place]:
        """Everywhere that any of the quotes stands."""
        return [place for stands in self.evidence + self.alternatives for place in stands]

    @property
    def has_evidence(self) -> bool:
        """Whether it is known where the answer stands."""
        return bool(self.evidence or self.alternatives)


def located(question: Question, documents: Sequence[Document]) -> Gold:
    """The question with every place where its quotes stand, in the document that it names.

    A document is named by its file's name; where none is named, all are looked through.
    """
    named = [d for d in documents if Path(d.path).name == question.document]
    among = named if question.document else documents

    def stands(quotes: Sequence[str]) -> tuple[tuple[Place, ...], ...]:
        return tuple(
            tuple((d.id, span) for d in among for span in locate(quote, d.text)) for quote in quotes
        )

    return Gold(question, stands(question.evidence), stands(question.alternatives))


def measured(gold: Gold, answer: Answer, relevant: Set[str]) -> Measures:
    """All measures of ``answer`` by name; ``relevant`` are the ids of passages with evidence."""
    return {
        **judged(gold, answer),
        **said(gold.question, "" if answer.refused else answer.short_answer),
        **cited(gold, [(c.document_id, c.span) for c in answer.citations]),
        **retrieved(gold, answer.hits, relevant),
    }


def retrieved(gold: Gold, hits: Sequence[Hit], relevant: Set[str]) -> Measures:
    """The share of the evidence within the first k hits; RR and nDCG of the first 10 hits.

    The latter are of passages, each relevant (1) or not, and computed by ir_measures:
    reciprocal rank (Kantor & Voorhees 2000) and nDCG (Järvelin & Kekäläinen 2002).
    """
    if not gold.has_evidence:
        return dict.fromkeys(("evidence@1", "evidence@3", "evidence@10", "rr@10", "ndcg@10"))
    places = [(hit.passage.document_id, hit.passage.span) for hit in hits]
    qrels = [ir_measures.Qrel("q", passage, 1) for passage in relevant]
    run = [ir_measures.ScoredDoc("q", hit.passage.id, -float(hit.rank)) for hit in hits]
    ranked = {"RR@10": 0.0, "nDCG@10": 0.0}
    ranked |= {
        str(found.measure): float(found.value)
        for found in ir_measures.iter_calc([RR @ 10, nDCG @ 10], qrels, run)
    }
    return {
        **{f"evidence@{k}": recall(gold, places[:k]) for k in (1, 3, 10)},
        "rr@10": ranked["RR@10"],
        "ndcg@10": ranked["nDCG@10"],
    }


def recall(gold: Gold, places: Sequence[Place]) -> float:
    """The share of the evidence that ``places`` touch; 1 when they touch an alternative."""
    if any(_touched(stands, places) for stands in gold.alternatives):
        return 1.0
    reached = [_touched(stands, places) for stands in gold.evidence]
    return sum(reached) / len(reached) if reached else 0.0


def cited(gold: Gold, citations: Sequence[Place]) -> Measures:
    """Recall of the evidence, and the share of the citations that touch a quote."""
    if not gold.has_evidence:
        return {"citation recall": None, "citation precision": None}
    good = [any(_touch(one, place) for place in gold.places) for one in citations]
    return {
        "citation recall": recall(gold, citations),
        "citation precision": sum(good) / len(good) if good else None,
    }


def said(question: Question, short: str) -> Measures:
    """The short answer against the accepted ones.

    ``exact`` and ``f1`` as CMRC 2018 measures them; ``holds``: an accepted answer stands in
    it; ``amount``: the same amounts in value and unit; precision and recall of a list's items.
    """
    accepted = question.answers
    if not accepted:
        return dict.fromkeys(("exact", "f1", "holds", "amount", "list precision", "list recall"))
    amount = same_amounts(short, accepted)
    precision, found = items(short, accepted) if question.kind == "list" else (None, None)
    return {
        "exact": exact_match(short, accepted),
        "f1": f1(short, accepted),
        "holds": float(holds(short, accepted)),
        "amount": None if amount is None else float(amount),
        "list precision": precision,
        "list recall": found,
    }


def judged(gold: Gold, answer: Answer) -> Measures:
    """Whether the quotes are verbatim, and whether answering or refusing was right.

    ``correct``, the measure to decide by: an unanswerable question was refused, or an
    answerable one was answered with an accepted answer (where none is given, with a
    citation of all the evidence).
    """
    question = gold.question
    verbatim = [citation.status == "verbatim" for citation in answer.citations]
    correct: float | None = None
    if question.answerable is False:
        correct = float(answer.refused)
    elif question.answers:
        correct = float(not answer.refused and holds(answer.short_answer, question.answers))
    elif gold.has_evidence:
        places = [(c.document_id, c.span) for c in answer.citations]
        correct = float(not answer.refused and recall(gold, places) == 1.0)
    return {
        "correct": correct,
        "verbatim": sum(verbatim) / len(verbatim) if verbatim else None,
    }


def holds(short: str, accepted: Sequence[str]) -> bool:
    """Whether a short answer holds one of the accepted ones, width and spaces aside.

    Of an accepted one that tells several things, apart by ；, it must hold each, in any order. A
    number must be whole: 4 个 is not right in 14 个, nor in 1.4 个.
    """
    answer = fold(short)
    return any(
        all(_held(each, answer) for each in re.split("[；;]", text) if each) for text in accepted
    )


def _held(text: str, answer: str) -> bool:
    return any(_whole(span, answer) for span in locate(fold(text), answer))


def items(short: str, accepted: Sequence[str]) -> tuple[float, float]:
    """Precision and recall of a list's items against the accepted list that suits best."""
    given = _items(short)
    pairs = []
    for reference in accepted:
        wanted = _items(reference)
        common = len(given & wanted)
        pairs.append((common / len(given) if given else 0.0, common / len(wanted)))
    return max(pairs, key=lambda pair: (sum(pair), pair))


def _items(text: str) -> set[str]:
    parts = (part.strip(' \t“”"《》等。') for part in _APART.split(fold(text)))
    return {part for part in parts if part} or {fold(text)}


def _whole(span: Span, text: str) -> bool:
    """Whether no number goes on at either end of ``span``."""
    starts_within = _BEGUN.search(text[: span.start]) and text[span.start].isdigit()
    ends_within = _CONTINUED.match(text, span.end) and text[span.end - 1].isdigit()
    return not (starts_within or ends_within)


def _touched(stands: Sequence[Place], places: Sequence[Place]) -> bool:
    return any(_touch(one, place) for one in stands for place in places)


def _touch(one: Place, other: Place) -> bool:
    return one[0] == other[0] and one[1].overlaps(other[1])
