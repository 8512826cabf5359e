"""Files enter the library: read, split, encode, store. One document at a time, whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from errors import FileRefused
from index.encoder import Encoder, Progress
from index.library import Library
from index.store import Batch
from ingest.files import find_files
from ingest.reading import read_document
from ingest.split import split
from records import Document, Passage
from settings import Settings


class Outcome(StrEnum):
    """What became of a file."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    MOVED = "moved"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Result:
    """A file and what became of it. ``reason`` says why it was refused or is a duplicate."""

    path: Path
    outcome: Outcome
    document_id: str = ""
    passages: int = 0
    reason: str = ""


def ingest(
    paths: Iterable[Path],
    library: Library,
    encoder: Encoder,
    settings: Settings,
    on_file: Callable[[Path, int, int], None] = lambda path, number, total: None,
    on_passages: Progress | None = None,
) -> Iterator[Result]:
    """Bring files and folders into the library; one Result a file, as each is done.

    ``on_file`` hears (path, number from 1, total) before each file, ``on_passages``
    (done, total) while it is encoded. A refused file doesn't stop the rest. Raises
    LibraryMismatch, LibraryBusy.
    """
    library.check()
    found = find_files(paths)
    for path, refusal in found.refused:
        yield Result(path, Outcome.REFUSED, reason=str(refusal))
    with library.writing():
        before = library.store.generation()
        known = {entry.path: entry.id for entry in library.store.entries()}
        for number, path in enumerate(found.files, start=1):
            on_file(path, number, len(found.files))
            try:
                result = _known_content(path, known, library)
                if result is None:
                    document = read_document(path, settings.ingest)
                    passages = split(document, settings.split)
                    library.put(document, encode(passages, encoder, on_passages))
                    outcome = Outcome.UPDATED if document.path in known else Outcome.ADDED
                    known[document.path] = document.id
                    result = Result(path, outcome, document.id, len(passages))
            except FileRefused as refusal:
                result = Result(path, Outcome.REFUSED, reason=str(refusal))
            yield result
        if library.store.generation() != before:
            library.catch_up()


def _known_content(path: Path, known: dict[str, str], library: Library) -> Result | None:
    """What to report of a file whose content is in the library already; None if it isn't.

    ``known`` maps paths to document ids and is kept up to date.
    """
    address, identifier = str(path.resolve()), _digest(path)[:12]
    if known.get(address) == identifier:
        return Result(path, Outcome.UNCHANGED, identifier)
    other = next((place for place, known_id in known.items() if known_id == identifier), None)
    if other is None:
        return None
    if Path(other).exists() or address in known:
        return Result(path, Outcome.DUPLICATE, identifier, reason=other)
    library.store.move(identifier, address)
    known[address] = known.pop(other)
    return Result(path, Outcome.MOVED, identifier, reason=other)


def encode(
    passages: tuple[Passage, ...], encoder: Encoder, progress: Progress | None = None
) -> Batch:
    """Passages with their vectors; each is encoded together with its titles and header."""
    texts = [f"{passage.context}\n{passage.text}" for passage in passages]
    return Batch(passages, encoder.encode_passages(texts, progress))


def rebuild(
    library: Library,
    encoder: Encoder,
    settings: Settings,
    on_file: Callable[[Path, int, int], None] = lambda path, number, total: None,
    on_passages: Progress | None = None,
) -> int:
    """Split and encode every stored document anew with the settings in force; how many."""
    entries = library.store.entries()
    with library.writing():
        for number, entry in enumerate(entries, start=1):
            on_file(Path(entry.path), number, len(entries))
            document: Document = library.store.document(entry.id)
            passages = split(document, settings.split)
            library.put(document, encode(passages, encoder, on_passages))
        # Only now: until every document is of the new make, the mismatch must be seen.
        library.declare()
    library.rebuild_indexes()
    return len(entries)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise FileRefused(
            f"读不了文件 {path}：{error.strerror}。请检查它是否存在、是否有权限。",
            f"can't read {path}: {error.strerror}. Check that it exists and may be read.",
        ) from error
