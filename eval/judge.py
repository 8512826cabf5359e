"""Reading comprehension of any SQuAD-shaped file: ``python -m eval.judge FILE``.

Each question is read from its own paragraph, and then from what is found for it in a library
of all the paragraphs of the file. Scores are exact match and F1 as CMRC 2018 measures them
(eval.comprehension); a refusal counts as an empty answer. ``--part test`` keeps what our
reader was not trained with, of the files that it was trained with.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from app.assistant import Assistant
from app.reader.reader import Reader
from eval.comprehension import exact_match, f1
from eval.training.sources import Paragraph, Question, document, read
from index.pipeline import encode
from ingest.split import split
from records import Hit, Passage, Span
from settings import load_settings


def from_own_paragraph(reader: Reader, question: Question) -> str:
    """The short answer to ``question``, read from its whole paragraph."""
    paragraph = question.paragraph
    passage = Passage(document(paragraph).id, Span(0, len(paragraph.text)), paragraph.text)
    return reader.read(question.text, [Hit(passage, 1.0, 1)]).short_answer


def fill(assistant: Assistant, paragraphs: Iterable[Paragraph]) -> None:
    """Bring the paragraphs into the library, each as a document."""
    with assistant.library.writing():
        assistant.library.check()
        for paragraph in paragraphs:
            made = document(paragraph)
            passages = split(made, assistant.settings.split)
            assistant.library.put(made, encode(passages, assistant.encoder))
        assistant.library.catch_up()


def scores(questions: Sequence[Question], answer: Callable[[Question], str]) -> tuple[float, float]:
    """Exact match and F1 in percent over all ``questions`` that have an answer."""
    pairs = [
        (exact_match(said, question.references), f1(said, question.references))
        for question in questions
        for said in [answer(question)]
    ]
    count = max(1, len(pairs))
    return 100 * sum(em for em, _ in pairs) / count, 100 * sum(f for _, f in pairs) / count


def main() -> None:
    """Print a line for each way of reading."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--part", choices=["train", "tune", "test"])
    parser.add_argument("--most", type=int, default=0, help="so many questions at most")
    arguments = parser.parse_args()
    everything = [q for file in arguments.files for q in read(file.parent, file.stem) if q.answers]
    questions = [q for q in everything if arguments.part in (None, q.paragraph.part)]
    if arguments.most:
        questions = questions[:: max(1, len(questions) // arguments.most)][: arguments.most]
    paragraphs = {q.paragraph.id: q.paragraph for q in everything}
    with tempfile.TemporaryDirectory() as home:
        assistant = Assistant(load_settings(home=Path(home)))
        fill(assistant, paragraphs.values())
        assistant.warm_up()
        for name, answer in (
            ("own paragraph", lambda q: from_own_paragraph(assistant.reader, q)),
            (f"among {len(paragraphs)} paragraphs", lambda q: assistant.ask(q.text).short_answer),
        ):
            em, overlap = scores(questions, answer)
            sys.stdout.write(
                f"{name:28} {len(questions)} questions  EM {em:.1f}  F1 {overlap:.1f}\n"
            )
        assistant.close()


if __name__ == "__main__":
    main()
