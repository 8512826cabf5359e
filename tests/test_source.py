"""Pages as pictures, with quotes marked where they are printed."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from PIL import Image

from app.source import page_picture, places
from errors import SourceUnavailable
from ingest.reading import read_document
from records import Document, Span
from settings import IngestSettings
from tests.make_documents import PLANTED
from tests.samples import INVESTMENT

DOCUMENTS = Path(__file__).parent / "documents"
SCALE = 2.0


@pytest.fixture
def document(tmp_path: Path) -> Document:
    shutil.copy(DOCUMENTS / "report.pdf", tmp_path / "report.pdf")
    return read_document(tmp_path / "report.pdf", IngestSettings())


def planted(document: Document) -> Span:
    start = document.text.index(PLANTED)
    return Span(start, start + len(PLANTED))


def image(document: Document, page: int, span: Span | None) -> Image.Image:
    return Image.open(io.BytesIO(page_picture(document, page, span)))


def test_a_quote_is_marked_where_it_is_printed_and_nowhere_else(document: Document) -> None:
    span = planted(document)
    plain, marked = image(document, 1, None), image(document, 1, span)
    assert plain.size == marked.size
    boxes = [place.rectangle for place in places(document, span)]
    assert len(boxes) >= 2
    changed = 0
    for x in range(0, plain.width, 5):
        for y in range(0, plain.height, 5):
            one, other = plain.getpixel((x, y)), marked.getpixel((x, y))
            if one == other:
                continue
            changed += 1
            point = x / SCALE, (plain.height - y) / SCALE
            assert any(
                left - 2 <= point[0] <= right + 2 and bottom - 2 <= point[1] <= top + 2
                for left, bottom, right, top in boxes
            )
    area = sum((right - left) * (top - bottom) for left, bottom, right, top in boxes)
    assert changed >= 0.5 * area * SCALE**2 / 25


def test_only_the_part_on_the_page_is_marked(document: Document) -> None:
    span = planted(document)
    assert image(document, 2, span).tobytes() == image(document, 2, None).tobytes()


def test_what_can_not_be_shown_is_said(document: Document, tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="99"):
        page_picture(document, 99)
    path = Path(document.path)
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(SourceUnavailable, match="改过"):
        page_picture(document, 1)
    path.unlink()
    with pytest.raises(SourceUnavailable, match="打不开"):
        page_picture(document, 1)
    note = tmp_path / "note.md"
    note.write_text(INVESTMENT, encoding="utf-8")
    markdown = read_document(note, IngestSettings())
    assert places(markdown, Span(0, 4)) == ()
    with pytest.raises(SourceUnavailable, match="不是 PDF"):
        page_picture(markdown, 1)
