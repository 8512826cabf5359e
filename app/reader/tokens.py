"""Text becomes tokens that never cross the edge of a word.

The pieces are XLM-RoBERTa's (Conneau et al. 2020, arXiv 1911.02116), as the bundled encoder
knows them, but each is sought inside one word of jieba's: the usual segmentation of a whole
sentence fuses what an answer must part (从|1992|年起), so that one answer in eighteen could
not be marked at all; inside words it is one in two hundred.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import inf
from typing import Any

from index.folding import simplified
from index.packed import PackedModel, packed_file
from ingest.dictionary import tokenizer
from records import Cell, Span

START, PAD, END, UNKNOWN = 0, 1, 2, 3
_UNKNOWN_SCORE = -20.0
_BETWEEN_CELLS = {"\t": "|", "\n": "▁"}
_DIGITS = re.compile(r"[0-9]+|[^0-9]+")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Ids of pieces and, for each, its span in the text it came from. No special tokens.

    An empty span is that of a piece which isn't in the text: nothing is answered with it.
    """

    ids: tuple[int, ...]
    spans: tuple[Span, ...]

    def __len__(self) -> int:
        return len(self.ids)


@cache
def bundled_model() -> PackedModel:
    """The bundled encoder's file, opened once a process."""
    return PackedModel(packed_file())


@cache
def _vocabulary() -> tuple[dict[bytes, int], list[float], int]:
    """Ids of pieces in UTF-8, the score of each id, and the bytes of the longest piece."""
    pieces, scores = bundled_model().pieces()
    known = {piece: i for i, piece in enumerate(pieces) if i > UNKNOWN}
    return known, scores.tolist(), max(map(len, pieces))


def tokenize(text: str) -> Tokens:
    """The tokens of ``text``: spans are exact, in order, apart.

    Of white space only tabs and line ends have tokens, which keep a table's cells apart.
    """
    plain = _plain(text)
    ids: list[int] = []
    spans: list[Span] = []
    for word, start, _ in _words().tokenize(plain):
        if word.isspace():
            word = _BETWEEN_CELLS.get(word, "")
        at = start
        for identifier, length in _pieces(word):
            ids.append(identifier)
            spans.append(Span(at, at + length))
            at += length
    return Tokens(tuple(ids), tuple(spans))


def tokenize_row(text: str, cells: Sequence[Cell], start: int = 0) -> Tokens:
    """The tokens of a table's row as one would say it, ``地区：长沙；人口：1000 万。``.

    ``cells`` count as ``text`` does if that begins at ``start``. Where there are no cells, this
    is ``tokenize``.
    """
    if not cells:
        return tokenize(text)
    ids: list[int] = []
    spans: list[Span] = []
    for number, cell in enumerate(cells, start=1):
        first, last = cell.span.start - start, cell.span.end - start
        parts = (
            (f"{cell.column}：" if cell.column else "", first, False),
            (text[first:last], first, True),
            ("；" if number < len(cells) else "。", last, False),
        )
        for said, at, own in parts:
            tokens = tokenize(said)
            ids += tokens.ids
            spans += [
                Span(at + span.start, at + span.end) if own else Span(at, at)
                for span in tokens.spans
            ]
    return Tokens(tuple(ids), tuple(spans))


@cache
def _words() -> Any:
    """A jieba with nothing added to its own dictionary: what the network was trained with."""
    return tokenizer()


def _plain(text: str) -> str:
    """Half width and simplified, character for character: the length never changes."""
    narrow = "".join(_narrow(character) for character in text)
    converted = simplified(narrow)
    return converted if len(converted) == len(narrow) else narrow


@lru_cache(maxsize=65536)
def _narrow(character: str) -> str:
    if character == "▁":  # what the vocabulary writes for a space before a word
        return " "
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character


@lru_cache(maxsize=65536)
def _pieces(word: str) -> tuple[tuple[int, int], ...]:
    """The most probable pieces of ``word`` as (id, length): Kudo 2018, arXiv 1804.10959.

    Digits and other characters never share a piece.
    """
    return tuple(piece for run in _DIGITS.findall(word) for piece in _segmented(run))


def _segmented(run: str) -> Iterator[tuple[int, int]]:
    known, scores, longest = _vocabulary()
    best = [0.0] + [-inf] * len(run)
    arrived: list[tuple[int, int]] = [(UNKNOWN, 0)] * (len(run) + 1)
    for start in range(len(run)):
        for end in range(start + 1, len(run) + 1):
            piece = run[start:end].encode()
            if len(piece) > longest:
                break
            identifier = known.get(piece, UNKNOWN)
            if identifier == UNKNOWN and end > start + 1:
                continue
            score = best[start] + (_UNKNOWN_SCORE if identifier == UNKNOWN else scores[identifier])
            if score > best[end]:
                best[end] = score
                arrived[end] = (identifier, end - start)
    pieces = []
    at = len(run)
    while at:
        pieces.append(arrived[at])
        at -= arrived[at][1]
    yield from reversed(pieces)
