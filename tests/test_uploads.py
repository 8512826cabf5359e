"""What visitors send: judged, kept by content, brought into a real library one by one."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assistant import Assistant
from app.catalogue import Standing, edit, matching_entries, remove, sorted_entries, standing
from app.messages import MESSAGES
from app.page.shelf import batch_html
from app.upload_folder import INCOMING, UPLOADS, clean_name, discard_stale
from app.uploads import Batch, Reception, SameName, Stage, Upload, again, left_out
from errors import LibraryBusy, LibraryError
from index.encoder import Encoder
from index.pipeline import Outcome, ingest
from index.store import Entry
from ingest.files import SUFFIXES
from settings import CHECKOUT, load_settings

PORT = "# 青湾港年报\n\n2022 年青湾港吞吐量为 4100 万吨。\n"
NEWER = "# 青湾港年报\n\n2023 年青湾港吞吐量为 4300 万吨。\n"


@pytest.fixture
def assistant(encoder: Encoder, no_settings: Path, tmp_path: Path) -> Iterator[Assistant]:
    limits = {"max_upload_megabytes": 1, "max_uploads": 3}
    ready = Assistant(
        load_settings(no_settings, environment={}, home=tmp_path / "home", page=limits)
    )
    ready.encoder = encoder
    yield ready
    ready.close()


@pytest.fixture
def reception(assistant: Assistant) -> Reception:
    return Reception(assistant)


def sent(assistant: Assistant, name: str, content: str | bytes) -> dict[str, object]:
    """What a browser says after sending a file, which then lies where Gradio puts it."""
    data = content.encode() if isinstance(content, str) else content
    seeded = hashlib.sha256(b"the machine's seed" + data).hexdigest()
    folder = assistant.settings.home / INCOMING / seeded
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / "as Gradio names it"
    copy.write_bytes(data)
    return {"name": name, "size": len(data), "path": str(copy)}


def entered(
    reception: Reception, files: Sequence[object], same_name: SameName = SameName.ASK
) -> Batch:
    return list(reception.entered(reception.offered(list(files)), same_name))[-1]


def kept(assistant: Assistant) -> list[str]:
    """The names of the files below the home that came from visitors."""
    home = assistant.settings.home
    places = [*(home / UPLOADS).rglob("*"), *(home / INCOMING).rglob("*")]
    return sorted(place.name for place in places if place.is_file())


def test_a_file_becomes_a_document_whose_original_is_kept_by_content(
    assistant: Assistant, reception: Reception
) -> None:
    batches = list(reception.entered(reception.offered([sent(assistant, "港口.md", PORT)])))
    stages = [batch[0].stage for batch in batches]
    assert (stages[0], stages[-1]) == (Stage.WAITING, Stage.DONE)
    (upload,) = batches[-1]
    assert (upload.outcome, upload.copy, upload.error) == (Outcome.ADDED, None, None)
    (entry,) = assistant.library.store.entries()
    digest = hashlib.sha256(PORT.encode()).hexdigest()
    assert Path(entry.path) == assistant.settings.home / UPLOADS / digest / "港口.md"
    assert (entry.title, standing(entry)) == ("青湾港年报", Standing.READY)
    assert kept(assistant) == ["港口.md"]
    assert "4100" in assistant.ask("2022 年青湾港吞吐量是多少？").short_answer


def test_pages_that_are_only_an_image_are_told_in_the_language_of_the_page() -> None:
    entry = Entry("a", "港口", "/r/港口.pdf", "", "", "", 3, 90, 4, "2026-01-01T00:00:00+00:00")
    unread = ("有 1 页只有图像。", "1 page(s) are only an image.")
    upload = Upload("港口.pdf", Stage.DONE, None, 0, 0, entry, Outcome.ADDED, None, unread)
    assert "，4 段。有 1 页只有图像。" in batch_html((upload,), MESSAGES["zh"])
    assert "4 passages. 1 page(s) are only an image." in batch_html((upload,), MESSAGES["en"])


def test_progress_tells_of_reading_and_of_encoding(
    assistant: Assistant, reception: Reception
) -> None:
    report = (CHECKOUT / "tests" / "documents" / "report.pdf").read_bytes()
    said: list[Upload] = []
    offered = reception.offered([sent(assistant, "报告.pdf", report)])
    reception._work(list(offered), SameName.ASK, lambda batch: said.extend(batch or ()))
    counted = [upload for upload in said if upload.total]
    assert counted[0].stage is Stage.READING and counted[0].done == 1
    assert counted[-1].stage is Stage.ENCODING and counted[-1].done == counted[-1].total
    assert said[-1].stage is Stage.DONE


def test_each_refusal_says_why_in_both_languages_and_leaves_nothing(
    assistant: Assistant, reception: Reception, caplog: pytest.LogCaptureFixture
) -> None:
    bad = [("坏.pdf", b"%PDF-1.7 no more"), ("程序.pdf", b"MZ\x90 program"), ("空.txt", b"")]
    batch = entered(reception, [sent(assistant, *each) for each in bad])
    assert [upload.stage for upload in batch] == 3 * [Stage.REFUSED]
    damaged, impostor, empty = (upload.error for upload in batch)
    assert "损坏" in str(damaged) and damaged and "damaged" in damaged.english
    events = [vars(each)["facts"] for each in caplog.records if each.msg == "file"]
    assert [facts.get("error") for facts in events] == ["PdfiumError", None, None]
    assert "扩展名是 .pdf" in str(impostor)
    assert empty and "0 bytes" in empty.english
    assert kept(assistant) == []
    assert assistant.is_empty()


def test_what_name_size_and_number_tell_is_refused_at_once(
    assistant: Assistant, reception: Reception, tmp_path: Path
) -> None:
    large = sent(assistant, "大.txt", "长" * 400_000)
    program = sent(assistant, "setup.exe", "MZ")
    named = {"name": "大.pdf", "size": 10**9, "path": None}
    kind, size, unsent = reception.offered([program, large, named])
    assert kind.error and all(suffix in str(kind.error) for suffix in SUFFIXES)
    assert "超过上限 1 MB" in str(size.error)
    assert "1000.0 MB" in str(unsent.error)
    assert kept(assistant) == []

    files = [{"name": f"{number}.txt", "size": 9, "path": None} for number in range(7)]
    *first, rest = reception.offered(files)
    assert len(first) == 3 and {str(upload.error)[:7] for upload in first} == {"文件没有传完。"}
    assert rest.name == "3.txt" and "4 个没有上传" in str(rest.error)


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "incoming/../../secret.txt", "\0", "", 7, None, ["x"], "incoming"]
)
def test_a_browser_can_name_no_file_but_what_it_sent(
    assistant: Assistant, reception: Reception, path: object
) -> None:
    home = assistant.settings.home
    (home.parent / "secret.txt").write_text("秘密", encoding="utf-8")
    (home / INCOMING).mkdir()
    said = str(home / path) if isinstance(path, str) and path.startswith("incoming") else path
    (upload,) = reception.offered([{"name": "a.txt", "size": 1, "path": said}])
    assert (upload.stage, upload.copy) == (Stage.REFUSED, None)
    assert (home.parent / "secret.txt").exists()


@pytest.mark.parametrize("said", [None, {}, "x", [1, "x", None], [{}]])
def test_nonsense_from_a_browser_brings_nothing_in(
    assistant: Assistant, reception: Reception, said: object
) -> None:
    assert all(upload.stage is Stage.REFUSED for upload in reception.offered(said))
    assert assistant.is_empty()


def test_known_content_is_named_and_not_kept_twice(
    assistant: Assistant, reception: Reception, reports: Path, encoder: Encoder
) -> None:
    list(ingest([reports], assistant.library, encoder, assistant.settings))
    text = (reports / "投资.md").read_bytes()
    (upload,) = entered(reception, [sent(assistant, "另一个名字.md", text)])
    assert (upload.stage, upload.outcome) == (Stage.DONE, Outcome.DUPLICATE)
    assert upload.document and upload.document.title == "青湾市数字产业年报"
    assert kept(assistant) == []
    entered(reception, [sent(assistant, "港口.md", PORT)])
    (same,) = entered(reception, [sent(assistant, "港口.md", PORT)])
    assert same.outcome is Outcome.UNCHANGED
    assert kept(assistant) == ["港口.md"]
    assert len(assistant.library.store.entries()) == 3


def test_a_new_version_waits_for_the_visitor_to_decide(
    assistant: Assistant, reception: Reception
) -> None:
    entered(reception, [sent(assistant, "港口.md", PORT)])
    (old,) = assistant.library.store.entries()
    asked = entered(reception, [sent(assistant, "港口.MD", NEWER)])
    assert asked[0].stage is Stage.SAME_NAME and asked[0].document == old
    assert assistant.library.store.entries() == (old,)

    assert left_out(asked)[0].stage is Stage.LEFT_OUT
    assert kept(assistant) == ["港口.md"]
    asked = entered(reception, [sent(assistant, "港口.MD", NEWER)])
    waiting = again(asked, Stage.SAME_NAME)
    (new,) = list(reception.entered(waiting, SameName.REPLACE))[-1]
    assert new.outcome is Outcome.ADDED
    assert [entry.id for entry in assistant.library.store.entries()] == [new.document.id]  # type: ignore[union-attr]
    assert kept(assistant) == ["港口.MD"]
    (both,) = entered(reception, [sent(assistant, "港口.md", PORT)], SameName.KEEP_BOTH)
    assert both.outcome is Outcome.ADDED
    assert len(assistant.library.store.entries()) == 2


def test_another_writer_is_named_and_nothing_is_lost(
    assistant: Assistant, reception: Reception
) -> None:
    program = (
        "import sys\nfrom filelock import FileLock\n"
        "with FileLock(sys.argv[1]):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    lock = str(assistant.settings.home / "write.lock")
    with subprocess.Popen(
        [sys.executable, "-c", program, lock],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as writer:
        assert writer.stdout and writer.stdout.readline() == b"held\n"
        batch = entered(reception, [sent(assistant, "港口.md", PORT)])
    (upload,) = batch
    assert upload.stage is Stage.BLOCKED and isinstance(upload.error, LibraryBusy)
    assert upload.copy and upload.copy.read_text(encoding="utf-8") == PORT
    (upload,) = list(reception.entered(again(batch, Stage.BLOCKED)))[-1]
    assert upload.outcome is Outcome.ADDED


def test_a_failure_of_the_library_keeps_the_file_and_the_rest_goes_on(
    assistant: Assistant, reception: Reception, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = assistant.library.put

    def full(*given: object) -> None:
        monkeypatch.setattr(assistant.library, "put", put)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(assistant.library, "put", full)
    files = [sent(assistant, "一.md", PORT), sent(assistant, "二.md", NEWER)]
    first, second = entered(reception, files)
    assert first.stage is Stage.BLOCKED and "device" not in str(first.error)
    assert first.copy and first.copy.is_file()
    assert second.outcome is Outcome.ADDED
    assert kept(assistant) == ["as Gradio names it", "二.md"]


def test_batches_at_once_are_done_one_after_the_other(
    assistant: Assistant, reception: Reception
) -> None:
    def bring(number: int) -> Batch:
        return entered(
            reception, [sent(assistant, f"{number}.md", f"# 第{number}号泊位\n\n已建成。")]
        )

    with ThreadPoolExecutor(4) as pool:
        outcomes = [upload.outcome for batch in pool.map(bring, range(4)) for upload in batch]
    assert outcomes == 4 * [Outcome.ADDED]
    assert len(assistant.library.store.entries()) == 4
    assert assistant.library.vectors is not None


def test_the_same_file_sent_by_two_at_once_is_known_to_the_second(
    assistant: Assistant, reception: Reception
) -> None:
    one, two = (reception.offered([sent(assistant, "港口.md", PORT)]) for _ in range(2))
    outcomes = [list(reception.entered(batch))[-1][0].outcome for batch in (one, two)]
    assert outcomes == [Outcome.ADDED, Outcome.UNCHANGED]
    lost = reception.offered([sent(assistant, "丢失.md", NEWER)])
    assert lost[0].copy
    lost[0].copy.unlink()
    (upload,) = list(reception.entered(lost))[-1]
    assert upload.stage is Stage.REFUSED and "再传一次" in str(upload.error)


def test_the_work_goes_on_when_nobody_listens(assistant: Assistant, reception: Reception) -> None:
    deserted = reception.entered(reception.offered([sent(assistant, "港口.md", PORT)]))
    next(deserted)
    del deserted
    entered(reception, [sent(assistant, "后来.md", NEWER)])  # waits for its turn
    assert len(assistant.library.store.entries()) == 2


def test_removing_deletes_an_uploaded_file_and_no_other(
    assistant: Assistant, reception: Reception, tmp_path: Path, encoder: Encoder
) -> None:
    entered(reception, [sent(assistant, "港口.md", PORT)])
    ours = tmp_path / "泊位.md"
    ours.write_text("# 泊位\n\n共有 12 个。", encoding="utf-8")
    list(ingest([ours], assistant.library, encoder, assistant.settings))
    for entry in assistant.library.store.entries():
        remove(assistant.library, entry.id)
    assert ours.exists()
    assert kept(assistant) == []
    assert assistant.is_empty()


def test_what_was_sent_and_forgotten_goes_after_a_day(assistant: Assistant) -> None:
    old, new = (Path(str(sent(assistant, "x", text)["path"])) for text in ("旧", "新"))
    yesterday = old.stat().st_mtime - 90_000
    os.utime(old, (yesterday, yesterday))
    discard_stale(assistant.settings.home)
    assert (old.exists(), old.parent.exists(), new.exists()) == (False, False, True)


@given(st.text(max_size=300))
def test_a_clean_name_is_one_part_of_a_path_that_any_system_takes(name: str) -> None:
    clean = clean_name(name)
    assert PurePosixPath(clean).name == clean and clean not in (".", "..")
    assert len(clean.encode()) <= 200
    assert clean.isprintable() or not any(ord(c) < 32 or "\u202a" <= c <= "\u202e" for c in clean)
    assert clean_name(clean) == clean


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\报告\\年报　2024.pdf", "年报 2024.pdf"),
        ("图\u202efdp.exe", "图fdp.exe"),
        ("a\0\n\x1b[31m.md", "a[31m.md"),
        (".hidden.txt", "hidden.txt"),
        ("", "upload"),
        ("manifest.csv", "_manifest.csv"),
        ("长" * 100 + ".pdf", "长" * 65 + ".pdf"),
        ("<img src=x onerror=alert(1)>.txt", "<img src=x onerror=alert(1)>.txt"),
    ],
)
def test_names_are_cleaned(name: str, clean: str) -> None:
    assert clean_name(name) == clean


def entry(title: str, **fields: object) -> Entry:
    values = {"id": title, "path": f"/r/{title}.pdf", "sha256": "", "publisher": "", "date": ""}
    counts = {"pages": 0, "characters": 9, "passages": 1, "ingested_at": "2026-01-01T00:00:00"}
    return Entry(**{**values, **counts, "title": title, **fields})  # type: ignore[arg-type]


def test_documents_are_found_by_words_in_any_spelling() -> None:
    entries = [entry("数字城市报告", publisher="中国信通院"), entry("交通年报", path="/r/ＡＢ.pdf")]

    def found(words: str) -> list[str]:
        return [each.title for each in matching_entries(entries, words)]

    assert found("") == found("  ") == ["数字城市报告", "交通年报"]
    assert found("數字 信通") == ["数字城市报告"]
    assert found("ab") == ["交通年报"]
    assert found("数字 交通") == []


def test_documents_are_sorted_with_the_unknown_last() -> None:
    entries = [entry("张", date="2021"), entry("阿", date=""), entry("王", date="2023")]

    def titles(column: str, descending: bool) -> str:
        return "".join(each.title for each in sorted_entries(entries, column, descending))

    assert titles("title", False) == "阿王张"
    assert titles("date", False) == "张王阿"
    assert titles("date", True) == "王张阿"


def test_an_edit_keeps_what_was_not_given_and_refuses_an_empty_title(
    assistant: Assistant, reception: Reception
) -> None:
    entered(reception, [sent(assistant, "港口.md", PORT)])
    (known,) = assistant.library.store.entries()
    now = edit(assistant.library, known.id, publisher=" 青湾\x07市 ", date=None)
    assert (now.title, now.publisher) == ("青湾港年报", "青湾市")
    with pytest.raises(LibraryError, match="标题不能为空"):
        edit(assistant.library, known.id, title=" ")
    shutil.rmtree(Path(now.path).parent)
    assert standing(now) is Standing.NO_ORIGINAL
