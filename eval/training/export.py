"""The trained network becomes one ONNX file with weights of 8 bits."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor

from app.reader.tokens import bundled_model

Array = npt.NDArray[np.float32]
Precision = Literal["float32", "dynamic8"]
_CONTRIB = "com.microsoft"


def export(state: Mapping[str, Tensor], path: Path, precision: Precision) -> None:
    """Write a trained network's weights to ``path`` as ONNX, and its SHA-256 beside it."""
    data = graph(weights_of(state), precision).SerializeToString()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    path.with_suffix(".sha256").write_text(f"{digest}  {path.name}\n", encoding="ascii")


def weights_of(state: Mapping[str, Tensor]) -> dict[str, Array]:
    """The weights by name, without the token embeddings: those are the bundled encoder's."""
    return {
        name.removeprefix("encoder."): tensor.detach().float().numpy()
        for name, tensor in state.items()
        if "_embeddings" not in name
    }


def graph(weights: Mapping[str, Array], precision: Precision) -> onnx.ModelProto:
    """The network as ONNX, with the operators that ONNX Runtime adds.

    Input ``embeddings`` (batch, length, width), output ``outputs`` (batch, length, head).
    There is no mask: what is run together must be of one length.
    """
    maker = _GraphMaker(weights, precision)
    state = maker.normalised("embeddings.LayerNorm", "embeddings")
    for number in range(bundled_model().sizes["layers"]):
        state = _layer(maker, f"encoder.layer.{number}", state)
    head = maker.node("MatMul", [state, maker.constant("head", weights["head.weight"].T)])
    maker.node("Add", [head, maker.weight("head.bias")], output="outputs")
    outputs, width = weights["head.weight"].shape
    made = helper.make_graph(
        maker.nodes,
        "reader",
        [_described("embeddings", TensorProto.FLOAT, width)],
        [_described("outputs", TensorProto.FLOAT, outputs)],
        maker.constants,
    )
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid(_CONTRIB, 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=9)


def _described(name: str, kind: int, last: int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, ["batch", "length", last])


def _layer(maker: _GraphMaker, at: str, state: str) -> str:
    """One layer of BERT (Devlin et al. 2019): attention, then two dense layers, each added."""
    heads = bundled_model().sizes["heads"]
    names = [f"{at}.attention.self.{part}" for part in ("query", "key", "value")]
    parts = maker.split(maker.product(names, state), len(names))
    mixed = maker.contrib("MultiHeadAttention", parts, num_heads=heads)
    state = _added(maker, f"{at}.attention.output", mixed, state)
    bent = maker.contrib("Gelu", [maker.product([f"{at}.intermediate.dense"], state)])
    return _added(maker, f"{at}.output", bent, state)


def _added(maker: _GraphMaker, at: str, data: str, skip: str) -> str:
    """A dense layer of ``data``, added to ``skip`` and normalised."""
    total = maker.node("Add", [maker.product([f"{at}.dense"], data), skip])
    return maker.normalised(f"{at}.LayerNorm", total)


class _GraphMaker:
    """Collects nodes and constants; each method gives back the name of what it made."""

    def __init__(self, weights: Mapping[str, Array], precision: Precision) -> None:
        self._weights = weights
        self._precision = precision
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: npt.NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(self, name: str) -> str:
        return self.constant(name, self._weights[name])

    def node(
        self,
        kind: str,
        inputs: list[str],
        domain: str = "",
        output: str | None = None,
        **attributes: Any,
    ) -> str:
        output = output or f"{len(self.nodes)}.{kind}"
        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output

    def contrib(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        return self.node(kind, inputs, _CONTRIB, **attributes)

    def normalised(self, name: str, data: str) -> str:
        parts = [self.weight(f"{name}.{part}") for part in ("weight", "bias")]
        epsilon = bundled_model().epsilon
        return self.node("LayerNormalization", [data, *parts], axis=-1, epsilon=epsilon)

    def split(self, data: str, parts: int) -> list[str]:
        """``data`` cut into equal parts along its last axis."""
        names = [f"{data}.{part}" for part in range(parts)]
        self.nodes.append(helper.make_node("Split", [data], names, axis=-1, num_outputs=parts))
        return names

    def product(self, names: list[str], data: str) -> str:
        """The dense layers of ``names`` side by side, applied to ``data`` in the precision.

        dynamic8 quantises a whole tensor of activations at once.
        """
        name = names[0]
        weight = np.concatenate([self._weights[f"{each}.weight"] for each in names])
        biases = np.concatenate([self._weights[f"{each}.bias"] for each in names])
        bias = self.constant(f"{name}.bias", biases)
        if self._precision == "float32":
            result = self.node("MatMul", [data, self.constant(name, weight.T)])
            return self.node("Add", [result, bias])
        scale = np.maximum(np.abs(weight).max(axis=1), 1e-8) / 127
        whole = np.rint(weight / scale[:, None]).astype(np.int8)
        constants = [
            self.constant(name, whole.T),
            self.constant(f"{name}.scale", scale.astype(np.float32)),
            self.constant(f"{name}.zero", np.zeros(len(scale), np.int8)),
        ]
        return self.contrib("DynamicQuantizeMatMul", [data, *constants, bias])
