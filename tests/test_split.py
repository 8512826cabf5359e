import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.outline import find_headings
from ingest.split import sentences, split
from records import Block, Document, Heading, Kind, Passage, Span, Table
from settings import SplitSettings


def document(
    text: str,
    outline: tuple[Heading, ...] = (),
    tables: tuple[Table, ...] = (),
    blocks: tuple[Block, ...] = (),
) -> Document:
    return Document(
        id="0123456789ab",
        path="orchard.txt",
        sha256="0" * 64,
        title="果园",
        raw=text,
        text=text,
        origins=tuple(range(len(text))),
        outline=outline,
        tables=tables,
        blocks=blocks,
    )


def found(text: str) -> list[str]:
    return [span.of(text) for span in sentences(text)]


def test_sentences_end_with_their_quotes_brackets_and_marks() -> None:
    text = "他说：“下雨了。”雨很大！？收三成³。（见上文。）完；再来"
    assert found(text) == [
        "他说：“下雨了。”",
        "雨很大！？",
        "收三成³。",
        "（见上文。）",
        "完；",
        "再来",
    ]
    assert found("收了三成。³又收。") == ["收了三成。³", "又收。"]
    assert found('"好!" 她答。"走吧。"') == ['"好!"', "她答。", '"走吧。"']


def test_dots_that_end_nothing() -> None:
    for text in (
        "面积 1.8 万亩，见 Nos. 5 and 6",
        "地址 https://example.org/a?b=1;c=2!d 有图",
        "公司 Orchard Co. Ltd 在 A.B.C 街",
    ):
        assert found(text) == [text]
    assert found("It rained. The river rose. 涨水了。") == [
        "It rained.",
        "The river rose.",
        "涨水了。",
    ]


def test_lines_end_sentences_and_notes_hold_together() -> None:
    assert found("第一行\n  第二行\n\n") == ["第一行", "第二行"]
    text = "果园〔¹ 不含桃园。也不含梨园！〕有三座。完。"
    assert found(text) == ["果园〔¹ 不含桃园。也不含梨园！〕有三座。", "完。"]


@given(st.text(st.sampled_from('甲乙。！？；”〕〔（）\n .!?;"1a ³')))
def test_sentences_are_trimmed_ordered_and_complete(text: str) -> None:
    spans = sentences(text)
    end = 0
    for span in spans:
        assert span.start >= end
        assert not text[end : span.start].strip()
        assert span.of(text) == span.of(text).strip() != ""
        end = span.end
    assert not text[end:].strip()


def test_passages_end_where_paragraphs_do_when_they_are_long_enough() -> None:
    one, two = "苹果红了。" * 20 + "\n", "梨黄了呀。" * 20
    passages = split(document(one + two), SplitSettings(minimum=80, maximum=150))
    assert [passage.text for passage in passages] == [one.strip(), two]


def test_headings_travel_beside_the_passage() -> None:
    text = "一、苹果\n苹果红了。\n（一）红玉\n红玉甜。\n二、梨\n"
    passages = split(document(text, find_headings(text)), SplitSettings())
    assert [(p.text, p.headings) for p in passages] == [
        ("苹果红了。", ("一、苹果",)),
        ("红玉甜。", ("一、苹果", "（一）红玉")),
        ("二、梨", ("二、梨",)),
    ]


def test_a_long_sentence_is_cut_at_commas_and_never_in_a_number() -> None:
    text = "果园收了" + "苹果和梨，" * 8 + "共计1234567.89万元" + "还有桃" * 20
    passages = split(document(text), SplitSettings(minimum=5, maximum=30))
    assert "".join(passage.text for passage in passages) == text
    assert any("1234567.89万元" in passage.text for passage in passages)
    assert passages[0].text.endswith("，")


def test_combining_characters_stay_with_their_letter() -> None:
    text = "e\u0301" * 50
    for passage in split(document(text), SplitSettings(minimum=5, maximum=21)):
        assert passage.text.startswith("e") and passage.text.endswith("\u0301")


def table_document(rows: Sequence[Sequence[str]], caption: str = "表 1 收成") -> Document:
    text = f"秋天到了。\n{caption}\n"
    cells: list[tuple[Span, ...]] = []
    for row in rows:
        line = []
        for cell in row:
            line.append(Span(len(text), len(text) + len(cell)))
            text += cell + "\t"
        text += "\n"
        cells.append(tuple(line))
    start = text.index(caption)
    table = Table(
        Span(cells[0][0].start, len(text)), tuple(cells), 1, Span(start, start + len(caption))
    )
    return document(text + "冬天来了。", tables=(table,))


def test_each_row_is_a_passage_that_names_its_columns() -> None:
    rows = [("品种", "产量"), ("红玉", "3 吨"), ("国光", "5 吨")]
    passages = split(table_document(rows), SplitSettings(minimum=20, maximum=60))
    assert [(p.text, p.sentence, p.header) for p in passages if p.kind is Kind.TABLE] == [
        ("红玉\t3 吨", "品种：红玉；产量：3 吨", "表 1 收成"),
        ("国光\t5 吨", "品种：国光；产量：5 吨", "表 1 收成"),
    ]
    assert [p.text for p in passages if p.kind is Kind.PROSE] == ["秋天到了。", "冬天来了。"]


def test_a_cell_that_reaches_down_goes_along_with_the_rows_below() -> None:
    rows = [("产区", "品种"), ("东坡", "红玉"), ("", "国光"), ("西坡", "青香蕉")]
    parts = [p for p in split(table_document(rows), SplitSettings()) if p.kind is Kind.TABLE]
    assert [part.header for part in parts] == ["表 1 收成", "表 1 收成\n产区：东坡", "表 1 收成"]
    assert parts[1].sentence == "品种：国光"


def test_a_row_that_is_cut_keeps_its_label_and_the_columns_of_its_parts() -> None:
    rows = [("品种", "说明"), ("红玉", "果肉细。" * 8)]
    parts = [
        p
        for p in split(table_document(rows), SplitSettings(minimum=5, maximum=20))
        if p.kind is Kind.TABLE
    ]
    assert len(parts) > 1
    assert parts[0].sentence.startswith("品种：红玉；说明：果肉细。")
    for part in parts[1:]:
        assert part.header == "表 1 收成\n品种：红玉"
        assert part.sentence == f"说明：{part.text}"


def test_header_rows_above_one_another_name_a_column_together() -> None:
    rows = [("", "2021 年", ""), ("地区", "数量", "占比"), ("甲县", "3", "5%")]
    table = replace(table_document(rows).tables[0], header_rows=2)
    (passage,) = [
        p
        for p in split(replace(table_document(rows), tables=(table,)), SplitSettings())
        if p.kind is Kind.TABLE
    ]
    assert passage.sentence == "地区：甲县；2021 年 数量：3；2021 年 占比：5%"


def test_a_table_of_nothing_but_headers_is_kept() -> None:
    (passage,) = [
        p
        for p in split(table_document([("品种", "产量")]), SplitSettings())
        if p.kind is Kind.TABLE
    ]
    assert passage.text == "表 1 收成\n品种\t产量" and not passage.cells


def test_a_footnote_in_a_sentence_is_found_twice() -> None:
    text = "果园〔¹ 不含桃园。〕有三座。\n² 数据来自村里。\n图 1 果园"
    note = Span(text.index("¹"), text.index("〕"))
    alone = Span(text.index("²"), text.index("\n图"))
    figure = Span(text.index("图"), len(text))
    blocks = (
        Block(Kind.FOOTNOTE, note),
        Block(Kind.FOOTNOTE, alone),
        Block(Kind.FIGURE, figure),
    )
    passages = split(document(text, blocks=blocks), SplitSettings())
    assert [(p.kind, p.text) for p in passages] == [
        (Kind.PROSE, "果园〔¹ 不含桃园。〕有三座。"),
        (Kind.FOOTNOTE, "¹ 不含桃园。"),
        (Kind.FOOTNOTE, "² 数据来自村里。"),
        (Kind.FIGURE, "图 1 果园"),
    ]


LINES = st.lists(
    st.one_of(
        st.sampled_from(["一、苹果", "（一）红玉", "1.1 梨", "", "  ", "果园〔¹ 注。〕好。"]),
        st.text(st.sampled_from("果园里有树，。；！？ 12.5万元a”（）"), max_size=80),
    ),
    max_size=12,
)


def check(doc: Document, limits: SplitSettings) -> tuple[Passage, ...]:
    passages = split(doc, limits)
    covered = bytearray(len(doc.text))
    for passage in passages:
        assert passage.span.of(doc.text) == passage.text
        assert 0 < len(passage.text) <= limits.maximum
        assert passage.text == passage.text.strip()
        assert all(passage.span.contains(cell.span) for cell in passage.cells)
        covered[passage.span.start : passage.span.end] = b"\x01" * len(passage.span)
    for heading in doc.outline:
        for passage in passages:
            assert passage.span == heading.span or not (
                passage.span.start < heading.span.start < passage.span.end
            )
        covered[heading.span.start : heading.span.end] = b"\x01" * len(heading.span)
    for table in doc.tables:
        for part in (table.caption, *(cell for row in table.rows[:1] for cell in row)):
            if part is not None and len(table.rows) > 1:
                covered[part.start : part.end] = b"\x01" * len(part)
    lost = "".join(c for c, kept in zip(doc.text, covered, strict=True) if not kept)
    assert not lost.strip()
    assert len({passage.id for passage in passages}) == len(passages)
    return passages


@given(LINES, st.integers(1, 40), st.integers(0, 60))
def test_nothing_is_lost_and_nothing_is_too_long(lines: list[str], low: int, more: int) -> None:
    text = "\n".join(lines)
    limits = SplitSettings(minimum=low, maximum=max(20, low + more))
    check(document(text, find_headings(text)), limits)


@given(
    st.lists(
        st.tuples(
            st.text("果树12，。", min_size=1, max_size=40),
            st.text("梨a 3", min_size=1, max_size=40),
        ),
        min_size=1,
        max_size=10,
    ),
    st.integers(20, 60),
)
@settings(max_examples=60)
def test_tables_lose_nothing(rows: list[tuple[str, str]], maximum: int) -> None:
    check(table_document(rows), SplitSettings(minimum=1, maximum=maximum))


def test_sentences_are_cut_only_when_they_are_too_long() -> None:
    text = "".join(f"第{n}棵树上有{n}个果子，都很甜。" for n in range(100))
    whole = set(found(text))
    for passage in split(document(text), SplitSettings()):
        assert set(re.findall("[^。]+。", passage.text)) <= whole
        assert 150 <= len(passage.text) <= 350


@pytest.mark.parametrize("text", ["", " \n ", "\n"])
def test_no_text_no_passages(text: str) -> None:
    assert split(document(text), SplitSettings()) == ()
