"""Which fusion weights find the evidence? ``python -m eval.weights --help``.

Tries a grid on the tune half of a question set and prints, best first, the share of
questions whose evidence lies in the first 1 and 3 hits and the mean reciprocal rank.
The test half is never looked at, nor are questions that need their dialogue.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.assistant import Assistant
from app.questions import Question, load_questions
from eval.measures import located, recall
from eval.question_files import QUESTIONS
from eval.run import filled
from index.fusion import Scores, fuse
from records import Document, Span
from settings import CHECKOUT, load_settings

STEP = 0.125
Weights = tuple[float, float, float]


def grid(step: float = STEP) -> Iterator[Weights]:
    """All weights (dense, words, pairs) in steps that sum to 1."""
    parts = round(1 / step)
    for dense in range(parts + 1):
        for words in range(parts + 1 - dense):
            yield dense * step, words * step, (parts - dense - words) * step


def depth(gold: Question, ranking: Sequence[str], documents: Sequence[Document], most: int) -> int:
    """How many of the first hits are needed to reach the evidence; ``most + 1`` if too many."""
    known = located(gold, documents)
    places = []
    for number, passage_id in enumerate(ranking[:most], start=1):
        document_id, _, span = passage_id.partition(":")
        start, end = map(int, span.split("-"))
        places.append((document_id, Span(start, end)))
        if recall(known, places) == 1.0:
            return number
    return most + 1


def main() -> None:
    """Print the grid, best first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", type=Path, default=QUESTIONS / "corpus.jsonl")
    parser.add_argument("--documents", type=Path, nargs="+", default=[CHECKOUT / "corpus"])
    arguments = parser.parse_args()
    asked = [
        q
        for q in load_questions(arguments.set)
        if q.split == "tune" and q.evidence and not q.history
    ]
    with tempfile.TemporaryDirectory() as home:
        assistant = Assistant(load_settings(home=Path(home)))
        documents = filled(assistant, arguments.documents)
        found: list[tuple[Question, Sequence[Scores]]] = [
            (question, assistant.candidates(question.question)) for question in asked
        ]
        assistant.close()
    rows = []
    for weights in grid():
        depths = [
            depth(gold, list(fuse(list(zip(weights, lists, strict=True)))), documents, 10)
            for gold, lists in found
        ]
        first = sum(d == 1 for d in depths) / len(depths)
        third = sum(d <= 3 for d in depths) / len(depths)
        reciprocal = sum(1 / d for d in depths if d <= 10) / len(depths)
        rows.append((third, reciprocal, first, weights))
    sys.stdout.write("dense  words  pairs  in 1   in 3   MRR@10\n")
    for third, reciprocal, first, (dense, words, pairs) in sorted(rows, reverse=True):
        sys.stdout.write(
            f"{dense:.3f}  {words:.3f}  {pairs:.3f}  {first:.3f}  {third:.3f}  {reciprocal:.3f}\n"
        )


if __name__ == "__main__":
    main()
