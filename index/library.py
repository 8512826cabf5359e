"""The library: one truth, two derived indexes, one writer.

The store is the truth. The vector and lexical indexes follow it: each has a marker file
that names the generation it has reached, written after the index's own commit. Whenever
the library is opened, what they missed is added, what has left is dropped, and an index
that can't be read is rebuilt. So a kill at any moment needs no repair by hand.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from filelock import FileLock, Timeout

from errors import LibraryBusy, LibraryMismatch
from index.store import Batch, Store
from index.words import Segmenter
from records import Document
from settings import Settings

if TYPE_CHECKING:
    from index.lexical import LexicalIndex
    from index.vectors import VectorIndex

log = logging.getLogger("youju.library")


class DerivedIndex(Protocol):
    """What both indexes can do."""

    def __len__(self) -> int:
        """The number of passages."""

    def clear(self) -> None:
        """Forget everything."""

    def change(self, removed: Sequence[str], added: Iterator[Batch]) -> None:
        """Drop documents by id, then add passages."""

    def refresh(self) -> None:
        """See what another process wrote."""

    def close(self) -> None:
        """Let go of the files."""


Index = TypeVar("Index", bound=DerivedIndex)


class Library:
    """Documents, passages and the means to find them. Opens lazily, index by index."""

    def __init__(self, settings: Settings, manifest: Mapping[str, Any]) -> None:
        """``manifest`` is what new passages are made with: see ``manifest_of``."""
        self.home = settings.home
        self.home.mkdir(parents=True, exist_ok=True)
        self.store = Store(self.home / "library.sqlite")
        self.segmenter = Segmenter(settings.dictionary)
        self._manifest = dict(manifest)
        self._lock = FileLock(self.home / "write.lock")
        self._opening = threading.RLock()
        self._open: dict[str, DerivedIndex] = {}
        self._seen: dict[str, int] = {}

    def check(self) -> None:
        """Raises LibraryMismatch when passages were made with other settings than now."""
        stored = self.store.manifest()
        differing = [
            f"{key}: {stored[key]} → {self._manifest[key]}"
            for key in self._manifest
            if key in stored and stored[key] != self._manifest[key]
        ]
        if differing:
            raise LibraryMismatch(
                f"资料库与现在的设置不一致（{'；'.join(differing)}）。"
                "请改回设置，或运行 youju docs rebuild 重建。",
                f"the library was built with other settings ({'; '.join(differing)}): "
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

    def remove(self, document_id: str) -> None:
        """Take a document out of the store and of both indexes. Raises DocumentNotFound."""
        with self.writing():
            self.store.remove(document_id)
            self.catch_up()

    @property
    def lexical(self) -> LexicalIndex:
        """The index of words, up to date with the store."""
        from index.lexical import LexicalIndex

        return self._current("lexical", lambda folder: LexicalIndex(folder, self.segmenter))

    @property
    def vectors(self) -> VectorIndex:
        """The index of vectors, up to date with the store."""
        from index.vectors import VectorIndex

        return self._current("vectors", VectorIndex)

    @contextmanager
    def steady(self) -> Iterator[None]:
        """Keep other threads from reopening the indexes while this one reads them."""
        with self._opening:
            yield

    def catch_up(self) -> None:
        """Bring both indexes to the store's generation."""
        _ = self.lexical, self.vectors

    def rebuild_indexes(self) -> None:
        """Make both indexes anew from the store."""
        with self.writing(), self._opening:
            for name in ("lexical", "vectors"):
                self._marker(name).unlink(missing_ok=True)
                self._seen.pop(name, None)
            self.catch_up()

    def close(self) -> None:
        """Let go of the files."""
        with self._opening:
            for index in self._open.values():
                index.close()
            self._open.clear()
            self._seen.clear()
        self.store.close()

    def _marker(self, name: str) -> Path:
        return self.home / f"{name}.generation"

    def _current(self, name: str, open_index: Callable[[Path], Index]) -> Index:
        with self._opening:
            generation = self.store.generation()
            if self._seen.get(name) != generation:
                if name in self._open:
                    self._open[name].refresh()
                else:
                    self._open[name] = self._opened(name, open_index)
                self._reconcile(name, self._open[name], generation)
                self._seen[name] = generation
            index: Any = self._open[name]
            return index  # type: ignore[no-any-return]

    def _opened(self, name: str, open_index: Callable[[Path], Index]) -> Index:
        folder = self.home / name
        try:
            index = open_index(folder)
            len(index)
            return index
        except Exception as error:  # whatever a damaged file makes the libraries raise
            log.warning("索引 %s 无法读取（%s），正在重建", name, error)
            with self.writing():
                shutil.rmtree(folder, ignore_errors=True)
                self._marker(name).unlink(missing_ok=True)
                return open_index(folder)

    def _reconcile(self, name: str, index: DerivedIndex, generation: int) -> None:
        reached = self._reached(name)
        if reached == generation and len(index) == self.store.count():
            return
        try:
            with self.writing(patience=0):
                if reached is None:
                    index.clear()
                removed, added = self.store.changes_since(reached or 0)
                index.change([*removed, *added], map(self.store.batch, added))
                if len(index) != self.store.count():
                    log.warning("索引 %s 与资料库不符，正在重建", name)
                    index.clear()
                    _, added = self.store.changes_since(0)
                    index.change([], map(self.store.batch, added))
                self._reach(name, self.store.generation())
        except LibraryBusy:
            # The writer brings the index up to date; until then a hit may be missing, and
            # one that has left the store is not shown.
            index.refresh()

    def _reached(self, name: str) -> int | None:
        try:
            return int(self._marker(name).read_text())
        except (OSError, ValueError):
            return None

    def _reach(self, name: str, generation: int) -> None:
        partial = self._marker(name).with_suffix(".partial")
        partial.write_text(str(generation))
        os.replace(partial, self._marker(name))


def manifest_of(settings: Settings, encoder_name: str, segmenter: Segmenter) -> dict[str, Any]:
    """What passages are made with: a library holds passages of one make only."""
    return {
        "encoder": encoder_name,
        "split": settings.split.model_dump(),
        "segmenter": segmenter.name,
    }
