"""The network: windows of tokens in, a row of numbers for each token out.

It is the bundled encoder's twelve layers, trained to read (weights/README.md), in one ONNX
file that ONNX Runtime runs: nothing heavier is imported to answer a question. The token
embeddings are not in that file but in the bundled encoder's own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from app.reader.tokens import PAD, bundled_model
from app.reader.windows import Window
from errors import ModelError

WEIGHTS = Path(__file__).parent / "weights"
NETWORK = WEIGHTS / "reader.onnx"
_TOGETHER = 8

Outputs = npt.NDArray[np.float32]


class Network:
    """The reading network of a file; opened, and its checksum verified, when first used."""

    def __init__(self, path: Path = NETWORK) -> None:
        self._path = path

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(
            _verified(self._path), options, providers=["CPUExecutionProvider"]
        )

    def outputs(self, inputs: Sequence[Window]) -> list[Outputs]:
        """For each window an array of shape (its tokens, outputs), in order.

        Windows of like length are run together, so that little is padded.
        """
        order = sorted(range(len(inputs)), key=lambda i: len(inputs[i].ids))
        found: list[Outputs] = [np.empty((0, 0), np.float32)] * len(inputs)
        for start in range(0, len(order), _TOGETHER):
            chosen = order[start : start + _TOGETHER]
            for i, rows in zip(chosen, self._run([inputs[i].ids for i in chosen]), strict=True):
                found[i] = rows[: len(inputs[i].ids)]
        return found

    def _run(self, batch: Sequence[tuple[int, ...]]) -> Outputs:
        longest = max(map(len, batch))
        ids = np.full((len(batch), longest), PAD, np.int64)
        mask = np.zeros((len(batch), longest), np.int32)
        for row, each in enumerate(batch):
            ids[row, : len(each)] = each
            mask[row, : len(each)] = 1
        words = bundled_model().rows("emb.word", ids).astype(np.float32)
        feed = {"embeddings": words + _positions()[:longest], "mask": mask}
        outputs: Outputs = self._session.run(None, feed)[0]
        return outputs


@cache
def _positions() -> npt.NDArray[np.float32]:
    """What every token's embedding has added to it at each position, shape (positions, width)."""
    model = bundled_model()
    kind = model.tensor("emb.type")[0].astype(np.float32)
    together: npt.NDArray[np.float32] = model.tensor("emb.pos").astype(np.float32) + kind
    return together


def _verified(path: Path) -> bytes:
    """The bytes of ``path``, whose SHA-256 stands beside it. Raises ModelError."""
    try:
        data = path.read_bytes()
        wanted = path.with_suffix(".sha256").read_text(encoding="ascii").split()[0]
    except (OSError, IndexError) as error:
        raise ModelError(
            f"读不了阅读器的权重 {path}：{error}。请用 git checkout 恢复该文件。",
            f"can't read the reader's weights {path}: {error}. Restore the file with git checkout.",
        ) from error
    found = hashlib.sha256(data).hexdigest()
    if found != wanted:
        raise ModelError(
            f"阅读器权重 {path} 的校验和不对：应为 {wanted}，"
            f"实为 {found}。请用 git checkout 恢复。",
            f"checksum of the reader's weights {path}: {wanted} expected, "
            f"{found} found. Restore the file with git checkout.",
        )
    return data
