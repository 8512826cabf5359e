"""Files are read in a process that may die without harm."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from errors import CorruptFile, FileRefused, OversizedFile
from ingest.reading import read_document
from ingest.refusing import refusing
from ingest.worker import ReadingProcess
from settings import IngestSettings, PageSettings
from tests.samples import INVESTMENT

SETTINGS = IngestSettings()
DOCUMENTS = Path(__file__).parent / "documents"


@pytest.fixture
def process() -> Iterator[ReadingProcess]:
    made = ReadingProcess(SETTINGS)
    yield made
    made.stop()


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "年报.md"
    path.write_text(INVESTMENT, encoding="utf-8")
    return path


def test_a_document_is_the_same_and_a_refusal_in_both_languages(
    process: ReadingProcess, report: Path, tmp_path: Path
) -> None:
    assert process.read(report) == read_document(report, SETTINGS)
    empty = tmp_path / "空.txt"
    empty.touch()
    with pytest.raises(FileRefused, match="0 字节") as refused:
        process.read(empty)
    assert "0 bytes" in refused.value.english
    assert process.read(report).text


def test_pages_are_told_as_they_are_read(process: ReadingProcess) -> None:
    heard: list[tuple[int, int]] = []
    process.read(DOCUMENTS / "report.pdf", lambda *pages: heard.append(pages))
    count = heard[0][1]
    assert heard == [(number, count) for number in range(1, count + 1)]


@pytest.mark.parametrize(
    ("deadly", "told"),
    [
        (signal.SIGKILL, "被系统强行结束（-9），多半是内存不够"),
        (signal.SIGSEGV, "（-11）：文件已损坏，或"),
    ],
)
def test_a_death_is_told_and_the_next_file_is_read(
    process: ReadingProcess, report: Path, deadly: signal.Signals, told: str
) -> None:
    process.read(report)
    assert process._child is not None
    number = process._child.process.pid
    os.kill(number, signal.SIGSTOP)  # it can't answer the next question

    def end() -> None:
        os.kill(number, deadly)
        with suppress(ProcessLookupError):  # only what isn't final waits until it goes on
            os.kill(number, signal.SIGCONT)

    killer = threading.Timer(0.2, end)
    killer.start()
    with pytest.raises(CorruptFile, match=told):
        process.read(report)
    killer.join()
    assert process.read(report).text


def test_time_is_limited(report: Path) -> None:
    process = ReadingProcess(IngestSettings(max_seconds=0.001))
    with pytest.raises(OversizedFile, match=r"ingest\.max_seconds"):
        process.read(report)
    assert process._child is None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs limits on address space")
def test_memory_is_limited(tmp_path: Path) -> None:
    process = ReadingProcess(IngestSettings(max_memory_megabytes=500))
    path = tmp_path / "长.txt"
    path.write_text("数字城市投资规模达到 1.8 万亿元。\n" * 600_000, encoding="utf-8")
    try:
        with pytest.raises(OversizedFile, match=r"ingest\.max_memory_megabytes"):
            process.read(path)
    finally:
        process.stop()


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("Status Message: std::bad_alloc")])
def test_want_of_memory_is_told_as_such_whatever_library_says_so(error: Exception) -> None:
    with pytest.raises(OversizedFile, match=r"内存超过 4000 MB"), refusing(SETTINGS):
        raise error


def test_a_scan_is_read_in_the_memory_that_an_upload_gets(tmp_path: Path) -> None:
    pytest.importorskip("rapidocr")
    page = pdfium.PdfDocument(DOCUMENTS / "report.pdf")[1]
    scan = page.render(scale=2480 / page.get_width()).to_pil().convert("L")
    scan.save(tmp_path / "扫描.pdf", "PDF", resolution=300)
    most = PageSettings().max_upload_memory_megabytes
    process = ReadingProcess(SETTINGS.model_copy(update={"max_memory_megabytes": most}))
    try:
        assert len(process.read(tmp_path / "扫描.pdf").text) > 300
    finally:
        process.stop()
