"""Reader, gate, synthesizer, query engine and assistant, over a real small library."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from app.assistant import Assistant
from app.contract import answer_row, read_citations
from app.gate import admit, check, judge, locate
from app.reader.evidence import Evidence
from app.reader.reader import Reading
from app.synthesizer import QuotingSynthesizer
from app.verification import verify
from errors import QuestionsError
from index.encoder import Encoder
from index.pipeline import ingest
from index.retriever import HybridRetriever, from_node, to_node
from index.search import HybridSearch
from records import Citation, Hit, Passage, Span, Status
from settings import CHECKOUT, AnswerSettings, Settings
from tests.samples import make_document

ANSWERING = AnswerSettings()
INVESTMENT_2022 = "2022 年青湾市数字产业投资规模是多少？"

# --- the gate


@given(st.text(alphabet="甲乙丙丁0123456789，。 ", min_size=1), st.data())
def test_a_quote_cut_from_the_text_is_verbatim_at_its_place(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(text))))
    assume(span.of(text).strip())
    assert judge(span.of(text), span, text) == (Status.VERBATIM, span)


SENTENCE = "2022 年，投资规模达到 1.8 万亿元，占比超过 70%，35\t47 家。"
DIGITS = [i for i, character in enumerate(SENTENCE) if character.isdigit()]
GAPS = ["", " ", "\t\n"]
UNITS = ["万亿元", "亿元", "%", "‰", "年", "月", "家", "户"]


def status_of(quote: str) -> Status:
    return judge(quote, Span(0, len(SENTENCE)), SENTENCE)[0]


@given(st.sampled_from(DIGITS), st.sampled_from("0123456789"))
def test_a_changed_digit_never_passes(place: int, digit: str) -> None:
    assume(digit != SENTENCE[place])
    assert status_of(SENTENCE[:place] + digit + SENTENCE[place + 1 :]) is not Status.VERBATIM


@given(st.integers(0, len(SENTENCE)), st.sampled_from("0123456789.-"), st.sampled_from(["", " "]))
def test_an_inserted_digit_point_or_sign_never_passes(place: int, inserted: str, gap: str) -> None:
    quote = SENTENCE[:place] + gap + inserted + gap + SENTENCE[place:]
    assert status_of(quote) is not Status.VERBATIM


@given(st.sampled_from(DIGITS), st.sampled_from(["", " "]))
def test_a_deleted_digit_never_passes(place: int, left: str) -> None:
    assert status_of(SENTENCE[:place] + left + SENTENCE[place + 1 :]) is not Status.VERBATIM


@given(st.sampled_from(UNITS), st.sampled_from(UNITS))
def test_a_changed_unit_never_passes(unit: str, other: str) -> None:
    assume(unit != other and unit in SENTENCE)
    assert status_of(SENTENCE.replace(unit, other, 1)) is not Status.VERBATIM


@given(st.lists(st.tuples(*[st.sampled_from(each) for each in ("35.", GAPS, GAPS)]), min_size=1))
def test_numbers_are_neither_joined_nor_parted(parts: list[tuple[str, str, str]]) -> None:
    quote = "".join(character + gap for character, gap, _ in parts)
    text = "".join(character + gap for character, _, gap in parts)
    passes = judge(quote, Span(0, len(text)), text)[0] is Status.VERBATIM
    assert passes == (quote.split() == text.split())


@pytest.mark.parametrize(
    ("quote", "span", "status"),
    [
        ("投资达1.8万亿元", Span(0, 11), Status.VERBATIM),  # white space
        ("投资达 １.８ 万亿元", Span(0, 11), Status.VERBATIM),  # width
        ("投资达 1.8 亿元", Span(0, 11), Status.ALTERED),  # unit
        ("投资达 1. 8 万亿元", Span(0, 11), Status.ALTERED),  # white space inside a number
        ("另有港口", Span(0, 4), Status.ALTERED),  # stands elsewhere
        ("完全无关的一句话", Span(0, 8), Status.NOT_FOUND),
        ("投资", Span(90, 95), Status.ALTERED),  # beyond the end, but it stands
        ("", Span(0, 0), Status.NOT_FOUND),
    ],
)
def test_what_may_differ_and_what_may_not(quote: str, span: Span, status: Status) -> None:
    text = "投资达 1.8 万亿元。另有港口。"
    found, place = judge(quote, span, text)
    assert found is status
    assert 0 <= place.start <= place.end <= len(text)


def test_a_quote_is_located_wherever_it_stands() -> None:
    assert locate("甲乙", "甲 乙丙甲\n乙") == (Span(0, 3), Span(4, 7))


def test_only_what_passed_is_admitted() -> None:
    document = make_document("甲有 3 座桥。乙有 5 座桥。")
    good = cite(document.id, "甲有 3 座桥。", Span(0, 8))
    bad = cite(document.id, "甲有 4 座桥。", Span(0, 8))
    foreign = cite("another", "甲有 3 座桥。", Span(0, 8))
    passed, failed = admit(check(citation, document) for citation in (good, bad, foreign))
    assert [citation.quote for citation in passed] == ["甲有 3 座桥。"]
    assert failed == ("甲有 4 座桥。", "甲有 3 座桥。")


def cite(document_id: str, quote: str, span: Span) -> Citation:
    return Citation(1, document_id, "", "", None, (), quote, span, Status.VERBATIM)


# --- the whole flow


def test_an_answer_is_cited_where_it_stands(assistant: Assistant) -> None:
    answer = assistant.ask(INVESTMENT_2022)
    assert not answer.refused
    assert "4.5 亿元" in answer.citations[0].quote
    assert answer.text.count("[1]") >= 1
    for citation in answer.citations:
        document = assistant.document(citation.document_id)
        assert citation.span.of(document.text) == citation.quote
        assert citation.status is Status.VERBATIM
        assert citation.title == "青湾市数字产业年报"
    assert answer.citations[0].headings[-1] == "一、投资"
    assert 0 <= answer.confidence <= 1
    assert {"retrieve", "read", "total"} <= set(answer.timings_ms)


def test_traditional_and_full_width_spellings_find_the_same(assistant: Assistant) -> None:
    one = assistant.search(INVESTMENT_2022)[0]
    two = assistant.search("２０２２ 年青灣市數字產業投資規模是多少？")[0]
    assert one.passage == two.passage


def test_a_table_row_is_found_with_its_header(assistant: Assistant) -> None:
    best = assistant.search("临江市的车位何时上线？")[0].passage
    assert "18000" in best.text
    assert "上线时间" in [cell.column for cell in best.cells]
    answer = assistant.ask("临江市的停车位是什么时候上线的？")
    assert any("2022 年 3 月" in citation.quote for citation in answer.citations)


@pytest.mark.parametrize("question", ["你好", "hello", "谢谢！", "的吗", "？？？", " "])
def test_a_greeting_finds_nothing_and_is_refused(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.refused
    assert answer.hits == () == answer.citations


def test_a_question_may_be_limited_to_documents(assistant: Assistant) -> None:
    entries = {entry.title: entry.id for entry in assistant.library.store.entries()}
    transport = entries["白石省智慧交通报告"]
    hits = assistant.search(INVESTMENT_2022, documents=[transport])
    assert {hit.passage.document_id for hit in hits} <= {transport}


def test_hits_carry_their_ranks_in_both_lists(assistant: Assistant) -> None:
    hits = assistant.search("北斗定位终端", top_k=3)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert hits[0].dense_rank == 1 == hits[0].lexical_rank
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)


# --- LlamaIndex


def test_a_hit_survives_as_a_node(assistant: Assistant) -> None:
    for hit in assistant.search("临江市的车位"):
        assert from_node(to_node(hit)) == hit
    with pytest.raises(KeyError):
        from_node(NodeWithScore(node=TextNode(text="别处来的"), score=1.0))


def test_the_retriever_and_the_engine_are_llamaindex_parts(assistant: Assistant) -> None:
    search = HybridSearch(assistant.library, assistant.encoder, assistant.settings.retrieval)
    nodes = HybridRetriever(search, top_k=1).retrieve(QueryBundle("公交车有多少辆？"))
    assert len(nodes) == 1
    assert "8600" in nodes[0].get_content()
    response = assistant.query_engine().query("公交车有多少辆？")
    assert "8600 辆" in str(response)
    assert response.source_nodes[0].node.node_id == nodes[0].node.node_id


@pytest.mark.parametrize(
    "question", [INVESTMENT_2022, "公交车有多少辆？", "临江市的车位何时上线？", "你好"]
)
def test_one_question_is_answered_the_same_without_llamaindex(
    assistant: Assistant, question: str
) -> None:
    brief = Assistant(assistant.settings, brief=True)
    one, two = brief.ask(question), assistant.ask(question)
    brief.close()
    assert [hit.passage for hit in one.hits] == [hit.passage for hit in two.hits]
    assert replace(one, hits=(), timings_ms={}) == replace(two, hits=(), timings_ms={})


def test_a_process_that_asks_once_imports_neither_llamaindex_nor_chroma(
    assistant: Assistant,
) -> None:
    code = (
        "import sys; import youju\n"
        "try: youju.main()\n"
        "finally: print(sorted({'llama_index', 'chromadb', 'torch'} & sys.modules.keys()))"
    )
    for command in ("ask", "search"):
        words = [sys.executable, "-c", code, command, INVESTMENT_2022]
        home = ["--home", str(assistant.settings.home)]
        done = subprocess.run(
            [*words, *home], cwd=CHECKOUT, capture_output=True, text=True, check=True
        )
        assert "4.5 亿元" in done.stdout
        assert done.stdout.splitlines()[-1] == "[]"


AT_ONCE = """
import sys, threading
from pathlib import Path
from app.assistant import Assistant
from settings import load_settings

given = {"llm": {"base_url": "http://127.0.0.1:9/v1", "model": "none"}} if sys.argv[3:] else {}
assistant = Assistant(load_settings(Path("/dev/null"), {}, home=Path(sys.argv[1]), **given))
actions = [assistant.query_engine, lambda: print(assistant._read(sys.argv[2], ()))]
if assistant.endpoint:
    actions.append(assistant.endpoint.warm_up)
sys.setswitchinterval(1e-5)  # seconds: the threads take turns within every import
begun = threading.Barrier(len(actions))
threads = [threading.Thread(target=lambda do=do: (begun.wait(), do())) for do in actions]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


@pytest.mark.parametrize("more", [[], ["with an endpoint"]])
def test_a_question_at_the_moment_of_readiness_is_answered(
    assistant: Assistant, more: list[str]
) -> None:
    """LlamaIndex's circular imports are begun by several threads of a fresh process."""
    words = [sys.executable, "-c", AT_ONCE, str(assistant.settings.home), INVESTMENT_2022, *more]
    done = subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True, timeout=400)
    assert done.stderr == ""
    assert "4.5 亿元" in done.stdout


SOURCE = make_document("甲有 35 座桥，增长 1.8%。\n乙\t3\t5\n丙有 7 座桥，在 2022 年通车。")
POSITIONS = st.integers(0, len(SOURCE.text))
SPANS = st.tuples(POSITIONS, POSITIONS).map(lambda ends: Span(min(ends), max(ends)))


@st.composite
def mutated(draw: st.DrawFn, text: str) -> str:
    """``text`` as it is, or with a stretch of it replaced by something else."""
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 2)))
    return text[:start] + draw(st.sampled_from(["", " ", "3", "5", "7", "有"])) + text[end:]


@st.composite
def evidence(draw: st.DrawFn) -> Evidence:
    """What a reader may claim: any span; the passage it points into may hold any text."""
    span = draw(SPANS)
    own = span.of(SOURCE.text)
    text = draw(st.one_of(st.just(own), mutated(own), st.text(alphabet="甲有357 座桥", max_size=9)))
    return Evidence(Hit(Passage(SOURCE.id, span, text), score=1.0, rank=1), span)


@dataclass
class AnyReader:
    """Says what it was told to say, whatever is asked."""

    claims: tuple[Evidence, ...]
    confidence: float

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        return Reading(self.claims, "", self.confidence)


def same(quote: str, text: str) -> bool:
    """The same characters, white space aside, and the same numbers."""
    numbers = [re.findall(r"[0-9.]+", each) for each in (quote, text)]
    return "".join(quote.split()) == "".join(text.split()) and numbers[0] == numbers[1]


@given(st.lists(evidence(), max_size=4).map(tuple), st.floats(0, 1))
@example((Evidence(Hit(Passage(SOURCE.id, Span(0, 4), "甲有 3"), 1.0, 1), Span(0, 4)),), 1.0)
@example((Evidence(Hit(Passage(SOURCE.id, Span(12, 15), "1 .8"), 1.0, 1), Span(12, 15)),), 1.0)
@example((Evidence(Hit(Passage(SOURCE.id, Span(20, 23), "35"), 1.0, 1), Span(20, 23)),), 1.0)
@example((Evidence(Hit(Passage(SOURCE.id, Span(43, 43), ""), 1.0, 1), Span(43, 43)),), 0.0)
def test_no_reader_gets_a_citation_past_the_gate(
    claims: tuple[Evidence, ...], confidence: float
) -> None:
    synthesizer = QuotingSynthesizer(AnyReader(claims, confidence), lambda _: SOURCE, ANSWERING)
    answer = synthesizer.answer("问", ())
    for citation in answer.citations:
        assert citation.status is Status.VERBATIM
        assert same(citation.quote, citation.span.of(SOURCE.text))
        assert citation.quote.strip()
    marks = [(citation.quote, str(citation.number)) for citation in answer.citations]
    assert re.findall(r"“([^”]*)” \[(\d+)\]", answer.text) == marks
    true = [c.quote for c in claims if c.quote.strip() and same(c.quote, c.span.of(SOURCE.text))]
    assert answer.refused == (not true or confidence < ANSWERING.threshold)
    assert [quote for quote, _ in marks] == ([] if answer.refused else true)
    assert Counter(answer.unverified) == Counter(c.quote for c in claims) - Counter(true)


# --- answers as files


def test_an_answer_file_is_verified_and_a_forgery_found(
    assistant: Assistant, tmp_path: Path
) -> None:
    row = answer_row(assistant.ask(INVESTMENT_2022), "q1")
    file = tmp_path / "answers.jsonl"
    file.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    verdicts = list(verify(read_citations(file), assistant.library.store))
    assert verdicts and all(verdict.status is Status.VERBATIM for verdict in verdicts)
    row["citations"][0]["quote"] = row["citations"][0]["quote"].replace("4.5", "5.4")
    file.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    first = next(iter(verify(read_citations(file), assistant.library.store)))
    assert first.status is Status.ALTERED
    assert "4.5" in first.found


@pytest.mark.parametrize("line", ["[]", "{", '{"citations": [{}]}', '{"citations": 3}'])
def test_a_malformed_answer_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    file = tmp_path / "answers.jsonl"
    file.write_text('{"citations": []}\n' + line, encoding="utf-8")
    with pytest.raises(QuestionsError, match="第 2 行"):
        list(read_citations(file))


def test_a_short_answer_that_no_shown_quote_holds_is_not_shown(assistant: Assistant) -> None:
    class Boaster:
        def read(self, question: str, hits: Sequence[Hit]) -> Reading:
            span = hits[0].passage.span
            evidence = Evidence(hits[0], Span(span.start, span.start + 4))
            return Reading((evidence,), "99 座", 1.0)

    hits = assistant.search(INVESTMENT_2022)
    boasting = QuotingSynthesizer(Boaster(), assistant.document, AnswerSettings())
    answer = boasting.answer("有几座？", hits)
    assert "99" not in answer.text
    assert answer.short_answer == answer.citations[0].quote


def test_a_long_number_that_is_asked_about_is_found_first(
    settings: Settings, encoder: Encoder, tmp_path: Path
) -> None:
    sections = [f"## 第{n}节\n\n这个数出自哪里，第{n}次调查没有说明出处。\n" for n in range(40)]
    sections.insert(17, "## 信贷\n\n上海普惠型贷款达到 5731.26 亿元，户数近 78 万户。\n")
    (tmp_path / "调查.md").write_text("\n".join(sections), encoding="utf-8")
    assistant = Assistant(settings)
    list(ingest([tmp_path / "调查.md"], assistant.library, encoder, settings))
    search = HybridSearch(assistant.library, encoder, settings.retrieval)
    first = search.hits("5731.26 亿这个数出自哪里？")[0]
    assert "5731.26" in first.passage.text
    assistant.close()
