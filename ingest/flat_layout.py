"""Captions, sources, chart labels and tables in text that lost its lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from records import Span

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_CAPTION = re.compile(
    rf"(?<![^\s。！？])[图表] ?\d{{1,3}}(?:[-.]\d{{1,2}})? (?!所示|显示|可见|中|为|是)"
    rf"(?:[^\s。；;]|(?<=[A-Za-z0-9]) | (?=[A-Za-z0-9])){{2,60}}(?=\s|$)"
)
_SOURCE = re.compile(r"(?:数据|资料|信息|图片)?来源[:：] ?[^\s。；;〔〕]{2,40}(?=\s|$)")
# Axis labels of a chart run together: 0.00.51.01.5, 2016年2017年2018年.
_LABELS = re.compile(r"[\d.%年月季度Q-]{16,}")
_LABEL_DOTS = 4
_LABEL_YEARS = 3
_CELL_GAP = re.compile(rf"(?<=[^\sA-Za-z0-9]) (?=[^\sA-Za-z0-9])")
_IN_TITLE = r"(?:[^\s。，,、；;：:]|(?<=[A-Za-z0-9]) | (?=[A-Za-z0-9]))"
_SHORT_LABEL = re.compile(rf"{_IN_TITLE}{{2,6}}(?<=[{_HAN}]) (?=[{_HAN}“《])")
_LONG_LABEL = re.compile(rf"{_IN_TITLE}{{2,40}}(?<=[{_HAN}）)]) (?=[{_HAN}“《])")


@dataclass(frozen=True, slots=True)
class FlatTable:
    """A table in one line: caption, header row and rows, each row as its cells."""

    caption: Span
    header: tuple[Span, ...]
    rows: tuple[tuple[Span, ...], ...]


def find_captions(text: str) -> tuple[Span, ...]:
    """Captions of figures and tables between spaces."""
    return tuple(Span(*match.span()) for match in _CAPTION.finditer(text))


def find_sources(text: str) -> tuple[Span, ...]:
    """The ``来源:…`` notes under figures and tables."""
    return tuple(Span(*match.span()) for match in _SOURCE.finditer(text))


def find_labels(text: str) -> tuple[Span, ...]:
    """Runs of chart labels: figures and years with nothing between them."""
    return tuple(
        Span(*match.span())
        for match in _LABELS.finditer(text)
        if match.group().count(".") >= _LABEL_DOTS or match.group().count("年") >= _LABEL_YEARS
    )


def find_rows(text: str, body: Span, columns: int) -> tuple[tuple[Span, ...], ...]:
    """The rows in ``body``, the part of a table below its header.

    A row starts with a short label, or behind a full stop with a title, and a space after
    it. Where the spaces in it don't give ``columns`` cells, the row is one cell.
    """
    starts = [body.start, *(p for p in _row_starts(text, body) if p > body.start)]
    rows = []
    for start, end in pairwise([*starts, body.end]):
        row = _trimmed(text, Span(start, end))
        if len(row):
            cells = tuple(_cells(text, row))
            rows.append(cells if len(cells) == columns else (row,))
    return tuple(rows)


def cells_of(text: str, row: Span) -> tuple[Span, ...]:
    """The cells of a row, parted by spaces that stand between Chinese characters."""
    return tuple(_cells(text, row))


def _row_starts(text: str, body: Span) -> Iterator[int]:
    for position in range(body.start + 1, body.end):
        before = text[position - 1]
        if before == "。" or (before == " " and text[position - 2] == "。"):
            if _LONG_LABEL.match(text, position, body.end):
                yield position
        elif before in "）)" or (before == " " and _CELL_GAP.match(text, position - 1)):
            if _SHORT_LABEL.match(text, position, body.end):
                yield position


def _cells(text: str, row: Span) -> Iterator[Span]:
    start = row.start
    for gap in _CELL_GAP.finditer(text, row.start, row.end):
        yield Span(start, gap.start())
        start = gap.end()
    yield Span(start, row.end)


def _trimmed(text: str, span: Span) -> Span:
    content = span.of(text)
    start = span.start + len(content) - len(content.lstrip())
    return Span(start, start + len(content.strip()))
