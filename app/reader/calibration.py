"""Two logistic models: does a passage answer, and is the answer right to give.

Their weights were learnt from held-out questions (eval.training.calibrate), of which
some have their answer in the library, some a near miss and some nothing. A sum of weighted
features through a logistic function is Platt's calibration (Platt 1999) of that sum.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.reader.network import WEIGHTS

CALIBRATION = WEIGHTS / "calibration.json"
Features = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Logistic:
    """``bias`` and a weight for each feature by name."""

    bias: float
    weights: Mapping[str, float]

    def odds(self, features: Features) -> float:
        """The log odds. KeyError for a feature that is missing."""
        return self.bias + sum(weight * features[name] for name, weight in self.weights.items())

    def probability(self, features: Features) -> float:
        """In 0..1."""
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, self.odds(features)))))


@dataclass(frozen=True, slots=True)
class Calibration:
    """``relevance`` of one passage to a question, ``confidence`` in an answer."""

    relevance: Logistic
    confidence: Logistic


@cache
def load_calibration(path: Path = CALIBRATION) -> Calibration:
    """The models of a file."""
    models = json.loads(path.read_text(encoding="utf-8"))
    return Calibration(
        **{
            name: Logistic(models[name]["bias"], models[name]["weights"])
            for name in ("relevance", "confidence")
        }
    )


def relevance_features(
    margin: float, score: float, best_score: float, similarity: float | None
) -> dict[str, float]:
    """What is known of one passage among those retrieved.

    ``margin`` is the reader's, ``score`` the fused score of retrieval, ``best_score`` the
    highest of all, ``similarity`` the cosine of the vectors.
    """
    return {
        "margin": max(-12.0, min(12.0, margin)),
        "behind": best_score - score,
        "similarity": 10 * ((similarity or 0.80) - 0.85),
    }
