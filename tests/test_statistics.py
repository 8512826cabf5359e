"""Intervals, p values and calibration on cases that were worked out by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.statistics import calibration, difference, holm, mean, risk_coverage


def test_a_mean_lies_in_its_interval_and_is_the_same_every_time() -> None:
    values = [0.0, 1.0] * 20
    found = mean(values, [str(i) for i in range(40)])
    assert found.value == 0.5 and found.count == 40
    # the bootstrap's deviation is sqrt(.25 / 40) = .079: 1.96 of them on either side
    assert found.low == pytest.approx(0.5 - 0.155, abs=0.03)
    assert found.high == pytest.approx(0.5 + 0.155, abs=0.03)
    assert mean(values, [str(i) for i in range(40)]) == found
    assert math.isnan(mean([], []).value)


def test_questions_of_one_document_fail_together() -> None:
    values = [0.0] * 20 + [1.0] * 20
    alone = mean(values, [str(i) for i in range(40)])
    together = mean(values, [str(i // 5) for i in range(40)])  # 8 documents
    assert together.high - together.low > 1.5 * (alone.high - alone.low)
    few = mean(values, [str(i // 20) for i in range(40)])  # 2 documents say nothing of others
    assert (few.low, few.high) == (alone.low, alone.high)


def test_differences_by_hand() -> None:
    # 5 questions, all better by 1: of the 32 ways to flip signs 2 are as extreme
    names = [str(i) for i in range(5)]
    better = difference([0] * 5, [1] * 5, names)
    assert better.mean.value == 1
    assert better.p == pytest.approx(2 / 32, abs=0.01)
    assert difference([0, 1], [1, 0], ["a", "b"]).p == 1
    assert difference([1.0] * 9, [1.0] * 9, [str(i) for i in range(9)]).p == 1


def test_holm_by_hand() -> None:
    # sorted .01 .02 .03: times 3, 2, 1, never falling
    assert holm([0.03, 0.01, 0.02]) == pytest.approx([0.04, 0.03, 0.04])
    assert holm([0.9, 0.8]) == [1.0, 1.0]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_correction_never_makes_a_chance_smaller(chances: list[float]) -> None:
    adjusted = holm(chances)
    assert all(p <= q <= 1 for p, q in zip(chances, adjusted, strict=True))


def test_risk_over_coverage_by_hand() -> None:
    curve = risk_coverage([0.2, 0.9, 0.5], [True, False, True])
    expected = [(1 / 3, 0), (2 / 3, 1 / 2), (1, 2 / 3)]
    for point, wanted in zip(curve, expected, strict=True):
        assert point == pytest.approx(wanted)


def test_calibration_by_hand() -> None:
    rows, error = calibration([0.95, 0.91, 0.15], [True, False, False])
    assert rows == [pytest.approx((0.15, 0, 1)), pytest.approx((0.93, 0.5, 2))]
    assert error == pytest.approx((1 * 0.15 + 2 * 0.43) / 3)
