"""The library's documents as a person looks after them: found, sorted, corrected, removed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.scope import moment
from app.upload_folder import discard_sent, release
from errors import LibraryError
from index.folding import fold
from index.library import Library
from index.store import Entry
from ingest.noise.controls import printable
from records import Passage


class Standing(StrEnum):
    """What can be done with a document."""

    READY = "ready"
    NO_ORIGINAL = "no_original"
    NO_PASSAGES = "no_passages"


def standing(entry: Entry) -> Standing:
    """Whether the document can be searched, and whether its file is where it was."""
    if not entry.passages:
        return Standing.NO_PASSAGES
    return Standing.READY if Path(entry.path).is_file() else Standing.NO_ORIGINAL


def _spoken(text: str) -> bytes:
    """A key that sorts the common 汉字 as they are pronounced, which GB 18030 does."""
    return fold(text).casefold().encode("gb18030", "replace")


ORDERS: dict[str, Callable[[Entry], Any]] = {
    "title": lambda entry: _spoken(entry.title),
    "publisher": lambda entry: _spoken(entry.publisher),
    "date": lambda entry: entry.date,
    "pages": lambda entry: entry.pages,
    "passages": lambda entry: entry.passages,
    "ingested": lambda entry: entry.ingested_at,
    "standing": lambda entry: standing(entry).value,
}


def sorted_entries(entries: Iterable[Entry], column: str, descending: bool) -> list[Entry]:
    """By a column of ORDERS; what is unknown there comes last, either way."""
    key = ORDERS[column]
    ordered = sorted(entries, key=key, reverse=descending)
    return sorted(ordered, key=lambda entry: not key(entry))


def matching_entries(entries: Iterable[Entry], words: str) -> list[Entry]:
    """Those that have all the words in title, publisher and file name, in any spelling."""
    wanted = _words(words)
    return [
        entry
        for entry in entries
        if _has(f"{entry.title}\n{entry.publisher}\n{Path(entry.path).name}", wanted)
    ]


def matching_passages(passages: Sequence[Passage], words: str) -> list[tuple[int, Passage]]:
    """Those that have all the words in section titles, header and text; numbered from 1."""
    wanted = _words(words)
    return [
        (number, passage)
        for number, passage in enumerate(passages, start=1)
        if _has(f"{passage.context}\n{passage.text}", wanted)
    ]


def _words(words: str) -> list[str]:
    return fold(words).casefold().split()


def _has(text: str, words: Sequence[str]) -> bool:
    folded = fold(text).casefold() if words else ""
    return all(word in folded for word in words)


def edit(library: Library, document_id: str, **given: str | None) -> Entry:
    """Correct ``title``, ``publisher`` or ``date``; None leaves one as it is. The entry now.

    Raises DocumentNotFound, LibraryBusy, and LibraryError for an empty title or what is no date.
    """
    changed = {name: printable(value) for name, value in given.items() if value is not None}
    if changed.get("title") == "":
        raise LibraryError(
            "标题不能为空。请写上标题再保存。",
            "the title is empty: give one, then save again.",
        )
    date = changed.get("date", "")
    if date and not moment(date):
        raise LibraryError(
            f"{date} 不是日期。请写成 2023、2023-06 或 2023-06-30，不知道就留空。",
            f"{date} is no date: write it as 2023, 2023-06 or 2023-06-30, or leave it out.",
        )
    with library.writing():
        known = library.store.entry(document_id)
        now = {name: getattr(known, name) for name in ("title", "publisher", "date")} | changed
        library.store.describe(document_id, **now)
    return library.store.entry(document_id)


def remove(library: Library, document_id: str) -> Entry:
    """Take a document out; its file is deleted if it was uploaded, else it stays.

    Gives the entry that was. Raises DocumentNotFound, LibraryBusy.
    """
    with library.writing():
        entry = library.store.entry(document_id)
        try:
            library.remove(document_id)
        finally:
            release(library, entry.path)
            discard_sent(library.home, entry.sha256)
    return entry
