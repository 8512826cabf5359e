"""Feedback as a question set for ``youju eval run``: drafts, for a person to review."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from app.conversations.feedback import Feedback, Rating
from app.gate import locate
from errors import DocumentNotFound
from records import Answer, Document

SUFFIXES = (".jsonl", ".csv")
_COLUMNS = (
    *("id", "question", "history", "kind", "answerable", "answers", "evidence", "document"),
    *("rating", "reason", "comment", "answer", "settings", "given_at"),
)

Fetch = Callable[[str], Document]
"""The stored document of an id; raises DocumentNotFound."""


def question_rows(feedback: Iterable[Feedback], document: Fetch) -> list[dict[str, Any]]:
    """A row of app/questions.py for each judgement, oldest first.

    A thumb up makes the answer the gold: its short answer, its quotes as evidence, or that the
    question can't be answered. It does so only where every quote stands exactly once in one
    document of the library, as a question set demands. Anything else, and a thumb down, has no
    gold. The judgement itself stands under keys that the loader passes over.
    """
    return [_row(each, document) for each in feedback]


def write_question_rows(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """The rows as JSON Lines, or as CSV where the suffix says so."""
    if path.suffix.lower() == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, _COLUMNS, restval="")
            writer.writeheader()
            writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
        return
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8", errors="replace")


def _row(feedback: Feedback, document: Fetch) -> dict[str, Any]:
    answer = feedback.answer
    row: dict[str, Any] = {"id": f"feedback-{feedback.id}", "question": feedback.question}
    if feedback.history:
        row |= {"history": list(feedback.history)}
    if answer is not None and feedback.rating is Rating.UP:
        row |= _gold(answer, document)
    return row | {
        "rating": feedback.rating.value,
        "reason": feedback.reason.value,
        "comment": feedback.comment,
        "answer": "" if answer is None else answer.text,
        "settings": feedback.settings,
        "given_at": feedback.given_at,
    }


def _gold(answer: Answer, document: Fetch) -> dict[str, Any]:
    if answer.refused:
        return {"kind": "unanswerable", "answerable": False}
    quotes = list(dict.fromkeys(citation.quote for citation in answer.citations))
    sources = {citation.document_id for citation in answer.citations}
    if len(sources) != 1:
        return {}
    try:
        source = document(sources.pop())
    except DocumentNotFound:
        return {}
    if any(len(locate(quote, source.text)) != 1 for quote in quotes):
        return {}
    return {
        "answerable": True,
        "answers": [answer.short_answer or quotes[0]],
        "evidence": quotes,
        "document": Path(source.path).name,
    }


def _cell(value: Any) -> str:
    """A list a line each, a truth in Chinese; a space keeps a formula from being one."""
    if isinstance(value, bool):
        return "是" if value else "否"
    text = "\n".join(value) if isinstance(value, list) else str(value)
    return f" {text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
