from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from app.citing import reference
from app.claim_words import finding_words, support_words
from app.conversations.feedback import Rating
from app.conversations.turn import Conversation, Turn
from app.messages import CHINESE, ENGLISH, MESSAGES, Messages, address_words
from app.page.cards import (
    answer_text,
    citation_card,
    conversation_html,
    nearest_card,
    passage_html,
    turn_html,
)
from app.page.kept import kept_html
from app.page.shelf import Listing, shelf_html
from app.page.talk import Talk
from app.source import source_link
from index.store import Entry
from records import (
    Address,
    Answer,
    Cell,
    Citation,
    Claim,
    Fault,
    Finding,
    Hit,
    Kind,
    Notice,
    Passage,
    Span,
    Status,
    Support,
)

STARTED = "2026-01-01T00:00:00+00:00"
HOSTILE = "<img src=x onerror=alert(1)>\"'&amp;</mark><script>"
TEXT = "青湾市共有企业 1260 家。其中海港区占比超过 35%。"
PASSAGE = Passage("d1", Span(100, 100 + len(TEXT)), TEXT, ("二、企业", "数量"), page=3)
FIRST = Citation(
    number=1,
    document_id="d1",
    title="青湾市年报",
    path="/reports/投资.pdf",
    page=3,
    headings=("二、企业", "数量"),
    quote="青湾市共有企业 1260 家。",
    span=Span(100, 115),
    address=Address(page=3),
    status=Status.VERBATIM,
    publisher="统计局",
    date="2023-03",
)
HIT = Hit(PASSAGE, score=1.0, rank=1)
ANSWER = Answer(
    question="有多少家企业？",
    text="1260 家 [1]\n\n“青湾市共有企业 1260 家。” [1]",
    short_answer="1260 家",
    confidence=0.9,
    citations=(FIRST,),
    hits=(HIT,),
    timings_ms={"total": 85.4},
)


class Reading(HTMLParser):
    """What a browser would make of a piece of HTML: its tags, text, marks and links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.marked = ""
        self._open: list[str] = []
        self.feed(str(html))  # a Markup would escape what the parser cuts from it
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._open.append(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.text += data
        self.marked += data if "mark" in self._open else ""


@given(st.text(), st.text(), st.data())
def test_a_passage_reads_as_it_stands_with_the_quote_marked(
    before: str, after: str, data: st.DataObject
) -> None:
    text = before + HOSTILE + after
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    origin = data.draw(st.integers(0, 1000))
    passage = Passage("d", Span(origin, origin + len(text)), text)
    seen = Reading(passage_html(passage, Span(origin + start, origin + end)))
    assert seen.text == text
    assert seen.marked == text[start:end]
    assert set(seen.tags) <= {"div", "mark"}


def test_a_quote_that_leaves_the_passage_is_marked_as_far_as_it_goes() -> None:
    seen = Reading(passage_html(PASSAGE, Span(90, 106)))
    assert seen.marked == TEXT[:6]


@given(st.text())
def test_an_answer_reads_as_it_stands(text: str) -> None:
    answer = replace(ANSWER, text=text, short_answer="", citations=(replace(FIRST, quote=text),))
    assert Reading(answer_text(1, answer, CHINESE)).text == "".join(text.split("\n\n"))


def test_marks_link_to_their_citations_and_the_first_can_be_returned_to() -> None:
    seen = Reading(answer_text(7, ANSWER, CHINESE))
    assert seen.links == ["#t7-c1", "#t7-c1"]
    assert seen.ids == ["t7-m1"]
    card = Reading(citation_card(7, FIRST, PASSAGE, CHINESE))
    assert card.ids == ["t7-c1"]
    assert card.links == ["#t7-m1", source_link("d1", FIRST.span, CHINESE)]


def test_only_marks_of_the_answer_become_links() -> None:
    quote = "见文献 [1] 和 [2]。"
    answer = replace(
        ANSWER, text=f"“{quote}” [1] [9]", short_answer="", citations=(replace(FIRST, quote=quote),)
    )
    seen = Reading(answer_text(1, answer, CHINESE))
    assert seen.links == ["#t1-c1"]
    assert seen.text == f"“{quote}” [1] [9]"


@pytest.mark.parametrize(
    ("messages", "page", "status"),
    [(CHINESE, "第 3 页", "逐字一致"), (ENGLISH, "p. 3", "verbatim")],
)
def test_a_citation_says_where_it_stands_and_that_it_was_checked(
    messages: Messages, page: str, status: str
) -> None:
    seen = Reading(citation_card(1, FIRST, PASSAGE, messages))
    for part in ("青湾市年报", "统计局 | 2023-03 | " + page, "二、企业 › 数量", status):
        assert part in seen.text
    assert seen.marked == FIRST.quote


def test_a_citation_without_its_passage_still_shows_the_quote() -> None:
    seen = Reading(citation_card(1, FIRST, None, CHINESE))
    assert seen.marked == FIRST.quote
    assert CHINESE.passage_missing in seen.text


ROW = Passage(
    "d",
    Span(10, 21),
    "临江市\t18000 个",
    kind=Kind.TABLE,
    header="表 1 停车",
    cells=(Cell("城市", Span(10, 13)), Cell("车位", Span(14, 21))),
)


def test_a_row_stands_below_the_names_of_its_columns() -> None:
    html = passage_html(ROW)
    assert Reading(html).text == "表 1 停车城市车位临江市18000 个"
    assert html.count("<th ") == 2 and "<mark>" not in html
    assert Reading(passage_html(ROW, ROW.span)).marked == "临江市18000 个"
    assert Reading(passage_html(ROW, Span(14, 16))).marked == "18000 个"


def test_a_citation_says_where_in_the_file_it_stands() -> None:
    def said(address: Address, messages: Messages = CHINESE) -> str:
        return address_words(address, messages)

    assert said(Address(page=3, line=9)) == "第 3 页"
    assert said(Address(line=9)) == "第 9 段"
    assert said(Address(page=3, line=9, table=2, row=5)) == "第 3 页 · 第 2 个表格第 5 行"
    assert said(Address(line=9, table=1, row=2, cells="投资!A2:C2")) == "单元格 投资!A2:C2"
    assert said(Address(line=9, table=1, row=2), ENGLISH) == "table 1, row 2"
    card = citation_card(1, replace(FIRST, address=Address(page=None, line=9)), None, CHINESE)
    assert "第 9 段" in Reading(card).text


def test_a_refusal_offers_passages_that_are_no_citations() -> None:
    refusal = Answer("火星呢？", CHINESE.refusal, refused=True, confidence=0.2, hits=(HIT,))
    html = turn_html(
        Turn("火星呢？", answer=refusal, titles={"d1": "青湾市年报"}, number=1), CHINESE
    )
    seen = Reading(html)
    assert CHINESE.refusal in seen.text
    assert CHINESE.nearest_hint in seen.text
    assert TEXT in seen.text
    assert "青湾市年报" in seen.text
    assert seen.links == [source_link("d1", PASSAGE.span, CHINESE)]
    assert not seen.marked
    assert "card citation" not in html
    assert CHINESE.status[Status.VERBATIM] not in seen.text


def test_a_refusal_without_passages_says_what_to_do() -> None:
    refusal = Answer("火星呢？", CHINESE.refusal, refused=True)
    seen = Reading(turn_html(Turn("火星呢？", answer=refusal, number=1), ENGLISH))
    assert ENGLISH.refusal in seen.text
    assert ENGLISH.refusal_empty in seen.text


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (1.0, CHINESE.confident),
        (0.8, CHINESE.confident),
        (0.79, CHINESE.fairly_confident),
        (0.6, CHINESE.fairly_confident),
        (0.5, CHINESE.unconfident),
    ],
)
def test_confidence_is_said_in_words(confidence: float, words: str) -> None:
    html = turn_html(Turn("？", answer=replace(ANSWER, confidence=confidence), number=1), CHINESE)
    assert f"{words}（{round(confidence * 100)}%），用时 85 毫秒" in Reading(html).text


def test_claims_that_failed_the_gate_are_shown_as_such() -> None:
    html = turn_html(Turn("？", answer=replace(ANSWER, unverified=(HOSTILE,)), number=1), CHINESE)
    seen = Reading(html)
    assert CHINESE.unverified + HOSTILE in seen.text
    assert "img" not in seen.tags


@pytest.mark.parametrize("messages", MESSAGES.values())
def test_nothing_of_a_document_or_a_user_becomes_markup(messages: Messages) -> None:
    citation = replace(
        FIRST,
        title=HOSTILE,
        publisher=HOSTILE,
        date=HOSTILE,
        headings=(HOSTILE,),
        quote=HOSTILE,
        span=Span(0, len(HOSTILE)),
    )
    whole = Span(0, len(HOSTILE))
    passage = Passage(
        "d1", whole, HOSTILE, (HOSTILE,), None, Kind.TABLE, HOSTILE + "表", (Cell(HOSTILE, whole),)
    )
    hit = Hit(passage, score=1.0, rank=1)
    answer = replace(ANSWER, text=HOSTILE, citations=(citation,), hits=(hit,))
    entry = Entry(
        "d1", HOSTILE, "/a.md", "", HOSTILE, HOSTILE, 1, 9, 1, "2026-01-01T00:00:00+00:00"
    )
    turns = (Turn(HOSTILE, HOSTILE, answer, number=1), Turn(HOSTILE, number=2))
    kept = Conversation("c", "", HOSTILE, STARTED, STARTED, 2)
    for html in (
        kept_html([kept], "", messages),
        conversation_html(Talk("c", turns), messages),
        nearest_card(hit, HOSTILE, messages),
        shelf_html([entry], [entry], Listing(), messages),
        turn_html(Turn(HOSTILE, error=(HOSTILE, HOSTILE), number=1), messages),
    ):
        seen = Reading(html)
        assert HOSTILE in seen.text
        assert not {"img", "script"} & set(seen.tags)


def test_an_error_is_told_in_the_language_of_the_page() -> None:
    turn = Turn("？", error=("资料库正忙。", "the library is busy."), number=1)
    assert "资料库正忙。" in Reading(turn_html(turn, CHINESE)).text
    assert "the library is busy." in Reading(turn_html(turn, ENGLISH)).text


def test_what_can_be_done_about_a_turn() -> None:
    answered, failed = Turn("？", answer=ANSWER, number=1), Turn("？", error=("错", "no"), number=1)
    first = Reading(turn_html(answered, CHINESE, rating=Rating.UP)).text
    assert CHINESE.talk.useful in first
    assert CHINESE.talk.again not in first
    assert 'data-act="up" data-turn="1" aria-pressed="true"' in turn_html(
        answered, CHINESE, rating=Rating.UP
    )
    last = Reading(turn_html(failed, CHINESE, last=True)).text
    assert CHINESE.talk.useful not in last
    assert CHINESE.talk.again in last
    assert CHINESE.talk.edit in last
    assert "actions" not in turn_html(Turn("？", number=1), CHINESE, last=True)


def test_a_question_is_shown_as_it_was_understood() -> None:
    turn = Turn("那 2021 年呢？", "2021 年规模是多少？", ANSWER, number=2)
    assert "理解为：2021 年规模是多少？" in Reading(turn_html(turn, CHINESE)).text


def test_a_citation_can_be_copied_as_a_reference() -> None:
    card = citation_card(1, FIRST, None, CHINESE)
    assert Markup('data-copy="{}"').format(reference(FIRST)) in card


def test_documents_are_counted_and_listed() -> None:
    entries = [
        Entry("a", "甲", "/r/甲.pdf", "", "统计局", "2023", 7, 90, 4, "2026-01-01T00:00:00+00:00"),
        Entry("b", "乙", "/r/乙.md", "", "", "", 0, 90, 3, "2026-01-01T00:00:00+00:00"),
    ]
    seen = Reading(shelf_html(entries, entries, Listing(), CHINESE))
    assert "共 2 份文档，7 个段落" in seen.text
    assert "甲甲.pdf统计局202374" in seen.text
    assert "乙乙.md———3" in seen.text


LIE = Claim(
    f"规模为 2.4 万亿元{HOSTILE}",
    Support.CONTRADICTED,
    findings=(Finding(Fault.NUMBER, "2.4 万亿元", f"1.8 万亿元{HOSTILE}"),),
)
WRITTEN = replace(
    ANSWER,
    text="共有企业 1260 家[1]。两年共 3 家[1]。",
    mode="generated",
    unverified=(LIE.text,),
    claims=(
        Claim("共有企业 1260 家", Support.MOVED, (1,)),
        Claim("两年共 3 家", Support.COMPUTED, (1,)),
        LIE,
    ),
)


@pytest.mark.parametrize("messages", MESSAGES.values())
def test_a_written_answer_says_who_wrote_it_and_what_failed(messages: Messages) -> None:
    html = turn_html(Turn("？", answer=WRITTEN, number=1), messages)
    seen = Reading(html)
    assert not {"img", "script"} & set(seen.tags)
    assert messages.modes["generated"] in seen.text
    assert seen.tags.count("del") == 1
    assert f"<del>{Markup.escape(LIE.text)}</del>" in html
    assert finding_words(LIE.findings[0], messages) in seen.text
    assert support_words(Support.COMPUTED, messages) in seen.text
    assert support_words(Support.MOVED, messages) in seen.text
    assert 'class="written"' in html and 'class="short' not in html
    assert seen.links.count("#t1-c1") == 2


def test_what_does_not_hold_is_said_in_words() -> None:
    finding = Finding(Fault.NUMBER, "2.4 万亿元", "1.8 万亿元")
    said = finding_words(finding, CHINESE)
    assert said == "数字：答案说“2.4 万亿元”，原文是“1.8 万亿元”"
    assert "1.8" not in finding_words(replace(finding, found=""), CHINESE)
    for fault in Fault:
        assert finding_words(Finding(fault, ""), ENGLISH).isascii()
    for support in Support:
        assert support_words(support, CHINESE) != support_words(support, ENGLISH)


@pytest.mark.parametrize("messages", MESSAGES.values())
@pytest.mark.parametrize("notice", [each for each in Notice if each])
def test_why_a_models_text_is_missing_is_said_above(messages: Messages, notice: Notice) -> None:
    for answer in (ANSWER, Answer("？", "没有。", refused=True)):
        html = turn_html(Turn("？", answer=replace(answer, notice=notice), number=1), messages)
        assert Reading(html).text.startswith("？" + messages.notices[notice])


def test_a_quoted_answer_says_that_it_is() -> None:
    html = turn_html(Turn("？", answer=ANSWER, number=1), CHINESE)
    assert CHINESE.modes["extractive"] in html
    assert "notice" not in html and "<del>" not in html
