"""What questions demand: an answer of the right rank, time, unit and place, made whole."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reader.asked import Asked
from app.reader.candidates import Candidate, candidate_of, told
from app.reader.cells import drawn, named_cell
from app.reader.constraints import demands
from app.reader.evidence import said_of
from app.reader.meanings import meaning
from app.reader.places_named import named_places
from app.reader.ranks import ranks
from app.reader.series import Point
from app.reader.spans import ScoredSpan, whole_span
from app.reader.wholes import from_first, whole_change, whole_contrast, whole_reason, with_lack
from index.folding import fold
from records import Cell, Hit, Kind, Passage, Span

TEXTS = st.text(alphabet="“一局”是指即由于因为从到变和以及AIoT的，。；、2 \n", max_size=60)


def placed(text: str, part: str) -> Span:
    """Where ``part`` first stands in ``text``."""
    start = text.index(part)
    return Span(start, start + len(part))


def hit(text: str, *cells: tuple[str, str]) -> Hit:
    """A passage found, with cells of (column, text) where it is a row."""
    made = tuple(Cell(column, placed(text, said)) for column, said in cells)
    kind = Kind.TABLE if cells else Kind.PROSE
    return Hit(Passage("d", Span(0, len(text)), text, kind=kind, cells=made), 1.0, 1)


def answered(question: str, text: str, part: str) -> str:
    """What becomes of the span ``part`` of ``text``."""
    scored = ScoredSpan(placed(text, part), 0.9)
    return candidate_of(demands(question), hit(text), scored, 0.0).text


def suits(question: str, text: str, part: str) -> bool:
    scored = ScoredSpan(placed(text, part), 0.9)
    return candidate_of(demands(question), hit(text), scored, 0.0).suits


@pytest.mark.parametrize(
    ("question", "text", "part", "whole"),
    [
        (
            "“双岗”里的“主岗”指什么？",
            "“主岗”是值班长或副值班长，“副岗”是巡检员。",
            "巡检员",
            "值班长或副值班长",
        ),
        ("什么是主岗？", "主岗是指值班长,副岗是指巡检员。", "巡检员", "值班长"),
        (
            "数据仓指什么？",
            "二是数据仓，即面向全行业、统一存取的设施，由平台公司运营。",
            "统一存取",
            "面向全行业、统一存取的设施，由平台公司运营",
        ),
        ("数据仓到底指啥", "数据仓（DW）是从存取出发的设施。", "存取", "从存取出发的设施"),
        ("BOT模式是什么意思", "BOT 模式由企业出资、建设和运营。", "出资", "由企业出资、建设和运营"),
        (
            "BOT模式是什么意思",
            "三是 BOT 模式促进一体化，见效快。BOT 模式由企业出资、建设。",
            "促进一体化",
            "由企业出资、建设",
        ),
        ("什么是数据仓？", "各地建设数据仓。数据仓是热点。", "各地建设", "各地建设"),
        ("BIoT 是啥", "楼宇和物联网结合的 BIoT 正在普及。", "和物联网", "楼宇和物联网结合"),
        ("BIoT 是什么？", "我国的 BIoT 是楼宇的物联网。", "物联网", "楼宇的物联网"),
        ("数据仓由谁运营？", "数据仓是公共设施，由平台公司运营。", "平台公司", "平台公司"),
        (
            "什么是物联网？",
            "工业物联网是指工厂里的网络。所谓物联网，就是物与物相连。",
            "物与物相连",
            "物与物相连",
        ),
        ("5G是什么？", "4G 是指第四代，5G 是指第五代。", "第五代", "第五代"),
        ("IoT是什么？", "AIoT 是指智能的，IoT 是指物联网。", "物联网", "物联网"),
        (
            "什么是中小企业？",
            "小企业是指 20 人以上的企业。中小企业是规模较小的企业。",
            "规模较小",
            "规模较小的企业",
        ),
        ("什么是数据交易所？", "数据交易是指买卖数据。交易所是场所。", "场所", "场所"),
        (
            "“三岗”中的“主岗”指什么？",
            "“三岗”是指主岗、副岗和巡检岗，“主岗”是值班长。",
            "值班长",
            "值班长",
        ),
        ("什么是城市大脑？", "城市大脑是指挥城市的中枢。", "中枢", "指挥城市的中枢"),
        (
            "数据仓指什么？",
            "数据仓是指汇集数据的设施，按照统一规则开放。",
            "汇集数据",
            "汇集数据的设施，按照统一规则开放",
        ),
        ("给“数据仓”下定义的是谁？", "国标委首次说“数据仓”是设施。", "国标委", "国标委"),
    ],
)
def test_a_meaning_is_all_that_a_sentence_says_a_term_is(
    question: str, text: str, part: str, whole: str
) -> None:
    assert answered(question, text, part) == whole


@given(TEXTS, st.data())
def test_a_meaning_stays_within_its_text_and_is_never_empty(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    around = Span(0, len(text))
    for found in (
        meaning(text, around, span, ["一局", "aiot"]),
        from_first(text, span),
        whole_change(text, span),
        with_lack(text, span),
        whole_contrast(text, span, ["一局", "AIoT"]),
    ):
        assert 0 <= found.start <= found.end <= len(text)
        assert found == span or found.of(text).strip()


@pytest.mark.parametrize(
    ("question", "text", "part", "whole"),
    [
        ("凭什么看好甲地？", "甲地的县全部达标，因此看好甲地。", "全部达标", "甲地的县全部达标"),
        ("为何停办？", "学校停办，主要是因为生源和经费不足。", "经费不足", "生源和经费不足"),
        ("凭什么理念起家？", "公司早期基于小店理念起家。", "小店理念", "小店理念"),
        (
            "为何增长？",
            "基因治疗成本下降推动行业增长。",
            "成本下降",
            "基因治疗成本下降推动行业增长",
        ),
        ("为何增长？", "由于政策红利、需求上升促使产量增长。", "需求上升", "政策红利、需求上升"),
        (
            "为何收回？",
            "收回的主要原因是乡镇缺乏持证人员，一直未补。",
            "乡镇缺乏",
            "乡镇缺乏持证人员",
        ),
        ("为什么打捆？", "光热与光伏打捆，以摊低成本。", "摊低成本", "摊低成本"),
        (
            "经营路子是哪三种？",
            "有三种路子：村民自营、公司统租、合作联营；村民自营最多。",
            "村民自营、公司统租、合作联营",
            "村民自营、公司统租、合作联营",
        ),
        ("为何涨价？", "由于原材料价格上涨，企业涨价。", "原材料价格", "原材料价格上涨"),
        (
            "支持哪些主体联合攻关？",
            "一是支持企业、高校联合攻关；二是培训人才。",
            "企业、高校",
            "企业、高校",
        ),
        (
            "下一步有哪些举措？",
            "一是支持攻关；二是培训人才。",
            "支持攻关",
            "一是支持攻关；二是培训人才",
        ),
        (
            "取证为什么慢？",
            "取证慢的原因有两点：其一，缺少条款，每个型号都要另定；其二，人员不足。",
            "缺少条款",
            "其一，缺少条款，每个型号都要另定；其二，人员不足",
        ),
        (
            "提示了哪些风险？",
            "（1）取证不及预期；（2）补贴退坡。",
            "取证不及预期",
            "（1）取证不及预期；（2）补贴退坡",
        ),
        ("张三担任什么职务？", "张三、李四分别任董事长、总经理。", "董事长", "董事长"),
        ("乙厂接了多少人？", "甲厂、乙厂、丙厂分别接 61 人、48 人和 35 人。", "35 人", "48 人"),
        ("道路为何中断？", "北侧道路因特大雪崩而中断一周。", "雪崩", "特大雪崩"),
        ("为什么停产？", "去年工厂由于环保不达标，停产三天。", "环保不达标", "环保不达标"),
        ("改建的原因是？", "港口因战略地位被定为基地。", "战略地位", "战略地位"),
        ("推迟的原因是？", "项目因资金、用地不足使开工推迟。", "资金", "资金、用地不足"),
        ("还有哪一项原因？", "由于语言不通、制度严苛等，冲突频发。", "制度严苛", "制度严苛"),
        ("兵力大增是因为加入哪国军队？", "丙军已到前线，兵力大增。", "丙军", "丙军"),
        ("总部在哪里？", "公司总部位于江泽市。", "位于江泽市", "江泽市"),
        ("主要分布在哪些地区？", "主要分布于江泽、宁岗。", "主要分布于江泽", "江泽、宁岗"),
        (
            "防护方式有什么变化？",
            "理念进步后，防护从被动、粗放，逐渐变为主动、精细；这是新的趋势。",
            "新的趋势",
            "从被动、粗放，逐渐变为主动、精细",
        ),
        (
            "它的角色早期和现在有什么不同？",
            "早期做集成。现在从集成商到“被集成”转变，更专注设备。",
            "更专注设备",
            "从集成商到“被集成”转变",
        ),
        ("规模有何变化？", "规模有所回落。从前年起更低。", "有所回落", "有所回落"),
        (
            "规模有什么变化？",
            "企业从 10 家增加到 20 家，规模由 3 亿元扩大到 5 亿元。",
            "由 3 亿元扩大到 5 亿元",
            "由 3 亿元扩大到 5 亿元",
        ),
        ("为何提高？", "因地制宜发展产业，收入提高。", "发展产业", "因地制宜发展产业"),
        (
            "产业方向怎样？",
            "方向由单一场景逐步向长效服务转变。",
            "单一场景逐步向长效服务转变",
            "单一场景逐步向长效服务转变",
        ),
        (
            "过去做什么，如今转向了什么？",
            "产业由集成逐步向运营服务转变，更稳。",
            "集成",
            "由集成逐步向运营服务转变",
        ),
        (
            "从多少家增长到多少家？",
            "企业从 11 万家增长至 100 万家，年均 30%。",
            "30%",
            "从 11 万家增长至 100 万家",
        ),
        (
            "用户构成国内跟国外有什么不一样？",
            "国外以家庭为主，国内则以应急为主。",
            "国内则以应急为主",
            "国外以家庭为主，国内则以应急为主",
        ),
        (
            "预冷的比例我国跟国外差多远？",
            "我国约为 20%，国外超过 80%，差距大。",
            "国外超过 80%",
            "我国约为 20%，国外超过 80%",
        ),
        ("头号顾虑是什么？", "补偿机制不明确，车主不愿参与。", "补偿机制", "补偿机制不明确"),
        (
            "他担任什么职务？",
            "通报称：某中心党委书记、主任张三被查。",
            "主任",
            "某中心党委书记、主任",
        ),
        ("玉产自哪里？", "这种玉产自新疆和田。", "和田", "和田"),
        ("参展的是谁？", "甲厂和乙厂参展。", "和乙厂", "甲厂和乙厂"),
        ("会怎样？", "局面会和平解决。", "和平解决", "和平解决"),
    ],
)
def test_reasons_changes_and_what_is_joined_are_made_whole(
    question: str, text: str, part: str, whole: str
) -> None:
    assert answered(question, text, part) == whole


@pytest.mark.parametrize(
    ("question", "text", "part", "said_of_it"),
    [
        ("基金三期规模多大？", "基金一期规模为 100 亿元，二期为 200 亿元。", "200 亿元", False),
        ("基金二期规模多大？", "基金一期规模为 100 亿元，二期为 200 亿元。", "200 亿元", True),
        ("2 号行动打击什么？", "4 号、6 号行动打击污染。", "污染", False),
        ("45-54 岁占多少？", "75 岁以上占 77%，55-64 岁占 67%。", "67%", False),
        (
            "甲乙证券净利润多少？",
            "其中丙丁证券快报显示，净利润 5 亿元，甲乙证券上涨。",
            "5 亿元",
            False,
        ),
        (
            "丙丁证券净利润多少？",
            "其中丙丁证券快报显示，净利润 5 亿元，甲乙证券上涨。",
            "5 亿元",
            True,
        ),
        ("调到了哪一级？", "将海上的应急响应提升为Ⅲ级。", "海上", False),
        ("调到了哪一级？", "将海上的应急响应提升为Ⅲ级。", "Ⅲ级", True),
        ("署的是哪年哪月？", "研究报告（2023 年）", "2023 年", False),
        ("署的是哪年哪月？", "2024年3月发布", "2024年3月", True),
        ("GB/T 1234-2016 叫什么？", "1234-2016 评价指标、5678-2018 指南", "5678-2018 指南", False),
        ("某人支持度？", "公布 2024 领导人选举民调，某人支持度为 22.3%。", "2024 领导人", False),
        ("上涨的概率是多少？", "一共 36 次，上涨 5 次。", "5", False),
        ("某国销售额是多少？", "销售额 366 亿美元，占 34.4%。", "34.4%", False),
        ("全国有多少家医院？", "全国医院共有 3.8 万家。", "3.8 万家", True),
        ("腾讯公司净利润多少？", "归属于上市公司股东的净利润 441 亿元。", "441 亿元", True),
        (
            "工商银行净利润多少？",
            "工商银行、农业银行净利润分别为 3640 亿元和 2693 亿元。",
            "3640 亿元",
            True,
        ),
        ("分别是哪几个？", "直辖市有北京、上海、天津、重庆。", "北京、上海、天津、重庆", True),
        ("一期投资多少？", "首期投资 10 亿元，二期投资 5 亿元。", "10 亿元", True),
        ("二期投资多少？", "首期投资 10 亿元，二期投资 5 亿元。", "10 亿元", False),
        ("2 号线设多少座车站？", "2 号线设 30 座车站，与 1 号线换乘。", "30 座", True),
        (
            "项目何时开工？",
            "2021 年 3 月\n项目开工建设\n2023 年 5 月\n项目投产",
            "2021 年 3 月",
            True,
        ),
        ("报告何时启动编写？", "数字产业报告\n2021 年 3 月", "2021 年 3 月", False),
        ("报告何时启动编写？", "2021 年 3 月\n数字产业报告", "2021 年 3 月", False),
        ("GB/T 1234-2016 叫什么？", "GB/T 1234—2016 评价指标", "GB/T 1234—2016 评价指标", True),
        ("GB/T 1234-2016 代替了哪个标准？", "代替 GB/T 1234-2006。", "GB/T 1234-2006", True),
        ("由哪一级政府负责？", "由县人民政府负责。", "县人民政府", True),
        ("哪个级别的城市？", "一线城市居多。", "一线城市", True),
        ("客户满意度是多少？", "满意度为 93.5 分。", "93.5 分", True),
        ("为提高城镇化率投入了多少资金？", "投入 5 亿元。", "5 亿元", True),
        ("全球设备的销售总额到底是多少？", "占全球的 34.4%。", "34.4%", False),
        ("销售收入超亿元的企业有多少？", "这样的企业有 120 家。", "120 家", True),
        ("出口额居全国第几位？", "出口额居全国第 3 位。", "第 3 位", True),
    ],
)
def test_what_is_said_of_another_does_not_suit(
    question: str, text: str, part: str, said_of_it: bool
) -> None:
    assert suits(question, text, part) is said_of_it


def test_a_row_in_another_place_of_an_order_does_not_suit() -> None:
    row = hit("3\t鲜达集团\t郑州", ("排名", "3"), ("企业", "鲜达集团"), ("总部", "郑州"))
    scored = ScoredSpan(placed(row.passage.text, "鲜达集团"), 0.9)
    for question, fits in (("排第三的是哪家企业？", True), ("排第六的是哪家企业？", False)):
        assert candidate_of(demands(question), row, scored, 0.0).suits is fits


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("下降的原因是什么？", Asked.REASON),
        ("什么原因导致下降？", Asked.REASON),
        ("他因为什么而闻名？", Asked.REASON),
        ("主因是因为什么武器得到应用？", Asked.OTHER),
        ("原因之一是不认同哪一思想？", Asked.OTHER),
        ("迁都于西元几年？", Asked.YEAR),
        ("工厂因为什么停产？", Asked.REASON),
        ("什么主要原因导致下降？", Asked.REASON),
        ("什么是出口下降的主要原因？", Asked.REASON),
        ("主要原因是哪个？", Asked.REASON),
        ("城乡收入差距有多大？", Asked.AMOUNT),
        ("从什么样转成了什么样？", Asked.CHANGE),
        ("从什么时候到什么时候施工？", Asked.DATE),
    ],
)
def test_a_reason_is_asked_for_where_nothing_else_is(question: str, kind: Asked) -> None:
    assert demands(question).asked is kind


@given(TEXTS, st.data())
def test_a_reason_holds_what_it_is_made_from(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    assert span.of(text).strip("，。；、 \n") in whole_reason(text, span).of(text)


@pytest.mark.parametrize(
    ("question", "text", "part", "expected"),
    [
        ("第二批试点有哪些？", "甲、乙已列入第一批试点。", "甲、乙", False),
        ("第二批试点有哪些？", "甲、乙列入第一批试点，丙、丁列入第二批。", "丙、丁", True),
        ("第二批试点有哪些？", "前年第三届展会后，甲、乙成为试点。", "甲、乙", True),
        ("第2批试点有哪些？", "甲、乙已列入第一批试点。", "甲、乙", False),
        ("《规划（2023—2025 年）》何时印发？", "《规划（2023—2025 年）》已印发。", "2023", False),
        ("《规划》何时印发？", "2022 年 3 月印发《规划（2023 年）》。", "2022 年 3 月", True),
        ("《规划》到哪年为止？", "《规划（2023—2025 年）》", "2025", True),
        ("发布了多少项标准？", "标准 40 多项，城市 400 个。", "400 个", False),
        ("发布了多少项标准？", "标准 40 多项，城市 400 个。", "40 多项", True),
        ("算力要达到多少EFLOPS？", "占比达到 35%，算力 300 EFLOPS。", "35%", False),
        ("算力要达到多少 EFLOPS？", "占比达到 35%，算力 300 EFLOPS。", "300 EFLOPS", True),
        ("装机多少GW？", "装机 12 吉瓦。", "12 吉瓦", True),
        ("有多少AI企业？", "约有 30 家。", "30 家", True),
        ("储能规模多少MWh？", "储能 200 兆瓦时。", "200 兆瓦时", True),
        ("共有多少项目签约？", "签约 120 个。", "120 个", True),
        ("第2批试点有哪些？", "丙、丁列入第二批试点。", "丙、丁", True),
        ("第一批试点有哪些？", "首批试点为丙、丁。", "丙、丁", True),
        ("第一批试点有哪些？", "第一、第二批试点为丙、丁。", "丙、丁", True),
        ("第十二届有多少人？", "第十届有 30 人。", "30 人", False),
        (
            "第七次普查常住人口多少？",
            "常住人口 1338 万人，与第六次普查相比增加 10%。",
            "1338 万人",
            True,
        ),
        ("企业增长幅度是多少？", "企业增加 8%，行业近 20 个。", "近 20 个", False),
        ("企业增长幅度是多少？", "企业增加 8%，行业近 20 个。", "8%", True),
        ("企业大幅度增加了多少家？", "企业增加 30 家。", "30 家", True),
        ("第10届展会签约多少？", "第十届展会签约 30 亿元。", "30 亿元", True),
        ("第11届展会签约多少？", "第十届展会签约 30 亿元。", "30 亿元", False),
        ("第一产业占比是多少？", "第一、第二、第三产业分别占 7%、38% 和 55%。", "7%", True),
        ("第二批有多少家？", "第一至第三批各有 30 家。", "30 家", True),
        ("第三季度的销量是多少？", "三季度销量 50 万辆，高于第二季度。", "50 万辆", True),
        ("第三季度的销量是多少？", "第二季度销量 50 万辆。", "50 万辆", False),
        ("第七次普查的外出人口多少？", "外出人口 4 亿人，首次超过三成。", "4 亿人", True),
        ("二期工程投资多少？", "二期工程在一期基础上扩建，总投资 20 亿元。", "20 亿元", True),
        ("二期工程投资多少？", "一期工程总投资 20 亿元。", "20 亿元", False),
        ("2023年增长了多少？", "2023 年出口额与 2020 年相比增长 30%。", "30%", True),
        (
            "2023年提高了几个百分点？",
            "2023 年较 2020 年的 5% 提高 3 个百分点。",
            "3 个百分点",
            True,
        ),
        ("2023年的占比是多少？", "2023 年较 2020 年的 5% 提高 3 个百分点。", "5%", False),
        ("2023年产量多少？", "2023 年是 2015 年的 3 倍，产量 60 万吨。", "60 万吨", True),
        ("2023年增长多少？", "2023 年，自 2015 年启动以来增长了 50%。", "50%", True),
        ("2020年产出多少？", "2019 年立项，自 2020 年投产以来产出 5 万吨。", "5 万吨", True),
        ("2022 年比亚迪销量多少？", "2021 年和 2022 年比亚迪销量合计 246 万辆。", "246 万辆", True),
        ("一季度增长多少？", "一、二季度分别增长 4% 和 5%。", "4%", True),
        ("目前三省有哪些做法？", "做法有甲、乙、丙、丁。", "甲、乙、丙、丁", True),
        ("装机多少万千瓦？", "装机 1.2 GW。", "1.2 GW", True),
        ("用电多少千瓦时？", "用电 3 万千瓦。", "3 万千瓦", False),
        ("2023年投资多少？", "2015 年投资 50 亿元。", "50 亿元", False),
        ("国开银行贷款余额多少？", "国开银行等政策性银行贷款余额 10 万亿元。", "10 万亿元", True),
        ("国开银行贷款余额多少？", "国开银行早于招商银行，后者余额 3 万亿元。", "3 万亿元", False),
        ("我国有多少人工智能企业？", "人工智能企业超过 4500 家。", "4500 家", True),
        ("来了多少人？", "来了 4500 家。", "4500 家", False),
        ("进口了多少天然气？", "进口天然气 1.2 亿吨。", "1.2 亿吨", True),
        ("换新了多少家电？", "换新家电 1500 万台。", "1500 万台", True),
        ("占比多少？", "建成 500 个。", "500 个", False),
        ("占比多少？", "约有两成。", "两成", True),
        ("装机多少GW？", "储能 100 GWh。", "100 GWh", False),
        ("公募基金份额是多少？", "份额为 26 万亿份。", "26 万亿份", True),
        ("华为和小米的手机全球出货量谁更高？", "小米高于华为。", "小米", True),
        ("北京，上海，深圳哪个城市人口最多？", "上海人口最多。", "上海", True),
        ("上海比北京哪个人口多？", "北京少于上海。", "北京", True),
        ("华为和小米的哪些手机最好？", "小米最好。", "小米", False),
        ("如何控制债务规模？", "要优化债务结构。", "优化债务结构", True),
        ("审批需要多久？", "审批只要本市户籍。", "本市户籍", False),
        ("负责的是哪个局？", "由发展和改革委员会负责。", "发展和改革委员会", True),
        ("负责的是哪个局？", "由王五负责。", "王五", False),
        ("这是第几次举办？", "这是首次。", "首次", True),
        ("排名第几？", "位居榜首。", "榜首", True),
        (
            "两家公司的营收分别是多少？",
            "营收 1,234 亿元和 2,345 亿元。",
            "1,234 亿元和 2,345 亿元",
            True,
        ),
        ("30个省份中排名前三的分别是哪些？", "依次是广东、江苏、山东。", "广东、江苏、山东", True),
        ("30个省份中排名前三的分别是哪些？", "依次是广东、江苏。", "广东、江苏", False),
    ],
)
def test_an_answer_has_the_rank_the_time_and_the_unit_asked_for(
    question: str, text: str, part: str, expected: bool
) -> None:
    assert suits(question, text, part) is expected


@pytest.mark.parametrize(
    ("question", "answer", "ruled_out"),
    [
        ("企业最多的是哪个省？", "广东、江苏、山东 3 省", True),
        ("增速最快的是哪个行业？", "信息传输、软件和信息技术服务业", False),
        ("最终由哪个部门牵头？", "北京、上海", False),
        ("企业最多的是哪个省？", "甲省", False),
        ("企业最多的是哪几个省？", "甲省、乙省", False),
        ("企业增速是多少？", "近 20 个", True),
        ("企业增速是多少？", "12.3", False),
        ("企业占比多少？", "约七成，20 家", False),
        ("算力要达到多少EFLOPS？", "35%", True),
        ("甲省落在第几梯队？", "甲省、乙省", True),
        ("甲省落在第几梯队？", "第二梯队", False),
        ("甲省排名第几？", "3", False),
        ("第几季度增长最快？", "三季度", False),
        ("甲市入选第几批？", "首批", False),
        ("排名第几？", "位列前三", False),
        ("增速超过10%的城市有多少个？", "8 个", False),
        ("占比最高的行业产值是多少？", "300 亿元", False),
        ("占多少席位？", "12 个", False),
        ("平台开放了多少API？", "1200 个", False),
        ("储能规模多少MWh？", "200 兆瓦时", False),
        ("是哪家企业中标？", "京东", False),
        ("是哪家企业中标？", "江苏", True),
        ("海南是第几个自贸港？", "首个", False),
        ("海南是第几个自贸港？", "海南", True),
    ],
)
def test_of_the_most_there_is_one_and_a_rank_is_told_by_a_rank(
    question: str, answer: str, ruled_out: bool
) -> None:
    assert demands(question).rules_out(answer) is ruled_out


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("专区分几类，都是什么？", Asked.LIST),
        ("几时出台的？", Asked.DATE),
        ("角色有什么转变？", Asked.CHANGE),
        ("“一局”说的是哪个局？", Asked.MEANING),
        ("“正向建”怎么理解？", Asked.MEANING),
        ("AIoT 是啥？", Asked.MEANING),
        ("牵头单位是什么？", Asked.OTHER),
        ("成都是什么时候启动试点的？", Asked.DATE),
        ("报告说的是哪一年的数据？", Asked.YEAR),
        ("“京津冀”指的是哪三个省市？", Asked.LIST),
        ("前10个月出口第一的是哪家公司？", Asked.OTHER),
        ("前三个因素是什么？", Asked.LIST),
        ("提出了哪些转变？", Asked.LIST),
        ("占比从2019年的5%提高到多少？", Asked.AMOUNT),
        ("车程会从多久变成多久？", Asked.CHANGE),
        ("过去三年甲乙两地有何不同？", Asked.DIFFERENCE),
        ("界定数据仓的是哪份文件？", Asked.OTHER),
        ("哪一个月的销量最高？", Asked.DATE),
        ("会议在何日召开？", Asked.DATE),
        ("法案几号生效？", Asked.DATE),
        ("几号线最先通车？", Asked.AMOUNT),
        ("补贴的有效期为几年？", Asked.AMOUNT),
        ("他是几年来的？", Asked.DATE),
        ("审批需要多久？", Asked.AMOUNT),
        ("报告把企业规模界定为几类？", Asked.AMOUNT),
        ("区别于甲，乙有哪些特点？", Asked.LIST),
        ("2024年还是最大的市场吗？", Asked.WHETHER),
        ("升了还是降了？", Asked.CHOICE),
        ("什么是影响出生率的主要因素？", Asked.OTHER),
    ],
)
def test_more_ways_to_ask(question: str, asked: Asked) -> None:
    assert demands(question).asked is asked


def test_regions_are_places_and_common_nouns_are_none() -> None:
    assert named_places(["东部", "东北", "城市", "上市", "深度"]) == {"东部", "东北"}


# --- charts and cells


CHART = hit("1.71.80.00.51.02021年", ("年份", "2021年"), ("投资规模（万亿元）", "1.7"))
ROW = hit("2021年\t1.7", ("年份", "2021年"), ("投资规模", "1.7"))
PROSE = hit("2020 年增长。2021 年，投资有所回落，约 1.7 万亿元。")


def test_a_chart_left_as_digits_is_told_from_a_row() -> None:
    assert drawn(CHART.passage)
    assert not drawn(ROW.passage)
    assert not drawn(PROSE.passage)


def test_what_a_chart_says_is_told_by_the_sentence_that_says_it() -> None:
    asked = demands("2021 年投资规模是多少？")

    def candidate(found: Hit, part: str) -> Candidate:
        return candidate_of(asked, found, ScoredSpan(placed(found.passage.text, part), 0.9), 2.0)

    chart, row = candidate(CHART, "1.7"), candidate(ROW, "1.7")
    other, said = candidate(PROSE, "2020 年"), candidate(PROSE, "约 1.7 万亿元")
    assert told(chart, [other, said]) is said
    assert told(chart, [other]) is chart
    more = hit("2021 年投资约 11.7 万亿元。")
    assert told(chart, [candidate(more, "约 11.7 万亿元")]) is chart
    assert told(row, [said]) is row


def test_a_figure_of_a_chart_is_sought_in_sentences_with_its_year_and_unit() -> None:
    passage = CHART.passage
    point = Point("2021年", Decimal("1.7"), "1.7", "万亿元", passage, placed(passage.text, "1.7"))
    found = said_of(point, [CHART, PROSE])
    assert found is not None
    assert found.quote == "2021 年，投资有所回落，约 1.7 万亿元。"
    assert said_of(point, [hit("2021 年，投资约 11.7 万亿元。")]) is None
    assert said_of(point, [hit("2022 年，投资约 1.7 万亿元。")]) is None
    assert said_of(replace(point, unit=""), [hit("2021 年，用电增长 1.75%。")]) is None


@pytest.mark.parametrize(
    ("cell", "part", "whole"),
    [
        ("青湾市公共数据试点管理办法", "试点管理办法", "青湾市公共数据试点管理办法"),
        ("管理办法；试行", "管理办法", None),
        ("由平台公司统一管理", "平台公司", None),
        ("约 1.8 万亿元", "1.8 万亿元", None),
    ],
)
def test_of_a_cell_that_holds_but_a_name_all_is_told(
    cell: str, part: str, whole: str | None
) -> None:
    row = hit(f"青湾\t{cell}", ("地区", "青湾"), ("文件名", cell)).passage
    found = named_cell(demands("青湾出的是哪个办法？"), row, placed(row.text, part))
    assert (found.of(row.text) if found else None) == whole


def test_a_quote_is_never_changed_by_what_is_made_whole() -> None:
    text = "ＡＩｏＴ 是　楼宇和物联网　结合。"
    whole = answered("AIoT 是啥？", text, "楼宇")
    assert whole in text and re.search("楼宇", fold(whole))


@pytest.mark.parametrize(
    ("question", "text", "part", "whole"),
    [
        (
            "珠三角2023年的产值是多少？",
            "长三角地区、珠三角地区和京津冀地区产值分别为 30 亿元、12 亿元和 10 亿元。",
            "12 亿元",
            "12 亿元",
        ),
        (
            "腾讯这家公司的营收是多少？",
            "阿里公司、腾讯公司和百度公司的营收分别为 9 亿元、6 亿元和 1 亿元。",
            "9 亿元",
            "6 亿元",
        ),
        ("有哪些城市？", "北京、上海、深圳等城市率先出台了数据条例。", "北京", "北京、上海、深圳"),
        (
            "有哪些服务？",
            "提供数据脱敏、网络安全等保测评与整改服务。",
            "数据脱敏",
            "数据脱敏、网络安全等保测评与整改服务",
        ),
        ("有哪些城市？", "要在北京、上海等城市试点。", "北京", "北京、上海等城市试点"),
    ],
)
def test_of_several_things_the_right_one_or_all_are_told(
    question: str, text: str, part: str, whole: str
) -> None:
    assert answered(question, text, part).endswith(whole)


@pytest.mark.parametrize(
    "amount", ["3945.3 亿立方米", "300 公顷", "12.5 吉瓦", "12.5 GW", "100 GWh", "30 张"]
)
def test_a_number_is_never_parted_from_such_units(amount: str) -> None:
    text = f"总量为 {amount}，持续增长。"
    for cut in (amount.split()[0], amount[:-1]):
        assert whole_span(text, placed(text, cut)).of(text) == amount


def test_a_range_of_ranks_is_as_long_as_any_that_is_meant() -> None:
    assert ranks("第一至三批") == {(1, "批"), (2, "批"), (3, "批")}
    assert ranks("第1至999999999期") == {(1, "期"), (999999999, "期")}


@pytest.mark.parametrize(("text", "said"), [("300 场景", "300"), ("12 支队伍", "12")])
def test_a_noun_is_no_unit(text: str, said: str) -> None:
    assert whole_span(text, placed(text, said)).of(text) == said
