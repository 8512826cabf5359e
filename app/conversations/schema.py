"""The file that conversations and feedback are kept in: ``conversations.sqlite``."""

from __future__ import annotations

from pathlib import Path

from errors import ConversationNotFound, LibraryMismatch
from index.database import Database

FILE = "conversations.sqlite"
VERSION = 1
# A title is empty until somebody gives one: the first question serves. ``folded`` is what is
# searched. Feedback has a copy of what it judges, which a later turn may replace.
_SCHEMA = """
CREATE TABLE conversations (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, folded TEXT NOT NULL,
    created TEXT NOT NULL, updated TEXT NOT NULL);
CREATE INDEX conversations_by_owner ON conversations(owner, updated);
CREATE TABLE turns (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
    number INTEGER NOT NULL, question TEXT NOT NULL, folded TEXT NOT NULL,
    understood TEXT NOT NULL, answer TEXT, titles TEXT NOT NULL, settings TEXT NOT NULL,
    error TEXT, asked_at TEXT NOT NULL,
    UNIQUE (conversation_id, number));
CREATE TABLE feedback (
    id INTEGER PRIMARY KEY AUTOINCREMENT, turn_id INTEGER NOT NULL UNIQUE,
    conversation_id TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
    number INTEGER NOT NULL, rating TEXT NOT NULL, reason TEXT NOT NULL, comment TEXT NOT NULL,
    question TEXT NOT NULL, history TEXT NOT NULL, answer TEXT, settings TEXT NOT NULL,
    given_at TEXT NOT NULL);
"""


def opened(home: Path) -> Database:
    """The file under the library's ``home``, made if it isn't there.

    Raises LibraryMismatch for a file of a later version.
    """
    database = Database(home / FILE)
    with database.transaction() as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            # one statement at a time: executescript would end the transaction
            for statement in filter(str.strip, _SCHEMA.split(";")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")
    if version > VERSION:
        raise LibraryMismatch(
            f"对话文件 {database.path} 的格式版本是 {version}，本程序只认识到 {VERSION}。"
            "请升级有据，或换一个 --home。",
            f"the conversations in {database.path} have format version {version}, this program "
            f"knows up to {VERSION}: upgrade Youju, or use another --home.",
        )
    return database


def conversation_not_found(conversation_id: str, turn: int | None = None) -> ConversationNotFound:
    """The error to raise for a conversation that its owner doesn't have, or lacks the turn."""
    which = (f"（第 {turn} 轮）", f" (turn {turn})") if turn is not None else ("", "")
    return ConversationNotFound(
        f"没有编号为 {storable(conversation_id)} 的对话{which[0]}。"
        "请用 youju conversations list 查看编号。",
        f"no conversation has the id {storable(conversation_id)}{which[1]}: "
        "see youju conversations list.",
    )


def storable(text: str) -> str:
    """``text`` with a question mark for each half surrogate, which no file can hold."""
    return text.encode("utf-8", "replace").decode()
