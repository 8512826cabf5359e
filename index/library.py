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
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from filelock import FileLock, Timeout

from errors import LibraryBusy, LibraryMismatch
from index.store import Batch, Store
from index.words import Segmenter
from ingest.split import SPLIT_VERSION
from records import Document
from settings import Settings

if TYPE_CHECKING:
    from index.lexical import LexicalIndex
    from index.vectors import VectorIndex

log = logging.getLogger("youju.library")

_REBUILDING = {"rebuilding": True}
_LONG = 2000


class DerivedIndex(Protocol):
    """What both indexes can do."""

    def __len__(self) -> int:
        """The number of passages."""

    def change(self, removed: Sequence[str], added: Iterator[Batch]) -> None:
        """Drop documents by id, then add passages."""

    def refresh(self) -> None:
        """See what another process wrote."""

    def close(self) -> None:
        """Let go of the files."""


Index = TypeVar("Index", bound=DerivedIndex)


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
        self._announce = announce
        self.home = settings.home
        self.home.mkdir(parents=True, exist_ok=True)
        self.store = Store(self.home / "library.sqlite")
        self.segmenter = Segmenter(settings.dictionary)
        self._manifest = dict(manifest)
        self._lock = FileLock(self.home / "write.lock")
        self._opening = threading.RLock()
        self._open: dict[str, DerivedIndex] = {}
        self._seen: dict[str, int] = {}

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
        if self.store.manifest() == _REBUILDING:
            raise LibraryMismatch(
                "资料库正在重建，或上次重建没有完成。请等它结束，或运行 youju docs rebuild。",
                "the library is being rebuilt, or a rebuild was cut short: wait for it, or run "
                "youju docs rebuild.",
            )
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

    def declare(self, rebuilding: bool = False) -> None:
        """Record that all passages are made with the settings in force, or are being remade."""
        with self.writing():
            self.store.set_manifest(_REBUILDING if rebuilding else self._manifest)

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

    def forget_indexes(self, *names: str) -> None:
        """Have these indexes ("lexical", "vectors") made anew when next used; without names, both.

        They are made from the store, by whoever uses them first.
        """
        with self.writing(), self._opening:
            for name in names or ("lexical", "vectors"):
                self._marker(name).unlink(missing_ok=True)
                self._seen.pop(name, None)

    def rebuild_indexes(self, *names: str) -> None:
        """Make these indexes ("lexical", "vectors") anew from the store; without names, both."""
        with self.writing(), self._opening:
            self.forget_indexes(*names)
            self.catch_up()

    def close(self) -> None:
        """Let go of the files."""
        with self._opening:
            for index in self._open.values():
                index.close()
            self._open.clear()
            self._seen.clear()
        self.store.close()

    def reached(self, name: str) -> int | None:
        """The generation that an index's marker names; None where there is none."""
        try:
            return int(self._marker(name).read_text())
        except (OSError, ValueError):
            return None

    def _marker(self, name: str) -> Path:
        return self.home / f"{name}.generation"

    def _current(self, name: str, open_index: Callable[[Path], Index]) -> Index:
        """The index as new as it can be had: ``_seen`` is the generation that it shows."""
        with self._opening:
            generation = self.store.generation()
            if self._seen.get(name) != generation:
                if name not in self._open or self.reached(name) != self._seen.get(name):
                    self._open[name] = self._readable(name, open_index)
                self._seen[name] = self._reconciled(name, open_index, generation)
            index: Any = self._open[name]
            return index  # type: ignore[no-any-return]

    def _readable(self, name: str, open_index: Callable[[Path], Index]) -> DerivedIndex:
        """The index, opened or refreshed. One that can't be read is made anew, empty."""
        known = self._open.get(name)
        try:
            if known is None:
                known = open_index(self.home / name)
            else:
                known.refresh()
            len(known)
            return known
        except Exception as error:  # whatever a damaged file makes the libraries raise
            with self.writing():
                return self._anew(name, open_index, error)

    def _anew(
        self, name: str, open_index: Callable[[Path], Index], reason: Exception
    ) -> DerivedIndex:
        log.warning("index %s is made anew: %s", name, reason)
        with suppress(Exception):
            self._open.pop(name).close()
        shutil.rmtree(self.home / name, ignore_errors=True)
        self._marker(name).unlink(missing_ok=True)
        return open_index(self.home / name)

    def _reconciled(self, name: str, open_index: Callable[[Path], Index], generation: int) -> int:
        """Bring the index up to date, unless another process is at it; what it has reached."""
        reached = self.reached(name)
        count = self.store.count()
        if reached == generation and len(self._open[name]) == count:
            return generation
        try:
            with self.writing(patience=0):
                generation = self.store.generation()
                self._follow(name, open_index, self.reached(name))
                self._reach(name, generation)
                return generation
        except LibraryBusy:
            # The writer brings it up to date; until then a hit may be missing, and one that
            # has left the store is not shown.
            return -1 if reached is None else reached

    def _follow(self, name: str, open_index: Callable[[Path], Index], reached: int | None) -> None:
        index, count = self._open[name], self.store.count()
        if abs(count - len(index)) > _LONG:
            self._announce(
                f"正在更新索引 {name}（{count} 段）", f"updating index {name} ({count} passages)"
            )
        try:
            if reached is None and len(index):
                raise ValueError("it does not say what it holds")
            removed, added = self.store.changes_since(-1 if reached is None else reached)
            index.change([*removed, *added], map(self.store.batch, added))
            if len(index) != count:
                raise ValueError(f"it has {len(index)} passages, the store {count}")
        except Exception as error:  # vectors of another length, a damaged file
            self._open[name] = self._anew(name, open_index, error)
            _, added = self.store.changes_since(-1)
            self._open[name].change([], map(self.store.batch, added))

    def _reach(self, name: str, generation: int) -> None:
        partial = self._marker(name).with_suffix(".partial")
        partial.write_text(str(generation))
        os.replace(partial, self._marker(name))


def manifest_of(settings: Settings, encoder_name: str, segmenter: Segmenter) -> dict[str, Any]:
    """What passages are made with: a library holds passages of one make only."""
    return {
        "encoder": encoder_name,
        "passage_prefix": settings.encoder.passage_prefix,
        "split": {"version": SPLIT_VERSION, **settings.split.model_dump()},
        "segmenter": segmenter.name,
    }
