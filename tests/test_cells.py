"""Answers in the rows of tables: the unit of a bare number, and how a row is printed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from app.messages import CHINESE
from app.page.cards import passage_html
from app.printing import print_answer
from app.reader.cells import named_cell, unit_beside
from app.reader.constraints import demands
from app.reader.evidence import Evidence
from app.reader.reader import Reading
from app.synthesizer import QuotingSynthesizer
from ingest.reading import read_document
from ingest.split import split
from records import Document, Hit, Passage, Span
from settings import AnswerSettings, IngestSettings, SplitSettings

PLAIN = "# 题\n\n{caption}\n\n| {label} | {column} |\n| --- | --- |\n| {name} | {cell} |\n"


def table(
    caption: str = "",
    column: str = "规模",
    name: str = "青湾",
    cell: str = "1.8",
    label: str = "地区",
) -> Document:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "表.md"
        text = PLAIN.format(caption=caption, label=label, column=column, name=name, cell=cell)
        file.write_text(text, encoding="utf-8")
        return read_document(file, IngestSettings())


def row(document: Document) -> Passage:
    (found,) = (passage for passage in split(document, SplitSettings()) if passage.cells)
    return found


def unit(document: Document, answer: str) -> str:
    passage = row(document)
    start = passage.text.index(answer)
    return unit_beside(passage, Span(start, start + len(answer)))


@pytest.mark.parametrize(
    ("document", "answer", "expected"),
    [
        (table(column="规模（万亿元）"), "1.8", "万亿元"),
        (table(column="规模(单位：家)"), "1.8", "家"),
        (table(name="规模（亿元）"), "1.8", "亿元"),
        (table(caption="表 1 投资规模（单位：万亿元）"), "1.8", "万亿元"),
        (table(caption="表 1 投资规模（单位：亿元）", column="占比（%）"), "1.8", "%"),
        (table(caption="图表1：投资规模（亿元）"), "1.8", "亿元"),
        (table(caption="表 1 投资（单位：亿元、%）", column="增速"), "1.8", ""),
        (table(column="规模（全国）"), "1.8", ""),
        (table(column="规模（2022 年）"), "1.8", ""),
        (table(column="规模（万亿元）", cell="1.8 亿元"), "1.8 亿元", ""),
        (table(column="规模（万亿元）", cell="约 30"), "约 30", ""),
        (table(column="规模（万亿元）", cell="不详"), "不详", ""),
    ],
)
def test_a_bare_number_has_the_unit_that_the_table_names(
    document: Document, answer: str, expected: str
) -> None:
    assert unit(document, answer) == expected


class _ReadsTheRow:
    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        (hit,) = hits
        start = hit.passage.text.index("1.8")
        counted = unit_beside(hit.passage, Span(start, start + 3))
        return Reading((Evidence(hit, hit.passage.span),), "1.8", 0.9, unit=counted)


def test_the_short_answer_has_its_unit_and_the_terminal_names_the_columns(
    capsys: pytest.CaptureFixture[str],
) -> None:
    document = table(caption="表 1 投资规模", column="规模（万亿元）")
    synthesizer = QuotingSynthesizer(_ReadsTheRow(), lambda _: document, AnswerSettings())
    answer = synthesizer.answer("规模是多少？", [Hit(row(document), 1.0, 1)])
    assert answer.short_answer == "1.8 万亿元"
    assert answer.text.startswith("1.8 万亿元 [1]")
    print_answer(answer, {}, english=False)
    shown = capsys.readouterr().out
    assert CHINESE.status[answer.citations[0].status] in shown
    assert "表 1 投资规模" in shown
    assert "地区：青湾；规模（万亿元）：1.8" in shown


def test_the_page_shows_a_row_below_the_names_of_its_columns() -> None:
    passage = row(table(column="规模（万亿元）"))
    assert "规模（万亿元）</th>" in passage_html(passage)


@pytest.mark.parametrize(
    ("question", "cell", "answer", "whole"),
    [
        ("青湾占多少？", "甲超过 20%；其余均超过 7%", "超过 20%", True),
        ("青湾占多少？", "甲超过 20%，居第一", "超过 20%", False),
        ("青湾的规模占多少？", "甲超过 20%，居第一", "超过 20%", True),
        ("青湾由谁牵头？", "甲单位；乙单位协助", "甲单位", False),
    ],
)
def test_of_several_figures_in_a_cell_none_is_the_answer_alone(
    question: str, cell: str, answer: str, whole: bool
) -> None:
    passage = row(table(cell=cell))
    start = passage.text.index(answer)
    found = named_cell(demands(question), passage, Span(start, start + len(answer)))
    assert (found.of(passage.text) if found else None) == (cell if whole else None)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("上海用的是哪种模式？", "集中模式"),
        ("成都采用的模式叫什么？", "集中模式"),
        ("广州用的是哪种模式？", None),
        ("上海以外，集中模式还有哪些地区？", None),
        ("上海是怎么授权的？", None),
        ("上海的集中模式怎么样？", None),
        ("上海什么时候用的这种模式？", None),
        ("为什么上海的模式好？", None),
    ],
)
def test_a_cell_that_repeats_the_question_gives_way_to_the_one_asked_for(
    question: str, found: str | None
) -> None:
    said = row(table(column="代表", cell="上海、河南、成都等", label="模式", name="集中模式"))
    start = said.text.index("上海")
    cell = named_cell(demands(question), said, Span(start, start + 2))
    assert (cell.of(said.text) if cell else None) == found


@pytest.mark.parametrize(
    ("question", "answer"),
    [("2020 年规模最大的地区花了多少？", "20"), ("2022 年的地区什么时候完成？", "2022 年 12 月")],
)
def test_a_figure_repeats_no_question(question: str, answer: str) -> None:
    said = row(table(column="造价", cell=answer))
    start = said.text.index(answer)
    assert named_cell(demands(question), said, Span(start, start + len(answer))) is None
