"""What a table's figures say when they are compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.assistant import Assistant
from app.reader.constraints import demands
from app.reader.series import compared
from index.encoder import Encoder
from index.pipeline import ingest
from index.words import Segmenter
from ingest.reading import read_document
from ingest.split import split
from records import Passage, Span, Status
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
    span = Span(row.text.index(found), row.text.index(found) + len(found))
    made = compared(demands(question), segmenter.content_words(question), [(row, span)], rows)
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
            "多（2020 年 9.8 万吨，2021 年 14.0 万吨）",
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
        assert answer.short_answer == "少（2021 年 14.0 万吨，2022 年 13.1 万吨）"
        assert [c.quote.split("\t")[0] for c in answer.citations] == ["2021年", "2022年"]
        assert all(c.status is Status.VERBATIM for c in answer.citations)
        assert all(answer.passage_of(c) for c in answer.citations)
        assert answer.notes == ("由所引表中的数字比较得出。",)
        assert answer.text.endswith(answer.notes[0])
    finally:
        assistant.close()
