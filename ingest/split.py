"""Document -> passages, cut at headings, paragraphs and sentence ends."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.chart_rows import ChartRow, chart_rows
from ingest.rows import rows
from ingest.sentences import pieces, sentences, sentences_in, trimmed
from records import Document, Heading, Kind, Passage, Span, Table
from settings import SplitSettings

__all__ = ["SPLIT_VERSION", "sentences", "split"]

SPLIT_VERSION = 5
"""Rises when the same document and settings give other passages than before."""

_PASSAGE_COST = 0.5
_PARAGRAPH_CROSSED = 0.6
_SENTENCE_BOUNDARY = 1.0
_PARTED_FROM_NAMED = 1.0
_SHORTFALL = 4.0
# A sentence that begins so tells more of what the one before it names.
_OF_THE_SAME = re.compile(
    r"\s*(?:其中|上述|该(?!死)|这|此类|此举|前者|后者|二者|两者|它|他们|其(?![余他它实次])|为此|因此|由此|但)"
)


@dataclass(frozen=True, slots=True)
class _Area:
    """A stretch of the document that is split on its own."""

    kind: Kind
    span: Span
    table: Table | None = None


def split(document: Document, settings: SplitSettings) -> tuple[Passage, ...]:
    """The passages of ``document`` in the order of their starts.

    Every character that isn't white space, part of a heading, or a table's caption or header
    row lies in a passage; none is longer than ``settings.maximum`` and none crosses a heading.
    A row of a table is a passage, and knows caption and columns; so is each year of a chart
    whose numbers can be read, beside the chart. A footnote inside a sentence is a passage of
    its own and stays in the prose around it too.
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
    """Tables, figures and the prose between them, without headings and without overlap.

    Where two overlap, a heading goes before a table and what starts earlier before what
    starts later. A heading without a word below it stands for itself.
    """
    text = document.text
    headings = sorted(heading.span for heading in document.outline if len(heading.span))
    stops: list[tuple[Span, _Area | None]] = [(heading, None) for heading in headings]
    for special in _special(document):
        after = bisect_left(headings, special.span)
        if not any(special.span.overlaps(h) for h in headings[max(0, after - 1) : after + 1]):
            stops.append((special.span, special))
    position = 0
    waiting: Heading | None = None
    levels = {heading.span: heading for heading in document.outline}
    for span, area in sorted(stops, key=lambda stop: (stop[0], stop[1] is not None)):
        if span.start < position:
            continue
        if text[position : span.start].strip():
            yield _Area(Kind.PROSE, Span(position, span.start))
            waiting = None
        if area is None:
            heading = levels[span]
            if waiting and heading.level <= waiting.level:
                yield _Area(Kind.PROSE, waiting.span)
            waiting = heading
        else:
            yield area
            waiting = None
        position = span.end
    if text[position:].strip():
        yield _Area(Kind.PROSE, Span(position, len(text)))
    elif waiting:
        yield _Area(Kind.PROSE, waiting.span)


def _special(document: Document) -> Iterator[_Area]:
    """Tables with their captions, figures, and footnotes on lines of their own."""
    for table in document.tables:
        if len(table.span):
            yield _Area(Kind.TABLE, _with_caption(document, table), table)
    for block in document.blocks:
        inside = block.kind is Kind.FOOTNOTE and not _on_own_lines(document.text, block.span)
        if len(block.span) and not inside:
            yield _Area(block.kind, block.span)


def _with_caption(document: Document, table: Table) -> Span:
    """The table from its caption on, unless that stands apart or is a heading, as on a slide."""
    caption = table.caption
    if caption is None or caption.end > table.span.start:
        return table.span
    apart = document.text[caption.end : table.span.start].strip()
    if apart or any(caption.overlaps(heading.span) for heading in document.outline):
        return table.span
    return Span(caption.start, table.span.end)


def _on_own_lines(text: str, span: Span) -> bool:
    before = text[text.rfind("\n", 0, span.start) + 1 : span.start]
    end = text.find("\n", span.end)
    after = text[span.end : end if end >= 0 else len(text)]
    return not before.strip() and not after.strip()


def _cut(document: Document, area: _Area, settings: SplitSettings) -> Iterator[Passage]:
    table = area.table
    if table is not None and any(table.rows[table.header_rows :]):
        for row in rows(document.text, table, area.span.end):
            for span in _packed(document.text, row.span, settings):
                yield Passage.cut(document, span, Kind.TABLE, row.header(span), row.cells_in(span))
        return
    if area.kind is Kind.FIGURE:
        for year in chart_rows(document, area.span):
            if len(year.span) <= settings.maximum:
                yield _of_chart(document, year)
    for span in _packed(document.text, area.span, settings):
        yield Passage.cut(document, span, area.kind)


def _of_chart(document: Document, row: ChartRow) -> Passage:
    """The row of a chart, in the section of the chart's caption: text may be out of its place."""
    caption = row.caption.of(document.text)
    passage = Passage.cut(document, row.span, Kind.TABLE, caption, row.cells)
    return replace(passage, headings=document.headings_at(row.caption.start))


def _packed(text: str, span: Span, settings: SplitSettings) -> Iterator[Span]:
    """The sentences of ``span`` joined to passages: the cheapest way to part them.

    A passage below the minimum costs by how much it falls short, an end inside a paragraph
    more than crossing into the next one, one before a sentence that begins with 其中 most.
    """
    whole = trimmed(text, span)
    if len(whole) <= settings.maximum:
        if len(whole):
            yield whole
        return
    units = [
        piece
        for sentence in sentences_in(text, span)
        for piece in pieces(text, sentence, settings.maximum)
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
        parted = not breaks[last] and bool(_OF_THE_SAME.match(text, units[last + 1].start))
        ended = 0.0 if breaks[last] else _SENTENCE_BOUNDARY + _PARTED_FROM_NAMED * parted
        costs.append(best + _PASSAGE_COST + ended)
        previous.append(choice)
    yield from reversed(list(_traced(units, previous)))


def _traced(units: list[Span], previous: list[int]) -> Iterator[Span]:
    last = len(units) - 1
    while last >= 0:
        first = previous[last]
        yield Span(units[first].start, units[last].end)
        last = first - 1
