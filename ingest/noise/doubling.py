"""Fake bold: text that was printed twice to look heavier, and so was extracted twice.

Every line of a heading or of a bold lead comes out as ``XX``; where fonts change inside it,
run by run: ``甲甲 2020 年年``. A *doubled run* is a chain of such pieces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from records import Span

_LONGEST = 200
_STRONG = 4
# So many repeats at least so long show that a text was printed twice.
_EVIDENCE = ((10, 1), (6, 2), (4, 3))
_SHARE = 0.01
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
_HAN_ANYWHERE = re.compile(f"[{_HAN}]")
# Fake bold doubles the Chinese font only: figures, Latin and quotation marks stay single.
_SINGLE = re.compile(r"[A-Za-z0-9 .%+/()（）“”‘’《》:：,，。~-]{0,16}")
_SENTENCE_ENDS = "。！？!?"
_NO_START = " 。！？；，、：!?;,:)）”’》"


@dataclass(frozen=True, slots=True)
class Piece:
    """``text[start:start + length]`` is followed by itself."""

    start: int
    length: int

    @property
    def end(self) -> int:
        """Where the second copy ends."""
        return self.start + 2 * self.length

    @property
    def first(self) -> Span:
        """The first copy."""
        return Span(self.start, self.start + self.length)

    @property
    def second(self) -> Span:
        """The second copy."""
        return Span(self.start + self.length, self.end)


Run = tuple[Piece, ...]


def doubled_runs(text: str) -> tuple[Run, ...]:
    """The doubled runs of ``text``, in order; none where repetition may be meant.

    A short repeat (天天, 研究研究, 2020) counts only beside longer ones, or in a row of
    spaced single characters (``目目 录录``), and only in a text that holds enough long
    repeats to show that it was printed twice.
    """
    pieces = _disjoint(_repeats(text))
    lengths = [piece.length for piece in pieces]
    certain = any(
        sum(length >= longer for length in lengths) >= count for longer, count in _EVIDENCE
    )
    if not certain or sum(lengths) < _SHARE * len(text):
        return ()
    return tuple(run for run in _chains(text, pieces) if _is_print(text, run))


def _repeats(text: str) -> Iterator[Piece]:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    size = len(codes)
    for length in range(1, min(_LONGEST, size // 2) + 1):
        # A repeat of this length holds exactly one multiple of it in its first copy.
        probes = np.arange(0, size - length, length)
        reached = 0
        for probe in probes[codes[probes] == codes[probes + length]].tolist():
            if probe < reached:
                continue
            start = end = probe
            while start > reached and text[start - 1] == text[start - 1 + length]:
                start -= 1
            while end + length < size and text[end] == text[end + length]:
                end += 1
            reached = end
            while end - start > length and text[start] in _NO_START:
                start += 1
            if end - start >= length and _may_be_print(text[start : start + length]):
                yield Piece(start, length)


def _may_be_print(copy: str) -> bool:
    return bool(_HAN_ANYWHERE.search(copy)) and copy == copy.strip()


def _disjoint(pieces: Iterator[Piece]) -> list[Piece]:
    chosen: dict[int, Piece] = {}
    taken: set[int] = set()
    for piece in sorted(pieces, key=lambda piece: (-piece.length, piece.start)):
        if piece.start in taken or piece.end - 1 in taken:
            continue
        taken.update(range(piece.start, piece.end))
        chosen[piece.start] = piece
    return [chosen[start] for start in sorted(chosen)]


def _chains(text: str, pieces: list[Piece]) -> Iterator[Run]:
    run: list[Piece] = []
    for piece in pieces:
        if run and not _continues(text, run[-1], piece):
            yield tuple(run)
            run = []
        run.append(piece)
    if run:
        yield tuple(run)


def _continues(text: str, before: Piece, after: Piece) -> bool:
    if not _SINGLE.fullmatch(text, before.end, after.start):
        return False
    ended = text[after.start - 1] in _SENTENCE_ENDS
    return not ended or after.length >= _STRONG - 1


def _is_print(text: str, run: Run) -> bool:
    if any(piece.length >= _STRONG for piece in run):
        return True
    gaps = [text[a.end : b.start] for a, b in pairwise(run)]
    return bool(gaps) and all(gap == " " for gap in gaps)
