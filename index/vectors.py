"""Vectors in Chroma. Derived from the store: it can be deleted at any time.

Chroma's Python server is never started (CVE-2026-45829), its telemetry is off, and no
embedding function of its own is ever loaded.
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

import chromadb
import numpy as np
import numpy.typing as npt
from chromadb.api.client import SharedSystemClient
from chromadb.config import Settings as ChromaSettings

from index.store import Batch

log = logging.getLogger("youju.library")

_COLLECTION = "passages"
_DATABASE = "chroma.sqlite3"
_GRAPH_WRITTEN = "index_metadata.pickle"
_GRAPH_HEADER = "header.bin"
_HEADER = struct.Struct("<20xQQ")
"""hnswlib's, from its 21st byte: points, and bytes of a point in its lowest level."""
_QUERIES = 500  # at a time
_SAME = 1e-4  # distances below this are the same vector, in float32

HNSW: Any = {"space": "cosine", "ef_construction": 200, "ef_search": 200, "sync_threshold": 1}
"""With Chroma's defaults (100, 100) one or two of 2,000 clustered vectors of length 384 don't
find themselves, before and after 20 rounds of replacing a third (its issue 7758); with these
none. M stays at 16. The graph is written with each change: until it has been (1,000 passages by
default), Chroma writes an empty one, as long as a full one, whenever its collection is read."""
_AT_ONCE = 1000
"""Passages handed over at once: by the hundred, Chroma takes half as long again."""


class VectorIndex:
    """Passages by their vectors, nearest first by cosine."""

    wears_out: ClassVar[bool] = True

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._open()

    def _open(self) -> None:
        try:
            self._client: Any = chromadb.PersistentClient(
                str(self._folder), settings=ChromaSettings(anonymized_telemetry=False)
            )
            self._collection: Any = self._client.get_or_create_collection(
                _COLLECTION,
                embedding_function=None,
                configuration={"hnsw": HNSW},
            )
            made_with = self._collection.configuration_json["hnsw"]
            if any(made_with[name] != value for name, value in HNSW.items()):
                raise ValueError(f"it was made with other settings: {made_with}")
        except Exception:
            # Chroma keeps the client that failed to start and would hand it out again.
            SharedSystemClient.clear_system_cache()
            raise

    def close(self) -> None:
        """Let go of the files."""
        self._client.close()

    def seal(self) -> None:
        """Close it after a change, with nothing in its files but what is indexed."""
        self.close()
        for graph in self._folder.glob(f"*/{_GRAPH_HEADER}"):
            _blank_unused(graph.parent)

    def change(self, removed: Sequence[str], added: Iterable[Batch]) -> None:
        """Drop the documents with these ids, then add passages with their vectors."""
        if removed:
            self._collection.delete(where={"document_id": {"$in": list(removed)}})
        for batch in _chunks(added, min(_AT_ONCE, self._client.get_max_batch_size())):
            self._enter(batch)
            self.mend(batch)

    def _enter(self, batch: Batch) -> None:
        self._collection.upsert(
            ids=[passage.id for passage in batch.passages],
            embeddings=batch.vectors,
            metadatas=[{"document_id": passage.document_id} for passage in batch.passages],
        )

    def missing(self, batch: Batch) -> int:
        """How many of the passages are not the nearest to their own vectors."""
        return len(self._missing(batch))

    def mend(self, batch: Batch) -> int:
        """Link those passages anew that don't find themselves; how many still don't."""
        rows = self._missing(batch)
        if rows:
            lost = Batch(tuple(batch.passages[row] for row in rows), batch.vectors[rows])
            # Entered over itself a vector is moved within the graph, which may cut off others.
            self._collection.delete(ids=[passage.id for passage in lost.passages])
            self._enter(lost)
            rows = self._missing(lost)
        return len(rows)

    def _missing(self, batch: Batch) -> list[int]:
        """Rows of the passages that aren't found. One with a twin is found with its twin."""
        rows = []
        for start in range(0, len(batch.passages), _QUERIES):
            found = self._collection.query(
                query_embeddings=batch.vectors[start : start + _QUERIES],
                n_results=1,
                include=["distances"],
            )
            for row, (ids, distances) in enumerate(
                zip(found["ids"], found["distances"], strict=True), start
            ):
                if not ids or (ids[0] != batch.passages[row].id and distances[0] > _SAME):
                    rows.append(row)
        return rows

    def forget(self, remaining: Iterable[Batch]) -> None:
        """Nothing to do: no text is held."""

    def copy_to(self, folder: Path) -> None:
        """Put a copy of the files into a folder, while others may read."""
        shutil.copytree(
            self._folder,
            folder,
            ignore=lambda _, names: [name for name in names if name.startswith(_DATABASE)],
            dirs_exist_ok=True,
        )
        with (
            closing(sqlite3.connect(self._folder / _DATABASE)) as source,
            closing(sqlite3.connect(folder / _DATABASE)) as copy,
        ):
            source.backup(copy)

    def unchanging_files(self) -> list[Path]:
        """The graph, once it has been written: before that, opening it writes it empty.

        Chroma touches its SQLite file whenever it is opened.
        """
        return [
            file
            for graph in self._folder.glob(f"*/{_GRAPH_WRITTEN}")
            for file in sorted(graph.parent.iterdir())
        ]

    def __len__(self) -> int:
        return int(self._collection.count())

    def search(
        self, vector: npt.NDArray[np.float32], limit: int, documents: Sequence[str] = ()
    ) -> dict[str, float]:
        """Cosine similarities (-1 to 1) by passage id, best first."""
        found = self._collection.query(
            query_embeddings=vector[None, :],
            n_results=limit,
            where={"document_id": {"$in": list(documents)}} if documents else None,
            include=["distances"],
        )
        # Chroma's cosine distance is 1 - similarity; this is the only place that knows.
        return {
            passage_id: 1.0 - distance
            for passage_id, distance in zip(found["ids"][0], found["distances"][0], strict=True)
        }


def _blank_unused(graph: Path) -> None:
    """Zero what hnswlib wrote for points that aren't there: it is whatever lay in memory."""
    points, size = _HEADER.unpack_from((graph / _GRAPH_HEADER).read_bytes())
    for file, width in ((graph / "data_level0.bin", size), (graph / "length.bin", 4)):
        unused = file.stat().st_size - points * width
        if unused < 0 or unused % width:
            log.warning("%s isn't laid out as hnswlib does: its unused part stays as it is", file)
            continue
        with file.open("r+b") as written:
            written.seek(points * width)
            written.write(bytes(unused))


def _chunks(added: Iterable[Batch], limit: int) -> Iterator[Batch]:
    """The same passages in order, ``limit`` at a time, whatever document they are of."""
    waiting: list[Batch] = []
    count = 0
    for batch in added:
        waiting.append(batch)
        count += len(batch.passages)
        while count >= limit:
            joined = _joined(waiting)
            yield Batch(joined.passages[:limit], joined.vectors[:limit])
            waiting = [Batch(joined.passages[limit:], joined.vectors[limit:])]
            count -= limit
    if count:
        yield _joined(waiting)


def _joined(batches: Sequence[Batch]) -> Batch:
    passages = tuple(passage for batch in batches for passage in batch.passages)
    vectors = [batch.vectors for batch in batches if batch.passages]
    return Batch(passages, np.concatenate(vectors) if vectors else np.empty((0, 0), np.float32))
