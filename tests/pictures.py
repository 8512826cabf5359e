"""Takes the pictures in docs/pictures anew, from the page over corpus/: ``make pictures``.

``python -m tests.pictures answer source`` takes only those. The last two show runs of our own
question set, which are made first and take minutes.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, expect, sync_playwright

from app.assistant import Assistant
from app.messages import CHINESE
from app.page.server import running
from eval.page.tab import evaluation
from eval.page.words import CHINESE as EVALUATION
from eval.run_folders import run_folders, runs_folder
from settings import CHECKOUT, PageSettings, load_settings
from tests.test_page import ARGUMENTS, CHROMIUM, NO_FILE, ask

FOLDER = CHECKOUT / "docs" / "pictures"
SET = CHECKOUT / "eval" / "questions" / "corpus.jsonl"
ANSWERED = "发布过数字城市专项政策文件的县级以上城市有多少个？"
TALK = ("2022 年我国数字城市产业总投资规模达到多少？", "那 2021 年呢？")
REFUSED = "2035 年火星上的数字城市有多少个？"
_SETTLED = 1200  # milliseconds, for what moves


def answer(page: Page, _: Path) -> Page:
    ask(page, ANSWERED)
    expect(page.locator("#t1 .actions")).to_be_visible()
    expect(page.locator("#t1 .short")).to_contain_text("400")
    return page


def source(page: Page, home: Path) -> Page:
    answer(page, home)
    with page.context.expect_page() as opened:
        page.locator("#t1-c1 .source-link").click()
    opened.value.wait_for_load_state("networkidle")
    expect(opened.value.locator("#quote")).to_be_attached()
    return opened.value


def refusal(page: Page, _: Path) -> Page:
    ask(page, REFUSED)
    expect(page.locator("#t1 .nearest")).to_be_visible()
    return page


def conversations(page: Page, _: Path) -> Page:
    page.locator("#side .toggle-button").click()
    for number, question in enumerate(TALK, start=1):
        ask(page, question)
        expect(page.locator(f"#t{number} .actions")).to_be_attached()
        expect(page.locator(f"#t{number} .short")).to_contain_text("万亿元")
    return page


def documents(page: Page, _: Path) -> Page:
    page.get_by_role("tab", name=CHINESE.documents_tab).click()
    expect(page.locator(".documents tbody tr")).to_have_count(3)
    return page


def evaluated(page: Page, home: Path) -> Page:
    page.get_by_role("tab", name=EVALUATION.tab).click()
    expect(page.locator("#runs tbody tr")).to_have_count(len(run_folders(home)))
    return page


def report(page: Page, home: Path) -> Page:
    page.goto((runs_folder(home) / "corpus-1" / "report.html").as_uri())
    return page


@dataclass(frozen=True, slots=True)
class Picture:
    """What brings a new visitor's page to where it is pictured, and how large the window is."""

    brought: Callable[[Page, Path], Page]
    width: int = 1280
    height: int = 860
    dark: bool = False


PICTURES = {
    "answer": Picture(answer),
    "answer-dark": Picture(answer, dark=True),
    "answer-narrow": Picture(answer, 390, 844),
    "source": Picture(source),
    "refusal": Picture(refusal),
    "conversations": Picture(conversations),
    "documents": Picture(documents),
    "evaluation": Picture(evaluated, height=1000),
    "report": Picture(report, height=1100),
}
OF_RUNS = {"evaluation", "report"}


def main(names: Sequence[str] = ()) -> None:
    """Take the pictures of those names, or all of them."""
    wanted = list(names) or list(PICTURES)
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        _youju(home, "ingest", "corpus")
        if OF_RUNS & set(wanted):
            _youju(home, "eval", "run", str(SET), "-o", str(runs_folder(home) / "corpus-1"))
            weights = {"YOUJU_RETRIEVAL__WORDS_WEIGHT": "0", "YOUJU_RETRIEVAL__BIGRAMS_WEIGHT": "0"}
            without = str(runs_folder(home) / "corpus-dense")
            _youju(home, "eval", "run", str(SET), "-o", without, **weights)
        assistant = Assistant(load_settings(NO_FILE, {}, home=home))
        with running(assistant, PageSettings(port=0), [evaluation(assistant)]) as address:
            _take(wanted, address, home)
        assistant.close()


def _youju(home: Path, *arguments: str, **environment: str) -> None:
    """Run a command with the default settings, in a process of its own."""
    subprocess.run(
        [sys.executable, "youju.py", *arguments, "--home", str(home), "--settings", os.devnull],
        cwd=CHECKOUT,
        env=os.environ | environment,
        check=True,
    )


def _take(names: Sequence[str], address: str, home: Path) -> None:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name in names:
            picture = PICTURES[name]
            page = chromium.new_page(
                viewport={"width": picture.width, "height": picture.height},
                color_scheme="dark" if picture.dark else "light",
            )
            page.goto(address)
            expect(page.locator("#composer textarea").first).to_be_visible()
            shown = picture.brought(page, home)
            shown.set_viewport_size({"width": picture.width, "height": picture.height})
            shown.wait_for_timeout(_SETTLED)
            shown.screenshot(path=FOLDER / f"{name}.png")
            page.context.close()
        chromium.close()


if __name__ == "__main__":
    main(sys.argv[1:])
