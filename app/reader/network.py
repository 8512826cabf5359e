"""The network: windows of tokens in, a row of numbers for each token out.

It is the bundled encoder's twelve layers, trained to read (weights/README.md), in one ONNX
file that ONNX Runtime runs: nothing heavier is imported to answer a question. The token
embeddings are not in that file but in the bundled encoder's own.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from app.reader.tokens import bundled_model
from app.reader.windows import Window
from errors import ModelError

WEIGHTS = Path(__file__).parent / "weights"
NETWORK = WEIGHTS / "reader.onnx"

Outputs = npt.NDArray[np.float32]

_SLOWER = "SkipLayerNormFusion"  # its operator takes five times the time of the two it replaces


class Network:
    """The reading network of a file; opened, and its checksum verified, when first used."""

    def __init__(self, path: Path = NETWORK) -> None:
        self._path = path

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = 1
        if not has_vnni():
            options.add_session_config_entry("session.x64quantprecision", "1")
        return onnxruntime.InferenceSession(
            _verified(self._path),
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=[_SLOWER],
        )

    def outputs(self, inputs: Sequence[Window]) -> list[Outputs]:
        """For each window an array of shape (its tokens, outputs), in order.

        Each window is run by itself, on one core, as many at once as there are cores: without
        padding that takes less than half the time of one padded batch, and what is read in a
        window doesn't depend on the others.
        """
        order = sorted(range(len(inputs)), key=lambda i: -len(inputs[i].ids))
        session = self._session
        rows = _workers().map(lambda i: _run(session, inputs[i].ids), order)
        found = dict(zip(order, rows, strict=True))
        return [found[i] for i in range(len(inputs))]


@cache
def has_vnni() -> bool:
    """Whether this processor has VNNI, as far as Linux tells.

    Others saturate in products of 8 bits and read otherwise, unless they are told to be precise,
    which takes a third more time.
    """
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return bool({"avx512_vnni", "avx_vnni"} & set(told.split()))


@cache
def shared_network() -> Network:
    """The network that comes with the package, one for all who read."""
    return Network()


def _run(session: Any, ids: tuple[int, ...]) -> Outputs:
    words = bundled_model().rows("emb.word", np.array([ids], np.int64)).astype(np.float32)
    outputs: Outputs = session.run(None, {"embeddings": words + _positions()[: len(ids)]})[0][0]
    return outputs


@cache
def _workers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="reader")


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
