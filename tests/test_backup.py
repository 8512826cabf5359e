"""Backups: what goes in comes out, nothing else does, and nothing is lost on the way."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.archive import MANIFEST, belongs
from app.assistant import Assistant
from app.backup import backup
from app.conversations.store import Conversations
from app.conversations.turn import Turn
from app.restore import restore, set_damaged_aside
from errors import BackupError, LibraryBusy
from index.encoder import Encoder
from index.pipeline import ingest
from index.schema import SCHEMA_VERSION
from settings import CHECKOUT, load_settings
from tests.serving import NO_FILE, QUESTION, served

UPLOADED = "# 青湾港年报\n\n2022 年青湾港吞吐量为 4100 万吨。\n"
DIGEST = hashlib.sha256(UPLOADED.encode()).hexdigest()
UPLOAD = f"uploads/{DIGEST}/港口 年报.md"
Open = Callable[[str], Assistant]


@pytest.fixture
def opened(tmp_path: Path, encoder: Encoder) -> Iterator[Open]:
    """Makes assistants over libraries below the test's folder, by name."""
    made: list[Assistant] = []

    def open_one(name: str) -> Assistant:
        made.append(Assistant(load_settings(NO_FILE, {}, home=tmp_path / name)))
        made[-1].encoder = encoder
        return made[-1]

    yield open_one
    for assistant in made:
        assistant.close()


def filled(assistant: Assistant, reports: Path) -> Assistant:
    """With the two reports, an upload, a conversation, a run and a question set."""
    home = assistant.settings.home
    for name, text in {
        UPLOAD: UPLOADED,
        "runs/第一次/run.json": "{}",
        "runs/第一次/answers.jsonl": "",
        "questions/一组.jsonl": '{"question": "？"}\n',
    }.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text, encoding="utf-8")
    paths = [reports, home / UPLOAD]
    list(ingest(paths, assistant.library, assistant.encoder, assistant.settings))
    kept = Conversations(home)
    kept.add_turn("lin", kept.start("lin").id, Turn(QUESTION))
    kept.close()
    return assistant


@pytest.fixture(scope="module")
def kept(
    reports: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Assistant, Path]]:
    """A filled library and its backup. Not to be changed."""
    folder = tmp_path_factory.mktemp("kept")
    assistant = Assistant(load_settings(NO_FILE, {}, home=folder / "old"))
    assistant.encoder = encoder
    filled(assistant, reports)
    backup(assistant.settings.home, folder / "backup.zip")
    yield assistant, folder / "backup.zip"
    assistant.close()


def contents(assistant: Assistant) -> dict[str, object]:
    """All that a backup keeps; of an upload its name instead of its place."""
    home, store = assistant.settings.home, assistant.library.store
    kept = Conversations(home)
    found: dict[str, object] = {
        entry.id: (
            Path(entry.path).name,
            store.document(entry.id).text,
            store.passages_of(entry.id),
            store.batch(entry.id).vectors.tobytes(),
        )
        for entry in store.entries()
    }
    found["conversations"] = [(c.id, kept.turns(c.owner, c.id)) for c in kept.everyones()]
    kept.close()
    for folder in ("uploads", "runs", "questions"):
        for path in (home / folder).rglob("*"):
            if path.is_file():
                found[path.relative_to(home).as_posix()] = path.read_bytes()
    return found


def rewritten(file: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A copy of a backup whose files were changed."""
    with zipfile.ZipFile(file) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    copy = file.with_name("changed.zip")
    copy.unlink(missing_ok=True)
    with zipfile.ZipFile(copy, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return copy


def declared(files: dict[str, bytes], name: str, data: bytes) -> None:
    """Put a file in, and into the manifest with its checksum."""
    manifest = json.loads(files[MANIFEST])
    sha256 = hashlib.sha256(data).hexdigest()
    manifest["files"][name] = {"bytes": len(data), "sha256": sha256}
    files[name], files[MANIFEST] = data, json.dumps(manifest).encode()


def test_what_was_backed_up_comes_back_elsewhere(
    opened: Open, reports: Path, tmp_path: Path
) -> None:
    old = filled(opened("old"), reports)
    file = tmp_path / "备份.zip"
    written = backup(old.settings.home, file)
    assert (written.manifest.documents, written.missing) == (3, 0)
    assert file.stat().st_mode & 0o077 == 0
    expected = contents(old)
    shutil.rmtree(old.settings.home / "uploads")
    new = opened("new")
    assert restore(file, new.library) == written.manifest
    assert contents(new) == expected
    (port,) = (e for e in new.library.store.entries() if "港" in e.title)
    assert Path(port.path) == new.settings.home / UPLOAD
    assert "4.5 亿元" in new.ask(QUESTION).short_answer
    assert "4100" in new.ask("2022 年青湾港吞吐量是多少？").short_answer
    left = {path.name for path in new.settings.home.iterdir()}
    assert not [name for name in left if name.startswith((".restoring", "replaced"))]
    with zipfile.ZipFile(file) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
    derived = {"lexical", "vectors", "write.lock", "incoming"}
    assert not tops & derived and "uploads" in tops


def test_a_library_is_only_replaced_when_told_to(
    opened: Open, reports: Path, tmp_path: Path
) -> None:
    old, new = filled(opened("old"), reports), opened("new")
    file = tmp_path / "backup.zip"
    backup(old.settings.home, file)
    other = tmp_path / "泊位.md"
    other.write_text("# 泊位\n\n共有 12 个泊位。", encoding="utf-8")
    list(ingest([other], new.library, new.encoder, new.settings))
    (new.settings.home / "runs" / "别的").mkdir(parents=True)
    before = contents(new)
    with pytest.raises(BackupError, match="--replace"):
        restore(file, new.library)
    assert contents(new) == before
    generation = new.library.store.generation()
    restore(file, new.library, replace=True)
    assert contents(new) == contents(old)
    assert not (new.settings.home / "runs" / "别的").exists()
    assert new.library.store.generation() > max(generation, old.library.store.generation())
    assert not list(new.settings.home.glob("replaced-*"))
    assert "12 个泊位" not in new.ask("共有几个泊位？").text
    with closing(sqlite3.connect(new.settings.home / "library.sqlite")) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_backup_taken_while_documents_come_and_go_is_whole(
    opened: Open, reports: Path, tmp_path: Path
) -> None:
    """Each backup holds the library as it was at one moment: its passages match its texts."""
    busy = filled(opened("busy"), reports)
    note = tmp_path / "变.md"
    for number in range(6):
        note.write_text(f"# 变\n\n第 {number} 版。", encoding="utf-8")
        list(ingest([note], busy.library, busy.encoder, busy.settings))
        program = (
            "import sys; from pathlib import Path; from app.backup import backup\n"
            "backup(Path(sys.argv[1]), Path(sys.argv[2]))"
        )
        file = tmp_path / f"{number}.zip"
        words = [sys.executable, "-c", program, str(busy.settings.home), str(file)]
        with subprocess.Popen(words, cwd=CHECKOUT) as running:
            busy.library.store.describe(busy.library.store.entries()[0].id, str(number), "", "")
        assert running.returncode == 0
    home = opened("restored")
    restore(file, home.library)
    assert home.library.store.document_count() == 4
    for entry in home.library.store.entries():
        text = home.library.store.document(entry.id).text
        passages = home.library.store.passages_of(entry.id)
        assert all(passage.span.of(text) == passage.text for passage in passages)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda files: files.pop(MANIFEST),
        lambda files: files.pop("runs/第一次/run.json"),
        lambda files: files.update({"runs/more.txt": b""}),
        lambda files: files.update({UPLOAD: b"other"}),
        lambda files: files.update({UPLOAD: UPLOADED.encode() + b"more"}),
        lambda files: files.update({MANIFEST: b"{}"}),
        lambda files: files.update({MANIFEST: b"[" * 100_000}),
        lambda files: declared(files, "../outside.txt", b"x"),
        lambda files: declared(files, "/tmp/outside.txt", b"x"),
        lambda files: declared(files, "runs/../../outside.txt", b"x"),
        lambda files: declared(files, "runs\\..\\outside.txt", b"x"),
        lambda files: declared(files, "writer.json", b"x"),
        lambda files: declared(files, f"uploads/{DIGEST}/../x", b"x"),
        lambda files: declared(files, "library.sqlite", b"no database at all"),
        lambda files: declared(files, "library.sqlite", b""),
    ],
)
def test_a_changed_backup_changes_nothing(
    kept: tuple[Assistant, Path], spoil: Callable[[dict[str, bytes]], None]
) -> None:
    old, file = kept
    before = contents(old)
    places = set(file.parent.iterdir())
    with pytest.raises(BackupError) as raised:
        restore(rewritten(file, spoil), old.library, replace=True)
    assert "youju backup" in raised.value.english
    assert contents(old) == before
    new = set(file.parent.iterdir()) - places
    assert {path.name for path in new} <= {"changed.zip"}
    assert not list(old.settings.home.glob(".restoring-*"))


def test_a_database_that_acts_is_refused(kept: tuple[Assistant, Path], tmp_path: Path) -> None:
    old, file = kept

    def add_trigger(files: dict[str, bytes]) -> None:
        place = tmp_path / "x.sqlite"
        place.write_bytes(files["library.sqlite"])
        with closing(sqlite3.connect(place)) as database, database:
            database.execute(
                "CREATE TRIGGER t AFTER INSERT ON facts BEGIN DELETE FROM documents; END"
            )
        declared(files, "library.sqlite", place.read_bytes())

    with pytest.raises(BackupError, match="triggers"):
        restore(rewritten(file, add_trigger), old.library, replace=True)


def test_a_newer_backup_is_refused(kept: tuple[Assistant, Path], tmp_path: Path) -> None:
    old, file = kept

    def newer(files: dict[str, bytes]) -> None:
        manifest = json.loads(files[MANIFEST])
        manifest["schema_version"] = SCHEMA_VERSION + 1
        files[MANIFEST] = json.dumps(manifest).encode()

    with pytest.raises(BackupError, match="升级"):
        restore(rewritten(file, newer), old.library, replace=True)


@pytest.mark.parametrize("cut", [0, 100, 0.5, -30])
def test_a_cut_file_is_no_backup(
    kept: tuple[Assistant, Path], opened: Open, tmp_path: Path, cut: float
) -> None:
    data = kept[1].read_bytes()
    end = int(len(data) * cut) if isinstance(cut, float) else int(cut)
    (tmp_path / "cut.zip").write_bytes(data[:end])
    with pytest.raises(BackupError):
        restore(tmp_path / "cut.zip", opened("new").library)


def test_where_a_backup_cannot_be_written_nothing_is_left(
    opened: Open, reports: Path, tmp_path: Path
) -> None:
    home = filled(opened("old"), reports).settings.home
    (tmp_path / "there.zip").write_text("mine")
    with pytest.raises(BackupError, match="已经存在"):
        backup(home, tmp_path / "there.zip")
    assert (tmp_path / "there.zip").read_text() == "mine"
    with pytest.raises(BackupError, match="--home"):
        backup(tmp_path / "nowhere", tmp_path / "b.zip")
    assert not (tmp_path / "nowhere").exists()
    with pytest.raises(OSError):
        backup(home, tmp_path / "no folder" / "b.zip")
    assert not list(tmp_path.glob("*.partial")) and not list(tmp_path.glob(".youju*"))


def test_a_failure_in_the_middle_leaves_the_old_library_and_a_backup_of_it(
    opened: Open, reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = filled(opened("old"), reports)
    home, file = old.settings.home, tmp_path / "backup.zip"
    backup(home, file)
    expected = contents(old)

    def full(*given: object, **more: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("app.restore._write_over", full)
        with pytest.raises(BackupError, match="replaced-") as raised:
            restore(file, old.library, replace=True)
    (kept,) = home.glob("replaced-*.zip")
    assert str(kept) in raised.value.english
    assert contents(old) == expected
    restore(kept, old.library, replace=True)
    assert contents(old) == expected
    assert "4.5 亿元" in old.ask(QUESTION).short_answer


def test_a_damaged_library_is_put_aside_for_its_backup(
    opened: Open, reports: Path, tmp_path: Path
) -> None:
    old = filled(opened("old"), reports)
    home, file = old.settings.home, tmp_path / "backup.zip"
    assert set_damaged_aside(home) is None
    backup(home, file)
    expected = contents(old)
    old.close()
    (home / "library.sqlite").write_bytes(os.urandom(5000))
    place = set_damaged_aside(home)
    assert place and (place / "library.sqlite").exists()
    again = opened("old")
    restore(file, again.library, replace=True)
    assert contents(again) == expected


def test_nothing_is_restored_while_another_writes(
    opened: Open, reports: Path, tmp_path: Path
) -> None:
    old = filled(opened("old"), reports)
    file = tmp_path / "backup.zip"
    backup(old.settings.home, file)
    program = (
        "import sys\nfrom filelock import FileLock\n"
        "with FileLock(sys.argv[1]):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    lock = str(old.settings.home / "write.lock")
    words = [sys.executable, "-c", program, lock]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout and writer.stdout.readline() == b"held\n"
        with pytest.raises(LibraryBusy):
            restore(file, old.library, replace=True)
        backup(old.settings.home, tmp_path / "second.zip")  # reading goes on


@given(st.text(max_size=40))
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    for candidate in (name, f"runs/{name}", f"uploads/{DIGEST}/{name}", f"questions/a/{name}"):
        if belongs(candidate):
            place = os.path.normpath(os.path.join("/home/x", candidate))
            assert place.startswith("/home/x/") and place == f"/home/x/{candidate}"
    assert belongs(UPLOAD) and belongs("runs/a/b.json")


def test_a_page_that_serves_goes_on_with_what_was_restored(
    opened: Open, reports: Path, tmp_path: Path
) -> None:
    old = filled(opened("old"), reports)
    file, home = tmp_path / "backup.zip", tmp_path / "served"
    port = tmp_path / "港.md"
    port.write_text("# 白石港\n\n2021 年白石港吞吐量为 77 万吨。", encoding="utf-8")
    earlier = opened("served")
    list(ingest([port], earlier.library, earlier.encoder, earlier.settings))
    earlier.close()
    command = [sys.executable, "-m", "youju"]
    with served(home) as (_, address), httpx.Client(base_url=address, timeout=120) as client:

        def short(question: str) -> str:
            return str(client.post("/api/ask", json={"question": question}).json()["short_answer"])

        assert "77" in short("2021 年白石港吞吐量是多少？")
        for words in (
            ["backup", str(file), "--home", str(old.settings.home)],
            ["restore", str(file), "--replace", "--home", str(home)],
        ):
            done = subprocess.run([*command, *words], cwd=CHECKOUT, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
        assert "4.5 亿元" in short(QUESTION)
        assert "77" not in short("2021 年白石港吞吐量是多少？")
        assert client.get("/health").json()["documents"] == 3
        listed = client.get("/api/documents").json()["documents"]
        assert {row["id"] for row in listed} == {e.id for e in old.library.store.entries()}
        rebuild = [*command, "docs", "rebuild", "--home", str(home)]
        assert subprocess.run(rebuild, cwd=CHECKOUT).returncode == 0
        assert "4.5 亿元" in short(QUESTION)
