"""Vectors of a long document, kept until it is in the library: a kill costs no more than a slice.

They are files in a folder of their own, without any text, named by the document's id and by
what was encoded. A file that can't be read or written costs time and nothing else.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from index.encoder import Encoder, Progress, Vectors

SLICE = 256
"""Passages that are encoded before their vectors are kept."""


class KeptVectors:
    """The vectors that were made for documents which aren't in the library yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def encode(
        self,
        document_id: str,
        texts: Sequence[str],
        encoder: Encoder,
        progress: Progress | None = None,
    ) -> Vectors:
        """As the encoder does it, but for slices of them that were encoded before.

        Texts that make one slice only are not kept.
        """
        if len(texts) <= SLICE:
            return encoder.encode_passages(texts, progress)
        slices = []
        for start in range(0, len(texts), SLICE):
            part = texts[start : start + SLICE]

            def told(done: int, _: int, start: int = start) -> None:
                if progress:
                    progress(start + done, len(texts))

            file = self._folder / f"{document_id}-{_digest(encoder.name, part)}.npy"
            vectors = _read(file, len(part))
            if vectors is None:
                vectors = encoder.encode_passages(part, told)
                _write(file, vectors)
            else:
                told(len(part), len(part))
            slices.append(vectors)
        return np.concatenate(slices)

    def forget(self, document_id: str = "") -> None:
        """Delete what is kept for a document, or for all where none is named."""
        for file in self._folder.glob(f"{document_id}*"):
            file.unlink(missing_ok=True)
        with suppress(OSError):  # of others something may be left, or nothing ever was
            self._folder.rmdir()


def _digest(name: str, texts: Sequence[str]) -> str:
    told = "\0".join([name, *texts])
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _read(file: Path, count: int) -> Vectors | None:
    try:
        vectors: Vectors = np.load(file)
    except (OSError, ValueError, EOFError):
        return None
    sound = vectors.dtype == np.float32 and vectors.ndim == 2 and len(vectors) == count
    return vectors if sound and bool(np.isfinite(vectors).all()) else None


def _write(file: Path, vectors: Vectors) -> None:
    partial = file.with_suffix(".partial")
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as out:
            np.save(out, vectors)
        os.replace(partial, file)
