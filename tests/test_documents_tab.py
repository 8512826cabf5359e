"""The Documents tab in a real browser: uploaded, looked through, corrected, removed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from app.assistant import Assistant
from app.messages import CHINESE as PAGE
from app.page.documents_words import CHINESE, ENGLISH
from app.page.server import running
from app.upload_folder import INCOMING, UPLOADS
from app.uploads import Stage
from index.encoder import Encoder
from index.pipeline import Outcome, ingest
from records import Kind
from settings import load_settings
from tests.test_page import NO_FILE, ask, browser, opened

__all__ = ["browser"]

pytestmark = pytest.mark.browser
LIMITS = {"port": 0, "max_upload_megabytes": 0.1, "max_uploads": 6}
HOSTILE_NAME = "<img src=x onerror=alert(1)>${alert(2)}{{3}}.txt"
HOSTILE_TEXT = "红枫镇的口号是<img src=x onerror=alert(6)>绿水青山{{7}}</div>。\n"
PORT = "# 青湾港年报\n\n## 一、吞吐量\n\n2022 年，青湾港吞吐量为 4100 万吨。\n"


def payload(name: str, content: str | bytes) -> FilePayload:
    data = content.encode() if isinstance(content, str) else content
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


@pytest.fixture
def shelf(assistant: Assistant, encoder: Encoder, tmp_path: Path) -> Iterator[Assistant]:
    """A library of the two reports that a test may change."""
    shutil.copytree(assistant.settings.home, tmp_path / "home")
    ready = Assistant(load_settings(NO_FILE, {}, home=tmp_path / "home", page=LIMITS))
    ready.encoder = encoder
    yield ready
    ready.close()


@pytest.fixture
def address(shelf: Assistant) -> Iterator[str]:
    with running(shelf, shelf.settings.page) as url:
        yield url


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    for window in opened(browser, address):
        tab(window, PAGE.documents_tab)
        yield window


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def send(page: Page, *files: FilePayload) -> None:
    chooser = page.locator("#drop input[type=file]")
    expect(chooser).to_be_enabled()
    chooser.set_input_files(list(files))


def row(page: Page, name: str) -> Locator:
    """The row of an upload."""
    return page.locator("#received li").filter(has_text=name)


def rows(page: Page) -> Locator:
    return page.locator("#documents tbody tr")


def manage(page: Page, title: str) -> None:
    page.get_by_role("button", name=CHINESE.manage_this.format(title=title)).click()
    expect(page.locator("#about h2")).to_have_text(title)


def test_good_and_bad_files_each_get_their_outcome_and_the_good_one_answers(
    page: Page, shelf: Assistant, reports: Path, address: str
) -> None:
    send(
        page,
        payload("港口.md", PORT),
        payload("坏.pdf", b"%PDF-1.7 no more"),
        payload("程序.pdf", b"MZ\x90\0 a program"),
        payload("空.txt", b""),
        payload("setup.exe", b"MZ"),
        payload("又一份.md", (reports / "投资.md").read_bytes()),
        payload("太多.md", "多"),
    )
    expect(page.locator("#received [data-stage=done]")).to_have_count(2)
    expect(page.locator("#received [data-stage=refused]")).to_have_count(5)
    said = {
        "港口.md": CHINESE.outcome[Outcome.ADDED].format(title="青湾港年报", passages=1),
        "坏.pdf": "文件已损坏",
        "程序.pdf": "扩展名是 .pdf，内容却不是",
        "空.txt": "0 字节",
        "setup.exe": "读不了.exe 格式",
        "又一份.md": "内容与《青湾市数字产业年报》（投资.md）相同",
        "太多.md": "一次最多上传 6 个文件",
    }
    for name, reason in said.items():
        expect(row(page, name).first).to_contain_text(reason)
    expect(rows(page)).to_have_count(3)
    expect(rows(page).first).to_contain_text("青湾港年报")
    (kept,) = (p for p in (shelf.settings.home / UPLOADS).rglob("*") if p.is_file())
    assert not [p for p in (shelf.settings.home / INCOMING).rglob("*") if p.is_file()]
    for path in (kept, shelf.settings.home / "write.lock"):
        with pytest.raises(HTTPError, match="404"):
            urlopen(f"{address}gradio_api/file={quote(str(path))}")

    tab(page, PAGE.ask_tab)
    page.get_by_role("button", name=PAGE.scope).click()
    page.locator("#scope input").first.click()
    page.get_by_role("option", name="青湾港年报").click()
    ask(page, "2022 年青湾港吞吐量是多少？")
    expect(page.locator(".short")).to_contain_text("4100 万吨")
    with page.expect_popup() as popup:
        page.locator("#t1-c1 .source-link").click()
    expect(popup.value.locator("mark")).to_contain_text("4100 万吨")
    popup.value.close()


def test_files_are_dropped_and_a_large_one_is_not_sent(page: Page) -> None:
    expect(page.locator("#drop .drop")).to_be_visible()
    page.evaluate(
        """() => {
            const files = new DataTransfer();
            files.items.add(new File(["# 泊位\\n\\n青湾港有 12 个泊位。"], "泊位.md"));
            files.items.add(new File(["大".repeat(40000)], "大.md"));
            document.querySelector("#drop .drop").dispatchEvent(
                new DragEvent("drop", {dataTransfer: files, bubbles: true, cancelable: true}));
        }"""
    )
    expect(row(page, "泊位.md")).to_have_attribute("data-stage", Stage.DONE)
    expect(row(page, "大.md")).to_contain_text("超过上限 0.1 MB")
    page.get_by_role("button", name=CHINESE.clear).click()
    expect(page.locator("#received li")).to_have_count(0)


def test_a_new_version_replaces_the_old_one_only_when_told_to(page: Page, shelf: Assistant) -> None:
    send(page, payload("港口.md", PORT))
    expect(row(page, "港口.md")).to_have_attribute("data-stage", Stage.DONE)
    send(page, payload("港口.md", PORT.replace("4100", "4300")))
    expect(row(page, "港口.md")).to_contain_text("已有同名文档《青湾港年报》")
    expect(rows(page)).to_have_count(3)
    page.get_by_role("button", name=CHINESE.replace).click()
    expect(row(page, "港口.md")).to_have_attribute("data-stage", Stage.DONE)
    expect(rows(page)).to_have_count(3)
    (entry,) = (e for e in shelf.library.store.entries() if e.path.endswith("港口.md"))
    assert "4300" in shelf.library.store.document(entry.id).text


def test_another_writer_is_shown_and_the_file_can_be_tried_again(
    page: Page, shelf: Assistant
) -> None:
    program = (
        "import sys\nfrom filelock import FileLock\n"
        "with FileLock(sys.argv[1]):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    lock = str(shelf.settings.home / "write.lock")
    with subprocess.Popen(
        [sys.executable, "-c", program, lock], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout and writer.stdout.readline() == b"held\n"
        send(page, payload("港口.md", PORT))
        expect(row(page, "港口.md")).to_contain_text("写入")
        expect(row(page, "港口.md")).to_have_attribute("data-stage", Stage.BLOCKED)
    page.get_by_role("button", name=CHINESE.retry).click()
    expect(row(page, "港口.md")).to_have_attribute("data-stage", Stage.DONE)


def test_documents_are_searched_and_sorted(page: Page) -> None:
    expect(rows(page)).to_have_count(2)
    page.get_by_label(CHINESE.search).fill("白石 智慧")
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("白石省智慧交通报告")
    page.get_by_label(CHINESE.search).fill("没有这个词")
    expect(page.locator("#documents")).to_contain_text(CHINESE.nothing_found)
    page.get_by_label(CHINESE.search).fill("")
    expect(rows(page)).to_have_count(2)
    title = page.get_by_role("button", name=CHINESE.column["title"], exact=True)
    title.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#documents [aria-sort=ascending]")).to_have_text("标题↑")
    expect(rows(page).first).to_contain_text("白石")
    expect(title).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#documents [aria-sort=descending]")).to_have_text("标题↓")
    expect(rows(page).first).to_contain_text("青湾")


def test_a_document_is_looked_through_corrected_and_removed_after_a_second_click(
    page: Page, shelf: Assistant
) -> None:
    manage(page, "白石省智慧交通报告")
    expect(page.locator("#about h2")).to_be_focused()
    cards = page.locator("#cut .card")
    expect(cards.first).to_contain_text(CHINESE.kind[Kind.PROSE])
    expect(cards.first).to_contain_text("一、公交")
    page.get_by_label(CHINESE.passages_search).fill("临江市")
    expect(cards).to_have_count(1)
    expect(cards.locator("mark")).to_have_text("临江市")
    with page.expect_popup() as popup:
        page.locator("#about .acts a").click()
    expect(popup.value.locator("main.text")).to_contain_text("白石通")
    popup.value.close()

    page.get_by_label(CHINESE.title, exact=True).fill("")
    page.get_by_role("button", name=CHINESE.save).click()
    expect(page.locator("#document-notice")).to_contain_text("标题不能为空")
    page.get_by_label(CHINESE.title, exact=True).fill("白石交通")
    page.get_by_label(CHINESE.date, exact=True).fill("2024-99")
    page.get_by_role("button", name=CHINESE.save).click()
    expect(page.locator("#document-notice")).to_contain_text("2024-99 不是日期")
    assert all(entry.date != "2024-99" for entry in shelf.library.store.entries())
    page.get_by_label(CHINESE.publisher, exact=True).fill("白石省交通厅")
    page.get_by_label(CHINESE.date, exact=True).fill("2024-03")
    page.get_by_role("button", name=CHINESE.save).click()
    expect(page.locator("#document-notice")).to_have_text(CHINESE.saved)
    page.locator("#back").click()
    expect(rows(page).filter(has_text="白石交通")).to_contain_text("白石省交通厅2024-03")

    manage(page, "白石交通")
    page.get_by_role("button", name=CHINESE.remove).click()
    expect(page.locator("#about .confirm")).to_contain_text("《白石交通》")
    page.get_by_role("button", name=CHINESE.cancel).click()
    expect(page.locator("#about .confirm")).to_have_count(0)
    assert len(shelf.library.store.entries()) == 2
    page.get_by_role("button", name=CHINESE.remove).click()
    page.get_by_role("button", name=CHINESE.confirmed).click()
    expect(page.locator("#documents-notice")).to_have_text(CHINESE.removed.format(title="白石交通"))
    expect(rows(page)).to_have_count(1)
    assert len(shelf.library.store.entries()) == 1
    tab(page, PAGE.ask_tab)
    page.get_by_role("button", name=PAGE.scope).click()
    page.locator("#scope input").first.click()
    expect(page.get_by_role("option")).to_have_count(1)


def test_a_document_that_somebody_else_removed_is_said_to_be_gone(
    page: Page, shelf: Assistant
) -> None:
    manage(page, "白石省智慧交通报告")
    (entry,) = (e for e in shelf.library.store.entries() if "白石" in e.title)
    shelf.library.remove(entry.id)
    page.get_by_role("button", name=CHINESE.save).click()
    expect(page.locator("#document-notice")).to_have_text(CHINESE.gone)
    page.get_by_label(CHINESE.passages_search).fill("北斗")
    expect(page.locator("#cut .card")).to_have_count(0)


def test_hostile_names_titles_and_passages_stay_text(page: Page) -> None:
    send(page, payload(HOSTILE_NAME, HOSTILE_TEXT))
    expect(row(page, "<img")).to_have_attribute("data-stage", Stage.DONE)
    expect(row(page, "<img").locator("b")).to_have_text(HOSTILE_NAME)
    expect(rows(page).first.locator("small")).to_have_text(HOSTILE_NAME)
    rows(page).first.get_by_role("button").click()
    title = Path(HOSTILE_NAME).stem
    expect(page.locator("#about h2")).to_have_text(title)
    page.get_by_label(CHINESE.publisher, exact=True).fill("<script>alert(4)</script>")
    page.get_by_role("button", name=CHINESE.save).click()
    expect(page.locator("#document-notice")).to_have_text(CHINESE.saved)
    expect(page.locator("#cut")).to_contain_text("<img src=x onerror=alert(6)>绿水青山{{7}}</div>")
    page.get_by_role("button", name=CHINESE.remove).click()
    expect(page.locator(".confirm")).to_contain_text(title)
    page.locator("#back").click()
    expect(rows(page).first).to_contain_text("<script>alert(4)</script>")
    expect(page.locator("#document img, #document script, #shelf img")).to_have_count(0)


def test_a_second_visitor_sees_the_document_and_nothing_of_the_upload(
    page: Page, browser: Browser, address: str
) -> None:
    send(page, payload("港口.md", PORT))
    expect(row(page, "港口.md")).to_have_attribute("data-stage", Stage.DONE)
    for other in opened(browser, address):
        tab(other, PAGE.documents_tab)
        expect(rows(other)).to_have_count(3)
        expect(other.locator("#received li")).to_have_count(0)


def test_the_tab_speaks_english_and_fits_a_narrow_screen(page: Page) -> None:
    send(page, payload("空.txt", b""), payload("港口.md", PORT))
    expect(row(page, "港口.md")).to_have_attribute("data-stage", Stage.DONE)
    page.get_by_role("button", name=PAGE.other_language).click()
    expect(page.locator("#drop")).to_contain_text(ENGLISH.drop)
    expect(row(page, "空.txt")).to_contain_text("refused: the file is empty (0 bytes)")
    expect(page.get_by_label(ENGLISH.search)).to_be_visible()
    expect(page.locator("#documents")).to_contain_text(ENGLISH.column["publisher"])
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Manage 青湾港年报").click()
    expect(page.get_by_role("button", name=ENGLISH.remove)).to_be_visible()
    expect(page.locator("#cut")).to_contain_text("1 passages")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_many_documents_are_listed_bit_by_bit(
    browser: Browser, encoder: Encoder, tmp_path: Path
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(105):
        (folder / f"{number}.md").write_text(f"# 第 {number} 号泊位\n\n已建成。", encoding="utf-8")
    many = Assistant(load_settings(NO_FILE, {}, home=tmp_path / "home", page=LIMITS))
    many.encoder = encoder
    list(ingest([folder], many.library, encoder, many.settings))
    with running(many, many.settings.page) as address:
        for page in opened(browser, address):
            tab(page, PAGE.documents_tab)
            expect(rows(page)).to_have_count(100)
            page.get_by_role("button", name=CHINESE.more.format(count=5)).click()
            expect(rows(page)).to_have_count(105)
    many.close()
