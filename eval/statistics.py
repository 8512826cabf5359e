"""Means with intervals, and whether two runs differ: seeded, so the same every time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

DRAWS = 10_000
SEED = 20_240_301
FEWEST_CLUSTERS = 5

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over ``count`` questions and the 95% interval that it lies in."""

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Difference:
    """How much larger the second of two paired means is, its interval, and the chance of it.

    ``p`` is that of a difference at least as large were there none; ``adjusted`` is p after
    Holm's correction for all that were compared together.
    """

    mean: Mean
    p: float
    adjusted: float = 1.0


def mean(values: Sequence[float], clusters: Sequence[str]) -> Mean:
    """The mean with its percentile bootstrap interval (Efron & Tibshirani 1993).

    Whole ``clusters`` (documents) are drawn, since questions about one document fail
    together; where there are fewer than ``FEWEST_CLUSTERS`` single questions are drawn.
    NaN without values.
    """
    data = np.asarray(values, np.float64)
    if not len(data):
        return Mean(float("nan"), float("nan"), float("nan"), 0)
    groups = _groups(clusters)
    sums = np.bincount(groups, data)
    sizes = np.bincount(groups).astype(np.float64)
    draws = np.random.default_rng(SEED).multinomial(
        len(sums), np.full(len(sums), 1 / len(sums)), size=DRAWS
    )
    means = (draws @ sums) / (draws @ sizes)
    low, high = np.percentile(means, [2.5, 97.5])
    return Mean(float(data.mean()), float(low), float(high), len(data))


def difference(
    first: Sequence[float], second: Sequence[float], clusters: Sequence[str]
) -> Difference:
    """Of values paired by question: second minus first.

    p by sign flips of the questions' differences (Fisher's randomisation; Smucker et al.
    2007): the share of ``DRAWS`` draws, and of the data, that differ at least as much.
    """
    gaps = np.asarray(second, np.float64) - np.asarray(first, np.float64)
    return Difference(mean(gaps.tolist(), clusters), _chance(gaps))


def holm(chances: Sequence[float]) -> list[float]:
    """Each p adjusted for all of them (Holm 1979), in their order."""
    order = sorted(range(len(chances)), key=lambda i: chances[i])
    adjusted = [0.0] * len(chances)
    largest = 0.0
    for place, i in enumerate(order):
        largest = max(largest, min(1.0, (len(chances) - place) * chances[i]))
        adjusted[i] = largest
    return adjusted


def risk_coverage(confidences: Sequence[float], wrong: Sequence[bool]) -> list[tuple[float, float]]:
    """(coverage, risk) when the surest 1, 2, … answers are given (El-Yaniv & Wiener 2010)."""
    order = np.argsort(-np.asarray(confidences), kind="stable")
    errors = np.cumsum(np.asarray(wrong, np.float64)[order])
    given = np.arange(1, len(order) + 1)
    return list(zip((given / max(1, len(order))).tolist(), (errors / given).tolist(), strict=True))


def calibration(
    confidences: Sequence[float], right: Sequence[bool], bins: int = 10
) -> tuple[list[tuple[float, float, int]], float]:
    """(mean confidence, share right, count) of each filled bin, and the expected error.

    The expected calibration error weighs the bins' gaps by their counts (Guo et al. 2017).
    """
    sure, good = np.asarray(confidences, np.float64), np.asarray(right, np.float64)
    places = np.minimum((sure * bins).astype(int), bins - 1)
    rows = [
        (float(sure[places == b].mean()), float(good[places == b].mean()), int(sum(places == b)))
        for b in range(bins)
        if (places == b).any()
    ]
    error = sum(count * abs(a - b) for a, b, count in rows) / max(1, len(sure))
    return rows, error


def _groups(clusters: Sequence[str]) -> npt.NDArray[np.int64]:
    names = sorted(set(clusters))
    if len(names) < FEWEST_CLUSTERS:
        return np.arange(len(clusters))
    places = {name: i for i, name in enumerate(names)}
    return np.asarray([places[name] for name in clusters])


def _chance(gaps: Numbers) -> float:
    if not len(gaps):
        return 1.0
    draw = np.random.default_rng(SEED)
    signs = draw.choice([-1.0, 1.0], size=(DRAWS, len(gaps)))
    sums = np.abs(signs @ gaps)
    return float((np.sum(sums >= abs(gaps.sum()) - 1e-12) + 1) / (DRAWS + 1))
