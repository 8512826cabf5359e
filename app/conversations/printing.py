"""Conversations and feedback on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.conversations.feedback import Feedback, Rating
from app.conversations.turn import Conversation, title_of
from app.printing import pick, visible


def print_conversations(listed: Sequence[Conversation], english: bool) -> None:
    """The conversations as a table, times in UTC."""
    heads = [
        ("编号", "id"),
        ("标题", "title"),
        ("轮", "turns"),
        ("用户", "owner"),
        ("最近提问", "last asked"),
    ]
    rows = [(c.id, c.title, str(c.turns), c.owner, _minute(c.updated)) for c in listed]
    _print_table([pick(head, english) for head in heads], rows)


def print_feedback(given: Sequence[Feedback], english: bool) -> None:
    """The judgements as a table, oldest first."""
    heads = [
        ("评价", "rating"),
        ("原因", "reason"),
        ("说明", "comment"),
        ("问题", "question"),
        ("对话", "conversation"),
        ("轮", "turn"),
        ("时间", "given at"),
    ]
    rows = [
        (
            "👍" if each.rating is Rating.UP else "👎",
            each.reason.value,
            each.comment,
            title_of(each.question),
            each.conversation_id,
            str(each.turn),
            _minute(each.given_at),
        )
        for each in given
    ]
    _print_table([pick(head, english) for head in heads], rows)


def _minute(time: str) -> str:
    return time[:16].replace("T", " ")


def _print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table()
    for number, head in enumerate(heads):
        table.add_column(head, overflow="fold", no_wrap=number == 0)
    for row in rows:
        table.add_row(*(escape(visible(cell)) for cell in row))
    Console(highlight=False).print(table)
