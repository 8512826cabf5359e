"""Reports that disagree on a figure: each is told; what can't be compared never is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assistant import Assistant
from app.claims.quantities import quantities
from app.claims.spelling import aligned
from app.claims.support import windows
from app.disagreement import Figure, agree, disagreeing
from app.reader.evidence import Evidence, Found
from index.encoder import Encoder
from index.pipeline import ingest
from records import Answer, Hit, Passage, Span, Status
from settings import load_settings
from tests.scripted_model import says, scripted_model

QUESTION = "2022 年青湾市数字产业投资规模是多少？"
FIRST = """---
title: 青湾市数字产业年报
publisher: 青湾市统计局
date: 2023-03
---

# 青湾市数字产业年报

## 一、投资

2022 年，青湾市数字产业投资规模达到 4.5 亿元。增长的主要原因是海港区新建了两座数据中心。
"""
SECOND = """---
title: 青湾市投资分析
publisher: 蓝鲸研究院
date: 2023-06
---

# 青湾市投资分析

## 数字产业

{sentence}本报告按注册地统计。
"""
OTHER = "2022 年，青湾市数字产业投资规模为 5.1 亿元（含在建项目）。"

Ask = Callable[..., Answer]


@pytest.fixture
def asked(tmp_path: Path, encoder: Encoder, no_settings: Path) -> Iterator[Ask]:
    """Puts QUESTION to a library of the first report and one with the given sentence."""
    open_ones: list[Assistant] = []

    def ask(sentence: str, url: str = "") -> Answer:
        number = len(open_ones)
        folder = tmp_path / f"reports{number}"
        folder.mkdir()
        (folder / "a.md").write_text(FIRST, encoding="utf-8")
        (folder / "b.md").write_text(SECOND.format(sentence=sentence), encoding="utf-8")
        llm = {"base_url": url, "model": "m"} if url else {}
        home = tmp_path / f"home{number}"
        ready = Assistant(load_settings(no_settings, {}, home=home, llm=llm))
        open_ones.append(ready)
        results = ingest([folder], ready.library, encoder, ready.settings)
        assert [result.outcome for result in results] == ["added", "added"]
        return ready.ask(QUESTION)

    yield ask
    for one in open_ones:
        one.close()


def checked(answer: Answer) -> None:
    assert not answer.refused
    numbers = {citation.number for citation in answer.citations}
    assert {int(mark) for mark in re.findall(r"\[(\d+)\]", answer.text)} == numbers
    assert all(citation.status is Status.VERBATIM for citation in answer.citations)


def test_both_figures_are_told_with_who_says_so(asked: Ask) -> None:
    answer = asked(OTHER)
    checked(answer)
    lines = [note for note in answer.notes if note.startswith("“")]
    assert len(lines) == 2
    first = next(line for line in lines if "4.5 亿元" in line)
    second = next(line for line in lines if "5.1 亿元" in line)
    assert "《青湾市数字产业年报》" in first and "青湾市统计局" in first and "2023-03" in first
    assert "《青湾市投资分析》" in second and "蓝鲸研究院" in second and "2023-06" in second
    assert "在建" in second and "在建" not in first
    assert set(answer.short_answer.split("；")) == {"4.5 亿元", "5.1 亿元"}
    assert {c.document_id for c in answer.citations if c.number} == {
        hit.passage.document_id for hit in answer.hits
    }
    for line in lines:
        (number,) = re.findall(r"\[(\d+)\]", line)
        quote = answer.citations[int(number) - 1].quote
        assert line[1 : line.index("”")] in quote


@pytest.mark.parametrize(
    ("text", "basis"),
    [
        ("按规模以上民宿计算，投资 4.5 亿元。", "按规模以上民宿计算"),
        ("投资 4.5 亿元（不含外地分支机构）。", "不含外地分支机构"),
        ("投资 4.5 亿元，其中包括农家乐。", "其中包括农家乐"),
        ("投资 4.5 亿元。统计口径为在地原则。", "统计口径为在地原则"),
        ("2022 年，投资 4.5 亿元，居第二。", ""),
    ],
)
def test_what_a_figure_counts_is_told_in_the_reports_own_words(text: str, basis: str) -> None:
    start = text.index("4.5")
    passage = Passage("d", Span(0, len(text)), text)
    evidence = Evidence(Hit(passage, 1.0, 1), Span(0, text.index("。") + 1))
    reading = Found(evidence, Span(start, start + len("4.5 亿元")))
    window = next(windows(0, passage))
    quantity = window.facts.quantities[0]
    assert Figure(reading, window, quantity, "年报").basis == basis


def found(sentence: str, name: str) -> Found:
    """The figure of a sentence as a reader finds it, in a document of this name."""
    answer = re.findall(r"[0-9.]+ (?:亿元|万元|万人)", sentence)[-1]
    passage = Passage(name, Span(0, len(sentence)), sentence)
    start = sentence.index(answer)
    evidence = Evidence(Hit(passage, 1.0, 1), passage.span)
    return Found(evidence, Span(start, start + len(answer)))


def told(*sentences: str) -> list[str]:
    readings = [found(sentence, f"d{number}") for number, sentence in enumerate(sentences)]
    figures = disagreeing(QUESTION, readings, ["年报"] * len(readings))
    return [f.quantity.span.of(f.window.facts.text) for f in figures]


SAID = "2022 年，青湾市数字产业投资规模达到 4.5 亿元。"


@pytest.mark.parametrize(
    ("sentence", "different"),
    [
        ("2022 年，青湾市数字产业投资规模为 5.1 亿元。", True),
        ("青湾市 2022 年数字产业投资规模为 51000 万元，居全省第二。", True),
        ("2022 年，青湾市数字产业投资规模超过 5 亿元。", True),
        ("2022 年，青湾市数字产业投资规模不足 4 亿元。", True),
        ("2022 年，青湾市数字产业投资规模达到 45000 万元。", False),
        ("2022 年，青湾市数字产业投资规模约为 4.6 亿元。", False),
        ("2022 年，青湾市数字产业投资规模超过 4 亿元。", False),
        ("2022 年，青湾市数字产业投资规模为 4.48 亿元。", False),
        ("2021 年，青湾市数字产业投资规模为 5.1 亿元。", False),
        ("青湾市数字产业投资规模为 5.1 亿元。", False),
        ("2022 年，白石市数字产业投资规模为 5.1 亿元。", False),
        ("2022 年，青湾市海港区数字产业投资规模为 3.3 亿元。", False),
        ("2022 年上半年，青湾市数字产业投资规模为 2.1 亿元。", False),
        ("2022 年，青湾市数字产业投资规模增加 1.3 亿元。", False),
        ("2022 年，青湾市数字产业人均投资规模为 5.1 亿元。", False),
        ("2022 年，青湾市数字产业投资规模惠及 5.1 万人。", False),
        ("2022 年，青湾市渔业产值为 5.1 亿元。", False),
    ],
)
def test_only_what_can_be_compared_and_differs_is_told(sentence: str, different: bool) -> None:
    assert bool(told(SAID, sentence)) == different == bool(told(sentence, SAID))


def test_each_figure_is_told_once() -> None:
    other, same = SAID.replace("4.5", "5.1"), SAID.replace("4.5 亿元", "45000 万元")
    assert told(SAID, other, same, other) == ["4.5 亿元", "5.1 亿元"]
    assert told(SAID, same) == told(SAID) == []


def test_agreeing_reports_are_one_answer(asked: Ask) -> None:
    answer = asked("2022 年，青湾市数字产业投资规模达到 45000 万元。")
    checked(answer)
    assert not answer.notes
    assert len({citation.document_id for citation in answer.citations}) == 2


def test_tables_are_compared_too(asked: Ask) -> None:
    head = "| 年份 | 青湾市数字产业投资规模（亿元） |\n| --- | --- |\n"
    answer = asked(f"\n\n{head}| 2021 年 | 3.2 |\n| 2022 年 | 5.1 |\n\n")
    checked(answer)
    assert "“5.1”" in "".join(answer.notes) and "3.2" not in "".join(answer.notes)


TRUE = "2022 年青湾市数字产业投资规模达到 4.5 亿元"
TOO = "2022 年青湾市数字产业投资规模为 5.1 亿元"


def test_a_model_that_names_one_figure_has_the_others_beside(asked: Ask) -> None:
    with scripted_model() as model:
        model.script = [says(f"{TRUE}。")]
        answer = asked(OTHER, model.url)
    checked(answer)
    assert answer.mode == "generated" and answer.text.startswith(TRUE)
    assert any("5.1 亿元" in note for note in answer.notes)


def test_a_model_that_names_both_needs_nothing_beside(asked: Ask) -> None:
    with scripted_model() as model:
        model.script = [says(f"{TRUE}。{TOO}。")]
        answer = asked(f"{TOO}。", model.url)
    checked(answer)
    assert answer.mode == "generated" and not answer.notes
    assert len(answer.citations) == 2


AMOUNT = st.builds(
    lambda bound, value, unit: f"{bound}{value} {unit}",
    st.sampled_from(["", "约", "超过", "不足", "近"]),
    st.integers(1, 999),
    st.sampled_from(["亿元", "万元", "家"]),
)


@given(AMOUNT, AMOUNT)
def test_agreeing_is_mutual_and_with_itself(one: str, other: str) -> None:
    (left,), (right,) = quantities(aligned(one)), quantities(aligned(other))
    assert agree(left, left) and agree(right, right)
    assert agree(left, right) == agree(right, left)
