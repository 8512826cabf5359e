"""Question files and their gold: what was asked, what counts as right, and where it stands.

A question file is JSON Lines. Only ``question`` is required; the other keys are the fields
of ``Question``, and keys unknown here are ignored. eval/questions/README.md says how the
committed sets were written.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from errors import QuestionsError
from records import Span

# U+FF01 to U+FFEE is the block of full-width and half-width forms.
WIDTHS = {
    code: folded
    for code in range(0xFF01, 0xFFEF)
    if len(folded := unicodedata.normalize("NFKC", chr(code))) == 1
}
QUOTE_MARKS = dict.fromkeys(map(ord, "“”„‟「」〝〞＂｢｣"), '"') | dict.fromkeys(
    map(ord, "‘’‚‛『』＇"), "'"
)
FOLDED = WIDTHS | QUOTE_MARKS


@dataclass(frozen=True, slots=True)
class Question:
    """A question and, where it is known, its gold.

    ``answers`` are accepted short answers, the shortest natural form first. Each quote in
    ``evidence`` is needed; each quote in ``alternatives`` alone does as well as all of
    ``evidence``. Quotes are verbatim but for what ``locate`` ignores. ``document`` is the
    name of the file that the quotes stand in, empty where any will do. ``answerable`` is
    None where the file doesn't say and gives neither answers nor quotes. ``kind`` and
    ``split`` ("tune" or "test") sort the questions for reports.
    """

    id: str
    question: str
    kind: str = ""
    split: str = ""
    answerable: bool | None = None
    answers: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    document: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the gold of question ``id``."""

    id: str
    message: str


def load_questions(path: Path) -> tuple[Question, ...]:
    """The questions of a JSON Lines file, in order.

    Blank lines and a byte order mark are passed over; ``id`` defaults to the number of the
    line, from 1. Raises QuestionsError when the file can't be read as UTF-8, and for the
    first line that is not an object of the right types.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionsError(
            f"读不了问题文件 {path}：{error}。请给出一个 UTF-8 编码的 JSONL 文件。",
            f"can't read the question file {path}: {error}. Name a JSONL file in UTF-8.",
        ) from error
    # Not splitlines(): JSON strings may hold U+2028 and others that it breaks at.
    return tuple(
        _question(line, path, number)
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip()
    )


def locate(quote: str, text: str) -> tuple[Span, ...]:
    """Every place where ``quote`` stands in ``text``, in order, as exact spans of ``text``.

    White space, full-width and half-width forms and the shapes of quotation marks make no
    difference. A span starts and ends at a character that is not white space. A quote of
    nothing but white space stands nowhere.
    """
    wanted, _ = _fold(quote)
    folded, positions = _fold(text)
    return tuple(
        Span(positions[start], positions[start + len(wanted) - 1] + 1)
        for start in _occurrences(wanted, folded)
    )


def check_evidence(questions: Iterable[Question], documents: Mapping[str, str]) -> list[Problem]:
    """What is wrong with the gold of ``questions``; an empty list when all of it holds.

    ``documents`` maps file names to readable texts. Every quote must stand exactly once in
    the document that its question names, or in all the documents together where it names
    none; ids must be unique; only answerable questions have gold, and all of them do.
    """
    asked = tuple(questions)
    shared = [
        Problem(id, f"{count} questions have this id")
        for id, count in Counter(question.id for question in asked).items()
        if count > 1
    ]
    own = [Problem(q.id, message) for q in asked for message in _faults(q, documents)]
    return shared + own


def _faults(question: Question, documents: Mapping[str, str]) -> Iterator[str]:
    gold = bool(question.answers or question.evidence or question.alternatives)
    if question.answerable is False and gold:
        yield "not answerable, yet it has answers or evidence"
    if question.answerable and not (question.answers and question.evidence):
        yield "answerable, yet it has no answers or no evidence"
    if question.document and question.document not in documents:
        yield f"no document is named {question.document}"
        return
    texts = [documents[question.document]] if question.document else list(documents.values())
    for quote in question.evidence + question.alternatives:
        places = sum(len(locate(quote, text)) for text in texts)
        if places != 1:
            yield f"stands in {places} places, not in one: {quote}"


@lru_cache(maxsize=64)
def _fold(text: str) -> tuple[str, tuple[int, ...]]:
    """``text`` in the form that is compared, and the position of each of its characters."""
    positions = tuple(i for i, character in enumerate(text) if not character.isspace())
    return "".join(text[i] for i in positions).translate(FOLDED), positions


def _occurrences(wanted: str, text: str) -> Iterator[int]:
    start = text.find(wanted) if wanted else -1
    while start >= 0:
        yield start
        start = text.find(wanted, start + 1)


def _question(line: str, path: Path, number: int) -> Question:
    try:
        row = json.loads(line)
        if not isinstance(row, dict):
            raise TypeError("the line is not a JSON object")
        # JSON can spell half a surrogate pair, which no file could be written with.
        json.dumps(row, ensure_ascii=False).encode()
        return _from_row(row, number)
    except (ValueError, TypeError, RecursionError) as error:
        raise QuestionsError(
            f"{path} 第 {number} 行有误：{error}。"
            '每行应是一个 JSON 对象，例如 {"question": "……"}；请改正这一行。',
            f"{path}, line {number}: {error}. "
            'Each line must be one JSON object like {"question": "…"}; mend this line.',
        ) from error


def _from_row(row: Mapping[str, Any], number: int) -> Question:
    answers, evidence, alternatives = (
        _texts(row, key) for key in ("answers", "evidence", "alternatives")
    )
    answerable = row.get("answerable")
    if not isinstance(answerable, bool | None):
        raise TypeError(f'"answerable" must be true or false, not {answerable!r}')
    if answerable is None and (answers or evidence or alternatives):
        answerable = True
    question = _text(row, "question")
    if not question.strip():
        raise ValueError('"question" is missing or empty')
    return Question(
        id=_text(row, "id") or str(number),
        question=question,
        kind=_text(row, "kind"),
        split=_text(row, "split"),
        answerable=answerable,
        answers=answers,
        evidence=evidence,
        alternatives=alternatives,
        document=_text(row, "document"),
    )


def _text(row: Mapping[str, Any], key: str) -> str:
    """The text under ``key``, empty when absent; an id may also be a whole number."""
    value = row.get(key)
    if key == "id" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str | None):
        raise TypeError(f'"{key}" must be text, not {value!r}')
    return value or ""


def _texts(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values: Sequence[Any] | None = row.get(key)
    if values is None:
        return ()
    if not isinstance(values, list) or not all(isinstance(v, str) and v.strip() for v in values):
        raise TypeError(f'"{key}" must be a list of non-empty texts, not {values!r}')
    return tuple(values)
