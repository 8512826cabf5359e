"""A library's parts into one file, while others read and write it."""

from __future__ import annotations

import os
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from app.archive import FOLDERS, LIBRARY, MANIFEST, Manifest, Packed, add
from app.conversations.schema import FILE as CONVERSATIONS
from app.upload_folder import UPLOADS
from errors import BackupError
from index.schema import SCHEMA_VERSION
from index.store import Store


@dataclass(frozen=True, slots=True)
class Backup:
    """What was written. ``missing`` counts uploads that were removed while it was."""

    manifest: Manifest
    missing: int


def backup(home: Path, file: Path) -> Backup:
    """Write the library below ``home`` into ``file``, which must not exist.

    Library and conversations are copied by SQLite's online backup, each as it is at one moment;
    readers and writers go on. Raises BackupError, OSError, sqlite3.Error.
    """
    if not (home / LIBRARY).is_file():
        raise BackupError(
            f"{home} 里没有资料库。请检查 --home。",
            f"there is no library in {home}: check --home.",
        )
    if file.exists():
        raise BackupError(
            f"{file} 已经存在，不会覆盖。请换一个文件名，或先删除它。",
            f"{file} exists and is not overwritten: choose another name, or delete it first.",
        )
    partial = file.with_name(f"{file.name}.partial")
    try:
        with TemporaryDirectory(dir=file.parent, prefix=".youju-backup-") as folder:
            written = _write(home, partial, Path(folder))
        os.replace(partial, file)
        return written
    finally:
        partial.unlink(missing_ok=True)


def _write(home: Path, partial: Path, folder: Path) -> Backup:
    files: dict[str, Packed] = {}
    missing = 0
    for name in (LIBRARY, CONVERSATIONS):
        if (home / name).is_file():
            snapshot(home / name, folder / name)
    store = Store(folder / LIBRARY)
    sources = dict(_sources(home, folder, store))
    descriptor = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    with os.fdopen(descriptor, "w+b") as target, zipfile.ZipFile(target, "w") as archive:
        for name, source in sources.items():
            try:
                with source.open("rb") as opened:
                    files[name] = add(archive, name, opened)
            except FileNotFoundError:
                missing += 1
        manifest = Manifest(
            made=datetime.now(UTC).isoformat("T", "seconds"),
            schema_version=SCHEMA_VERSION,
            generation=store.generation(),
            documents=store.document_count(),
            passages=store.count(),
            files=files,
        )
        archive.writestr(MANIFEST, manifest.model_dump_json())
    store.close()
    return Backup(manifest, missing)


def snapshot(source: Path, target: Path) -> None:
    """Copy an SQLite file that may be in use, as it is at one moment, into a file by itself."""
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target)) as copy:
        original.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")


def _sources(home: Path, folder: Path, store: Store) -> Iterator[tuple[str, Path]]:
    """Names in the archive and where each file lies: of uploads those that the snapshot knows."""
    for name in (LIBRARY, CONVERSATIONS):
        if (folder / name).is_file():
            yield name, folder / name
    for entry in store.entries():
        name = f"{UPLOADS}/{entry.sha256}/{Path(entry.path).name}"
        if Path(entry.path) == (home / name).resolve():
            yield name, home / name
    for kind in FOLDERS:
        for path in sorted((home / kind).rglob("*")):
            if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                yield path.relative_to(home).as_posix(), path
