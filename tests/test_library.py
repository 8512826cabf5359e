"""The store, the two derived indexes, and what keeps them together."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from errors import DocumentNotFound, LibraryBusy, LibraryMismatch
from index.lexical import BIGRAMS, WORDS
from index.library import Library
from index.schema import SCHEMA_VERSION, backup_of, fact, set_fact
from index.store import Batch, Store
from index.vectors import _chunks
from index.words import bigrams
from records import Block, Document, Heading, Kind, Span, Table
from settings import CHECKOUT, Settings
from tests.samples import make_batch, make_document, vector_of

MANIFEST = {"encoder": "test", "split": {"minimum": 10, "maximum": 40}, "segmenter": "jieba"}
WATER = "青湾市的供水管网全长 320 公里。\n漏损率降到 8.5%。"
ROADS = "白石省新建公路 77 公里。\n桥梁共有 12 座。"
MANY = "\n".join(f"临江市第 {number} 号码头全长 {number * 7} 米。" for number in range(1100))


@pytest.fixture
def library(settings: Settings) -> Library:
    return Library(settings, MANIFEST)


def put(library: Library, *documents: Document) -> None:
    for document in documents:
        library.put(document, make_batch(document))
    library.catch_up()


def found(library: Library, word: str) -> set[str]:
    """Texts of the passages that hold a word, by the lexical index and the store."""
    return {
        p.text
        for p in library.store.passages(list(library.lexical.search(WORDS, [word], 10))).values()
    }


def nearest(library: Library, text: str) -> str:
    return next(iter(library.vectors.search(vector_of(text), 1)))


def assert_whole(library: Library) -> None:
    """Every stored passage is found by its vector, and the indexes hold nothing else."""
    library.catch_up()
    assert len(library.lexical) == len(library.vectors) == library.store.count()
    for entry in library.store.entries():
        document = library.store.document(entry.id)
        for passage in library.store.batch(entry.id).passages:
            assert passage.span.of(document.text) == passage.text
            similarity = next(iter(library.vectors.search(vector_of(passage.text), 1).values()))
            assert similarity == pytest.approx(1, abs=1e-4)
            assert passage.id in library.lexical.search(BIGRAMS, bigrams(passage.text), 50)


def test_a_document_comes_back_as_it_went_in(library: Library) -> None:
    table = Table(Span(3, 9), ((Span(3, 5), Span(6, 9)),), 1, Span(0, 2))
    document = make_document(
        WATER,
        pages=(Span(0, 20), Span(20, len(WATER))),
        outline=(Heading(2, Span(0, 4)),),
        tables=(table, replace(table, caption=None)),
        blocks=(Block(Kind.FOOTNOTE, Span(10, 12)),),
        unread=(2,),
        publisher="青湾市统计局",
        date="2023-05",
    )
    document = replace(document, raw=f"x{WATER}", origins=tuple(range(1, len(WATER) + 1)))
    batch = make_batch(document)
    put(library, document)
    assert library.store.document(document.id) == document
    assert library.store.batch(document.id).passages == batch.passages
    np.testing.assert_array_equal(library.store.batch(document.id).vectors, batch.vectors)


def test_words_and_vectors_find_what_was_put_in(library: Library) -> None:
    water, roads = make_document(WATER, "water.txt"), make_document(ROADS, "roads.txt")
    put(library, water, roads)
    assert any("320 公里" in text for text in found(library, "320"))
    assert found(library, "没有这个词") == set()
    passage = library.store.batch(roads.id).passages[0]
    assert nearest(library, passage.text) == passage.id
    only_water = library.vectors.search(vector_of(passage.text), 5, [water.id])
    assert only_water and all(key.startswith(water.id) for key in only_water)
    only_water = library.lexical.search(WORDS, ["公里"], 5, [water.id])
    assert only_water and all(key.startswith(water.id) for key in only_water)


def test_new_content_at_a_path_replaces_the_old(library: Library) -> None:
    old = make_document(WATER, "a.txt")
    new = replace(make_document(ROADS, "other"), path=old.path)
    put(library, old)
    put(library, new)
    assert [entry.id for entry in library.store.entries()] == [new.id]
    assert found(library, "320") == set()
    assert_whole(library)


def test_a_removed_document_is_gone_from_everything(library: Library, settings: Settings) -> None:
    water, roads = make_document(WATER, "water.txt"), make_document(ROADS, "roads.txt")
    put(library, water, roads)
    library.remove(water.id)
    assert found(library, "320") == set()
    assert_whole(library)
    with pytest.raises(DocumentNotFound, match=water.id):
        library.remove(water.id)
    with pytest.raises(DocumentNotFound):
        library.store.document(water.id)


def test_a_document_whose_vectors_are_short_leaves_no_trace(library: Library) -> None:
    water, roads = make_document(WATER, "water.txt"), make_document(ROADS, "roads.txt")
    put(library, water)
    batch = make_batch(roads)
    with pytest.raises(ValueError):
        library.put(roads, batch._replace(vectors=batch.vectors[:0]))
    assert [entry.id for entry in library.store.entries()] == [water.id]
    assert library.store.generation() == 1


@pytest.mark.parametrize("name", ["lexical", "vectors"])
@pytest.mark.parametrize("damage", ["deleted", "noise", "truncated", "no marker", "old copy"])
def test_a_damaged_index_is_rebuilt_on_opening(
    settings: Settings, tmp_path: Path, name: str, damage: str
) -> None:
    library = Library(settings, MANIFEST)
    put(library, make_document(WATER, "water.txt"))
    library.close()
    shutil.copytree(settings.home / name, tmp_path / "old")
    library = Library(settings, MANIFEST)
    put(library, make_document(ROADS, "roads.txt"))
    library.close()
    spoil(settings.home / name, damage, tmp_path / "old")
    library = Library(settings, MANIFEST)
    assert_whole(library)
    library.close()


def spoil(folder: Path, damage: str, old: Path) -> None:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    if damage == "deleted":
        shutil.rmtree(folder)
    elif damage == "old copy":
        shutil.rmtree(folder)
        shutil.copytree(old, folder)
    elif damage == "no marker":
        folder.with_suffix(".generation").unlink()
    else:
        for file in files:
            file.write_bytes(b"\x07noise" * 100 if damage == "noise" else b"")


def test_what_an_index_missed_is_added_when_it_is_opened(settings: Settings) -> None:
    library = Library(settings, MANIFEST)
    put(library, make_document(WATER, "water.txt"))
    # Entered in the store only, as when a process dies before the indexes follow.
    library.put(make_document(ROADS, "roads.txt"), make_batch(make_document(ROADS, "roads.txt")))
    library.close()
    again = Library(settings, MANIFEST)
    assert found(again, "77")
    assert_whole(again)
    again.close()


def test_a_change_by_another_process_is_seen(settings: Settings) -> None:
    here = Library(settings, MANIFEST)
    put(here, make_document(WATER, "water.txt"))
    script = textwrap.dedent(
        """
        from settings import load_settings; from index.library import Library
        from tests.samples import make_batch, make_document
        from tests.test_library import MANIFEST, ROADS, put
        import sys
        put(Library(load_settings(home=sys.argv[1]), MANIFEST), make_document(ROADS, "roads.txt"))
        """
    )
    run_python(script, settings.home)
    assert found(here, "77")
    assert_whole(here)
    here.close()


def test_asking_while_another_process_writes_is_not_the_last_word(settings: Settings) -> None:
    here = Library(settings, MANIFEST)
    put(here, make_document(WATER, "water.txt"))
    script = textwrap.dedent(
        """
        import sys
        from index.library import Library
        from settings import load_settings
        from tests.samples import make_batch, make_document
        from tests.test_library import MANIFEST, MANY
        library = Library(load_settings(home=sys.argv[1]), MANIFEST)
        document = make_document(MANY, "many.txt")
        with library.writing():
            library.put(document, make_batch(document))
            print("stored", flush=True)
            sys.stdin.readline()
            library.catch_up()
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(settings.home)],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout and writer.stdin
        assert writer.stdout.readline() == "stored\n"
        assert len(here.vectors) < 10  # the store is ahead of the index
        assert found(here, "码头") == set()
        writer.stdin.write("\n")
        writer.stdin.flush()
        assert writer.wait(60) == 0
    many = make_batch(make_document(MANY, "many.txt"))
    assert len(here.vectors) == len(here.lexical) == here.store.count() > 1000
    for passage in many.passages[::100]:
        assert nearest(here, passage.text) == passage.id
    assert found(here, "码头")
    here.close()


def run_python(script: str, *arguments: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)], cwd=CHECKOUT, check=True, timeout=120
    )


def test_other_settings_are_named_with_the_command_that_mends(settings: Settings) -> None:
    put(Library(settings, MANIFEST), make_document(WATER))
    other = Library(settings, {**MANIFEST, "encoder": "another"})
    with pytest.raises(LibraryMismatch, match=r"test → another.*youju docs rebuild"):
        other.check()
    Library(settings, MANIFEST).check()


def test_vectors_of_another_length_lead_to_a_new_index(settings: Settings) -> None:
    library = Library(settings, MANIFEST)
    put(library, make_document(WATER, "water.txt"))
    longer = make_batch(make_document(WATER, "water.txt"), dimension=16)
    library.put(make_document(WATER, "water.txt"), longer)
    library.close()
    again = Library(settings, MANIFEST)
    passage = longer.passages[0]
    assert next(iter(again.vectors.search(vector_of(passage.text, 16), 1))) == passage.id
    again.close()


@pytest.mark.parametrize("name", ["lexical", "vectors"])
def test_an_index_that_vanishes_under_a_running_process_is_rebuilt(
    settings: Settings, name: str
) -> None:
    library = Library(settings, MANIFEST)
    put(library, make_document(WATER, "water.txt"))
    shutil.rmtree(settings.home / name)
    library.put(make_document(ROADS, "roads.txt"), make_batch(make_document(ROADS, "roads.txt")))
    assert_whole(library)
    library.close()


def test_a_library_of_the_first_schema_is_brought_up_to_date(settings: Settings) -> None:
    path = settings.home / "library.sqlite"
    Store(path).close()
    with sqlite3.connect(path) as database:
        database.execute("ALTER TABLE passages DROP COLUMN cells")
        database.execute("UPDATE facts SET value = '1' WHERE name = 'schema'")
    store = Store(path)
    assert fact(store._database, "schema") == str(SCHEMA_VERSION)
    assert store.count() == 0 and store.batch("none").passages == ()
    with sqlite3.connect(backup_of(path, "1")) as before:
        assert fact(before, "schema") == "1"
        assert "cells" not in str(before.execute("SELECT sql FROM sqlite_master").fetchall())
    backup_of(path, "1").unlink()
    Store(path)
    assert not backup_of(path, "1").exists()


def test_a_newer_schema_is_refused(settings: Settings) -> None:
    path = settings.home / "library.sqlite"
    store = Store(path)
    set_fact(store._database, "schema", "99")
    store.close()
    before = path.read_bytes()
    with pytest.raises(LibraryMismatch, match="99"):
        Store(path)
    assert path.read_bytes() == before


def test_the_second_writer_is_told_who_is_first(library: Library) -> None:
    refused: list[LibraryBusy] = []

    def second() -> None:
        try:
            with library.writing():
                pass
        except LibraryBusy as error:
            refused.append(error)

    with library.writing():
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(10)
    assert str(os.getpid()) in str(refused[0])


MOMENTS = {
    "while the store is written": ("index.store.passage_row", 1),
    "before the indexes follow": ("index.library.Library.catch_up", 1),
    "before the lexical version counts": ("index.derived.Derived._settle", 1),
    "before the lexical marker": ("index.versions.write", 1),
    "after the lexical marker": ("index.versions.discard_others", 1),
    "while vectors are written": ("index.vectors.VectorIndex._enter", 1),
    "before the vectors' marker": ("index.versions.write", 2),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_kill_loses_nothing_that_was_acknowledged(settings: Settings, moment: str) -> None:
    library = Library(settings, MANIFEST)
    put(library, make_document(WATER, "water.txt"))
    library.close()
    victim, times = MOMENTS[moment]
    script = textwrap.dedent(
        f"""
        import os, pkgutil, signal, sys
        from index.library import Library
        from settings import load_settings
        from tests.samples import make_batch, make_document
        from tests.test_library import MANIFEST, ROADS
        library = Library(load_settings(home=sys.argv[1]), MANIFEST)
        library.catch_up()
        owner, name = {victim!r}.rsplit(".", 1)
        place = pkgutil.resolve_name(owner)
        real, left = getattr(place, name), [{times}]
        def dying(*arguments):
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments)
        setattr(place, name, dying)
        document = make_document(ROADS, "roads.txt")
        library.put(document, make_batch(document))
        library.catch_up()
        """
    )
    killed = subprocess.run([sys.executable, "-c", script, str(settings.home)], cwd=CHECKOUT)
    assert killed.returncode == -signal.SIGKILL
    again = Library(settings, MANIFEST)
    acknowledged = 1 if victim.startswith("index.store") else 2
    assert len(again.store.entries()) == acknowledged
    assert_whole(again)
    again.close()


def test_vectors_are_handed_over_in_chunks_across_documents() -> None:
    reports = [make_document("港口。" * length, f"{length}.txt") for length in (1, 40, 3, 90)]
    batches = [Batch((), np.empty((0, 0), np.float32)), *map(make_batch, reports)]
    whole = [(p.id, v.tobytes()) for batch in batches for p, v in zip(*batch, strict=True)]
    for limit in (1, 4, 7, 1000):
        chunks = list(_chunks(batches, limit))
        assert [(p.id, v.tobytes()) for c in chunks for p, v in zip(*c, strict=True)] == whole
        assert all(len(chunk.passages) == limit for chunk in chunks[:-1])
        assert 0 < len(chunks[-1].passages) <= limit
    assert list(_chunks([], 4)) == []
