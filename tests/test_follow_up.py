"""Follow-ups understood by rule, and what must not inherit anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assistant import Assistant
from app.follow_up import LONGEST_HISTORY, stand_alone
from index.words import Segmenter
from settings import load_settings

SCALE = "2022 年青湾市数字产业投资规模是多少？"
MODEL = "广东的公共数据授权运营模式是什么？"


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter(load_settings(environment={}).dictionary)


@pytest.mark.parametrize(
    ("before", "question", "understood"),
    [
        (SCALE, "那 2021 年呢？", "2021 年青湾市数字产业投资规模是多少？"),
        (SCALE, "2021年呢", "2021年青湾市数字产业投资规模是多少？"),
        (SCALE, "上一年呢？", "2021 年青湾市数字产业投资规模是多少？"),
        (SCALE, "为什么？", "2022 年青湾市数字产业投资规模为什么？"),
        (SCALE, "同比增长多少？", "2022 年青湾市数字产业投资规模同比增长多少？"),
        (SCALE, "那占比呢？", "2022 年青湾市数字产业投资规模的占比是多少？"),
        (SCALE, "那么原因是什么？", "2022 年青湾市数字产业投资规模的原因是什么？"),
        ("2016—2022 年的投资规模是多少？", "2019 年呢？", "2019 年的投资规模是多少？"),
        ("深圳 2022 年的投资是多少？", "那广州 2021 年呢？", "广州 2021 年的投资是多少？"),
        (MODEL, "北京呢？", "北京的公共数据授权运营模式是什么？"),
        (MODEL, "那北京的呢？", "北京的公共数据授权运营模式是什么？"),
        ("华为在产业里扮演什么角色？", "腾讯呢？", "腾讯在产业里扮演什么角色？"),
        (MODEL, "它有什么优点？", "广东的公共数据授权运营模式有什么优点？"),
        ("数据空间处于什么阶段？", "其典型案例有哪些？", "数据空间的典型案例有哪些？"),
        ("F5G-A 有什么变化？", "那 5G 呢？", "5G 有什么变化？"),
        ("2013 年数商企业约有多少家？", "那数据交易所呢？", "2013 年数据交易所约有多少家？"),
        ("我国有多少家数据交易所？", "具体有哪些？", "我国数据交易所具体有哪些？"),
        ("授权运营有哪几种模式？", "这些模式各有什么代表？", "授权运营模式各有什么代表？"),
    ],
)
def test_what_a_follow_up_leaves_out_is_put_back(
    segmenter: Segmenter, before: str, question: str, understood: str
) -> None:
    assert stand_alone(question, [before], segmenter) == understood


@pytest.mark.parametrize(
    "question",
    [
        "F5G-A 让光网有什么变化？",
        "可信数据空间在我国处于什么阶段？",
        "这份报告是谁写的？",
        "其中，北京有多少家企业？",
        "应该由哪个部门负责监管？",
        "那些年的算力投资有多大？",
        "此外还有哪些国家战略？",
        "青湾市人口",
    ],
)
def test_a_change_of_subject_inherits_nothing(segmenter: Segmenter, question: str) -> None:
    assert stand_alone(question, [SCALE, MODEL], segmenter) == question


def test_each_follow_up_is_understood_by_the_one_before(segmenter: Segmenter) -> None:
    history = [SCALE, "那 2021 年呢？", "白石省呢？"]
    assert stand_alone("2020 年呢？", history, segmenter).startswith("2020 年白石省")


def test_only_the_last_questions_count(segmenter: Segmenter) -> None:
    history = [SCALE, *["北京有多少人？"] * LONGEST_HISTORY]
    assert "青湾" not in stand_alone("2021 年呢？", history, segmenter)


@given(st.text(alphabet="那呢它其该这为什么多少年2021 ，。？数据北京", max_size=12))
def test_any_question_is_understood_somehow(segmenter: Segmenter, question: str) -> None:
    assert stand_alone(question, (), segmenter) == question.strip()
    understood = stand_alone(question, [SCALE], segmenter)
    assert understood.strip() or not question.strip()


def test_a_follow_up_is_answered_and_says_how_it_was_understood(assistant: Assistant) -> None:
    answer = assistant.ask("那 2021 年呢？", history=[SCALE])
    assert answer.question == "那 2021 年呢？"
    assert answer.understood == "2021 年青湾市数字产业投资规模是多少？"
    assert answer.short_answer == "3.2 亿元"
    assert not assistant.ask(SCALE, history=[MODEL]).understood
