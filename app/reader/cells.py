"""Answers in a table's row: which cell they are, and what the table says about it."""

from __future__ import annotations

import re

from app.reader.constraints import Asked, Demands
from app.reader.spans import UNIT
from index.folding import fold
from ingest.sentences import trimmed
from records import Passage, Span

_IN_BRACKETS = re.compile(r"[(（].*[)）]")
_SEVERAL = re.compile("[；;]")
_BARE_NUMBER = re.compile(r"[-+−]?[0-9]+(?:[.,][0-9]+)*")
_NAMES_UNIT = re.compile(r"[(（]?单位[:：]?\s*([^\s，。；、()（）]+)|[(（]([^()（）]+)[)）]")


def placed_cells(passage: Passage) -> tuple[Span, ...]:
    """Where the cells stand in the passage's text."""
    start = passage.span.start
    return tuple(Span(c.span.start - start, c.span.end - start) for c in passage.cells)


def named_cell(asked: Demands, passage: Passage, answer: Span) -> Span | None:
    """The cell that ``answer`` is in, if all of it is asked for.

    It is where the question names its column, or where it says several things: of 甲超过 20%；
    其余均超过 7%, one alone isn't what was asked.
    """
    for cell, span in zip(passage.cells, placed_cells(passage), strict=True):
        name = _IN_BRACKETS.sub("", fold(cell.column)).replace(" ", "").lower()
        several = asked.asked is Asked.AMOUNT and _SEVERAL.search(span.of(passage.text))
        if span.contains(answer) and (several or (name and name in asked.question)):
            return trimmed(passage.text, span)
    return None


def as_said(passage: Passage, answer: Span) -> tuple[str, Span]:
    """The text that ``answer`` stands in, and its place there; of a row, as it would be said."""
    start = passage.span.start
    for cell in passage.cells:
        if cell.span.start <= start + answer.start < cell.span.end:
            lead = f"{passage.cell_texts[0]}：{cell.column}："
            said = lead + answer.of(passage.text)
            return said, Span(len(lead), len(said))
    return passage.text, answer


def beside(passage: Passage, answer: Span) -> str:
    """What a table says of an answer beside it: caption, column and the row's first cell."""
    return "\n".join([passage.header, *_names(passage, answer)])


def unit_beside(passage: Passage, answer: Span) -> str:
    """The unit that a table gives a bare number; empty for other answers and without one.

    It stands in brackets behind the name of the column or of the row, or in the caption.
    """
    if not passage.cells or not _BARE_NUMBER.fullmatch(answer.of(passage.text).strip()):
        return ""
    for text in (*_names(passage, answer), passage.header):
        for found in _NAMES_UNIT.finditer(text):
            unit = (found[1] or found[2]).strip()
            if UNIT.fullmatch(unit):
                return unit
    return ""


def _names(passage: Passage, answer: Span) -> list[str]:
    """The names of the columns that an answer stands in, and of its row."""
    start = passage.span.start
    placed = Span(start + answer.start, start + answer.end)
    columns = [cell.column for cell in passage.cells if cell.span.overlaps(placed)]
    return [*columns, *passage.cell_texts[:1]]
