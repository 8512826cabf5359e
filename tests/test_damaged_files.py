"""Whatever a damaged file holds, it becomes a sound document or is refused with a reason."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pptx import Presentation

from errors import FileRefused
from ingest.worker import ReadingProcess
from records import Document, Span
from settings import IngestSettings
from tests.samples import INVESTMENT

DOCUMENTS = Path(__file__).parent / "documents"
ROWS = (("地区", "投资（亿元）"), ("青湾市", "30.5"), ("临江市", "12"))
PAGE = """<html><head><meta charset="utf-8"><title>年报</title></head><body><h1>一、投资</h1>
<p>青湾市投资 30.5 亿元。</p><table><caption>表 1</caption><tr><th rowspan=2>地区<th>投资</tr>
<tr><td>30.5</table><p><b>重点<i>企业</p></body></html>"""


def saved(document: object) -> bytes:
    file = io.BytesIO()
    document.save(file)  # type: ignore[attr-defined]
    return file.getvalue()


def word() -> bytes:
    document = docx.Document()
    document.add_heading("一、投资", 1)
    document.add_paragraph("青湾市投资 30.5 亿元。")
    table = document.add_table(3, 2)
    for row, values in enumerate(ROWS):
        for column, value in enumerate(values):
            table.cell(row, column).text = value
    return saved(document)


def slides() -> bytes:
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text = "投资"
    slide.placeholders[1].text = "青湾市投资 30.5 亿元。"
    table = slide.shapes.add_table(3, 2, 0, 0, 1000, 1000).table
    for row, values in enumerate(ROWS):
        for column, value in enumerate(values):
            table.cell(row, column).text = value
    return saved(presentation)


def sheet() -> bytes:
    book = openpyxl.Workbook()
    for row in ROWS:
        assert book.active is not None
        book.active.append(row)
    return saved(book)


SAMPLES: dict[str, Callable[[], bytes]] = {
    "txt": lambda: INVESTMENT.encode("gb18030"),
    "md": INVESTMENT.encode,
    "html": PAGE.encode,
    "csv": lambda: "\n".join(",".join(row) for row in ROWS).encode(),
    "pdf": (DOCUMENTS / "single.pdf").read_bytes,
    "docx": word,
    "pptx": slides,
    "xlsx": sheet,
}
sample = cache(lambda kind: SAMPLES[kind]())


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """``data`` with some bytes changed, put in, taken out or repeated."""
    changed = bytearray(data)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(changed)))
        length = draw(st.sampled_from([1, 1, 4, 64, 4096]))
        match draw(st.sampled_from(["change", "insert", "cut", "repeat", "end"])):
            case "change":
                changed[at : at + 1] = draw(st.binary(min_size=1, max_size=4))
            case "insert":
                changed[at:at] = draw(st.binary(max_size=8))
            case "cut":
                del changed[at : at + length]
            case "repeat":
                changed[at:at] = changed[at : at + length] * 3
            case _:
                del changed[max(1, at) :]
    return bytes(changed)


@st.composite
def damaged_inside(draw: st.DrawFn, data: bytes) -> bytes:
    """An archive that is sound but for one of its files."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    name = draw(st.sampled_from(sorted(files)))
    files[name] = draw(damaged(files[name] or b"?"))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for each, content in files.items():
            archive.writestr(each, content)
    return made.getvalue()


@pytest.fixture(scope="module")
def process() -> Iterator[ReadingProcess]:
    made = ReadingProcess(IngestSettings(max_seconds=30))
    yield made
    made.stop()


def check(document: Document) -> None:
    whole = Span(0, len(document.text))
    assert len(document.origins) == len(document.text)
    assert len(set(document.origins)) == len(document.origins)
    if not document.path.endswith(".pdf"):  # whose footnotes may be moved
        assert all(a < b for a, b in pairwise(document.origins))
    assert all(origin < len(document.raw) for origin in document.origins)
    assert all(a.end <= b.start for a, b in pairwise(document.pages))
    spans = [*document.pages, *(h.span for h in document.outline)]
    spans += [cell for table in document.tables for row in table.rows for cell in row]
    spans += [block.span for block in document.blocks]
    assert all(whole.contains(span) for span in spans)


@pytest.mark.parametrize("kind", SAMPLES)
@settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(
    kind: str, data: st.DataObject, process: ReadingProcess, tmp_path: Path
) -> None:
    whole = sample(kind)
    inside = kind in ("docx", "pptx", "xlsx") and data.draw(st.booleans())
    path = tmp_path / f"a.{kind}"
    path.write_bytes(data.draw(damaged_inside(whole) if inside else damaged(whole)))
    try:
        check(process.read(path))
    except FileRefused as refused:
        assert str(refused) and refused.english


@pytest.mark.parametrize("kind", SAMPLES)
def test_the_samples_are_sound(kind: str, process: ReadingProcess, tmp_path: Path) -> None:
    path = tmp_path / f"a.{kind}"
    path.write_bytes(sample(kind))
    document = process.read(path)
    check(document)
    assert document.text
