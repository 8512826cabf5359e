"""The harness that kills: its short form, and that it would notice a loss."""

from __future__ import annotations

import random
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from eval.torture.record import Tally, page
from eval.torture.run import Torture
from eval.torture.scene import Change, DigestEncoder, Operation, Scene, report
from eval.torture.victim import open_library
from eval.torture.witness import look
from index.pipeline import ingest
from settings import CHECKOUT, Settings


def test_twenty_kills_lose_nothing(tmp_path: Path) -> None:
    record = tmp_path / "record.md"
    command = [sys.executable, "-m", "eval.torture", "--kills", "20", "--record", str(record)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=600)
    said = record.read_text(encoding="utf-8")
    assert done.returncode == 0, said
    assert "20 kills: 0 acknowledged changes lost, 0 other faults" in said
    sums = [int(number) for number in re.findall(r"^\|.* (\d+) \|$", said, re.MULTILINE)]
    assert sum(sums[:-1]) == sums[-1] == 20
    writing = re.findall(r"^\| (?:SQLite|tantivy|Chroma).* (\d+) \|$", said, re.MULTILINE)
    assert sum(map(int, writing)) > 0


@pytest.fixture
def some(settings: Settings, tmp_path: Path) -> Settings:
    """A library of five reports."""
    scene = Scene(tmp_path / "reports", random.Random(1))
    for _ in range(5):
        scene.prepare(Operation.INGEST, {}, [])
    library = open_library(settings)
    list(ingest([tmp_path / "reports"], library, DigestEncoder(), settings))
    library.close()
    return settings


def test_a_sound_library_is_found_sound(some: Settings) -> None:
    seen = look(some)
    assert len(seen["documents"]) == 5 and seen["passages"] >= 5
    assert seen["faults"] == []


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        ("DELETE FROM passages WHERE rowid = (SELECT max(rowid) FROM passages)", "passages or"),
        ("UPDATE passages SET vector = (SELECT vector FROM passages)", "passages or vectors"),
        ("UPDATE documents SET raw = raw || '。'", "not that of its file"),
    ],
)
def test_half_a_document_is_a_fault(some: Settings, damage: str, fault: str) -> None:
    with sqlite3.connect(some.home / "library.sqlite") as database:
        database.execute(damage)
    assert any(fault in line for line in look(some)["faults"])


def test_passages_that_are_not_found_are_faults(
    some: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.vectors.VectorIndex.search", lambda *_, **__: {})
    assert any("by its vector" in line for line in look(some)["faults"])


@pytest.mark.parametrize(
    ("found", "acknowledged", "lost"),
    [
        ({"kept": "1", "changed": "old"}, set(), False),
        ({"kept": "1", "changed": "new"}, set(), False),
        ({"kept": "1", "changed": "new"}, {"changed"}, False),
        ({"kept": "1", "changed": "old"}, {"changed"}, True),
        ({"kept": "1"}, set(), True),
        ({"changed": "new"}, set(), True),
        ({"kept": "1", "changed": "new", "strange": "2"}, set(), True),
    ],
)
def test_what_counts_as_lost(
    tmp_path: Path, found: dict[str, str], acknowledged: set[str], lost: bool
) -> None:
    torture = Torture(tmp_path, 1, Tally(1))
    torture._documents = {"kept": "1", "changed": "old"}
    changes = [Change({"changed": "old"}, {"changed": "new"})]
    assert bool(torture._losses(found, changes, acknowledged)) is lost


def test_a_loss_is_written_down() -> None:
    tally = Tally(seed=5, lost=["update, marker: gone"])
    tally.kills["update", "marker"] += 3
    said = page(tally)
    assert "3 kills: 1 acknowledged changes lost" in said and "- update, marker: gone" in said
    assert "| marker | 0 | 3 | 0 | 0 | 3 |" in said


def test_no_sentence_of_a_report_is_said_twice() -> None:
    chance = random.Random(2)
    lines = [line for _ in range(50) for line in report(chance).splitlines()]
    assert len(set(lines)) == len(lines)
