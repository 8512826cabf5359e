"""Learns when a passage answers and when an answer may be given, and judges both.

Every question is put to a library of all the paragraphs, through the real retriever and the
exported network. There are four kinds of case: the library answers the question, it holds
only a near miss (the unanswerable questions of SQuAD 2.0), the question is about another
year, or its own paragraph was taken out of what was found. What is learnt comes from the
``tune`` half of the held-out titles, what is reported from the ``test`` half.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

from app.assistant import Assistant
from app.reader.calibration import Logistic, relevance_features
from app.reader.reader import NetworkReader
from eval.comprehension import exact_match, f1
from eval.judge import from_own_paragraph
from eval.training.sources import CMRC, DRCD, SQUAD2, Question, document
from records import Hit

DEPTH = 10
KINDS = ("answerable", "near miss", "another year", "removed")
MOST = dict(zip(KINDS, (160, 110, 50, 110), strict=True))
_SHARES = dict(zip(KINDS, (0.5, 0.17, 0.08, 0.25), strict=True))
_YEAR = re.compile(r"(?:19|20)[0-9]{2}(?=年)")
# What may only raise the odds, and what may only lower them: a fit on a few hundred cases
# must not learn from chance that a missing year is a good sign.
_RAISES = frozenset(
    {"margin", "similarity", "relevance", "certainty", "agreement", "first", "coverage"}
)
_LOWERS = frozenset({"behind", "rarest", "years", "numbers", "names", "unsuited"})
_BINS = 10


@dataclass(frozen=True, slots=True)
class Case:
    """A question and what was found for it; ``kind`` is one of KINDS."""

    question: Question
    hits: tuple[Hit, ...]
    kind: str


def gather(
    assistant: Assistant, questions: Iterable[Question], most: Mapping[str, int], seed: int
) -> list[Case]:
    """Cases of the four kinds, at most ``most`` of each."""
    shuffled = list(questions)
    random.Random(seed).shuffle(shuffled)
    cases: list[Case] = []
    count = dict.fromkeys(most, 0)

    def take(question: Question, hits: Sequence[Hit], kind: str) -> None:
        if count[kind] < most[kind] and hits:
            count[kind] += 1
            cases.append(Case(question, tuple(hits[:DEPTH]), kind))

    for question in shuffled:
        near_miss = not question.answers
        wanted = ["near miss"] if near_miss else ["answerable", "removed"]
        if all(count[kind] >= most[kind] for kind in wanted):
            continue
        own = document(question.paragraph).id
        hits = assistant.search(question.text, 2 * DEPTH)
        if near_miss:
            take(question, hits, "near miss")
            continue
        take(question, hits, "answerable")
        other = with_another_year(question)
        if other:
            take(other, assistant.search(other.text, 2 * DEPTH), "another year")
        if question.paragraph.source != SQUAD2:
            others = [
                hit
                for hit in hits
                if hit.passage.document_id != own
                and not any(reference in hit.passage.text for reference in question.references)
            ]
            take(question, others, "removed")
    return cases


def with_another_year(question: Question) -> Question | None:
    """The question about a year that its paragraph doesn't name; None if it names no year."""
    match = _YEAR.search(question.text)
    if match is None:
        return None
    years = (str(int(match.group()) + step) for step in (1, -1, 2, -2, 3, -3))
    other = next((year for year in years if year not in question.paragraph.text), None)
    if other is None:
        return None
    text = question.text[: match.start()] + other + question.text[match.end() :]
    return Question(f"{question.id}-{other}", text, question.paragraph, ())


def answers(case: Case, hit: Hit) -> bool:
    """Whether the passage of ``hit`` holds the whole answer where the data says it stands."""
    passage = hit.passage
    return (
        case.kind == "answerable"
        and passage.document_id == document(case.question.paragraph).id
        and any(passage.span.contains(answer) for answer in case.question.answers)
    )


def learn_relevance(cases: Sequence[Case], reader: NetworkReader) -> Logistic:
    """From every passage that was found for every question."""
    rows, labels = [], []
    for case in cases:
        top = max(hit.score for hit in case.hits)
        for hit, margin in zip(
            case.hits, reader.margins(case.question.text, case.hits), strict=True
        ):
            rows.append(relevance_features(margin, hit.score, top, hit.similarity))
            labels.append(answers(case, hit))
    return fitted(rows, labels, np.ones(len(rows)))


def learn_confidence(cases: Sequence[Case], reader: NetworkReader) -> Logistic:
    """From the best candidate of every question; what is answerable weighs one half."""
    kinds = [case.kind for case in cases]
    weights = np.array([_SHARES[kind] * len(kinds) / kinds.count(kind) for kind in kinds])
    rows = [confidence_features(case, reader) for case in cases]
    return fitted(rows, [kind == "answerable" for kind in kinds], weights)


def confidence_features(case: Case, reader: NetworkReader) -> dict[str, float]:
    """What the confidence in the answer to ``case`` is judged by."""
    return reader.features(case.question.text, reader.candidates(case.question.text, case.hits))


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


def report(cases: Sequence[Case], reader: NetworkReader) -> dict[str, Any]:
    """AUROC by kind, calibration error, risk and coverage, and answers' EM and F1."""
    from sklearn.metrics import roc_auc_score

    model = reader.calibration.confidence
    probability = np.array([model.probability(confidence_features(c, reader)) for c in cases])
    kinds = np.array([case.kind for case in cases])
    answerable = kinds == "answerable"
    said = [reader.read(case.question.text, case.hits).short_answer for case in cases]
    scores = [
        (exact_match(text, case.question.references), f1(text, case.question.references))
        for text, case in zip(said, cases, strict=True)
    ]
    right = np.array([a and score[1] >= 0.5 for a, score in zip(answerable, scores, strict=True)])
    auroc = {}
    for kind in KINDS[1:]:
        among = answerable | (kinds == kind)
        auroc[kind] = float(roc_auc_score(answerable[among], probability[among]))
    squad = np.array([case.question.paragraph.source == SQUAD2 for case in cases])
    near = squad & (answerable | (kinds == "near miss"))
    auroc["near miss, same source"] = float(roc_auc_score(answerable[near], probability[near]))
    return {
        "cases": {kind: int((kinds == kind).sum()) for kind in sorted(set(kinds.tolist()))},
        "auroc": {kind: round(value, 3) for kind, value in auroc.items()},
        "calibration error": round(calibration_error(probability, answerable), 3),
        "reliability": reliability(probability, answerable),
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
    probability: npt.NDArray[np.float64], true: npt.NDArray[np.bool_]
) -> list[dict[str, float]]:
    """The reliability diagram: mean probability and share that is true, by tenth."""
    bins = np.minimum((probability * _BINS).astype(int), _BINS - 1)
    return [
        {
            "cases": int(inside.sum()),
            "said": round(float(probability[inside].mean()), 3),
            "true": round(float(true[inside].mean()), 3),
        }
        for inside in (bins == number for number in range(_BINS))
        if inside.any()
    ]


def calibration_error(probability: npt.NDArray[np.float64], true: npt.NDArray[np.bool_]) -> float:
    """Expected calibration error over tenths: Naeini et al. (AAAI 2015)."""
    return sum(
        row["cases"] / len(true) * abs(row["said"] - row["true"])
        for row in reliability(probability, true)
    )


def risk_coverage(
    probability: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]
) -> list[dict[str, float]]:
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
    own = [question for question in questions if question.answers]
    rows = [
        _scored(
            f"{name}, own paragraph",
            [(from_own_paragraph(reader, q), q) for q in own if q.paragraph.source in sources],
        )
        for name, sources in (
            ("DRCD", DRCD),
            ("CMRC 2018 trial", (CMRC,)),
            ("DRCD and CMRC", (*DRCD, CMRC)),
        )
    ]
    found = [
        (reader.read(case.question.text, case.hits).short_answer, case.question)
        for case in cases
        if case.kind == "answerable" and case.question.paragraph.source != SQUAD2
    ]
    rows.append(
        _scored(
            "DRCD and CMRC, own paragraph, those searched for",
            [(from_own_paragraph(reader, question), question) for _, question in found],
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
        holds = [hit.passage.id for hit in case.hits if answers(case, hit)]
        if holds:
            before.append(case.hits[0].passage.id in holds)
            after.append(reader.rank(case.question.text, case.hits)[0].passage.id in holds)
    return {
        "questions": len(before),
        "retrieval": round(100 * float(np.mean(before)), 1),
        "reranked": round(100 * float(np.mean(after)), 1),
        "better": int(sum(a and not b for a, b in zip(after, before, strict=True))),
        "worse": int(sum(b and not a for a, b in zip(after, before, strict=True))),
    }


def save(path: Path, relevance: Logistic, confidence: Logistic) -> None:
    """Write the models as app.reader.calibration reads them."""
    models = {
        name: {"bias": model.bias, "weights": dict(model.weights)}
        for name, model in (("relevance", relevance), ("confidence", confidence))
    }
    path.write_text(json.dumps(models, indent=1) + "\n", encoding="utf-8")
