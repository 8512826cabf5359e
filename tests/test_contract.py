"""Answers as JSON and back."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.contract import answer_of, answer_row
from records import Answer
from tests.strategies import answers


def row_of(answer: Answer) -> dict[str, Any]:
    """The row after a way through a file."""
    claims = [asdict(claim) for claim in answer.claims]
    row: dict[str, Any] = json.loads(json.dumps({"claims": claims} | answer_row(answer)))
    return row


@given(answers)
def test_an_answer_comes_back_from_its_row(answer: Answer) -> None:
    assert answer_of(row_of(answer)) == answer


@given(answers, st.floats(-10, 10))
def test_scores_come_back_rounded_and_nothing_more_is_lost(answer: Answer, score: float) -> None:
    exact = tuple(replace(hit, score=score, similarity=score) for hit in answer.hits)
    row = row_of(replace(answer, hits=exact))
    again = answer_of(row)
    assert [hit.score for hit in again.hits] == [round(score, 4)] * len(exact)
    assert row_of(again) == row


def test_keys_that_an_older_version_lacked_may_be_absent() -> None:
    row = {"question": "问", "answer": "答", "citations": [], "of a later version": 1}
    assert answer_of(row) == Answer("问", "答")
