"""Lists that a table answers by a column: a cell of each row that the question means."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.assistant import Assistant
from app.reader.columns import column_cells, enumerated
from app.reader.constraints import demands
from index.encoder import Encoder
from index.pipeline import ingest
from index.words import Segmenter
from ingest.reading import read_document
from ingest.split import split
from records import Passage, Span, Status
from settings import IngestSettings, Settings, SplitSettings

ORCHARDS = """# 果园名录

秋天到了，合作社把各乡的果园登记成册。

表 1 各乡果园登记情况

| 乡镇 | 果园名称 | 主要品种 | 负责人 |
| --- | --- | --- | --- |
| 东坡乡 | 朝阳果园 | 红玉 | 王青 |
| 东坡乡 | 溪边果园 | 国光 | 李苗 |
| 西坡乡 | 石桥果园 | 青香蕉 | 赵田 |
| 南沟乡 | 枣树湾果园 | 金丝小枣、冬枣 | 钱禾 |
| 北岭乡 | 老槐果园 | 红玉 | 孙谷 |

表 2 各乡农机站

| 乡镇 | 站名 |
| --- | --- |
| 东坡乡 | 东坡农机站 |
| 西坡乡 | 西坡农机站 |
"""

POLICIES = """# 果业政策

表 1 各乡果业政策

| 乡镇 | 政策名称 | 主要内容 |
| --- | --- | --- |
| 东坡乡 | 《果园登记办法（试行）》 | 按文件要求登记果园，发放证书、标牌 |
| 东坡乡 | 《果品检测方案》 | 逐批检测 |
| 西坡乡 | 《果树补贴意见》（征求意见稿） | 每株补贴，标准另行公布 |

表 2 各乡果品目录

| 乡镇 | 目录 | 依据 |
| --- | --- | --- |
| 东坡乡 | 《果品目录》 | 《果品条例》 |
| 东坡乡 | 《果苗目录》 | 《果苗条例》 |
"""


@pytest.fixture
def policies(tmp_path: Path) -> tuple[Passage, ...]:
    file = tmp_path / "政策.md"
    file.write_text(POLICIES, encoding="utf-8")
    return split(read_document(file, IngestSettings()), SplitSettings())


@pytest.fixture
def rows(tmp_path: Path) -> tuple[Passage, ...]:
    file = tmp_path / "果园.md"
    file.write_text(ORCHARDS, encoding="utf-8")
    return split(read_document(file, IngestSettings()), SplitSettings())


def placed(rows: tuple[Passage, ...], said: str) -> tuple[Passage, Span]:
    row = next(row for row in rows if row.cells and said in row.text)
    start = row.text.index(said)
    return row, Span(start, start + len(said))


def listed(
    rows: tuple[Passage, ...], segmenter: Segmenter, question: str, *found: str
) -> list[str]:
    cells = column_cells(
        demands(question),
        segmenter.content_words(question),
        [placed(rows, said) for said in found],
        rows,
    )
    assert all(row in rows and row.cells for row, _ in cells)
    return [span.of(row.text) for row, span in cells]


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter(Settings().dictionary)


@pytest.mark.parametrize(
    ("question", "found", "expected"),
    [
        (
            "登记的果园名称有哪些？",
            ["石桥果园"],
            ["朝阳果园", "溪边果园", "石桥果园", "枣树湾果园", "老槐果园"],
        ),
        ("哪些乡镇登记了果园？", ["西坡乡"], ["东坡乡", "西坡乡", "南沟乡", "北岭乡"]),
        ("东坡乡登记了哪些果园？", ["溪边果园", "朝阳果园"], ["朝阳果园", "溪边果园"]),
        ("哪两家果园在东坡乡？", ["溪边果园", "朝阳果园"], ["朝阳果园", "溪边果园"]),
        ("种红玉的有哪些果园？", ["老槐果园", "朝阳果园"], ["朝阳果园", "老槐果园"]),
        ("“红玉”的负责人有哪些？", ["孙谷"], ["王青", "孙谷"]),
        (
            "东坡乡和北岭乡登记了哪些果园？",
            ["溪边果园", "朝阳果园"],
            ["朝阳果园", "溪边果园", "老槐果园"],
        ),
        ("有哪些站名？", ["东坡农机站"], ["东坡农机站", "西坡农机站"]),
    ],
)
def test_the_cells_of_the_rows_that_are_meant_answer_together(
    rows: tuple[Passage, ...],
    segmenter: Segmenter,
    question: str,
    found: list[str],
    expected: list[str],
) -> None:
    assert listed(rows, segmenter, question, *found) == expected


@pytest.mark.parametrize(
    ("question", "found", "why"),
    [
        ("东坡乡的果园归谁管？", ["溪边果园", "朝阳果园"], "no list is asked for"),
        ("西坡乡登记了哪些果园？", ["石桥果园", "朝阳果园"], "one row is meant"),
        ("哪三家果园在东坡乡？", ["溪边果园", "朝阳果园"], "not as many as were asked for"),
        ("南沟乡的主要品种有哪些？", ["金丝小枣、冬枣"], "the cell is the list"),
        ("登记在册的有哪些？", ["石桥果园", "王青"], "no column is meant"),
        ("登记在册的有哪些？", ["石桥果园"], "one row alone means no column"),
        ("2019 年登记的果园名称有哪些？", ["石桥果园"], "another year"),
        ("“秦冠”的负责人有哪些？", ["孙谷"], "a name that the table doesn't hold"),
        ("叫“朝阳”的果园名称有哪些？", ["朝阳果园", "溪边果园"], "only some have that name"),
        ("除了东坡乡，还有哪些乡镇？", ["西坡乡"], "some are left out"),
        ("没有红玉的有哪些乡镇？", ["西坡乡"], "a negation"),
    ],
)
def test_where_no_column_answers_nothing_is_listed(
    rows: tuple[Passage, ...], segmenter: Segmenter, question: str, found: list[str], why: str
) -> None:
    assert listed(rows, segmenter, question, *found) == [], why


@pytest.mark.parametrize(
    ("question", "found", "expected"),
    [
        (
            "东坡乡有哪几份果业政策文件？",
            ["发放证书、标牌"],
            ["《果园登记办法（试行）》", "《果品检测方案》"],
        ),
        ("东坡乡有哪两份文件？", ["逐批检测"], ["《果园登记办法（试行）》", "《果品检测方案》"]),
        (
            "各乡有哪些果业政策？",
            ["每株补贴"],
            ["《果园登记办法（试行）》", "《果品检测方案》", "《果树补贴意见》（征求意见稿）"],
        ),
        ("东坡乡有哪三份文件？", ["逐批检测"], []),
        ("西坡乡有哪几份文件？", ["每株补贴"], []),
        ("东坡乡有哪些做法？", ["逐批检测"], []),
        ("东坡乡有哪几份文件？", ["《果苗条例》"], []),
    ],
)
def test_documents_are_asked_for_by_the_one_column_of_titles(
    policies: tuple[Passage, ...],
    segmenter: Segmenter,
    question: str,
    found: list[str],
    expected: list[str],
) -> None:
    assert listed(policies, segmenter, question, *found) == expected


PROSE = """# 果业政策综述

近年来，东坡乡、西坡乡等乡镇陆续出台果业政策，扶持果农。《果业志》列举了各乡的做法。

东坡乡先有《果园登记办法（试行）》和《果品检测方案》两份果业政策文件。
"""


def prose(tmp_path: Path, text: str, said: str) -> tuple[Passage, Span]:
    file = tmp_path / "综述.md"
    file.write_text(text, encoding="utf-8")
    passages = split(read_document(file, IngestSettings()), SplitSettings())
    passage = next(passage for passage in passages if said in passage.text)
    start = passage.text.index(said)
    return passage, Span(start, start + len(said))


def columns(
    segmenter: Segmenter, question: str, found: list[tuple[Passage, Span]], *rows: Passage
) -> list[str]:
    words = segmenter.content_words(question)
    cells = column_cells(demands(question), words, found, rows)
    return [span.of(row.text) for row, span in cells]


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("东坡乡有哪几份果业政策文件？", "东坡乡、西坡乡", True),
        ("东坡乡出台了哪些果业政策？", "《果业志》列举了各乡的做法", True),
        ("东坡乡的果业政策有哪些？", "东坡乡、西坡乡", True),
        ("东坡乡有哪几份果业政策文件？", "《果园登记办法（试行）》和《果品检测方案》", False),
        ("哪些乡镇出台了果业政策？", "东坡乡、西坡乡", False),
        ("北岭乡有哪几份果业政策文件？", "东坡乡、西坡乡", False),
        ("东坡乡有哪几份扶贫政策文件？", "东坡乡、西坡乡", False),
    ],
)
def test_a_table_that_says_all_that_is_asked_goes_before_prose_that_does_not(
    policies: tuple[Passage, ...],
    segmenter: Segmenter,
    tmp_path: Path,
    question: str,
    answer: str,
    expected: bool,
) -> None:
    found = [prose(tmp_path, PROSE, answer), placed(policies, "《果品检测方案》")]
    listed = ["《果园登记办法（试行）》", "《果品检测方案》"] if expected else []
    assert columns(segmenter, question, found, *policies) == listed


def test_prose_that_says_all_that_is_asked_stays_the_answer(
    rows: tuple[Passage, ...], segmenter: Segmenter, tmp_path: Path
) -> None:
    question, row = "东坡乡登记了哪些果园名称？", placed(rows, "溪边果园")
    for said, expected in (
        ("东坡乡登记的果园名称是甲园、乙园。", []),
        ("果园名称有甲园、乙园。", ["朝阳果园", "溪边果园"]),
    ):
        found = [prose(tmp_path, f"# 名称\n\n{said}\n", "甲园、乙园"), row]
        assert columns(segmenter, question, found, *rows) == expected


OTHER = """# 又一年的果业政策

表 1 各乡果业政策

| 乡镇 | 文件 | 主要内容 |
| --- | --- | --- |
| 东坡乡 | 《果品检测方案》 | 逐批检测 |
| 东坡乡 | 《果品冷藏办法》 | 建冷库 |
| 西坡乡 | 《果树保险意见》 | 每株投保 |
"""


def test_what_the_tables_of_two_documents_say_is_one_list(
    policies: tuple[Passage, ...], segmenter: Segmenter, tmp_path: Path
) -> None:
    file = tmp_path / "又一年.md"
    file.write_text(OTHER, encoding="utf-8")
    other = split(read_document(file, IngestSettings()), SplitSettings())
    found = [placed(policies, "逐批检测"), placed(other, "建冷库")]
    question = "东坡乡有哪些果业政策文件？"
    assert columns(segmenter, question, found, *policies, *other) == [
        "《果园登记办法（试行）》",
        "《果品检测方案》",
        "《果品冷藏办法》",
    ]
    assert columns(segmenter, question.replace("果业", "逐批"), found, *policies, *other) == []
    assert columns(segmenter, "东坡乡有哪三份文件？", found, *policies, *other)[2:]
    assert not columns(segmenter, "东坡乡有哪两份文件？", found, *policies, *other)


def test_items_are_parted_by_a_mark_that_they_do_not_hold() -> None:
    assert enumerated(["红玉", "国光"]) == "红玉、国光"
    assert enumerated(["红玉，早熟", "国光"]) == "红玉，早熟；国光"


def test_each_row_is_cited_up_to_the_limit_and_the_rest_is_counted(
    tmp_path: Path, settings: Settings, encoder: Encoder
) -> None:
    file = tmp_path / "果园.md"
    file.write_text(ORCHARDS, encoding="utf-8")
    answering = settings.answer.model_copy(update={"max_citations": 3, "threshold": 0.0})
    settings = settings.model_copy(update={"answer": answering})
    assistant = Assistant(settings)
    list(ingest([file], assistant.library, encoder, settings))
    try:
        answer = assistant.ask("有哪些果园？")
        assert answer.short_answer == "朝阳果园、溪边果园、石桥果园"
        assert answer.text.startswith("朝阳果园、溪边果园、石桥果园 [1][2][3]\n\n")
        named = zip(answer.short_answer.split("、"), answer.citations, strict=True)
        assert all(item in citation.quote for item, citation in named)
        assert answer.notes == ("表中符合的还有 2 项，没有列出。",)
        assert answer.text.endswith(answer.notes[0])
        assert all(c.status is Status.VERBATIM for c in answer.citations)
        assert all(answer.passage_of(c) for c in answer.citations)
    finally:
        assistant.close()
