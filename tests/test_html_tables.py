from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.html.page import MAX_PLACES
from ingest.html.reader import read_html
from ingest.html.tables import MAX_COLUMNS, covered


def cells(page: str) -> list[list[str]]:
    draft = read_html(page.encode())
    (table,) = draft.tables
    return [[cell.of(draft.source.text) for cell in row] for row in table.rows]


HEADER = (
    "<tr><th rowspan=2>省份</th><th colspan=2>算力</th></tr><tr><th>2022</th><th>2023</th></tr>"
)
BODY = "<tr><td>广东</td><td>20</td><td>25</td></tr>"


def test_covered_places_are_empty_and_columns_line_up() -> None:
    draft = read_html(f"<table>{HEADER}{BODY}</table><p>后文".encode())
    assert draft.source.text == "省份\t算力\t\n\t2022\t2023\n广东\t20\t25\n后文"
    (table,) = draft.tables
    assert table.header_rows == 2
    assert cells(f"<table>{HEADER}{BODY}</table>") == [
        ["省份", "算力", ""],
        ["", "2022", "2023"],
        ["广东", "20", "25"],
    ]


@pytest.mark.parametrize(
    ("rows", "laid_out"),
    [
        ("<tr><td>甲<td rowspan=2>乙<td>丙<tr><td>丁<td>戊", ["甲 乙 丙", "丁 - 戊"]),
        ("<tr><td>甲<td rowspan=2>乙<tr><td>丙", ["甲 乙", "丙 -"]),
        ("<tr><td rowspan=2 colspan=2>甲<td>乙<tr><td>丙", ["甲 - 乙", "- - 丙"]),
        ("<tr><td rowspan=9>甲<td>乙<tr><td>丙<tr><td>丁", ["甲 乙", "- 丙", "- 丁"]),
        ("<tr><td rowspan=2>甲<td>乙<tr><tr><td>丙<td>丁", ["甲 乙", "丙 丁"]),
        ("<tbody><tr><td rowspan=9>甲<td>乙<tbody><tr><td>丙<td>丁", ["甲 乙", "丙 丁"]),
        ("<tr><td colspan=3>甲<tr><td>乙<td>丙<td>丁", ["甲 - -", "乙 丙 丁"]),
        ("<tr><td colspan=12>甲<td>末<tr><td>乙<td>丙", [f"甲 {'- ' * 11}末", "乙 丙"]),
        ("<tr><td colspan=0>甲<td rowspan=x>乙<tr><td>丙<td colspan=-2>丁", ["甲 乙", "丙 丁"]),
    ],
)
def test_how_cells_cover_each_other(rows: str, laid_out: list[str]) -> None:
    expected = [[word.strip("-") for word in row.split()] for row in laid_out]
    assert cells(f"<table>{rows}</table>") == expected


def test_rows_of_a_thead_head_the_columns_whatever_their_cells_are() -> None:
    page = "<table><thead><tr><td>年份<td>规模<tr><td>年<td>亿元</thead><tr><td>2022<td>1.8</table>"
    (table,) = read_html(page.encode()).tables
    assert table.header_rows == 2


def test_a_claim_is_bounded() -> None:
    assert covered("1000000", MAX_COLUMNS) == MAX_COLUMNS
    assert [covered(value, 9) for value in (None, "", "0", "-3", "x", " 2", "3.5")] == [
        *(1, 1, 1, 1, 1, 2, 3)
    ]
    before = process_time()
    row = "<tr><td colspan=1000000 rowspan=1000000>甲<td>乙"
    draft = read_html(f"<table>{row * 2_000}</table>".encode())
    (table,) = draft.tables
    assert sum(map(len, table.rows)) <= 2 * 2_000 + MAX_PLACES
    assert process_time() - before < 20


@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from(["", "甲", "a b"]), *[st.integers(0, 12)] * 2)),
        max_size=6,
    ),
    st.booleans(),
)
def test_cells_increase_and_every_origin_does(
    rows: list[list[tuple[str, int, int]]], closed: bool
) -> None:
    end, row_end = ("</td>", "</tr>") if closed else ("", "")
    page = "".join(
        "<tr>" + "".join(f"<td colspan={c} rowspan={r}>{text}{end}" for text, c, r in row) + row_end
        for row in rows
    )
    draft = read_html(f"前<table>{page}</table>后".encode())
    source = draft.source
    assert all(a < b for a, b in pairwise(source.origins))
    for table in draft.tables:
        places = [cell for row in table.rows for cell in row]
        assert all(a.end <= b.start for a, b in pairwise(places))
        assert all(table.span.contains(cell) for cell in places)
        own = [text for row in rows for text, _, _ in row if text]
        assert [cell.of(source.text) for cell in places if len(cell)] == own
