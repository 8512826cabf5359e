"""How everything grows with the library: ``python -m eval.bench.growth --help``.

A library is filled through ``Library.put`` up to each size in turn, and copied between. At
each size are measured: the time of building so far, opening (a cold process until its first
answer of retrieval), retrieval in that process and its peak memory, and a report of about 100
passages that is added and removed by another cold process, beyond its encoding.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from eval.bench.cold import child
from eval.bench.fitting import exponent
from eval.bench.generated import NOISE, VectorSource
from eval.bench.machine import described, seconds
from eval.bench.plots import Curve, lines
from eval.bench.texts import NEWS, articles, document_of, varied
from index.encoder import load_encoder
from index.library import Library, manifest_of
from index.pipeline import encode
from index.store import Batch
from index.words import Segmenter
from ingest.split import split
from records import Document
from settings import CHECKOUT, Settings, load_settings

SIZES = (1_000, 10_000, 100_000, 300_000)
ARTICLES = 38
"""Articles of a report, which are about 100 passages."""
ENCODED = 2_000
QUESTIONS = 200


@dataclass(frozen=True, slots=True)
class Built:
    """A library that was built: the size asked for, its passages, seconds of all building."""

    size: int
    passages: int
    store: float
    indexes: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured at one size; times in seconds, ``memory`` and ``disk`` in bytes.

    ``store`` and ``indexes`` are of all passages so far; ``p50`` and ``p95`` of retrieval
    with the question's encoding, which ``encoding`` is the median of.
    """

    passages: int
    store: float
    indexes: float
    opening: float
    encoding: float
    p50: float
    p95: float
    memory: float
    adding: float
    removing: float
    disk: float


COLUMNS: tuple[tuple[str, str, float, str], ...] = (
    ("store", "存入 SQLite，秒 into SQLite, s", 1, ".1f"),
    ("indexes", "建两个索引，秒 both indexes, s", 1, ".1f"),
    ("opening", "打开到首个结果，秒 opening, s", 1, ".2f"),
    ("encoding", "编码问题，毫秒 encoding a question, ms", 1000, ".1f"),
    ("p50", "检索 p50，毫秒 retrieval p50, ms", 1000, ".1f"),
    ("p95", "检索 p95，毫秒 retrieval p95, ms", 1000, ".1f"),
    ("memory", "内存峰值，MiB peak memory, MiB", 2**-20, ".0f"),
    ("adding", "新增一份，秒 adding a report, s", 1, ".2f"),
    ("removing", "删除一份，秒 removing it, s", 1, ".2f"),
    ("disk", "磁盘，MiB disk, MiB", 2**-20, ".0f"),
)
"""Fields of Measured that are shown: name, heading, factor, format."""


def main() -> None:
    """Measure, print a line a size, and write docs/growth.md with its picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="PASSAGES")
    parser.add_argument("--news", type=Path, default=NEWS, help="a text file, an article a line")
    parser.add_argument(
        "--keep", type=Path, help="keep the libraries there, and measure again what is there"
    )
    parser.add_argument("--docs", type=Path, default=CHECKOUT / "docs", help="written there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        rows = []
        for row in grown(sorted(arguments.sizes), articles(arguments.news), folder):
            rows.append(row)
            sys.stdout.write(f"{row}\n")
            sys.stdout.flush()
    write(rows, arguments.docs)


def grown(sizes: Sequence[int], found: Sequence[str], folder: Path) -> Iterator[Measured]:
    """Measurements of a library of each size, each in a home of its own below ``folder``.

    A library begins as a copy of the one before it. One that is there already is measured
    again, not built again.
    """
    settings = load_settings(home=folder / "none")
    encoder = load_encoder(settings.encoder)
    made = reports(found)
    sample = [
        passage
        for document in islice(made, 2 + ENCODED // 100)
        for passage in split(document, settings.split)
    ][:ENCODED]
    source = VectorSource(encode(tuple(sample), encoder).vectors)
    questions = folder / "questions.json"
    asked = [p.text[:30] for p in sample[:: max(1, len(sample) // QUESTIONS)]]
    questions.write_text(json.dumps(asked), encoding="utf-8")
    before = Built(0, 0, 0.0, 0.0)
    for size in sizes:
        home, kept = folder / str(size), folder / f"{size}.json"
        if not kept.exists():
            shutil.rmtree(home, ignore_errors=True)
            if before.size:
                shutil.copytree(folder / str(before.size), home)
            settings = load_settings(home=home)
            manifest = manifest_of(settings, encoder.name, Segmenter(settings.dictionary))
            library = Library(settings, manifest)
            fresh = islice(reports(found), 30 + library.store.document_count(), None)
            store = before.store + seconds(partial(fill, library, fresh, source, settings, size))
            indexes = before.indexes + seconds(library.catch_up)
            built = Built(size, library.store.count(), store, indexes)
            library.close()
            kept.write_text(json.dumps(asdict(built)), encoding="utf-8")
        before = Built(**json.loads(kept.read_text(encoding="utf-8")))
        yield _measured(before, home, questions, next(made), source)


def reports(found: Sequence[str]) -> Iterator[Document]:
    """Documents of ARTICLES articles each, without end."""
    texts = varied(found)
    number = 0
    while True:
        number += 1
        yield document_of("\n\n".join(islice(texts, ARTICLES)), f"report {number}")


def fill(
    library: Library,
    made: Iterator[Document],
    source: VectorSource,
    settings: Settings,
    size: int,
) -> None:
    """Put documents in until the library holds about ``size`` passages; the indexes wait."""
    held = library.store.count()
    while held < size:
        document = next(made)
        passages = split(document, settings.split)[: size - held]
        library.put(document, Batch(passages, source.take(len(passages))))
        held += len(passages)


def _measured(
    built: Built, home: Path, questions: Path, report: Document, source: VectorSource
) -> Measured:
    asked = child("retrieve", home, questions=str(questions))
    vectors = home / "report.npy"
    np.save(vectors, source.take(400))
    changed = child("change", home, name=report.title, text=report.text, vectors=str(vectors))
    times = sorted(asked["times"])
    return Measured(
        passages=built.passages,
        store=built.store,
        indexes=built.indexes,
        opening=asked["opening"],
        encoding=statistics.median(asked["encoding"]),
        p50=statistics.median(times),
        p95=times[int(0.95 * len(times))],
        memory=asked["memory"],
        adding=changed["adding"],
        removing=changed["removing"],
        disk=sum(file.stat().st_size for file in home.rglob("*") if file.is_file()),
    )


def write(rows: Sequence[Measured], docs: Path) -> None:
    """docs/growth.md and docs/pictures/growth.svg."""
    sizes = [row.passages for row in rows]
    table = ["| 段落 passages | " + " | ".join(f"{n:,}" for n in sizes) + " | 指数 exponent |"]
    table.append("| --- |" + " ---: |" * (len(sizes) + 1))
    curves = []
    for name, heading, factor, form in COLUMNS:
        values = [getattr(row, name) for row in rows]
        power = exponent(sizes, values)
        cells = " | ".join(format(value * factor, form) for value in values)
        table.append(f"| {heading} | {cells} | {power:.2f} |")
        sys.stdout.write(f"{heading}: exponent {power:.2f}\n")
        curves.append(Curve(heading.split("，")[0], sizes, [v / values[0] for v in values]))
    (docs / "pictures").mkdir(parents=True, exist_ok=True)
    (docs / "pictures" / "growth.svg").write_text(
        lines(curves, "段落 passages", "相对最小的资料库 relative to the smallest"),
        encoding="utf-8",
    )
    text = _PAGE.format(
        machine=described(), table="\n".join(table), noise=NOISE, encoded=ENCODED, each=ARTICLES
    )
    (docs / "growth.md").write_text(text, encoding="utf-8")


_PAGE = """# 资料库增长 Growth

`python -m eval.bench.growth` writes this page.

{machine}

{table}

The exponent is the slope of a least-squares line through the logarithms: 1 is linear, 0 does \
not grow.

![growth](pictures/growth.svg)

- Reports of {each} news articles, about 100 passages each; from the second round on with other \
digits and in another order.
- {encoded:,} passages are encoded; every vector is one of theirs plus noise of length {noise}, \
renormalised. Questions are beginnings of these passages, encoded for real.
- Opening: from the start of a process until its first hits, files in the system's cache.
- Adding: a cold process with everything imported opens the library, stores a report with its \
vectors and brings both indexes up to date. Removing: the same process takes it out again.
"""

if __name__ == "__main__":
    main()
