"""Vectors by the thousand without an encoder: real ones, moved a little."""

from __future__ import annotations

import numpy as np

from index.encoder import Vectors

NOISE = 0.3
"""The length of what is added to a unit vector: the cosine to it is 0.96 on average."""


class VectorSource:
    """Unit vectors near given real ones, the same in every run."""

    def __init__(self, real: Vectors, seed: int = 0) -> None:
        """``real`` has the shape (n, dimension), rows of length 1."""
        self._real = real
        self._random = np.random.default_rng(seed)

    def take(self, count: int) -> Vectors:
        """Shape (count, dimension): a real vector drawn at random, plus noise, renormalised."""
        dimension = self._real.shape[1]
        chosen = self._real[self._random.integers(0, len(self._real), count)]
        noise = self._random.standard_normal((count, dimension)) * NOISE / np.sqrt(dimension)
        moved = (chosen + noise).astype(np.float32)
        vectors: Vectors = moved / np.linalg.norm(moved, axis=1, keepdims=True)
        return vectors
