"""The reader's parts, and the reader with its real weights over a real small library."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from llama_index.core.schema import QueryBundle

from app.assistant import Assistant
from app.reader import network
from app.reader.asked import Asked
from app.reader.calibration import Logistic, load_calibration
from app.reader.candidates import candidate_of
from app.reader.cells import placed_cells
from app.reader.constraints import demands
from app.reader.network import NETWORK, Network
from app.reader.places_named import named_places
from app.reader.reader import Reading
from app.reader.spans import ScoredSpan, best_spans, whole_span
from app.reader.tokens import END, START, UNKNOWN, tokenize, tokenize_row
from app.reader.wholes import whole_clause, whole_list, year_of
from app.reader.windows import LONGEST, windows
from app.rerank import ReaderRerank
from errors import ModelError
from index.retriever import HybridRetriever, from_node
from index.search import HybridSearch
from ingest.reading import read_document
from ingest.split import split
from records import Cell, Hit, Kind, Passage, Span
from settings import IngestSettings, SplitSettings

TEXTS = st.text(
    alphabet="中国投资规模达到2022年1.8万亿元，。《》“”（） \n\tABc▁<s>％１２龘𠮷é", max_size=80
)


def placed(text: str, part: str) -> Span:
    """Where ``part`` first stands in ``text``."""
    start = text.index(part)
    return Span(start, start + len(part))


# --- tokens


@given(TEXTS)
def test_tokens_stand_where_they_say_and_leave_nothing_out(text: str) -> None:
    tokens = tokenize(text)
    assert len(tokens.ids) == len(tokens.spans)
    covered = [i for span in tokens.spans for i in range(span.start, span.end)]
    assert covered == sorted(set(covered))
    missing = set(range(len(text))) - set(covered)
    assert all(text[i].isspace() or text[i] == "▁" for i in missing)
    assert all(identifier >= UNKNOWN for identifier in tokens.ids)


def test_no_token_crosses_the_edge_of_a_word() -> None:
    text = "俄方从1992年起投资1.8万亿元"
    pieces = [span.of(text) for span in tokenize(text).spans]
    assert {"1992", "年", "起", "从"} <= set(pieces)


def test_width_and_traditional_characters_make_no_difference() -> None:
    assert tokenize("數字城市１２").ids == tokenize("数字城市12").ids


# --- windows


@given(st.integers(0, 900), st.integers(0, 90), st.integers(0, 60))
def test_windows_hold_every_token_and_are_never_too_long(
    words: int, question: int, context: int
) -> None:
    text = tokenize("投" * words)
    made = windows(tokenize("问" * question), tokenize("章" * context), text)
    assert all(len(window.ids) <= LONGEST for window in made)
    assert all(window.ids[0] == START and window.ids[-1] == END for window in made)
    seen = sorted({span for window in made for span in window.spans})
    assert seen == list(text.spans)
    for window in made:
        assert window.ids[window.first : -1] == tuple(
            text.ids[text.spans.index(span)] for span in window.spans
        )


# --- spans


@pytest.mark.parametrize(
    ("text", "cut", "whole"),
    [
        ("投资达 1.8 万亿元，增长", "1.8", "1.8 万亿元"),
        ("投资达 1.8 万亿元，增长", "8", "1.8 万亿元"),
        ("占比 70%，其余", "70", "70%"),
        ("上升 0.5 个百分点。", "0.5", "0.5 个百分点"),
        ("截至 2022 年，共有 1,234 家", "2022", "2022 年"),
        ("截至 2022 年，共有 1,234 家", "1,2", "1,234 家"),
        ("出台《行动计划》后", "《行动计划", "《行动计划》"),
        ("出台《行动计划》后", "行动计划》", "《行动计划》"),
        ("叫“你要什么，我给什么”的理念", "“你要什么", "“你要什么，我给什么”"),
        ("叫“你要什么，我给什么”的理念", "我给什么”", "“你要什么，我给什么”"),
        ("据“甲计划”,提出“城市大脑”，", "计划”,提出“城市", "“甲计划”,提出“城市大脑”"),
        ("说“好。”后来“不好”", "不好", "不好"),
        ("建成(一期)后 1) 交付", "1) 交付", "1) 交付"),
        ("签约 30 个项目", "30", "30 个"),
        ("附近 3 个社区", "3", "3 个"),
        ("从 11 万家增长至 2020 年的 100 万家", "11", "11 万家"),
        ("企业 2019 年增长至 100 万家", "2019 年", "2019 年"),
        ("，上海、北京。", "，上海、北京。", "上海、北京"),
        ("约100多个县", "100", "约100多个"),
        ("已超过 400 个县", "400", "超过 400 个"),
        ("占比不得超过 30%", "30", "不得超过 30%"),
        ("占比不超过 30%", "30%", "不超过 30%"),
        ("于 2024 年 3 月发布", "2024", "2024 年 3 月"),
        ("于2023年7月27日公布", "2023年7月", "2023年7月27日"),
        ("由约 11 万家增长至约 100 万家，", "11", "约 11 万家增长至约 100 万家"),
        ("由 9 个增加到近 20 个。", "9", "9 个增加到近 20 个"),
        ("由 9 个增加到许多。", "9", "9 个"),
        ("达到 2.4 万亿元。2021 年为 1.7 万亿元", "2.4 万亿元。2021 年为 1.7", "2.4 万亿元"),
    ],
)
def test_a_span_is_made_whole(text: str, cut: str, whole: str) -> None:
    assert whole_span(text, placed(text, cut)).of(text) == whole


@given(TEXTS, st.data())
def test_a_whole_span_cuts_no_number_and_loses_nothing(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    whole = whole_span(text, Span(start, end))
    kept = text[start:end].strip(" \t\n\u3000，。；：、！？,;:!?")
    assert re.split("[。！？\t\n]", kept)[0].strip(" \t\n\u3000，；：、,;:!?") in whole.of(text)
    if len(whole):
        for edge in (whole.start, whole.end):
            pair = text[max(0, edge - 1) : edge + 1]
            assert not (len(pair) == 2 and pair.isascii() and pair.isdigit())


@pytest.mark.parametrize(
    ("text", "cut", "whole"),
    [
        ("由广东、上海、北京和浙江组成。", "广东、上海", "广东、上海、北京和浙江组成"),
        ("第一梯队是广东、上海、北京，其余", "广东", "广东、上海、北京"),
        ("第一梯队是广东、上海、北京，其余", "北京", "广东、上海、北京"),
        ("只有一项。", "一项", "一项"),
        ("包括国有企业、民营企业。", "民营企业", "国有企业、民营企业"),
        ("主要有有色金属、化工。", "化工", "有色金属、化工"),
    ],
)
def test_a_list_is_made_complete(text: str, cut: str, whole: str) -> None:
    assert whole_list(text, placed(text, cut)).of(text) == whole


@pytest.mark.parametrize(
    ("question", "text", "left"),
    [
        ("林石史称什么？", "史称林献子", "林献子"),
        ("这座 学校兴建于哪一年？", "兴建于 1889 年 3 月", "1889 年"),
        ("产业规模达到多少？", "达到了 5 万亿元", "5 万亿元"),
        ("首要任务是什么？", "首要任务是了解需求", "了解需求"),
        ("重点产业包括哪些？", "包括：港口、航运", "港口、航运"),
        ("占比约为多少？", "约为 30%", "约为 30%"),
        ("已超过多少个县？", "超过 400 个县", "超过 400 个县"),
        ("占比不到多少？", "不到 5%", "不到 5%"),
        ("增速不低于多少？", "不低于 3%", "不低于 3%"),
        ("华为哪家公司最大？", "华为技术公司", "华为技术公司"),
        ("广东和浙江哪个更高？", "浙江省", "浙江省"),
        ("中国哪家银行最早成立？", "中国银行", "中国银行"),
        ("2022和2023哪年多？", "2023 年", "2023 年"),
        ("规模位居全国第几？", "全国第一", "全国第一"),
        ("全市共有多少家企业？", "1,200 家", "1,200 家"),
        ("谁史称林献子？", "林石", "林石"),
        ("产业规模达到多少？", "达到了", "达到了"),  # nothing would be left
        ("为什么达到 5 万亿元？", "达到了规模效应", "达到了规模效应"),
    ],
)
def test_an_answer_does_not_begin_with_what_the_question_said(
    question: str, text: str, left: str
) -> None:
    passage = Passage("d", Span(0, len(text)), text)
    scored = ScoredSpan(passage.span, 0.9)
    assert candidate_of(demands(question), Hit(passage, 1.0, 1), scored, 0.0).text == left
    row = replace(passage, cells=(Cell("", passage.span),))
    assert candidate_of(demands(question), Hit(row, 1.0, 1), scored, 0.0).text == text


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2024 年 3 月", "2024 年"),
        ("1947年初", "1947年"),
        ("2024 年 3 月 5 日", "2024 年"),
        ("1960年代", "1960年代"),
        ("2015—2019年", "2015—2019年"),
    ],
)
def test_of_one_date_the_year_is_told(text: str, year: str) -> None:
    assert year_of(text, Span(0, len(text))).of(text) == year


@pytest.mark.parametrize(
    ("text", "cut", "whole"),
    [
        ("甲地升温。由于新建三座数据中心,用电上升。", "数据中心", "由于新建三座数据中心"),
        ("投资 1,234 亿元，较 2020 年有所回落。", "234", "投资 1,234 亿元"),
        ("较 2020 年有所回落", "2020", "较 2020 年有所回落"),
        ("比例为3:1，其余", "1", "比例为3:1"),
    ],
)
def test_a_clause_is_made_complete(text: str, cut: str, whole: str) -> None:
    assert whole_clause(text, placed(text, cut)).of(text) == whole


@pytest.mark.parametrize(
    ("question", "text", "cut", "answer"),
    [
        ("哪一年发布？", "于 2024 年 3 月 5 日发布", "2024 年 3 月 5 日", "2024 年"),
        ("何时发布？", "于 2024 年 3 月 5 日发布", "2024 年 3 月 5 日", "2024 年 3 月 5 日"),
        ("哪年最高？", "2024 年的 3 月最高", "2024 年的 3 月", "2024 年的 3 月"),
        ("会不会冲突？", "甲地偏慢，并不会与目标相冲突", "与目标相冲突", "并不会与目标相冲突"),
        ("会不会冲突？", "甲地不快，这会与目标相冲突", "与目标相冲突", "与目标相冲突"),
        ("算在内吗？", "学生的兼职不计入", "不计入", "不计入"),
        ("是甲高还是乙高？", "甲不如乙", "乙", "乙"),
        ("“一局”指什么？", "“一局”是指大数据局", "大数据局", "大数据局"),
        ("站里做什么？", "站里负责年检", "年检", "年检"),
        ("为何停办？", "由于道路施工，因此停办", "道路施工", "道路施工"),
    ],
)
def test_an_answer_is_what_was_asked_for(question: str, text: str, cut: str, answer: str) -> None:
    passage = Passage("d", Span(0, len(text)), text)
    scored = ScoredSpan(placed(text, cut), 0.9)
    assert candidate_of(demands(question), Hit(passage, 1.0, 1), scored, 0.0).text == answer


@pytest.mark.parametrize(
    ("question", "text", "answer", "suits"),
    [
        ("“一局”指什么？", "“一局”是指大数据局，“一中心”是指大数据中心。", "大数据局", True),
        ("“一局”指什么？", "设立“一局”。“一中心”是指大数据中心。", "大数据中心", False),
        ("什么是“轮派制”？", "该县推行“轮派制”，即按案由排班。", "按案由排班", True),
        ("什么是“轮派制”？", "该县推行“轮派制”。中心按案由排班。", "按案由排班", False),
        ("“轮派制”是什么意思？", "推行“轮派制”，系指按案由排班。", "按案由排班", True),
        ("“窄基”是什么意思？", "“窄基”，行业指数不在其中。", "行业指数", True),
        ("“甲版”和“乙版”有什么不同？", "后者补回了结尾。", "补回了结尾", True),
        ("2023 年增长多少？", "2023 年产值 500 亿元，比 2022 年增长 8%。", "8%", True),
        ("2023 年产值多少？", "比 2022 年的 460 亿元多。", "460 亿元", False),
        ("2023 年营收多少？", "2023 年，2000 家企业实现营收 350 亿元。", "350 亿元", True),
        ("2023 年营收多少？", "2021 年，2000 家企业实现营收 350 亿元。", "350 亿元", False),
    ],
)
def test_an_answer_is_about_what_was_asked(
    question: str, text: str, answer: str, suits: bool
) -> None:
    passage = Passage("d", Span(0, len(text)), text)
    scored = ScoredSpan(placed(text, answer), 0.9)
    assert candidate_of(demands(question), Hit(passage, 1.0, 1), scored, 0.0).suits is suits


def test_places_are_named_without_their_rank() -> None:
    places = named_places(["广西壮族自治区", "浦东新区", "长沙市", "中国"])
    assert places <= {"广西", "浦东", "长沙"}
    assert "广西" in places


@given(TEXTS, st.data())
def test_a_whole_clause_or_list_holds_what_it_is_made_from(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    assert whole_list(text, span).contains(span)
    assert span.of(text).strip() in whole_clause(text, span).of(text)


def test_the_best_spans_are_distinct_and_their_probabilities_sum_to_at_most_one() -> None:
    text = "甲地投资 30 亿元，乙地投资 50 亿元。"
    (window,) = windows(tokenize("投资多少？"), tokenize(""), tokenize(text))
    rows = np.random.default_rng(1).normal(size=(len(window.ids), 131)).astype(np.float32)
    spans = best_spans(text, [(window, rows)])
    assert len(spans.best) > 1
    assert sum(each.probability for each in spans.best) <= 1 + 1e-6
    for i, one in enumerate(spans.best):
        assert not any(one.span.overlaps(other.span) for other in spans.best[i + 1 :])


def test_an_answer_stays_within_its_cell(tmp_path: Path) -> None:
    """Whatever the network says, in a spreadsheet of numbers side by side."""
    file = tmp_path / "各市.csv"
    file.write_text('地区,2021年,2022年\n甲市,"1,204",2.5\n乙市,30 亿元,约 4\n', encoding="utf-8")
    rows = split(read_document(file, IngestSettings()), SplitSettings())
    assert [row.text for row in rows] == ["甲市\t1,204\t2.5", "乙市\t30 亿元\t约 4"]
    random = np.random.default_rng(1)
    found = set()
    for row in rows * 20:
        tokens = tokenize_row(row.text, row.cells, row.span.start)
        (window,) = windows(tokenize("2021年多少？"), tokenize(row.context), tokens)
        outputs = random.normal(size=(len(window.ids), 131)).astype(np.float32)
        for scored in best_spans(row.text, [(window, outputs)], placed_cells(row)).best:
            assert any(cell.contains(scored.span) for cell in placed_cells(row))
            found.add(scored.span.of(row.text))
    assert {"1,204", "2.5", "30 亿元", "约 4"} <= found


# --- what a question demands


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("2022 年投资规模是多少？", Asked.AMOUNT),
        ("哪一年上线？", Asked.YEAR),
        ("哪年哪月上线？", Asked.DATE),
        ("何时上线？", Asked.DATE),
        ("试点从哪个月启动？", Asked.DATE),
        ("包括哪些行业？", Asked.LIST),
        ("统集层是干什么的？", Asked.OTHER),
        ("做什么工作的有多少人？", Asked.AMOUNT),
        ("为什么增长？", Asked.REASON),
        ("牵头的是谁？", Asked.OTHER),
        ("统计包不包括港澳台？", Asked.WHETHER),
        ("比上一年多了还是少了？", Asked.CHOICE),
        ("EPC 模式是什么意思？", Asked.MEANING),
        ("两者有什么不同？", Asked.DIFFERENCE),
        ("近几年投资规模是多少？", Asked.AMOUNT),
        ("这几个城市里哪个人口最多？", Asked.OTHER),
        ("产业规模最大的企业是哪家？", Asked.OTHER),
        ("该市被评为什么城市？", Asked.OTHER),
    ],
)
def test_what_kind_of_answer_is_asked_for(question: str, asked: Asked) -> None:
    assert demands(question).asked is asked


def test_what_a_passage_lacks_of_the_question() -> None:
    wanted = demands("2024 年 DCMM 贯标的 35 家企业中，《行动计划》提到几家？")
    assert wanted.missing("2024 年，DCMM 贯标企业 35 家，见《行动计划》。") == (0.0, 0.0, 0.0)
    assert wanted.missing("２０２２年，企业 3 家。") == (1.0, 1.0, 1.0)
    assert demands("投资多少？").suits("1.8 万亿元")
    assert not demands("投资多少？").suits("中国信通院")


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("分成哪七块？", 7),
        ("7 大要素分别是什么？", 7),
        ("搭了四级体系，具体是哪几个？", 4),
        ("由哪两个省组成？", 2),
        ("包括哪些？", 0),
        ("3 个城市中哪些更快？", 0),
        ("有几家？", 0),
    ],
)
def test_how_many_items_are_asked_for(question: str, items: int) -> None:
    wanted = demands(question)
    assert wanted.items == items
    if items:
        assert wanted.suits("、".join("甲" * items))
        assert wanted.suits("、".join("甲" * (items - 1)) + "和乙")
        assert not wanted.suits("、".join("甲" * (items + 1)))


@pytest.mark.parametrize(
    ("question", "suits", "does_not"),
    [
        ("广东有多少家企业？", "约 100 万家", "超过 20%"),
        ("占比是多少？", "超过 20%", "40 家"),
        ("规模是多少？", "上百亿元", "万亿元"),
        ("投资规模是多少？", "1.8 万亿元", "45%"),
        ("投资多少亿元？", "3.5 万亿元", "35 家"),
        ("哪一年上线？", "2022 年", "临江市"),
        ("包括哪些？", "甲、乙", "三种"),
        ("谁牵头？", "信通院", None),
        ("DCMM 是什么的简称？", "成熟度评估模型", "DCMM"),
        ("增速最快的城市是哪个？", "杭州", None),
        ("增速放缓的原因是什么？", "需求不振", None),
        ("营收同比增长多少？", "12.3%", None),
        ("北京和上海哪个增速更高？", "上海", "北京和上海哪个"),
        ("2023 年有多少家企业上市？", "23 家", "2023"),
        ("对企业有什么影响？", "降低融资成本", None),
        ("100 家企业分别在哪些城市？", "北京、上海", "三种"),
        ("拿到许可的型号有哪些？", "“鸢行”“苍隼”", "“鸢行”"),
        ("投资多了还是少了？", "少了", None),
    ],
)
def test_an_answer_must_have_the_unit_that_is_asked_for(
    question: str, suits: str, does_not: str | None
) -> None:
    assert demands(question).suits(suits)
    assert does_not is None or not demands(question).suits(does_not)


# --- the network


@pytest.mark.parametrize(
    ("question", "answer", "ruled_out"),
    [
        ("咨询费一共付了多少？", "最大限度地落实管理意图", True),
        ("要培育多少家数据商？", "2024—2026", True),
        ("培育了多少家？", "2024 年已有 30 家", False),
        ("合计占几成？", "约七成", False),
        ("一共有多少家企业？", "约 30%", True),
        ("一共有多少家企业？", "占 30%，共 12 家", False),
        ("占百分之多少？", "约 30%", False),
        ("企业分成几个梯队？", "第三梯队", True),
        ("企业分成几个梯队？", "三个梯队", False),
        ("广东排在第几位？", "第一位", False),
        ("何时发布？", "信通院", True),
        ("何时发布？", "疫情期间", False),
        ("何时投产？", "三季度", False),
        ("何时投产？", "今年年底", False),
        ("这一制度始于何时？", "南宋", False),
        ("投资规模是多少？", "2000 亿元", False),
        ("有多少家企业？", "1950 家", False),
        ("近几年投资规模是多少？", "300 亿元", False),
        ("这几个城市里哪个人口最多？", "深圳", False),
        ("费用率是几个点？", "27.9%", False),
        ("投资规模有何变化？", "有所回落", False),
        ("谁发布的？", "信通院", False),
        ("是哪家公司中的标？", "杭州市", True),
        ("是哪家公司中的标？", "杭州数科公司", False),
        ("是哪座城市中的标？", "杭州市", False),
    ],
)
def test_where_a_figure_is_asked_for_outright_nothing_without_one_is_an_answer(
    question: str, answer: str, ruled_out: bool
) -> None:
    assert demands(question).rules_out(answer) is ruled_out


def test_changed_weights_are_refused(tmp_path: Path) -> None:
    for suffix in (".onnx", ".sha256"):
        shutil.copy(NETWORK.with_suffix(suffix), tmp_path / f"reader{suffix}")
    changed = tmp_path / "reader.onnx"
    changed.write_bytes(changed.read_bytes()[:-1] + b"?")
    inputs = windows(tokenize("问"), tokenize(""), tokenize("答"))
    with pytest.raises(ModelError, match="校验和"):
        Network(changed).outputs(inputs)
    changed.unlink()
    with pytest.raises(ModelError, match="git checkout"):
        Network(changed).outputs(inputs)


def test_what_is_read_does_not_depend_on_what_is_read_beside_it() -> None:
    reading = Network()
    short = windows(tokenize("有几座桥？"), tokenize(""), tokenize("甲有 3 座桥。"))
    long = windows(tokenize("有几座桥？"), tokenize(""), tokenize("甲有 3 座桥。" * 20))
    alone, together = reading.outputs(short), reading.outputs([*long, *short])
    assert together[0].shape[0] == len(long[0].ids)
    np.testing.assert_array_equal(alone[0], together[1])


def test_the_weights_fit_into_the_repository() -> None:
    assert sum(file.stat().st_size for file in NETWORK.parent.iterdir()) < 30_000_000


# --- calibration


def test_probabilities_follow_the_weights() -> None:
    model = Logistic(-1.0, {"margin": 2.0})
    assert model.probability({"margin": 0.5}) == 0.5
    assert model.probability({"margin": 1e9}) > 0.999
    with pytest.raises(KeyError):
        model.probability({})


def test_a_wider_margin_and_a_better_match_make_an_answer_likelier() -> None:
    models = load_calibration()
    assert models.relevance.weights["margin"] > 0
    assert models.confidence.weights["relevance"] > 0


# --- the reader over a library


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("2022 年青湾市数字产业投资规模是多少？", "4.5 亿元"),
        ("公交车有多少辆？", "8600 辆"),
    ],
)
def test_the_short_answer_is_the_span(assistant: Assistant, question: str, answer: str) -> None:
    found = assistant.ask(question)
    assert not found.refused
    assert answer in found.short_answer
    assert len(found.short_answer) < 20
    assert found.text.startswith(found.short_answer)
    assert found.short_answer in found.citations[0].quote


@pytest.mark.parametrize(
    "question",
    [
        "1999 年青湾市数字产业投资规模是多少？",
        "贵州茅台昨天的收盘价是多少？",
        "红烧肉怎么做才不腻？",
    ],
)
def test_what_the_library_does_not_answer_is_refused(assistant: Assistant, question: str) -> None:
    assert assistant.ask(question).refused


def test_nothing_is_answered_from_the_numbers_of_a_chart(assistant: Assistant) -> None:
    question = "2022 年青湾市数字产业投资规模是多少？"
    hits = assistant.search(question)
    assert assistant.reader.read(question, hits).evidence
    charts = [replace(hit, passage=replace(hit.passage, kind=Kind.FIGURE)) for hit in hits]
    assert assistant.reader.read(question, charts) == Reading()


def test_the_right_year_makes_the_difference(assistant: Assistant) -> None:
    right = assistant.ask("2022 年青湾市数字产业投资规模是多少？").confidence
    wrong = assistant.ask("2031 年青湾市数字产业投资规模是多少？").confidence
    assert right > wrong


def test_the_reranker_is_a_postprocessor_of_llamaindex(assistant: Assistant) -> None:
    search = HybridSearch(assistant.library, assistant.encoder, assistant.settings.retrieval)
    question = QueryBundle("2022 年青湾市数字产业投资规模是多少？")
    nodes = HybridRetriever(search, top_k=5).retrieve(question)
    ranked = ReaderRerank(assistant.reader, 3).postprocess_nodes(nodes, question)
    scores = [node.get_score() for node in ranked]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert len(ranked) == min(3, len(nodes))
    hits = [from_node(node) for node in ranked]
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.relevance for hit in hits] == scores
    assert ReaderRerank(assistant.reader, 3).postprocess_nodes(nodes) == nodes


def test_hits_of_an_answer_carry_the_readers_relevance(assistant: Assistant) -> None:
    answer = assistant.ask("公交车一共有多少辆呢？")
    assert answer.hits[0].relevance is not None
    assert answer.timings_ms["read"] > 0
    assert answer.timings_ms["total"] >= answer.timings_ms["read"]


def test_a_title_is_taken_to_its_end() -> None:
    text = "浙江出台《公共数据授权运营管理办法（试行）》，自 2023 年起施行。"
    cut = Span(text.index("《"), text.index("（"))
    assert whole_span(text, cut).of(text) == "《公共数据授权运营管理办法（试行）》"


@pytest.mark.parametrize(
    ("question", "text", "answer", "other"),
    [
        ("2022 年投资多少？", "2021 年投资 3.2 亿元。2022 年 4.5 亿元。", "3.2 亿元", True),
        ("2022 年投资多少？", "2021 年投资 3.2 亿元。2022 年 4.5 亿元。", "4.5 亿元", False),
        (
            "2022 年投资多少？",
            "投资从 3.2 亿元（2021 年）增至 4.5 亿元（2022 年）。",
            "3.2 亿元",
            True,
        ),
        (
            "2022 年投资多少？",
            "投资从 3.2 亿元（2021 年）增至 4.5 亿元（2022 年）。",
            "4.5 亿元",
            False,
        ),
        ("2022 年投资多少？", "投资 3.2 亿元。", "3.2 亿元", False),
        ("投资多少？", "2021 年投资 3.2 亿元。", "3.2 亿元", False),
        ("2021 年比 2022 年多多少？", "2020 年投资 3.2 亿元。", "3.2 亿元", False),
        ("2022 年的规划到哪年完成？", "2021 年起，到 2025 年完成。", "2025 年", False),
    ],
)
def test_a_figure_belongs_to_the_year_named_before_it(
    question: str, text: str, answer: str, other: bool
) -> None:
    assert demands(question).another_year(text, placed(text, answer)) is other


@pytest.mark.parametrize(
    ("answer", "suits"), [("12 条", True), ("12 项", True), ("52000 个", False), ("三条", True)]
)
def test_lines_are_counted_in_lines(answer: str, suits: bool) -> None:
    assert demands("地铁有几条线路？").suits(answer) is suits


def test_what_is_read_does_not_depend_on_how_products_are_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not network.has_vnni():
        pytest.skip("this processor has no VNNI: it always reads precisely")
    asked = windows(
        tokenize("产量多少？"), tokenize("年报"), tokenize("全年产量为 12 万吨，增长 3%。")
    )
    fast = Network().outputs(asked)
    monkeypatch.setattr(network, "has_vnni", lambda: False)
    precise = Network().outputs(asked)
    assert all(np.allclose(a, b, atol=1e-3) for a, b in zip(fast, precise, strict=True))
