"""Measures, amounts and causes on cases that were worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.questions import Question
from eval.amounts import Amount, amounts, same_amounts
from eval.causes import Cause, cause
from eval.measures import Gold, Place, cited, holds, items, located, measured, recall, retrieved
from records import Answer, Citation, Document, Hit, Passage, Span, Status
from tests.samples import make_document

#       0123456789...
TEXT = "甲有 3 座桥。乙有 5 座桥。丙有 7 座桥。"
DOCUMENT = make_document(TEXT)
FIRST, SECOND, THIRD = (Passage.cut(DOCUMENT, Span(8 * i, 8 * i + 8)) for i in range(3))
QUESTION = Question(
    "q", "桥？", answers=("3 座",), evidence=("甲有 3", "丙有 7"), alternatives=("乙有 5",),
    answerable=True,
)  # fmt: skip
GOLD = located(QUESTION, [DOCUMENT])


def hits(*passages: Passage) -> list[Hit]:
    return [Hit(passage, 1.0 / rank, rank) for rank, passage in enumerate(passages, start=1)]


def citation(passage: Passage, status: Status = Status.VERBATIM) -> Citation:
    return Citation(1, DOCUMENT.id, "", "", None, (), passage.text, passage.span, status)


def answer(*cites: Passage, short: str = "3 座", refused: bool = False) -> Answer:
    return Answer(
        "桥？",
        "",
        short_answer="" if refused else short,
        refused=refused,
        citations=() if refused else tuple(map(citation, cites)),
        hits=tuple(hits(FIRST, SECOND, THIRD)),
    )


def places(*passages: Passage) -> list[Place]:
    return [(passage.document_id, passage.span) for passage in passages]


def test_all_the_evidence_or_one_alternative_is_needed() -> None:
    assert recall(GOLD, places(FIRST, THIRD)) == 1
    assert recall(GOLD, places(SECOND)) == 1
    assert recall(GOLD, places(FIRST)) == 0.5
    assert recall(GOLD, []) == 0
    assert recall(GOLD, [("another", FIRST.span)]) == 0


def test_a_named_document_is_the_only_one_looked_through() -> None:
    other = make_document(TEXT, "b.txt")
    assert len(located(QUESTION, [DOCUMENT, other]).evidence[0]) == 2
    named = located(replace(QUESTION, document="b.txt"), [DOCUMENT, other])
    assert {document_id for document_id, _ in named.places} == {other.id}


def test_ranks_by_hand() -> None:
    gold = located(Question("q", "？", evidence=("丙有 7",), answerable=True), [DOCUMENT])
    found = retrieved(gold, hits(FIRST, THIRD, SECOND), {THIRD.id})
    # relevant at rank 2 of one: RR 1/2, DCG 1/log2(3), ideal 1/log2(2)
    assert found["rr@10"] == pytest.approx(1 / 2)
    assert found["ndcg@10"] == pytest.approx(1 / math.log2(3))
    assert (found["evidence@1"], found["evidence@3"]) == (0, 1)
    # relevant at 1 and 3 of two: DCG 1 + 1/2, ideal 1 + 1/log2(3)
    both = retrieved(GOLD, hits(FIRST, SECOND, THIRD), {FIRST.id, THIRD.id})
    assert both["rr@10"] == 1
    assert both["ndcg@10"] == pytest.approx(1.5 / (1 + 1 / math.log2(3)))
    assert retrieved(gold, [], {THIRD.id})["ndcg@10"] == 0


def test_citations_by_hand() -> None:
    gold = located(Question("q", "？", evidence=("甲有 3", "丙有 7"), answerable=True), [DOCUMENT])
    assert cited(gold, places(FIRST, SECOND)) == {
        "citation recall": 0.5,
        "citation precision": 0.5,
    }
    assert cited(gold, [])["citation precision"] is None


def test_a_correct_answer_is_given_and_accepted_or_rightly_refused() -> None:
    def correct(question: Question, said: Answer) -> float | None:
        return measured(located(question, [DOCUMENT]), said, set())["correct"]

    assert correct(QUESTION, answer(FIRST)) == 1
    assert correct(QUESTION, answer(FIRST, short="5 座")) == 0
    assert correct(QUESTION, answer(refused=True)) == 0
    cited_only = replace(QUESTION, answers=())
    assert correct(cited_only, answer(FIRST, THIRD)) == 1
    assert correct(cited_only, answer(FIRST)) == 0
    nothing = Question("q", "？", answerable=False)
    assert correct(nothing, answer(refused=True)) == 1
    assert correct(nothing, answer(FIRST)) == 0
    assert correct(Question("q", "？"), answer(FIRST)) is None


def test_what_does_not_apply_is_left_out() -> None:
    found = measured(Gold(Question("q", "？", answerable=False)), answer(refused=True), set())
    assert {name for name, value in found.items() if value is not None} == {"correct"}


@pytest.mark.parametrize(
    ("short", "accepted", "expected"),
    [
        ("约 1.8 万亿元", "１.８万亿元", True),
        ("1.8 亿元", "1.8 万亿元", False),
        ("", "1.8 万亿元", False),
        ("14 个", "4 个", False),
        ("1.4 个", "4 个", False),
        ("1,400 家", "400 家", False),
        ("86001", "8600", False),
        ("8600.5", "8600", False),
        ("有 14 个，其中 4 个在建", "4个", True),
        ("2022 年，4 个", "4 个", True),
        ("第 14 个", "个", True),
        ("涨 63.4%，达 1,186 亩", "1,186亩；63.4%", True),
        ("1,186 亩", "1,186亩；63.4%", False),
    ],
)
def test_a_number_is_right_only_as_a_whole(short: str, accepted: str, expected: bool) -> None:
    assert holds(short, [accepted]) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.8 万亿元", [("1.8e12", "元")]),
        ("18,000 亿元", [("1.8e12", "元")]),
        ("１１ 万多家", [("110000", "家")]),
        ("2022 年增长 7.5%", [("2022", "年"), ("7.5", "%")]),
        ("3 个百分点，三分之一", [("3", "个百分点")]),
        ("没有", []),
    ],
)
def test_amounts_are_values_with_units(text: str, expected: list[tuple[str, str]]) -> None:
    assert amounts(text) == tuple(Amount(Decimal(v).normalize(), unit) for v, unit in expected)


def test_amounts_are_the_same_in_value_and_unit() -> None:
    assert same_amounts("达到 18000 亿元", ["1.8 万亿元"]) is True
    assert same_amounts("1.8 亿元", ["1.8 万亿元"]) is False
    assert same_amounts("1.8%", ["1.8 个百分点", "1.8％"]) is True
    assert same_amounts("20 人", ["20 名"]) is True
    assert same_amounts("20", ["20 家"]) is False
    assert same_amounts("很多", ["不少"]) is None


@given(st.integers(1, 10**6), st.sampled_from(["万", "亿"]))
def test_a_scale_can_be_written_out(number: int, scale: str) -> None:
    written = number * {"万": 10**4, "亿": 10**8}[scale]
    assert (
        same_amounts(
            f"{number} {scale}元",
            [
                f"{written} 元",
            ],
        )
        is True
    )
    assert same_amounts(f"{number} {scale}元", [f"{written + 1} 元"]) is False


def test_lists_by_hand() -> None:
    # given 甲, 乙, 丁; wanted 甲, 乙, 丙, 戊: 2 of 3 right, 2 of 4 found
    assert items("甲、乙和丁", ["甲、乙、丙、戊"]) == (2 / 3, 2 / 4)
    assert items("甲；乙", ["丙", "甲，乙"]) == (1, 1)
    assert items("", ["甲、乙"]) == (0, 0)


def other_document() -> Document:
    return make_document("没有桥。", "c.txt")


@pytest.mark.parametrize(
    ("said", "passages", "candidates", "expected"),
    [
        (answer(FIRST), [], [], Cause.NONE),
        (answer(FIRST, short="5 座"), [], [], Cause.READING),
        (answer(refused=True), [], [], Cause.REFUSED),
        (replace(answer(refused=True), unverified=("3",)), [], [], Cause.GATE),
        (replace(answer(refused=True), hits=()), [FIRST], [FIRST, THIRD], Cause.RANKING),
        (replace(answer(refused=True), hits=()), [FIRST], [FIRST], Cause.RETRIEVAL),
        (replace(answer(refused=True), hits=()), [], [], Cause.SPLITTING),
    ],
)
def test_the_first_stage_that_lost_the_answer_is_to_blame(
    said: Answer, passages: list[Passage], candidates: list[Passage], expected: Cause
) -> None:
    gold = located(replace(QUESTION, alternatives=()), [DOCUMENT])
    values = measured(gold, said, set())
    assert cause(gold, said, values, places(*passages), places(*candidates)) is expected


def test_evidence_that_stands_nowhere_was_lost_in_parsing() -> None:
    gold = located(QUESTION, [other_document()])
    said = replace(answer(refused=True), hits=())
    assert cause(gold, said, measured(gold, said, set()), [], []) is Cause.PARSING


def test_an_answer_to_what_cannot_be_answered_is_its_own_cause() -> None:
    gold = Gold(Question("q", "？", answerable=False))
    said = answer(FIRST)
    assert cause(gold, said, measured(gold, said, set()), [], []) is Cause.ANSWERED
