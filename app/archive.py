"""The file that a backup is: a zip of the parts of a home, with a manifest of checksums.

Left out is what is made anew from the rest: the derived indexes, locks, what was sent and not
yet brought in.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from app.conversations.schema import FILE as CONVERSATIONS
from app.upload_folder import UPLOADS, clean_name
from errors import BackupError

LIBRARY = "library.sqlite"
FOLDERS = ("runs", "questions")
"""What belongs to the evaluation, as the home's folders are called."""
MANIFEST = "manifest.json"
_UPLOAD = re.compile(rf"{UPLOADS}/([0-9a-f]{{64}})/([^/]+)")
_MOST_MANIFEST = 256_000_000  # bytes
_PIECE = 1 << 20
_FAULTS = (
    *(zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, KeyError),
    sqlite3.DatabaseError,
)


class Packed(BaseModel):
    """A file in the archive: its size before compression, and what it hashes to."""

    model_config = ConfigDict(frozen=True)

    bytes: int
    sha256: str


class Manifest(BaseModel):
    """What an archive holds. ``schema_version`` is the library's; ``made`` is UTC, ISO 8601."""

    model_config = ConfigDict(frozen=True)

    format: Literal["youju-backup-1"] = "youju-backup-1"
    made: str
    schema_version: int
    generation: int
    documents: int
    passages: int
    files: dict[str, Packed]

    @property
    def size(self) -> int:
        """Bytes of all files, unpacked."""
        return sum(file.bytes for file in self.files.values())


def add(archive: zipfile.ZipFile, name: str, source: IO[bytes]) -> Packed:
    """Write a file into the archive as it is read."""
    digest, size = hashlib.sha256(), 0
    entry = zipfile.ZipInfo(name)
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
    with archive.open(entry, "w", force_zip64=True) as target:
        while piece := source.read(_PIECE):
            target.write(piece)
            digest.update(piece)
            size += len(piece)
    return Packed(bytes=size, sha256=digest.hexdigest())


@contextmanager
def checked(file: Path) -> Iterator[None]:
    """Raises BackupError for what a damaged or foreign archive makes its readers raise."""
    try:
        yield
    except _FAULTS as error:
        raise _unusable(file, str(error) or type(error).__name__) from error


@contextmanager
def opened(file: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """The archive and its manifest, which names every file in it and no other.

    Raises BackupError for what is no such archive, and OSError.
    """
    with checked(file):
        archive = zipfile.ZipFile(file)
    with archive:
        with checked(file):
            manifest = _manifest(archive)
        yield archive, manifest


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    names = archive.namelist()
    if MANIFEST not in names or archive.getinfo(MANIFEST).file_size > _MOST_MANIFEST:
        raise ValueError("no manifest")
    try:
        manifest = Manifest.model_validate_json(archive.read(MANIFEST))
    except ValidationError as error:
        raise ValueError("no manifest of ours") from error
    if sorted(names) != sorted([*manifest.files, MANIFEST]) or LIBRARY not in manifest.files:
        raise ValueError("not the files that the manifest names")
    if not all(map(belongs, manifest.files)):
        raise ValueError("a file that is none of ours")
    return manifest


def belongs(name: str) -> bool:
    """Whether a backup may hold a file of this name: nothing that leads out of its folder."""
    if name in (LIBRARY, CONVERSATIONS):
        return True
    upload = _UPLOAD.fullmatch(name)
    if upload:
        return clean_name(upload[2]) == upload[2]
    parts = PurePosixPath(name).parts
    plain = "/".join(parts) == name and ".." not in parts
    unseen = any(ord(character) < 32 or character in "\\\x7f" for character in name)
    return plain and not unseen and len(parts) > 1 and parts[0] in FOLDERS


def unpack(archive: zipfile.ZipFile, manifest: Manifest, folder: Path) -> None:
    """Write every file below ``folder``. Raises ValueError for one that differs from its sum."""
    for name, packed in manifest.files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        digest, left = hashlib.sha256(), packed.bytes
        with archive.open(name) as source, place.open("xb") as target:
            while piece := source.read(min(_PIECE, left + 1)):
                left -= len(piece)
                if left < 0:
                    raise ValueError("longer than the manifest says")
                digest.update(piece)
                target.write(piece)
        if left or digest.hexdigest() != packed.sha256:
            raise ValueError("a checksum differs")


def _unusable(file: Path, reason: str) -> BackupError:
    return BackupError(
        f"{file} 不是完整的备份（{reason}），没有恢复任何内容。请换一份 youju backup 写出的文件。",
        f"{file} is no whole backup ({reason}); nothing was restored. Name a file that youju "
        "backup wrote.",
    )
