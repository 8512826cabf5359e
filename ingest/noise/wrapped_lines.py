"""Lines broken at a fixed width, in the middle of sentences."""

from __future__ import annotations

import re
from itertools import pairwise
from statistics import quantiles

from ingest.line_breaks import link
from ingest.outline import find_headings
from records import Span

_LINE = re.compile(r"[^\n]+")
_NARROWEST = 20
_SLACK = 2
_FEWEST = 6
_SHARE_FULL = 0.4
_SHARE_CUT = 0.6
_ENDED = tuple("。！？；：.!?;:…”’）)》】")
# An indent, a bullet, a number, a caption, a row of cells: no continuation.
_STARTS = re.compile(
    r"[\s\u3000•·●○◆■□▪*#>|+-]|\d{1,3}[.、）)]|[（(]\d|(?:图表|[图表]) ?\d|.*(?:\t|\S {2,}\S)"
)


def find_wraps(text: str) -> tuple[tuple[Span, ...], dict[int, str]]:
    """Line breaks inside sentences: those to delete, and those to replace by a space.

    None unless many lines are equally wide and most of those end in no sentence's end.
    """
    lines = [Span(*match.span()) for match in _LINE.finditer(text)]
    widths = [_width(line.of(text).strip()) for line in lines]
    if len(lines) < _FEWEST:
        return (), {}
    full_width = quantiles(widths, n=10)[-1] - _SLACK
    full = [line for line, width in zip(lines, widths, strict=True) if width >= full_width]
    cut = [line for line in full if not line.of(text).rstrip().endswith(_ENDED)]
    if (
        full_width < _NARROWEST
        or max(widths) > full_width + 3 * _SLACK
        or len(full) < max(_FEWEST, _SHARE_FULL * len(lines))
        or len(cut) < _SHARE_CUT * len(full)
    ):
        return (), {}
    return _joints(text, lines, set(cut))


def _joints(
    text: str, lines: list[Span], cut: set[Span]
) -> tuple[tuple[Span, ...], dict[int, str]]:
    titles = {heading.span.start for heading in find_headings(text)}
    delete: list[Span] = []
    spaces: dict[int, str] = {}
    for line, following in pairwise(lines):
        below = following.of(text)
        adjacent = following.start == line.end + 1
        if line not in cut or not adjacent or _STARTS.match(below) or following.start in titles:
            continue
        if link(text[line.end - 1], below[0]):
            spaces[line.end] = " "
        else:
            delete.append(Span(line.end, following.start))
    return tuple(delete), spaces


def _width(line: str) -> float:
    # GB18030 writes ASCII in one byte and 汉字 in two, as wide as they are printed.
    return len(line.encode("gb18030", "replace")) / 2
