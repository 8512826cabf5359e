from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fusion import fuse, ranks, standardise

scores = st.dictionaries(st.sampled_from("abcdef"), st.floats(-100, 100), max_size=6)


def test_standardise_by_hand() -> None:
    # mean 2, deviation sqrt(((1-2)^2 + (3-2)^2) / 2) = 1
    assert standardise({"a": 1.0, "b": 3.0}) == {"a": -1.0, "b": 1.0}
    assert standardise({"a": 5.0, "b": 5.0}) == {"a": 0.0, "b": 0.0}
    assert standardise({}) == {}


def test_fuse_by_hand() -> None:
    # list 1 standardised: a -1, b 1; list 2: b -1, c 1; what is missed gets -1.
    # a = .75 * -1 + .25 * -1, b = .75 * 1 + .25 * -1, c = .75 * -1 + .25 * 1
    fused = fuse([(3.0, {"a": 1.0, "b": 3.0}), (1.0, {"b": 10.0, "c": 20.0})])
    assert fused == {"b": pytest.approx(0.5), "c": pytest.approx(-0.5), "a": pytest.approx(-1.0)}
    assert list(fused) == ["b", "c", "a"]


def test_an_empty_list_has_no_say() -> None:
    alone = fuse([(1.0, {"a": 1.0, "b": 2.0})])
    assert fuse([(1.0, {"a": 1.0, "b": 2.0}), (5.0, {})]) == alone
    assert fuse([]) == {} == fuse([(1.0, {})])


@given(st.lists(st.tuples(st.floats(0.1, 2), scores), max_size=3))
def test_everything_found_is_ranked_once_best_first(
    lists: list[tuple[float, dict[str, float]]],
) -> None:
    fused = fuse(lists)
    assert set(fused) == {key for _, found in lists for key in found}
    assert list(fused.values()) == sorted(fused.values(), reverse=True)
    assert sorted(ranks(fused).values()) == list(range(1, len(fused) + 1))
