"""``youju docs``: what the library holds. See app/command_line.py."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from app.options import Home, Json, SettingsFile, announce, filled_assistant, in_english

docs = typer.Typer(
    help="查看和管理资料库中的文档。Lists and manages the library's documents.\n\n"
    "例 Example：youju docs list",
    no_args_is_help=True,
)

DocumentId = Annotated[str, typer.Argument(help="文档编号 document id", metavar="ID")]


@docs.command("list")
def list_documents(home: Home = None, settings: SettingsFile = None, as_json: Json = False) -> None:
    """列出资料库中的文档。Lists the documents.

    例 Example：youju docs list --json
    """
    from dataclasses import asdict

    from app.docs_printing import print_entries
    from app.printing import print_json

    entries = filled_assistant(home, settings).library.store.entries()
    if as_json:
        print_json([asdict(entry) for entry in entries])
    else:
        print_entries(entries, in_english())


@docs.command("show")
def show_document(
    document_id: DocumentId,
    text: Annotated[bool, typer.Option("--text", help="只输出存储的原文 the stored text")] = False,
    table: Annotated[int | None, typer.Option(min=1, help="第几个表格 a whole table")] = None,
    home: Home = None,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """显示一份文档的目录与段落，或它的全文（引用的位置按此计数），或整个表格。

    Shows a document's outline, the stored text that citations count in, or a whole table.

    例 Example：youju docs show 1a2b3c4d5e6f --text
    """
    from app.docs_printing import print_document, print_table

    store = filled_assistant(home, settings).library.store
    document = store.document(document_id)
    if text:
        sys.stdout.write(document.text)
        return
    if table is not None:
        if table > len(document.tables):
            raise typer.BadParameter(
                f"《{document.title}》有 {len(document.tables)} 个表格，没有第 {table} 个。"
                f"{document.title} has {len(document.tables)} tables."
            )
        print_table(document, table)
        return
    print_document(document, store.passages_of(document_id), as_json, in_english())


@docs.command("edit")
def edit_document(
    document_id: DocumentId,
    title: Annotated[str | None, typer.Option(help="标题 title")] = None,
    publisher: Annotated[str | None, typer.Option(help="发布者 publisher")] = None,
    date: Annotated[str | None, typer.Option(help="日期 date", metavar="DATE")] = None,
    home: Home = None,
    settings: SettingsFile = None,
) -> None:
    """更正一份文档的标题、发布者或日期；正文不变。Corrects what is known about a document.

    例 Example：youju docs edit 1a2b3c4d5e6f --publisher 中国信通院 --date 2024-03
    """
    from app.catalogue import edit

    if title is publisher is date is None:
        raise typer.BadParameter(
            "请给出 --title、--publisher 或 --date。Give a title, a publisher or a date."
        )
    library = filled_assistant(home, settings).library
    now = edit(library, document_id, title=title, publisher=publisher, date=date)
    announce(
        f"《{now.title}》，{now.publisher or '发布者不详'}，{now.date or '日期不详'}",
        f"{now.title}, {now.publisher or 'no publisher'}, {now.date or 'no date'}",
    )


@docs.command("remove")
def remove_document(
    document_id: DocumentId, home: Home = None, settings: SettingsFile = None
) -> None:
    """从资料库移除一份文档（不动原文件）。Removes a document; its file stays.

    从网页上传的文件一并删去；对话和评测里引用它的话会保留，并列出来。

    A file that was uploaded on the page is deleted, too. Conversations and evaluations keep what
    they quote, and are listed.

    例 Example：youju docs remove 1a2b3c4d5e6f
    """
    from app.catalogue import remove
    from app.remains import remains

    library = filled_assistant(home, settings).library
    entry = remove(library, document_id)
    announce(f"已移除《{entry.title}》", f"removed: {entry.title}")
    kept = remains(library.home, entry.id, Path(entry.path).name)
    if kept.conversations:
        ids = " ".join(kept.conversations)
        announce(
            f"{len(kept.conversations)} 个对话仍引用它：{ids}。"
            "可用 youju conversations delete 删除。",
            f"{len(kept.conversations)} conversations still quote it: {ids}. "
            "youju conversations delete removes them.",
        )
    for files, chinese, english in (
        (kept.files, "评测文件仍提到它", "evaluation files still name it"),
        (kept.libraries, "从前的资料库里可能还有它", "earlier libraries may still hold it"),
    ):
        if files:
            announce(
                f"{chinese}：{' '.join(files)}（在 {library.home}）。不需要时请自行删除。",
                f"{english}: {' '.join(files)} (in {library.home}). "
                "Delete them if you don't need them.",
            )


@docs.command("rebuild")
def rebuild_library(home: Home = None, settings: SettingsFile = None) -> None:
    """按现在的设置重新切分、编码全部文档，并重建两个索引。

    Splits and encodes every document anew with the settings in force.

    例 Example：youju docs rebuild
    """
    from app.printing import Progress
    from index.pipeline import rebuild

    assistant = filled_assistant(home, settings)
    with Progress() as progress:
        count = rebuild(
            assistant.library,
            assistant.encoder,
            assistant.settings,
            progress.file,
            progress.passages,
        )
    announce(f"已重建 {count} 份文档", f"rebuilt {count} documents")
