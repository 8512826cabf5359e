"""``youju backup`` and ``youju restore``. See app/command_line.py."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.options import Home, SettingsFile, announce, load, open_assistant


def backup(
    file: Annotated[Path, typer.Argument(help="备份写到这里 where it goes", metavar="FILE")],
    home: Home = None,
    settings: SettingsFile = None,
) -> None:
    """把资料库、对话、上传的文件和评测写进一个文件；网页开着也可以。

    Writes library, conversations, uploads and evaluation into one file, also while the page
    serves. The indexes are left out: they are made anew.

    例 Example：youju backup 备份.zip
    """
    from app.backup import backup as run

    written = run(load(home, settings).home, file.absolute())
    held, size = written.manifest, file.stat().st_size / 1e6
    lost = (f"，{written.missing} 个文件已不在", f", {written.missing} files had gone")
    announce(
        f"已备份 {held.documents} 份文档、{held.passages} 段（{size:.1f} MB）到 {file}"
        + lost[0] * bool(written.missing),
        f"{held.documents} documents, {held.passages} passages ({size:.1f} MB) are in {file}"
        + lost[1] * bool(written.missing),
    )


def restore(
    file: Annotated[Path, typer.Argument(help="备份 the backup", metavar="FILE")],
    replace: Annotated[
        bool, typer.Option("--replace", help="替换已有的资料库 replace what is there")
    ] = False,
    home: Home = None,
    settings: SettingsFile = None,
) -> None:
    """从备份恢复资料库；先核对全部校验和。开着的网页不用重启。

    Restores a library from a backup, after all checksums were compared. A page that serves it
    goes on with what was restored.

    例 Example：youju restore 备份.zip --home ~/恢复
    """
    from app.restore import restore as run
    from app.restore import set_damaged_aside

    chosen = load(home, settings)
    damaged = set_damaged_aside(chosen.home) if replace else None
    if damaged:
        announce(
            f"原来的资料库已损坏，移到 {damaged}；开着的网页要重启",
            f"the library was damaged and is now in {damaged}; restart a page that serves it",
        )
    assistant = open_assistant(home, settings, chosen)
    held = run(file.absolute(), assistant.library, replace)
    assistant.close()
    announce(
        f"已恢复 {held.documents} 份文档、{held.passages} 段，备份于 {held.made}",
        f"restored: {held.documents} documents, {held.passages} passages, backed up {held.made}",
    )
