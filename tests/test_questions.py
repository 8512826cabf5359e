from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.gate import locate
from app.questions import Question, load_questions
from errors import QuestionsError
from eval.gold import Problem, check_evidence
from ingest.reading import read_document
from records import Span
from settings import IngestSettings

CHECKOUT = Path(__file__).resolve().parents[1]
SETS = CHECKOUT / "eval" / "questions"
REPORT = CHECKOUT.parent / "shared" / "corpus" / "数字城市产业研究报告-2023.txt"
CORPUS = CHECKOUT / "corpus"
INDUSTRIES = CHECKOUT / "eval" / "industries"
COMMITTED = [SETS / "report.jsonl", SETS / "corpus.jsonl"]
SIZES = {"report": (84, 20), "corpus": (315, 79)}


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "questions.jsonl"
    path.write_bytes(text.encode(encoding))
    return path


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def plain(text: str) -> str:
    """White space goes, but for a line between two numbers."""
    return squeezed(re.sub(r"(?<=0)\s+(?=0)", "|", text.replace("０", "0").strip()))


# --- load_questions ---------------------------------------------------------------------


def test_only_the_question_is_required_and_the_id_is_the_line_number(tmp_path: Path) -> None:
    path = write(
        tmp_path, '\ufeff{"question": "你好"}\r\n\r\n{"question": "投资？", "more": [1]}\n'
    )
    assert load_questions(path) == (Question("1", "你好"), Question("3", "投资？"))


def test_every_key_is_read(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '{"id": 7, "question": "几家？", "kind": "number", "split": "tune", "answers": ["3 家"],'
        ' "evidence": ["共 3 家"], "alternatives": ["三家"], "document": "a.md",'
        ' "history": ["甲有几家？", "乙呢？"]}',
    )
    assert load_questions(path) == (
        Question(
            "7",
            "几家？",
            "number",
            "tune",
            True,
            ("3 家",),
            ("共 3 家",),
            ("三家",),
            "a.md",
            ("甲有几家？", "乙呢？"),
        ),
    )


def test_a_line_separator_inside_a_text_ends_no_line(tmp_path: Path) -> None:
    path = write(tmp_path, '{"question": "甲\u2028乙"}\n')
    assert [question.question for question in load_questions(path)] == ["甲\u2028乙"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "line 2"),
        ('["question"]', "not a JSON object"),
        ("{}", '"question" is missing'),
        ('{"question": " "}', '"question" is missing'),
        ('{"question": 5}', '"question" must be text, not 5'),
        ('{"question": "\\ud800"}', "surrogates not allowed"),
        ('{"question": "甲", "id": true}', '"id" must be text, not True'),
        ('{"question": "甲", "answers": "乙"}', '"answers" must be a list of non-empty texts'),
        ('{"question": "甲", "evidence": [1]}', "not [1]"),
        ('{"question": "甲", "history": "乙？"}', '"history" must be a list of non-empty texts'),
        ('{"question": "甲", "evidence": [""]}', "not ['']"),
        ('{"question": "甲", "answerable": "no"}', '"answerable" must be true or false'),
    ],
)
def test_a_bad_line_is_named_with_its_fault(tmp_path: Path, line: str, told: str) -> None:
    path = write(tmp_path, f'{{"question": "好"}}\n{line}\n')
    with pytest.raises(QuestionsError) as caught:
        load_questions(path)
    assert told in caught.value.english
    assert f"{path}, line 2" in caught.value.english
    assert f"{path} 第 2 行" in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionsError, match="absent"):
        load_questions(tmp_path / "absent.jsonl")
    with pytest.raises(QuestionsError, match="UTF-8"):
        load_questions(write(tmp_path, '{"question": "你好"}', encoding="gb18030"))


# --- locate -----------------------------------------------------------------------------

LETTERS = st.text(alphabet="数据城市0123%(),:“”", min_size=1, max_size=12)
BLANKS = st.text(alphabet=" \n\t\u3000\xa0", max_size=3)
FULL_WIDTH = str.maketrans("0123%(),:", "０１２３％（），：")


@settings(deadline=None)
@given(quote=LETTERS, before=st.text(max_size=20), after=st.text(max_size=20), data=st.data())
def test_a_planted_quote_is_found_at_its_exact_span(
    quote: str, before: str, after: str, data: st.DataObject
) -> None:
    characters = [
        data.draw(st.sampled_from([character, character.translate(FULL_WIDTH)]))
        for character in quote
    ]
    # White space between two digits would make two numbers of one.
    gaps = [
        "" if f"{left}{right}".isdigit() else data.draw(BLANKS)
        for left, right in pairwise(characters)
    ]
    planted = characters[0] + "".join(
        gap + character for gap, character in zip(gaps, characters[1:], strict=True)
    )
    span = Span(len(before), len(before) + len(planted))
    assert span in locate(quote, before + planted + after)


@settings(deadline=None)
@given(
    text=st.text(alphabet="数据 \n０0", max_size=30), quote=st.text(alphabet="数据 0", max_size=4)
)
def test_each_place_reads_as_the_quote_and_none_is_missed(text: str, quote: str) -> None:
    spans = locate(quote, text)
    ends = [i for i, character in enumerate(text) if not character.isspace()]
    assert list(spans) == [
        Span(start, end + 1)
        for start in ends
        for end in ends
        if start <= end and plain(text[start : end + 1]) == plain(quote)
    ]


@pytest.mark.parametrize(
    ("quote", "text", "spans"),
    [
        ("1.8 万亿元", "达１．８万\n亿元。", [Span(1, 8)]),
        ("“电商”(旧)", "从「电商」（旧）", [Span(1, 8)]),
        ('"电商"', "“电商”与“电商”", [Span(0, 4), Span(5, 9)]),
        ("'甲'", "‘甲’", [Span(0, 3)]),
        ("哈哈", "哈哈哈", [Span(0, 2), Span(1, 3)]),
        ("35", "3\t5 与 35", [Span(6, 8)]),
        ("3 5", "35 与 3\t\t5", [Span(5, 9)]),
        ("AI 大模型", "AI大模型", [Span(0, 5)]),
        ("甲", "乙", []),
        (" \n", "甲 \n乙", []),
        ("甲", "", []),
    ],
)
def test_what_makes_no_difference(quote: str, text: str, spans: list[Span]) -> None:
    assert list(locate(quote, text)) == spans


# --- check_evidence ---------------------------------------------------------------------


def test_gold_that_holds_has_no_problems() -> None:
    asked = [
        Question("1", "几家？", answerable=True, answers=("3 家",), evidence=("共3家",)),
        Question("2", "几点？", answerable=False),
        Question("3", "随便问问"),
    ]
    assert check_evidence(asked, {"a.md": "共 3 家", "b.md": "无"}) == []


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (
            Question("1", "？", answers=("甲",), evidence=("甲",)),
            "stands in 2 places, not in one: 甲",
        ),
        (Question("1", "？", alternatives=("丁",)), "stands in 0 places, not in one: 丁"),
        (Question("1", "？", document="c.md"), "no document is named c.md"),
        (
            Question("1", "？", evidence=("乙",), document="a.md"),
            "stands in 0 places, not in one: 乙",
        ),
        (
            Question("1", "？", answerable=False, answers=("甲",)),
            "not answerable, yet it has answers or evidence",
        ),
        (
            Question("1", "？", answerable=True, answers=("甲",)),
            "answerable, yet it has no answers or no evidence",
        ),
    ],
)
def test_gold_that_fails_is_reported(question: Question, message: str) -> None:
    documents = {"a.md": "甲甲", "b.md": "乙"}
    assert check_evidence([question], documents) == [Problem("1", message)]


def test_a_shared_id_is_reported_once() -> None:
    asked = [Question("1", "甲？"), Question("1", "乙？")]
    assert check_evidence(asked, {}) == [Problem("1", "2 questions have this id")]


# --- the committed sets -----------------------------------------------------------------


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_a_committed_set_is_whole_and_its_halves_balance(path: Path) -> None:
    questions = load_questions(path)
    total, unanswerable = SIZES[path.stem]
    assert len(questions) == len({question.id for question in questions}) == total
    assert len({(question.history, question.question) for question in questions}) == total
    assert sum(question.answerable is False for question in questions) == unanswerable
    halves = Counter((question.kind, question.split) for question in questions)
    for kind in {question.kind for question in questions}:
        assert 0 <= halves[kind, "tune"] - halves[kind, "test"] <= 1
        assert halves[kind, "tune"] + halves[kind, "test"] == sum(
            question.kind == kind for question in questions
        )


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_the_figures_of_a_number_or_date_stand_in_its_evidence(path: Path) -> None:
    for question in load_questions(path):
        if question.kind in ("number", "date"):
            quotes = squeezed(" ".join(question.evidence))
            figures = re.findall(r"[0-9.]+", question.answers[0])
            assert figures
            assert all(figure in quotes for figure in figures), question.id


def test_the_questions_on_industries_are_held_out_by_document() -> None:
    questions = load_questions(SETS / "industries.jsonl")
    files = [file for file in INDUSTRIES.iterdir() if file.stem != "README"]
    documents = {file.name: read_document(file, IngestSettings()).text for file in files}
    assert check_evidence(questions, documents) == []
    assert len({question.question for question in questions}) == len(questions)
    parts = {
        split: {q.document for q in questions if q.split == split and q.answerable}
        for split in ("tune", "test")
    }
    assert not parts["tune"] & parts["test"]
    assert parts["tune"] | parts["test"] == set(documents)
    assert len(parts["test"]) == 6


def test_follow_ups_have_a_dialogue_and_nothing_else_has() -> None:
    questions = load_questions(SETS / "corpus.jsonl")
    assert all(bool(q.history) == (q.kind == "follow-up") for q in questions)
    follow_ups = [q for q in questions if q.history]
    assert len(follow_ups) == 41
    refused = Counter(q.split for q in follow_ups if not q.answerable)
    assert refused["tune"] == refused["test"] == 5


def test_evidence_on_the_report_is_no_more_than_a_phrase() -> None:
    for name in ("report.jsonl", "report2.jsonl"):
        for question in load_questions(SETS / name):
            for quote in question.evidence + question.alternatives:
                assert 6 <= len(squeezed(quote)) <= 25, question.id


def readable(path: Path) -> dict[str, str]:
    return {path.name: read_document(path, IngestSettings()).text}


@pytest.mark.report
@pytest.mark.skipif(not REPORT.exists(), reason="the report isn't beside the checkout")
def test_the_gold_on_the_report_stands_in_it() -> None:
    for name in ("report.jsonl", "report2.jsonl"):
        assert check_evidence(load_questions(SETS / name), readable(REPORT)) == []


@pytest.fixture(scope="module")
def corpus() -> dict[str, str]:
    names = {question.document for question in load_questions(SETS / "corpus.jsonl")} - {""}
    return {name: text for n in names for name, text in readable(CORPUS / n).items()}


def test_the_gold_on_the_corpus_stands_in_it(corpus: dict[str, str]) -> None:
    assert len(corpus) == 3
    assert check_evidence(load_questions(SETS / "corpus.jsonl"), corpus) == []


def test_what_needs_two_places_has_evidence_in_two_paragraphs(corpus: dict[str, str]) -> None:
    for question in load_questions(SETS / "corpus.jsonl"):
        if question.kind == "places":
            paragraphs = {
                (name, text.count("\n", 0, span.start))
                for quote in question.evidence
                for name, text in corpus.items()
                for span in locate(quote, text)
                if question.document in ("", name)
            }
            assert len(paragraphs) > 1, question.id
