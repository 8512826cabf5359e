"""An index that follows the store: opened, brought up to date, checked, built anew.

A change is made in a copy of the index, which is opened again from disk and asked for some
of its passages before it counts. Whatever goes wrong on the way, the index is built anew
from the store.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Generic, Protocol, TypeVar

from errors import LibraryBusy, LibraryError
from index import versions
from index.disk import full_disk, require_space
from index.store import Batch, Store
from index.versions import Version

log = logging.getLogger("youju.library")

_LONG = 2000
_SAMPLE_OPENING = 32
_SAMPLE_CHANGED = 200
_ATTEMPTS = 3
_BYTES = 6000  # that a passage takes in an index of vectors, the larger of the two


class DerivedIndex(Protocol):
    """What both indexes can do."""

    wears_out: ClassVar[bool]
    """Whether what is dropped goes on taking room, so that the index must be built anew."""

    def __len__(self) -> int:
        """The number of passages."""

    def copy_to(self, folder: Path) -> None:
        """Put a copy of the files into an empty folder."""

    def change(self, removed: Sequence[str], added: Iterator[Batch]) -> None:
        """Drop documents by id, then add passages."""

    def forget(self, remaining: Iterator[Batch]) -> None:
        """Leave in the files no text but of ``remaining``, which is all that is indexed."""

    def missing(self, batch: Batch) -> int:
        """How many of these passages are not found by what is their own."""

    def mend(self, batch: Batch) -> int:
        """Enter anew those of the passages that are missing; how many still are."""

    def seal(self) -> None:
        """Close it after a change, with nothing in its files but what is indexed."""

    def unchanging_files(self) -> list[Path]:
        """The files that mere reading doesn't touch."""

    def close(self) -> None:
        """Let go of the files."""


Index = TypeVar("Index", bound=DerivedIndex)


class Derived(Generic[Index]):
    """One derived index of a library, as new as it can be had. Not thread-safe."""

    def __init__(
        self,
        name: str,
        home: Path,
        open_index: Callable[[Path], Index],
        store: Store,
        writing: Callable[[float], AbstractContextManager[None]],
        announce: Callable[[str, str], None],
    ) -> None:
        self._name = name
        self._folder = home / name
        self._marker = home / f"{name}.generation"
        self._open_index = open_index
        self._store = store
        self._writing = writing
        self._announce = announce
        self._index: Index | None = None
        self._version: Version | None = None
        self._stand_in: Path | None = None
        self._seen = -1

    def current(self) -> Index:
        """The index at the store's generation, or behind it while another process writes."""
        generation = self._store.generation()
        if self._index is None or self._seen != generation:
            self._seen = self._brought_to(generation)
        assert self._index is not None
        return self._index

    def rebuild(self) -> None:
        """Build the index anew from the store; what is there serves until that is done."""
        with self._writing(1.0):
            generation = self._store.generation()
            self._build(generation)
            self._seen = generation

    def discard_others(self) -> None:
        """Delete versions that no longer count, as a killed writer leaves them. The writer's."""
        if self._version is not None:
            versions.discard_others(self._folder, self._version)

    def forget(self) -> None:
        """Have the index built anew by whoever uses it first. The writer's."""
        self._marker.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Let go of the files."""
        with suppress(Exception):  # a damaged index may be unable to close
            if self._index is not None:
                self._index.close()
        if self._stand_in is not None:
            shutil.rmtree(self._stand_in, ignore_errors=True)
        self._index = self._version = self._stand_in = None
        self._seen = -1

    def _brought_to(self, generation: int) -> int:
        """Bring the index there, unless another process is at it; what it has reached."""
        self._take_up()
        if self._shows(generation):
            return generation
        try:
            with self._writing(0):
                generation = self._store.generation()
                self._take_up()
                if not self._shows(generation):
                    self._advance(generation)
                return generation
        except LibraryBusy:
            # The writer brings it up to date; until then a hit may be missing, and one that
            # has left the store is not shown.
            if self._index is None:
                self._stand_in = Path(tempfile.mkdtemp(prefix="youju-"))
                self._index = self._open_index(self._stand_in)
            return -1 if self._version is None else self._version.generation

    def _shows(self, generation: int) -> bool:
        return (
            self._index is not None
            and self._version is not None
            and self._version.generation == generation
            and len(self._index) == self._store.count()
        )

    def _take_up(self) -> None:
        """Open the version that counts, if it isn't open and can be trusted."""
        version = versions.read(self._marker)
        if self._index is not None and version == self._version:
            return
        self.close()
        if version is None:
            return
        folder = self._folder / version.folder
        try:
            if not versions.is_as_left(folder, version):
                raise ValueError("its files are not as they were left")
            self._index = self._open_index(folder)
            sample = self._store.sample(_SAMPLE_OPENING)
            if version.generation == self._store.generation():
                _require_found(self._index, sample)
            self._version = version
        except Exception as error:  # whatever a damaged file makes the libraries raise
            log.info("index %s can't be used: %s", self._name, error)
            self.close()

    def _advance(self, generation: int) -> None:
        if self._index is not None and self._version is not None:
            try:
                return self._grow(self._index, self._version, generation)
            except LibraryError:
                raise
            except Exception as error:  # vectors of another length, a damaged file
                self._refuse_full_disk(error)
                log.info("index %s can't be changed: %s", self._name, error)
        self._build(generation)

    def _grow(self, index: Index, version: Version, generation: int) -> None:
        removed, added = self._store.changes_since(version.generation)
        if not removed and not added:
            self._agree(index)
            self._version = replace(version, generation=generation)
            return versions.write(self._marker, self._version)
        count, coming = self._store.count(), self._store.count(added) if added else 0
        dropped = version.dropped + len(index) + coming - count
        if index.wears_out and dropped > max(count, _LONG):
            return self._build(generation)
        self._tell(coming)
        old = self._folder / version.folder
        require_space(self._folder, versions.size_of(old) + coming * _BYTES)
        with versions.new_folder(self._folder, generation) as folder:
            index.copy_to(folder)
            changed = self._open_index(folder)
            changed.change([*removed, *added], map(self._store.batch, added))
            if removed:
                changed.forget(self._store.batches())
            self._mend(changed)
            changed.seal()
            self._settle(folder, generation, dropped)

    def _mend(self, index: Index) -> None:
        """See that passages find themselves; if some don't, go through all and mend them."""
        if index.missing(self._store.sample(_SAMPLE_CHANGED)):
            lost = sum(map(index.mend, self._store.batches()))
            if lost:
                raise _Lost(f"{lost} of its passages can't be found")

    def _build(self, generation: int) -> None:
        count = self._store.count()
        if self._marker.exists() or (self._folder.is_dir() and any(self._folder.iterdir())):
            self._announce(
                f"正在从资料库重建索引 {self._name}（{count} 段）",
                f"building the index {self._name} anew from the library ({count} passages)",
            )
        else:
            self._tell(count)
        require_space(self._folder, count * _BYTES)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return self._build_once(generation, strict=attempt < _ATTEMPTS)
            except _Lost as error:  # another graph is another draw
                log.info("index %s: %s", self._name, error)
            except Exception as error:
                self._refuse_full_disk(error)
                raise

    def _build_once(self, generation: int, strict: bool) -> None:
        with versions.new_folder(self._folder, generation) as folder:
            built = self._open_index(folder)
            built.change([], self._store.batches())
            built.seal()
            self._settle(folder, generation, 0, strict)

    def _settle(self, folder: Path, generation: int, dropped: int, strict: bool = True) -> None:
        """Open what was written, look for a sample, and let it be the version that counts."""
        index = self._open_index(folder)
        try:
            self._agree(index)
            if strict:
                _require_found(index, self._store.sample(_SAMPLE_CHANGED))
        except BaseException:
            index.close()
            raise
        files = versions.stamps(folder, index.unchanging_files())
        version = Version(generation, folder.name, dropped, files)
        versions.write(self._marker, version)
        self.close()
        self._index, self._version = index, version
        versions.discard_others(self._folder, version)

    def _agree(self, index: Index) -> None:
        if len(index) != self._store.count():
            raise ValueError(f"it has {len(index)} passages, the store {self._store.count()}")

    def _tell(self, passages: int) -> None:
        if passages > _LONG:
            self._announce(
                f"正在更新索引 {self._name}（{passages} 段）",
                f"updating the index {self._name} ({passages} passages)",
            )

    def _refuse_full_disk(self, error: Exception) -> None:
        full = full_disk(error, self._folder)
        if full is not None:
            raise full from error


class _Lost(Exception):
    """An index doesn't find what it should hold."""


def _require_found(index: DerivedIndex, sample: Batch) -> None:
    """Raises _Lost. A large graph may lose the one or other passage: building it takes minutes."""
    missing = index.missing(sample)
    tolerated = 1 + len(sample.passages) // 50 if len(index) > _LONG else 0
    if missing > tolerated:
        raise _Lost(f"it does not find {missing} of {len(sample.passages)} passages")
