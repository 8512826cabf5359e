"""Thumbs up and down: what users think of answers, kept with the answers themselves."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from app.contract import answer_of
from app.conversations.schema import conversation_not_found, opened, storable
from index.database import Database
from records import Answer

_LONGEST_COMMENT = 2000
_FEEDBACK = (
    "f.id, owner, conversation_id, number, rating, reason, comment, question, history, answer,"
    " settings, given_at"
)
_JOINED = f"SELECT {_FEEDBACK} FROM feedback f JOIN conversations c ON c.id = conversation_id"


class Rating(StrEnum):
    """Which way the thumb points."""

    UP = "up"
    DOWN = "down"


class Reason(StrEnum):
    """What is wrong with an answer that got a thumb down."""

    NONE = ""
    WRONG = "wrong"
    INCOMPLETE = "incomplete"
    BESIDE_THE_POINT = "beside_the_point"  # an answer to another question
    BAD_CITATION = "bad_citation"  # the quote doesn't carry the answer
    DECLINED = "declined"  # the documents do answer
    ANSWERED = "answered"  # the documents don't answer
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Feedback:
    """A user's judgement of one answer, with a copy of what he judged.

    ``question`` is as it was understood, ``history`` the questions before it, oldest first;
    ``answer`` is None where an error stood in its place. ``settings`` is their fingerprint.
    """

    id: int
    owner: str
    conversation_id: str
    turn: int
    rating: Rating
    reason: Reason
    comment: str
    question: str
    history: tuple[str, ...]
    answer: Answer | None
    settings: str
    given_at: str


class FeedbackLog:
    """Feedback in the conversations' file. It goes when its conversation is deleted."""

    def __init__(self, home: Path) -> None:
        """``home`` is the library's folder; nothing is made before it is used."""
        self._home = home

    @cached_property
    def _file(self) -> Database:
        return opened(self._home)

    def close(self) -> None:
        """Close this thread's connection."""
        self._file.close()

    def rate(
        self,
        owner: str,
        conversation_id: str,
        turn: int,
        rating: Rating,
        reason: Reason = Reason.NONE,
        comment: str = "",
    ) -> None:
        """Keep a judgement of a turn as it is now; an earlier one of the same answer goes.

        Raises ConversationNotFound when the owner has no such conversation or turn.
        """
        with self._file.transaction() as database:
            identifier, asked, understood, answer, settings = _judged(
                database, owner, conversation_id, turn
            )
            earlier = database.execute(
                "SELECT question FROM turns WHERE conversation_id = ? AND number < ?"
                " ORDER BY number",
                [conversation_id, turn],
            )
            # An understood question stands on its own: nothing before it is needed.
            history = [] if understood else [question for (question,) in earlier]
            database.execute(
                "INSERT OR REPLACE INTO feedback (turn_id, conversation_id, number, rating,"
                " reason, comment, question, history, answer, settings, given_at)"
                f" VALUES ({', '.join('?' * 11)})",
                [
                    *(identifier, conversation_id, turn, rating, reason),
                    storable(comment.strip())[:_LONGEST_COMMENT],
                    *(understood or asked, json.dumps(history), answer, settings),
                    datetime.now(UTC).isoformat("T", "seconds"),
                ],
            )

    def withdraw(self, owner: str, conversation_id: str, turn: int) -> None:
        """Forget the judgement of a turn as it is now. Raises ConversationNotFound."""
        with self._file.transaction() as database:
            identifier, *_ = _judged(database, owner, conversation_id, turn)
            database.execute("DELETE FROM feedback WHERE turn_id = ?", [identifier])

    def ratings(self, owner: str, conversation_id: str) -> dict[int, Rating]:
        """Which turns of a conversation, as they are now, were judged and how."""
        rows = self._file.connection.execute(
            "SELECT t.number, rating FROM feedback f JOIN turns t ON t.id = turn_id"
            " JOIN conversations c ON c.id = t.conversation_id"
            " WHERE c.id = ? AND owner = ? ORDER BY t.number",
            [storable(conversation_id), owner],
        )
        return {number: Rating(rating) for number, rating in rows}

    def everyones(self) -> tuple[Feedback, ...]:
        """All feedback of all owners, oldest first: for whoever has the file."""
        rows = self._file.connection.execute(f"{_JOINED} ORDER BY f.id")
        return tuple(map(_feedback, rows))

    def of(self, owner: str) -> tuple[Feedback, ...]:
        """The owner's feedback, oldest first."""
        rows = self._file.connection.execute(f"{_JOINED} WHERE owner = ? ORDER BY f.id", [owner])
        return tuple(map(_feedback, rows))


def _judged(
    database: sqlite3.Connection, owner: str, conversation_id: str, turn: int
) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = database.execute(
        "SELECT t.id, question, understood, answer, settings FROM turns t"
        " JOIN conversations c ON c.id = conversation_id"
        " WHERE c.id = ? AND owner = ? AND number = ?",
        [storable(conversation_id), owner, turn],
    ).fetchone()
    if row is None:
        raise conversation_not_found(conversation_id, turn)
    return row


def _feedback(row: Sequence[Any]) -> Feedback:
    identifier, owner, conversation_id, turn, rating, reason, comment, *rest = row
    question, history, answer, settings, given_at = rest
    return Feedback(
        id=identifier,
        owner=owner,
        conversation_id=conversation_id,
        turn=turn,
        rating=Rating(rating),
        reason=Reason(reason),
        comment=comment,
        question=question,
        history=tuple(json.loads(history)),
        answer=None if answer is None else answer_of(json.loads(answer)),
        settings=settings,
        given_at=given_at,
    )
