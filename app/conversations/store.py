"""Conversations in SQLite. An owner sees his own and nothing else."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from app.contract import answer_of, answer_row
from app.conversations.schema import conversation_not_found, opened, storable
from app.conversations.turn import Conversation, Turn, title_of
from index.database import Database
from index.folding import fold

_LONGEST_TITLE = 200
_LISTED = (
    "SELECT c.id, owner, title, created, updated,"
    " (SELECT count(*) FROM turns WHERE conversation_id = c.id),"
    " (SELECT question FROM turns WHERE conversation_id = c.id ORDER BY number LIMIT 1)"
    " FROM conversations c"
)
_SAID = (
    "(instr(c.folded, ?) OR EXISTS (SELECT 1 FROM turns t"
    " WHERE t.conversation_id = c.id AND instr(t.folded, ?)))"
)
_TURN = "question, understood, answer, titles, settings, error, number, asked_at"


class Conversations:
    """Conversations by owner; without sign-in the owner is empty text.

    Safe to use from several threads and processes: what a method has returned from is on disk.
    All but ``start`` raise ConversationNotFound for an id that this owner doesn't have.
    """

    def __init__(self, home: Path) -> None:
        """``home`` is the library's folder; nothing is made before it is used."""
        self._home = home

    @cached_property
    def _file(self) -> Database:
        return opened(self._home)

    def close(self) -> None:
        """Close this thread's connection."""
        self._file.close()

    def start(self, owner: str, title: str = "") -> Conversation:
        """A new conversation; without a title its first question will be it."""
        now, identifier = _now(), secrets.token_hex(16)
        with self._file.transaction() as database:
            database.execute(
                "INSERT INTO conversations VALUES (?, ?, '', '', ?, ?)",
                [identifier, owner, now, now],
            )
            _name(database, identifier, title)
        return self.conversation(owner, identifier)

    def conversation(self, owner: str, conversation_id: str) -> Conversation:
        """One conversation as it is listed."""
        rows = self._file.connection.execute(
            f"{_LISTED} WHERE c.id = ? AND owner = ?", [storable(conversation_id), owner]
        ).fetchall()
        if not rows:
            raise conversation_not_found(conversation_id)
        return _conversation(rows[0])

    def listed(self, owner: str, words: str = "") -> tuple[Conversation, ...]:
        """The owner's conversations, the one with the newest turn first.

        With ``words``, parted by white space, those whose title and questions hold them all.
        """
        return self._found(words, owner)

    def everyones(self, words: str = "") -> tuple[Conversation, ...]:
        """As ``listed``, of all owners: for whoever has the file, not for its users."""
        return self._found(words)

    def owner_of(self, conversation_id: str) -> str:
        """Whose it is: for whoever has the file, not for its users."""
        row = self._file.connection.execute(
            "SELECT owner FROM conversations WHERE id = ?", [storable(conversation_id)]
        ).fetchone()
        if row is None:
            raise conversation_not_found(conversation_id)
        return str(row[0])

    def _found(self, words: str, *owner: str) -> tuple[Conversation, ...]:
        wanted = _folded(words).split()
        conditions = [*("owner = ?" for _ in owner), *(_SAID for _ in wanted)] or ["TRUE"]
        rows = self._file.connection.execute(
            f"{_LISTED} WHERE {' AND '.join(conditions)} ORDER BY updated DESC, c.rowid DESC",
            [*owner, *(word for word in wanted for _ in range(2))],
        )
        return tuple(map(_conversation, rows))

    def turns(self, owner: str, conversation_id: str) -> tuple[Turn, ...]:
        """The turns, oldest first."""
        self.conversation(owner, conversation_id)
        rows = self._file.connection.execute(
            f"SELECT {_TURN} FROM turns WHERE conversation_id = ? ORDER BY number",
            [conversation_id],
        )
        return tuple(map(_turn, rows))

    def add_turn(self, owner: str, conversation_id: str, turn: Turn) -> Turn:
        """Keep a turn after the last one; the turn with its number and time."""
        return self._put(owner, conversation_id, turn, replacing=False)

    def replace_last_turn(self, owner: str, conversation_id: str, turn: Turn) -> Turn:
        """Keep a turn in place of the last one, as when a question is asked again."""
        return self._put(owner, conversation_id, turn, replacing=True)

    def rename(self, owner: str, conversation_id: str, title: str) -> Conversation:
        """Give a title; a blank one means the first question again."""
        with self._file.transaction() as database:
            _check_owner(database, owner, conversation_id)
            _name(database, conversation_id, title)
        return self.conversation(owner, conversation_id)

    def delete(self, owner: str, conversation_id: str) -> None:
        """Forget a conversation, its turns and the feedback on them."""
        with self._file.transaction() as database:
            _check_owner(database, owner, conversation_id)
            database.execute("DELETE FROM conversations WHERE id = ?", [conversation_id])
        self._file.empty_log()

    def _put(self, owner: str, conversation_id: str, turn: Turn, replacing: bool) -> Turn:
        with self._file.transaction() as database:
            _check_owner(database, owner, conversation_id)
            (last,) = database.execute(
                "SELECT coalesce(max(number), 0) FROM turns WHERE conversation_id = ?",
                [conversation_id],
            ).fetchone()
            if replacing and not last:
                raise conversation_not_found(conversation_id, turn=1)
            number = last if replacing else last + 1
            kept = replace(turn, number=number, asked_at=_now())
            database.execute(
                "DELETE FROM turns WHERE conversation_id = ? AND number = ?",
                [conversation_id, number],
            )
            database.execute(
                f"INSERT INTO turns (conversation_id, folded, {_TURN})"
                f" VALUES ({', '.join('?' * 10)})",
                [conversation_id, _folded(kept.question), *_row(kept)],
            )
            database.execute(
                "UPDATE conversations SET updated = ? WHERE id = ?",
                [kept.asked_at, conversation_id],
            )
        return kept


def _check_owner(database: sqlite3.Connection, owner: str, conversation_id: str) -> None:
    found = database.execute(
        "SELECT 1 FROM conversations WHERE id = ? AND owner = ?", [storable(conversation_id), owner]
    )
    if found.fetchone() is None:
        raise conversation_not_found(conversation_id)


def _name(database: sqlite3.Connection, conversation_id: str, title: str) -> None:
    line = " ".join(storable(title).split())[:_LONGEST_TITLE]
    database.execute(
        "UPDATE conversations SET title = ?, folded = ? WHERE id = ?",
        [line, _folded(line), conversation_id],
    )


def _conversation(row: Sequence[Any]) -> Conversation:
    *fields, turns, question = row
    identifier, owner, title, created, updated = fields
    return Conversation(
        identifier, owner, title or title_of(question or ""), created, updated, turns
    )


def _row(turn: Turn) -> list[Any]:
    return [
        storable(turn.question),
        storable(turn.understood),
        None if turn.answer is None else json.dumps(answer_row(turn.answer)),
        json.dumps(dict(turn.titles)),
        turn.settings,
        None if turn.error is None else json.dumps(turn.error),
        turn.number,
        turn.asked_at,
    ]


def _turn(row: Sequence[Any]) -> Turn:
    question, understood, answer, titles, settings, error, number, asked_at = row
    return Turn(
        question=question,
        understood=understood,
        answer=None if answer is None else answer_of(json.loads(answer)),
        titles=json.loads(titles),
        settings=settings,
        error=None if error is None else tuple(json.loads(error)),
        number=number,
        asked_at=asked_at,
    )


def _folded(text: str) -> str:
    return fold(storable(text)).casefold()


def _now() -> str:
    return datetime.now(UTC).isoformat("T", "microseconds")
