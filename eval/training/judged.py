"""How good the reader is, on questions that it was neither trained nor calibrated with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from app.claims.reading import DOUBTED, Entails
from app.reader.reader import NetworkReader
from eval.benchmarks import read_in_own
from eval.comprehension import exact_match, f1
from eval.training.calibrate import confidence_features, evened
from eval.training.cases import ANSWERABLE, KINDS, NEAR_MISS, Case
from eval.training.sources import CMRC, DRCD, SQUAD2, Question, document
from eval.training.written import SOURCE as WRITTEN
from eval.training.written import Claim

Numbers = npt.NDArray[np.float64]
_BINS = 10


def claimed(claims: Sequence[Claim], entails: Entails) -> dict[str, float]:
    """How well ``entails`` tells claims that hold from others, each beside its passage."""
    from sklearn.metrics import roc_auc_score

    said = np.array([entails(c.text, c.paragraph.title, c.paragraph.text) for c in claims])
    holds = np.array([each.holds for each in claims])
    return {
        "claims": len(claims),
        "AUROC": round(float(roc_auc_score(holds, said)), 3),
        "judged right at 0.5": round(float(((said >= 0.5) == holds).mean()), 3),
        f"true, below {DOUBTED}": round(float((said[holds] < DOUBTED).mean()), 3),
        f"false, below {DOUBTED}": round(float((said[~holds] < DOUBTED).mean()), 3),
    }


def report(cases: Sequence[Case], reader: NetworkReader) -> dict[str, Any]:
    """AUROC by kind, calibration error, risk and coverage, and what thresholds refuse.

    For the calibration error and the reliability diagram the kinds weigh as in learning.
    """
    from sklearn.metrics import roc_auc_score

    model = reader.calibration.confidence
    probability = np.array([model.probability(confidence_features(c, reader)) for c in cases])
    kinds = np.array([case.kind for case in cases])
    answerable = kinds == ANSWERABLE
    said = [reader.read(case.question, case.hits).short_answer for case in cases]
    overlaps = [f1(text, case.references) for text, case in zip(said, cases, strict=True)]
    right = answerable & (np.array(overlaps) >= 0.5)
    weights = evened([case.kind for case in cases], np.ones(len(cases)))
    auroc = {}
    for kind in KINDS[1:]:
        among = answerable | (kinds == kind)
        auroc[kind] = float(roc_auc_score(answerable[among], probability[among]))
    squad = np.array([case.source == SQUAD2 for case in cases])
    near = squad & (answerable | (kinds == NEAR_MISS))
    auroc["near miss, same source"] = float(roc_auc_score(answerable[near], probability[near]))
    return {
        "cases": {kind: int((kinds == kind).sum()) for kind in sorted(set(kinds.tolist()))},
        "auroc": {kind: round(value, 3) for kind, value in auroc.items()},
        "calibration error": round(calibration_error(probability, answerable, weights), 3),
        "reliability": reliability(probability, answerable, weights),
        "risk and coverage": risk_coverage(probability, right),
        "refused at": {
            f"{threshold:.2f}": {
                kind: round(float((probability[kinds == kind] < threshold).mean()), 3)
                for kind in sorted(set(kinds.tolist()))
            }
            for threshold in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
        },
    }


def reliability(
    probability: Numbers, true: npt.NDArray[np.bool_], weights: Numbers
) -> list[dict[str, float]]:
    """The reliability diagram: mean probability and share that is true, by tenth."""
    bins = np.minimum((probability * _BINS).astype(int), _BINS - 1)
    return [
        {
            "cases": int(inside.sum()),
            "weight": float(weights[inside].sum() / weights.sum()),
            "said": round(float(np.average(probability[inside], weights=weights[inside])), 3),
            "true": round(float(np.average(true[inside], weights=weights[inside])), 3),
        }
        for inside in (bins == number for number in range(_BINS))
        if inside.any()
    ]


def calibration_error(probability: Numbers, true: npt.NDArray[np.bool_], weights: Numbers) -> float:
    """Expected calibration error over tenths: Naeini et al. (AAAI 2015)."""
    return sum(
        row["weight"] * abs(row["said"] - row["true"])
        for row in reliability(probability, true, weights)
    )


def risk_coverage(probability: Numbers, right: npt.NDArray[np.bool_]) -> list[dict[str, float]]:
    """Of the surest share of all cases, how many are answered wrongly: El-Yaniv and Wiener 2010."""
    order = np.argsort(-probability)
    rows = []
    for coverage in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0):
        taken = order[: max(1, round(coverage * len(order)))]
        rows.append({"coverage": coverage, "risk": round(1 - float(right[taken].mean()), 3)})
    return rows


def reading(
    questions: Sequence[Question], cases: Sequence[Case], reader: NetworkReader
) -> list[dict[str, Any]]:
    """EM and F1 with the gold paragraph, by set, and from what was found among all."""
    own = [
        (read_in_own(reader, question.text, document(question.paragraph)), question)
        for question in questions
        if question.answers and question.paragraph.source != SQUAD2
    ]
    rows = [
        _scored(
            f"{name}, own paragraph",
            [pair for pair in own if pair[1].paragraph.source in sources],
        )
        for name, sources in (
            ("DRCD", DRCD),
            ("CMRC 2018 trial", (CMRC,)),
            ("DRCD and CMRC", (*DRCD, CMRC)),
            ("written for training", (WRITTEN,)),
        )
    ]
    by_id = {question.id: question for _, question in own}
    found = [
        (reader.read(case.question, case.hits).short_answer, by_id[case.id])
        for case in cases
        if case.kind == ANSWERABLE and case.source in (*DRCD, CMRC)
    ]
    searched = {question.id for _, question in found}
    rows.append(
        _scored(
            "DRCD and CMRC, own paragraph, those searched for",
            [pair for pair in own if pair[1].id in searched],
        )
    )
    rows.append(_scored("the same, found among all paragraphs", found))
    return rows


def _scored(what: str, pairs: Sequence[tuple[str, Question]]) -> dict[str, Any]:
    return {
        "what": what,
        "questions": len(pairs),
        "em": round(100 * float(np.mean([exact_match(a, q.references) for a, q in pairs])), 1),
        "f1": round(100 * float(np.mean([f1(a, q.references) for a, q in pairs])), 1),
    }


def paired(cases: Sequence[Case], reader: NetworkReader) -> dict[str, float]:
    """How often the passage that answers stands first, by retrieval and after reading."""
    before, after = [], []
    for case in cases:
        if any(hit.passage.id in case.holds for hit in case.hits):
            before.append(case.hits[0].passage.id in case.holds)
            after.append(reader.rank(case.question, case.hits)[0].passage.id in case.holds)
    return {
        "questions": len(before),
        "retrieval": round(100 * float(np.mean(before)), 1),
        "reranked": round(100 * float(np.mean(after)), 1),
        "better": int(sum(a and not b for a, b in zip(after, before, strict=True))),
        "worse": int(sum(b and not a for a, b in zip(after, before, strict=True))),
    }
