"""Several ranked lists become one. Pure arithmetic."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

Scores = Mapping[str, float]


def standardise(scores: Scores) -> dict[str, float]:
    """Scores less their mean, in standard deviations; all zero when they don't differ."""
    if not scores:
        return {}
    mean = sum(scores.values()) / len(scores)
    deviation = math.sqrt(sum((score - mean) ** 2 for score in scores.values()) / len(scores))
    if deviation == 0:
        return dict.fromkeys(scores, 0.0)
    return {key: (score - mean) / deviation for key, score in scores.items()}


def fuse(lists: Sequence[tuple[float, Scores]]) -> dict[str, float]:
    """The weighted mean of standardised scores, best first.

    ``lists`` holds (weight, scores by key); what a list missed gets that list's lowest
    standardised score. Lists that are empty have no say. Lee (SIGIR 1997) and Bruch et al.
    (TOIS 2023, arXiv 2210.11934) compare such sums with rank fusion.
    """
    standardised = [(weight, standardise(scores)) for weight, scores in lists if scores]
    total = sum(weight for weight, _ in standardised)
    if not total:
        return {}
    keys = {key for _, scores in standardised for key in scores}
    fused = dict.fromkeys(sorted(keys), 0.0)
    for weight, scores in standardised:
        lowest = min(scores.values())
        for key in fused:
            fused[key] += weight / total * scores.get(key, lowest)
    return dict(sorted(fused.items(), key=lambda item: (-item[1], item[0])))


def ranks(scores: Scores) -> dict[str, int]:
    """Rank from 1 by key, highest score first, ties by key."""
    ordered = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return {key: rank for rank, (key, _) in enumerate(ordered, start=1)}
