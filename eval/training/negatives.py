"""Wrong passages that the real retriever takes for right ones.

The paragraphs become a library as documents would, every question is put to it, and of what
comes back the best passages that don't hold the answer are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from app.assistant import Assistant
from eval.benchmarks import fill
from eval.training.sources import Paragraph, Question, document
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


def wrong(question: Question, passages: Iterable[Passage]) -> list[Passage]:
    """Those of ``passages`` that none of the answers' texts stands in."""
    return [
        passage
        for passage in passages
        if not any(reference in passage.text for reference in question.references)
    ]
