"""Which ones? A question for a list that a table answers by a column: a cell of each row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from app.reader.cells import placed_cells
from app.reader.constraints import Asked, Demands
from index.folding import fold
from records import Passage, Span

_LONGEST = 60  # characters of a cell that is an item and no text
_IN_BRACKETS = re.compile(r"[(（].*[)）]")
_SPACE = re.compile(r"\s+")
# A question for documents means the column that holds nothing but their titles.
_DOCUMENT = re.compile(r"文件|政策|法规|条例|办法|意见|方案|规划")
_TITLE = re.compile(r"《[^《》]+》(?:[（(][^（()）]+[)）])?")
# Rows that such words choose would have to be reckoned or left out: no rule does that here.
_CHOOSING = re.compile(
    r"最|超过|超出|高于|低于|多于|少于|大于|小于|不足|不到|以上|以下|以内|至少|至多|前[0-9一-十]"
    r"|除|以外|之外|其余|其他|另外|没|不|未(?!来)|非(?!遗)"
)


def column_cells(
    asked: Demands,
    words: Sequence[str],
    found: Sequence[tuple[Passage, Span]],
    rows: Sequence[Passage],
) -> tuple[tuple[Passage, Span], ...]:
    """The cells that answer together, with their rows, in order; none where no column does.

    ``found`` are passages with spans that may answer, the likeliest first, counted in their
    passage as the cells returned are; ``rows`` are passages of the first one's document. Its
    column answers where the question names it, or where it holds the likeliest span of most
    rows found; for documents (哪几份文件) the one column of titles does. Words of the question
    that stand in some rows of the table only, in another column, say which rows are meant, as
    a row's label does. A cell that is a list by itself is left to answer alone.
    """
    if asked.asked is not Asked.LIST or not found:
        return ()
    first, answer = found[0]
    table = [row for row in rows if row.cells and titles_of(row) == titles_of(first)]
    documents = _document_column(asked.question, table)
    column = documents or _column(first, answer)
    name = plain(_IN_BRACKETS.sub("", column))
    several = not documents and "、" in answer.of(first.text)
    if several or _CHOOSING.search(asked.question.replace(name, "")):
        return ()
    if documents:
        words = [word for word in words if not _DOCUMENT.fullmatch(word)]
    named = documents or (name and name in asked.question)
    if not named and not _most(column, [f for f in found if f[0] in table]):
        return ()
    if any(asked.missing("\n".join(f"{row.context}\n{row.sentence}" for row in table))):
        return ()
    items: dict[str, tuple[Passage, Span]] = {}
    for row in _meant(asked.question, words, table, column):
        for cell, place, said in zip(row.cells, placed_cells(row), row.cell_texts, strict=True):
            if cell.column == column:
                items.setdefault(said, (row, place))
    whole = len(items) > 1 and len(items) == (asked.items or len(items))
    return tuple(items.values()) if whole and max(map(len, items)) <= _LONGEST else ()


def enumerated(items: Sequence[str]) -> str:
    """The items as one list, parted by a mark that no item holds, as far as there is one."""
    return ("；" if any(mark in item for item in items for mark in "，,、") else "、").join(items)


def titles_of(row: Passage) -> tuple[object, ...]:
    """What the rows of one table have in common."""
    return row.document_id, row.headings, row.header.split("\n")[0]


def _column(row: Passage, answer: Span) -> str:
    """The name of the column that ``answer`` stands in; empty where it isn't one cell's."""
    inside = [
        cell.column
        for cell, place in zip(row.cells, placed_cells(row), strict=True)
        if place.contains(answer)
    ]
    return inside[0] if inside else ""


def _document_column(question: str, table: Sequence[Passage]) -> str:
    """The one column of titles (《…》) alone, where the question asks for documents; else empty."""
    if not _DOCUMENT.search(question):
        return ""
    said: dict[str, list[str]] = {}
    for row in table:
        for cell, text in zip(row.cells, row.cell_texts, strict=True):
            said.setdefault(cell.column, []).append(text.strip())
    columns = [column for column, texts in said.items() if all(map(_TITLE.fullmatch, texts))]
    return columns[0] if len(columns) == 1 else ""


def _most(column: str, found: Sequence[tuple[Passage, Span]]) -> bool:
    """Whether most of the rows, and two at least, are likeliest to answer by this column."""
    counted = Counter({row.id: _column(row, span) for row, span in reversed(found)}.values())
    return bool(column) and counted[column] > 1 and 2 * counted[column] > counted.total()


def _meant(
    question: str, words: Sequence[str], table: Sequence[Passage], column: str
) -> list[Passage]:
    """The rows with each word, and each cell's text, by which the question tells rows apart."""
    about = plain("\n".join(map(_about, table)))
    beside = {row.id: [plain(said) for said in _beside(row, column)] for row in table}
    cells = {said for each in beside.values() for said in each if said in question}
    meant = list(table)
    for word in {*words, *cells}:
        holding = [row for row in table if any(word in said for said in beside[row.id])]
        if len(word) > 1 and word not in about and holding:
            meant = [row for row in meant if row in holding]
    return meant


def _about(row: Passage) -> str:
    """What is said of all rows alike."""
    columns = [cell.column for cell in row.cells]
    return "\n".join([*row.headings, row.header.split("\n")[0], *columns])


def _beside(row: Passage, column: str) -> list[str]:
    """What a row's cells say outside of ``column``, and a cell that reaches down to it."""
    cells = zip(row.cells, row.cell_texts, strict=True)
    own = [said for cell, said in cells if cell.column != column]
    return [*(label.split("：", 1)[-1] for label in row.header.split("\n")[1:]), *own]


def plain(text: str) -> str:
    """As ``fold`` spells it, without white space and in small letters."""
    return _SPACE.sub("", fold(text)).lower()
