"""Files enter the library in order, one document at a time, whole; made ready ahead of that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from errors import FileRefused
from index.encoder import Encoder, Progress
from index.kept import KeptVectors
from index.library import Library
from index.preparation import Content, Prepared, encode, preparing, read
from index.store import Batch, Entry
from ingest.draft import OnPage, silent
from ingest.files import find_files
from ingest.manifest import manifest_entry
from ingest.reading import unread_pages
from ingest.split import split
from settings import Settings

__all__ = ["Outcome", "Result", "encode", "ingest", "rebuild"]

KEPT = "encoding"
"""The folder in the home for vectors of documents that aren't in the library yet."""

_FOLLOWED = 1000
"""Passages after which the indexes follow, while the next ones are encoded; or a tenth of all."""


class Outcome(StrEnum):
    """What became of a file."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    MOVED = "moved"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


_NEW = (Outcome.ADDED, Outcome.UPDATED)


@dataclass(frozen=True, slots=True)
class Result:
    """A file and what became of it.

    ``reason`` says why it was refused, where its content lies or lay, or which of its pages
    could not be read; ``english`` the same. ``fault`` is the kind of error behind a refusal.
    """

    path: Path
    outcome: Outcome
    document_id: str = ""
    passages: int = 0
    reason: str = ""
    english: str = ""
    fault: str = ""


def ingest(
    paths: Iterable[Path],
    library: Library,
    encoder: Encoder,
    settings: Settings,
    on_file: Callable[[Path, int, int], None] = lambda path, number, total: None,
    on_passages: Progress | None = None,
    on_page: OnPage = silent,
) -> Iterator[Result]:
    """Bring files and folders into the library; one Result a file, as each is done.

    ``on_file`` hears (path, number from 1, total) before each file, ``on_passages``
    (done, total) while it is encoded, ``on_page`` the same while it is read. A refused file
    doesn't stop the rest. Raises LibraryMismatch, LibraryBusy.
    """
    found = find_files(paths)
    for path, refusal in found.refused:
        yield _refused(path, refusal)
    with library.writing():
        library.check()
        before = library.store.generation()
        shelf = {entry.path: entry for entry in library.store.entries()}
        places = {entry.id: entry.path for entry in shelf.values()}
        known = frozenset(places)
        waiting = 0
        kept = KeptVectors(library.home / KEPT)
        with preparing(found.files, known, encoder, settings, on_passages, on_page, kept) as files:
            for number, path in enumerate(found.files, start=1):
                on_file(path, number, len(found.files))
                result = _entered(next(files), shelf, places, library, encoder, settings)
                if result.outcome in _NEW:
                    kept.forget(result.document_id)
                    waiting += result.passages
                if waiting >= _FOLLOWED and 10 * waiting >= library.store.count():
                    library.catch_up()
                    waiting = 0
                yield result
        kept.forget()
        if library.store.generation() != before:
            library.catch_up()


def _entered(
    file: Prepared,
    shelf: dict[str, Entry],
    places: dict[str, str],
    library: Library,
    encoder: Encoder,
    settings: Settings,
) -> Result:
    """What became of a file whose turn it is; ``shelf`` and ``places``: see _known_content."""
    try:
        if file.refusal:
            raise file.refusal
        known = _known_content(file, shelf, places, library)
        if known is not None:
            return known
        # What was known when it was looked at may have left the library since.
        document, batch = file.content or _content(file.path, encoder, settings)
        library.put(document, batch)
    except FileRefused as refusal:
        return _refused(file.path, refusal)
    outcome = Outcome.UPDATED if document.path in shelf else Outcome.ADDED
    _shelve(library.store.entry(document.id), shelf, places)
    unread = unread_pages(document, settings.ingest.ocr)
    return Result(file.path, outcome, document.id, len(batch.passages), *unread)


def _refused(path: Path, refusal: FileRefused) -> Result:
    said = (str(refusal), refusal.english, refusal.fault)
    return Result(path, Outcome.REFUSED, "", 0, *said)


def _content(path: Path, encoder: Encoder, settings: Settings) -> Content:
    document, unencoded = read(path, settings)
    return Content(document, encode(unencoded.passages, encoder))


def _shelve(entry: Entry, shelf: dict[str, Entry], places: dict[str, str]) -> None:
    """Note that ``entry`` now is what stands at its path."""
    if entry.path in shelf:
        places.pop(shelf[entry.path].id, None)
    shelf[entry.path] = entry
    places[entry.id] = entry.path


def _known_content(
    file: Prepared, shelf: dict[str, Entry], places: dict[str, str], library: Library
) -> Result | None:
    """What to report of a file whose content is in the library already; None if it isn't.

    ``shelf`` maps paths to entries and ``places`` ids to paths; both are kept up to date.
    """
    path, identifier = file.path, file.id
    address = str(path.resolve())
    other = places.get(identifier)
    if other is None:
        return None
    if other == address:
        return _redescribed(path, shelf[address], library)
    if not Path(other).exists():
        shelf.pop(other)
        if address in shelf:
            library.store.remove(shelf[address].id)
        library.store.move(identifier, address)
        _shelve(library.store.entry(identifier), shelf, places)
        return Result(path, Outcome.MOVED, identifier, reason=other, english=other)
    if address in shelf:  # what stood here before is no longer in any file
        places.pop(shelf[address].id)
        library.store.remove(shelf.pop(address).id)
    return Result(path, Outcome.DUPLICATE, identifier, reason=other, english=other)


def _redescribed(path: Path, entry: Entry, library: Library) -> Result:
    """A file that has not changed; its line in the manifest may have."""
    said = manifest_entry(path, entry.sha256)
    old = (entry.title, entry.publisher, entry.date)
    new = (said.title, said.publisher, said.date) if said else ("", "", "")
    merged = tuple(b or a for a, b in zip(old, new, strict=True))
    if merged == old:
        return Result(path, Outcome.UNCHANGED, entry.id, entry.passages)
    library.store.describe(entry.id, *merged)
    return Result(path, Outcome.UPDATED, entry.id, entry.passages)


def rebuild(
    library: Library,
    encoder: Encoder,
    settings: Settings,
    on_file: Callable[[Path, int, int], None] = lambda path, number, total: None,
    on_passages: Progress | None = None,
) -> int:
    """Bring every stored document in line with the settings in force; how many there are.

    Documents are split and encoded anew, unless nothing but the segmentation of words has
    changed: vectors don't depend on it. All or nothing: until the last one is done, the
    library stays as it was.
    """
    with library.writing():
        entries = library.store.entries()
        if set(library.differences()) == {"segmenter"}:
            library.rebuild_indexes("lexical")
            library.declare()
            return len(entries)

        def made() -> Iterator[Batch]:
            for number, entry in enumerate(entries, start=1):
                on_file(Path(entry.path), number, len(entries))
                passages = split(library.store.document(entry.id), settings.split)
                yield encode(passages, encoder, on_passages)

        library.remake(made())
        return len(entries)
