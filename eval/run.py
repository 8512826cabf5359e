"""A run: every question of a set answered and measured, kept in a folder of its own.

``run.json`` says what was run; ``answers.jsonl`` holds a line a question with gold, answer,
measures and cause; ``run.trec`` and ``qrels.trec`` are for trec_eval, ranx and the like. A run
that was cut short goes on where it stopped.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from app.assistant import Assistant
from app.contract import answer_row
from app.questions import Question, question_of
from errors import FileRefused, RunError, YoujuError
from eval.causes import Cause, cause
from eval.measures import Gold, Measures, Place, measured
from index.pipeline import Outcome as Outcomes
from index.pipeline import ingest
from records import Answer, Document, Passage
from settings import CHECKOUT

_LIBRARIES = "chromadb llama-index-core onnxruntime sentence-transformers tantivy torch".split()
_FACTS, _ANSWERS = "run.json", "answers.jsonl"

OnQuestion = Callable[[int, int], None]
"""Hears (questions done, questions in all)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question. ``answer`` is as app.contract writes it, empty after ``error``.

    ``document`` is the title of the one that holds the answer, for sorting and for drawing
    whole documents in statistics.
    """

    gold: Question
    answer: dict[str, Any]
    measures: Measures
    cause: Cause
    document: str = ""
    error: str = ""

    @property
    def refused(self) -> bool:
        """Whether no answer was given, for whatever reason."""
        return bool(self.error) or bool(self.answer["refused"])

    @property
    def confidence(self) -> float:
        """The answer's confidence; 0 where the question failed."""
        return float(self.answer.get("confidence", 0.0))


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run as it was read back; outcomes in the order of the set."""

    folder: Path
    facts: dict[str, Any]
    outcomes: tuple[Outcome, ...]

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name


def execute(
    assistant: Assistant,
    golds: Sequence[Gold],
    folder: Path,
    about: dict[str, Any],
    on_question: OnQuestion = lambda done, total: None,
    further: Callable[[Assistant, Gold], Measures] = lambda assistant, gold: {},
    parallel: int = 1,
) -> Run:
    """Answer and measure what the folder doesn't hold yet; the whole run.

    ``further`` gives measures beside the usual ones; ``parallel`` questions are worked on at
    once, which lengthens the times that are measured. Raises RunError when the folder holds a
    finished run, or one of another set, library, program or settings.
    """
    facts = _facts(assistant, golds, about)
    folder.mkdir(parents=True, exist_ok=True)
    _check_same(folder, facts)
    done = {outcome.gold.id for outcome in _outcomes(folder)}
    assistant.warm_up()
    left = [gold for gold in golds if gold.question.id not in done]

    def measured_row(gold: Gold) -> str:
        outcome = _outcome(assistant, gold)
        values = outcome.measures | further(assistant, gold)
        return json.dumps(_row(replace(outcome, measures=values)), ensure_ascii=False) + "\n"

    pool = ThreadPoolExecutor(parallel)
    try:
        rows = pool.map(measured_row, left) if parallel > 1 else map(measured_row, left)
        with (folder / _ANSWERS).open("a", encoding="utf-8") as file:
            for number, row in enumerate(rows, start=len(done) + 1):
                file.write(row)
                file.flush()
                on_question(number, len(golds))
    finally:
        pool.shutdown(cancel_futures=True)
    _write_trec(assistant, golds, folder)
    _write(folder / _FACTS, facts | {"finished": _now()})
    return read_run(folder)


def read_run(folder: Path) -> Run:
    """The run in ``folder``. Raises RunError where there is none, or it is unfinished."""
    try:
        facts = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(
            f"{folder} 不是一次评测的文件夹（{error}）。请给出 youju eval run 写出的文件夹。",
            f"{folder} is no run ({error}). Name a folder that youju eval run has written.",
        ) from error
    if "finished" not in facts:
        raise RunError(
            f"评测 {folder} 没有做完。请再运行一次同样的 youju eval run，它会接着做。",
            f"the run {folder} is unfinished: start the same youju eval run again, it goes on.",
        )
    outcomes = {outcome.gold.id: outcome for outcome in _outcomes(folder)}
    return Run(folder, facts, tuple(outcomes[i] for i in facts["questions"]))


def filled(assistant: Assistant, paths: Sequence[Path]) -> list[Document]:
    """Ingest ``paths``; the library's documents. Raises FileRefused when one is refused."""
    for result in ingest(paths, assistant.library, assistant.encoder, assistant.settings):
        if result.outcome is Outcomes.REFUSED:
            raise FileRefused(f"{result.path}：{result.reason}", f"{result.path}: {result.english}")
    return [assistant.document(entry.id) for entry in assistant.library.store.entries()]


def _outcome(assistant: Assistant, gold: Gold) -> Outcome:
    home = _home(assistant, gold)
    try:
        answer = assistant.ask(gold.question.question, history=gold.question.history)
    except YoujuError as error:
        return Outcome(gold.question, {}, _failed(gold), Cause.FAILED, home, str(error))
    passages = _relevant(assistant, gold)
    values = measured(gold, answer, {passage.id for passage in passages})
    found: list[Place] = []
    if values["correct"] == 0.0:
        asked = answer.understood or gold.question.question
        deep = assistant.search(asked, assistant.settings.retrieval.candidates)
        found = [(hit.passage.document_id, hit.passage.span) for hit in deep]
    places = [(passage.document_id, passage.span) for passage in passages]
    row = answer_row(answer, gold.question.id)
    return Outcome(gold.question, row, values, cause(gold, answer, values, places, found), home)


def _failed(gold: Gold) -> Measures:
    """What a question is worth that raised an error: nothing, in all that applies to it."""
    empty = measured(gold, Answer(gold.question.question, ""), frozenset())
    return {name: None if value is None else 0.0 for name, value in empty.items()}


def _relevant(assistant: Assistant, gold: Gold) -> list[Passage]:
    """The library's passages that overlap the evidence."""
    return [
        passage
        for document_id in sorted({place[0] for place in gold.places})
        for passage in assistant.library.store.passages_of(document_id)
        if any(i == document_id and span.overlaps(passage.span) for i, span in gold.places)
    ]


def _home(assistant: Assistant, gold: Gold) -> str:
    held = gold.places
    return assistant.document(held[0][0]).title if held else gold.question.document


def _facts(assistant: Assistant, golds: Sequence[Gold], about: dict[str, Any]) -> dict[str, Any]:
    questions = [asdict(gold.question) for gold in golds]
    return {
        "split": "",
        **about,
        "questions": [gold.question.id for gold in golds],
        "questions_sha256": sha256(json.dumps(questions, sort_keys=True).encode()).hexdigest(),
        "settings": assistant.settings.model_dump(mode="json"),
        "manifest": assistant.library.store.manifest(),
        "documents": [
            {"id": e.id, "title": e.title, "sha256": e.sha256}
            for e in assistant.library.store.entries()
        ],
        "versions": {"python": platform.python_version(), "youju": version("youju")}
        | {name: version(name) for name in _LIBRARIES},
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores",
        "commit": _commit(),
        "started": _now(),
    }


def _check_same(folder: Path, facts: dict[str, Any]) -> None:
    path = folder / _FACTS
    if not path.exists():
        _write(path, facts)
        return
    there = json.loads(path.read_text(encoding="utf-8"))
    for name in ("questions_sha256", "settings", "manifest", "documents", "versions", "commit"):
        if there.get(name) != json.loads(json.dumps(facts[name])):
            raise RunError(
                f"{folder} 里已有一次评测，它的 {name} 与这次不同。请用 -o 另给一个文件夹。",
                f"{folder} holds a run with other {name}: name another folder with -o.",
            )
    if "finished" in there:
        raise RunError(
            f"{folder} 里的评测已经做完。请用 youju eval show 查看，或用 -o 另给一个文件夹。",
            f"the run in {folder} is finished: youju eval show prints it, or name another folder "
            "with -o.",
        )


def _outcomes(folder: Path) -> Iterator[Outcome]:
    """What the folder holds; a last line that was cut short is left out."""
    path = folder / _ANSWERS
    if not path.exists():
        return
    text = path.read_text(encoding="utf-8")
    whole, _, torn = text.rpartition("\n")
    if torn:
        path.write_text(whole + "\n" * bool(whole), encoding="utf-8")
    for line in whole.split("\n"):
        if line:
            row = json.loads(line)
            yield Outcome(
                question_of(row["gold"], 0),
                row["answer"],
                row["measures"],
                Cause(row["cause"]),
                row["document"],
                row["error"],
            )


def _row(outcome: Outcome) -> dict[str, Any]:
    return {
        "gold": asdict(outcome.gold),
        "answer": outcome.answer,
        "measures": outcome.measures,
        "cause": outcome.cause.value,
        "document": outcome.document,
        "error": outcome.error,
    }


def _write_trec(assistant: Assistant, golds: Sequence[Gold], folder: Path) -> None:
    hits, relevant = [], []
    for outcome in _outcomes(folder):
        for hit in outcome.answer.get("hits", ()):
            rank = hit["rank"]
            topic = _topic(outcome.gold)
            hits.append(f"{topic} Q0 {hit['passage_id']} {rank} {1 / rank:.6f} youju")
    for gold in golds:
        topic = _topic(gold.question)
        relevant += [f"{topic} 0 {p.id} 1" for p in _relevant(assistant, gold)]
    (folder / "run.trec").write_text("\n".join([*hits, ""]), encoding="utf-8")
    (folder / "qrels.trec").write_text("\n".join([*relevant, ""]), encoding="utf-8")


def _topic(question: Question) -> str:
    """The question's id as one field of a line."""
    return "_".join(question.id.split()) or "_"


def _write(path: Path, facts: dict[str, Any]) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")
    partial.replace(path)


def _now() -> str:
    return datetime.now(UTC).isoformat("T", "seconds")


def _commit() -> str:
    """The checkout's commit, with + where files differ from it; empty outside of one."""
    try:
        said = subprocess.run(
            ["git", "-C", str(CHECKOUT), "describe", "--always", "--dirty=+", "--abbrev=12"],
            capture_output=True, text=True, timeout=10, check=False,
        )  # fmt: skip
    except OSError:
        return ""
    return said.stdout.strip()
