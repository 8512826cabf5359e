"""Cosine compared with every vector: for few passages, where an approximate index loses many."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.store import Vectors


def nearest(
    vector: Vectors, passage_ids: Sequence[str], vectors: Vectors, limit: int
) -> dict[str, float]:
    """Cosine similarities (-1 to 1) of the ``limit`` nearest by passage id, best first.

    ``vectors`` has a row for each id; rows of length 0 are left out.
    """
    if not passage_ids:
        return {}
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(vector)
    dots = vectors @ vector
    cosines = np.divide(dots, lengths, out=np.full_like(dots, -np.inf), where=lengths > 0)
    best = np.argsort(-cosines, kind="stable")[:limit]
    return {passage_ids[row]: float(cosines[row]) for row in best if np.isfinite(cosines[row])}
