"""Headings, captions, figures and tables of a text that lost its lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.noise.contents import place_titles
from ingest.noise.flat_tables import read_table
from ingest.outline import heading_style
from records import Block, Kind, Span, Table

_SPACED_NAME = re.compile(r"(?<![^\s）)。])[前序引摘结后] [言要语论记](?=\s)")
_CAPTION = re.compile(
    r"(?<![^\s。！？])(?:图表|[图表]) ?\d{1,3}(?:[-.]\d{1,2})? (?!所示|显示|可见|中|为|是)"
    r"(?:[^\s。；;]|(?<=[A-Za-z0-9]) | (?=[A-Za-z0-9])){2,60}(?=\s|$)"
)
_SOURCE = re.compile(r"(?:数据|资料|信息|图片)?来源[:：] ?[^\s。；;〔〕]{2,40}(?=\s|$)")
# Axis labels of a chart run together: 0.00.51.01.5, 2016年2017年2018年.
_LABELS = re.compile(r"[\d.%年月季度Q-]{16,}")
_LABEL_DOTS = 4
_LABEL_YEARS = 3
_MARKS = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_LONGEST_TITLE = 60
_LONGEST_COVER = 300
_COVER_GAP = re.compile(r" (?!年|月|日|[（(]|\d{1,2} ?[月日])")
_SENTENCE_ENDS = "。！？!?”）):：⁰¹²³⁴⁵⁶⁷⁸⁹"


@dataclass(frozen=True, slots=True)
class FlatText:
    """A text without lines and what is known about it; positions count in ``text``.

    ``titles`` are the entries of its tables of contents, ``body`` is where those end,
    ``bold`` its bold runs, ``notes`` its footnotes, and ``room`` the positions that
    something was deleted before.
    """

    text: str
    titles: tuple[str, ...]
    body: int
    bold: tuple[Span, ...]
    notes: tuple[Span, ...]
    room: frozenset[int]


@dataclass(frozen=True, slots=True)
class Layout:
    """``lines`` are the positions that should start a line, where that is possible."""

    lines: frozenset[int]
    headings: tuple[Span, ...]
    blocks: tuple[Block, ...]
    tables: tuple[Table, ...]
    delete: tuple[Span, ...]


def find_layout(flat: FlatText) -> Layout:
    """What the lines of ``flat`` were, as far as its contents, bold runs and spaces tell."""
    text = flat.text
    names = [Span(*match.span()) for match in _SPACED_NAME.finditer(text)]
    headings = sorted([*_headings(flat), *names])
    captions = _captions(flat, headings)
    sources = [
        span
        for span in (Span(*match.span()) for match in _SOURCE.finditer(text))
        if not any(span.overlaps(note) for note in flat.notes)
    ]
    figures = [*_labels(text), *_figures(text, captions, sources)]
    tables, delete = _tables(flat, captions, sources, headings)
    lines = {
        edge
        for span in (*headings, *captions, *sources, *figures)
        for edge in (span.start, _next(text, span.end))
    }
    lines |= {row[0].start for table in tables for row in table.rows}
    lines |= {run.start for run in flat.bold if _ends_sentence(text, run.start)}
    lines |= _cover_lines(text, headings)
    # A caption keeps its footnote mark.
    lines -= {caption.end for caption in captions if _MARKS.match(text, caption.end)}
    return Layout(
        lines=frozenset(lines),
        headings=tuple(headings),
        blocks=tuple(Block(Kind.FIGURE, figure) for figure in figures),
        tables=tuple(tables),
        delete=(*delete, *(Span(name.start + 1, name.start + 2) for name in names)),
    )


def _headings(flat: FlatText) -> Iterator[Span]:
    """The titles that the contents name, then numbered bold titles that they don't."""
    numbered = tuple(title for title in flat.titles if title[0] not in "图表")
    placed = [
        span for span in place_titles(flat.text, numbered, flat.body) if _may_start(flat, span)
    ]
    yield from placed
    for run in flat.bold:
        title = run.of(flat.text).split(" ")[0]
        span = Span(run.start, run.start + len(title))
        if not 0 < len(title) <= _LONGEST_TITLE or "。" in title:
            continue
        if heading_style(title) and not any(span.overlaps(other) for other in placed):
            yield span


def _may_start(flat: FlatText, span: Span) -> bool:
    before = flat.text[span.start - 1 : span.start]
    return not before or before in " \n。！？" or span.start in flat.room


def _captions(flat: FlatText, headings: list[Span]) -> list[Span]:
    text = flat.text
    found: list[Span] = []
    for letter in "图表":
        listed = tuple(title for title in flat.titles if title[0] == letter)
        found += place_titles(text, listed, flat.body)
    for match in _CAPTION.finditer(text):
        stops = [heading.start for heading in headings if heading.start > match.start()]
        caption = Span(match.start(), min([match.end(), *stops]))
        if not any(caption.overlaps(other) for other in found):
            found.append(caption)
    return sorted(found)


def _labels(text: str) -> Iterator[Span]:
    for match in _LABELS.finditer(text):
        if match[0].count(".") >= _LABEL_DOTS or match[0].count("年") >= _LABEL_YEARS:
            yield Span(*match.span())


def _figures(text: str, captions: list[Span], sources: list[Span]) -> Iterator[Span]:
    """Captions of figures, with the source that stands right above and footnote marks."""
    for caption in captions:
        if not caption.of(text).startswith("图"):
            continue
        above = [source for source in sources if source.end <= caption.start][-1:]
        joined = above and not text[above[0].end : caption.start].strip()
        start = above[0].start if joined else caption.start
        marks = _MARKS.match(text, caption.end)
        yield Span(start, marks.end() if marks else caption.end)


def _tables(
    flat: FlatText, captions: list[Span], sources: list[Span], headings: list[Span]
) -> tuple[list[Table], list[Span]]:
    """Tables with a caption above, a bold header row and a source below."""
    tables: list[Table] = []
    delete: list[Span] = []
    stops = sorted([*captions, *headings])
    for caption in captions:
        if not caption.of(flat.text).startswith("表"):
            continue
        end = min(
            (stop.start for stop in stops if stop.start > caption.start), default=len(flat.text)
        )
        below = [source for source in sources if caption.end <= source.start < end]
        headers = [
            run
            for run in flat.bold
            if caption.end <= run.start < end and not flat.text[caption.end : run.start].strip()
        ]
        if below and headers and headers[0].end <= below[0].start:
            table, repeated = read_table(flat.text, caption, headers[0], below[0])
            tables.append(table)
            delete += repeated
    return tables, delete


def _cover_lines(text: str, headings: Sequence[Span]) -> set[int]:
    cover = headings[0].start if headings else 0
    if cover > _LONGEST_COVER:
        return set()
    return {gap.end() for gap in _COVER_GAP.finditer(text, 0, cover)}


def _next(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position


def _ends_sentence(text: str, position: int) -> bool:
    while position > 0 and text[position - 1] in " \n":
        position -= 1
    return position == 0 or text[position - 1] in _SENTENCE_ENDS
