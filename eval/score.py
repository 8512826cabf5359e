"""Scores of a question set on documents: ``python -m eval.score --help``.

Every question is put to a fresh library that holds these documents and nothing else.
Evidence counts as found when a hit overlaps it, as cited when a citation does; where a
question has several pieces of evidence all of them are needed. What a question has no gold
for is not scored.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from app.assistant import Assistant
from app.gate import locate
from app.questions import Question, load_questions
from index.folding import fold
from index.pipeline import Outcome, ingest
from records import Answer, Document, Span
from settings import CHECKOUT, load_settings

QUESTIONS = CHECKOUT / "eval" / "questions"
# A number goes on before or after: digits, a decimal point, the comma of thousands.
_BEGUN = re.compile(r"(?:[0-9.]|[0-9],)$")
_CONTINUED = re.compile(r"[0-9]|[.,][0-9]")
Place = tuple[str, Span]


@dataclass(frozen=True, slots=True)
class Score:
    """One question's outcome; None where a measure does not apply."""

    id: str
    kind: str
    split: str
    found: bool | None
    cited: bool | None
    short: bool | None
    refused: bool
    confidence: float
    answerable: bool | None
    verbatim: bool
    milliseconds: float


def places(quotes: Iterable[str], documents: Sequence[Document]) -> list[list[Place]]:
    """For each quote, everywhere it stands: (document id, span)."""
    return [
        [(document.id, span) for document in documents for span in locate(quote, document.text)]
        for quote in quotes
    ]


def reached(gold: Question, spans: Sequence[Place], documents: Sequence[Document]) -> bool:
    """Whether ``spans`` touch all the evidence of ``gold``, or one of its alternatives."""

    def touched(stands: list[Place]) -> bool:
        return any(a == b and s.overlaps(t) for a, s in stands for b, t in spans)

    evidence = places(gold.evidence, documents)
    return (bool(evidence) and all(map(touched, evidence))) or any(
        map(touched, places(gold.alternatives, documents))
    )


def right(short: str, accepted: Sequence[str]) -> bool:
    """Whether a short answer holds one of the accepted ones, width and spaces aside.

    A number must be whole: 4 个 is not right in 14 个, nor in 1.4 个.
    """
    answer = fold(short)
    return any(_whole(span, answer) for text in accepted for span in locate(fold(text), answer))


def _whole(span: Span, text: str) -> bool:
    """Whether no number goes on at either end of ``span``."""
    starts_within = _BEGUN.search(text[: span.start]) and text[span.start].isdigit()
    ends_within = _CONTINUED.match(text, span.end) and text[span.end - 1].isdigit()
    return not (starts_within or ends_within)


def score(gold: Question, answer: Answer, documents: Sequence[Document], depth: int = 3) -> Score:
    """What ``answer`` is worth; the first ``depth`` hits count as found."""
    has_evidence = bool(gold.evidence or gold.alternatives)
    hits = [(h.passage.document_id, h.passage.span) for h in answer.hits[:depth]]
    citations = [(c.document_id, c.span) for c in answer.citations]
    texts = {document.id: document.text for document in documents}
    return Score(
        id=gold.id,
        kind=gold.kind,
        split=gold.split,
        found=reached(gold, hits, documents) if has_evidence else None,
        cited=reached(gold, citations, documents) if has_evidence else None,
        short=right(answer.short_answer, gold.answers) if gold.answers else None,
        refused=answer.refused,
        confidence=answer.confidence,
        answerable=gold.answerable,
        verbatim=all(c.span.of(texts[c.document_id]) == c.quote for c in answer.citations),
        milliseconds=answer.timings_ms["total"],
    )


def summary(scores: Sequence[Score]) -> dict[str, float | int]:
    """Means in percent, the median time in ms, and how many questions there were."""

    def percent(values: Iterable[bool | None]) -> float:
        known = [value for value in values if value is not None]
        return round(100 * sum(known) / len(known), 1) if known else float("nan")

    answerable = [s for s in scores if s.answerable]
    unanswerable = [s for s in scores if s.answerable is False]
    times = sorted(s.milliseconds for s in scores)
    return {
        "questions": len(scores),
        "evidence in first 3 hits %": percent(s.found for s in answerable),
        "evidence cited %": percent(s.cited for s in answerable),
        "short answer right %": percent(s.short for s in answerable),
        "wrongly refused %": percent(s.refused for s in answerable),
        "rightly refused %": percent(s.refused for s in unanswerable),
        "quotes verbatim %": percent(s.verbatim for s in scores),
        "median ms": round(times[len(times) // 2], 1) if times else float("nan"),
    }


def filled(assistant: Assistant, paths: Sequence[Path]) -> list[Document]:
    """Ingest ``paths`` and give back the documents; SystemExit when one is refused."""
    results = list(ingest(paths, assistant.library, assistant.encoder, assistant.settings))
    refused = [result.reason for result in results if result.outcome is Outcome.REFUSED]
    if refused:
        raise SystemExit("\n".join(refused))
    return [assistant.document(entry.id) for entry in assistant.library.store.entries()]


def main() -> None:
    """Print a table: one column a half of the set, one row a measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", type=Path, default=QUESTIONS / "corpus.jsonl")
    parser.add_argument("--documents", type=Path, nargs="+", default=[CHECKOUT / "corpus"])
    parser.add_argument("--rows", type=Path, help="write one JSON line a question here")
    arguments = parser.parse_args()
    questions = load_questions(arguments.set)
    with tempfile.TemporaryDirectory() as home:
        assistant = Assistant(load_settings(home=Path(home)))
        documents = filled(assistant, arguments.documents)
        assistant.warm_up()
        answers = [assistant.ask(question.question) for question in questions]
        assistant.close()
    scores = [score(q, a, documents) for q, a in zip(questions, answers, strict=True)]
    if arguments.rows:
        rows = (json.dumps(asdict(s), ensure_ascii=False) for s in scores)
        arguments.rows.write_text("\n".join(rows) + "\n", encoding="utf-8")
    halves = {"all": scores} | {
        half: [s for s in scores if s.split == half] for half in ("tune", "test")
    }
    columns = {name: summary(part) for name, part in halves.items() if part}
    write = sys.stdout.write
    write(f"{'':28}" + "".join(f"{name:>8}" for name in columns) + "\n")
    for measure in next(iter(columns.values())):
        write(f"{measure:28}" + "".join(f"{c[measure]:>8}" for c in columns.values()) + "\n")


if __name__ == "__main__":
    main()
