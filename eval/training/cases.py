"""Questions put to a library, of five kinds, for learning when an answer may be given.

The library answers the question, or it holds only a near miss (the unanswerable questions of
SQuAD 2.0, of those written for training and of our own sets), or the question is about another
year or place, or the passages that answer were taken out of what was found.
"""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app import questions as own
from app.assistant import Assistant
from app.reader.calibration import Calibration
from app.reader.places_named import named_places
from app.reader.reader import NetworkReader
from eval.measures import located
from eval.training.sources import SQUAD2, Question, document
from records import Document, Hit

DEPTH = 10
ANSWERABLE, NEAR_MISS, REMOVED = "answerable", "near miss", "removed"
ANOTHER_YEAR, ANOTHER_PLACE = "another year", "another place"
KINDS = (ANSWERABLE, NEAR_MISS, ANOTHER_YEAR, ANOTHER_PLACE, REMOVED)
_PLACES = "甘肃 吉林 宁夏 云南 青海 新疆 内蒙古 西藏".split()
_YEAR = re.compile(r"(?:19|20)[0-9]{2}(?=\s?年)")


@dataclass(frozen=True, slots=True)
class Case:
    """A question and what was found for it; ``kind`` is one of KINDS.

    ``id`` is the question's in its set, ``holds`` are the ids of the passages that hold the
    whole answer, ``references`` the accepted answers.
    """

    id: str
    source: str
    question: str
    kind: str
    hits: tuple[Hit, ...]
    holds: frozenset[str] = frozenset()
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """A reader over one library and the cases put to it; each weighs ``weight``."""

    reader: NetworkReader
    cases: tuple[Case, ...]
    weight: float = 1.0

    def calibrated(self, calibration: Calibration) -> Trial:
        """The same cases before a reader that judges by other models."""
        return replace(self, reader=self.reader.calibrated(calibration))


def of_paragraphs(
    assistant: Assistant, questions: Iterable[Question], most: Mapping[str, int], seed: int
) -> list[Case]:
    """Cases from a library of paragraphs, at most ``most`` of each kind."""
    shuffled = list(questions)
    random.Random(seed).shuffle(shuffled)
    made: list[Case] = []
    count = dict.fromkeys(most, 0)
    for question in shuffled:
        near_miss = not question.answers
        wanted = [NEAR_MISS] if near_miss else [k for k in KINDS if k != NEAR_MISS]
        if all(count[kind] >= most[kind] for kind in wanted):
            continue
        hits = assistant.search(question.text, 2 * DEPTH)
        paragraph = question.paragraph
        case = Case(question.id, paragraph.source, question.text, NEAR_MISS, hits[:DEPTH])
        every = [case]
        if not near_miss:
            every = list(_variants(case, hits, question, assistant))
        for each in every:
            if count[each.kind] < most[each.kind] and each.hits:
                count[each.kind] += 1
                made.append(each)
    return made


def _variants(
    case: Case, hits: Sequence[Hit], question: Question, assistant: Assistant
) -> Iterator[Case]:
    paragraph = document(question.paragraph).id
    holds = frozenset(
        hit.passage.id
        for hit in hits
        if hit.passage.document_id == paragraph
        and any(hit.passage.span.contains(answer) for answer in question.answers)
    )
    yield replace(case, kind=ANSWERABLE, holds=holds, references=question.references)
    yield from _altered(case, question.paragraph.text, assistant)
    if question.paragraph.source != SQUAD2:
        rest = tuple(
            hit
            for hit in hits
            if hit.passage.document_id != paragraph
            and not any(reference in hit.passage.text for reference in question.references)
        )
        yield replace(case, kind=REMOVED, hits=rest[:DEPTH])


def of_documents(
    assistant: Assistant, documents: Sequence[Document], questions: Iterable[own.Question]
) -> list[Case]:
    """Cases from a library of documents and one of our own question sets."""
    texts = "\n".join(each.text for each in documents)
    made: list[Case] = []
    for question in questions:
        hits = assistant.search(question.question, 2 * DEPTH)
        if not hits:
            continue
        case = Case(question.id, "own", question.question, NEAR_MISS, hits[:DEPTH])
        if not question.answerable:
            made.append(case)
            continue
        stands = located(question, documents).places
        holds = frozenset(
            hit.passage.id
            for hit in hits
            if any(d == hit.passage.document_id and s.overlaps(hit.passage.span) for d, s in stands)
        )
        made.append(replace(case, kind=ANSWERABLE, holds=holds, references=question.answers))
        rest = tuple(hit for hit in hits if hit.passage.id not in holds)
        made.append(replace(case, kind=REMOVED, hits=rest[:DEPTH]))
        made += _altered(case, texts, assistant)
    return [case for case in made if case.hits]


def _altered(case: Case, text: str, assistant: Assistant) -> Iterator[Case]:
    """The question about a year, and about a place, that ``text`` doesn't name."""
    words = assistant.library.segmenter.words(case.question)
    for kind, other in (
        (ANOTHER_YEAR, with_another_year(case.question, text)),
        (ANOTHER_PLACE, with_another_place(case.question, text, named_places(words))),
    ):
        if other:
            yield replace(case, question=other, kind=kind, hits=assistant.search(other, DEPTH))


def with_another_place(
    question: str, text: str, places: Collection[str], others: Iterable[str] = _PLACES
) -> str | None:
    """``question`` about the first of ``others`` that ``text`` doesn't name.

    It replaces the first of ``places``, those that the question names; None without any.
    """
    named = min(places, key=lambda place: (question.find(place), -len(place)), default=None)
    other = next((each for each in others if each not in text and each not in question), None)
    return question.replace(named, other) if named and other else None


def with_another_year(question: str, text: str) -> str | None:
    """``question`` about a year that ``text`` doesn't name; None if it names no year."""
    match = _YEAR.search(question)
    if match is None:
        return None
    years = (str(int(match.group()) + step) for step in (1, -1, 2, -2, 3, -3, 7, -7))
    other = next((year for year in years if year not in text), None)
    return other and question[: match.start()] + other + question[match.end() :]
