from __future__ import annotations

import json
import os
import re
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect, sync_playwright

from app.accounts import hashed
from app.assistant import AT_ONCE, Assistant
from app.conversations.feedback import FeedbackLog, Rating, Reason
from app.conversations.store import Conversations
from app.conversations.turn import Conversation
from app.messages import CHINESE, ENGLISH
from app.page.desk import Desk
from app.page.server import running, serve
from app.synthesizer import growing
from errors import YoujuError
from eval.question_files import read_questions
from index.encoder import Encoder
from index.pipeline import ingest
from records import Answer, Citation, Span, Status
from settings import PageSettings, load_settings

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NO_FILE = Path(os.devnull)
FREE = PageSettings(port=0)
QUESTION = "2022 年青湾市数字产业投资规模是多少？"
QUOTE = "2022 年，青湾市数字产业投资规模达到 4.5 亿元"
UNANSWERED = "2035 年青湾市的动物园投资规模是多少？"
HOSTILE_NAME = "<img src=x onerror=alert(1)>.txt"
HOSTILE_TEXT = (
    "红枫镇的口号是<video src=x onerror=alert(2)>**绿水**${alert(4)}{{5}}[1]</div>。"
    "旁边是<img src=x onerror=alert(8)>[青山](javascript:alert(3))<script>alert(6)</script>。\n"
)
browser_test = pytest.mark.browser
# A loaded machine is no failure: what is expected appears when it appears.
expect.set_options(timeout=60_000)


@pytest.fixture(scope="module")
def address(assistant: Assistant) -> Iterator[str]:
    with running(assistant, FREE) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"needs {CHROMIUM}")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    yield from opened(browser, address)


def opened(browser: Browser, address: str) -> Iterator[Page]:
    """The page for a new visitor; at the end it must not have failed or gone outside."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    requested: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))

    def refuse(dialog: Dialog) -> None:
        faults.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    page.goto(address)
    expect(page.locator("#composer textarea").first).to_be_visible()
    yield page
    page.close()
    outside = [url for url in requested if not url.startswith((address, "data:", "blob:"))]
    assert requested
    assert not outside
    assert not faults


def ask(page: Page, question: str) -> None:
    page.locator("#composer textarea").first.fill(question)
    page.get_by_role("button", name=CHINESE.ask, exact=True).click()


def choose(page: Page, title: str) -> None:
    """Look in one document only."""
    page.get_by_role("button", name=CHINESE.scope).click()
    page.locator("#scope input").first.click()
    page.get_by_role("option", name=title).click()


@browser_test
def test_opens_in_chinese_with_questions_to_try(page: Page) -> None:
    expect(page.get_by_role("heading", name=CHINESE.title)).to_be_visible()
    expect(page.locator("#examples button").first).to_contain_text(re.compile("青湾市|白石市"))
    assert "Google" not in page.content()


@browser_test
def test_an_answer_cites_the_quote_in_its_passage(page: Page) -> None:
    ask(page, QUESTION)
    expect(page.locator(".short")).to_contain_text("4.5 亿元")
    expect(page.locator(".short .mark")).to_have_text("[1]")
    card = page.locator("#t1-c1")
    expect(card.locator("mark")).to_contain_text(QUOTE)
    expect(card.locator("h3")).to_have_text("青湾市数字产业年报")
    expect(card.locator(".path")).to_contain_text("一、投资")
    expect(card.locator(".status")).to_have_text(CHINESE.status[Status.VERBATIM])
    expect(page.locator("#examples")).to_be_hidden()
    expect(page.locator("#composer textarea").first).to_have_value("")


@browser_test
def test_a_question_sent_meanwhile_waits_and_goes_by_itself(
    browser: Browser, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, answer = threading.Event(), assistant.stream

    def slowly(*asked: Any) -> Iterator[Answer]:
        assert sent.wait(60)
        yield from answer(*asked)

    monkeypatch.setattr(assistant, "stream", slowly)
    with running(assistant, FREE) as address:
        for page in opened(browser, address):
            ask(page, QUESTION)
            expect(page.locator(".question")).to_have_text([QUESTION])
            box = page.locator("#composer textarea").first
            expect(box).to_have_value("")
            box.fill(UNANSWERED)
            box.press("Enter")
            expect(page.locator("#notice")).to_contain_text(CHINESE.talk.waits)
            expect(page.locator(".question")).to_have_count(1)
            sent.set()
            expect(page.locator(".question")).to_have_text([QUESTION, UNANSWERED])
            expect(page.locator(".turn").last).to_contain_text(CHINESE.refusal)
            expect(page.locator("#notice")).not_to_contain_text(CHINESE.talk.waits)
            expect(box).to_have_value("")


@browser_test
def test_an_answer_is_stopped_at_once_and_asked_for_again(
    browser: Browser, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the step at work hangs: Stop doesn't wait for it, nor cancel what is asked next."""
    go_on, answer = threading.Event(), assistant.stream
    hanging = iter([True])

    def slowly(*asked: Any) -> Iterator[Answer]:
        if next(hanging, False):
            assert go_on.wait(60)
        yield from answer(*asked)

    with running(assistant, FREE) as address:
        for page in opened(browser, address):
            expect(page.locator("#examples button").first).to_be_visible()
            monkeypatch.setattr(assistant, "stream", slowly)
            box = page.locator("#composer textarea").first
            box.fill(QUESTION)
            box.press("Enter")
            expect(page.locator("#t1 .searching")).to_be_visible()
            expect(page.locator("#t1 .actions")).to_have_count(0)
            box.fill("下一个问题")
            page.get_by_role("button", name=CHINESE.talk.stop).press("Enter")
            expect(page.locator("#t1 .notice")).to_have_text(CHINESE.talk.stopped)
            expect(box).to_be_focused()
            expect(box).to_have_value("下一个问题")
            page.get_by_role("button", name=CHINESE.talk.again).press("Enter")
            expect(page.locator("#t1 .short")).to_contain_text("4.5 亿元")
            expect(page.locator("#t1 .actions")).to_be_visible()
            expect(page.locator(".turn")).to_have_count(1)
            go_on.set()
    assert assistant.line.waiting == 0


# The class is gone again after two seconds; a slow machine might look for it too late.
WATCH_FOR_FLASH = """() => new MutationObserver(() => {
  window.flashed ||= Boolean(document.querySelector("#t1-c1.flash"));
}).observe(document.body, { attributeFilter: ["class"], subtree: true })"""


@browser_test
def test_a_mark_leads_to_its_citation_and_back(page: Page) -> None:
    ask(page, QUESTION)
    expect(page.locator("#t1-c1")).to_be_visible()
    page.evaluate(WATCH_FOR_FLASH)
    page.locator(".short .mark").click()
    expect(page.locator("#t1-c1")).to_be_focused()
    page.wait_for_function("window.flashed")
    page.locator("#t1-c1 .back").click()
    expect(page.locator("#t1-m1")).to_be_focused()


@browser_test
def test_a_refusal_shows_the_nearest_passages(page: Page) -> None:
    ask(page, UNANSWERED)
    expect(page.locator(".refusal")).to_contain_text(CHINESE.refusal)
    expect(page.locator(".nearest .card.near").first).to_contain_text(re.compile("青湾市|白石市"))
    expect(page.locator(".citation")).to_have_count(0)


@browser_test
def test_turns_follow_each_other_until_a_new_conversation(page: Page) -> None:
    ask(page, QUESTION)
    expect(page.locator("#t1 .citation").first).to_be_visible()
    ask(page, UNANSWERED)
    expect(page.locator("#t2 .refusal")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(2)
    page.locator("#side .toggle-button").click()
    page.get_by_role("button", name=CHINESE.talk.new_conversation, exact=True).click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#examples")).to_be_visible()


@browser_test
@pytest.mark.parametrize("size", [(1280, 720), (390, 844)])
def test_the_newest_question_and_its_answer_come_into_view(
    page: Page, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for number, question in enumerate((QUESTION, UNANSWERED, QUESTION), start=1):
        ask(page, question)
        expect(page.locator(f"#t{number} .actions")).to_be_attached()
    page.wait_for_function("""() => {
        const foot = document.querySelector("#composer").getBoundingClientRect().top;
        const seen = (each) => {
            const box = document.querySelector(each).getBoundingClientRect();
            return box.top >= 0 && box.bottom <= foot;
        };
        return seen("#t3 .question") && seen("#t3 .short") && seen("#t3 .confidence");
    }""")


@browser_test
def test_a_mark_never_stands_at_the_beginning_of_a_line(page: Page) -> None:
    ask(page, QUESTION)
    quoted = page.locator("#t1 .quoted").first
    expect(quoted).to_be_visible()
    torn = """(paragraph) => {
        const mark = paragraph.querySelector(".mark");
        const before = document.createRange();
        before.setStart(mark.previousSibling, mark.previousSibling.length - 2);
        before.setEnd(mark.previousSibling, mark.previousSibling.length - 1);
        const [end, begin] = [before, mark].map((each) => each.getBoundingClientRect());
        return begin.top >= end.bottom;
    }"""
    for width in range(320, 700, 20):
        page.set_viewport_size({"width": width, "height": 800})
        assert not quoted.evaluate(torn), width


@browser_test
@pytest.mark.parametrize("offered", [True, False])
def test_a_reference_is_copied_with_and_without_the_browsers_clipboard(
    browser: Browser, address: str, offered: bool
) -> None:
    for page in opened(browser, address):
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        ask(page, QUESTION)
        copy = page.locator("#t1-c1 button[data-copy]")
        expect(copy).to_be_visible()
        page.evaluate("window.board = navigator.clipboard")
        if not offered:  # as over plain HTTP from another machine
            page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
        copy.click()
        expect(copy).to_have_text(CHINESE.talk.copied)
        assert page.evaluate("board.readText()") == copy.get_attribute("data-copy")
        assert "青湾市数字产业年报[R]" in page.evaluate("board.readText()")


@browser_test
@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("   ", CHINESE.empty_question),
        ("问" * 501, CHINESE.long_question.format(length=501, limit=500)),
    ],
)
def test_a_question_that_cannot_be_asked_is_explained(
    page: Page, question: str, message: str
) -> None:
    ask(page, question)
    expect(page.locator("#notice")).to_have_text(message)
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#composer textarea").first).to_have_value(question)


@browser_test
def test_documents_are_listed_and_can_be_chosen(page: Page) -> None:
    page.get_by_role("tab", name=CHINESE.documents_tab).click()
    expect(page.locator(".documents tbody tr")).to_have_count(2)
    expect(page.locator(".documents")).to_contain_text("白石省智慧交通报告")
    page.get_by_role("tab", name=CHINESE.ask_tab).click()
    choose(page, "白石省智慧交通报告")
    ask(page, QUESTION)
    expect(page.locator(".refusal")).to_be_visible()
    expect(page.locator(".turn")).not_to_contain_text(QUOTE)


@browser_test
def test_the_whole_page_speaks_english_too(page: Page) -> None:
    ask(page, QUESTION)
    expect(page.locator("#t1-c1")).to_be_visible()
    page.get_by_role("button", name=CHINESE.other_language).click()
    expect(page.get_by_role("tab", name=ENGLISH.documents_tab)).to_be_visible()
    expect(page.locator("#t1-c1 .status")).to_have_text(ENGLISH.status[Status.VERBATIM])
    expect(page.locator("#composer textarea").first).to_have_attribute(
        "placeholder", ENGLISH.placeholder
    )
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.reload()
    expect(page.get_by_role("tab", name=ENGLISH.documents_tab)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    handle = page.get_by_role("button", name=ENGLISH.talk.conversations, exact=True)
    expect(handle).to_be_visible()
    page.get_by_role("button", name=ENGLISH.other_language).click()
    expect(page.get_by_role("tab", name=CHINESE.documents_tab)).to_be_visible()


@browser_test
def test_a_follow_up_is_understood_and_can_be_edited(page: Page) -> None:
    ask(page, QUESTION)
    expect(page.locator("#t1 .short")).to_contain_text("4.5 亿元")
    ask(page, "那 2021 年呢？")
    understood = "2021 年青湾市数字产业投资规模是多少？"
    expect(page.locator("#t2 .understood")).to_have_text(
        CHINESE.talk.understood.format(question=understood)
    )
    expect(page.locator("#t2 .short")).to_contain_text("3.2 亿元")
    page.get_by_role("button", name=CHINESE.talk.edit).click()
    expect(page.locator("#notice")).to_contain_text(CHINESE.talk.editing)
    expect(page.locator("#composer textarea").first).to_have_value(understood)
    expect(page.locator("#composer textarea").first).to_be_focused()
    ask(page, QUESTION)
    expect(page.locator("#t2 .short")).to_contain_text("4.5 亿元")
    expect(page.locator("#t2 .understood")).to_have_count(0)
    expect(page.locator(".turn")).to_have_count(2)
    page.get_by_role("button", name=CHINESE.talk.again).click()
    expect(page.locator("#t2 .short")).to_contain_text("4.5 亿元")
    expect(page.locator(".turn")).to_have_count(2)


@browser_test
@pytest.mark.parametrize("key", ["Escape", "Enter"])
def test_an_edit_is_called_off(page: Page, key: str) -> None:
    ask(page, QUESTION)
    page.locator("#t1 [data-act=edit]").click()
    box = page.locator("#composer textarea").first
    expect(box).to_have_value(QUESTION)
    page.locator("#t1 [data-act=up]").click()
    expect(page.locator("#t1 [data-act=up]")).to_have_attribute("aria-pressed", "true")
    box.fill("改了一半")
    cancel = page.get_by_role("button", name=CHINESE.talk.edit_no_more)
    (box if key == "Escape" else cancel).press(key)
    expect(cancel).to_have_count(0)
    expect(box).to_have_value("")
    expect(box).to_be_focused()
    page.reload()
    expect(page.locator("#t1 .short")).to_contain_text("4.5 亿元")
    expect(box).to_have_value("")
    page.locator("#t1 [data-act=edit]").click()
    expect(box).to_have_value(QUESTION)
    box.press("Escape")
    expect(cancel).to_have_count(0)
    ask(page, UNANSWERED)
    expect(page.locator("#t2 .refusal")).to_be_visible()
    expect(page.locator("#t1 .short")).to_contain_text("4.5 亿元")


@browser_test
def test_a_conversation_is_found_again_renamed_exported_and_deleted(page: Page) -> None:
    ask(page, QUESTION)
    expect(page.locator("#kept button[aria-current]")).to_have_count(1)
    page.reload()
    expect(page.locator("#t1 .short")).to_contain_text("4.5 亿元")
    page.locator("#side .toggle-button").click()
    title = page.get_by_label(CHINESE.talk.rename)
    expect(title).to_have_value(QUESTION)
    title.fill("改过的<b>标题</b>")
    title.press("Enter")
    mine = page.locator("#kept button[aria-current]")
    expect(mine).to_contain_text("改过的<b>标题</b>")
    with page.expect_download() as download:
        page.locator(".exports a", has_text="Markdown").click()
    assert download.value.suggested_filename.endswith(".md")
    exported = download.value.path().read_text(encoding="utf-8")
    assert QUOTE in exported
    page.get_by_role("button", name=CHINESE.talk.new_conversation, exact=True).click()
    expect(page.locator(".turn")).to_have_count(0)
    page.reload()
    expect(page.locator("#examples button").first).to_be_visible()
    expect(page.locator(".turn")).to_have_count(0)
    page.locator("#side .toggle-button").click()
    page.locator("#kept button", has_text="改过的<b>标题</b>").click()
    expect(page.locator("#t1 .short")).to_contain_text("4.5 亿元")
    page.get_by_role("button", name=CHINESE.talk.delete, exact=True).click()
    page.get_by_role("button", name=CHINESE.talk.delete_really).click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#kept button", has_text="改过的<b>标题</b>")).to_have_count(0)


@browser_test
def test_an_answer_is_judged_with_a_reason(page: Page, assistant: Assistant) -> None:
    ask(page, QUESTION)
    useful = page.locator("#t1 [data-act=up]")
    useful.click()
    expect(useful).to_have_attribute("aria-pressed", "true")
    page.locator("#t1 summary").click()
    page.get_by_label(CHINESE.talk.reasons["bad_citation"]).check()
    page.get_by_label(CHINESE.talk.comment).fill("年份不同<b>")
    page.locator("#t1 [data-act=down]").click()
    expect(page.locator("#t1 summary")).to_have_class("pressed")
    expect(useful).to_have_attribute("aria-pressed", "false")
    newest = FeedbackLog(assistant.settings.home).everyones()[-1]
    assert (newest.rating, newest.reason) == (Rating.DOWN, Reason.BAD_CITATION)
    assert (newest.question, newest.comment) == (QUESTION, "年份不同<b>")
    page.locator("#side .toggle-button").click()
    with page.expect_download() as download:
        page.get_by_role("link", name=CHINESE.talk.judgements).click()
    drafted = download.value.path().with_suffix(".jsonl")
    download.value.save_as(drafted)
    last = json.loads(drafted.read_text(encoding="utf-8").splitlines()[-1])
    assert last["question"] == read_questions(drafted)[-1].question == QUESTION
    assert (last["rating"], last["reason"]) == ("down", "bad_citation")


@browser_test
def test_publisher_and_period_narrow_the_search(page: Page) -> None:
    page.get_by_role("button", name=CHINESE.scope).click()
    page.get_by_label(CHINESE.talk.scope_since).fill("2999")
    ask(page, QUESTION)
    expect(page.locator("#t1 .notice")).to_have_text(CHINESE.talk.no_such_documents)
    words = f"{CHINESE.scope} · {CHINESE.talk.scope_since} 2999"
    expect(page.locator("#scope button").first).to_contain_text(words)
    for date in ("昨天", "2024-13"):
        page.get_by_label(CHINESE.talk.scope_since).fill(date)
        ask(page, QUESTION)
        expect(page.locator("#notice")).to_have_text(CHINESE.talk.bad_date.format(date=date))
    page.get_by_role("button", name=CHINESE.other_language).click()
    expect(page.locator("#scope button").first).to_contain_text(ENGLISH.talk.scope_since)
    page.locator("#scope input").nth(1).click()
    expect(page.get_by_role("option", name=ENGLISH.talk.scope_any)).to_be_visible()


def step(page: Page, key: str = "Tab") -> str:
    """Move the focus by a key; the text of what has it now, which is seen and marked as such."""
    page.keyboard.press(key)
    page.wait_for_function("document.activeElement.getAnimations().length === 0")
    seen = page.evaluate("""() => {
        const element = document.activeElement;
        const box = element.getBoundingClientRect();
        const shown = element.checkVisibility({visibilityProperty: true}) && box.width > 8
            && box.left > -4 && box.right <= innerWidth && box.top < innerHeight && box.bottom > 0;
        const outline = getComputedStyle(element).outlineStyle;
        return element === document.body || shown && outline !== "none"
            ? element.innerText || element.ariaLabel || element.placeholder || ""
            : `unseen: ${element.outerHTML}`;
    }""")
    assert not str(seen).startswith("unseen"), seen
    return str(seen).strip()


@browser_test
def test_all_can_be_done_with_the_keyboard(page: Page) -> None:
    expect(page.locator("#examples button").first).to_be_visible()
    assert step(page) == CHINESE.to_content
    page.keyboard.press("Enter")
    box = page.locator("#composer textarea").first
    expect(box).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("#t1 .actions")).to_be_visible()
    assert step(page, "Shift+Tab") == CHINESE.to_newest
    page.keyboard.press("Enter")
    expect(page.locator("#t1 .question")).to_be_focused()
    assert step(page) == "[1]"
    page.keyboard.press("Enter")
    expect(page.locator("#t1-c1")).to_be_focused()
    assert step(page) == f"↩ {CHINESE.back}"
    page.keyboard.press("Enter")
    expect(page.locator("#t1-m1")).to_be_focused()
    while step(page) != CHINESE.talk.useful:
        pass
    useful = page.locator("#t1 [data-act=up]")
    page.keyboard.press("Enter")
    expect(useful).to_have_attribute("aria-pressed", "true")
    expect(useful).to_be_focused()  # though the conversation was made anew
    assert step(page) == CHINESE.talk.not_useful
    page.keyboard.press("Enter")
    expect(page.locator("#t1 .reasons")).to_be_visible()
    page.locator("#t1 [data-act=again]").press("Enter")
    expect(box).to_be_focused()
    expect(page.locator("#t1 .actions")).to_be_visible()


@browser_test
def test_the_tab_key_goes_round_and_is_always_seen(page: Page) -> None:
    ask(page, QUESTION)
    expect(page.locator("#kept button[aria-current]")).to_have_count(1)
    page.locator("a.skip").first.focus()
    gone = [step(page)]
    while len(gone) < 60 and gone[-1] != CHINESE.to_content:
        gone.append(step(page))
    assert gone[-1] == CHINESE.to_content
    assert {CHINESE.other_language, CHINESE.talk.conversations, CHINESE.ask} <= set(gone)
    assert CHINESE.talk.new_conversation not in gone  # it stands in the panel, which is closed
    page.locator("#side .toggle-button").press("Enter")
    expect(page.locator("#side")).to_have_class(re.compile("open"))
    page.wait_for_function("document.querySelector('#side').getBoundingClientRect().left >= 0")
    assert step(page) == CHINESE.talk.new_conversation
    while not step(page).startswith(QUESTION):
        pass
    page.keyboard.press("Enter")
    expect(page.locator("#kept button[aria-current]")).to_be_focused()


@browser_test
def test_a_question_that_was_not_answered_is_kept_when_the_server_begins_anew(
    browser: Browser, assistant: Assistant
) -> None:
    with ExitStack() as first:
        address = first.enter_context(running(assistant, FREE))
        page = browser.new_page()
        page.goto(address)
        ask(page, QUESTION)
        expect(page.locator("#t1 .actions")).to_be_visible()
        port = int(address.rstrip("/").rsplit(":")[-1])
        for _ in range(AT_ONCE):
            first.enter_context(assistant.line.turn())
        ask(page, "那 2021 年呢？")
        expect(page.locator("#t2 .searching")).to_be_visible()
        first.close()
    with running(assistant, PageSettings(port=port)):
        page.reload()
        expect(page.locator("#t1 .short")).to_contain_text("4.5 亿元")
        expect(page.locator("#notice")).to_have_text(CHINESE.unsent)
        box = page.locator("#composer textarea").first
        expect(box).to_have_value("那 2021 年呢？")
        box.press("Enter")
        expect(page.locator("#t2 .short")).to_contain_text("3.2 亿元")
        page.reload()
        expect(page.locator("#t2 .short")).to_contain_text("3.2 亿元")
        expect(page.locator("#examples")).to_be_hidden()
        expect(box).to_have_value("")
    page.close()


@browser_test
def test_an_answer_is_there_again_however_late_the_list_of_conversations_comes(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed, may_list = Desk.listed, threading.Event()

    def late(desk: Desk, owner: str, words: str = "") -> tuple[Conversation, ...]:
        may_list.wait()
        return listed(desk, owner, words)

    monkeypatch.setattr(Desk, "listed", late)
    try:
        ask(page, QUESTION)
        expect(page.locator("#t1 .actions")).to_be_visible()
        page.reload()
        expect(page.locator("#t1 .short")).to_contain_text("4.5 亿元")
    finally:
        may_list.set()


@browser_test
def test_what_is_asked_while_the_page_opens_is_not_left_over(page: Page) -> None:
    opening = "() => (steady.keep('刚才问的'), steady.unsent('', '', {'zh-CN': '没有发出'}))"
    assert page.evaluate(opening) == ["", ""]
    page.reload()
    expect(page.locator("#notice")).to_have_text(CHINESE.unsent)
    expect(page.locator("#composer textarea").first).to_have_value("刚才问的")


@browser_test
def test_a_suggested_question_is_kept_too(browser: Browser, assistant: Assistant) -> None:
    with ExitStack() as first:
        address = first.enter_context(running(assistant, FREE))
        page = browser.new_page()
        page.goto(address)
        suggested = page.locator("#examples button").first
        expect(suggested).to_be_visible()
        question = suggested.inner_text()
        port = int(address.rstrip("/").rsplit(":")[-1])
        for _ in range(AT_ONCE):
            first.enter_context(assistant.line.turn())
        suggested.click()
        expect(page.locator("#t1 .searching")).to_be_visible()
        first.close()
    with running(assistant, PageSettings(port=port)):
        page.reload()
        box = page.locator("#composer textarea").first
        expect(box).to_have_value(question)
        box.press("Enter")
        expect(page.locator("#kept button[aria-current]")).to_have_count(1)
        page.reload()
        expect(page.locator("#t1 .actions")).to_be_visible()
        expect(box).to_have_value("")
    page.close()


@browser_test
def test_who_has_not_signed_in_sees_nothing(browser: Browser, assistant: Assistant) -> None:
    users = {"lin": hashed("竹石", b"salt")}
    with running(assistant, PageSettings(port=0, users=users)) as address:
        (entry, *_) = assistant.library.store.entries()
        with urlopen(f"{address}source/{entry.id}") as response:
            assert entry.title not in response.read().decode()
        page = browser.new_page()
        page.goto(address)
        page.locator("input").first.fill("lin")
        page.locator("input[type=password]").fill("竹石")
        page.locator("button").last.click()
        expect(page.locator("#composer textarea").first).to_be_visible()
        ask(page, QUESTION)
        expect(page.locator("#t1 .short")).to_contain_text("4.5 亿元")
        expect(page.locator("#t1 .actions")).to_be_visible()  # it has been kept
        (mine,) = Conversations(assistant.settings.home).listed("lin")
        assert mine.title == QUESTION
        page.goto(f"{address}source/{entry.id}")
        expect(page.locator("body")).to_contain_text(entry.title)
        page.close()


@browser_test
def test_on_a_narrow_screen_citations_stand_below_and_nothing_sticks_out(page: Page) -> None:
    page.set_viewport_size({"width": 400, "height": 800})
    ask(page, QUESTION)
    expect(page.locator("#t1-c1")).to_be_visible()
    below = """() => document.querySelector("#t1-c1").getBoundingClientRect().top
        >= document.querySelector(".reply").getBoundingClientRect().bottom"""
    assert page.evaluate(below)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


@browser_test
def test_hostile_text_stays_text(browser: Browser, encoder: Encoder, tmp_path: Path) -> None:
    (tmp_path / HOSTILE_NAME).write_text(HOSTILE_TEXT, encoding="utf-8")
    hostile = Assistant(load_settings(NO_FILE, {}, home=tmp_path / "home"))
    list(ingest([tmp_path / HOSTILE_NAME], hostile.library, encoder, hostile.settings))
    with running(hostile, FREE) as address:
        for page in opened(browser, address):
            ask(page, "红枫镇的口号是什么？<img src=x onerror=alert(7)>")
            expect(page.locator("#t1-c1 mark")).to_contain_text("<video src=x onerror=alert(2)>")
            expect(page.locator("#t1-c1 mark")).to_contain_text("${alert(4)}{{5}}[1]</div>")
            expect(page.locator(".question")).to_contain_text("onerror=alert(7)")
            expect(page.locator("#t1-c1")).to_contain_text("<script>alert(6)</script>")
            expect(page.locator("#conversation a:not(.jump, .source-link)")).to_have_count(0)
            page.get_by_role("tab", name=CHINESE.documents_tab).click()
            expect(page.locator(".documents small")).to_have_text(HOSTILE_NAME)
            expect(page.locator("[src=x]")).to_have_count(0)
    hostile.close()


@browser_test
def test_an_empty_library_says_how_to_fill_it(browser: Browser, tmp_path: Path) -> None:
    empty = Assistant(load_settings(NO_FILE, {}, home=tmp_path / "home"))
    with running(empty, FREE) as address:
        for page in opened(browser, address):
            expect(page.locator("#conversation .empty")).to_contain_text(CHINESE.ingest_command)
            expect(page.locator("#examples")).to_be_hidden()
            ask(page, QUESTION)
            expect(page.locator("#notice")).to_have_text(CHINESE.nothing_to_search)
            expect(page.locator(".turn")).to_have_count(0)
            expect(page.locator("#composer textarea").first).to_have_value(QUESTION)
    empty.close()


@browser_test
def test_a_chosen_document_that_has_gone_is_explained_and_no_longer_chosen(
    browser: Browser, assistant: Assistant, tmp_path: Path
) -> None:
    shutil.copytree(assistant.settings.home, tmp_path / "home")
    shrinking = Assistant(load_settings(NO_FILE, {}, home=tmp_path / "home"))
    with running(shrinking, FREE) as address:
        for page in opened(browser, address):
            choose(page, "白石省智慧交通报告")
            (gone,) = (e for e in shrinking.library.store.entries() if "白石" in e.title)
            shrinking.library.remove(gone.id)
            ask(page, QUESTION)
            expect(page.locator("#t1 .notice")).to_have_text(CHINESE.documents_gone)
            page.get_by_role("tab", name=CHINESE.documents_tab).click()
            expect(page.locator(".documents tbody tr")).to_have_count(1)
            page.get_by_role("tab", name=CHINESE.ask_tab).click()
            ask(page, QUESTION)
            expect(page.locator("#t2 .short")).to_contain_text("4.5 亿元")
    shrinking.close()


@browser_test
def test_an_error_of_ours_is_shown_in_its_own_words(browser: Browser, assistant: Assistant) -> None:
    differing = {"maximum": assistant.settings.split.maximum - 1}
    other = Assistant(load_settings(NO_FILE, {}, home=assistant.settings.home, split=differing))
    with running(other, FREE) as address:
        for page in opened(browser, address):
            ask(page, QUESTION)
            expect(page.locator(".turn .notice")).to_contain_text("youju docs rebuild")
            assert "Traceback" not in page.content()
    other.close()


def test_the_browser_is_told_to_load_nothing_from_outside(address: str) -> None:
    with urlopen(address) as response:
        policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self';")
    assert "http" not in policy


def test_files_of_the_library_are_not_served(assistant: Assistant, address: str) -> None:
    file = assistant.settings.home / "library.sqlite"
    assert file.exists()
    with pytest.raises(OSError, match=r"40[34]"):
        urlopen(f"{address}gradio_api/file={file}")


def test_a_port_in_use_is_named(assistant: Assistant) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(YoujuError, match=rf"{port}.*--port") as raised:
            running(assistant, PageSettings(port=port)).__enter__()
    assert f"port {port} is in use" in raised.value.english


def test_a_host_that_is_not_ours_is_named(assistant: Assistant) -> None:
    users = {"lin": hashed("竹石")}
    with pytest.raises(YoujuError, match=r"192\.0\.2\.1.*--host"):
        running(assistant, PageSettings(host="192.0.2.1", port=0, users=users)).__enter__()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "youju.example"])
def test_nobody_is_let_in_from_elsewhere_without_users(assistant: Assistant, host: str) -> None:
    with pytest.raises(YoujuError, match="youju password"):
        running(assistant, PageSettings(host=host, port=0)).__enter__()


def test_the_port_is_free_again_after_the_page(assistant: Assistant) -> None:
    with running(assistant, FREE) as address:
        port = int(address.rstrip("/").rsplit(":")[-1])
    with socket.create_server(("127.0.0.1", port)) as server:
        assert server.getsockname()[1] == port


def test_serving_ends_quietly_when_interrupted(assistant: Assistant) -> None:
    statuses: list[int] = []

    def interrupt(address: str) -> None:
        with urlopen(address) as response:
            statuses.append(response.status)
        raise KeyboardInterrupt

    serve(assistant, FREE, interrupt)
    assert statuses == [200]


def test_an_answer_grows_by_paragraphs_and_never_shows_a_mark_without_its_citation() -> None:
    citations = tuple(
        Citation(n, "d", "题", "p", None, (), f"引文{n}", Span(n, n + 3), Status.VERBATIM)
        for n in (1, 2)
    )
    whole = Answer("？", "短 [1]\n\n“引文1” [1]\n\n“引文2” [2]", "短", citations=citations)
    parts = list(growing(whole))
    assert [part.text for part in parts] == ["短 [1]", "短 [1]\n\n“引文1” [1]", whole.text]
    assert [len(part.citations) for part in parts] == [1, 1, 2]
    assert parts[-1] is whole
    refusal = Answer("？", "没有。\n\n真的。", refused=True)
    assert list(growing(refusal)) == [refusal]
