"""A disk that is full, a folder that may not be written to, other processes, odd clocks."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import pytest

from errors import LibraryBusy
from index.library import Library
from index.schema import backup_of
from settings import CHECKOUT, Settings
from tests.samples import make_batch, make_document
from tests.test_library import MANIFEST, ROADS, WATER, assert_whole, found, put

PRELUDE = """
import json, os, sys
from pathlib import Path
from errors import LibraryUnwritable
from index.library import Library
from settings import load_settings
from tests.samples import make_batch, make_document
from tests.test_library import MANIFEST, MANY, ROADS, WATER, assert_whole, put
home = Path(sys.argv[1])
def opened():
    return Library(load_settings(environment={}, home=home), MANIFEST)
"""


ALONE = ("unshare", "--mount", "--map-root-user")


def can_mount() -> bool:
    """Whether this user may mount in a namespace of his own."""
    probe = [*ALONE, "mount", "-t", "tmpfs", "none", "/mnt"]
    return bool(shutil.which("unshare")) and subprocess.run(probe).returncode == 0


def run_mounted(mount: str, script: str, home: Path) -> str:
    """What a script says on a mount of its own, which nobody else sees."""
    if not can_mount() and not os.environ.get("CI"):
        pytest.skip("needs unshare --mount")
    home.mkdir(parents=True, exist_ok=True)
    command = f'{mount} && exec "{sys.executable}" -c "$2" "$1"'
    done = subprocess.run(
        [*ALONE, "sh", "-c", command, "sh", str(home), PRELUDE + textwrap.dedent(script)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


SMALL_DISK = 'mount -t tmpfs -o size=6m none "$1"'


def test_a_full_disk_is_told_and_costs_nothing_that_was_stored(tmp_path: Path) -> None:
    said = run_mounted(
        SMALL_DISK,
        """
        library, stored, told = opened(), [], []
        try:
            for number in range(200):
                document = make_document(MANY + str(number), f"{number}.txt")
                library.put(document, make_batch(document))
                stored.append(document.path)
        except LibraryUnwritable as error:
            told = [str(error), error.english]
        library.close()
        again = opened()
        there = [entry.path for entry in again.store.entries()]
        whole = all(
            again.store.batch(e.id).passages == make_batch(again.store.document(e.id)).passages
            for e in again.store.entries()
        )
        print(json.dumps([sorted(stored) == sorted(there), len(stored), whole, told]))
        """,
        tmp_path / "home",
    )
    same, count, whole, told = json.loads(said)
    assert same and whole and count > 0
    assert "磁盘已满" in told[0] and "the disk is full" in told[1]


def test_indexes_that_find_no_room_follow_when_there_is_some(tmp_path: Path) -> None:
    said = run_mounted(
        SMALL_DISK,
        """
        library = opened()
        put(library, make_document(WATER, "water.txt"))
        roads = make_document(ROADS, "roads.txt")
        library.put(roads, make_batch(roads))
        filler = home / "filler"
        free = os.statvfs(home).f_bavail * os.statvfs(home).f_frsize
        told = []
        for left in (0, 20_000, 200_000, 400_000):
            filler.write_bytes(bytes(max(0, free - left)))
            try:
                library.catch_up()
            except LibraryUnwritable as error:
                told.append(str(error))
        filler.unlink()
        library.close()
        again = opened()
        assert_whole(again)
        print(json.dumps([told, len(again.store.entries())]))
        """,
        tmp_path / "home",
    )
    told, documents = json.loads(said)
    assert told and all("磁盘已满" in each for each in told)
    assert documents == 2


def test_a_folder_that_may_not_be_written_to_is_named(library: Library, settings: Settings) -> None:
    put(library, make_document(WATER, "water.txt"))
    library.close()
    said = run_mounted(
        'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1"',
        """
        try:
            opened()
        except LibraryUnwritable as error:
            print(json.dumps([str(error), error.english]))
        """,
        settings.home,
    )
    chinese, english = json.loads(said)
    assert str(settings.home) in chinese and "不能写入" in chinese
    assert "can't be written to" in english
    again = Library(settings, MANIFEST)
    assert_whole(again)
    again.close()


@pytest.fixture
def library(settings: Settings) -> Library:
    return Library(settings, MANIFEST)


def test_another_process_that_writes_is_named(library: Library, settings: Settings) -> None:
    put(library, make_document(WATER, "water.txt"))
    script = """
    library = opened()
    with library.writing():
        print("writing", flush=True)
        sys.stdin.readline()
    """
    with other(script, settings.home) as writer:
        assert writer.stdout and writer.stdin
        assert writer.stdout.readline() == "writing\n"
        with pytest.raises(LibraryBusy, match=f"进程 {writer.pid} 写入"), library.writing():
            pass
        writer.kill()
        writer.wait(60)
    with library.writing():  # the lock died with its holder
        pass
    library.close()


def other(script: str, home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PRELUDE + textwrap.dedent(script), str(home)],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    "moment", ["index.lexical.LexicalIndex.forget", "index.vectors.VectorIndex.mend"]
)
def test_a_reader_that_comes_in_the_middle_of_a_write_reads_what_was_there(
    library: Library, settings: Settings, moment: str
) -> None:
    put(library, make_document(WATER, "water.txt"))
    library.close()
    owner, name = moment.rsplit(".", 1)
    script = f"""
    import pkgutil
    place = pkgutil.resolve_name({owner!r})
    real = getattr(place, {name!r})
    def slow(*arguments):
        print("inside", flush=True)
        sys.stdin.readline()
        setattr(place, {name!r}, real)
        return real(*arguments)
    setattr(place, {name!r}, slow)
    library = opened()
    put(library, make_document(ROADS, "roads.txt"))
    library.remove(make_document(ROADS, "roads.txt").id)
    library.close()
    """
    with other(script, settings.home) as writer:
        assert writer.stdout and writer.stdin
        assert writer.stdout.readline() == "inside\n"
        reader = Library(settings, MANIFEST)
        assert any("320" in text for text in found(reader, "320"))
        assert len(reader.vectors) >= 1
        writer.stdin.write("\n")
        writer.stdin.flush()
        assert writer.wait(60) == 0
    assert_whole(reader)
    assert found(reader, "77") == set()
    reader.close()


def test_a_clock_that_was_set_back_changes_no_order(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Earlier(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime(1990, 1, 1, tzinfo=UTC)

    put(library, make_document(WATER, "water.txt"))
    monkeypatch.setattr("index.store.datetime", Earlier)
    put(library, make_document(ROADS, "roads.txt"))
    newer = make_document("临江市有码头 9 座。", "water.txt")
    put(library, newer)
    entries = {entry.path: entry for entry in library.store.entries()}
    assert entries[newer.path].id == newer.id
    assert entries[newer.path].ingested_at.startswith("1990")
    assert_whole(library)
    library.close()
    os.utime(library.home / "library.sqlite", (0, 0))
    again = Library(Settings(home=library.home), MANIFEST)
    assert_whole(again)
    again.close()


def test_documents_of_the_first_schema_are_kept_and_copied_first(
    library: Library, settings: Settings
) -> None:
    document = make_document(WATER, "water.txt")
    put(library, document)
    library.close()
    file = settings.home / "library.sqlite"
    with sqlite3.connect(file) as database:
        database.execute("ALTER TABLE passages DROP COLUMN cells")
        database.execute("UPDATE facts SET value = '1' WHERE name = 'schema'")
    again = Library(settings, MANIFEST)
    assert again.store.batch(document.id).passages == make_batch(document).passages
    assert_whole(again)
    with sqlite3.connect(backup_of(file, "1")) as before:
        assert before.execute("SELECT text FROM documents").fetchall() == [(WATER,)]
    again.remove(document.id)  # what is removed stays in no copy
    assert not backup_of(file, "1").exists()
    again.close()
