"""Questions that ask one thing after the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from app.assistant import Assistant
from app.successive import successive
from index.encoder import Encoder
from index.pipeline import ingest
from index.words import Segmenter
from records import Answer
from settings import Settings, load_settings

NOTICE = """# 果业年报

2024 年果园面积为 1,186 万亩，比上年增长 63.4%。全年发生虫灾 9 起，直接经济损失 2,260 万元。

《果园补偿办法》于 2023 年 9 月 12 日印发，自 2024 年 1 月 1 日起施行。销售平台由禾信数科公司承建，
总投资 1.86 亿元。
"""


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter(load_settings(environment={}).dictionary)


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        (
            "果园有多少亩，比上年增长百分之几？",
            "1,186 万亩",
            ["果园有多少亩？", "果园有1,186 万亩，比上年增长百分之几？"],
        ),
        (
            "出了几起事故，损失多少钱",
            "9 起",
            ["出了几起事故？", "出了9 起事故，损失多少钱？"],
        ),
        (
            "平台由哪家公司承建？投了多少钱？",
            "禾信公司",
            ["平台由哪家公司承建？", "平台由禾信公司承建，投了多少钱？"],
        ),
        (
            "一年利用多少小时？每度电收益多少？",
            "1,015 小时",
            ["一年利用多少小时？", "一年利用1,015 小时，每度电收益多少？"],
        ),
        (
            "产值前三名都是谁，产值各多少",
            "禾川粮业集团、稷阳金穗面业有限公司、江浦油脂股份有限公司",
            ["产值前三名都是谁？", "产值前三名的产值各多少？"],
        ),
        (
            "项目何时开工，投资多少？",
            "2019 年 5 月",
            ["项目何时开工？", "项目投资多少？"],
        ),
        (
            "增速多少，规模多大？",
            "12%",
            ["增速多少？", "增速的规模多大？"],
        ),
        (
            "平台由谁建设，由谁运营？",
            "市大数据局",
            ["平台由谁建设？", "平台由谁运营？"],
        ),
        (
            "2022 年市场规模有多大，预计 2030 年达到多少？",
            "3 亿元",
            ["2022 年市场规模有多大？", "市场规模预计 2030 年达到多少？"],
        ),
        (
            "请问数据交易所在哪里，有多少家？谢谢",
            "上海",
            ["数据交易所在哪里？", "数据交易所在上海，有多少家？"],
        ),
        (
            "他哪年哪月来的、是谁请的？",
            "2021 年 5 月",
            ["他哪年哪月来的？", "他2021 年 5 月来的，是谁请的？"],
        ),
        (
            "甲市 2024 年有多大规模，2030 年呢？",
            "3 亿元",
            ["甲市 2024 年有多大规模？", "甲市 2030 年有多大规模？"],
        ),
        (
            "按办法，数据商有哪几类，各占多少？",
            "甲类、乙类",
            ["按办法，数据商有哪几类？", "按办法，数据商有甲类、乙类，各占多少？"],
        ),
        (
            "DCMM 是什么以及有多少企业贯标",
            "数据管理能力成熟度评估模型，由国家标准化机构在 2018 年发布",
            ["DCMM 是什么？", "DCMM 有多少企业贯标？"],
        ),
        (
            "2020 年投资为什么暴涨，涨到了多少？",
            "受疫情影响",
            ["2020 年投资为什么暴涨？", "2020 年投资涨到了多少？"],
        ),
        (
            "投资比上年涨了还是跌了，规模多少？",
            "跌了（2020 年 2.4 万亿元，2021 年 1.7 万亿元）",
            ["投资比上年涨了还是跌了？", "投资比上年的规模多少？"],
        ),
        (
            "数商企业从多少家涨到多少家，年均增速多少？",
            "从 1 家到 2 家",
            ["数商企业从多少家涨到多少家？", "数商企业的年均增速多少？"],
        ),
    ],
)
def test_what_is_asked_next_is_asked_beside_what_was_found(
    segmenter: Segmenter, question: str, answer: str, expected: list[str]
) -> None:
    found = successive(question, segmenter, lambda asked: Answer(asked, answer, answer))
    assert [part.question for part in found] == expected


@pytest.mark.parametrize(
    "question",
    [
        "2022 年投资规模是多少？",
        "近几年，投资规模是多少？",
        "签约不少，收到钱的没几个，症结是什么？",
        "DCMM 贯标居前的几个城市里，有哪些出了专项政策？",
        "2019 和 2022，哪年苹果产量更高？",
        "哪年的产量最高，是多少？",
        "北京、上海、深圳有哪些平台？",
        "《城市是什么，怎么建》是谁写的？",
        "请问 2022 年投资规模是多少？谢谢！",
        "未来几年，市场规模将达到多少？",
        "有几十家企业贯标，主要集中在哪些行业？",
        "很多大企业不愿共享数据，原因是什么？",
        "任何企业，只要登记了，能得到多少补贴？",
        "不管哪家企业参与，收益如何分配？",
        "什么时候、由哪个部门发布了《数据二十条》？",
        "报告由哪些企业、哪些机构起草？",
        "哪家企业（如甲公司，投资多少）投资超过 1,000 万元？",
        "2019 年和 2020 年哪年苹果产量更高，高多少？",
        "评估老人是否失能，通常看哪六项？",
        "不少平台上线没多久就荒废了，主要是哪些因素造成的？",
    ],
)
def test_one_question_is_left_whole(segmenter: Segmenter, question: str) -> None:
    assert successive(question, segmenter, lambda asked: Answer(asked, "甲", "甲")) == ()


def test_without_an_answer_to_the_first_the_question_is_left_whole(segmenter: Segmenter) -> None:
    refused = Answer("？", "没有。", refused=True)
    assert successive("有多少亩，涨了几成？", segmenter, lambda _: refused) == ()


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("successive")
    file = folder / "果业.md"
    file.write_text(NOTICE, encoding="utf-8")
    with closing(Assistant(Settings(home=folder / "home"))) as made:
        list(ingest([file], made.library, encoder, made.settings))
        yield made


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("2024 年果园面积多少，比上年增长百分之几？", "1,186 万亩；63.4%"),
        ("果园出了几起虫灾，损失多少钱", "9 起；2,260 万元"),
        ("补偿办法是哪天印发的，什么时候施行？", "2023 年 9 月 12 日；2024 年 1 月 1 日起"),
        ("销售平台由哪家公司承建、投了多少钱？", "禾信数科公司；1.86 亿元"),
    ],
)
def test_each_thing_asked_is_answered(assistant: Assistant, question: str, short: str) -> None:
    answer = assistant.ask(question)
    assert answer.short_answer == short
    assert all(each in answer.text for each in short.split("；"))
    assert {citation.status for citation in answer.citations} == {"verbatim"}
