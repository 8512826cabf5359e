"""Everything but growth: ``python -m eval.bench --help``, or ``make bench``.

Writes docs/benchmarks.md and its pictures. Absolute times depend on the machine and its load;
ratios taken in one run hardly do.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from eval.bench.cold import child
from eval.bench.comparison import (
    NAMES,
    SIDES,
    Table,
    again_table,
    answer_table,
    ingest_runs,
    ingest_table,
    median,
    search_table,
    short_files,
    speed_table,
    written,
)
from eval.bench.machine import described
from eval.bench.plots import bars
from eval.bench.quality import Asked, own_set, public_set, quality_table
from eval.bench.texts import NEWS, articles
from settings import CHECKOUT, load_settings

CMRC = NEWS.with_name("cmrc2018_trial.json")
_SEARCHED = ("youju", "float32")


def main() -> None:
    """Measure, print and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="of ingest, side by side")
    parser.add_argument("--files", type=int, default=100, help="that are brought in each time")
    parser.add_argument("--short", type=int, default=10_000, help="files brought in twice")
    parser.add_argument("--questions", type=int, default=300, help="of each set, at most")
    parser.add_argument("--news", type=Path, default=NEWS, help="a text file, an article a line")
    parser.add_argument("--public", type=Path, nargs="*", default=[CMRC], help="SQuAD-shaped sets")
    parser.add_argument("--docs", type=Path, default=CHECKOUT / "docs", help="written there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        parts = [
            *_ingest(arguments, Path(work)),
            *_again(arguments, Path(work)),
            *_questions(arguments, Path(work)),
        ]
    text = "\n\n".join(["# 性能 Benchmarks", _ABOUT, described(), *parts]) + "\n"
    (arguments.docs / "benchmarks.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def _ingest(arguments: argparse.Namespace, work: Path) -> list[str]:
    written(articles(arguments.news), arguments.files, work / "in")
    runs = ingest_runs(work / "in", work, arguments.rounds)
    said, table = ingest_table(runs)
    characters = runs["youju"][0]["characters"]
    speeds = [(NAMES[s], median(runs[s], lambda run: characters / run["ingest"])) for s in SIDES]
    bare = median(runs["youju"], lambda run: characters / run["bare"])
    picture = bars([("编码器本身 bare encoder", bare), *speeds], "字/秒 characters/s")
    _draw(arguments.docs, "ingest.svg", picture)
    return [
        "## 导入 Ingest",
        " ".join(said),
        _markdown(table),
        "![ingest](pictures/ingest.svg)",
        "## 编码器 Encoder",
        _markdown(speed_table(child("speeds", work))),
    ]


def _again(arguments: argparse.Namespace, work: Path) -> list[str]:
    short_files(articles(arguments.news), arguments.short, work / "short")
    return [
        f"## 再次导入 Ingested again: {arguments.short:,} files",
        _markdown(again_table(work / "short", work / "short-home")),
    ]


def _questions(arguments: argparse.Namespace, work: Path) -> list[str]:
    own = own_set(work / "corpus", load_settings(home=work))[: arguments.questions]
    sets = {"corpus/": ("corpus", own)}
    for path in filter(Path.exists, arguments.public):
        asked = public_set(path, arguments.questions, work / path.stem)
        sets[path.stem] = (path.stem, asked)
    parts = []
    for name, (folder, asked) in sets.items():
        parts += _searched(name, work / folder, asked, work)
    home = work / "corpus-youju"
    return [*parts, "## 回答 Answers", _markdown(answer_table(home, [a.question for a in own]))]


def _searched(name: str, folder: Path, asked: Sequence[Asked], work: Path) -> list[str]:
    """Time and quality of searching one set, by side."""
    runs = {}
    for side in _SEARCHED:
        home = work / f"{folder.name}-{side}"
        home.mkdir()
        child("fill", home, side=side, folder=str(folder))
        runs[side] = child("search", home, side=side, questions=[each.question for each in asked])
    return [
        f"## 检索 Search: {name}, {len(asked)} questions",
        _markdown(search_table(runs)),
        _markdown(quality_table(asked, runs)),
    ]


def _markdown(table: Table) -> str:
    head, *rows = [f"| {' | '.join(row)} |" for row in table]
    return "\n".join([head, "| --- |" + " ---: |" * (len(table[0]) - 1), *rows])


def _draw(docs: Path, name: str, picture: str) -> None:
    (docs / "pictures").mkdir(parents=True, exist_ok=True)
    (docs / "pictures" / name).write_text(picture, encoding="utf-8")


_ABOUT = """`make bench` writes this page; [growth.md](growth.md) is about large libraries.

The recipe is LlamaIndex's own: `SimpleDirectoryReader`, `SentenceSplitter`, \
`HuggingFaceEmbedding`, `ChromaVectorStore`, `BM25Retriever` and `QueryFusionRetriever`, with \
their defaults, the same weights and prefixes, and the same text files. Its model runs in \
float32, and once in bfloat16, which Youju chooses by measurement where the processor is faster \
with it. `BM25, jieba` is handed words that our segmenter has parted: by itself `BM25Retriever` \
takes a whole Chinese clause for one word. Every figure of a comparison comes from one run; the \
sides take turns, each in a process of its own with its model loaded. Recall counts questions \
all of whose evidence stands whole within the first hits; the recipe's hits are longer, so the \
length of what is shown stands beside it."""

if __name__ == "__main__":
    main()
