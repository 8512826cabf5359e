"""The originals as the page's server shows them: over HTTP, and in a browser."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from PIL import Image
from playwright.sync_api import expect, sync_playwright

from app.assistant import Assistant
from app.messages import CHINESE
from app.page.server import running
from app.source import source_link
from index.encoder import Encoder
from index.pipeline import ingest
from records import Document, Span
from settings import CHECKOUT, PageSettings, load_settings
from tests.make_documents import PLANTED
from tests.test_page import ARGUMENTS, CHROMIUM, HOSTILE_NAME, HOSTILE_TEXT


@pytest.fixture(scope="module")
def shelf(
    encoder: Encoder, no_settings: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assistant]:
    folder, home = tmp_path_factory.mktemp("files"), tmp_path_factory.mktemp("home")
    shutil.copy(CHECKOUT / "tests" / "documents" / "report.pdf", folder)
    text = "一、<b>口号</b>\n" + HOSTILE_TEXT * 40 + "最后一句在这里。\n"
    (folder / HOSTILE_NAME).write_text(text, encoding="utf-8")
    ready = Assistant(load_settings(no_settings, environment={}, home=home))
    results = list(ingest([folder], ready.library, encoder, ready.settings))
    assert [result.outcome for result in results] == ["added", "added"]
    yield ready
    ready.close()


@pytest.fixture(scope="module")
def address(shelf: Assistant) -> Iterator[str]:
    with running(shelf, PageSettings(port=0)) as url:
        yield url


def document(shelf: Assistant, suffix: str) -> Document:
    entry = next(e for e in shelf.library.store.entries() if e.path.endswith(suffix))
    return shelf.document(entry.id)


def planted(shelf: Assistant) -> tuple[Document, Span]:
    report = document(shelf, ".pdf")
    start = report.text.index(PLANTED)
    return report, Span(start, start + len(PLANTED))


def fetched(url: str) -> str:
    with urlopen(url.partition("#")[0]) as response:
        return str(response.read().decode())


def test_a_pdf_is_shown_at_the_page_of_the_quote(shelf: Assistant, address: str) -> None:
    report, span = planted(shelf)
    html = fetched(address + source_link(report.id, span, CHINESE))
    page = report.page_of(span.start)
    assert f"pages/{page}.png?start={span.start}&amp;end={span.end}" in html
    assert f"{page} / {len(report.pages)}" in html
    assert "一、总体态势" in html and "下一页" in html
    (above,) = [h for h in report.outline if h.span.start <= span.start][-1:]
    heading = above.span.of(report.text).strip()
    assert f'aria-current="location">{heading}</a>' in html
    assert html.count('aria-current="location"') == 1
    other = fetched(f"{address}source/{report.id}?page={len(report.pages)}&zoom=150&lang=en")
    assert f"pages/{len(report.pages)}.png" in other and 'data-zoom="150"' in other
    assert "Outline" in other


def test_the_picture_marks_the_quote_and_nothing_without_one(
    shelf: Assistant, address: str
) -> None:
    report, span = planted(shelf)
    page = f"{address}source/{report.id}/pages/{report.page_of(span.start)}.png"

    def yellow(url: str) -> int:
        with urlopen(url) as response:
            assert response.headers["Content-Type"] == "image/png"
            picture = Image.open(io.BytesIO(response.read())).convert("RGB")
        counted = picture.getcolors(picture.width * picture.height) or []
        return sum(n for n, pixel in counted if _yellow(pixel))

    marked = f"{page}?start={span.start}&end={span.end}"
    assert yellow(marked) > 500
    assert 3.5 < yellow(f"{marked}&zoom=200") / yellow(marked) < 4.5  # as sharp when larger
    assert yellow(page) == 0


@pytest.mark.parametrize("path", ["source/nothing", "source/nothing/pages/1.png"])
def test_what_is_not_there_is_not_found(address: str, path: str) -> None:
    with pytest.raises(HTTPError) as told:
        urlopen(address + path)
    assert told.value.code == 404


def test_a_page_that_is_not_there_and_a_file_that_changed_are_told(
    shelf: Assistant, address: str
) -> None:
    report, _ = planted(shelf)
    with pytest.raises(HTTPError) as told:
        urlopen(f"{address}source/{report.id}/pages/99.png")
    assert told.value.code == 404 and "99" in told.value.read().decode()
    kept = Path(report.path).read_bytes()
    try:
        Path(report.path).write_bytes(kept + b"\n")
        with pytest.raises(HTTPError) as told:
            urlopen(f"{address}source/{report.id}/pages/1.png")
        assert "重新导入" in told.value.read().decode()
        assert PLANTED in fetched(f"{address}source/{report.id}?view=text")
    finally:
        Path(report.path).write_bytes(kept)


def test_nothing_of_a_document_or_an_address_is_markup(shelf: Assistant, address: str) -> None:
    hostile = document(shelf, ".txt")
    html = fetched(f"{address}source/{hostile.id}?start=1&end=9&page=%3Cb%3E&zoom=x&lang=%3Cb%3E")
    assert "<img" not in html and "<script" not in html and "&lt;script&gt;" in html
    assert "<b>口号" not in html and "一、&lt;b&gt;口号" in html
    for odd in ("start=9&end=1", "start=0&end=999999", "start=a&end=b", "end=4"):
        assert "<mark" not in fetched(f"{address}source/{hostile.id}?{odd}")


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"needs {CHROMIUM}")
@pytest.mark.parametrize("zoom", ["", "&zoom=60"])
def test_a_printed_page_is_scrolled_to_the_quote(shelf: Assistant, address: str, zoom: str) -> None:
    report, span = planted(shelf)
    link = source_link(report.id, span, CHINESE).replace("#", f"{zoom}#")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = chromium.new_page(viewport={"width": 1280, "height": 400})
        page.goto(address + link)
        expect(page.locator("#quote")).to_be_in_viewport()
        top, height = page.evaluate(
            "[document.querySelector('#quote').offsetTop, document.querySelector('img').height]"
        )
        image = Image.open(io.BytesIO(page.locator("img").screenshot())).convert("RGB")
        marked = [
            y
            for y in range(image.height)
            if any(_yellow(image.getpixel((x, y))) for x in range(0, image.width, 5))
        ]
        assert abs(min(marked) / image.height - top / height) < 0.02
        page.get_by_role("link", name="200%").click()
        expect(page.locator("[data-zoom='200'] #quote")).to_be_in_viewport()
        page.get_by_role("link", name=CHINESE.next_page).click()  # nothing covers the bar
        expect(page.locator("#quote")).to_have_attribute("style", "top: 0.0%")
        expect(page.locator("h1")).to_be_in_viewport()
        page.get_by_role("link", name=CHINESE.to_quote).click()
        expect(page.locator("[data-zoom='200'] #quote")).to_be_in_viewport()
        page.get_by_role("link", name=CHINESE.as_text).click()
        expect(page.locator("mark")).to_be_in_viewport()
        page.evaluate("scrollTo(0, 0)")
        page.get_by_role("link", name=CHINESE.to_quote).click()
        expect(page.locator("mark")).to_be_in_viewport()
        chromium.close()


def _yellow(pixel: Any) -> bool:
    return bool(pixel[0] > 200 and pixel[1] > 180 and pixel[2] < 140)


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"needs {CHROMIUM}")
def test_the_text_is_scrolled_to_the_quote(shelf: Assistant, address: str) -> None:
    hostile = document(shelf, ".txt")
    start = hostile.text.index("最后一句")
    link = source_link(hostile.id, Span(start, start + 8), CHINESE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = chromium.new_page(viewport={"width": 390, "height": 700})
        page.goto(address + link)
        expect(page.locator("mark")).to_have_text("最后一句在这里。")
        expect(page.locator("mark")).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        chromium.close()
