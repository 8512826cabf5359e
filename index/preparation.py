"""Files are read, split and encoded ahead of their turn to enter the library.

Nothing here knows the library: what is made for a file depends on the file alone, so it may
be made early, and dropped when the file turns out not to be wanted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np

from errors import FileRefused
from index.ahead import Ahead
from index.encoder import Encoder, Progress
from index.kept import KeptVectors
from index.store import Batch
from ingest.draft import OnPage, silent
from ingest.files import digest_of
from ingest.split import split
from ingest.worker import reading_process
from records import Document, Passage
from settings import Settings

GROUP_PASSAGES = 256
"""Passages that are encoded together, of one document or of several: short ones fill batches."""
GROUP_FILES = 64


class Content(NamedTuple):
    """What a file holds. The vectors are empty until they are made."""

    document: Document
    batch: Batch


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file ahead of its turn; ``id`` is the one that its content gives a document.

    Without ``content`` it was not read, since its content was known, or could not be: then
    ``refusal`` says why.
    """

    path: Path
    id: str = ""
    content: Content | None = None
    refusal: FileRefused | None = None


@contextmanager
def preparing(
    paths: Iterable[Path],
    known: Set[str],
    encoder: Encoder,
    settings: Settings,
    on_passages: Progress | None = None,
    on_page: OnPage = silent,
    kept: KeptVectors | None = None,
) -> Iterator[Iterator[Prepared]]:
    """The files in order, read in one thread and encoded in another, a group ahead of use.

    Content whose id is in ``known``, or has come before, is not read. ``on_passages`` hears
    (done, total) of the group that is being encoded, ``on_page`` of a file that is waited for.
    Of a long file vectors are ``kept``, by the id of the last file of its group.
    """

    def pages(done: int, total: int) -> None:
        reading.check()
        if reading.awaited and encoding.awaited:
            on_page(done, total)

    def passages(done: int, total: int) -> None:
        encoding.check()
        if on_passages:
            on_passages(done, total)

    process = reading_process(settings.ingest)
    reading = Ahead(grouped(_read(paths, known, settings, pages)), process.interrupt)
    encoding = Ahead(encode_group(group, encoder, passages, kept) for group in reading)
    with encoding, reading:  # left in the other order: encoding waits for reading
        yield chain.from_iterable(encoding)


def _read(
    paths: Iterable[Path], known: Set[str], settings: Settings, on_page: OnPage
) -> Iterator[Prepared]:
    seen = set(known)
    for path in paths:
        try:
            identifier = content_id(path)
            if identifier in seen:
                yield Prepared(path, identifier)
                continue
            content = read(path, settings, on_page)
            seen.add(content.document.id)
            yield Prepared(path, content.document.id, content)
        except FileRefused as refusal:
            yield Prepared(path, refusal=refusal)


def read(path: Path, settings: Settings, on_page: OnPage = silent) -> Content:
    """The file as a document, split and not yet encoded. Raises FileRefused."""
    document = reading_process(settings.ingest).read(path, on_page)
    passages = split(document, settings.split)
    return Content(document, Batch(passages, np.empty((0, 0), np.float32)))


def content_id(path: Path) -> str:
    """The id of the document that the file's content makes. Raises FileRefused."""
    try:
        return digest_of(path)[:12]
    except OSError as error:
        raise FileRefused(
            f"读不了文件 {path}：{error.strerror}。请检查它是否存在、是否有权限。",
            f"can't read {path}: {error.strerror}. Check that it exists and may be read.",
        ) from error


def grouped(files: Iterable[Prepared]) -> Iterator[list[Prepared]]:
    """The files in order, in groups that are worth encoding together."""
    group: list[Prepared] = []
    for file in files:
        group.append(file)
        if len(_passages(group)) >= GROUP_PASSAGES or len(group) >= GROUP_FILES:
            yield group
            group = []
    if group:
        yield group


def _passages(group: Iterable[Prepared]) -> list[Passage]:
    return [passage for file in group if file.content for passage in file.content.batch.passages]


def encode_group(
    group: Sequence[Prepared],
    encoder: Encoder,
    progress: Progress | None = None,
    kept: KeptVectors | None = None,
) -> list[Prepared]:
    """The same files with the vectors of their passages, all encoded in one go."""
    passages = _passages(group)
    if not passages:
        return list(group)
    if kept:
        vectors = kept.encode(group[-1].id, texts_of(passages), encoder, progress)
        batch = Batch(tuple(passages), vectors)
    else:
        batch = encode(passages, encoder, progress)
    done, at = [], 0
    for file in group:
        if file.content:
            own = slice(at, at := at + len(file.content.batch.passages))
            part = Batch(batch.passages[own], batch.vectors[own])
            file = replace(file, content=Content(file.content.document, part))
        done.append(file)
    return done


def encode(
    passages: Sequence[Passage], encoder: Encoder, progress: Progress | None = None
) -> Batch:
    """Passages with their vectors; each is encoded together with its titles and header."""
    return Batch(tuple(passages), encoder.encode_passages(texts_of(passages), progress))


def texts_of(passages: Iterable[Passage]) -> list[str]:
    """What is encoded of each passage."""
    return [f"{passage.context}\n{passage.sentence}" for passage in passages]
