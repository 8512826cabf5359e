"""SQLite files as this program keeps them: durable, and open to many threads and processes."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from errors import LibraryDamaged
from index.disk import full_disk, require_writable

_PATIENCE = 10.0  # seconds to wait for another writer


class Database:
    """One SQLite file in WAL mode with a connection for each thread; made when first used.

    A committed transaction outlives the process and a loss of power; what is deleted is
    overwritten.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection; outside of ``transaction`` each statement is one.

        Raises LibraryDamaged, LibraryUnwritable.
        """
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._told():
                connection = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None)
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("PRAGMA secure_delete = ON")
            self._local.connection = connection
        return connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, as the one writer; waits for another one to end.

        Raises LibraryDamaged, LibraryUnwritable.
        """
        connection = self.connection
        with self._told():
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # what went wrong first is what matters
                    connection.execute("ROLLBACK")
                raise

    def check(self) -> None:
        """Look through the whole file. Raises LibraryDamaged."""
        with self._told():
            (said,) = self.connection.execute("PRAGMA quick_check(1)").fetchone()
        if said != "ok":
            raise damaged(self.path, " ".join(said.split()))

    def back_up(self, path: Path) -> None:
        """Write a copy as of now, whole or not at all."""
        partial = path.with_name(f"{path.name}.partial")
        with (
            self._told(),
            closing(sqlite3.connect(self.path)) as source,
            closing(sqlite3.connect(partial)) as copy,
        ):
            source.backup(copy)
        partial.replace(path)

    def empty_log(self) -> bool:
        """Bring all that was committed into the file itself; the log beside it becomes empty.

        False while another connection still reads: file and log then keep what they held.
        """
        with self._told():
            (busy, *_) = self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What SQLite says of damaged files and full disks, in our words."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                raise damaged(self.path, str(error)) from error
            if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
                require_writable(self.path.parent)
            full = full_disk(error, self.path.parent)
            if full is not None:
                raise full from error
            raise

    def close(self) -> None:
        """Close this thread's connection."""
        if getattr(self._local, "connection", None) is not None:
            self._local.connection.close()
            self._local.connection = None


def damaged(path: Path, reason: str) -> LibraryDamaged:
    """The error to raise for a file that can't be trusted."""
    return LibraryDamaged(
        f"文件 {path} 已损坏或丢失（{reason}）。没有改动它。"
        "请把它移到别处，从备份恢复；没有备份时换一个 --home 重新导入。",
        f"the file {path} is damaged or gone ({reason}); nothing was written to it. Move it "
        "aside and restore a backup; without one, ingest again into another --home.",
    )
