"""Where uploaded files lie: below the library's home, by what they hold, under their own names.

``uploads/<sha256>/<name>`` is the original of a document; ``incoming`` holds what a browser has
sent and nobody has dealt with yet.
"""

from __future__ import annotations

import os
import re
import shutil
import time
import unicodedata
from contextlib import suppress
from pathlib import Path, PurePosixPath

from index.library import Library
from ingest import manifest
from ingest.files import digest_of, resolved

UPLOADS = "uploads"
INCOMING = "incoming"
_LONGEST = 200
_UNSEEN = ("Cc", "Cf", "Cs")  # control, direction and the like, half surrogates
_STALE_SECONDS = 24 * 3600


def clean_name(name: str) -> str:
    """A file name without path, control or direction characters, composed, of 200 bytes at most.

    What is left of nothing is called ``upload``. A manifest of its own folder it can't become.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kinds = ((character, unicodedata.category(character)) for character in last)
    seen = "".join(" " if kind[0] == "Z" else c for c, kind in kinds if kind not in _UNSEEN)
    path = PurePosixPath(seen.strip().lstrip(".") or "upload")
    suffix = path.suffix[:20]
    stem = path.stem.encode()[: _LONGEST - len(suffix.encode())].decode(errors="ignore")
    return f"_{stem}{suffix}" if f"{stem}{suffix}".lower() == manifest.NAME else f"{stem}{suffix}"


def is_upload(home: Path, path: str | Path) -> bool:
    """Whether a document's file is an upload, kept by us."""
    return resolved(Path(path)).is_relative_to(resolved(home / UPLOADS))


def arrived(home: Path, path: object) -> Path | None:
    """The file that a browser says it has sent, if it lies where such files do."""
    if not isinstance(path, str) or "\0" in path:
        return None
    file = resolved(Path(path))
    return file if file.is_relative_to(resolved(home / INCOMING)) and file.is_file() else None


def keep(home: Path, copy: Path, sha256: str, name: str) -> Path:
    """Put a file among the uploads; ``copy`` stays. Gives its place. Raises OSError."""
    place = home / UPLOADS / sha256 / name
    place.parent.mkdir(parents=True, exist_ok=True)
    partial = home / UPLOADS / f"{sha256}.partial"
    partial.unlink(missing_ok=True)
    try:
        try:
            os.link(copy, partial)
        except OSError:  # not every file system knows hard links
            shutil.copyfile(copy, partial)
        os.replace(partial, place)
    finally:
        partial.unlink(missing_ok=True)
    return place


def release(library: Library, path: str | Path) -> None:
    """Delete an upload that no document stands for; any other file is left alone."""
    place = resolved(Path(path))
    standing = {entry.path for entry in library.store.entries()}
    if is_upload(library.home, place) and str(place) not in standing:
        discard(place)


def discard(file: Path) -> None:
    """Delete a file, and its folder if that was all it held."""
    file.unlink(missing_ok=True)
    with suppress(OSError):
        file.parent.rmdir()


def discard_sent(home: Path, sha256: str) -> None:
    """Delete what was sent of this content and never dealt with."""
    for file in list((home / INCOMING).rglob("*")):
        with suppress(OSError):  # somebody else was faster
            if file.is_file() and digest_of(file) == sha256:
                discard(file)


def discard_stale(home: Path) -> None:
    """Delete what was sent a day ago or earlier and never dealt with."""
    oldest = time.time() - _STALE_SECONDS
    for file in list((home / INCOMING).rglob("*")):
        with suppress(OSError):  # somebody else was faster
            if file.is_file() and file.stat().st_mtime < oldest:
                discard(file)
