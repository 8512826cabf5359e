"""The truth: one SQLite file with documents, passages and their vectors.

Each change of a document is one transaction and raises the generation by one. A document
carries the generation it entered with, a removal the generation it happened in, so that a
derived index can ask what it has missed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from errors import DocumentNotFound
from index.rows import (
    DOCUMENT_COLUMNS,
    PASSAGE_COLUMNS,
    document_of,
    document_row,
    passage_of,
    passage_row,
)
from index.schema import discard_backups, fact, opened, set_fact
from index.staging import discard, staged
from records import Document, Passage

_INSERTED = f"id, {PASSAGE_COLUMNS}, vector"
_ENTRY = (
    "d.id, title, path, sha256, publisher, date, pages, characters,"
    " (SELECT count(*) FROM passages WHERE document_id = d.id), ingested_at"
)

Vectors = npt.NDArray[np.float32]


class Batch(NamedTuple):
    """The passages of a document, in order, and their vectors, one row each."""

    passages: tuple[Passage, ...]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as it is listed. ``ingested_at`` is UTC, ISO 8601."""

    id: str
    title: str
    path: str
    sha256: str
    publisher: str
    date: str
    pages: int
    characters: int
    passages: int
    ingested_at: str


class Store:
    """Documents and passages in SQLite. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Opens or makes the file. Raises LibraryDamaged, LibraryMismatch, LibraryUnwritable."""
        self._file = opened(path)

    @property
    def _database(self) -> sqlite3.Connection:
        return self._file.connection

    @property
    def path(self) -> Path:
        """The SQLite file."""
        return self._file.path

    def close(self) -> None:
        """Close this thread's connection."""
        self._file.close()

    def check(self) -> None:
        """Look through the whole file. Raises LibraryDamaged."""
        self._file.check()

    def empty_log(self) -> bool:
        """Bring all changes into the file itself; False while somebody still reads older ones."""
        return self._file.empty_log()

    def is_clean(self) -> bool:
        """Whether of all that has left, nothing is in the library's files."""
        (removed,) = self._database.execute("SELECT max(generation) FROM removals").fetchone()
        return (removed or 0) <= int(fact(self._database, "cleaned") or 0)

    def set_clean(self, generation: int) -> None:
        """Note that nothing is in the files of what had left at this generation."""
        with self._file.transaction():
            set_fact(self._database, "cleaned", str(generation))

    def discard_copies(self) -> None:
        """Delete backups of older schemas and what is left of a rebuild."""
        discard(self._file.path.parent)
        discard_backups(self._file.path)

    def manifest(self) -> dict[str, Any]:
        """What the passages were made with; empty before the first document."""
        found: dict[str, Any] = json.loads(fact(self._database, "manifest") or "{}")
        return found

    def generation(self) -> int:
        """How many changes the library has seen."""
        return int(fact(self._database, "generation") or 0)

    def _advance(self) -> int:
        generation = self.generation() + 1
        set_fact(self._database, "generation", str(generation))
        return generation

    def set_manifest(self, manifest: dict[str, Any]) -> None:
        """Declare that all passages are made with this."""
        with self._file.transaction():
            set_fact(self._database, "manifest", json.dumps(manifest, ensure_ascii=False))

    def put(self, document: Document, batch: Batch) -> None:
        """Enter a document in one transaction; what stood at its path, or had its id, leaves."""
        with self._file.transaction() as database:
            generation = self._advance()
            rows = database.execute(
                "SELECT id FROM documents WHERE path = ? OR id = ?", [document.path, document.id]
            ).fetchall()
            for (old,) in rows:
                self._drop(old, generation)
            database.execute(
                f"INSERT INTO documents VALUES ({', '.join('?' * 14)})",
                [*document_row(document), datetime.now(UTC).isoformat("T", "seconds"), generation],
            )
            database.executemany(
                f"INSERT INTO passages ({_INSERTED}) VALUES ({', '.join('?' * 11)})", _rows(batch)
            )

    def remake(self, made: Iterable[Batch], manifest: dict[str, Any]) -> None:
        """Put these passages in the place of all others, and the manifest, in one transaction.

        Until then, while ``made`` is being worked off, nothing changes.
        """
        rows = (row for batch in made for row in _rows(batch))
        with staged(self._file.path.parent, _INSERTED, rows) as file:
            self._database.execute("ATTACH DATABASE ? AS staging", [str(file)])
            try:
                with self._file.transaction() as database:
                    database.execute("DELETE FROM passages")
                    database.execute(
                        f"INSERT INTO passages ({_INSERTED})"
                        " SELECT * FROM staging.passages ORDER BY rowid"
                    )
                    database.execute("UPDATE documents SET generation = ?", [self._advance()])
                    set_fact(self._database, "manifest", json.dumps(manifest, ensure_ascii=False))
            finally:
                self._database.execute("DETACH DATABASE staging")

    def remove(self, document_id: str) -> None:
        """Take a document out in one transaction. Raises DocumentNotFound."""
        with self._file.transaction() as database:
            known = database.execute("SELECT 1 FROM documents WHERE id = ?", [document_id])
            if known.fetchone() is None:
                raise document_not_found(document_id)
            self._drop(document_id, self._advance())

    def _drop(self, document_id: str, generation: int) -> None:
        self._database.execute("DELETE FROM documents WHERE id = ?", [document_id])
        self._database.execute("INSERT INTO removals VALUES (?, ?)", [document_id, generation])

    def move(self, document_id: str, path: str) -> None:
        """Note that a document's file now lies at ``path``; nothing else changes."""
        with self._file.transaction() as database:
            self._advance()
            database.execute("UPDATE documents SET path = ? WHERE id = ?", [path, document_id])

    def describe(self, document_id: str, title: str, publisher: str, date: str) -> None:
        """Correct what is known about a document; its text stays."""
        with self._file.transaction() as database:
            self._advance()
            database.execute(
                "UPDATE documents SET title = ?, publisher = ?, date = ? WHERE id = ?",
                [title, publisher, date, document_id],
            )

    def changes_since(self, generation: int) -> tuple[list[str], list[str]]:
        """Ids of the documents that left, and of those that came and are still here."""
        removed = self._database.execute(
            "SELECT DISTINCT document_id FROM removals WHERE generation > ?", [generation]
        )
        added = self._database.execute(
            "SELECT id FROM documents WHERE generation > ? ORDER BY generation", [generation]
        )
        return [row[0] for row in removed], [row[0] for row in added]

    def entries(self) -> tuple[Entry, ...]:
        """All documents as they are listed, by title."""
        rows = self._database.execute(f"SELECT {_ENTRY} FROM documents d ORDER BY title, d.id")
        return tuple(Entry(*row) for row in rows)

    def entry(self, document_id: str) -> Entry:
        """One document as it is listed. Raises DocumentNotFound."""
        row = self._database.execute(
            f"SELECT {_ENTRY} FROM documents d WHERE d.id = ?", [document_id]
        ).fetchone()
        if row is None:
            raise document_not_found(document_id)
        return Entry(*row)

    def is_empty(self) -> bool:
        """Whether there is no document."""
        return self._database.execute("SELECT 1 FROM documents LIMIT 1").fetchone() is None

    def titles(self, document_ids: Iterable[str]) -> dict[str, str]:
        """Titles by id of those of the documents that exist."""
        return self._by_id("title", list(document_ids))

    def dates(self, document_ids: Iterable[str]) -> dict[str, str]:
        """Dates by id of those of the documents that exist, empty where none is known."""
        return self._by_id("date", list(document_ids))

    def _by_id(self, column: str, ids: Sequence[str]) -> dict[str, str]:
        marks = ", ".join("?" * len(ids))
        rows = self._database.execute(
            f"SELECT id, {column} FROM documents WHERE id IN ({marks})", ids
        )
        return dict(rows.fetchall())

    def document(self, document_id: str) -> Document:
        """A whole document. Raises DocumentNotFound."""
        row = self._database.execute(
            f"SELECT {DOCUMENT_COLUMNS} FROM documents WHERE id = ?",
            [document_id],
        ).fetchone()
        if row is None:
            raise document_not_found(document_id)
        return document_of(row)

    def batch(self, document_id: str) -> Batch:
        """A document's passages in order, with their vectors."""
        return _batch(
            self._database.execute(
                f"SELECT {PASSAGE_COLUMNS}, vector FROM passages WHERE document_id = ?"
                " ORDER BY rowid",
                [document_id],
            )
        )

    def batches(self) -> Iterator[Batch]:
        """The batches of all documents, in the order in which they came."""
        ids = self._database.execute("SELECT id FROM documents ORDER BY generation, rowid")
        for (document_id,) in ids.fetchall():
            yield self.batch(document_id)

    def sample(self, size: int) -> Batch:
        """Passages drawn at random from all documents, with their vectors."""
        return _batch(
            self._database.execute(
                f"SELECT {PASSAGE_COLUMNS}, vector FROM passages WHERE rowid IN"
                " (SELECT rowid FROM passages ORDER BY random() LIMIT ?)",
                [size],
            )
        )

    def vectors_of(self, document_ids: Sequence[str] = ()) -> tuple[list[str], Vectors]:
        """The passages of all documents or of these: ids, and vectors (passages, dimension)."""
        query = "SELECT id, vector FROM passages" + _among(document_ids)
        rows = self._database.execute(query, list(document_ids)).fetchall()
        return [row[0] for row in rows], _stacked([row[1] for row in rows])

    def passages_of(self, document_id: str) -> tuple[Passage, ...]:
        """A document's passages in order; none for an unknown id."""
        rows = self._database.execute(
            f"SELECT {PASSAGE_COLUMNS} FROM passages WHERE document_id = ? ORDER BY rowid",
            [document_id],
        )
        return tuple(map(passage_of, rows))

    def passages(self, passage_ids: Sequence[str]) -> dict[str, Passage]:
        """Those of the passages that exist, by id."""
        marks = ", ".join("?" * len(passage_ids))
        rows = self._database.execute(
            f"SELECT {PASSAGE_COLUMNS} FROM passages WHERE id IN ({marks})", list(passage_ids)
        )
        return {passage.id: passage for passage in map(passage_of, rows)}

    def document_count(self) -> int:
        """The number of documents."""
        return int(self._database.execute("SELECT count(*) FROM documents").fetchone()[0])

    def count(self, document_ids: Sequence[str] = ()) -> int:
        """The number of passages, of all documents or of these."""
        query = "SELECT count(*) FROM passages" + _among(document_ids)
        return int(self._database.execute(query, list(document_ids)).fetchone()[0])


def _among(document_ids: Sequence[str]) -> str:
    """The condition that a passage is of these documents; none for no documents."""
    return f" WHERE document_id IN ({', '.join('?' * len(document_ids))})" if document_ids else ""


def _rows(batch: Batch) -> Iterator[list[Any]]:
    """The values of _INSERTED, passage by passage."""
    for passage, vector in zip(batch.passages, batch.vectors, strict=True):
        yield [passage.id, *passage_row(passage), vector.astype("<f4").tobytes()]


def _batch(rows: Iterable[Sequence[Any]]) -> Batch:
    """What rows of PASSAGE_COLUMNS and the vector hold."""
    found = list(rows)
    passages = tuple(passage_of(row[:-1]) for row in found)
    return Batch(passages, _stacked([row[-1] for row in found]))


def _stacked(blobs: Sequence[bytes]) -> Vectors:
    if not blobs:
        return np.empty((0, 0), np.float32)
    return np.frombuffer(b"".join(blobs), "<f4").reshape(len(blobs), -1).astype(np.float32)


def document_not_found(document_id: str) -> DocumentNotFound:
    """The error to raise for an id that no document has."""
    return DocumentNotFound(
        f"资料库里没有编号为 {document_id} 的文档。请用 youju docs list 查看编号。",
        f"no document has the id {document_id}: see youju docs list.",
    )
