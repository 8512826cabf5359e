"""A backup back into a library, whole or not at all, also while a page serves it.

The file is unpacked and checked beside the library first. Then library and conversations are
written through SQLite, each in one transaction, into the files that others have open; so they
see the restored content without being told. The generation goes up beyond both libraries', and
without their markers the derived indexes are made anew.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from app import archive
from app.archive import FOLDERS, LIBRARY, Manifest
from app.backup import backup
from app.conversations import schema
from app.conversations.schema import FILE as CONVERSATIONS
from app.upload_folder import UPLOADS, discard, keep
from errors import BackupError
from index.library import Library
from index.schema import SCHEMA_VERSION
from index.store import Store

_STAGE = ".restoring-"
_ASIDE = "replaced-"


def restore(file: Path, library: Library, replace: bool = False) -> Manifest:
    """Put a backup in the library's place; what it held.

    What stood there is backed up beside it until the restored library stands. Raises
    LibraryBusy, and BackupError: for a file that is no whole backup, one of a newer version, and
    for a library that holds something, unless ``replace``.
    """
    with library.writing(), archive.opened(file) as (zipped, manifest):
        _check_fit(file, manifest, library.home)
        if _holds_something(library) and not replace:
            raise BackupError(
                f"资料库 {library.home} 里已有内容。要替换它请加 --replace，"
                "或用 --home 恢复到别处。",
                f"the library {library.home} holds something: give --replace to replace it, or "
                "restore into another --home.",
            )
        for left in library.home.glob(f"{_STAGE}*"):  # by one that was killed
            shutil.rmtree(left, ignore_errors=True)
        with TemporaryDirectory(dir=library.home, prefix=_STAGE) as folder:
            staged = Path(folder)
            with archive.checked(file):
                archive.unpack(zipped, manifest, staged)
                _check_databases(staged, manifest)
                _relocate(staged / LIBRARY, manifest, library.home)
            with _aside(library.home):
                _put(staged, manifest, library)
    library.catch_up()
    return manifest


def set_damaged_aside(home: Path) -> Path | None:
    """Move a library file that is no database any more out of the way; where it went."""
    if not (home / LIBRARY).is_file():
        return None
    try:
        with closing(sqlite3.connect(home / LIBRARY)) as database:
            database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return None
    except sqlite3.OperationalError:  # busy, perhaps: not damaged
        return None
    except sqlite3.DatabaseError:
        place = home / f"damaged-{_stamp()}"
        place.mkdir()
        for part in (*home.glob(f"{LIBRARY}*"), *home.glob("*.generation")):
            os.replace(part, place / part.name)
        return place


def _check_fit(file: Path, manifest: Manifest, home: Path) -> None:
    """Raises BackupError for a newer library, and where there is no room for it."""
    if manifest.schema_version > SCHEMA_VERSION:
        raise BackupError(
            f"{file} 是更新版本的备份（格式 {manifest.schema_version}，本程序认识到 "
            f"{SCHEMA_VERSION}）。请先升级有据。",
            f"{file} was made by a newer version (schema {manifest.schema_version}, this program "
            f"knows up to {SCHEMA_VERSION}): upgrade Youju first.",
        )
    free, needed = shutil.disk_usage(home).free, 2 * manifest.size
    if free < needed:
        raise BackupError(
            f"{home} 所在磁盘只剩 {free / 1e6:.0f} MB，恢复需要 {needed / 1e6:.0f} MB。请先清理。",
            f"{free / 1e6:.0f} MB are free at {home}, restoring needs {needed / 1e6:.0f} MB: make "
            "room first.",
        )


def _holds_something(library: Library) -> bool:
    kept = [library.home / CONVERSATIONS, *(library.home / name for name in FOLDERS)]
    return not library.store.is_empty() or any(place.exists() for place in kept)


def _check_databases(staged: Path, manifest: Manifest) -> None:
    """Raises ValueError for a file that isn't sound, or is another than the manifest says.

    Older schemas are brought up to date. Raises LibraryMismatch for a newer one.
    """
    for name in (LIBRARY, CONVERSATIONS):
        if not (staged / name).exists():
            continue
        with closing(sqlite3.connect(staged / name)) as database:
            acting = "SELECT count(*) FROM sqlite_master WHERE type IN ('trigger', 'view')"
            if database.execute(acting).fetchone() != (0,):
                raise ValueError("a database with triggers or views")
            if database.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise ValueError("a damaged database")
    store = Store(staged / LIBRARY)
    found = store.generation(), store.document_count(), store.count()
    store.close()
    if found != (manifest.generation, manifest.documents, manifest.passages):
        raise ValueError("another library than the manifest describes")
    schema.opened(staged).close()  # made, where there were no conversations


def _relocate(file: Path, manifest: Manifest, home: Path) -> None:
    """Note where the uploads of a staged library are going to lie."""
    with closing(sqlite3.connect(file)) as database, database:
        rows = database.execute("SELECT id, sha256, path FROM documents").fetchall()
        for identifier, sha256, path in rows:
            name = f"{UPLOADS}/{sha256}/{Path(path).name}"
            if name in manifest.files:
                place = str(home.resolve() / name)
                database.execute("UPDATE documents SET path = ? WHERE id = ?", [place, identifier])


@contextmanager
def _aside(home: Path) -> Iterator[None]:
    """Keep a backup of what stands at ``home`` until the work is done; for good if it fails."""
    kept = home / f"{_ASIDE}{_stamp()}.zip"
    backup(home, kept)
    try:
        yield
    except Exception as error:
        raise BackupError(
            f"恢复没有完成（{type(error).__name__}）。原来的资料库备份在 {kept}，"
            f"可用 youju restore {kept} --replace 恢复。",
            f"the restoring was cut short ({type(error).__name__}). What stood there before is "
            f"backed up as {kept}: youju restore {kept} --replace brings it back.",
        ) from error
    kept.unlink()


def _put(staged: Path, manifest: Manifest, library: Library) -> None:
    home, store = library.home, library.store
    for name in manifest.files:
        folder, _, rest = name.partition("/")
        if folder == UPLOADS:
            keep(home, staged / name, *rest.split("/"))
    library.forget_indexes()
    _write_over(staged / LIBRARY, home / LIBRARY, beyond=store.generation())
    _write_over(staged / CONVERSATIONS, home / CONVERSATIONS)
    for name in FOLDERS:
        with suppress(FileNotFoundError):
            os.replace(home / name, staged / f"old-{name}")
        with suppress(FileNotFoundError):
            os.replace(staged / name, home / name)
    standing = {entry.path for entry in store.entries()}
    for file in [path for path in (home / UPLOADS).rglob("*") if path.is_file()]:
        if str(file.resolve()) not in standing:
            discard(file)


def _write_over(staged: Path, place: Path, beyond: int | None = None) -> None:
    """Put a database's content into the file at ``place``, in one transaction.

    ``beyond`` is a generation that a library's must exceed.
    """
    with closing(sqlite3.connect(staged)) as source, closing(sqlite3.connect(place)) as target:
        if beyond is not None:
            with source:
                source.execute(
                    "INSERT OR REPLACE INTO facts SELECT 'generation', 1 + max(?, coalesce((SELECT"
                    " CAST(value AS INTEGER) FROM facts WHERE name = 'generation'), 0))",
                    [beyond],
                )
        source.execute("PRAGMA journal_mode = DELETE")
        target.execute("PRAGMA journal_mode = WAL")
        target.execute("PRAGMA secure_delete = ON")
        source.backup(target)
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
