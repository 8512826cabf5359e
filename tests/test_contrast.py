"""Every text on the page stands out from what lies behind it, as WCAG 2.1 AA asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.assistant import Assistant
from app.messages import CHINESE
from app.page.server import running
from eval.page.tab import evaluation
from eval.page.words import CHINESE as EVALUATION
from tests.test_page import FREE, QUESTION, UNANSWERED, ask, browser, browser_test, opened

__all__ = ["browser"]

MEASURE = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def address(assistant: Assistant) -> Iterator[str]:
    with running(assistant, FREE, [evaluation(assistant)]) as url:
        yield url


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    for page in opened(browser, address):
        page.goto(f"{address}?__theme={request.param}")
        expect(page.locator("#composer textarea").first).to_be_visible()
        yield page


def assert_readable(page: Page, texts: int) -> None:
    """No text is faint; at least so many ``texts`` were measured."""
    page.wait_for_function("document.getAnimations().every((each) => each.playState !== 'running')")
    found = page.evaluate(MEASURE)
    assert found["count"] >= texts
    assert found["faint"] == []


@browser_test
def test_texts_on_the_page_can_be_read(page: Page) -> None:
    assert_readable(page, 10)
    page.locator("#side .toggle-button").click()
    ask(page, QUESTION)
    expect(page.locator("#t1-c1")).to_be_visible()
    ask(page, UNANSWERED)
    expect(page.locator("#t2 .refusal")).to_be_visible()
    page.get_by_role("button", name=CHINESE.scope).click()
    assert_readable(page, 40)
    page.get_by_role("tab", name=CHINESE.documents_tab).click()
    expect(page.locator(".documents tbody tr")).to_have_count(2)
    assert_readable(page, 20)
    page.get_by_role("tab", name=EVALUATION.tab).click()
    expect(page.locator("#run-start h3")).to_be_visible()
    assert_readable(page, 10)


@browser_test
def test_a_faint_text_is_found(page: Page) -> None:
    page.evaluate("document.querySelector('h1').style.color = '#80808040'")
    with pytest.raises(AssertionError, match="H1"):
        assert_readable(page, 1)


@browser_test
def test_the_original_can_be_read(page: Page) -> None:
    ask(page, QUESTION)
    expect(page.locator("#t1-c1")).to_be_visible()
    with page.context.expect_page() as source:
        page.locator("#t1-c1 a.source-link").click()
    source.value.emulate_media(color_scheme="dark")
    expect(source.value.locator("#quote").first).to_be_visible()
    assert_readable(source.value, 5)
    source.value.close()
