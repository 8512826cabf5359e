"""What is found, beside how fast: the recall of evidence of each way to search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.questions import load_questions
from eval.bench.cold import Figures
from eval.benchmarks import read_benchmark, thinned
from eval.question_files import QUESTIONS
from ingest.files import find_files
from ingest.worker import reading_process
from settings import CHECKOUT, Settings

Hit = Sequence[str]
"""A file's name and a text found in it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the file that its evidence stands in, and that evidence."""

    question: str
    file: str
    evidence: tuple[str, ...]


def own_set(folder: Path, settings: Settings) -> list[Asked]:
    """Our questions on corpus/, whose documents are written to ``folder`` as plain text."""
    folder.mkdir()
    for path in find_files([CHECKOUT / "corpus"]).files:
        document = reading_process(settings.ingest).read(path)
        (folder / f"{path.name}.txt").write_text(document.text, encoding="utf-8")
    return [
        Asked(item.question, f"{item.document}.txt", item.evidence)
        for item in load_questions(QUESTIONS / "corpus.jsonl")
        if item.evidence and item.document and not item.history
    ]


def public_set(path: Path, most: int, folder: Path) -> list[Asked]:
    """Questions of a SQuAD-shaped set, whose paragraphs are written to ``folder``."""
    folder.mkdir()
    documents, golds = read_benchmark(path)
    names = {document.id: f"{document.id}.txt" for document in documents}
    for document in documents:
        (folder / names[document.id]).write_text(document.text, encoding="utf-8")
    answerable = [gold for gold in golds if gold.places]
    return [
        Asked(gold.question.question, names[gold.places[0][0]], gold.question.answers[:1])
        for gold in thinned(answerable, most)
    ]


def recall(asked: Sequence[Asked], hits: Sequence[Sequence[Hit]], depth: int) -> float:
    """The share of questions of whose evidence all stands in the first ``depth`` hits.

    White space doesn't count. A quote that is cut by the edge of a hit was not found.
    """
    found = [
        all(any(_holds(hit, gold.file, quote) for hit in own[:depth]) for quote in gold.evidence)
        for gold, own in zip(asked, hits, strict=True)
    ]
    return sum(found) / len(found)


def _holds(hit: Hit, file: str, quote: str) -> bool:
    name, text = hit
    return name == file and "".join(quote.split()) in "".join(text.split())


def quality_table(asked: Sequence[Asked], runs: Mapping[str, Figures]) -> list[list[str]]:
    """Recall at 1 and 5 by way of searching, and how much text is in five hits."""
    table = [["", "recall@1", "recall@5", "5 条的字数 characters of 5 hits"]]
    for side, run in runs.items():
        for name, way in run["ways"].items():
            lengths = [sum(len(text) for _, text in hits) for hits in way["hits"]]
            table.append(
                [
                    name if side == "youju" else f"{name} ({side})",
                    *(f"{recall(asked, way['hits'], depth):.1%}" for depth in (1, 5)),
                    f"{sum(lengths) / len(lengths):,.0f}",
                ]
            )
    return table
