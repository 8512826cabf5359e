"""Wrong passages that the real retriever takes for right ones.

The paragraphs become a library as documents would, every question is put to it, and of what
comes back the best passages that don't hold the answer are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from app.assistant import Assistant
from eval.benchmarks import fill
from eval.training.sources import (
    SQUAD2,
    Paragraph,
    Question,
    document,
    document_id,
    passages,
)
from records import Passage
from settings import load_settings


def retrieved(
    questions: Sequence[Question],
    paragraphs: Iterable[Paragraph],
    home: Path,
    depth: int,
    progress: Callable[[int], None],
) -> dict[str, list[Passage]]:
    """For each question's id the passages found for it, best first, at most ``depth``."""
    assistant = Assistant(load_settings(home=home))
    fill(assistant, map(document, paragraphs))
    assistant.warm_up()
    found = {}
    for number, question in enumerate(questions, start=1):
        hits = assistant.search(question.text, depth)
        found[question.id] = [hit.passage for hit in hits]
        progress(number)
    assistant.close()
    return found


def misses(
    questions: Iterable[Question],
    found: Mapping[str, Sequence[Passage]],
    paragraphs: Iterable[Paragraph],
) -> dict[str, list[Paragraph]]:
    """Passages without the answer, for the id of each question that has one in prose.

    They are what the retriever found of ``paragraphs``, best first, and for a question that it
    was not asked the other passages of its own text. Each has its paragraph's title, as the
    passage that answers has.
    """
    known = {document_id(paragraph): paragraph for paragraph in paragraphs}
    missed = {}
    for question in questions:
        paragraph = question.paragraph
        if not question.answers or paragraph.cells:
            continue
        others = found.get(question.id, ())
        if not others and paragraph.source != SQUAD2:
            others = passages(paragraph)
        missed[question.id] = [
            replace(known[passage.document_id], text=passage.text)
            for passage in wrong(question, others)
            if passage.document_id in known
        ]
    return missed


def wrong(question: Question, found: Iterable[Passage]) -> list[Passage]:
    """Those of ``found`` that none of the answers' texts stands in."""
    return [
        passage
        for passage in found
        if not any(reference in passage.text for reference in question.references)
    ]
