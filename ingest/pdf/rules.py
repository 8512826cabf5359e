"""Tables that are drawn with horizontal rules only, as most printed reports do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from ingest.pdf.page import Box, Page

SAME_EDGE = 4.0
SHORTEST_RULE = 80.0
# Share of a line's height that parts two columns.
COLUMN_GAP = 0.4

Row = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal line from ``left`` to ``right`` at height ``y``, in points."""

    left: float
    right: float
    y: float


@dataclass(frozen=True, slots=True)
class Ruled:
    """The rows of a table between rules, each with the indexes of its cells' characters."""

    left: float
    right: float
    rows: tuple[Row, ...]


def ruled_tables(page: Page, rules: Sequence[Rule], visible: Sequence[int]) -> Iterator[Ruled]:
    """The tables between rules of equal length, from top to bottom.

    ``visible`` are the indexes of the page's characters that may belong to a table. Where
    rules stand more than one row apart, a row ends where the columns start anew.
    """
    for group in _aligned(rules):
        bands = [_band(page, upper, lower, visible) for upper, lower in pairwise(group)]
        start = 0
        while start < len(bands):
            end = start
            while end < len(bands) and _columns(page, bands[start : end + 1]):
                end += 1
            columns = _columns(page, bands[start:end])
            found = [row for band in bands[start:end] for row in rows(page, band, columns)]
            if found:
                yield Ruled(group[0].left, group[0].right, tuple(found))
            start = max(end, start + 1)


def _aligned(rules: Sequence[Rule]) -> Iterator[list[Rule]]:
    """Rules that begin and end at the same places, from top to bottom; three at least."""
    left = [rule for rule in rules if rule.right - rule.left >= SHORTEST_RULE]
    while left:
        first = left[0]
        group = [
            rule
            for rule in left
            if abs(rule.left - first.left) < SAME_EDGE and abs(rule.right - first.right) < SAME_EDGE
        ]
        left = [rule for rule in left if rule not in group]
        group.sort(key=lambda rule: -rule.y)
        apart = [
            rule
            for above, rule in zip([None, *group], group, strict=False)
            if above is None or above.y - rule.y > SAME_EDGE / 2
        ]
        if len(apart) >= 3:
            yield apart


def _band(page: Page, upper: Rule, lower: Rule, visible: Sequence[int]) -> list[int]:
    """The characters between two rules, in pdfium's order."""
    return [
        index
        for index in visible
        if lower.y <= _middle(page.boxes[index])[1] < upper.y
        and upper.left - SAME_EDGE <= _middle(page.boxes[index])[0] <= upper.right + SAME_EDGE
    ]


def _middle(box: Box) -> tuple[float, float]:
    return (box.left + box.right) / 2, (box.bottom + box.top) / 2


def _columns(page: Page, bands: Sequence[Sequence[int]]) -> list[float]:
    """The columns that all bands have in common; none when a band is empty."""
    inside = [index for band in bands for index in band]
    return columns(page, inside, COLUMN_GAP) if bands and all(bands) else []


def columns(page: Page, indexes: Iterable[int], gap: float) -> list[float]:
    """Where the columns but the first begin: right of gaps that no character reaches into.

    A gap is wider than ``gap``, in heights of the character on its right.
    """
    boxes = sorted((page.boxes[index] for index in indexes), key=lambda box: box.left)
    reaches = accumulate((box.right for box in boxes), max)
    return [
        box.left
        for reach, box in zip(reaches, boxes[1:], strict=False)
        if box.left - reach > gap * box.height
    ]


def rows(page: Page, indexes: Sequence[int], columns: Sequence[float]) -> Iterator[Row]:
    """Characters in pdfium's order as rows: each ends where the columns start anew."""
    cells: list[list[int]] = []
    current = len(columns) + 1
    for index in indexes:
        column = sum(start <= page.boxes[index].left + 0.01 for start in columns)
        if column < current:
            if cells:
                yield tuple(map(tuple, cells))
            cells = [[] for _ in range(len(columns) + 1)]
        cells[column].append(index)
        current = column
    if cells:
        yield tuple(map(tuple, cells))
