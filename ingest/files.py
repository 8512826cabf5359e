"""Which files the user means: folders are walked, doubles named once, strangers reported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from errors import FileRefused, UnknownFormat
from ingest import manifest

SUFFIXES = (".txt", ".md", ".markdown", ".pdf", ".docx", ".html", ".htm")
# What to convert an old or foreign format to, in the words of its own program.
CONVERTIBLE = {
    ".doc": ".docx",
    ".wps": ".docx",
    ".rtf": ".docx",
    ".odt": ".docx",
    ".ppt": ".pdf",
    ".pptx": ".pdf",
    ".xls": ".pdf",
    ".xlsx": ".pdf",
}


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
    """
    files: set[Path] = set()
    refused: dict[Path, FileRefused] = {}
    for path in paths:
        candidates = _walk(path.resolve()) if path.is_dir() else [path.resolve()]
        for file in candidates:
            reason = refusal(file)
            if reason is None:
                files.add(file)
            else:
                refused[file] = reason
    return Found(tuple(sorted(files)), tuple(sorted(refused.items(), key=lambda each: each[0])))


def refusal(path: Path) -> FileRefused | None:
    """Why the file can't be a document, judged by its name alone; None when it can."""
    if not path.is_file():
        return FileRefused(
            f"找不到文件 {path}。请检查路径。", f"no such file: {path}. Check the path."
        )
    suffix = path.suffix.lower()
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


def _walk(folder: Path) -> Iterator[Path]:
    """The files below ``folder``; a linked folder is not entered, so a loop can't trap us."""
    for path in sorted(folder.rglob("*")):
        below = path.relative_to(folder)
        if any(part.startswith((".", "_")) for part in below.parts) or not path.is_file():
            continue
        if path.name.upper().startswith("README") or path.name == manifest.NAME:
            continue
        resolved = path.resolve()
        if resolved.is_relative_to(folder):
            yield resolved
