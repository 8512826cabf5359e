"""What is kept of a conversation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from records import Answer
from settings import Settings

_TITLE = 30
_BOUNDARY = re.compile(r"[\s，。；：、？！,;:?!]")
# A figure or a Latin word that a cut would leave half of.
_HALF = re.compile(r"[A-Za-z0-9.%]+$")


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what came of it.

    ``question`` is as it was asked, ``understood`` as it was put to the library, empty where
    that is the same. ``titles`` names the documents of the answer's hits by id. ``settings``
    is their ``fingerprint``. ``error`` is in Chinese and in English, None without. ``number``
    counts from 1 and ``asked_at`` is UTC, ISO 8601; the store gives both.
    """

    question: str
    understood: str = ""
    answer: Answer | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    settings: str = ""
    error: tuple[str, str] | None = None
    number: int = 0
    asked_at: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as it is listed; times are UTC, ISO 8601, ``turns`` how many it has."""

    id: str
    owner: str
    title: str
    created: str
    updated: str
    turns: int


def title_of(question: str) -> str:
    """A question as a title: one line of at most 30 characters, no word or figure halved."""
    line = " ".join(question.split())
    if len(line) <= _TITLE:
        return line
    head = line[: _TITLE - 1]
    ends = [found.start() for found in _BOUNDARY.finditer(head, _TITLE // 2)]
    if ends:
        head = head[: ends[-1]]
    elif _HALF.match(line[_TITLE - 1]):
        head = _HALF.sub("", head) or head
    return f"{head.rstrip()}…"


def fingerprint(settings: Settings) -> str:
    """12 hexadecimal digits that change with whatever settings an answer may depend on."""
    said = settings.model_dump_json(exclude={"home", "language", "ingest", "page"})
    return sha256(said.encode()).hexdigest()[:12]
