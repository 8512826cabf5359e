"""What a run amounts to: means with intervals, by kind and by document, and the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from eval.causes import Cause
from eval.run import Outcome, Run
from eval.statistics import Mean, calibration, mean, risk_coverage

PERCENTILES = (50, 95, 99)


@dataclass(frozen=True, slots=True)
class Refusals:
    """Refusing as a classifier of unanswerable questions: how good it is at that."""

    precision: float | None
    recall: float | None
    f1: float | None
    wrongly: float | None
    """The share of the answerable questions that were refused."""


def means(outcomes: Sequence[Outcome], among: Collection[str] = ()) -> dict[str, Mean]:
    """Each measure over the questions that it applies to; left out where it applies to none.

    Only those of ``among``, if any are named.
    """
    known = outcomes[0].measures if outcomes else {}
    names = [name for name in known if not among or name in among]
    found = {
        name: mean(
            [value for o in outcomes if (value := o.measures[name]) is not None],
            [o.document for o in outcomes if o.measures[name] is not None],
        )
        for name in names
    }
    return {name: each for name, each in found.items() if each.count}


def grouped(
    outcomes: Iterable[Outcome], key: Callable[[Outcome], str], among: Collection[str] = ()
) -> dict[str, dict[str, Mean]]:
    """The means of each group, groups in the order of their names; ``among`` as for means."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(key(outcome) or "–", []).append(outcome)
    return {name: means(groups[name], among) for name in sorted(groups)}


def refusals(outcomes: Iterable[Outcome]) -> Refusals:
    """Precision, recall and F1 of refusing; None where nothing was there to count."""
    known = [o for o in outcomes if o.gold.answerable is not None]
    refused = [o for o in known if o.refused]
    unanswerable = [o for o in known if not o.gold.answerable]
    rightly = sum(o.refused for o in unanswerable)
    precision = rightly / len(refused) if refused else None
    recall = rightly / len(unanswerable) if unanswerable else None
    both = precision is not None and recall is not None and precision + recall > 0
    answerable = len(known) - len(unanswerable)
    return Refusals(
        precision,
        recall,
        2 * precision * recall / (precision + recall) if both else None,  # type: ignore[operator]
        (len(refused) - rightly) / answerable if answerable else None,
    )


def causes(outcomes: Iterable[Outcome]) -> dict[Cause, int]:
    """How many wrong answers each stage is to blame for."""
    counted = Counter(outcome.cause for outcome in outcomes)
    return {cause: counted[cause] for cause in Cause if counted[cause] and cause is not Cause.NONE}


def latency(outcomes: Iterable[Outcome]) -> dict[str, tuple[float, ...]]:
    """Milliseconds at PERCENTILES for each stage."""
    timings = [o.answer["timings_ms"] for o in outcomes if not o.error]
    stages = timings[0] if timings else {}
    return {
        stage: tuple(float(np.percentile([t[stage] for t in timings], p)) for p in PERCENTILES)
        for stage in stages
    }


def curves(run: Run) -> tuple[list[tuple[float, float]], list[tuple[float, float, int]], float]:
    """Risk-coverage of the answers' confidence, its calibration, and the expected error.

    Over the questions whose gold can tell; a refused one counts as it would have if answered,
    so an unanswerable one is an error and an answerable one is right only if it was correct.
    """
    known = [o for o in run.outcomes if o.measures["correct"] is not None and not o.error]
    right = [bool(o.gold.answerable) and o.measures["correct"] == 1.0 for o in known]
    sure = [o.confidence for o in known]
    rows, error = calibration(sure, right)
    return risk_coverage(sure, [not each for each in right]), rows, error
