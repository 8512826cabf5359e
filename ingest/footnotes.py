"""Footnotes that stand in the flow, where their page ended.

``致力成为数字 1 不包括港澳台数据。5 城市领域``: the note belongs to page 4, the sentence goes
on after it, and the mark is a digit glued to a word somewhere above on the page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from records import Span

_LONGEST = 240
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_SENTENCE_ENDS = "。！？!?”"


@dataclass(frozen=True, slots=True)
class Footnote:
    """``mark`` is the digit in the text, ``number`` the one before the note.

    ``note`` runs from ``number`` to the end of the note; ``page`` is the page number that
    follows it; ``inside`` says whether the note stands inside a sentence.
    """

    mark: Span
    number: Span
    note: Span
    page: Span
    inside: bool


def find_footnotes(text: str, pages: Sequence[Span]) -> tuple[Footnote, ...]:
    """The footnotes before the given page numbers, in order.

    Notes count up from 1, over the text or on each page; one is found only where its mark is.
    """
    found: list[Footnote] = []
    top = 0
    for page in pages:
        upcoming = len(found) + 1
        notes = _on_page(text, top, page, upcoming) or _on_page(text, top, page, 1)
        found.extend(notes)
        top = page.end
    return tuple(found)


def _on_page(text: str, top: int, page: Span, number: int) -> list[Footnote]:
    notes: list[Footnote] = []
    bottom = max(top, page.start - _LONGEST)
    while True:
        opening = re.compile(
            rf"(?:(?<=[{_HAN}A-Za-z”）)，,、] )|(?<=[。！？”）)；;]))(?P<number>{number}) (?=[{_HAN}A-Za-z《“])"
        ).search(text, bottom, page.start)
        if opening is None:
            break
        here = Span(opening.start(), opening.end() - 1)
        mark = _mark(text, top, here.start, number)
        if mark is None:
            break
        if notes:
            notes[-1] = _ended(notes[-1], here.start, text)
        before = text[: here.start].rstrip(" ")[-1:] if here.start < 2 else _before(text, here.start)
        notes.append(
            Footnote(
                mark=mark,
                number=here,
                note=_trimmed(text, Span(here.start, page.start)),
                page=page,
                inside=before not in _SENTENCE_ENDS,
            )
        )
        number += 1
        bottom = here.end
    return notes


def _before(text: str, position: int) -> str:
    while position > 0 and text[position - 1] == " ":
        position -= 1
    return text[position - 1 : position]


def _ended(note: Footnote, end: int, text: str) -> Footnote:
    return Footnote(
        note.mark, note.number, _trimmed(text, Span(note.note.start, end)), note.page, note.inside
    )


def _trimmed(text: str, span: Span) -> Span:
    return Span(span.start, span.start + len(span.of(text).rstrip()))


def _mark(text: str, top: int, bottom: int, number: int) -> Span | None:
    """The last place above the note where its number is glued to what it annotates."""
    glued = re.compile(
        rf"(?<=[{_HAN}”’）)》%％。，,])(?<!第){number}(?=[{_HAN}。！？，,；;、：:“（(）)”]| [{_HAN}“]|$)"
        r"(?!对|[个家项种年月日倍户条万亿多余])"
    )
    marks = [Span(found.start(), found.end()) for found in glued.finditer(text, top, bottom)]
    return marks[-1] if marks else None
