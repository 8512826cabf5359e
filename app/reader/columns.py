"""Which ones? A question for a list that a table answers by a column: a cell of each row."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.reader.asked import Asked
from app.reader.cells import bare, placed_cells
from app.reader.constraints import Demands
from index.folding import plain
from records import Passage, Span

_LONGEST = 60  # characters of a cell that is an item and no text
# A question for documents means the column that holds nothing but their titles; not one for
# those who issued them (哪些城市出台了政策).
_DOCUMENT = "文件|政策|法规|条例|办法|意见|方案|规划"
_ISSUED = "出台|印发|发布|颁布|公布|制定|实施"
_ISSUERS = "城市|地区|[省市县区]|部门|单位|机构|企业"
_DOCUMENTS_ASKED = re.compile(
    rf"哪(?:(?!{_ISSUED}|{_ISSUERS})[^,，。；;？?]){{1,12}}?(?:{_DOCUMENT})"
    rf"|(?:{_DOCUMENT})(?:名称)?(?:都|各|主要|分别|一共)*[有是](?:哪|什么)"
)
_OF_DOCUMENTS = re.compile(f"{_DOCUMENT}|{_ISSUED}")
_TITLE = re.compile(r"《[^《》]+》(?:[（(][^（()）]+[)）])?")
_TITLES = "《》"  # the name of any column of titles
_BETWEEN = 6  # characters beside a title, in an answer that lists titles
_ASKING = re.compile(
    r".*[哪几].*|[两二三四五六七八九十0-9]+[份个项部件条种类家]?|列出|列举|提到|包括|包含|涉及"
)
# Rows that such words choose would have to be reckoned or left out: no rule does that here.
_CHOOSING = re.compile(
    r"最|超过|超出|高于|低于|多于|少于|大于|小于|不足|不到|以上|以下|以内|至少|至多|前[0-9一二三四五六七八九十]"
    r"|(?<![消清拆扣解免])除|以外|之外|其余|其他|另外|没|不(?!动产)|未(?!来)|非(?!遗|洲)"
)

_Found = tuple[Passage, Span]


@dataclass(frozen=True, slots=True)
class _Column:
    """What one table answers: the cells of its column ``name`` by what they say, with their rows.

    It is ``complete`` where the question names the column, and the table says every word of the
    question, of all its rows or of each of these.
    """

    table: tuple[object, ...]
    document: str
    name: str
    cells: Mapping[str, _Found]
    complete: bool


def column_cells(
    asked: Demands,
    words: Sequence[str],
    found: Sequence[_Found],
    rows: Sequence[Passage],
) -> tuple[_Found, ...]:
    """The cells that answer together, with their rows, in order; none where no column does.

    ``found`` are passages with spans that may answer, the likeliest first, counted in their
    passage as the cells returned are; ``rows`` are passages of the documents that rows were
    found in. The likeliest row's column answers where the question names it, or where it holds
    the likeliest span of most rows found; for documents (哪几份文件) the one column of titles
    does. Words of the question that stand in some rows of the table only, in another column,
    say which rows are meant, as a row's label does. A cell that is a list by itself is left to
    answer alone, and so is one of several of which only some have a name that the question says
    in quotation marks. Where prose is likeliest, a table answers only if it says every word of the
    question, and the prose doesn't (for documents: if it names none). Other documents' tables
    that say every word are added.
    """
    if asked.asked is not Asked.LIST or not found:
        return ()
    best, answer = found[0]
    columns = list(_columns(asked, words, found, rows))
    if best.cells:
        leading = [column for column in columns if column.table == titles_of(best)]
    elif _told(asked, words, best, answer):
        leading = []
    else:
        leading = [column for column in columns if column.complete]
    if not leading:
        return ()
    first = leading[0]
    others = (
        column
        for column in columns
        if column.complete and column.name == first.name and column.document != first.document
    )
    items = dict(first.cells)
    for column in others:
        for said, cell in column.cells.items():
            items.setdefault(said, cell)
    quoted = [name for name in asked.names if not name.isascii()]
    named = [sum(name in plain(said) for said in items) for name in quoted]
    whole = len(items) > 1 and len(items) == (asked.items or len(items))
    whole = whole and not any(0 < count < len(items) for count in named)
    return tuple(items.values()) if whole and max(map(len, items)) <= _LONGEST else ()


def enumerated(items: Sequence[str]) -> str:
    """The items as one list, parted by a mark that no item holds, as far as there is one."""
    return ("；" if any(mark in item for item in items for mark in "，,、") else "、").join(items)


def _columns(
    asked: Demands, words: Sequence[str], found: Sequence[_Found], rows: Sequence[Passage]
) -> Iterator[_Column]:
    """The column that answers in each table with rows found, the likeliest row's table first."""
    for titles in dict.fromkeys(titles_of(row) for row, _ in found if row.cells):
        table = [row for row in rows if row.cells and titles_of(row) == titles]
        column = _column_of(asked, words, [each for each in found if each[0] in table], table)
        if column is not None:
            yield column


def _column_of(
    asked: Demands, words: Sequence[str], found: Sequence[_Found], table: Sequence[Passage]
) -> _Column | None:
    if not found:
        return None
    row, answer = found[0]
    documents = _document_column(asked.question, table)
    column = documents or _column(row, answer)
    name = bare(column)
    several = not documents and "、" in answer.of(row.text)
    if several or _CHOOSING.search(asked.question.replace(name, "")):
        return None
    named = bool(documents or (name and name in asked.question))
    if not named and not _most(column, found):
        return None
    if any(asked.missing("\n".join(f"{row.context}\n{row.sentence}" for row in table))):
        return None
    words = _telling(asked.question, words, bool(documents))
    meant = _meant(asked.question, words, table, column)
    cells: dict[str, _Found] = {}
    for row in meant:
        for cell, place, said in zip(row.cells, placed_cells(row), row.cell_texts, strict=True):
            if cell.column == column:
                cells.setdefault(said, (row, place))
    about = plain("\n".join(map(_about, table)))
    texts = [[text for _, text in _beside(row, column)] for row in meant]
    complete = named and all(
        word in about
        or all(_says(each, [word]) for each in texts)
        or any(word in each for each in texts)
        for word in words
    )
    return _Column(titles_of(row), row.document_id, _TITLES if documents else name, cells, complete)


def _told(asked: Demands, words: Sequence[str], prose: Passage, answer: Span) -> bool:
    """Whether prose says all that is asked; of documents, whether its answer names one."""
    if _DOCUMENTS_ASKED.search(asked.question):
        titles, others = _TITLE.subn("", answer.of(prose.text))[::-1]
        return titles > 0 and len(others) <= _BETWEEN * titles
    said = plain(f"{prose.context}\n{prose.text}")
    return all(word in said for word in _telling(asked.question, words, documents=False))


def _telling(question: str, words: Iterable[str], documents: bool) -> list[str]:
    """The words that say what is asked about, not that something is, nor that of documents.

    A verb that words have taken up is none of theirs: 东坡 / 乡有 / 哪些.
    """
    told = (plain(word) for word in words if not _ASKING.fullmatch(word))
    apart = (word[:-1] if f"{word}哪" in question and word[-1] in "有是" else word for word in told)
    return [word for word in apart if not (documents and _OF_DOCUMENTS.fullmatch(word))]


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
    if not _DOCUMENTS_ASKED.search(question):
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
    """The rows with each word, and each cell's text, by which the question tells rows apart.

    Of several cells of one column that it names a row has one: 北京和上海.
    """
    about = plain("\n".join(map(_about, table)))
    beside = [(row, _beside(row, column)) for row in table]
    cells: defaultdict[str, set[str]] = defaultdict(set)
    for _, said in beside:
        for other, cell in said:
            if cell in question:
                cells[other].add(cell)
    named = "\n".join(cell for each in cells.values() for cell in each)
    others = ({word} for word in words if word not in named)
    meant = list(table)
    for alternatives in (*cells.values(), *others):
        telling = {word for word in alternatives if len(word) > 1 and word not in about}
        holding = [row for row, said in beside if _says((text for _, text in said), telling)]
        if holding:
            meant = [row for row in meant if row in holding]
    return meant


def _says(texts: Iterable[str], words: Iterable[str]) -> bool:
    return any(word in text for text in texts for word in words)


def _about(row: Passage) -> str:
    """What is said of all rows alike."""
    columns = [cell.column for cell in row.cells]
    return "\n".join([*row.headings, row.header.split("\n")[0], *columns])


def _beside(row: Passage, column: str) -> list[tuple[str, str]]:
    """What a row's cells say outside of ``column``, and a cell that reaches down to it.

    Each with its column's name.
    """
    labels = (("：" not in label) * "：" + label for label in row.header.split("\n")[1:])
    above = (tuple(label.split("：", 1)) for label in labels)
    cells = zip(row.cells, row.cell_texts, strict=True)
    own = ((cell.column, said) for cell, said in cells if cell.column != column)
    return [(name, plain(said)) for name, said in (*above, *own)]
