"""Which version of a derived index counts, and whether its files are as they were left.

Each version lies in a folder of its own and is never changed again: a change is made in a
copy. The marker file names the version that counts and is replaced in one step, so a kill
at any moment leaves either the old version or the new one, whole.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

Stamps = dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an index.

    ``generation`` is the store's that it shows, ``dropped`` how many passages it has lost
    since it was built from nothing, ``files`` size (bytes) and time of change (ns) of those
    files that mere reading doesn't touch, by their paths in ``folder``.
    """

    generation: int
    folder: str
    dropped: int
    files: Stamps


def read(marker: Path) -> Version | None:
    """The version that a marker names; None if there is none, or none that can be read."""
    try:
        said = json.loads(marker.read_text(encoding="utf-8"))
        files = {name: (int(size), int(time)) for name, (size, time) in said["files"].items()}
        return Version(int(said["generation"]), str(said["folder"]), int(said["dropped"]), files)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write(marker: Path, version: Version) -> None:
    """Name the version that counts, in one step."""
    partial = marker.with_suffix(".partial")
    partial.write_text(json.dumps(asdict(version)), encoding="utf-8")
    os.replace(partial, marker)


def stamps(folder: Path, files: Iterable[Path]) -> Stamps:
    """Size and time of change of each file, by its path in ``folder``."""
    found = ((file.relative_to(folder).as_posix(), file.stat()) for file in files)
    return {name: (status.st_size, status.st_mtime_ns) for name, status in found}


def is_as_left(folder: Path, version: Version) -> bool:
    """Whether the files are those of the marker.

    What isn't must not be opened: hnswlib and memory maps end the process on a damaged file.
    """
    try:
        return stamps(folder, (folder / name for name in version.files)) == version.files
    except OSError:
        return False


@contextmanager
def new_folder(parent: Path, generation: int) -> Iterator[Path]:
    """An empty folder for a version; deleted when something goes wrong."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{generation}-", dir=parent))
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def discard_others(parent: Path, version: Version) -> None:
    """Delete whatever lies beside the version that counts."""
    for path in parent.iterdir():
        if path.name != version.folder:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def size_of(folder: Path) -> int:
    """Bytes in all files below a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
