"""New passages for all documents, made beside the library, then put in their place at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

FILE = "rebuild.sqlite"


@contextmanager
def staged(folder: Path, columns: str, rows: Iterable[list[Any]]) -> Iterator[Path]:
    """A file in ``folder`` whose table ``passages`` holds the rows; it is deleted afterwards.

    What a killed process left of it is deleted first.
    """
    file = folder / FILE
    discard(folder)
    marks = ", ".join("?" * len(columns.split(",")))
    try:
        with closing(sqlite3.connect(file)) as database, database:
            database.execute("PRAGMA synchronous = OFF")
            database.execute(f"CREATE TABLE passages ({columns})")
            database.executemany(f"INSERT INTO passages VALUES ({marks})", rows)
        yield file
    finally:
        discard(folder)


def discard(folder: Path) -> None:
    """Delete the file, and SQLite's journal beside it."""
    for name in (FILE, f"{FILE}-journal"):
        (folder / name).unlink(missing_ok=True)
