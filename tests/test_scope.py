"""Which documents are asked."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scope import Scope, moment
from errors import DocumentNotFound
from index.store import Entry


def entry(identifier: str, publisher: str, date: str) -> Entry:
    return Entry(identifier, identifier, identifier, "", publisher, date, 0, 0, 0, "")


SHELF = (
    entry("a", "中国信息通信研究院", "2024-03"),
    entry("b", "青湾市统计局", "2022年12月31日"),
    entry("c", "", "2023"),
    entry("d", "信息通信研究院", ""),
)


@pytest.mark.parametrize(
    ("scope", "ids"),
    [
        (Scope(), ""),
        (Scope(documents=("x",)), "x"),
        (Scope(publisher="信息通信"), "ad"),
        (Scope(publisher="信息通信", since="2024"), "a"),
        (Scope(since="2023"), "ac"),
        (Scope(since="2023-06"), "ac"),  # of c only the year is known
        (Scope(until="2022-12-31"), "b"),
        (Scope(until="2022-12"), "b"),
        (Scope(since="2022", until="2023"), "bc"),
        (Scope(documents=("a", "b"), until="2023"), "b"),
    ],
)
def test_what_is_within(scope: Scope, ids: str) -> None:
    assert scope.ids(SHELF) == tuple(ids)


def test_nothing_within_is_said() -> None:
    with pytest.raises(DocumentNotFound, match="银行"):
        Scope(publisher="银行", since="2023").ids(SHELF)


@pytest.mark.parametrize(
    ("date", "known"),
    [
        ("2024年3月1日", (2024, 3, 1)),
        ("2024.03", (2024, 3)),
        ("2024/3/05", (2024, 3, 5)),
        ("2024", (2024,)),
        ("2024-02-29", (2024, 2, 29)),
        ("2023-02-29", ()),
        ("2024-13", ()),
        ("2024-0", ()),
        ("三月", ()),
        ("", ()),
    ],
)
def test_a_date_is_understood_as_far_as_it_goes(date: str, known: tuple[int, ...]) -> None:
    assert moment(date) == known


DAYS = st.dates(datetime.date(1900, 1, 1), datetime.date(2999, 12, 31))


@given(DAYS, DAYS)
def test_a_day_is_within_a_period_that_begins_no_later(day: object, start: object) -> None:
    shelf = (entry("a", "", str(day)),)
    scope = Scope(since=str(start))
    if str(day) >= str(start):
        assert scope.ids(shelf) == ("a",)
    else:
        with pytest.raises(DocumentNotFound):
            scope.ids(shelf)
