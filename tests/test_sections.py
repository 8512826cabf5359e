"""Questions about a whole section: which one is meant, what is quoted of it, what a model gets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assistant import Assistant
from app.conversations.export import write_export
from app.conversations.turn import Conversation, Turn
from app.follow_up import stand_alone
from app.sections.asked import SectionAsked, Step, number_of, section_asked
from app.sections.extract import MOST_HEADINGS, centralities, extract
from app.sections.outline import key_of, matching, sections
from app.verification import citations_in, verify
from index.encoder import Encoder
from index.pipeline import ingest
from index.words import Segmenter
from records import Answer, Notice, Passage, Span, Status
from settings import load_settings
from tests.scripted_model import Reply, says, scripted_model

LAKES = """# 湖泊年报

## 第一章 总论

全省共有湖泊 12 个。湖泊面积合计 300 平方公里。

## 第二章 水质

### 第一节 监测

2023 年，全省设有湖泊水质监测点 45 个，比上年增加 5 个。监测点覆盖全部 12 个湖泊。

### 第二节 治理

2023 年，全省投入湖泊治理资金 8.6 亿元。治理资金主要用于清淤和截污。这些措施见到了成效。

来源：省水利厅

## 第三章 鱼类[9]

| 湖泊 | 种类 |
| --- | --- |
| 大湖 | 31 种 |
| 小湖 | 17 种 |
"""
RIVERS = """# 河流年报

## 第一章 概况

全省共有河流 90 条。

## 第二章 航运

2023 年，内河货运量达到 5400 万吨，同比增长 6%。全省共有内河港口 8 个。
"""
PLAIN = "全省共有水库 700 座。\n\n水库总库容 95 亿立方米。\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("waters")
    for name, text in (("湖泊.md", LAKES), ("河流.md", RIVERS), ("水库.txt", PLAIN)):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def home(
    folder: Path, encoder: Encoder, no_settings: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    home = tmp_path_factory.mktemp("waters-library")
    ready = Assistant(load_settings(no_settings, environment={}, home=home))
    results = ingest([folder], ready.library, encoder, ready.settings)
    assert {result.outcome for result in results} == {"added"}
    ready.close()
    return home


@pytest.fixture(scope="module")
def waters(home: Path, no_settings: Path) -> Iterator[Assistant]:
    ready = Assistant(load_settings(no_settings, environment={}, home=home))
    yield ready
    ready.close()


def id_of(assistant: Assistant, title: str) -> str:
    return next(e.id for e in assistant.library.store.entries() if e.title == title)


# Which section


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("总结第三章", SectionAsked("第三章", (Step(3, "章"),))),
        ("请概括一下第 12 节的内容", SectionAsked("第 12 节", (Step(12, "节"),))),
        ("第二章第一节讲了什么？", SectionAsked("第二章第一节", (Step(2, "章"), Step(1, "节")))),
        ("summarise section 三", SectionAsked("section 三", (Step(3),))),
        ("Summarize chapter IV", SectionAsked("chapter IV", (Step(4),))),
        ("总结 3.2 节", SectionAsked("3.2 节", (Step(3), Step(2)))),
        ("概括一下“数据要素流通”这一节", SectionAsked("数据要素流通", (), "数据要素流通")),
        ("总结产业投资这一章", SectionAsked("产业投资", (), "产业投资")),
        ("总结《年报》第三章", SectionAsked("第三章", (Step(3, "章"),), "", "年报")),
        ("summarise the section “水质”", SectionAsked("水质", (), "水质")),
    ],
)
def test_a_section_is_asked_for(question: str, asked: SectionAsked) -> None:
    assert section_asked(question) == asked


@pytest.mark.parametrize(
    "question",
    [
        "第三章的作者是谁？",
        "2022 年投资规模是多少？",
        "数字城市由哪几部分组成？",
        "总结一下产业投资的情况",
        "第三产业的主要内容是什么？",
        "数字政府的建设要点包括哪些部分？",
        "“一网统管”是什么？",
        "公共数据授权运营有哪几种模式？",
    ],
)
def test_no_section_is_asked_for(question: str) -> None:
    assert section_asked(question) is None


@given(st.text(alphabet="总结概括第一三十章节部分“”《》.3 section的", max_size=16))
def test_any_text_is_understood_without_failing(question: str) -> None:
    asked = section_asked(question)
    assert asked is None or asked.steps or asked.title


@pytest.mark.parametrize(
    ("numeral", "value"), [("3", 3), ("十二", 12), ("iv", 4), ("IX", 9), ("xii", 12)]
)
def test_numerals(numeral: str, value: int) -> None:
    assert number_of(numeral) == value


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("总结第二章", "第二章 水质"),
        ("总结第二章第二节", "第二节 治理"),
        ("总结“治理”这一节", "第二节 治理"),
        ("总结第三部分", "第三章 鱼类[9]"),
        ("summarise section 1", "第一章 总论"),
    ],
)
def test_the_section_is_found_in_the_outline(waters: Assistant, question: str, title: str) -> None:
    document = waters.document(id_of(waters, "湖泊年报"))
    asked = section_asked(question)
    assert asked is not None
    (found,) = matching(asked, sections(document))
    assert found.title == title
    assert found.span.of(document.text).startswith(title)


def test_sections_nest_and_cover_the_text(waters: Assistant) -> None:
    document = waters.document(id_of(waters, "湖泊年报"))
    all_sections = sections(document)
    assert [s.path[-1] for s in all_sections] == [
        h.span.of(document.text).strip() for h in document.outline
    ]
    for one in all_sections:
        for other in all_sections:
            inside = one.span.contains(other.span) or other.span.contains(one.span)
            assert inside or not one.span.overlaps(other.span)


@pytest.mark.parametrize(
    "title", ["三、产业投资", "（三）产业投资", "第 3 章 产业投资", "3.1 产业投资"]
)
def test_titles_are_compared_without_their_numbers(title: str) -> None:
    assert key_of(title) == key_of("产业投资")


# What is quoted of it


def passage(text: str, heading: str, start: int) -> Passage:
    return Passage("d", Span(start, start + len(text)), text, (heading,))


def test_what_shares_most_words_is_central() -> None:
    texts = [["水", "质", "好"], ["水", "质"], ["水", "鱼"], ["草", "多"]]
    scores = centralities(texts)
    assert max(scores[:2]) > scores[2] > scores[3] == pytest.approx(1.0)


@given(st.lists(st.integers(1, 4), min_size=1, max_size=20), st.integers(1, 8))
def test_every_heading_is_heard_in_order_within_the_bound(counts: list[int], most: int) -> None:
    made, start = [], 0
    for number, count in enumerate(counts):
        text = "".join(f"第{number}节的第{i}句话说明湖泊治理。" for i in range(count))
        made.append(passage(text, f"节{number}", start))
        start += len(text) + 1
    found = extract(made, list, most)
    spans = [each.span for each in found.chosen]
    assert spans == sorted(set(spans))
    bound = max(most, min(len(counts), MOST_HEADINGS))
    assert len(spans) == min(bound, sum(counts))
    heard = {each.passage.headings[0] for each in found.chosen}
    assert len(heard) + len(found.left_out) == len(counts)
    for each in found.chosen:
        own = each.passage
        assert own.span.contains(each.span)


def checked(assistant: Assistant, answer: Answer) -> None:
    assert not answer.refused
    assert [c.number for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    for citation in answer.citations:
        text = assistant.document(citation.document_id).text
        assert citation.status is Status.VERBATIM
        assert citation.span.of(text) == citation.quote
        assert f"“{citation.quote}” [{citation.number}]" in answer.text
        assert answer.passage_of(citation)


def test_a_section_is_quoted_in_order_below_its_headings(waters: Assistant) -> None:
    answer = waters.ask("总结《湖泊年报》第二章")
    checked(waters, answer)
    said = answer.text
    order = ["《湖泊年报》", "第一节 监测", "监测点 45 个", "第二节 治理", "8.6 亿元"]
    assert sorted(order, key=said.index) == order
    assert "来源：" not in said and "300 平方公里" not in said and "31 种" not in said
    assert waters.ask("总结《湖泊年报》第二章").text == said


def test_a_section_of_a_table_is_quoted_by_its_rows(waters: Assistant) -> None:
    answer = waters.ask("总结《湖泊年报》第三章")
    checked(waters, answer)
    assert len(answer.citations) == 2 and "31 种" in answer.text
    assert "[9]" not in answer.text


def test_several_documents_with_such_a_section_are_named(waters: Assistant) -> None:
    answer = waters.ask("总结第二章")
    assert answer.refused and not answer.citations
    assert "《湖泊年报》第二章 水质" in answer.text and "《河流年报》第二章 航运" in answer.text


def test_the_scope_decides_which_document_is_meant(waters: Assistant) -> None:
    answer = waters.ask("总结第二章", documents=[id_of(waters, "河流年报")])
    checked(waters, answer)
    assert "5400 万吨" in answer.text


def test_a_section_that_does_not_exist_is_said_so(waters: Assistant) -> None:
    answer = waters.ask("总结“水质监控”这一节")
    assert answer.refused and "没有找到“水质监控”" in answer.text
    assert "《湖泊年报》第二章 水质" in answer.text
    outermost = waters.ask("总结第九章", documents=[id_of(waters, "湖泊年报")]).text
    assert "第一章 总论" in outermost and "第一节" not in outermost
    assert "没有标题含“火星”" in waters.ask("总结《火星》第二章").text
    plain = waters.ask("总结第二章", documents=[id_of(waters, "水库")])
    assert plain.refused and "没有可以识别的章节" in plain.text


def test_a_follow_up_asks_for_another_section_or_document(waters: Assistant) -> None:
    segmenter: Segmenter = waters.library.segmenter
    before = "总结《湖泊年报》第二章"
    assert stand_alone("那第一章呢？", [before], segmenter) == "总结《湖泊年报》第一章"
    assert stand_alone("《河流年报》的呢？", ["总结第二章"], segmenter) == "总结《河流年报》第二章"


@pytest.mark.parametrize("suffix", [".md", ".docx"])
def test_an_exported_extract_is_verbatim_until_it_is_forged(
    waters: Assistant, tmp_path: Path, suffix: str
) -> None:
    answer = waters.ask("总结《湖泊年报》第二章")
    talk = Conversation("c", "o", "题", "2026-11-22", "2026-11-22", 1)

    def statuses(shown: Answer) -> list[Status]:
        path = tmp_path / f"x{suffix}"
        asked_at = "2026-11-22T10:00:00+00:00"
        write_export(path, talk, [Turn("总结", answer=shown, number=1, asked_at=asked_at)])
        return [v.status for v in verify(citations_in(path), waters.library.store)]

    assert statuses(answer) == [Status.VERBATIM] * len(answer.citations)
    forged = replace(answer, text=answer.text.replace("8.6", "6.8"))
    assert Status.VERBATIM not in statuses(forged)[len(answer.citations) :]
    assert len(statuses(forged)) > len(answer.citations)


# With a language model


@pytest.fixture
def told(home: Path, no_settings: Path) -> Iterator[Any]:
    with scripted_model() as model:

        def ask(*script: Reply, **settings: Any) -> tuple[Answer, str]:
            model.script = list(script)
            values = {"base_url": model.url, "model": "m", **settings}
            ready = Assistant(load_settings(no_settings, {}, home=home, llm=values))
            try:
                return ready.ask("总结《湖泊年报》第二章"), model.prompt()
            finally:
                ready.close()

        yield ask


def test_a_model_gets_the_whole_section_and_is_checked(told: Any) -> None:
    true, false = "2023 年全省投入湖泊治理资金 8.6 亿元", "2023 年全省设有监测点 54 个"
    answer, prompt = told(says(f"{true}[2]。治理资金主要用于清淤和截污[2]。{false}[1]。"))
    assert answer.mode == "generated"
    assert "8.6 亿元[1]" in answer.text and "54" not in answer.text
    assert any("54" in claim for claim in answer.unverified)
    assert "45 个" in prompt and "8.6 亿元" in prompt and "31 种" not in prompt


def test_what_does_not_fit_is_said_to_be_left_out(told: Any) -> None:
    answer, prompt = told(
        says("2023 年全省设有湖泊水质监测点 45 个[1]。"), context_tokens=1024, max_tokens=480
    )
    assert answer.mode == "generated" and "8.6 亿元" not in prompt
    assert "没有读：第二节 治理" in answer.text
    assert all(hit.passage.text in prompt for hit in answer.hits)


@pytest.mark.parametrize(
    ("reply", "notice"),
    [
        (says("2023 年全省设有监测点 54 个[1]。"), Notice.UNSUPPORTED),
        (says("报告没有回答。"), Notice.DECLINED),
        (says(""), Notice.NONSENSE),
    ],
)
def test_a_model_that_fails_leaves_the_extract(told: Any, reply: Reply, notice: Notice) -> None:
    answer, _ = told(reply)
    assert answer.mode == "extractive" and answer.notice is notice
    assert re.search("“.*8.6 亿元.*” \\[", answer.text)
