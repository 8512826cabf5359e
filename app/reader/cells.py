"""Answers in a table's row: which cell they are, and what the table says about it."""

from __future__ import annotations

import re

from app.reader.asked import Asked
from app.reader.constraints import Demands
from app.reader.ranks import place_asked
from app.reader.spans import UNIT
from index.folding import fold, plain
from ingest.sentences import trimmed
from records import Passage, Span

_IN_BRACKETS = re.compile(r"[(（].*[)）]")
_SEVERAL = re.compile("[；;]")
_ITEM = re.compile("[、,，;；]|等$")
_PART = re.compile(r"[、,，;；。：:0-9《》“”（）()/\s]|^[由对为按]|^通过")
_ORDERED = re.compile("(?:排名|名次|位次|排行|排序)(?!变|升|降|上|下)|^序号$")
_LONGEST_NAME = 40
_BARE_NUMBER = re.compile(r"[-+−]?[0-9]+(?:[.,][0-9]+)*")
_NAMES_UNIT = re.compile(
    r"[(（]?单位[:：]?\s*([^\s，。；、()（）]+)(?![^\s，。；、()（）]|\s?[、，；])|[(（]([^()（）]+)[)）]"
)


def placed_cells(passage: Passage) -> tuple[Span, ...]:
    """Where the cells stand in the passage's text."""
    start = passage.span.start
    return tuple(Span(c.span.start - start, c.span.end - start) for c in passage.cells)


def named_cell(asked: Demands, passage: Passage, answer: Span) -> Span | None:
    """The cell that ``answer`` is in, if all of it is asked for.

    It is where the question names its column, or where it says several things: of 甲超过 20%；
    其余均超过 7%, one alone isn't what was asked; and where it holds but a name. A cell that
    holds what the question itself names (代表：上海、河南, of 上海用的是哪种模式) gives way to the
    only one whose column it asks for.
    """
    placed = list(zip(passage.cells, placed_cells(passage), strict=True))
    asked_for = [span for cell, span in placed if _names_column(asked, cell.column)]
    own = next((span for _, span in placed if span.contains(answer)), None)
    if own is None:
        return None
    several = asked.asked is Asked.AMOUNT and bool(_SEVERAL.search(own.of(passage.text)))
    name = asked.asked is Asked.OTHER and _names_one(own.of(passage.text))
    if own not in asked_for and not several:
        told = asked.asked is Asked.OTHER and _repeats(asked, own.of(passage.text))
        new = [span for span in asked_for if not _repeats(asked, span.of(passage.text))]
        own = new[0] if told and len(new) == 1 else own if name and not told else None
    return trimmed(passage.text, own) if own else None


def _names_one(said: str) -> bool:
    return len(said.strip()) <= _LONGEST_NAME and not _PART.search(said.strip())


def _repeats(asked: Demands, said: str) -> bool:
    items = (item.strip().replace(" ", "").lower() for item in _ITEM.split(fold(said)))
    return any(len(item) > 1 and item.isalpha() and item in asked.question for item in items)


def _names_column(asked: Demands, column: str) -> bool:
    name = bare(column)
    return bool(name) and name in asked.question


def bare(column: str) -> str:
    """A column's name without what stands in brackets (the unit), spelled as ``plain`` does."""
    return plain(_IN_BRACKETS.sub("", column))


def drawn(passage: Passage) -> bool:
    """Whether the row is a chart's of which only digits are left, others between its two."""
    if len(passage.cells) != 2:
        return False
    first, last = sorted((cell.span for cell in passage.cells), key=lambda span: span.start)
    start = passage.span.start
    between = passage.text[first.end - start : last.start - start]
    return any(character.isdigit() for character in between)


def of_another_place(asked: Demands, passage: Passage) -> bool:
    """Whether the row stands in another place of an order (排名) than the one asked for."""
    place = place_asked(asked.question)
    places = {
        int(said.strip())
        for cell, said in zip(passage.cells, passage.cell_texts, strict=True)
        if _ORDERED.search(cell.column) and said.strip().isdecimal()
    }
    return place is not None and bool(places) and place not in places


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
