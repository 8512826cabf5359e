"""Vectors in Chroma. Derived from the store: it can be deleted at any time.

Chroma's Python server is never started (CVE-2026-45829), its telemetry is off, and no
embedding function of its own is ever loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
import numpy.typing as npt
from chromadb.api.client import SharedSystemClient
from chromadb.config import Settings as ChromaSettings

from index.store import Batch

_COLLECTION = "passages"
_AT_ONCE = 1000
"""Passages handed over at once: by the hundred, Chroma takes half as long again."""


class VectorIndex:
    """Passages by their vectors, nearest first by cosine."""

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
                _COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
            )
        except Exception:
            # Chroma keeps the client that failed to start and would hand it out again.
            SharedSystemClient.clear_system_cache()
            raise

    def refresh(self) -> None:
        """See what another process wrote: Chroma reads a folder's index once a client."""
        self.close()
        self._open()

    def close(self) -> None:
        """Let go of the files."""
        self._client.close()

    def change(self, removed: Sequence[str], added: Iterable[Batch]) -> None:
        """Drop the documents with these ids, then add passages with their vectors."""
        if removed:
            self._collection.delete(where={"document_id": {"$in": list(removed)}})
        for passages, vectors in _chunks(added, min(_AT_ONCE, self._client.get_max_batch_size())):
            self._collection.upsert(
                ids=[passage.id for passage in passages],
                embeddings=vectors,
                metadatas=[{"document_id": passage.document_id} for passage in passages],
            )

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


def _chunks(added: Iterable[Batch], limit: int) -> Iterator[Batch]:
    """The same passages in order, ``limit`` at a time, whatever document they are of."""
    waiting: list[Batch] = []
    for batch in added:
        waiting.append(batch)
        while sum(len(each.passages) for each in waiting) >= limit:
            joined = _joined(waiting)
            yield Batch(joined.passages[:limit], joined.vectors[:limit])
            waiting = [Batch(joined.passages[limit:], joined.vectors[limit:])]
    joined = _joined(waiting)
    if joined.passages:
        yield joined


def _joined(batches: Sequence[Batch]) -> Batch:
    passages = tuple(passage for batch in batches for passage in batch.passages)
    vectors = [batch.vectors for batch in batches if batch.passages]
    return Batch(passages, np.concatenate(vectors) if vectors else np.empty((0, 0), np.float32))
