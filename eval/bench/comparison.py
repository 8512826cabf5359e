"""Ingest and questions, ours beside the recipe, in processes that take turns."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path

from eval.bench.cold import Figures, child
from eval.bench.machine import seconds
from eval.bench.texts import varied
from settings import CHECKOUT

SIDES = ("youju", "bfloat16", "float32")
NAMES = {
    "youju": "有据 Youju",
    "bfloat16": "LlamaIndex，bfloat16",
    "float32": "LlamaIndex，float32",
}
_ARTICLES = 3
_SHORT = 40  # characters
Table = list[list[str]]
"""Rows of cells, the first row the heading."""


def median(runs: Sequence[Figures], pick: Callable[[Figures], float]) -> float:
    """The median over runs of what is picked from each."""
    return statistics.median(map(pick, runs))


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def written(articles: Sequence[str], count: int, folder: Path) -> None:
    """So many text files of three articles each."""
    folder.mkdir()
    texts = varied(articles)
    for number in range(count):
        text = "\n".join(islice(texts, _ARTICLES))
        (folder / f"{number:04}.txt").write_text(text, encoding="utf-8")


def short_files(articles: Sequence[str], count: int, folder: Path) -> None:
    """So many text files of a sentence or two each, no two alike."""
    folder.mkdir()
    for number, text in enumerate(islice(varied(articles), count)):
        short = f"第 {number} 份：{text[:_SHORT]}"
        (folder / f"{number:06}.txt").write_text(short, encoding="utf-8")


def again_table(folder: Path, home: Path) -> Table:
    """A folder brought in, and the same once more, in a new process each."""
    runs = [child("bring_in", home, folder=str(folder)) for _ in range(2)]
    return [
        ["", "秒 s", "内存峰值 peak memory"],
        *(
            [name, f"{run['seconds']:.1f}", f"{run['memory'] / 2**20:,.0f} MiB"]
            for name, run in zip(("第一次 first", "没有变化 unchanged"), runs, strict=True)
        ),
    ]


def ingest_runs(folder: Path, work: Path, rounds: int) -> dict[str, list[Figures]]:
    """What each side needed for the files of ``folder``, round by round in turn."""
    runs: dict[str, list[Figures]] = {side: [] for side in SIDES}
    for number in range(rounds):
        for side in SIDES:
            home = work / f"{side}-{number}"
            home.mkdir()
            runs[side].append(child("fill", home, side=side, folder=str(folder)))
    return runs


def ingest_table(runs: Mapping[str, Sequence[Figures]]) -> tuple[list[str], Table]:
    """The ratios in words, each the median over rounds of one round's ratio; and the figures."""
    ours = runs["youju"]
    characters, documents = ours[0]["characters"], ours[0]["documents"]
    share = median(ours, lambda run: run["bare"] / run["ingest"])
    again = median(ours, lambda run: run["again"] / run["ingest"])
    said = [
        f"{documents} files, {characters:,} characters, {len(ours)} rounds.",
        f"Ingest runs at **{share:.0%}** of the bare encoder's speed on the same batches.",
        f"Ingested again, unchanged: {again:.2%} of the time.",
        _work(ours[0]["tokens"], runs["float32"][0]["tokens"]),
    ]
    table = [["", "字/秒 characters/s", "有据快几倍 Youju is faster by", "内存峰值 peak memory"]]
    for side in SIDES:
        pairs = zip(runs[side], ours, strict=True)
        ratio = statistics.median(theirs["ingest"] / own["ingest"] for theirs, own in pairs)
        speed = median(runs[side], lambda run: characters / run["ingest"])
        memory = median(runs[side], lambda run: run["memory"] / 2**20)
        table.append([NAMES[side], f"{speed:,.0f}", f"{ratio:.2f}", f"{memory:,.0f} MiB"])
    return said, table


def _work(ours: Mapping[str, int], theirs: Mapping[str, int]) -> str:
    """What the model has to do on each side: no overlap of stages makes that less."""
    return (
        f"The model runs on {ours['run']:,} tokens, padding included; of the recipe's longer "
        f"pieces on {theirs['run']:,}, and {1 - theirs['read'] / theirs['all']:.0%} of their "
        "tokens are beyond what it reads, in no vector."
    )


def speed_table(speeds: Mapping[str, float]) -> Table:
    """The encoder by number type and threads."""
    rows = [[name, f"{speed:,.0f}"] for name, speed in speeds.items()]
    return [["类型 × 线程 number type × threads", "字/秒 characters/s"], *rows]


def search_table(runs: Mapping[str, Figures]) -> Table:
    """Opening and searching by side, from one cold process each."""
    table = [
        ["", "冷启动到首个结果 cold, s", "p50, ms", "p95, ms", "p99, ms", "内存峰值 peak memory"]
    ]
    for side, run in runs.items():
        for name, way in run["ways"].items():
            times = [1000 * time for time in way["times"]]
            table.append(
                [
                    f"{name} ({side})" if side != "youju" else name,
                    f"{run['opening']:.2f}",
                    *(f"{percentile(times, share):.1f}" for share in (0.5, 0.95, 0.99)),
                    f"{run['memory'] / 2**20:,.0f} MiB",
                ]
            )
    return table


def answer_table(home: Path, questions: Sequence[str], repeats: int = 3) -> Table:
    """A whole answer of ours: cold processes, warm times, and its parts."""
    runs = [child("answer", home, questions=questions) for _ in range(repeats)]
    totals = [1000 * total for run in runs for total in run["totals"]]
    middle = percentile(totals, 0.5)
    parts = {
        "检索 retrieval": median(runs, lambda run: run["parts"]["retrieve"]),
        "其中编码问题 of it, encoding": median(runs, lambda run: run["encoding"]),
        "阅读 reading": median(runs, lambda run: run["parts"]["read"]),
    }
    table = [["", ""]]
    warm = ", ".join(f"{name} {percentile(totals, share):.0f}" for name, share in _SHARES)
    table.append(["热 warm, ms", warm])
    table += [[name, f"{1000 * part / middle:.0%} of p50"] for name, part in parts.items()]
    youju = [sys.executable, "-m", "youju"]
    asked = [*youju, "ask", questions[0], "--home", str(home)]
    table.append(["冷 cold `youju ask`, s", _commands(asked, repeats)])
    table.append(["`youju --help`, s", _commands([*youju, "--help"], repeats)])
    memory = median(runs, lambda run: run["memory"] / 2**20)
    table.append(["内存峰值 peak memory", f"{memory:,.0f} MiB"])
    return table


_SHARES = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))


def _commands(command: Sequence[str], repeats: int) -> str:
    """The median of the seconds that a command takes as a process of its own."""
    times = [seconds(lambda: _run(command)) for _ in range(repeats)]
    return f"{statistics.median(times):.2f}"


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True)
