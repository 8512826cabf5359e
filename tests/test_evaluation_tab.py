"""The evaluation tab in a browser: runs, failures, comparisons, drafts."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.assistant import Assistant
from app.messages import CHINESE as PAGE_CHINESE
from app.messages import ENGLISH as PAGE_ENGLISH
from app.page.gradio_offline import gr
from app.page.server import running
from eval.background import BackgroundRuns, Progress, State
from eval.page.running import _Desk
from eval.page.tab import evaluation
from eval.page.words import CHINESE, ENGLISH
from eval.question_files import read_questions, write_questions
from eval.question_sets import kept_sets, save
from eval.run_folders import runs_folder
from settings import load_settings
from tests.samples import HOSTILE_MARKUP, SET
from tests.test_page import FREE, browser, browser_test, opened

__all__ = ["browser"]


@pytest.fixture(scope="module")
def desk(
    assistant: Assistant, no_settings: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assistant]:
    """An assistant over a copy of the library."""
    home = tmp_path_factory.mktemp("desk") / "home"
    shutil.copytree(assistant.settings.home, home)
    ready = Assistant(load_settings(no_settings, environment={}, home=home))
    yield ready
    ready.close()


@pytest.fixture(scope="module")
def address(desk: Assistant) -> Iterator[str]:
    with running(desk, FREE, [evaluation(desk)]) as url:
        yield url


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    for page in opened(browser, address):
        page.get_by_role("tab", name=CHINESE.tab).click()
        expect(page.locator("#run-start h3")).to_have_text(CHINESE.start_title)
        yield page


@pytest.fixture(scope="module")
def runs(desk: Assistant) -> tuple[str, str]:
    """Two runs of the set, the second worse."""
    background = BackgroundRuns(desk)
    path = save(desk.settings.home, "两次", SET)
    name = background.start(path, "甲")
    background.wait()
    return name, worse(desk, name, "乙")


def worse(desk: Assistant, name: str, copy: str) -> str:
    """A copy of a run in which the first question was got wrong."""
    folder = runs_folder(desk.settings.home)
    shutil.copytree(folder / name, folder / copy)
    file = folder / copy / "answers.jsonl"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"correct": 1.0', '"correct": 0.0', 1), encoding="utf-8")
    return copy


def upload(page: Page, path: Path) -> None:
    page.locator("#run-start input[type=file]").set_input_files(path)


def inner(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


@browser_test
def test_a_set_is_uploaded_run_watched_and_looked_into(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "我的题.xlsx"
    write_questions(path, SET)
    upload(page, path)
    expect(page.locator("#run-notice .done")).to_contain_text("我的题.xlsx")
    expect(page.locator("#run-set input")).to_have_value("我的题.xlsx")
    page.get_by_label(CHINESE.run_name).fill("首次 <b>评测</b>")
    page.get_by_role("button", name=CHINESE.start, exact=True).click()
    expect(page.locator(".run-progress")).to_contain_text("首次 b 评测 b")
    expect(page.locator(".run-progress.finished")).to_contain_text("3 / 3")
    expect(page.locator("#run h3")).to_contain_text("首次 b 评测 b")
    expect(page.get_by_role("button", name=CHINESE.stop)).to_be_hidden()
    expect(page.locator("#runs tbody tr").first).to_contain_text("我的题.xlsx")
    group = page.locator("#failures details").first
    expect(group.locator("summary")).to_contain_text("阅读")
    group.get_by_role("button").click()
    outcome = page.locator("#outcome .outcome")
    expect(outcome.locator(".cause")).to_contain_text("读出的答案不对")
    expect(outcome.locator(".pair section").first).to_contain_text(HOSTILE_MARKUP)
    expect(outcome.locator(".pair section").nth(1)).to_contain_text("1260")
    expect(outcome.locator(".card.near mark").first).to_have_text("1260 家")
    expect(page.locator("img[src=x]")).to_have_count(0)
    with page.context.expect_page() as source:
        outcome.locator("a.source-link").first.click()
    expect(source.value.locator("#quote")).to_contain_text("1260")
    source.value.close()
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX").last.click()
    assert download.value.suggested_filename.endswith("answers.xlsx")


@browser_test
def test_a_tab_that_opens_slowly_does_not_undo_what_was_done_meanwhile(
    browser: Browser, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened_late = threading.Event()

    def slowly(home: Path) -> list[Path]:
        found = list(kept_sets(home))
        if not opened_late.is_set():
            time.sleep(2)
            opened_late.set()
        return found

    for page in opened(browser, address):
        expect(page.locator("#examples button").first).to_be_visible()
        monkeypatch.setattr("eval.page.running.kept_sets", slowly)
        page.get_by_role("tab", name=CHINESE.tab).click()
        path = tmp_path / "先来后到.jsonl"
        write_questions(path, SET)
        upload(page, path)
        expect(page.locator("#run-notice .done")).to_contain_text("先来后到.jsonl")
        assert opened_late.is_set()
        expect(page.locator("#run-set input")).to_have_value("先来后到.jsonl")


class FinishedAtOnce:
    """Runs that are over as soon as they have begun."""

    progress: Progress | None = None

    def start(self, _: Path, name: str) -> None:
        self.progress = Progress(name, 3, 3, State.FINISHED)


def test_a_run_that_is_over_at_once_is_shown_and_only_once(
    desk: Assistant, runs: tuple[str, str]
) -> None:
    home = desk.settings.home
    path = save(home, "一下子", SET)
    tab = _Desk(FinishedAtOnce(), home)  # type: ignore[arg-type]
    *_, timer, _ = tab.started(path.name, runs[0], "zh", "")
    assert timer.active
    first = tab.ticked("zh", "", "")
    assert first[3:5] == [runs[0], ""] and not first[2].active
    assert runs[0] in first[6]
    late = tab.ticked("zh", runs[0], "a question that was picked meanwhile")
    assert [late[place] for place in (3, 4, 6, 7, 8)] == 5 * [gr.skip()]


@browser_test
def test_a_bad_set_is_named_with_its_line(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "坏.csv"
    path.write_text("问题,可回答\n好的？,是\n,是\n", encoding="utf-8")
    upload(page, path)
    expect(page.locator("#run-notice .notice")).to_contain_text("坏.csv 有 1 行有误")
    expect(page.locator("#run-notice .notice")).to_contain_text("3: ")
    path = tmp_path / "没依据.jsonl"
    write_questions(path, [replace(SET[0], evidence=("没有<i>这一句",))])
    upload(page, path)
    expect(page.locator("#run-notice .done")).to_be_visible()
    page.get_by_role("button", name=CHINESE.start, exact=True).click()
    expect(page.locator("#run-notice .notice")).to_contain_text("没有<i>这一句")


@browser_test
def test_a_run_goes_on_without_the_page_and_asking_beside_it(
    browser: Browser, address: str, desk: Assistant, tmp_path: Path
) -> None:
    for page in opened(browser, address):
        page.get_by_role("tab", name=CHINESE.tab).click()
        path = tmp_path / "长.jsonl"
        write_questions(path, [replace(SET[1], id=str(n)) for n in range(400)])
        upload(page, path)
        expect(page.locator("#run-set input")).to_have_value("长.jsonl")
        page.get_by_role("button", name=CHINESE.start, exact=True).click()
        expect(page.locator(".run-progress.running")).to_contain_text("400")
    for page in opened(browser, address):
        page.locator("#composer textarea").fill(SET[0].question)
        page.get_by_role("button", name=PAGE_CHINESE.ask, exact=True).click()
        expect(page.locator(".short")).to_contain_text("8600")
        page.get_by_role("tab", name=CHINESE.tab).click()
        expect(page.locator(".run-progress.running")).to_contain_text("长-1")
        page.get_by_role("button", name=CHINESE.stop).click()
        expect(page.locator(".run-progress.stopped")).to_be_visible()
        page.locator("#runs tr", has_text="长-1").get_by_role("button").click()
        expect(page.locator(".run-progress.running")).to_be_visible()
        page.get_by_role("button", name=CHINESE.stop).click()
        expect(page.locator(".run-progress.stopped")).to_be_visible()


@browser_test
def test_two_runs_are_compared(page: Page, runs: tuple[str, str]) -> None:
    inner(page, CHINESE.compare_tab)
    for label, name in ((CHINESE.first, runs[0]), (CHINESE.second, runs[1])):
        page.get_by_label(label).click()
        page.get_by_role("option", name=name, exact=True).last.click()
    page.get_by_role("button", name=CHINESE.compare, exact=True).click()
    compared = page.locator("#comparison")
    expect(compared.locator("h3").first).to_have_text("甲 → 乙")
    expect(compared.locator("tbody tr").first).to_contain_text("-33.3")
    flip = compared.locator(".flip")
    expect(flip).to_have_count(1)
    expect(flip).to_contain_text(CHINESE.turned_wrong)
    expect(flip.locator(".pair > section")).to_have_count(2)
    expect(flip.locator(".card .passage").first).to_contain_text("8600 辆")


@browser_test
def test_a_draft_is_reviewed_and_saved(page: Page, desk: Assistant) -> None:
    inner(page, CHINESE.draft_tab)
    page.get_by_role("button", name=CHINESE.draft, exact=True).click()
    review = page.locator("#review")
    expect(review.locator(".facts").first).to_contain_text("第 1 题")
    page.get_by_role("button", name=CHINESE.save).click()
    expect(page.locator("#draft-notice .notice")).to_contain_text("至少接受一题")
    rejected = 0
    while not review.locator(".passage mark").count():
        page.get_by_role("button", name=CHINESE.reject, exact=True).click()
        rejected += 1
        expect(review.locator(".facts").first).to_contain_text(f"不要 {rejected}")
    answers = page.get_by_label(CHINESE.answers)
    gold = answers.input_value()
    answers.fill("")
    page.get_by_role("button", name=CHINESE.accept, exact=True).click()
    expect(page.locator("#draft-notice .notice")).to_contain_text("要有答案")
    page.get_by_label(CHINESE.question, exact=True).last.fill("<b>改写</b>的问题？")
    answers.fill(f"{gold}\n另一种写法")
    page.get_by_role("button", name=CHINESE.accept, exact=True).click()
    expect(review.locator(".facts").first).to_contain_text("接受 1")
    page.get_by_label(CHINESE.set_name).fill("../审过的")
    page.get_by_role("button", name=CHINESE.save).click()
    expect(page.locator("#draft-notice .downloads")).to_contain_text("审过的")
    (saved,) = read_questions(desk.settings.home / "questions" / "审过的.jsonl")
    assert saved.question == "<b>改写</b>的问题？"
    assert saved.answers == (gold, "另一种写法")
    with page.expect_download() as download:
        page.locator("#draft-notice").get_by_role("link", name="XLSX").click()
    (same,) = read_questions(
        Path(shutil.copy(download.value.path(), desk.settings.home / "a.xlsx"))
    )
    assert same == saved


@browser_test
def test_all_of_it_speaks_english_and_fits_a_narrow_screen(
    page: Page, runs: tuple[str, str]
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name=CHINESE.refresh, exact=True).last.click()
    page.get_by_role("button", name="甲", exact=True).click()
    page.locator("#failures button").first.click()
    expect(page.locator("#outcome .cause")).to_contain_text("阅读")
    page.get_by_role("button", name=PAGE_CHINESE.other_language).click()
    expect(page.get_by_role("tab", name=ENGLISH.tab)).to_be_visible()
    expect(page.locator("#outcome .cause")).to_contain_text("reading")
    expect(page.locator("#run h3")).to_have_text(ENGLISH.chosen_run.format(name="甲"))
    expect(page.locator("#failures h3")).to_have_text(ENGLISH.failures)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    inner(page, ENGLISH.compare_tab)
    for label, name in ((ENGLISH.first, runs[0]), (ENGLISH.second, runs[1])):
        page.get_by_label(label).fill(name)
        page.get_by_label(label).press("Enter")
    page.get_by_role("button", name=ENGLISH.compare, exact=True).click()
    expect(page.locator("#comparison .comparison")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    inner(page, ENGLISH.draft_tab)
    page.get_by_role("button", name=ENGLISH.draft, exact=True).click()
    expect(page.locator("#review")).to_contain_text("Question 1 of")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name=PAGE_ENGLISH.other_language).click()


@browser_test
def test_what_was_chosen_is_seen_by_its_visitor_alone(
    page: Page, browser: Browser, address: str, runs: tuple[str, str]
) -> None:
    page.get_by_role("button", name=runs[0], exact=True).click()
    expect(page.locator("#run h3")).to_contain_text(runs[0])
    for other in opened(browser, address):
        other.get_by_role("tab", name=CHINESE.tab).click()
        expect(other.locator("#runs button").first).to_be_visible()
        expect(other.locator("#run h3")).to_have_count(0)


@browser_test
def test_a_run_is_chosen_by_keyboard(page: Page, runs: tuple[str, str]) -> None:
    page.get_by_role("button", name=runs[0], exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#run h3")).to_contain_text(runs[0])
    page.locator("#failures details button").first.focus()
    page.keyboard.press("Space")
    expect(page.locator("#outcome .outcome")).to_be_visible()
