"""Footnotes that stand in the flow, where their page ended.

``致力成为数字 1 不包括港澳台数据。5 城市领域``: the note belongs to page 4, the sentence goes
on after it, and the mark is a digit glued to a word somewhere above on the page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

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
    """The notes ``number``, ``number`` + 1, … at the foot of the page that ends at ``page``."""
    notes: list[Footnote] = []
    bottom = max(top, page.start - _LONGEST)
    while opening := _opening(number).search(text, bottom, page.start):
        here = Span(*opening.span("number"))
        mark = _mark(text, top, here.start, number)
        if mark is None:
            break
        if notes:
            notes[-1] = replace(notes[-1], note=_trimmed(text, notes[-1].note.start, here.start))
        notes.append(
            Footnote(
                mark=mark,
                number=here,
                note=_trimmed(text, here.start, page.start),
                page=page,
                inside=_before(text, here.start) not in _SENTENCE_ENDS,
            )
        )
        number += 1
        bottom = here.end
    return notes


def _opening(number: int) -> re.Pattern[str]:
    return re.compile(
        rf"(?:(?<=[{_HAN}A-Za-z”）)，,、] )|(?<=[。！？”）)；;]))"
        rf"(?P<number>{number}) (?=[{_HAN}A-Za-z《“])"
    )


def _mark(text: str, top: int, bottom: int, number: int) -> Span | None:
    """The last place above the note where its number is glued to what it annotates."""
    glued = re.compile(
        rf"(?<=[{_HAN}”’）)》%％。，,])(?<!第){number}"
        rf"(?=[{_HAN}。！？，,；;、：:“（(）)”]| [{_HAN}“]|$)(?!对|[个家项种年月日倍户条万亿多余])"
    )
    marks = [Span(*found.span()) for found in glued.finditer(text, top, bottom)]
    return marks[-1] if marks else None


def _before(text: str, position: int) -> str:
    while position > 0 and text[position - 1] == " ":
        position -= 1
    return text[max(0, position - 1) : position]


def _trimmed(text: str, start: int, end: int) -> Span:
    return Span(start, start + len(text[start:end].rstrip()))
