"""The manifest.csv beside documents: what each is called and where it comes from."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass, fields
from pathlib import Path

from errors import CorruptFile

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


def manifest_entry(path: Path) -> Entry | None:
    """What the manifest in the folder of ``path`` says about the file; None without a line.

    Raises CorruptFile when the manifest can't be read, or when the file's SHA-256 is not
    the one that the manifest gives.
    """
    manifest = path.parent / NAME
    if not manifest.is_file():
        return None
    entry = next((each for each in read_manifest(manifest) if each.file == path.name), None)
    if entry and entry.sha256:
        _check(path, entry.sha256.lower())
    return entry


def read_manifest(manifest: Path) -> tuple[Entry, ...]:
    """The lines of a manifest in order; unknown columns are ignored. Raises CorruptFile."""
    try:
        text = manifest.read_text(encoding="utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CorruptFile(
            f"读不了清单 {manifest}：{error}。请存成 UTF-8 编码的 CSV，或删去它。",
            f"can't read the manifest {manifest}: {error}. Save it as CSV in UTF-8, or delete it.",
        ) from error
    if rows and "file" not in rows[0]:
        raise CorruptFile(
            f"清单 {manifest} 没有 file 一列，只有 {'、'.join(rows[0])}。请在首行加上列名 file。",
            f"the manifest {manifest} has no column 'file', only {', '.join(rows[0])}. "
            "Name that column in its first line.",
        )
    names = [field.name for field in fields(Entry)]
    return tuple(
        Entry(**{name: (row.get(name) or "").strip() for name in names})
        for row in rows
        if (row["file"] or "").strip()
    )


def _check(path: Path, expected: str) -> None:
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != expected:
        raise CorruptFile(
            f"文件与清单不符：清单写的 SHA-256 是 {expected[:12]}…，文件是 {found[:12]}…。"
            f"请换回原文件；如果改动是有意的，请更新同目录 {NAME} 里的 sha256。",
            f"the file differs from what the manifest says: SHA-256 {expected[:12]}… there, "
            f"{found[:12]}… here. Restore the file, or update its sha256 in {NAME} beside it.",
        )
