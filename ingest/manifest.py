"""The manifest.csv beside documents: what each is called and where it comes from."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

from errors import CorruptFile
from ingest.noise.controls import printable

NAME = "manifest.csv"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a manifest; only ``file``, a path relative to the manifest, must be given."""

    file: str
    title: str = ""
    publisher: str = ""
    date: str = ""
    source: str = ""
    licence: str = ""
    sha256: str = ""


def manifest_entry(path: Path, sha256: str = "") -> Entry | None:
    """What the manifest in the folder of ``path`` says about the file; None without a line.

    ``sha256`` is the file's own, in hexadecimal; where it is given, the manifest's must be
    the same. Raises CorruptFile when it isn't, or when the manifest can't be read.
    """
    manifest = path.parent / NAME
    try:
        if not manifest.is_file():
            return None
        stamp = manifest.stat()
    except OSError as error:
        raise _unreadable(manifest, error) from error
    entry = _by_file(manifest, stamp.st_mtime_ns, stamp.st_size, stamp.st_ino).get(path.name)
    if entry and entry.sha256 and sha256 and entry.sha256.lower() != sha256:
        raise _differs(entry.sha256.lower(), sha256)
    return entry


@lru_cache(maxsize=16)
def _by_file(manifest: Path, changed: int, size: int, inode: int) -> dict[str, Entry]:
    """The first line for each file; read anew when the manifest's stamp has changed."""
    return {entry.file: entry for entry in reversed(read_manifest(manifest))}


def read_manifest(manifest: Path) -> tuple[Entry, ...]:
    """The lines of a manifest in order; unknown columns are ignored. Raises CorruptFile."""
    try:
        text = manifest.read_text(encoding="utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(manifest, error) from error
    if rows and "file" not in rows[0]:
        raise CorruptFile(
            f"清单 {manifest} 没有 file 一列，只有 {'、'.join(rows[0])}。请在首行加上列名 file。",
            f"the manifest {manifest} has no column 'file', only {', '.join(rows[0])}. "
            "Name that column in its first line.",
        )
    names = [field.name for field in fields(Entry)]
    return tuple(
        Entry(**{name: printable(row.get(name) or "") for name in names})
        for row in rows
        if (row["file"] or "").strip()
    )


def _unreadable(manifest: Path, error: Exception) -> CorruptFile:
    return CorruptFile(
        f"读不了清单 {manifest}：{error}。请存成 UTF-8 编码的 CSV，或删去它。",
        f"can't read the manifest {manifest}: {error}. Save it as CSV in UTF-8, or delete it.",
    )


def _differs(expected: str, found: str) -> CorruptFile:
    return CorruptFile(
        f"文件与清单不符：清单写的 SHA-256 是 {expected[:12]}…，文件是 {found[:12]}…。"
        f"请换回原文件；如果改动是有意的，请更新同目录 {NAME} 里的 sha256。",
        f"the file differs from what the manifest says: SHA-256 {expected[:12]}… there, "
        f"{found[:12]}… here. Restore the file, or update its sha256 in {NAME} beside it.",
    )
