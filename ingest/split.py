"""Document -> passages, cut at headings, paragraphs and sentence ends."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from records import Document, Kind, Passage, Span, Table
from settings import SplitSettings

_CLOSERS = "”’」』）)】》〕］]"
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_ABBREVIATIONS = frozenset(
    "no nos fig figs mr mrs ms dr vs etc inc ltd co corp vol pp al st".split()
)
# Where a sentence may end. ASCII marks count only where no Latin text goes on (URLs).
_END = re.compile(
    rf"〔[^〔〕\n]*〕|\n|(?:[。！？；]|[!?;](?![A-Za-z0-9=&/_%.-]))+(?P<quote>\")?[{_CLOSERS}{_SUPERSCRIPTS}]*"
    rf"|(?<=[A-Za-z0-9)])\.[{_CLOSERS}]*(?=[ \t]+[A-Z“\"])"
)
_LAST_WORD = re.compile(r"[A-Za-z]+$")
# What must not be torn: a Latin word, an address, a number with its unit.
_ATOM = re.compile(
    r"[A-Za-z0-9]+(?:[.,:/_'’+@&=?#~-]+[A-Za-z0-9]+)*"
    r"(?:[ \u00a0]?(?:[%％‰℃°]|[十百千万亿]*(?:个百分点|平方(?:公里|千米|米)|立方米|公里|千米|分钟|小时"
    r"|[元人个家项种年月日天次倍户吨米度部条所座辆台套级位只件亩省市区县])|[十百千万亿]+))?"
)
_COMMAS = "，,、"
_PASSAGE_COST = 0.5
_PARAGRAPH_CROSSED = 0.6
_SENTENCE_BOUNDARY = 1.0
_SHORTFALL = 4.0


@dataclass(frozen=True, slots=True)
class _Area:
    """A stretch of the document that is split on its own."""

    kind: Kind
    span: Span
    table: Table | None = None


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of ``text``: half-open, in order, without surrounding white space.

    A sentence ends with 。！？； or ! ? ; and the closing quotes, brackets and note marks
    after them, with a full stop between two English sentences, or with its line. Nothing
    ends inside ``〔…〕``, a number or an address.
    """
    return tuple(_sentences(text, Span(0, len(text))))


def split(document: Document, settings: SplitSettings) -> tuple[Passage, ...]:
    """The passages of ``document`` in the order of their starts.

    Every character that isn't white space or part of a heading lies in a passage; none is
    longer than ``settings.maximum`` and none crosses a heading. A footnote inside a sentence
    is a passage of its own and stays in the prose around it too.
    """
    passages: dict[str, Passage] = {}
    for block in document.blocks:
        if block.kind is Kind.FOOTNOTE:
            for span in _packed(document.text, block.span, settings):
                passage = Passage.cut(document, span, Kind.FOOTNOTE)
                passages.setdefault(passage.id, passage)
    for area in _areas(document):
        for passage in _cut(document, area, settings):
            passages.setdefault(passage.id, passage)
    return tuple(sorted(passages.values(), key=lambda passage: passage.span))


def _areas(document: Document) -> Iterator[_Area]:
    """Tables, figures and the prose between them, without headings and without overlap."""
    reserved = [(heading.span, None) for heading in document.outline]
    special = [
        _Area(Kind.TABLE, _with_caption(document.text, table), table) for table in document.tables
    ]
    for block in document.blocks:
        alone = block.kind is Kind.FOOTNOTE and _on_own_lines(document.text, block.span)
        if alone or block.kind is not Kind.FOOTNOTE:
            special.append(_Area(block.kind, block.span))
    stops: list[tuple[Span, _Area | None]] = [*reserved, *((area.span, area) for area in special)]
    position = 0
    stops = _without_overlap(stops)
    for span, area in stops:
        yield _Area(Kind.PROSE, Span(position, span.start))
        if area is not None and area.kind is not Kind.FOOTNOTE:
            yield area
        position = span.end
    yield _Area(Kind.PROSE, Span(position, len(document.text)))


def _without_overlap(
    stops: list[tuple[Span, _Area | None]],
) -> list[tuple[Span, _Area | None]]:
    """The stops in order; where two overlap, a heading wins, then the earlier one."""
    headings = sorted((span, area) for span, area in stops if area is None)
    chosen: list[tuple[Span, _Area | None]] = []
    for span, area in sorted(stops, key=lambda stop: (stop[0], stop[1] is not None)):
        if not len(span) or (chosen and span.start < chosen[-1][0].end):
            continue
        if area is not None and any(span.overlaps(heading) for heading, _ in headings):
            continue
        chosen.append((span, area))
    return chosen


def _with_caption(text: str, table: Table) -> Span:
    caption = table.caption
    if caption and caption.end <= table.span.start:
        if not text[caption.end : table.span.start].strip():
            return Span(caption.start, table.span.end)
    return table.span


def _on_own_lines(text: str, span: Span) -> bool:
    before = text[text.rfind("\n", 0, span.start) + 1 : span.start]
    end = text.find("\n", span.end)
    after = text[span.end : end if end >= 0 else len(text)]
    return not before.strip() and not after.strip()


def _cut(document: Document, area: _Area, settings: SplitSettings) -> Iterator[Passage]:
    if area.table is None or not any(area.table.rows):
        for span in _packed(document.text, area.span, settings):
            yield Passage.cut(document, span, area.kind)
        return
    header = _header(document.text, area.table)
    for span in _table_spans(document.text, area.span, area.table, settings):
        yield Passage.cut(document, span, Kind.TABLE, header)


def _header(text: str, table: Table) -> str:
    lines = [table.caption.of(text).strip()] if table.caption else []
    lines += [
        "｜".join(cell.of(text).strip() for cell in row) for row in table.rows[: table.header_rows]
    ]
    return "\n".join(line for line in lines if line)


def _table_spans(text: str, span: Span, table: Table, settings: SplitSettings) -> Iterator[Span]:
    """Groups of whole rows; the first group starts with caption and header row."""
    starts = [span.start]
    for above, row in pairwise([row for row in table.rows if row]):
        line = text.rfind("\n", above[-1].end, row[0].start) + 1
        starts.append(line or row[0].start)
    rows = [_trimmed(text, Span(a, b)) for a, b in pairwise([*starts, span.end])]
    lead = min(table.header_rows, len(rows) - 1)
    head = Span(rows[0].start, rows[lead].end)
    units = [head, *rows[lead + 1 :]]
    if len(head) > settings.maximum:
        units = rows
    current: Span | None = None
    for unit in units:
        if current is not None and unit.end - current.start <= settings.maximum:
            current = Span(current.start, unit.end)
            continue
        if current is not None:
            yield from _packed(text, current, settings)
        current = unit
    if current is not None:
        yield from _packed(text, current, settings)


def _packed(text: str, span: Span, settings: SplitSettings) -> Iterator[Span]:
    """The sentences of ``span`` joined to passages: the cheapest way to part them.

    A passage below the minimum costs by how much it falls short, an end inside a paragraph
    more than crossing into the next one.
    """
    whole = _trimmed(text, span)
    if len(whole) <= settings.maximum:
        if len(whole):
            yield whole
        return
    units = [
        piece
        for sentence in _sentences(text, span)
        for piece in _pieces(text, sentence, settings.maximum)
    ]
    breaks = ["\n" in text[a.end : b.start] for a, b in pairwise(units)] + [True]
    costs = [0.0]
    previous: list[int] = []
    for last, unit in enumerate(units):
        best, choice, crossed = float("inf"), last, 0.0
        for first in range(last, -1, -1):
            length = unit.end - units[first].start
            if length > settings.maximum:
                break
            if first < last and breaks[first]:
                crossed += _PARAGRAPH_CROSSED
            shortfall = max(0.0, 1 - length / settings.minimum)
            cost = costs[first] + crossed + _SHORTFALL * shortfall**2
            if cost < best:
                best, choice = cost, first
        costs.append(best + _PASSAGE_COST + (0.0 if breaks[last] else _SENTENCE_BOUNDARY))
        previous.append(choice)
    yield from reversed(list(_traced(units, previous)))


def _traced(units: list[Span], previous: list[int]) -> Iterator[Span]:
    last = len(units) - 1
    while last >= 0:
        first = previous[last]
        yield Span(units[first].start, units[last].end)
        last = first - 1


def _sentences(text: str, span: Span) -> Iterator[Span]:
    start = span.start
    for match in _END.finditer(text, span.start, span.end):
        end = match.end()
        if match.group().startswith("〔") or _abbreviated(text, match):
            continue
        if match.group("quote") and text.count('"', start, end) % 2:
            end = match.start("quote")
        sentence = _trimmed(text, Span(start, end))
        if len(sentence):
            yield sentence
        start = end
    rest = _trimmed(text, Span(start, max(start, span.end)))
    if len(rest):
        yield rest


def _abbreviated(text: str, match: re.Match[str]) -> bool:
    if not match.group().startswith("."):
        return False
    word = _LAST_WORD.search(text, max(0, match.start() - 12), match.start())
    return word is not None and (len(word.group()) == 1 or word.group().lower() in _ABBREVIATIONS)


def _pieces(text: str, sentence: Span, maximum: int) -> Iterator[Span]:
    """``sentence`` itself, or, when it is too long, parts of it cut at commas if it has any."""
    if len(sentence) <= maximum:
        yield sentence
        return
    inside = {
        position
        for atom in _ATOM.finditer(text, sentence.start, sentence.end)
        for position in range(atom.start() + 1, atom.end())
    }
    start = sentence.start
    while sentence.end - start > maximum:
        end = _place_to_cut(text, start, start + maximum, inside)
        piece = _trimmed(text, Span(start, end))
        if len(piece):
            yield piece
        start = end
    rest = _trimmed(text, Span(start, sentence.end))
    if len(rest):
        yield rest


def _place_to_cut(text: str, start: int, limit: int, inside: set[int]) -> int:
    free = [
        position
        for position in range(limit, start, -1)
        if position not in inside and not _joined(text, position)
    ]
    half = (start + limit) // 2
    for position in free:
        if position > half and text[position - 1] in _COMMAS:
            return position
    return free[0] if free and free[0] > start else limit


def _joined(text: str, position: int) -> bool:
    """Whether the character at ``position`` combines with the one before."""
    if position >= len(text):
        return False
    return text[position - 1] == "\u200d" or unicodedata.category(text[position]) in {
        "Mn",
        "Mc",
        "Me",
        "Cf",
        "Sk",
    }


def _trimmed(text: str, span: Span) -> Span:
    start, end = span.start, max(span.start, span.end)
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def covered(spans: Iterable[Span]) -> set[int]:
    """Every position that lies in one of ``spans``."""
    return {position for span in spans for position in range(span.start, span.end)}
