"""A long PDF is read by several processes at once, to the same result."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from errors import CorruptFile
from ingest.pdf.helpers import Helpers
from ingest.reading import read_document
from ingest.worker import ReadingProcess
from settings import IngestSettings
from tests.test_pdf_losses import page_file

PAGES = 48
SETTINGS = IngestSettings(ocr=False)


def page(number: int) -> str:
    """A running header, a few lines, and between rules a table that goes on from page to page."""
    rules = "".join(f"50 {y} m 500 {y} l S\n" for y in range(400, 500, 20))
    cells = "".join(
        f"BT /F1 10 Tf {x} {y} Td ({word}) Tj ET\n"
        for row, y in enumerate(range(485, 400, -20))
        for x, word in ((60, f"city {number}.{row}"), (300, f"{number * row}.5"))
    )
    lines = (f"Line {line} of page {number} says {number * line}." for line in range(5))
    prose = "".join(
        f"BT /F1 10 Tf 50 {700 - 20 * at} Td ({line}) Tj ET\n" for at, line in enumerate(lines)
    )
    header = "BT /F1 8 Tf 50 810 Td (Yearly report) Tj ET\n"
    footer = f"BT /F1 8 Tf 300 30 Td ({number}) Tj ET\n"
    return header + prose + rules + cells + footer


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("long") / "report.pdf"
    path.write_bytes(page_file([page(number) for number in range(1, PAGES + 1)]))
    return path


@pytest.fixture
def process() -> Iterator[ReadingProcess]:
    made = ReadingProcess(SETTINGS)
    yield made
    made.stop()


def children(number: int) -> list[int]:
    listed = Path(f"/proc/{number}/task/{number}/children").read_text(encoding="utf-8")
    return [int(child) for child in listed.split()]


def alive(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2]
    except OSError:
        return False
    return state.split()[0] != "Z"


def test_the_result_does_not_depend_on_how_many_read(report: Path) -> None:
    heard: list[tuple[int, int]] = []
    alone = read_document(report, SETTINGS.model_copy(update={"max_processes": 1}))
    together = read_document(report, SETTINGS, lambda *pages: heard.append(pages))
    assert together == alone
    assert "Yearly report" not in alone.text and "Line 4 of page 48 says 192." in alone.text
    assert len(alone.tables) == PAGES
    assert heard == [(number, PAGES) for number in range(1, PAGES + 1)]


def test_short_files_are_read_without_helpers() -> None:
    assert Helpers(4, SETTINGS).wanted(39) < 2
    assert Helpers(4, SETTINGS).wanted(40) == 2
    assert Helpers(4, SETTINGS).wanted(2000) == 4
    assert Helpers(1, SETTINGS).wanted(2000) == 1


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two cores to be tried")
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")
def test_a_helpers_death_costs_one_message_and_leaves_no_process(
    process: ReadingProcess, report: Path
) -> None:
    begun: list[int] = []

    def kill_one(done: int, _: int) -> None:
        if not begun:
            assert process._child is not None
            begun.extend(children(process._child.process.pid))
            os.kill(begun[0], signal.SIGKILL)

    with pytest.raises(CorruptFile, match="-9"):
        process.read(report, kill_one)
    assert len(begun) >= 2 and not any(map(alive, begun))
    assert process.read(report).text


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two cores to be tried")
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")
def test_helpers_end_with_the_process_that_they_help(process: ReadingProcess, report: Path) -> None:
    begun: list[int] = []

    def kill_their_master(done: int, _: int) -> None:
        assert process._child is not None
        begun.extend(children(process._child.process.pid))
        for helper in begun:
            os.kill(helper, signal.SIGSTOP)
        process._child.process.kill()
        for helper in begun:
            os.kill(helper, signal.SIGCONT)

    with pytest.raises(CorruptFile):
        process.read(report, kill_their_master)
    end = time.monotonic() + 20
    while any(map(alive, begun)) and time.monotonic() < end:
        os.sched_yield()
    assert len(begun) >= 2 and not any(map(alive, begun))
