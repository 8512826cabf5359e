"""``youju conversations`` and ``youju feedback``: what was asked, and what users think of it.

See app/command_line.py. Whoever may read the library's folder sees everybody's.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.options import Home, Json, SettingsFile, announce, complain, in_english, load

if TYPE_CHECKING:
    from settings import Settings

conversations = typer.Typer(
    help="查看、导出和删除保存的对话。Lists, exports and deletes conversations.\n\n"
    "例 Example：youju conversations list",
    no_args_is_help=True,
)
feedback = typer.Typer(
    help="查看用户对回答的评价，导出为问题集。Lists feedback and exports it as a question set.\n\n"
    "例 Example：youju feedback export -o feedback.jsonl",
    no_args_is_help=True,
)

ConversationId = Annotated[str, typer.Argument(help="对话编号 conversation id", metavar="ID")]


def _checked(path: Path, suffixes: tuple[str, ...]) -> Path:
    if path.suffix.lower() not in suffixes:
        raise typer.BadParameter(f"{path}：{'、'.join(suffixes)}")
    if path.is_dir():
        raise typer.BadParameter(f"{path} 是文件夹。{path} is a folder.")
    return path


def _document(path: Path) -> Path:
    from app.conversations.export import SUFFIXES

    return _checked(path, SUFFIXES)


def _set(path: Path) -> Path:
    from app.conversations.question_set import SUFFIXES

    return _checked(path, SUFFIXES)


def _kept(home: str | None, file: Path | None) -> Settings:
    """The settings, if anything is kept, else a complaint and exit code 1; nothing is created."""
    from app.conversations.schema import FILE

    settings = load(home, file)
    if not (settings.home / FILE).exists():
        complain(
            f"{settings.home} 里还没有保存的对话。请检查 --home，或先在页面上提问。",
            f"no conversation is kept in {settings.home}: check --home, or ask on the page first.",
        )
        raise typer.Exit(1)
    return settings


@conversations.command("list")
def list_conversations(
    words: Annotated[
        str, typer.Option("--search", help="标题和问题里的词 words of titles and questions")
    ] = "",
    owner: Annotated[
        str | None, typer.Option(help="只列此用户的 only of this user", metavar="NAME")
    ] = None,
    home: Home = None,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """列出保存的对话，最近的在前。Lists the conversations, newest first.

    例 Example：youju conversations list --search 投资规模
    """
    from dataclasses import asdict

    from app.conversations.printing import print_conversations
    from app.conversations.store import Conversations
    from app.printing import print_json

    store = Conversations(_kept(home, settings).home)
    found = store.everyones(words) if owner is None else store.listed(owner, words)
    if as_json:
        print_json([asdict(conversation) for conversation in found])
    else:
        print_conversations(found, in_english())


@conversations.command("export")
def export_conversation(
    conversation_id: ConversationId,
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", help="MD 或 DOCX MD or DOCX", metavar="FILE", callback=_document
        ),
    ],
    home: Home = None,
    settings: SettingsFile = None,
) -> None:
    """把一个对话导出为 Markdown 或 Word 文件，附全部引用；以后可用 youju verify 核对。

    Writes a conversation with its citations to a Markdown or Word file, which youju verify
    checks later.

    例 Example：youju conversations export 0123456789abcdef0123456789abcdef -o 对话.docx
    """
    from app.conversations.export import write_export
    from app.conversations.store import Conversations

    kept = _kept(home, settings)
    store = Conversations(kept.home)
    owner = store.owner_of(conversation_id)
    conversation = store.conversation(owner, conversation_id)
    write_export(output, conversation, store.turns(owner, conversation_id), kept.language)
    announce(f"《{conversation.title}》已写入 {output}", f"{conversation.title}: {output}")


@conversations.command("delete")
def delete_conversation(
    conversation_id: ConversationId, home: Home = None, settings: SettingsFile = None
) -> None:
    """删除一个对话，连同对它的评价；不能恢复。Deletes a conversation and the feedback on it.

    例 Example：youju conversations delete 0123456789abcdef0123456789abcdef
    """
    from app.conversations.store import Conversations

    store = Conversations(_kept(home, settings).home)
    owner = store.owner_of(conversation_id)
    title = store.conversation(owner, conversation_id).title
    store.delete(owner, conversation_id)
    announce(f"已删除《{title}》", f"deleted: {title}")


@feedback.command("list")
def list_feedback(home: Home = None, settings: SettingsFile = None, as_json: Json = False) -> None:
    """列出用户对回答的评价，最早的在前。Lists what users think of answers, oldest first.

    例 Example：youju feedback list --json
    """
    from dataclasses import asdict

    from app.contract import answer_row
    from app.conversations.feedback import FeedbackLog
    from app.conversations.printing import print_feedback
    from app.printing import print_json

    given = FeedbackLog(_kept(home, settings).home).everyones()
    if as_json:
        rows = [
            asdict(each) | {"answer": None if each.answer is None else answer_row(each.answer)}
            for each in given
        ]
        print_json(rows)
    else:
        print_feedback(given, in_english())


@feedback.command("export")
def export_feedback(
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", help="JSONL 或 CSV JSONL or CSV", metavar="SET", callback=_set
        ),
    ],
    home: Home = None,
    settings: SettingsFile = None,
) -> None:
    """把评价导出为问题集草稿，供人审阅后用 youju eval run 评测。

    Writes the feedback as a draft of a question set for youju eval run: a thumb up gives the
    answer and its quotes as gold, a thumb down the question and the reason alone.

    例 Example：youju feedback export -o feedback.jsonl
    """
    from functools import lru_cache

    from app.conversations.feedback import FeedbackLog
    from app.conversations.question_set import question_rows, write_question_rows
    from index.store import Store

    place = _kept(home, settings).home
    document = lru_cache(maxsize=8)(Store(place / "library.sqlite").document)
    rows = question_rows(FeedbackLog(place).everyones(), document)
    write_question_rows(output, rows)
    gold = sum("answerable" in row for row in rows)
    announce(
        f"{len(rows)} 条评价已写入 {output}，其中 {gold} 条附答案草稿，请先审阅",
        f"{len(rows)} judgements written to {output}, {gold} with a draft of the answer: "
        "review them first",
    )
