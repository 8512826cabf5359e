"""Is the gold of a question set sound? Each quote must stand in its document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.gate import locate
from app.questions import Question


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the gold of question ``id``."""

    id: str
    message: str


def check_evidence(questions: Iterable[Question], documents: Mapping[str, str]) -> list[Problem]:
    """What is wrong with the gold of ``questions``; an empty list when all of it holds.

    ``documents`` maps file names to readable texts. Every quote must stand exactly once in
    the document that its question names, or in all the documents together where it names
    none; ids must be unique; only answerable questions have gold, and all of them do.
    """
    asked = tuple(questions)
    shared = [
        Problem(id, f"{count} questions have this id")
        for id, count in Counter(question.id for question in asked).items()
        if count > 1
    ]
    own = [Problem(q.id, message) for q in asked for message in _faults(q, documents)]
    return shared + own


def _faults(question: Question, documents: Mapping[str, str]) -> Iterator[str]:
    gold = bool(question.answers or question.evidence or question.alternatives)
    if question.answerable is False and gold:
        yield "not answerable, yet it has answers or evidence"
    if question.answerable and not (question.answers and question.evidence):
        yield "answerable, yet it has no answers or no evidence"
    if question.document and question.document not in documents:
        yield f"no document is named {question.document}"
        return
    texts = [documents[question.document]] if question.document else list(documents.values())
    for quote in question.evidence + question.alternatives:
        places = sum(len(locate(quote, text)) for text in texts)
        if places != 1:
            yield f"stands in {places} places, not in one: {quote}"
