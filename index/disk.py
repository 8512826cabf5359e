"""When the disk is full or may not be written to: told as such, before or after the fact."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from pathlib import Path

from errors import LibraryUnwritable

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL_SQLITE = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE)
_FULL_WORDS = ("disk is full", "No space left", "os error 28", "File too large")


def require_writable(folder: Path) -> None:
    """Make the folder if need be. Raises LibraryUnwritable when it may not be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK | os.X_OK)
        reason = "read-only"
    except OSError as error:
        writable, reason = False, error.strerror or str(error)
    if not writable:
        raise LibraryUnwritable(
            f"不能写入资料库目录 {folder}（{reason}）；查询也需要写入权限。"
            "请检查权限和挂载方式，或用 --home 另选目录。",
            f"the library's folder {folder} can't be written to ({reason}), which asking needs, "
            "too: check its permissions and mount, or choose another with --home.",
        )


def require_space(folder: Path, needed: int) -> None:
    """Raises LibraryUnwritable unless ``needed`` bytes are free where ``folder`` is or will be."""
    place = folder if folder.exists() else folder.parent
    free = shutil.disk_usage(place).free
    if free < needed:
        raise _unwritable(place, f"{needed / 1e6:.0f} MB / {free / 1e6:.0f} MB")


def full_disk(error: BaseException, place: Path) -> LibraryUnwritable | None:
    """The error to raise instead, if ``error`` says that nothing more can be written."""
    if isinstance(error, sqlite3.Error):
        full = getattr(error, "sqlite_errorcode", None) in _FULL_SQLITE
    elif isinstance(error, OSError) and error.errno in _FULL:
        full = True
    else:  # Chroma and tantivy pass on no code
        full = any(words in str(error) for words in _FULL_WORDS)
    return _unwritable(place, str(error)) if full else None


def _unwritable(place: Path, reason: str) -> LibraryUnwritable:
    return LibraryUnwritable(
        f"磁盘已满，写不了 {place}（{reason}）。已入库的文档没有丢失。请腾出空间后再试。",
        f"the disk is full, {place} can't be written to ({reason}); no stored document is lost: "
        "free some space, then try again.",
    )
