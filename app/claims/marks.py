"""The marks by which a generated text cites its passages: [1], 【2】, [1,2], [^3]."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from records import Span

_MARK = re.compile(
    r"[\[【［〔]\s*\^?(?P<numbers>[0-9０-９]{1,3}(?:\s*[,，、;；]\s*\^?[0-9０-９]{1,3})*)\s*[\]】］〕]"
)
_NUMBER = re.compile(r"[0-9０-９]+")


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark, its place in the text, and the passages it names, counted from 1."""

    span: Span
    numbers: tuple[int, ...]


def marks(text: str) -> Iterator[Mark]:
    """The marks of ``text`` in order. A year in brackets, ［2022］, is none."""
    for match in _MARK.finditer(text):
        numbers = tuple(int(number) for number in _NUMBER.findall(match["numbers"]))
        yield Mark(Span(*match.span()), numbers)


def without_marks(text: str) -> str:
    """``text`` with white space in the place of its marks, as long as before."""
    return _MARK.sub(lambda match: " " * len(match.group()), text)
