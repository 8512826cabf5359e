"""The library: one truth, two derived indexes, one writer.

The store is the truth. The vector and lexical indexes follow it, each in ``derived.py``'s
care: whenever one is used, what it missed is added, what has left is dropped, and an index
that can't be read is rebuilt. So a kill at any moment needs no repair by hand.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from errors import LibraryBusy, LibraryMismatch
from index import versions
from index.database import damaged
from index.derived import Derived
from index.disk import require_writable
from index.store import Batch, Store
from index.words import Segmenter
from ingest.split import SPLIT_VERSION
from records import Document
from settings import Settings

if TYPE_CHECKING:
    from index.lexical import LexicalIndex
    from index.vectors import VectorIndex


log = logging.getLogger("youju.library")


class Library:
    """Documents, passages and the means to find them. Opens lazily, index by index."""

    def __init__(
        self,
        settings: Settings,
        manifest: Mapping[str, Any],
        announce: Callable[[str, str], None] = lambda chinese, english: None,
    ) -> None:
        """``manifest`` is what new passages are made with: see ``manifest_of``.

        ``announce`` hears, in Chinese and English, of re-indexing that takes long.
        """
        self.home = settings.home
        require_writable(self.home)
        self.store = Store(_present(self.home))
        self.segmenter = Segmenter(settings.dictionary)
        self._manifest = dict(manifest)
        self._lock = FileLock(self.home / "write.lock")
        self._opening = threading.RLock()
        self._lexical = Derived(
            "lexical", self.home, self._open_lexical, self.store, self.writing, announce
        )
        self._vectors = Derived(
            "vectors", self.home, _open_vectors, self.store, self.writing, announce
        )

    def differences(self) -> dict[str, tuple[Any, Any]]:
        """Where the stored passages' make (first) is not that of the settings (second)."""
        stored = self.store.manifest()
        return {
            key: (stored.get(key), wanted)
            for key, wanted in self._manifest.items()
            if stored and stored.get(key) != wanted
        }

    def check(self) -> None:
        """Raises LibraryMismatch when passages were made with other settings than now."""
        differing = "; ".join(f"{key}: {a} → {b}" for key, (a, b) in self.differences().items())
        if differing:
            raise LibraryMismatch(
                f"资料库与现在的设置不一致（{differing}）。"
                "请改回设置，或运行 youju docs rebuild 重建。",
                f"the library was built with other settings ({differing}): "
                "change them back, or run youju docs rebuild.",
            )

    @contextmanager
    def writing(self, patience: float = 1.0) -> Iterator[None]:
        """Be the one writer. Raises LibraryBusy, naming the holder, after ``patience`` seconds."""
        holder = self.home / "writer.json"
        try:
            self._lock.acquire(timeout=patience)
        except Timeout as error:
            try:
                process = json.loads(holder.read_text())["process"]
            except (OSError, ValueError, KeyError):
                process = "?"
            raise LibraryBusy(
                f"资料库 {self.home} 正由进程 {process} 写入。请等它结束再试。",
                f"process {process} is writing to the library {self.home}: wait for it to end.",
            ) from error
        try:
            holder.write_text(json.dumps({"process": os.getpid()}))
            yield
        finally:
            self._lock.release()

    def put(self, document: Document, batch: Batch) -> None:
        """Enter a document, whole or not at all; the indexes follow with ``catch_up``."""
        with self.writing():
            if not self.store.manifest():
                self.declare()
            self.store.put(document, batch)

    def declare(self) -> None:
        """Record that all passages are made with the settings in force."""
        with self.writing():
            self.store.set_manifest(self._manifest)

    def remake(self, made: Iterable[Batch]) -> None:
        """Put these passages, made with the settings in force, in the place of all others.

        ``made`` holds one batch for each document. Whatever goes wrong before the last one is
        there, the library stays as it was.
        """
        with self.writing():
            self.store.remake(made, self._manifest)
            self.catch_up()

    def remove(self, document_id: str) -> None:
        """Take a document out; of its text nothing stays in the library's files.

        Raises DocumentNotFound.
        """
        with self.writing():
            self.store.remove(document_id)
            self.catch_up()

    @property
    def lexical(self) -> LexicalIndex:
        """The index of words, up to date with the store."""
        with self._opening:
            return self._lexical.current()

    @property
    def vectors(self) -> VectorIndex:
        """The index of vectors, up to date with the store."""
        with self._opening:
            return self._vectors.current()

    def _open_lexical(self, folder: Path) -> LexicalIndex:
        from index.lexical import LexicalIndex

        return LexicalIndex(folder, self.segmenter)

    @contextmanager
    def steady(self) -> Iterator[None]:
        """Keep other threads from reopening the indexes while this one reads them."""
        with self._opening:
            yield

    def catch_up(self) -> None:
        """Bring both indexes to the store's generation, and the store's log into its file.

        What has left the store leaves all files: also what a killed writer left behind, and
        backups made before a schema was migrated. While others read or write, that comes later.
        """
        _ = self.lexical, self.vectors
        if self.store.is_clean():
            self.store.empty_log()
            return
        with suppress(LibraryBusy), self.writing(0), self._opening:
            generation = self.store.generation()
            _ = self.lexical, self.vectors
            self._lexical.discard_others()
            self._vectors.discard_others()
            self.store.discard_copies()
            if self.store.empty_log():
                self.store.set_clean(generation)
                self.store.empty_log()
            else:
                log.warning("a removed text stays in the library's log: another process reads it")

    def reopen_indexes(self) -> None:
        """Let go of both indexes: they are opened and checked again when next used."""
        with self._opening:
            self._lexical.close()
            self._vectors.close()

    def forget_indexes(self) -> None:
        """Have both indexes made anew from the store, by whoever uses them first."""
        with self.writing(), self._opening:
            self._lexical.forget()
            self._vectors.forget()

    def reached(self, name: str) -> int | None:
        """The generation of the index ("lexical", "vectors") on disk; None where there is none."""
        version = versions.read(self.home / f"{name}.generation")
        return None if version is None else version.generation

    def rebuild_indexes(self, *names: str) -> None:
        """Make these indexes ("lexical", "vectors") anew from the store; without names, both."""
        with self.writing(), self._opening:
            if "lexical" in names or not names:
                self._lexical.rebuild()
            if "vectors" in names or not names:
                self._vectors.rebuild()

    def close(self) -> None:
        """Let go of the files."""
        self.reopen_indexes()
        self.store.close()


def _open_vectors(folder: Path) -> VectorIndex:
    from index.vectors import VectorIndex

    return VectorIndex(folder)


def _present(home: Path) -> Path:
    """The store's file. Raises LibraryDamaged if there must have been one that is gone."""
    file = home / "library.sqlite"
    if not file.exists() or not file.stat().st_size:
        for marker in home.glob("*.generation"):
            version = versions.read(marker)
            if version is not None and version.generation:
                raise damaged(file, "0 bytes" if file.exists() else "missing")
    return file


def manifest_of(settings: Settings, encoder_name: str, segmenter: Segmenter) -> dict[str, Any]:
    """What passages are made with: a library holds passages of one make only."""
    return {
        "encoder": encoder_name,
        "passage_prefix": settings.encoder.passage_prefix,
        "split": {"version": SPLIT_VERSION, **settings.split.model_dump()},
        "segmenter": segmenter.name,
    }
