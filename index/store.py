"""The truth: one SQLite file with documents, passages and their vectors.

Each change of a document is one transaction and raises the generation by one. A document
carries the generation it entered with, a removal the generation it happened in, so that a
derived index can ask what it has missed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from errors import DocumentNotFound, LibraryMismatch
from index.database import Database
from index.rows import (
    DOCUMENT_COLUMNS,
    PASSAGE_COLUMNS,
    document_of,
    document_row,
    passage_of,
    passage_row,
)
from records import Document, Passage

SCHEMA_VERSION = 2
_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS documents (
    id TEXT PRIMARY KEY, path TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL,
    title TEXT NOT NULL, publisher TEXT NOT NULL, date TEXT NOT NULL,
    raw TEXT NOT NULL, text TEXT NOT NULL, origins BLOB NOT NULL, structure TEXT NOT NULL,
    pages INTEGER NOT NULL, characters INTEGER NOT NULL,
    ingested_at TEXT NOT NULL, generation INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS passages (
    id TEXT PRIMARY KEY,
    document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    start INTEGER NOT NULL, end INTEGER NOT NULL, headings TEXT NOT NULL,
    page INTEGER, kind TEXT NOT NULL, header TEXT NOT NULL, text TEXT NOT NULL,
    vector BLOB NOT NULL, cells TEXT NOT NULL DEFAULT '[]');
CREATE INDEX IF NOT EXISTS passages_by_document ON passages(document_id, start);
CREATE TABLE IF NOT EXISTS removals (document_id TEXT NOT NULL, generation INTEGER NOT NULL);
"""
# In the table these columns lie behind the texts, which would all be read to get at them.
_INDEXES = (
    "CREATE INDEX IF NOT EXISTS documents_by_generation ON documents(generation)",
    "CREATE INDEX IF NOT EXISTS documents_as_listed ON documents"
    " (title, id, path, sha256, publisher, date, pages, characters, ingested_at)",
)
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
        self._file = Database(path)
        if not self._database.execute("SELECT 1 FROM sqlite_master").fetchone():
            with self._file.transaction() as database:
                # one statement at a time: executescript would end the transaction
                for statement in filter(str.strip, _SCHEMA.split(";")):
                    database.execute(statement)
                self._set_fact("schema", str(SCHEMA_VERSION))
        version = self._migrated()
        if version != str(SCHEMA_VERSION):
            raise LibraryMismatch(
                f"资料库 {path} 的格式版本是 {version}，本程序使用 {SCHEMA_VERSION}。"
                "请换一个 --home 重新导入，或使用相应版本的有据。",
                f"the library {path} has schema version {version}, this program uses "
                f"{SCHEMA_VERSION}: ingest again into another --home, or use that version.",
            )

    def _migrated(self) -> str | None:
        """The schema's version, after what an older one lacks was added."""
        with self._file.transaction() as database:
            version = self.fact("schema")
            if version == "1":
                database.execute("ALTER TABLE passages ADD COLUMN cells TEXT NOT NULL DEFAULT '[]'")
                version = str(SCHEMA_VERSION)
                self._set_fact("schema", version)
            for statement in _INDEXES if version == str(SCHEMA_VERSION) else ():
                database.execute(statement)
        return version

    @property
    def _database(self) -> sqlite3.Connection:
        return self._file.connection

    def close(self) -> None:
        """Close this thread's connection."""
        self._file.close()

    def fact(self, name: str) -> str | None:
        """A named value that belongs to the library as a whole."""
        row = self._database.execute("SELECT value FROM facts WHERE name = ?", [name]).fetchone()
        return None if row is None else str(row[0])

    def _set_fact(self, name: str, value: str) -> None:
        self._database.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", [name, value])

    def manifest(self) -> dict[str, Any]:
        """What the passages were made with; empty before the first document."""
        found: dict[str, Any] = json.loads(self.fact("manifest") or "{}")
        return found

    def generation(self) -> int:
        """How many changes the library has seen."""
        return int(self.fact("generation") or 0)

    def _advance(self) -> int:
        generation = self.generation() + 1
        self._set_fact("generation", str(generation))
        return generation

    def set_manifest(self, manifest: dict[str, Any]) -> None:
        """Declare that all passages are made with this."""
        with self._file.transaction():
            self._set_fact("manifest", json.dumps(manifest, ensure_ascii=False))

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
                f"INSERT INTO passages (id, {PASSAGE_COLUMNS}, vector)"
                f" VALUES ({', '.join('?' * 11)})",
                (
                    [passage.id, *passage_row(passage), vector.astype("<f4").tobytes()]
                    for passage, vector in zip(batch.passages, batch.vectors, strict=True)
                ),
            )

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
        ids = list(document_ids)
        marks = ", ".join("?" * len(ids))
        rows = self._database.execute(f"SELECT id, title FROM documents WHERE id IN ({marks})", ids)
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
        rows = self._database.execute(
            f"SELECT {PASSAGE_COLUMNS}, vector FROM passages WHERE document_id = ? ORDER BY rowid",
            [document_id],
        ).fetchall()
        vectors = [np.frombuffer(row[-1], "<f4") for row in rows]
        stacked = np.stack(vectors) if vectors else np.empty((0, 0), np.float32)
        return Batch(tuple(passage_of(row[:-1]) for row in rows), stacked.astype(np.float32))

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

    def count(self) -> int:
        """The number of passages."""
        return int(self._database.execute("SELECT count(*) FROM passages").fetchone()[0])


def document_not_found(document_id: str) -> DocumentNotFound:
    """The error to raise for an id that no document has."""
    return DocumentNotFound(
        f"资料库里没有编号为 {document_id} 的文档。请用 youju docs list 查看编号。",
        f"no document has the id {document_id}: see youju docs list.",
    )
