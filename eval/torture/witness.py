"""The fresh process after a kill: it opens the library, as any command would, and looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

import numpy as np

from eval.torture.scene import DigestEncoder
from eval.torture.victim import open_library
from index.lexical import BIGRAMS, WORDS
from index.library import Library
from index.pipeline import encode
from index.search import HybridSearch
from index.store import Entry
from index.words import bigrams
from ingest.split import split
from settings import Settings, SplitSettings


@dataclass(frozen=True, slots=True)
class Testimony:
    """Documents by path, as SHA-256 of their files, and what is wrong with them.

    ``minimum`` is of their split settings, 0 before the first document.
    """

    documents: dict[str, str]
    minimum: int
    passages: int
    faults: list[str]


def look(settings: Settings) -> dict[str, Any]:
    """A Testimony as a dict. Nothing is done first: no repair, no rebuild."""
    library = open_library(settings)
    manifest = library.store.manifest()
    library.close()
    split_by = manifest.get("split", settings.split.model_dump())
    made = SplitSettings(minimum=split_by["minimum"], maximum=split_by["maximum"])
    settings = settings.model_copy(update={"split": made})
    library = open_library(settings)
    library.check()
    entries = library.store.entries()
    faults = [fault for entry in entries for fault in _of_document(library, settings, entry)]
    faults += _of_indexes(library)
    documents = {entry.path: entry.sha256 for entry in entries}
    count = library.store.count()
    library.close()
    return asdict(Testimony(documents, made.minimum if manifest else 0, count, faults))


def _of_document(library: Library, settings: Settings, entry: Entry) -> Iterator[str]:
    """It must be whole, and each of its passages found by words, by vector and by asking."""
    encoder = DigestEncoder()
    document = library.store.document(entry.id)
    stored = library.store.batch(entry.id)
    wanted = encode(split(document, settings.split), encoder)
    if sha256(document.raw.encode()).hexdigest() != entry.sha256:
        yield f"{entry.id}: its text is not that of its file"
    if stored.passages != wanted.passages or not np.array_equal(stored.vectors, wanted.vectors):
        yield f"{entry.id}: its passages or vectors are not those of its text"
    search = HybridSearch(library, encoder, settings.retrieval)
    for passage, vector in zip(*stored, strict=True):
        words = library.segmenter.content_words(passage.text)
        if passage.id not in library.lexical.search(WORDS, words, 10):
            yield f"{passage.id}: not found by its words"
        if passage.id not in library.lexical.search(BIGRAMS, bigrams(passage.text), 10):
            yield f"{passage.id}: not found by its pairs of characters"
        if passage.id not in library.vectors.search(vector, 3):
            yield f"{passage.id}: not found by its vector"
    for passage in stored.passages[:1]:
        question = f"{passage.context}\n{passage.sentence}"
        if passage.id not in {hit.passage.id for hit in search.hits(question)}:
            yield f"{passage.id}: not found by asking"


def _of_indexes(library: Library) -> Iterator[str]:
    """They hold what the store holds and nothing else."""
    stored = library.store.count()
    for name, index in (("lexical", library.lexical), ("vectors", library.vectors)):
        if len(index) != stored:
            yield f"{name}: {len(index)} passages, the store has {stored}"
