"""Which printed lines of a PDF make one paragraph, and which are headings."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from ingest.outline import find_headings
from ingest.pdf.lines import PrintedLine

LARGER = 1.12
SAME_SIZE = 0.04
LONGEST_HEADING = 50
# In 汉字 widths: what is an indented first line, and what is a line that ends early.
INDENT = 0.8
EARLY = 2.0
CLOSE = 1.0
WIDE_GAP = 1.35
# Edges of a column: points between lines that end at the same place, and their share.
NEAR, SHARED = 3.0, 0.15
# In heights of a line: the baselines of paragraphs in one column.
CLOSE_LINES = 3.0
# Share of lines beyond the edge from which on there is no common edge.
RAGGED = 0.25
FEW_LINES, NEAR_PAGES = 4, 3

LIST_ITEM = re.compile(
    r"[•●○■□◆◇▪▶➢✓·–-]\s|[（(]?\d{1,2}[)）、]|\d{1,2}[.．]\s|[①-⑳]|[\uf000-\uf0ff]"
)
CAPTION = re.compile(r"(?:图表|[图表])\s*\d")
LABEL = re.compile(r"(?:图表|[图表])\s*\d|(?:(?:数据|资料|信息)?来源|注)\s*[:：\d]")
SENTENCE_END = re.compile(r"[。！？；：:;!?.…][”’」』）)]*$")
AXIS = re.compile(r"[\d\s.,，%％\-–−+年季月QEH/]+")


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a line stands in its column: both in 汉字 widths.

    ``indent`` from the column's left edge, ``slack`` to its right edge.
    """

    indent: float
    slack: float


def frames(lines: Sequence[PrintedLine]) -> dict[int, Frame]:
    """The frame of each line by its ``id()``.

    A line's column is made of the lines above and below its middle, on its page or, where
    these are few, on the pages next to it; where these are few too, margins are equal.
    Where columns stand side by side, only lines between its neighbours count.
    """
    by_page: defaultdict[int, list[PrintedLine]] = defaultdict(list)
    for line in lines:
        by_page[line.page.number].append(line)
    sides = {
        key: limits for page in by_page.values() for key, limits in _side_by_side(page).items()
    }
    found = {}
    for line in lines:
        number = line.page.number
        column = _between(_column(line, by_page[number]), *sides[id(line)])
        if len(column) < FEW_LINES:
            column = _column(line, by_page[number])
        if len(column) < FEW_LINES:
            near = range(number - NEAR_PAGES, number + NEAR_PAGES + 1)
            column = _column(line, [other for page in near for other in by_page.get(page, [])])
        left = -_outermost([-other.box.left for other in column])
        right = _right_edge(column)
        if len(column) < FEW_LINES:
            right = max(right, line.page.width - left)
        found[id(line)] = Frame(
            (line.box.left - left) / line.em, (right - line.box.right) / line.em
        )
    return found


def _side_by_side(page: Sequence[PrintedLine]) -> dict[int, tuple[float, float]]:
    """Between which points each line of a page stands, by its ``id()``.

    These are the ends of its neighbours on the left and right. A line without any is in
    the column of the line before or after it, if it is close and fits.
    """
    found = {}
    for line in page:
        beside = [
            other
            for other in page
            if min(line.box.top, other.box.top) > max(line.box.bottom, other.box.bottom)
        ]
        found[id(line)] = (
            max((o.box.right for o in beside if o.box.right <= line.box.left), default=-inf),
            min((o.box.left for o in beside if o.box.left >= line.box.right), default=inf),
        )
    for one, other in [*pairwise(page), *pairwise(reversed(page))]:
        left, right = found[id(one)]
        close = abs(one.last - other.first) < CLOSE_LINES * one.size
        if found[id(other)] == (-inf, inf) and close and _between([other], left, right):
            found[id(other)] = (left, right)
    return found


def _between(lines: Iterable[PrintedLine], left: float, right: float) -> list[PrintedLine]:
    return [line for line in lines if left <= line.box.left and line.box.right <= right]


def _column(line: PrintedLine, lines: Iterable[PrintedLine]) -> list[PrintedLine]:
    middle = (line.box.left + line.box.right) / 2
    return [
        other
        for other in lines
        if other.box.left <= middle <= other.box.right
        and abs(other.page.width - line.page.width) < 1
    ]


def _right_edge(column: Sequence[PrintedLine]) -> float:
    """Where full lines end; the longest line's end where lines end anywhere."""
    ends = [line.box.right for line in column]
    edge = _outermost(ends)
    beyond = sum(line.box.right > edge + line.em for line in column)
    return max(ends) if beyond > RAGGED * len(column) else edge


def _outermost(values: Sequence[float]) -> float:
    """The largest value that a good share of the others come close to."""
    counts = Counter(round(value / NEAR) for value in values)
    needed = min(len(values), max(2, round(SHARED * len(values))))
    for step in sorted(counts, reverse=True):
        # A value near the border between two steps counts for both.
        if counts[step] + counts[step - 1] >= needed:
            return max(value for value in values if round(value / NEAR) <= step)
    return max(values)


def usual_pitch(lines: Sequence[PrintedLine]) -> float:
    """The usual distance of two baselines inside a paragraph, in heights of a line."""
    pitches = [
        (line.last - following.first) / line.size
        for line, following in pairwise(lines)
        if line.page is following.page and 0 < line.last - following.first < 3 * line.size
    ]
    return sorted(pitches)[len(pitches) // 3] if pitches else 1.5


def joins(
    line: PrintedLine, following: PrintedLine, frames: Mapping[int, Frame], pitch: float
) -> bool:
    """Whether ``following`` goes on with the paragraph that ``line`` belongs to."""
    if abs(line.size - following.size) > 0.15 * line.size:
        return False
    here, there = frames[id(line)], frames[id(following)]
    if here.slack > EARLY + _first_word(following):
        return False
    drop = line.last - following.first
    if line.page is following.page and drop > WIDE_GAP * pitch * line.size:
        return False
    ended = here.slack > CLOSE or LABEL.match(line.text) or SENTENCE_END.search(line.text)
    if LABEL.match(following.text) and ended:
        return False
    if CAPTION.match(line.text) and here.slack > CLOSE and here.indent > CLOSE:
        return False
    item = LIST_ITEM.match(following.text)
    if item and (SENTENCE_END.search(line.text) or LIST_ITEM.match(line.text)):
        return False
    if LIST_ITEM.match(line.text):
        return True
    return there.indent - max(here.indent, 0) < INDENT and not (
        there.indent > INDENT and SENTENCE_END.search(line.text) is not None
    )


def _first_word(line: PrintedLine) -> float:
    """The width of the Latin word that a line starts with, in 汉字 widths."""
    word = re.match(r"[!-~]*", line.text)
    return len(word[0]) / 2 if word else 0.0


def headings(
    lines: Sequence[PrintedLine], frames: Mapping[int, Frame], body: float
) -> dict[int, int]:
    """The level of each heading by the line's ``id()``: numbered ones, and larger ones.

    A numbered line that fills its column is the start of a paragraph. Pages without any
    body text, such as a cover, have no headings.
    """
    prose_pages = {
        line.page.number
        for line in lines
        if abs(line.size - body) < SAME_SIZE * body and len(line.indexes) >= 15
    }
    numbered = _numbered(lines)
    levels: dict[int, int] = {}
    sizes: dict[float, int] = {}
    for line in lines:
        level = numbered.get(id(line))
        larger = line.size > LARGER * body
        if level and (larger or frames[id(line)].slack > 1) and not SENTENCE_END.search(line.text):
            levels[id(line)] = level
            if larger:
                sizes.setdefault(round(line.size, 1), level)
    large = [
        line
        for line in lines
        if line.size > LARGER * body
        and id(line) not in levels
        and line.page.number in prose_pages
        and 2 <= len(line.text) <= LONGEST_HEADING
        and not SENTENCE_END.search(line.text)
        and not AXIS.fullmatch(line.text)
    ]
    ranks = sorted({round(line.size, 1) for line in large} | set(sizes), reverse=True)
    for line in large:
        size = round(line.size, 1)
        levels[id(line)] = sizes.get(size) or min(ranks.index(size) + 1, 6)
    return levels


def _numbered(lines: Sequence[PrintedLine]) -> dict[int, int]:
    text = "\n".join(line.text for line in lines)
    starts, position = {}, 0
    for line in lines:
        starts[position] = line
        position += len(line.text) + 1
    return {
        id(starts[heading.span.start]): heading.level
        for heading in find_headings(text)
        if heading.span.start in starts
    }
