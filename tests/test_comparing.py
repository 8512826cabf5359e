"""What a table's figures say when they are compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.assistant import Assistant
from app.reader.comparing import compared
from app.reader.constraints import demands
from index.encoder import Encoder
from index.pipeline import ingest
from index.words import Segmenter
from ingest.reading import read_document
from ingest.split import split
from records import Passage, Status
from settings import IngestSettings, Settings, SplitSettings

HARVEST = """# 果业年报

果农说，这几年的收成有好有坏。

表 1 历年苹果产量

| 年份 | 产量（万吨） | 价格（元） |
| --- | --- | --- |
| 2019年 | 12.5 | 3.2 |
| 2020年 | 9.8 | 4.1 |
| 2021年 | 14.0 | 4.1 |
| 2022年 | 13.1 | 3.9 |

表 2 2019—2022 年出口

| 指标 | 2019 | 2020 | 2021 | 2022 |
| --- | --- | --- | --- | --- |
| 出口额（亿元） | 1.2 | 1,024.5 | 0.7 | 0.9 |
| 出口国 | 12 | 约 15 | 16 | 18 |

表 3 各乡果园面积

| 乡镇 | 面积（亩） |
| --- | --- |
| 东坡乡 | 320 |
| 西坡乡 | 510 |
| 南沟乡 | 510 |

表 4 各地人口

| 地区 | 人口（万人） | 占比 |
| --- | --- | --- |
| 北京 | 2188 | 47.0% |
| 上海 | 2489 | |
| 北京市海淀区 | 313 | 6.7% |
| 合计 | 4990 | 100% |

表 5 各期投资额

| 时期 | 投资额（亿元） |
| --- | --- |
| 2016—2018年 | 300 |
| 2016年 | 90 |
| 2017年 | 100 |
| 2018年 | 110 |

表 6 能源产量

| 品种 | 产量 |
| --- | --- |
| 煤炭 | 41.3亿吨 |
| 原油 | 20467万吨 |
| 天然气 | 2201亿立方米 |

表 7 企业利润和亏损

| 企业 | 利润（万元） |
| --- | --- |
| 青山公司 | -100 |
| 碧水公司 | -300 |
| 金谷公司 | 50 |

表 8 各县工厂数量

| 县 | 2019年 | 2020年 | 同比 |
| --- | --- | --- | --- |
| 东岭县 | 10 | 20 | 100% |
| 西岭县 | 30 | 40 | 33% |
| 南岭县 | 50 | 45 | -10% |

表 9 上海市季度销量

| 季度 | 销量（辆） | 同比增长（%） |
| --- | --- | --- |
| 一季度 | 1,100 | -2.0 |
| 二季度 | 1,200 | 12.5 |
| 三季度 | 900 | 3.1 |
| 四季度 | 1,300 | 7.4 |
| 期末 | 4,500 | 5.0 |

表 10　2023 年重点县冷库市场情况

| 县 | 冷库容量（万吨） | 空置率（%） | 2023 年增速（%） |
| --- | --- | --- | --- |
| 北川县 | 12 | 17.2 | 5.1 |
| 中川县 | 30 | 24.6 | 8.3 |
| 南川县 | 20 | 14.8 | 6.0 |
"""


@pytest.fixture
def rows(tmp_path: Path) -> tuple[Passage, ...]:
    file = tmp_path / "年报.md"
    file.write_text(HARVEST, encoding="utf-8")
    return split(read_document(file, IngestSettings()), SplitSettings())


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter(Settings().dictionary)


def said(
    rows: tuple[Passage, ...], segmenter: Segmenter, question: str, found: str
) -> tuple[str, list[str]]:
    row = next(row for row in rows if row.cells and found in row.text)
    made = compared(demands(question), segmenter.content_words(question), row, rows)
    if made is None:
        return "", []
    assert all(point.row in rows for point in made.points)
    return made.text, [point.span.of(point.row.text) for point in made.points]


@pytest.mark.parametrize(
    ("question", "found", "text", "cells"),
    [
        (
            "2020 年的苹果产量比 2019 年是升还是降？",
            "9.8",
            "降（2019 年 12.5 万吨，2020 年 9.8 万吨）",
            ["12.5", "9.8"],
        ),
        (
            "2021年苹果产量比上一年多了还是少了？",
            "14.0",
            "多了（2020 年 9.8 万吨，2021 年 14.0 万吨）",
            ["9.8", "14.0"],
        ),
        (
            "2021 年的苹果价格比上年高了还是低了",
            "4.1",
            "持平（2020 年 4.1 元，2021 年 4.1 元）",
            ["4.1", "4.1"],
        ),
        (
            "2019 和 2022，哪年苹果产量更高？",
            "12.5",
            "2022 年（2019 年 12.5 万吨，2022 年 13.1 万吨）",
            ["12.5", "13.1"],
        ),
        (
            "2022 年的苹果产量比 2021 年少了多少？",
            "13.1",
            "相差 0.9 万吨（2021 年 14.0 万吨，2022 年 13.1 万吨）",
            ["14.0", "13.1"],
        ),
        ("苹果产量最高的是哪一年？", "12.5", "2021 年 14.0 万吨", ["14.0"]),
        ("苹果产量何时最高？", "12.5", "2021 年 14.0 万吨", ["14.0"]),
        ("苹果价格最低的那年是多少？", "3.2", "2019 年 3.2 元", ["3.2"]),
        ("出口额最大的是哪年？", "0.7", "2020 年 1,024.5 亿元", ["1,024.5"]),
        (
            "2021年出口额比2019年是增还是减？",
            "0.7",
            "减（2019 年 1.2 亿元，2021 年 0.7 亿元）",
            ["1.2", "0.7"],
        ),
        ("哪一年的出口额只有0.7亿元？", "0.7", "2021 年（0.7 亿元）", ["0.7"]),
        (
            "东坡乡和西坡乡，哪个果园面积更大？",
            "320",
            "西坡乡（东坡乡 320 亩，西坡乡 510 亩）",
            ["320", "510"],
        ),
        ("果园面积最小的是哪个乡？", "510", "东坡乡 320 亩", ["320"]),
        (
            "2019 年的苹果产量比 2020 年高还是低？",
            "9.8",
            "高（2020 年 9.8 万吨，2019 年 12.5 万吨）",
            ["9.8", "12.5"],
        ),
        (
            "西坡乡的果园面积比东坡乡大还是小？",
            "320",
            "大（东坡乡 320 亩，西坡乡 510 亩）",
            ["320", "510"],
        ),
        (
            "东坡乡的果园面积比西坡乡大还是小？",
            "320",
            "小（西坡乡 510 亩，东坡乡 320 亩）",
            ["510", "320"],
        ),
        (
            "北京和北京市海淀区，哪个人口更多？",
            "2489",
            "北京（北京 2188 万人，北京市海淀区 313 万人）",
            ["2188", "313"],
        ),
        ("人口最多的地区是哪个？", "2489", "上海 2489 万人", ["2489"]),
        ("2020 年工厂数量最多的是哪个县？", "东岭县", "南岭县 45", ["45"]),
        (
            "西岭县 2020 年工厂数量比 2019 年多了还是少了？",
            "东岭县",
            "多了（2019 年 30，2020 年 40）",
            ["30", "40"],
        ),
        (
            "二季度的同比增长比一季度高了多少个百分点？",
            "二季度",
            "相差 14.5 个百分点（二季度 12.5%，一季度 -2.0%）",
            ["12.5", "-2.0"],
        ),
        ("利润最低的企业是哪个？", "-100", "碧水公司 -300 万元", ["-300"]),
        ("2023年重点县中，哪个县的冷库空置率最低？", "17.2", "南川县 14.8%", ["14.8"]),
        ("重点县当中，冷库空置率垫底的是谁？", "17.2", "南川县 14.8%", ["14.8"]),
        (
            "在北川县、南川县等几个县里，哪个县的冷库容量最大？",
            "17.2",
            "中川县 30 万吨",
            ["30"],
        ),
        ("在北川县等几个县里，哪个县的冷库容量数量最大？", "17.2", "中川县 30 万吨", ["30"]),
        ("利润最低的公司是谁？", "-100", "碧水公司 -300 万元", ["-300"]),
        ("2023年重点县的冷库市场，哪个县增长最快？", "17.2", "中川县 8.3%", ["8.3"]),
    ],
)
def test_figures_of_a_table_are_compared(
    rows: tuple[Passage, ...],
    segmenter: Segmenter,
    question: str,
    found: str,
    text: str,
    cells: list[str],
) -> None:
    assert said(rows, segmenter, question, found) == (text, cells)


@pytest.mark.parametrize(
    ("question", "found", "why"),
    [
        ("2020 年的苹果产量是多少？", "9.8", "nothing is compared"),
        ("苹果价格最高的是哪一年？", "4.1", "two are the highest"),
        ("果园面积最大的是哪个乡？", "510", "two are the largest"),
        ("2018 年的苹果产量比 2019 年是升还是降？", "12.5", "one year is not in the table"),
        ("2019 年的梨价最高是多少？", "12 ", "not about the table"),
        ("“红玉”产量最高的是哪一年？", "12.5", "a name that the table doesn't hold"),
        ("哪一年的出口额是 88 亿元？", "0.7", "a figure that the table doesn't hold"),
        ("2018、2019 和 2020 年，哪年苹果产量更高？", "9.8", "one of three years is missing"),
        ("2019 到 2020 年苹果产量最高的是哪一年？", "9.8", "of a part of the years"),
        ("2020 年以后苹果产量最低的是哪一年？", "9.8", "of a part of the years"),
        ("除了 2021 年，苹果产量最高的是哪一年？", "9.8", "but for one year"),
        ("2019 年苹果产量最高的是哪个县？", "9.8", "years, where counties are asked for"),
        ("苹果产量增速最高的是哪一年？", "9.8", "the amount, not its growth"),
        ("2021 年的苹果产量比 2020 年多了百分之多少？", "9.8", "a share is asked for"),
        ("出口国最多的是哪年？", "0.7", "a cell isn't a plain figure"),
        ("北京市朝阳区和上海，哪个人口更多？", "2489", "another part of a city"),
        ("占比最高的地区是哪个？", "2489", "the column has an empty cell"),
        ("投资额最高的是哪一年？", "300", "a row is of several years"),
        ("产量最高的能源品种是哪个？", "41.3", "of different units"),
        ("煤炭和原油，哪个产量更高？", "41.3", "of different units"),
        ("亏损最多的企业是哪个？", "-100", "a loss is a figure below zero"),
        ("工厂数量最多的是哪一年？", "东岭县", "no county is named"),
        ("北岭县 2020 年工厂数量比 2019 年多了还是少了？", "东岭县", "another county"),
        ("2021 年工厂数量最多的是哪个县？", "东岭县", "another year"),
        ("北京市哪个季度销量最高？", "900", "another place than the table's"),
        ("哪个季度销量最高？", "900", "one figure is the sum of the others"),
        ("销量最快的是哪个季度？", "900", "an amount has no pace"),
        ("北川县和南川县哪个县的冷库容量最大？", "17.2", "two are named of three"),
        ("2023年重点县中，哪个县的企业数量最多？", "17.2", "not about the table"),
        ("2022年重点县中，哪个县的冷库空置率最低？", "17.2", "another year than the caption's"),
        ("2023年重点市中，哪个市的冷库空置率最低？", "17.2", "cities, where counties are told of"),
        ("2023年重点县的医院市场，哪个县增长最快？", "17.2", "not about the table"),
    ],
)
def test_where_nothing_can_be_compared_nothing_is_said(
    rows: tuple[Passage, ...], segmenter: Segmenter, question: str, found: str, why: str
) -> None:
    assert said(rows, segmenter, question, found.strip()) == ("", []), why


def test_what_is_compared_is_cited_and_said_to_be_compared(
    tmp_path: Path, settings: Settings, encoder: Encoder
) -> None:
    file = tmp_path / "年报.md"
    file.write_text(HARVEST, encoding="utf-8")
    answering = settings.answer.model_copy(update={"threshold": 0.0})
    settings = settings.model_copy(update={"answer": answering})
    assistant = Assistant(settings)
    list(ingest([file], assistant.library, encoder, settings))
    try:
        answer = assistant.ask("2022 年的苹果产量比 2021 年多了还是少了？")
        assert answer.short_answer == "少了（2021 年 14.0 万吨，2022 年 13.1 万吨）"
        assert [c.quote.split("\t")[0] for c in answer.citations] == ["2021年", "2022年"]
        assert all(c.status is Status.VERBATIM for c in answer.citations)
        assert all(answer.passage_of(c) for c in answer.citations)
        assert answer.notes == ("由所引表中的数字比较得出。",)
        assert answer.text.endswith(answer.notes[0])
    finally:
        assistant.close()
