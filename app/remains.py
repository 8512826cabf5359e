"""What still quotes or holds a document after it was removed: it is told, and kept."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import unescape
from zipfile import BadZipFile, ZipFile, is_zipfile

from app.conversations.schema import FILE, opened

_KEPT_FOLDERS = ("runs", "questions")
_LEFT_BEHIND = ("replaced-*", "damaged-*", ".restoring-*", ".youju-backup-*")


@dataclass(frozen=True, slots=True)
class Remains:
    """Ids of conversations, and files of evaluation runs and question sets, below the home.

    ``libraries`` are earlier libraries that lie there: they may hold the document whole.
    """

    conversations: tuple[str, ...]
    files: tuple[str, ...]
    libraries: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.conversations or self.files or self.libraries)


def remains(home: Path, document_id: str, file_name: str) -> Remains:
    """What names the document by its id, and sets that name its file, as their quotes do."""
    return Remains(
        tuple(_conversations(home, document_id)),
        tuple(_files(home, document_id, file_name)),
        tuple(path.name for path in left_behind(home)),
    )


def left_behind(home: Path) -> list[Path]:
    """What backups and restores put aside below the home, or left when they were killed."""
    return sorted(path for pattern in _LEFT_BEHIND for path in home.glob(pattern))


def _conversations(home: Path, document_id: str) -> Iterator[str]:
    if not (home / FILE).exists():
        return
    with closing(opened(home)) as file:
        rows = file.connection.execute(
            "SELECT id FROM conversations c WHERE EXISTS (SELECT 1 FROM turns"
            " WHERE conversation_id = c.id AND instr(answer, ?)) OR EXISTS (SELECT 1 FROM feedback"
            " WHERE conversation_id = c.id AND instr(answer, ?)) ORDER BY created",
            [document_id, document_id],
        ).fetchall()
    yield from (row[0] for row in rows)


def _files(home: Path, document_id: str, file_name: str) -> Iterator[str]:
    names = [word.encode() for word in (document_id, file_name) if word]
    for folder in _KEPT_FOLDERS:
        for file in sorted((home / folder).rglob("*")):
            if file.is_file() and any(name in part for part in _parts(file) for name in names):
                yield file.relative_to(home).as_posix()


def _parts(file: Path) -> Iterator[bytes]:
    """What a file holds, and what the parts of a workbook hold, which is a ZIP."""
    yield file.read_bytes()
    if is_zipfile(file):
        with suppress(BadZipFile, zlib.error), ZipFile(file) as parts:
            for name in parts.namelist():
                yield unescape(parts.read(name).decode("utf-8", "replace")).encode()
