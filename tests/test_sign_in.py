"""The page that asks who one is: its words, its form, and whom it lets in and out."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from app.accounts import hashed
from app.assistant import Assistant
from app.messages import CHINESE, ENGLISH
from app.page.server import running
from settings import PageSettings
from tests.test_contrast import assert_readable
from tests.test_page import browser, browser_test

__all__ = ["browser"]

USERS = {"lin": hashed("竹石", b"salt"), "wang": hashed("流水", b"salt")}


@pytest.fixture(scope="module")
def address(assistant: Assistant) -> Iterator[str]:
    with running(assistant, PageSettings(port=0, users=USERS)) as url:
        yield url


def opened(browser: Browser, address: str, locale: str = "zh-CN", dark: bool = False) -> Page:
    page = browser.new_page(locale=locale, color_scheme="dark" if dark else "light")
    page.goto(address)
    return page


@browser_test
def test_one_signs_in_and_out_with_the_keyboard(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    expect(page).to_have_title(f"{CHINESE.title} · {CHINESE.sign_in.sign_in}")
    expect(page.get_by_label(CHINESE.sign_in.user)).to_be_focused()
    page.keyboard.type("lin")
    page.keyboard.press("Tab")
    expect(page.get_by_label(CHINESE.sign_in.password)).to_be_focused()
    page.keyboard.type("竹石?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text(CHINESE.sign_in.refused)
    expect(page.get_by_label(CHINESE.sign_in.user)).to_have_value("lin")
    expect(page.get_by_label(CHINESE.sign_in.password)).to_be_focused()
    page.keyboard.type("竹石")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("#composer textarea").first).to_be_visible()
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    page.locator("#side .toggle-button").press("Enter")
    expect(page.locator("#who")).to_contain_text("lin")
    page.locator("#composer textarea").first.fill("他人不该看到的问题")
    page.get_by_role("button", name=CHINESE.sign_in.sign_out).press("Enter")
    expect(page.get_by_label(CHINESE.sign_in.user)).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    page.reload()
    expect(page.get_by_label(CHINESE.sign_in.user)).to_be_visible()
    page.context.close()


@browser_test
def test_it_speaks_english_to_those_who_ask_for_it(browser: Browser, address: str) -> None:
    page = opened(browser, address, "en-GB")
    expect(page.get_by_label(ENGLISH.sign_in.password)).to_be_visible()
    page.get_by_role("link", name=ENGLISH.other_language).click()
    expect(page.get_by_label(CHINESE.sign_in.password)).to_be_visible()
    page.get_by_role("link", name=CHINESE.other_language).click()
    page.get_by_label(ENGLISH.sign_in.user).fill("<b>nobody</b>")
    page.get_by_label(ENGLISH.sign_in.password).fill("x")
    page.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_have_text(ENGLISH.sign_in.refused)
    expect(page.get_by_label(ENGLISH.sign_in.user)).to_have_value("<b>nobody</b>")
    page.context.close()


@browser_test
@pytest.mark.parametrize("dark", [False, True])
def test_it_can_be_read_and_fits_a_narrow_screen(
    browser: Browser, address: str, dark: bool
) -> None:
    page = opened(browser, address, dark=dark)
    page.set_viewport_size({"width": 320, "height": 640})
    page.get_by_label(CHINESE.sign_in.user).fill("nobody")
    page.get_by_label(CHINESE.sign_in.password).fill("x")
    page.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_readable(page, 7)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.context.close()


def test_a_closed_name_is_told_as_a_wrong_one(address: str) -> None:
    """So that nobody learns which names there are; the words say what five tries do."""
    for name in ("wang", "nobody"):
        wrong = {"username": name, "password": "x"}
        said = [httpx.post(f"{address}login", data=wrong) for _ in range(6)]
        assert {each.status_code for each in said} == {400}
        assert {each.text for each in said} == {said[0].text}
        assert CHINESE.sign_in.refused in said[0].text


def test_what_the_form_would_not_send_is_refused(address: str) -> None:
    right = {"username": "lin", "password": "竹石"}
    foreign = {"Sec-Fetch-Site": "cross-site"}
    elsewhere = {"Origin": "http://reports.example"}
    for path in ("login", "logout"):
        assert httpx.post(address + path, data=right, headers=foreign).status_code == 403
        assert httpx.post(address + path, data=right, headers=elsewhere).status_code == 403
        assert httpx.get(address + path).status_code == 404
        assert httpx.post(f"{address}{path}/", data=right).status_code == 404
    assert httpx.post(f"{address}login", content=b"x" * 10_001).status_code == 413
    many = {str(number): "x" for number in range(40)} | right
    assert httpx.post(f"{address}login", data=many).status_code == 413
    assert httpx.post(f"{address}login").status_code == 400
    own = {"Origin": address.rstrip("/")}
    assert httpx.post(f"{address}login", data=right, headers=own).status_code == 303
    assert httpx.post(f"{address}login", data=right).status_code == 303
