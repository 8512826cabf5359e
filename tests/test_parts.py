"""Questions about several things, answered for each."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from app.parts import Part, joined, parts
from index.words import Segmenter
from records import Answer, Citation, Hit, Passage, Span, Status
from settings import load_settings


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter(load_settings(environment={}).dictionary)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "比较广东和北京的授权运营模式",
            ["广东的授权运营模式是什么？", "北京的授权运营模式是什么？"],
        ),
        (
            "广东与北京的授权运营模式有什么不同？",
            ["广东的授权运营模式是什么？", "北京的授权运营模式是什么？"],
        ),
        (
            "2021 年和 2022 年的投资规模分别是多少？",
            ["2021 年的投资规模是多少？", "2022 年的投资规模是多少？"],
        ),
        (
            "2021 年和 2022 年投资规模分别是多少？",
            ["2021 年投资规模是多少？", "2022 年投资规模是多少？"],
        ),
        (
            "数商数量 2013 年和 2023 年各有多少？",
            ["数商数量 2013 年有多少？", "数商数量 2023 年有多少？"],
        ),
        (
            "广州、深圳 2022 年底的企业数量分别是多少",
            ["广州2022 年底的企业数量是多少？", "深圳2022 年底的企业数量是多少？"],
        ),
        (
            "2021 年和 2022 年，投资规模各是多少？",
            ["2021 年投资规模是多少？", "2022 年投资规模是多少？"],
        ),
        (
            "请分别说明集中模式和分散模式的优缺点",
            ["集中模式的优缺点是什么？", "分散模式的优缺点是什么？"],
        ),
        ("华为、腾讯各扮演什么角色？", ["华为扮演什么角色？", "腾讯扮演什么角色？"]),
        ("第一、第二梯队各有多少个省？", ["第一梯队有多少个省？", "第二梯队有多少个省？"]),
        ("数据商和服务机构分别指什么？", ["数据商指什么？", "服务机构指什么？"]),
        ("三种模式的优点和缺点分别是什么？", ["三种模式的优点是什么？", "三种模式的缺点是什么？"]),
        ("东部和西部的企业数量各是多少？", ["东部的企业数量是多少？", "西部的企业数量是多少？"]),
        (
            "对比一下长沙、杭州和成都的政策",
            ["长沙的政策是什么？", "杭州的政策是什么？", "成都的政策是什么？"],
        ),
        (
            "丰泽、檀溪、洛坪三地教师持证率各是多少",
            ["丰泽教师持证率是多少？", "檀溪教师持证率是多少？", "洛坪教师持证率是多少？"],
        ),
        ("直营店和加盟店的毛利率分别多高？", ["直营店的毛利率多高？", "加盟店的毛利率多高？"]),
        ("“正建、反查”分别指什么？", ["正建指什么？", "反查指什么？"]),
        (
            "“一局”“一中心”里的人员、经费各由谁管？公司负责啥？",
            ["“一局”“一中心”里的人员由谁管？", "“一局”“一中心”里的经费由谁管？", "公司负责啥？"],
        ),
        ("几内亚和马里的人口分别是多少？", ["几内亚的人口是多少？", "马里的人口是多少？"]),
        ("甲县和乙县的人口分别是多少？谢谢！", ["甲县的人口是多少？", "乙县的人口是多少？"]),
        ("审批和评测分别归谁管", ["审批归谁管？", "评测归谁管？"]),
        (
            "长沙和杭州扶持数商各自选在哪个区？",
            ["长沙扶持数商选在哪个区？", "杭州扶持数商选在哪个区？"],
        ),
        ("备货仓和中转仓的用途有什么分别？", ["备货仓的用途是什么？", "中转仓的用途是什么？"]),
    ],
)
def test_a_question_about_several_things_is_parted(
    segmenter: Segmenter, question: str, expected: list[str]
) -> None:
    assert [part.question for part in parts(question, segmenter)] == expected


@pytest.mark.parametrize(
    "question",
    [
        "2022 年投资规模是多少？",
        "感知和网络的建设情况如何？",
        "数据要素与实体经济的区别有哪些？",
        "广州和无锡列的业务几乎一样，只有带“争议”的那项叫法不同，各叫什么？",
        "北京、上海的各级政府有哪些平台？",
        "2022 年的投资规模和 2021 年相比增长了多少？",
        "数据交易所分别有哪些？",
        "比较成熟的领域有哪些？",
        "近几年，投资规模是多少？",
        "哪个月的菜最便宜，均价多少？",
        "谁提出了职能数据清单，为什么？",
        "DCMM 贯标居前的几个城市里，有哪些出了专项政策？",
        "2022 年投资规模是多少，比上年增长了多少？",
        "签约不少，收到钱的没几个，症结是什么？",
        "岭卜县与谷沅县的民宿，谁住得更满？",
        "东坡乡和西坡乡的果园面积哪个更大？",
        "广东和北京谁的企业更多？",
        "2019 和 2022，哪年苹果产量更高？",
        "2019 年和 2022 年的苹果产量哪年更高？",
        "和 2017 年相比，2018 年的投资是升还是降？",
        "淡化水跟自来水之间的差价由谁兜底？",
        "2023 年铁锂与三元增速各是多少，谁快？",
        "医疗、金融、教育行业模型各是多少个？",
        "甲公司和乙公司 2024 年谁的毛利率高，各是多少？",
        "北京和上海各自？",
    ],
)
def test_any_other_question_is_left_whole(segmenter: Segmenter, question: str) -> None:
    assert parts(question, segmenter) == ()


def answer(name: str, start: int, sure: float = 0.9) -> Answer:
    quote = f"{name}的模式是集中授权。"
    span = Span(start, start + len(quote))
    citation = Citation(1, "d", "题", "p", None, (), quote, span, Status.VERBATIM)
    hit = Hit(Passage("d", span, quote), 1.0, 1)
    text = f"集中授权 [1]\n\n“{quote}” [1]"
    return Answer("？", text, "集中授权", confidence=sure, citations=(citation,), hits=(hit,))


def test_the_answers_are_joined_and_their_citations_numbered_anew() -> None:
    both = [(Part("广东", "？"), answer("广东", 0)), (Part("北京", "？"), answer("北京", 50, 0.6))]
    whole = joined("比较", both, "没有找到{name}。", "没有。")
    assert whole.text.startswith("广东：集中授权 [1]\n\n北京：集中授权 [2]\n\n“广东")
    assert whole.short_answer == "广东：集中授权；北京：集中授权"
    assert [c.number for c in whole.citations] == [1, 2]
    assert set(re.findall(r"\[(\d+)\]", whole.text)) == {"1", "2"}
    assert whole.confidence == 0.6
    assert [hit.rank for hit in whole.hits] == [1, 2]


def test_the_same_quote_is_cited_once() -> None:
    same = answer("广东", 0)
    whole = joined("比较", [(Part("甲", "？"), same), (Part("乙", "？"), same)], "{name}", "没有。")
    assert len(whole.citations) == len(whole.hits) == 1
    assert "乙：集中授权 [1]" in whole.text


def test_a_part_without_an_answer_is_said_and_all_without_is_a_refusal() -> None:
    refused = replace(answer("北京", 50, 0.1), refused=True, citations=())
    half = joined(
        "比较",
        [(Part("广东", "？"), answer("广东", 0)), (Part("北京", "？"), refused)],
        "没有找到{name}。",
        "没有。",
    )
    assert "没有找到北京。" in half.text
    assert not half.refused
    assert half.short_answer == "广东：集中授权"
    none = joined("比较", [(Part("北京", "？"), refused)] * 2, "没有找到{name}。", "没有。")
    assert none.refused
    assert none.text == "没有。"
    assert none.hits
