"""Speed, as ratios taken in one run: ``python -m eval.bench --help``.

Compares ingest with the bare encoder on the same texts, and a question's parts with each
other. Absolute times depend on the machine and its load; the ratios hardly do.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from app.assistant import Assistant
from app.questions import load_questions
from eval.question_files import QUESTIONS
from index.encoder import Encoder, Progress, Vectors
from index.pipeline import ingest
from settings import CHECKOUT, load_settings


def seconds(action: Callable[[], object]) -> float:
    """How long ``action`` takes once."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


class TimedEncoder:
    """An encoder that notes the seconds spent inside it."""

    def __init__(self, encoder: Encoder) -> None:
        self.name = encoder.name
        self.spent = 0.0
        self._encoder = encoder

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """See Encoder."""
        started = time.perf_counter()
        vectors = self._encoder.encode_passages(texts, progress)
        self.spent += time.perf_counter() - started
        return vectors

    def encode_question(self, text: str) -> Vectors:
        """See Encoder."""
        return self._encoder.encode_question(text)


def ingest_speed(documents: Sequence[Path], home: Path) -> list[tuple[str, str]]:
    """Ingest into a fresh library, and the encoder's share of it.

    Everything is loaded before, by ingesting the same documents into another library.
    """
    with tempfile.TemporaryDirectory() as other:
        before = Assistant(load_settings(home=Path(other)))
        loading = seconds(lambda: _ingest(documents, before, before.encoder))
        before.close()
    assistant = Assistant(load_settings(home=home))
    encoder = TimedEncoder(before.encoder)
    whole = seconds(lambda: _ingest(documents, assistant, encoder))
    again = seconds(lambda: _ingest(documents, assistant, encoder))
    entries = assistant.library.store.entries()
    characters = sum(entry.characters for entry in entries)
    passages = sum(entry.passages for entry in entries)
    assistant.close()
    return [
        ("documents", f"{len(entries)}, {characters} characters, {passages} passages"),
        ("ingest in a new process", f"{loading:.2f} s"),
        ("ingest, everything loaded", f"{whole:.2f} s, {characters / whole:.0f} characters/s"),
        ("  inside the encoder", f"{encoder.spent / whole:.0%}"),
        ("ingest again, nothing changed", f"{again:.3f} s, {again / whole:.1%} of that"),
    ]


def _ingest(documents: Sequence[Path], assistant: Assistant, encoder: Encoder) -> None:
    for _ in ingest(documents, assistant.library, encoder, assistant.settings):
        pass


def question_speed(home: Path, questions: Path) -> list[tuple[str, str]]:
    """Warm questions, part by part, and cold processes."""
    assistant = Assistant(load_settings(home=home))
    warm_up = seconds(assistant.warm_up)
    asked = [item.question for item in load_questions(questions) if not item.history]
    timings = [assistant.ask(question).timings_ms for question in asked]
    encode = [seconds(lambda q=q: assistant.encoder.encode_question(q)) * 1000 for q in asked]  # type: ignore[misc]
    assistant.close()
    totals = sorted(timing["total"] for timing in timings)
    median = statistics.median(totals)
    retrieve, read = (
        statistics.median(timing[part] for timing in timings) for part in ("retrieve", "read")
    )
    youju = [sys.executable, "-m", "youju"]
    ask = [*youju, "ask", asked[0], "--home", str(home)]
    cold = [seconds(lambda: _run(ask)) for _ in range(3)]
    helps = [seconds(lambda: _run([*youju, "--help"])) for _ in range(3)]
    return [
        ("warm-up of a process", f"{warm_up:.2f} s"),
        ("warm question", f"median {median:.0f} ms, p95 {totals[int(0.95 * len(totals))]:.0f} ms"),
        ("  encoding the question", f"{statistics.median(encode) / median:.0%} of the median"),
        ("  retrieval with it", f"{retrieve / median:.0%} of the median"),
        ("  reading", f"{read / median:.0%} of the median"),
        ("cold youju ask", f"{statistics.median(cold):.2f} s"),
        ("youju --help", f"{statistics.median(helps):.2f} s"),
    ]


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True)


def main() -> None:
    """Print the figures, one a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", type=Path, default=QUESTIONS / "corpus.jsonl")
    parser.add_argument("--documents", type=Path, nargs="+", default=[CHECKOUT / "corpus"])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        rows = ingest_speed(arguments.documents, Path(home))
        rows += question_speed(Path(home), arguments.set)
    for name, value in rows:
        sys.stdout.write(f"{name:32}{value}\n")


if __name__ == "__main__":
    main()
