"""Question files: what is asked and, where it is known, what counts as right.

A question file is JSON Lines. Only ``question`` is required; the other keys are the fields
of ``Question``, and keys unknown here are ignored. eval/questions/README.md says how the
committed sets were written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from errors import QuestionsError

_TOLD = 20  # bad lines are named, at most


@dataclass(frozen=True, slots=True)
class Question:
    """A question and, where it is known, its gold.

    ``answers`` are accepted short answers, the shortest natural form first. Each quote in
    ``evidence`` is needed; each quote in ``alternatives`` alone does as well as all of
    ``evidence``. Quotes are verbatim but for what ``locate`` ignores. ``document`` is the
    name of the file that the quotes stand in, empty where any will do. ``answerable`` is
    None where the file doesn't say and gives neither answers nor quotes. ``kind`` and
    ``split`` ("tune" or "test") sort the questions for reports. ``history`` are the user's
    earlier questions in the same dialogue, oldest first.
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
    history: tuple[str, ...] = ()


def load_questions(path: Path) -> tuple[Question, ...]:
    """The questions of a JSON Lines file, in order.

    Blank lines and a byte order mark are passed over; ``id`` defaults to the number of the
    line, from 1. Raises QuestionsError when the file can't be read as UTF-8, and for lines
    that are not objects of the right types, each named with its number.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionsError(
            f"读不了问题文件 {path}：{error}。请给出一个 UTF-8 编码的 JSONL 文件。",
            f"can't read the question file {path}: {error}. Name a JSONL file in UTF-8.",
        ) from error
    questions, wrong = [], []
    # Not splitlines(): JSON strings may hold U+2028 and others that it breaks at.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                questions.append(_question(line, number))
            except (ValueError, TypeError, RecursionError) as error:
                wrong.append((number, error))
    if wrong:
        chinese = "；".join(f"第 {number} 行有误：{error}" for number, error in wrong[:_TOLD])
        english = "; ".join(f"line {number}: {error}" for number, error in wrong[:_TOLD])
        raise QuestionsError(
            f'{path} {chinese}。每行应是一个 JSON 对象，例如 {{"question": "……"}}；请改正这些行。',
            f"{path}, {english}. "
            'Each line must be one JSON object like {"question": "…"}; mend these lines.',
        )
    return tuple(questions)


def _question(line: str, number: int) -> Question:
    row = json.loads(line)
    if not isinstance(row, dict):
        raise TypeError("the line is not a JSON object")
    # JSON can spell half a surrogate pair, which no file could be written with.
    json.dumps(row, ensure_ascii=False).encode()
    return question_of(row, number)


def question_of(row: Mapping[str, Any], number: int) -> Question:
    """The question of a row; ``number`` is its id where it names none. ValueError, TypeError."""
    answers, evidence, alternatives, history = (
        _texts(row, key) for key in ("answers", "evidence", "alternatives", "history")
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
        history=history,
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
