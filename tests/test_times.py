"""Years that a text means without naming them, and what came to pass in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.assistant import Assistant
from app.reader.constraints import demands
from app.reader.times import another_milestone, years_meant, years_named
from app.scope import moment
from index.encoder import Encoder
from index.pipeline import ingest
from ingest.cover import read_cover, read_signature
from ingest.reading import read_document
from records import Span
from settings import IngestSettings, Settings


@pytest.mark.parametrize(
    ("text", "dated", "named"),
    [
        ("2022 年 30 亿元，今年上半年 20 亿元", 2023, ["2022", "2023"]),
        ("2022 年 30 亿元，今年上半年 20 亿元", None, ["2022", ""]),
        ("去年产值 30 亿元，前年 20 亿元", 2023, ["2022", "2021"]),
        ("今年 30 亿元，比去年同期增长 3%", 2023, ["2023"]),
        ("今年 30 亿元，较 2021 年增长 3%", 2023, ["2023"]),
        ("2023 年以上年报为准", 2020, ["2023"]),
        ("三年前年产 2000 家", 2023, []),
        ("目前年产能 50 万吨，成本年均下降，过去年均 5%", 2023, []),
        ("三年内新增 50 个，今年内新增 3 个", 2023, ["2023"]),
        ("本年金额 30，上年金额 25", 2023, ["", ""]),
        ("产值是上年的 1.5 倍，去年同期 18 亿元", 2023, ["", ""]),
        ("产值与上年相比增长 8%", 2022, []),
    ],
)
def test_years_are_named_in_words_too(text: str, dated: int | None, named: list[str]) -> None:
    assert years_named(text, dated) == named


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("上半年新增就业 51 万人", {"2023"}),
        ("7月28日开工", {"2023"}),
        ("1—6 月产量 178 吨", {"2023"}),
        ("2022 年上半年 30 万人", {"2022"}),
        ("2022 年 7 月开工", {"2022"}),
        ("2022年7月开工", {"2022"}),
        ("企业占比超过 20%", set()),
        ("2022 年 3—6 月和 2022 年 1 月至 6 月", {"2022"}),
    ],
)
def test_a_time_without_a_year_is_of_the_year_of_its_text(text: str, meant: set[str]) -> None:
    assert years_meant(text, 2023) == meant
    assert years_meant(text, None) == meant - {"2023"}


@pytest.mark.parametrize(
    ("question", "dated", "missing"),
    [
        ("2023 年上半年就业多少人？", 2023, 0.0),
        ("2024 年上半年就业多少人？", 2023, 1.0),
        ("2023 年上半年就业多少人？", None, 1.0),
    ],
)
def test_a_year_is_not_missing_where_the_text_is_of_it(
    question: str, dated: int | None, missing: float
) -> None:
    assert demands(question).missing("上半年新增就业 51 万人。", dated)[0] == missing


@pytest.mark.parametrize(
    ("question", "dated", "other"),
    [
        ("2023 年产值多少？", 2023, False),
        ("2022 年产值多少？", 2023, True),
        ("2023 年产值多少？", None, False),
    ],
)
def test_a_figure_of_this_year_is_of_the_year_of_its_text(
    question: str, dated: int | None, other: bool
) -> None:
    text = "2022 年产值 30 亿元，今年产值 40 亿元。"
    start = text.index("40 亿元")
    assert demands(question).another_year(text, Span(start, start + 5), dated) is other


@pytest.mark.parametrize(
    ("question", "sentence", "other"),
    [
        ("项目何时投产？", "7 月 28 日，项目正式开工建设。", True),
        ("项目何时动工？", "7 月 28 日，项目正式开工建设。", False),
        ("项目哪年能通车？", "计划 2027 年建成通车。", False),
        ("规划何时发布？", "规划的编制于 2 月启动，3 月印发。", False),
        ("馆舍建于何时？", "7 月 28 日，馆舍落成。", False),
        ("交易所何时成立？", "交易所于 2015 年 4 月 14 日正式挂牌运营。", False),
        ("项目何时启动建设？", "项目 2021 年 3 月开工。", False),
        ("电站何时投入运营？", "电站 2022 年 6 月投产。", False),
        ("上市公司何时披露年报？", "年报在 4 月 30 日前公布。", False),
    ],
)
def test_another_event_is_told_apart(question: str, sentence: str, other: bool) -> None:
    assert another_milestone(question, sentence) is other


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2023-08-10 16:20，正文：记者获悉，项目开工。", "2023-08-10"),
        ("2023年07月25日，正文：产量增长。", "2023年07月25日"),
        ("题目\n发布时间：2023/8/10\n正文", "2023/8/10"),
        ("2023-08-10号文件规定，", ""),
        ("23-08-10，正文", ""),
        ("大事记\n2015年8月31日，国务院印发《纲要》。", ""),
        ("2021年9月1日，法律正式施行。", ""),
        ("自 2023-08-10 起施行", ""),
    ],
)
def test_a_dateline_gives_the_date(text: str, date: str) -> None:
    assert read_cover(text).date == date


@pytest.mark.parametrize(
    ("line", "publisher", "date"),
    [
        ("发布单位：甲乙咨询　发布时间：2024 年 3 月", "甲乙咨询", "2024 年 3 月"),
        ("发布日期：2024 年 5 月 16 日 | 来源：甲协会", "甲协会", "2024 年 5 月 16 日"),
        ("甲研究院 2024年3月", "甲研究院", "2024年3月"),
        ("**甲市水务局**　2025年4月8日", "甲市水务局", "2025年4月8日"),
        ("甲研究院 二〇二五年二月十九日", "甲研究院", "二〇二五年二月十九日"),
        ("来源：甲协会，时间：2024年", "甲协会", "2024年"),
        ("发布单位：\n甲研究院", "甲研究院", ""),
        ("（2018 年至 2022 年）\n2024年3月", "", "2024年3月"),
        ("作者：张三 甲研究院", "甲研究院", ""),
        ("二○二四年三月", "", "二○二四年三月"),
    ],
)
def test_a_line_of_a_cover_may_say_several_things(line: str, publisher: str, date: str) -> None:
    cover = read_cover(f"产业发展报告\n\n{line}\n")
    assert (cover.title, cover.publisher, cover.date) == ("产业发展报告", publisher, date)


@pytest.mark.parametrize(
    ("end", "publisher", "date"),
    [
        ("甲市商务局\n2025年7月22日\n", "甲市商务局", "2025年7月22日"),
        ("甲研究院 二〇二五年二月十九日", "甲研究院", "二〇二五年二月十九日"),
        ("（执笔：甲课题组；完成时间：2025年6月）", "甲课题组", "2025年6月"),
        ("2025年7月22日，会议召开。", "", ""),
        ("甲市商务局", "", ""),
        ("工程计划 2025年7月22日", "", "2025年7月22日"),
        ("建设冷库\t市商务局\t2025 年 3 月", "", ""),
        ("数据来源：国家统计局 2023年5月", "", ""),
        ("2019年 2020年 2021年", "", ""),
        ("图 12 全国产量 2023年5月", "", ""),
    ],
)
def test_what_a_report_is_signed_with_is_read(end: str, publisher: str, date: str) -> None:
    signed = read_signature(f"一、概况\n全年增长。\n\n{end}")
    assert (signed.title, signed.publisher, signed.date) == ("", publisher, date)


def test_a_file_is_dated_by_its_last_lines(tmp_path: Path) -> None:
    file = tmp_path / "年报.txt"
    file.write_text("一、概况\n\n今年增长。\n\n甲市商务局\n二〇二五年七月\n", encoding="utf-8")
    document = read_document(file, IngestSettings())
    assert (document.publisher, document.date) == ("甲市商务局", "二〇二五年七月")
    assert moment(document.date) == (2025, 7)


@pytest.mark.parametrize(
    ("date", "known"),
    [
        ("二〇二五年二月十九日", (2025, 2, 19)),
        ("二〇一九年十二月三十日", (2019, 12, 30)),
        ("二〇二〇年十月二十日", (2020, 10, 20)),
        ("二〇二〇年十三月", ()),
        ("二○二四年三月", (2024, 3)),
        ("2023年四季度", (2023,)),
    ],
)
def test_a_date_in_chinese_numerals_is_known(date: str, known: tuple[int, ...]) -> None:
    assert moment(date) == known


def test_a_year_is_understood_by_the_date_of_the_document(
    tmp_path: Path, settings: Settings, encoder: Encoder
) -> None:
    said = "河西省上半年城镇新增就业51.09万人，支出就业补助资金13.36亿元。"
    file = tmp_path / "就业.txt"
    file.write_text(f"2023-07-31 10:20，正文：{said}", encoding="utf-8")
    assistant = Assistant(settings)
    list(ingest([file], assistant.library, encoder, settings))
    try:
        answer = assistant.ask("河西省2023年上半年城镇新增就业多少人？")
        assert answer.short_answer == "51.09万人"
        assert answer.citations[0].date == "2023-07-31"
        assert assistant.ask("河西省2021年上半年城镇新增就业多少人？").refused
    finally:
        assistant.close()
