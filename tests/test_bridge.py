"""Questions that describe what they are about."""

from __future__ import annotations

import pytest

from app.assistant import Assistant
from app.bridge import bridge


@pytest.mark.parametrize(
    ("question", "first", "name", "second"),
    [
        (
            "最先编制清单的城市，制度放在哪个区先试？",
            "最先编制清单的是哪座城市？",
            "广州",
            "广州制度放在哪个区先试？",
        ),
        (
            "提出要建三级中心的那座城市，它所在的梯队占多少？",
            "提出要建三级中心的是哪座城市？",
            "重庆",
            "重庆所在的梯队占多少？",
        ),
        (
            "首次定义目标架构的那家机构，在江苏牵头了什么案例？",
            "首次定义目标架构的是哪家机构？",
            "中国信通院",
            "中国信通院在江苏牵头了什么案例？",
        ),
        (
            "企业逼近百万家的那一年，贯标企业多了多少？",
            "企业逼近百万家的是哪一年？",
            "2023 年",
            "2023 年贯标企业多了多少？",
        ),
    ],
)
def test_what_is_described_is_asked_for_first(
    question: str, first: str, name: str, second: str
) -> None:
    step = bridge(question)
    assert step is not None
    assert step.question == first
    assert step.named(name) == name
    assert step.about(name) == second


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("最先编制清单的城市，制度放在哪个区先试？", "职能数据清单"),
        ("企业逼近百万家的那一年，贯标企业多了多少？", "100 万家"),
        ("首次定义架构的那家机构，牵头了什么案例？", "2023 年 7 月"),
    ],
)
def test_what_is_no_name_of_its_kind_bridges_nothing(question: str, answer: str) -> None:
    step = bridge(question)
    assert step is not None and step.named(answer) == ""


@pytest.mark.parametrize(
    "question",
    [
        "2022 年投资规模是多少？",
        "出台专项政策的城市有哪些？",
        "广东的城市，企业有多少？",
        "哪些省的企业，占比超过 7%？",
        "投资最高的是哪一年？",
    ],
)
def test_any_other_question_has_one_step(question: str) -> None:
    assert bridge(question) is None


def test_a_name_is_taken_out_of_what_is_said_of_it() -> None:
    city = bridge("最先编制清单的城市，制度放在哪个区先试？")
    firm = bridge("首次定义架构的那家机构，牵头了什么案例？")
    assert city is not None and city.named("广州市") == "广州"
    assert firm is not None and firm.named("中国信通院与相关企业首次定义了架构") == "中国信通院"


def test_both_steps_are_answered_and_cited(assistant: Assistant) -> None:
    answer = assistant.ask("车位有 18000 个的那座城市，车位是什么时候上线的？")
    assert "临江市" in answer.text and "2022 年 3 月" in answer.short_answer
    assert answer.citations and not answer.refused


def test_where_the_second_step_finds_nothing_the_question_is_asked_as_it_stands(
    assistant: Assistant,
) -> None:
    answer = assistant.ask("车位有 18000 个的那座城市，地铁有几条线路？")
    assert answer.refused
