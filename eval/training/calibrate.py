"""Learns when a passage answers and when an answer may be given (app.reader.calibration)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

from app.reader.calibration import Logistic, relevance_features
from app.reader.reader import NetworkReader
from eval.training.cases import ANSWERABLE, KINDS, Case, Trial

_SHARES = dict(zip(KINDS, (0.5, 0.17, 0.06, 0.06, 0.21), strict=True))
# What may only raise the odds, and what may only lower them: a fit on a few hundred cases
# must not learn from chance that a missing year is a good sign.
_RAISES = frozenset(
    {"margin", "similarity", "relevance", "certainty", "agreement", "first", "coverage"}
)
_LOWERS = frozenset(
    {"behind", "rarest", "years", "numbers", "names", "places", "elsewhere", "unsuited"}
)


def learn_relevance(trials: Sequence[Trial]) -> Logistic:
    """From every passage that was found for every question."""
    rows, labels, weights = [], [], []
    for trial in trials:
        for case in trial.cases:
            top = max(hit.score for hit in case.hits)
            margins = trial.reader.margins(case.question, case.hits)
            for hit, margin in zip(case.hits, margins, strict=True):
                rows.append(relevance_features(margin, hit.score, top, hit.similarity))
                labels.append(hit.passage.id in case.holds)
                weights.append(trial.weight)
    return fitted(rows, labels, np.array(weights))


def learn_confidence(trials: Sequence[Trial]) -> Logistic:
    """From the best candidate of every question; what is answerable weighs one half."""
    kinds = [case.kind for trial in trials for case in trial.cases]
    weights = np.array([trial.weight for trial in trials for _ in trial.cases])
    rows = [confidence_features(case, trial.reader) for trial in trials for case in trial.cases]
    return fitted(rows, [kind == ANSWERABLE for kind in kinds], evened(kinds, weights))


def evened(kinds: Sequence[str], weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """``weights`` such that each kind has its share of their sum, which stays."""
    shares = {kind: _SHARES[kind] for kind in set(kinds)}
    made = weights.copy()
    for kind, share in shares.items():
        of_kind = np.array(kinds) == kind
        made[of_kind] *= share / sum(shares.values()) * weights.sum() / weights[of_kind].sum()
    return made


def confidence_features(case: Case, reader: NetworkReader) -> dict[str, float]:
    """What the confidence in the answer to ``case`` is judged by."""
    return reader.features(case.question, reader.candidates(case.question, case.hits))


def fitted(
    rows: Sequence[Mapping[str, float]], labels: Sequence[bool], weights: npt.NDArray[np.float64]
) -> Logistic:
    """A logistic regression, lightly regularised, with the signs that are known kept."""
    names = list(rows[0])
    table = np.array([[row[name] for name in names] for row in rows])
    mean, deviation = table.mean(axis=0), np.maximum(table.std(axis=0), 1e-6)
    data = np.hstack([(table - mean) / deviation, np.ones((len(table), 1))])
    sign = np.where(labels, 1.0, -1.0)

    def cost(slopes: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        odds = sign * (data @ slopes)
        pull = -weights * sign * expit(-odds)
        value = float(weights @ np.logaddexp(0, -odds)) + 0.5 * float(slopes[:-1] @ slopes[:-1])
        return value, data.T @ pull + np.append(slopes[:-1], 0.0)

    bounds = [(0 if name in _RAISES else None, 0 if name in _LOWERS else None) for name in names]
    found = minimize(
        cost, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)]
    ).x
    slopes = found[:-1] / deviation
    return Logistic(
        round(float(found[-1] - slopes @ mean), 4),
        {name: round(float(slope), 4) for name, slope in zip(names, slopes, strict=True)},
    )


def save(path: Path, relevance: Logistic, confidence: Logistic) -> None:
    """Write the models as app.reader.calibration reads them."""
    models = {
        name: {"bias": model.bias, "weights": dict(model.weights)}
        for name, model in (("relevance", relevance), ("confidence", confidence))
    }
    path.write_text(json.dumps(models, indent=1) + "\n", encoding="utf-8")
