"""How the library is: its files, its three stores, and what lies about. Part of the doctor."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from app.conversations.schema import FILE as CONVERSATIONS
from app.finding import Finding, failed
from app.remains import left_behind
from app.upload_folder import UPLOADS
from errors import YoujuError
from index.library import Library
from index.store import Entry

_SHOWN = 3


def library_findings(library: Library) -> Iterator[Finding]:
    """Everything about a library. Raises sqlite3.Error where it can't be read at all."""
    for name in (library.store.path, library.home / CONVERSATIONS):
        if name.exists():
            yield _file(name)
    entries = library.store.entries()
    yield _size(library, len(entries))
    try:
        library.check()
        yield Finding("manifest", "与设置一致", "matches the settings")
    except YoujuError as error:
        yield failed("manifest", error)
        return
    yield from _indexes(library)
    yield _originals(entries)
    yield _orphans(library.home, entries)
    yield from _torn(library, entries)


def unreadable(error: sqlite3.Error) -> Finding:
    """A library that can't be opened."""
    return Finding(
        "library",
        f"读不出来（{error}）",
        f"can't be read ({error})",
        False,
        "请检查权限；如果它已损坏，请从备份恢复：youju restore 备份 --replace。",
        "Check its permissions; if it is damaged, restore a backup: youju restore FILE --replace.",
    )


def _file(file: Path) -> Finding:
    """SQLite's own quick check of a file."""
    with closing(sqlite3.connect(file)) as database:
        (said,) = database.execute("PRAGMA quick_check(1)").fetchone()
    sound = said == "ok"
    return Finding(
        file.name,
        "完好" if sound else f"已损坏：{said}",
        "sound" if sound else f"damaged: {said}",
        sound,
        "" if sound else "请从备份恢复：youju restore 备份 --replace。",
        "" if sound else "Restore a backup: youju restore FILE --replace.",
    )


def _size(library: Library, documents: int) -> Finding:
    passages, generation = library.store.count(), library.store.generation()
    return Finding(
        "library",
        f"{documents} 份文档，{passages} 段，第 {generation} 代",
        f"{documents} documents, {passages} passages, generation {generation}",
        True,
        "" if documents else "资料库是空的，请先导入：youju ingest 文件或文件夹。",
        "" if documents else "It is empty: youju ingest FILES.",
        {"documents": documents, "passages": passages, "generation": generation},
    )


def _indexes(library: Library) -> Iterator[Finding]:
    """Both derived indexes, beside the store; opening one brings it up to date."""
    passages, generation = library.store.count(), library.store.generation()
    for name, index in (("lexical", library.lexical), ("vectors", library.vectors)):
        held, reached = len(index), library.reached(name)
        sound = held == passages and reached == generation
        yield Finding(
            f"{name} index",
            f"{held} 段，到第 {reached} 代",
            f"{held} passages, at generation {reached}",
            sound,
            "" if sound else "请运行 youju docs rebuild。",
            "" if sound else "Run youju docs rebuild.",
            {"passages": held, "generation": -1 if reached is None else reached},
        )


def _originals(entries: Sequence[Entry]) -> Finding:
    """Documents whose file is no longer where it was: they answer, but can't be shown."""
    gone = [Path(entry.path).name for entry in entries if not Path(entry.path).is_file()]
    return Finding(
        "originals",
        f"{len(gone)} 份文档的原文件不在原处",
        f"{len(gone)} documents' files are not where they were",
        True,
        f"把文件放回去，或从新位置再导入一次：{_some(gone)}。" if gone else "",
        f"Put them back, or ingest them from where they are now: {_some(gone)}." if gone else "",
        {"gone": len(gone)},
    )


def _orphans(home: Path, entries: Sequence[Entry]) -> Finding:
    """Files below the home that nothing stands for any more."""
    standing = {entry.path for entry in entries}
    uploads = [file for file in (home / UPLOADS).rglob("*") if file.is_file()]
    orphans = [file for file in uploads if str(file.resolve()) not in standing]
    orphans += left_behind(home)
    names = _some([str(file.relative_to(home)) for file in orphans])
    return Finding(
        "orphans",
        f"{len(orphans)} 个没有归属的文件",
        f"{len(orphans)} files that belong to nothing",
        True,
        f"不需要的话可以删除：{names}。" if orphans else "",
        f"They may be deleted unless you want them: {names}." if orphans else "",
        {"files": len(orphans)},
    )


def _torn(library: Library, entries: Sequence[Entry]) -> Iterator[Finding]:
    """Documents whose passages are not what stands in their text."""
    for entry in entries:
        text = library.store.document(entry.id).text
        torn = sum(p.span.of(text) != p.text for p in library.store.passages_of(entry.id))
        if torn:
            yield Finding(
                entry.title,
                f"{torn} 段与文档不符",
                f"{torn} passages differ from the document",
                False,
                "请移除后重新导入。",
                "Remove the document and ingest it again.",
            )


def _some(names: Sequence[str]) -> str:
    """The first few names, and that there are more."""
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} …" if len(names) > _SHOWN else shown
