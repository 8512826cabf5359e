"""What is measured in a process of its own: ``child`` starts it, ``main`` is what it runs.

A new process holds nothing from before, so its first answer is cold and its peak memory is
that of the one task.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from settings import CHECKOUT

Figures = dict[str, Any]


def child(task: str, home: Path, **arguments: Any) -> Figures:
    """What ``task`` measured in a new process; RuntimeError when that failed."""
    order = {"task": task, "home": str(home), "began": time.time(), **arguments}
    done = subprocess.run(
        [sys.executable, "-m", "eval.bench.cold"],
        input=json.dumps(order),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{task} failed: {done.stderr[-2000:]}")
    found: Figures = json.loads(done.stdout.splitlines()[-1])
    return found


def _each(action: Callable[[str], object], items: Sequence[str]) -> list[float]:
    """Seconds of the action on each item."""
    from eval.bench.machine import seconds

    return [seconds(lambda item=item: action(item)) for item in items]  # type: ignore[misc]


def retrieve(home: Path, began: float, questions: str) -> Figures:
    """Our retrieval: seconds until the first hits, of each question, and of its encoding."""
    from app.assistant import Assistant
    from eval.bench.machine import peak_memory
    from settings import load_settings

    assistant = Assistant(load_settings(home=home))
    asked = json.loads(Path(questions).read_text(encoding="utf-8"))
    assistant.search(asked[0])
    opening = time.time() - began
    return {
        "opening": opening,
        "times": _each(assistant.search, asked[1:]),
        "encoding": _each(assistant.encoder.encode_question, asked),
        "memory": peak_memory(),
    }


def change(home: Path, began: float, name: str, text: str, vectors: str) -> Figures:
    """Seconds to add a report whose vectors are known, and to remove it."""
    import numpy as np

    from app.assistant import Assistant
    from eval.bench.machine import seconds
    from eval.bench.texts import document_of
    from index.store import Batch
    from ingest.split import split
    from settings import load_settings

    assistant = Assistant(load_settings(home=home))
    library, document = assistant.library, document_of(text, name)

    def add() -> None:
        passages = split(document, assistant.settings.split)
        library.put(document, Batch(passages, np.load(vectors)[: len(passages)]))
        library.catch_up()

    return {"adding": seconds(add), "removing": seconds(lambda: library.remove(document.id))}


def fill(home: Path, began: float, side: str, folder: str) -> Figures:
    """Seconds to bring a folder in with the model loaded, and of that model alone.

    The encoder alone runs on the same groups of texts, after ingest.
    """
    from eval.bench import recipe
    from eval.bench.machine import peak_memory, seconds

    chosen = recipe.side(side, home)
    chosen.load()
    if not isinstance(chosen, recipe.Youju):
        figures = {"ingest": seconds(lambda: chosen.ingest(Path(folder))), "memory": peak_memory()}
        chosen.index_words()
        return {**figures, "tokens": recipe.tokens(chosen.batches())}
    encoder, library = chosen.assistant.encoder, chosen.assistant.library
    whole = seconds(lambda: chosen.ingest(Path(folder)))
    memory = peak_memory()
    again = seconds(lambda: chosen.ingest(Path(folder)))
    groups = recipe.bare_groups(chosen)
    bare = seconds(lambda: [encoder.encode_passages(group) for group in groups])
    entries = library.store.entries()
    return {
        "ingest": whole,
        "bare": bare,
        "again": again,
        "tokens": recipe.tokens(recipe.batches_of(groups)),
        "memory": memory,
        "documents": len(entries),
        "characters": sum(entry.characters for entry in entries),
    }


def speeds(home: Path, began: float) -> Figures:
    """Characters a second of the bundled encoder, by number type and threads."""
    from index.encoder import BundledEncoder, measure_speed
    from settings import EncoderSettings

    return dict(measure_speed(BundledEncoder(EncoderSettings()).folder()))


def bring_in(home: Path, began: float, folder: str) -> Figures:
    """Seconds to bring a folder in, from the start of the process on."""
    from app.assistant import Assistant
    from eval.bench.machine import peak_memory
    from index.pipeline import ingest
    from settings import load_settings

    assistant = Assistant(load_settings(home=home))
    files = sum(
        1 for _ in ingest([Path(folder)], assistant.library, assistant.encoder, assistant.settings)
    )
    return {"seconds": time.time() - began, "files": files, "memory": peak_memory()}


def search(home: Path, began: float, side: str, questions: Sequence[str]) -> Figures:
    """Seconds until the first hits, and by way of searching: times and what is found."""
    from eval.bench import recipe
    from eval.bench.machine import peak_memory

    chosen = recipe.side(side, home)
    ways = chosen.ways()
    next(reversed(ways.values()))(questions[0])
    opening = time.time() - began
    found = {name: _found(way, questions) for name, way in ways.items()}
    return {"opening": opening, "ways": found, "memory": peak_memory()}


def _found(way: Callable[[str], Any], questions: Sequence[str]) -> Figures:
    hits: list[Any] = []
    times = _each(lambda question: hits.append(way(question)), questions)
    return {"times": times, "hits": hits}


def answer(home: Path, began: float, questions: Sequence[str]) -> Figures:
    """Seconds until the first whole answer, then of each question and its parts."""
    from app.assistant import Assistant
    from eval.bench.machine import peak_memory
    from settings import load_settings

    assistant = Assistant(load_settings(home=home))
    assistant.ask(questions[0])
    opening = time.time() - began
    timings = [assistant.ask(question).timings_ms for question in questions]
    encoding = _each(assistant.encoder.encode_question, questions)
    return {
        "opening": opening,
        "totals": [timing["total"] / 1000 for timing in timings],
        "parts": {
            part: statistics.median(timing.get(part, 0.0) for timing in timings) / 1000
            for part in ("retrieve", "read")
        },
        "encoding": statistics.median(encoding),
        "memory": peak_memory(),
    }


_TASKS: dict[str, Callable[..., Figures]] = {
    task.__name__: task for task in (retrieve, change, fill, speeds, bring_in, search, answer)
}


def main() -> None:
    """Run the task that standard input orders; its figures are the last line of the output."""
    order = json.load(sys.stdin)
    task = _TASKS[order.pop("task")]
    figures = task(Path(order.pop("home")), float(order.pop("began")), **order)
    sys.stdout.write(f"\n{json.dumps(figures)}\n")


if __name__ == "__main__":
    main()
