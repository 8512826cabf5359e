from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

import records
from records import Address, Document, Heading, Kind, Passage, Span, Table, covering
from tests.samples import make_document

spans = st.tuples(st.integers(0, 50), st.integers(0, 50)).map(lambda p: Span(min(p), max(p)))


def test_every_record_is_frozen() -> None:
    kinds = [kind for kind in vars(records).values() if dataclasses.is_dataclass(kind)]
    assert len(kinds) >= 9
    assert all(vars(kind)["__dataclass_params__"].frozen for kind in kinds)


@pytest.mark.parametrize(("start", "end"), [(3, 2), (-1, 2)])
def test_a_span_runs_forward_from_zero(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=f"{start}:{end}"):
        Span(start, end)


@given(spans, spans)
def test_spans_agree_with_sets_of_positions(one: Span, two: Span) -> None:
    first, second = set(range(one.start, one.end)), set(range(two.start, two.end))
    assert len(one) == len(first)
    if first and second:
        assert one.overlaps(two) == bool(first & second)
        assert one.contains(two) == (second <= first)
    assert covering([one, two]).contains(one)


def test_covering_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="no span"):
        covering([])


def outlined() -> Document:
    text = "一、总体\n甲。\n（一）分项\n乙。\n二、建议\n丙。"
    heads = [(1, "一、总体"), (2, "（一）分项"), (1, "二、建议")]
    outline = tuple(
        Heading(level, Span(text.index(title), text.index(title) + len(title)))
        for level, title in heads
    )
    return make_document(text, outline=outline, pages=(Span(0, 8), Span(8, len(text))))


@pytest.mark.parametrize(
    ("word", "path", "page"),
    [("甲", ("一、总体",), 1), ("乙", ("一、总体", "（一）分项"), 2), ("丙", ("二、建议",), 2)],
)
def test_a_position_knows_its_sections_and_page(
    word: str, path: tuple[str, ...], page: int
) -> None:
    document = outlined()
    position = document.text.index(word)
    assert document.headings_at(position) == path
    assert document.page_of(position) == page


def test_an_address_counts_lines_tables_and_rows() -> None:
    text = "果园\n品种\t产量\n红玉\t3\n冬天"
    cells = [Span(3, 5), Span(6, 8), Span(9, 11), Span(12, 13)]
    table = Table(Span(3, 13), (tuple(cells[:2]), tuple(cells[2:])))
    document = dataclasses.replace(make_document(text), tables=(table,))
    assert document.address_of(0) == Address(line=1)
    assert document.address_of(12) == Address(line=3, table=1, row=2)
    assert document.address_of(len(text) - 1) == Address(line=4)
    sheet = dataclasses.replace(table, places=("投资!A1:B1", "投资!A2:B2"))
    document = dataclasses.replace(document, tables=(sheet,))
    assert document.address_of(9).cells == "投资!A2:B2"


def test_a_document_without_pages_has_no_page() -> None:
    assert make_document("甲乙").page_of(1) is None


@given(st.text(min_size=1), st.data())
def test_a_passage_is_an_interval_of_its_document(text: str, data: st.DataObject) -> None:
    document = make_document(text)
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    passage = Passage.cut(document, span, Kind.TABLE, header="甲｜乙")
    assert passage.text == text[span.start : span.end]
    assert passage.id == f"{document.id}:{span.start}-{span.end}"
    assert passage.context == "甲｜乙"
