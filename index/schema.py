"""The store's file: its tables, its versions, and how an older one is brought up to date."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from errors import LibraryMismatch
from index.database import Database

SCHEMA_VERSION = 3
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
_INDEXES = """
CREATE INDEX IF NOT EXISTS documents_by_generation ON documents(generation);
CREATE INDEX IF NOT EXISTS documents_as_listed ON documents
    (title, id, path, sha256, publisher, date, pages, characters, ingested_at);
"""
_MIGRATIONS = {
    "1": "ALTER TABLE passages ADD COLUMN cells TEXT NOT NULL DEFAULT '[]'",
    "2": _INDEXES,
}
"""What brings each older version of the schema to the next one."""
CHECKED_BYTES = 64_000_000  # a file up to this size is looked through on opening


def opened(path: Path) -> Database:
    """The file, made if there is none, brought up to date after a backup beside it.

    Raises LibraryDamaged, LibraryUnwritable, and LibraryMismatch for a newer schema.
    """
    file = Database(path)
    if path.exists() and path.stat().st_size <= CHECKED_BYTES:
        file.check()
    if not file.connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        _create(file)
    version = fact(file.connection, "schema")
    if version in _MIGRATIONS:
        version = _migrated(file)
    if version != str(SCHEMA_VERSION):
        raise LibraryMismatch(
            f"资料库 {path} 的格式版本是 {version}，本程序使用 {SCHEMA_VERSION}。"
            "没有改动它。请使用相应版本的有据，或换一个 --home 重新导入。",
            f"the library {path} has schema version {version}, this program uses "
            f"{SCHEMA_VERSION}; nothing was changed: use that version of Youju, or ingest "
            "again into another --home.",
        )
    return file


def _create(file: Database) -> None:
    with file.transaction() as database:
        _execute(database, _SCHEMA + _INDEXES)
        set_fact(database, "schema", str(SCHEMA_VERSION))


def _execute(database: sqlite3.Connection, statements: str) -> None:
    """One at a time: executescript would end the transaction."""
    for statement in filter(str.strip, statements.split(";")):
        database.execute(statement)


def _migrated(file: Database) -> str | None:
    """The schema's version, after what an older one lacks was added."""
    with file.transaction() as database:
        version = fact(database, "schema")  # another process may have been faster
        if version in _MIGRATIONS:
            file.back_up(backup_of(file.path, version))
        while version in _MIGRATIONS:
            _execute(database, _MIGRATIONS[version])
            version = str(int(version) + 1)
            set_fact(database, "schema", version)
    return version


def fact(database: sqlite3.Connection, name: str) -> str | None:
    """A named value that belongs to the library as a whole."""
    row = database.execute("SELECT value FROM facts WHERE name = ?", [name]).fetchone()
    return None if row is None else str(row[0])


def set_fact(database: sqlite3.Connection, name: str, value: str) -> None:
    """Note a value that belongs to the library as a whole."""
    database.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", [name, value])


def backup_of(library: Path, version: str) -> Path:
    """Where the library was copied to before it left this version of the schema."""
    return library.with_name(f"{library.name}.schema-{version}")


def discard_backups(library: Path) -> None:
    """Delete what was copied before schemas were brought up to date."""
    for version in _MIGRATIONS:
        backup_of(library, version).unlink(missing_ok=True)
