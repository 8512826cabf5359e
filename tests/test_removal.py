"""What was removed is in no file any more."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook

from app.catalogue import remove
from app.conversations.store import Conversations
from app.conversations.turn import Turn
from app.remains import remains
from app.upload_folder import INCOMING, UPLOADS, keep
from errors import LibraryUnwritable
from index import vectors
from index.library import Library
from index.schema import backup_of
from index.staging import FILE
from index.words import Segmenter
from ingest.files import digest_of
from records import Answer, Citation, Span, Status
from settings import CHECKOUT, Settings
from tests.samples import make_document
from tests.test_library import MANIFEST, ROADS, WATER, assert_whole, put

DICTIONARY = CHECKOUT / "index" / "dictionary.txt"
_SYLLABLES = (
    "供水管网泊位充电桩图书馆太阳能电站公交车企业投资规模同比增长完成率覆盖人口面积道路桥梁隧道"
)


@pytest.fixture
def library(settings: Settings) -> Iterator[Library]:
    opened = Library(settings, MANIFEST)
    yield opened
    opened.close()


def secret(seed: int, sentences: int = 60) -> str:
    """A text long enough for many pages of SQLite, with words that stand nowhere else."""
    chance = random.Random(seed)
    return "\n".join(
        "".join(chance.choices(_SYLLABLES, k=chance.randint(8, 16)))
        + f"{chance.randrange(10**9)}登记号甲{seed}乙{number}。"
        for number in range(sentences)
    )


def traces(home: Path, text: str, kept: str) -> list[str]:
    """Files with a piece of 8 characters, or a word, of ``text`` that ``kept`` doesn't have."""
    pieces = {text[n : n + 8] for n in range(len(text) - 7)}
    pieces |= {word for word in Segmenter(DICTIONARY).words(text) if len(word) > 3}
    secrets = [piece for piece in pieces if piece not in kept and "\n" not in piece]
    forms = [piece.encode() for piece in secrets]
    forms += [json.dumps(piece)[1:-1].encode() for piece in secrets if not piece.isascii()]
    forms += [piece.encode("utf-16-le") for piece in secrets]
    files = [path for path in home.rglob("*") if path.is_file()]
    return [
        f"{path.relative_to(home)}: {form!r}"
        for path in files
        for data in [path.read_bytes()]
        for form in forms
        if form in data
    ]


@pytest.mark.parametrize("seed", range(3))
def test_a_removed_text_is_in_no_file(library: Library, settings: Settings, seed: int) -> None:
    text, others = secret(seed), [WATER, ROADS, secret(100 + seed)]
    documents = [make_document(other, f"{n}.txt") for n, other in enumerate(others)]
    gone = make_document(text, "gone.txt")
    put(library, documents[0], gone, *documents[1:])
    assert traces(settings.home, text, "".join(others))
    before = {path.name for path in (settings.home / "lexical").glob("*/*.store")}
    assert before
    library.remove(gone.id)
    assert traces(settings.home, text, "".join(others)) == []
    # tantivy packs what it holds: that nothing is left is seen by its files being others
    assert not before & {path.name for path in (settings.home / "lexical").glob("*/*.store")}
    assert library.lexical.document_frequency(f"甲{seed}乙") == 0
    assert_whole(library)


def test_a_replaced_text_is_in_no_file(library: Library, settings: Settings) -> None:
    old, new = secret(1), secret(2)
    put(library, make_document(WATER, "water.txt"), make_document(old, "a.txt"))
    assert traces(settings.home, old, new + WATER)
    put(library, make_document(new, "a.txt"))
    assert traces(settings.home, old, new + WATER) == []
    assert_whole(library)


def test_a_reader_that_is_open_keeps_no_text(library: Library, settings: Settings) -> None:
    text = secret(3)
    gone = make_document(text, "gone.txt")
    put(library, make_document(WATER, "water.txt"), gone)
    reader = Library(settings, MANIFEST)
    done, read = threading.Event(), threading.Event()

    def hold() -> None:
        assert_whole(reader)
        read.set()
        done.wait(60)
        reader.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert read.wait(60)
    library.remove(gone.id)
    assert traces(settings.home, text, WATER) == []
    done.set()
    thread.join(60)


SCRIPT = """
import sys
from pathlib import Path
from settings import load_settings
from index.library import Library
from tests.samples import make_document
from tests.test_library import MANIFEST, ROADS, WATER, assert_whole, put
settings = load_settings(environment={}, home=Path(sys.argv[1]))
library = Library(settings, MANIFEST)
put(library, make_document(WATER, "water.txt"), make_document(ROADS, "roads.txt"))
library.remove(make_document(ROADS, "roads.txt").id)
library.close()
reader = Library(settings, MANIFEST)
assert_whole(reader)
reader.close()
"""


def test_nothing_that_lay_in_memory_is_in_a_file(tmp_path: Path) -> None:
    """glibc fills what it hands out, so that what is written without being set is seen."""
    filled = os.environ | {"MALLOC_PERTURB_": str(0xA5 ^ 0xFF)}
    subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)], cwd=CHECKOUT, env=filled, check=True
    )
    (graph,) = (tmp_path / "vectors").glob("*/*/header.bin")
    for file in graph.parent.iterdir():
        assert b"\xa5" * 16 not in file.read_bytes(), file.name


def test_what_a_killed_removal_left_goes_when_the_library_is_next_caught_up(
    library: Library, settings: Settings
) -> None:
    text = secret(4)
    gone = make_document(text, "gone.txt")
    put(library, make_document(WATER, "water.txt"), gone)
    old = settings.home / "lexical" / "0-killed"
    shutil.copytree(next((settings.home / "lexical").iterdir()), old)
    copy = backup_of(library.store.path, "1")
    copy.write_text(text)
    with library.writing():  # as when the process dies before the indexes follow
        library.store.remove(gone.id)
    library.reopen_indexes()
    again = Library(settings, MANIFEST)
    again.catch_up()
    assert traces(settings.home, text, WATER) == []
    assert not old.exists() and not copy.exists()
    again.close()


def test_what_is_read_while_it_is_removed_leaves_the_files_later(
    library: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.database._PATIENCE", 0.1)
    text = secret(7)
    gone = make_document(text, "gone.txt")
    put(library, make_document(WATER, "water.txt"), gone)
    library.store.close()
    with closing(sqlite3.connect(library.store.path)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM documents").fetchone() == (2,)
        library.remove(gone.id)
        assert not library.store.is_clean()
    assert traces(settings.home, text, WATER)
    library.catch_up()
    assert library.store.is_clean()
    assert traces(settings.home, text, WATER) == []


def test_an_index_of_other_settings_is_built_anew(
    library: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = vectors.HNSW
    monkeypatch.setattr(vectors, "HNSW", usual | {"sync_threshold": 1000})
    put(library, make_document(WATER, "water.txt"))
    assert not list(settings.home.glob("vectors/*/*/index_metadata.pickle"))
    library.close()
    monkeypatch.setattr(vectors, "HNSW", usual)
    again = Library(settings, MANIFEST)
    assert_whole(again)
    assert list(settings.home.glob("vectors/*/*/index_metadata.pickle"))
    again.close()


def test_the_rest_of_a_killed_rebuild_is_deleted(library: Library, settings: Settings) -> None:
    gone = make_document(secret(5), "gone.txt")
    put(library, gone)
    (settings.home / FILE).write_text(gone.text)
    library.remove(gone.id)
    assert traces(settings.home, gone.text, "") == []


def test_an_upload_goes_with_its_document(
    library: Library, settings: Settings, tmp_path: Path
) -> None:
    text = secret(6)
    copy = tmp_path / "copy"
    copy.write_text(text, encoding="utf-8")
    gone = replace(make_document(text, "gone.txt"), sha256=digest_of(copy))
    place = keep(settings.home, copy, gone.sha256, "报告.txt")
    put(library, gone)
    library.store.move(gone.id, str(place.resolve()))
    forgotten, other = (settings.home / INCOMING / name / "x.txt" for name in ("a", "b"))
    for file, content in ((forgotten, text), (other, WATER)):  # sent, never dealt with
        file.parent.mkdir(parents=True)
        file.write_text(content, encoding="utf-8")
    remove(library, gone.id)
    assert traces(settings.home, text, "") == []
    assert not place.exists() and copy.exists()
    assert not forgotten.exists() and other.exists()


def test_an_upload_goes_though_the_disk_is_full(
    library: Library, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = secret(8)
    copy = tmp_path / "copy"
    copy.write_text(text, encoding="utf-8")
    gone = make_document(text, "gone.txt")
    place = keep(settings.home, copy, gone.sha256, "报告.txt")
    put(library, make_document(WATER, "water.txt"), gone)
    library.store.move(gone.id, str(place.resolve()))
    library.catch_up()

    def full(*_: object) -> None:
        raise LibraryUnwritable("满", "full")

    with monkeypatch.context() as patched:
        patched.setattr("index.derived.require_space", full)
        with pytest.raises(LibraryUnwritable):
            remove(library, gone.id)
    assert not place.exists()
    library.catch_up()
    assert traces(settings.home, text, WATER) == []


def test_an_original_stays_until_the_same_is_there_again(
    settings: Settings, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    copy.write_text(WATER, encoding="utf-8")
    place = keep(settings.home, copy, "0" * 64, "报告.txt")
    assert keep(settings.home, copy, "0" * 64, "报告.txt") == place
    copy.unlink()  # neither linked nor copied
    with pytest.raises(OSError, match="copy"):
        keep(settings.home, copy, "0" * 64, "报告.txt")
    assert place.read_text(encoding="utf-8") == WATER
    assert [file for file in (settings.home / UPLOADS).rglob("*") if file.is_file()] == [place]


def test_conversations_and_evaluations_that_quote_it_are_kept_and_named(
    library: Library, settings: Settings
) -> None:
    gone = make_document(WATER, "water.txt")
    put(library, gone)
    place = Span(0, 8)
    citation = Citation(1, gone.id, "题", "", None, (), WATER[:8], place, Status.VERBATIM)
    conversations = Conversations(settings.home)
    quoting, other = conversations.start("甲"), conversations.start("乙")
    conversations.add_turn("甲", quoting.id, Turn("问", "问", answered(citation)))
    conversations.add_turn("乙", other.id, Turn("问", "问", answered()))
    run = settings.home / "runs" / "one" / "answers.jsonl"
    run.parent.mkdir(parents=True)
    run.write_text(json.dumps({"document_id": gone.id}), encoding="utf-8")
    (settings.home / "runs" / "two.jsonl").write_text("{}", encoding="utf-8")
    workbook = Workbook()
    workbook.worksheets[0].append(["问题", "a&b.txt"])
    (settings.home / "questions").mkdir()
    workbook.save(settings.home / "questions" / "set.xlsx")
    cut = (settings.home / "questions" / "set.xlsx").read_bytes()
    (settings.home / "questions" / "damaged.xlsx").write_bytes(cut.replace(b"sheet1", b"sheet2", 1))
    (settings.home / "replaced-20260101.zip").write_bytes(b"PK")
    remove(library, gone.id)
    left = remains(settings.home, gone.id, "water.txt")
    assert left.conversations == (quoting.id,)
    assert left.files == ("runs/one/answers.jsonl",)
    assert remains(settings.home, gone.id, "a&b.txt").files == (*left.files, "questions/set.xlsx")
    assert left.libraries == ("replaced-20260101.zip",)
    (settings.home / "replaced-20260101.zip").unlink()
    assert not remains(settings.home, "0" * 12, "nothing.txt")
    conversations.delete("甲", quoting.id)
    assert not remains(settings.home, gone.id, "").conversations
    conversations.close()


def answered(*citations: Citation) -> Answer:
    return Answer(
        question="问",
        text="答",
        short_answer="答",
        refused=False,
        confidence=0.9,
        citations=citations,
    )
