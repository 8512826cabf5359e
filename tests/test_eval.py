"""Scores, the audit and the weights' grid, on hand-worked cases and a real library."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.assistant import Assistant
from app.contract import answer_row
from app.questions import Question
from eval.score import Score, places, reached, right, score, summary
from eval.weights import depth, grid
from records import Span
from settings import CHECKOUT
from tests.samples import make_document

#       0123456789...
TEXT = "甲有 3 座桥。乙有 5 座桥。丙有 7 座桥。"
GOLD = Question(
    "q", "桥？", evidence=("甲有 3", "丙有 7"), alternatives=("乙有 5",), answerable=True
)


def test_all_the_evidence_or_one_alternative_is_needed() -> None:
    document = make_document(TEXT)
    first, second, third = (
        span for [(_, span)] in places(["甲有 3", "乙有 5", "丙有 7"], [document])
    )

    def reaches(*spans: Span) -> bool:
        return reached(GOLD, [(document.id, span) for span in spans], [document])

    assert reaches(first, third)
    assert reaches(second)
    assert not reaches(first)
    assert not reaches()
    assert not reached(GOLD, [("another", second)], [document])


def test_a_short_answer_is_right_when_it_holds_an_accepted_one() -> None:
    assert right("约 1.8 万亿元", ["１.８万亿元"])
    assert not right("1.8 亿元", ["1.8 万亿元"])
    assert not right("", ["1.8 万亿元"])


def test_summary_by_hand() -> None:
    def one(found: bool | None, refused: bool, milliseconds: float) -> Score:
        answerable = found is not None
        return Score("", "", "", found, found, found, refused, answerable, True, milliseconds)

    # answerable: 2 of 3 found, 1 of 3 refused; unanswerable: 1 of 1 refused; median of 1 2 3 4
    scores = [one(True, False, 4), one(True, False, 1), one(False, True, 3), one(None, True, 2)]
    assert summary(scores) == {
        "questions": 4,
        "evidence in first 3 hits %": 66.7,
        "evidence cited %": 66.7,
        "short answer right %": 66.7,
        "wrongly refused %": 33.3,
        "rightly refused %": 100.0,
        "quotes verbatim %": 100.0,
        "median ms": 3,
    }


def test_a_real_answer_is_scored(assistant: Assistant) -> None:
    gold = Question(
        "q", "公交车有多少辆？", answers=("8600 辆",), evidence=("共计 8600 辆",), answerable=True
    )
    documents = [assistant.document(e.id) for e in assistant.library.store.entries()]
    outcome = score(gold, assistant.ask(gold.question), documents)
    assert (outcome.found, outcome.cited, outcome.short) == (True, True, True)
    assert outcome.verbatim and not outcome.refused


def test_the_grid_holds_all_weights_that_sum_to_one() -> None:
    weights = list(grid(0.25))
    assert len(weights) == len(set(weights)) == 15  # (4 + 2 choose 2)
    assert all(sum(each) == pytest.approx(1) and min(each) >= 0 for each in weights)


def test_depth_counts_the_hits_that_are_needed() -> None:
    document = make_document(TEXT)
    ids = [f"{document.id}:{start}-{start + 8}" for start in (0, 8, 16)]
    assert depth(GOLD, [ids[0], ids[2], ids[1]], [document], 10) == 2
    assert depth(GOLD, [ids[1]], [document], 10) == 1
    assert depth(GOLD, [ids[0]], [document], 10) == 11


def test_the_audit_passes_the_true_and_finds_the_forged(
    assistant: Assistant, tmp_path: Path
) -> None:
    def audit(row: dict[str, object]) -> subprocess.CompletedProcess[str]:
        file = tmp_path / "answers.jsonl"
        file.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
        command = [sys.executable, "-m", "eval.audit", str(file), str(assistant.settings.home)]
        return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True)

    row = answer_row(assistant.ask("公交车有多少辆？"), "q")
    assert audit(row).returncode == 0
    row["citations"][0]["start"] += 1
    forged = audit(row)
    assert forged.returncode == 1
    assert "differs" in forged.stdout
