"""Which files the user means: folders are walked, doubles named once, strangers reported."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from errors import FileRefused, UnknownFormat
from ingest import manifest

SUFFIXES = (
    ".txt", ".md", ".markdown", ".pdf", ".docx", ".pptx", ".xlsx", ".csv", ".tsv", ".html", ".htm"
)  # fmt: skip
# What to convert an old or foreign format to, in the words of its own program.
CONVERTIBLE = {
    ".doc": ".docx",
    ".wps": ".docx",
    ".rtf": ".docx",
    ".odt": ".docx",
    ".ppt": ".pptx",
    ".dps": ".pptx",
    ".odp": ".pptx",
    ".xls": ".xlsx",
    ".et": ".xlsx",
    ".ods": ".xlsx",
}
# Bytes of a name that aren't UTF-8, as when a Chinese archive was unpacked in a wrong
# encoding, and control characters, which a terminal would obey.
_UNUSABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Found:
    """Files to read, absolute and sorted, and what can't be read with the reason."""

    files: tuple[Path, ...]
    refused: tuple[tuple[Path, FileRefused], ...]


def find_files(paths: Iterable[Path]) -> Found:
    """The documents among ``paths`` and in the folders among them, each once.

    In folders, hidden names, names that start with ``_``, README files, manifest.csv and
    symbolic links that lead out of the folder are left out; a file of unknown kind is
    refused. A path that doesn't exist is refused. A file that is named is never left out.
    A refused path is given as it can be shown: what can't be encoded is escaped.
    """
    files: set[Path] = set()
    refused: dict[Path, FileRefused] = {}
    for path in paths:
        start = resolved(path)
        for file in _walk(start) if os.path.isdir(start) else [start]:
            reason = refusal(file)
            if reason is None:
                files.add(file)
            else:
                refused[Path(shown(file))] = reason
    return Found(tuple(sorted(files)), tuple(sorted(refused.items(), key=lambda each: each[0])))


def refusal(path: Path) -> FileRefused | None:
    """Why the file can't be a document, judged by its name alone; None when it can."""
    if _UNUSABLE.search(str(path)):
        return FileRefused(
            f"文件名或文件夹名里有无法使用的字符：{shown(path)}。请改名后再导入。",
            f"the name of the file or of its folder holds unusable characters: {shown(path)}. "
            "Rename it, then ingest again.",
        )
    if not os.path.isfile(path):
        return FileRefused(
            f"找不到文件 {path}。请检查路径和权限。",
            f"no such file: {path}. Check the path and its permissions.",
        )
    return unknown_format(path.suffix.lower())


def unknown_format(suffix: str) -> UnknownFormat | None:
    """Why a file with this suffix (".pdf", in lower case) can't be read; None when it can."""
    if suffix in SUFFIXES:
        return None
    if suffix in CONVERTIBLE:
        target = CONVERTIBLE[suffix]
        return UnknownFormat(
            f"读不了 {suffix} 格式。请用 Office、WPS 或 LibreOffice 另存为 {target} 再导入。",
            f"can't read {suffix} files. Save it as {target} in Office, WPS or LibreOffice, "
            "then ingest that.",
        )
    kind = f"{suffix} 格式" if suffix else "没有扩展名的文件"
    return UnknownFormat(
        f"读不了{kind}。可以导入的格式：{'、'.join(SUFFIXES)}。",
        f"can't read {suffix or 'a file without a suffix'}. Readable: {', '.join(SUFFIXES)}.",
    )


def digest_of(path: Path) -> str:
    """The SHA-256 of what a file holds, in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def resolved(path: Path) -> Path:
    """The absolute path, links followed; unlike Path.resolve, a loop of links is no error."""
    return Path(os.path.realpath(path))


def shown(path: Path) -> str:
    """The path with backslash escapes for what can't be encoded or printed."""
    return _UNUSABLE.sub(lambda match: match[0].encode("unicode_escape").decode(), str(path))


def _walk(folder: Path) -> Iterator[Path]:
    """The files below ``folder``; a linked folder is not entered, so a loop can't trap us."""
    for path in sorted(folder.rglob("*")):
        below = path.relative_to(folder)
        if any(part.startswith((".", "_")) for part in below.parts) or not os.path.isfile(path):
            continue
        if path.name.upper().startswith("README") or path.name == manifest.NAME:
            continue
        target = resolved(path)
        if target.is_relative_to(folder):
            yield target
