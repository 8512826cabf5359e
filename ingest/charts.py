"""A chart's numbers that survive as one run of digits: read only where they can't be misread.

Of a line or column chart a text extractor leaves the data labels, the axis and the categories,
``0.81.61.50.00.51.01.52.02016年2017年2018年``, in the order in which they were drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import accumulate, count, pairwise

from records import Span

_LONGEST = 300  # characters of a run that is looked into
_INTEGER, _DECIMALS = 9, 3  # digits of a number before and behind its point, at most
_TICKS = 3  # numbers of an axis, at least
_YEARS = r"(?:(?:19|20)[0-9]{2}年){3,}"
_RUN = re.compile(rf"(?P<above>{_YEARS})?(?P<numbers>[0-9.]+?)(?P<below>{_YEARS})?")
_YEAR = re.compile(r"[0-9]{4}年")
_INTEGER_PART = re.compile(rf"0|[1-9][0-9]{{0,{_INTEGER - 1}}}")
_DIGITS_BEHIND = re.compile(rf"\.[0-9]{{1,{_DECIMALS}}}")


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a chart and the year that it belongs to."""

    year: Span
    value: Span


@dataclass(frozen=True, slots=True)
class _Axis:
    low: Decimal
    step: Decimal
    high: Decimal


def points(run: str) -> tuple[Point, ...]:
    """The years of a chart's ``run`` of digits with their values, in the order of the years.

    Empty unless there is one way only to read the run: years, increasing; as many values, with
    the same decimals; an axis that rises by equal steps from a multiple of the step and reaches
    around all values. Values without the zeros at their end, one value too few or too many are
    other ways. That the axis rises tells that the text is in the order of drawing: sorted by
    place on the page, it would fall.
    """
    match = _RUN.fullmatch(run) if len(run) <= _LONGEST else None
    if match is None or (match["above"] is None) == (match["below"] is None):
        return ()
    place = match.span("above" if match["above"] else "below")
    years = [Span(*year.span()) for year in _YEAR.finditer(run, *place)]
    if any(one.of(run) >= other.of(run) for one, other in pairwise(years)):
        return ()
    found: set[tuple[Span, ...]] = set()
    for reading in _readings(match["numbers"], len(years)):
        found.add(reading)
        if len(found) > 1:
            return ()
    (values,) = found or {()}
    if len(values) != len(years) or len({_decimals(v.of(match["numbers"])) for v in values}) > 1:
        return ()
    start = match.start("numbers")
    return tuple(
        Point(year, Span(start + value.start, start + value.end))
        for year, value in zip(years, values, strict=True)
    )


def _readings(text: str, wanted: int) -> Iterator[tuple[Span, ...]]:
    """The ways to take ``text`` for about ``wanted`` values and an axis behind or before them.

    A way whose axis begins at an odd place comes without its values.
    """
    for cut in range(1, len(text)):
        before, behind = Span(0, cut), Span(cut, len(text))
        for values, ticks in ((before, behind), (behind, before)):
            for axis in _axes(ticks.of(text)):
                for decimals in (*range(_DECIMALS + 1), None):
                    for number in (wanted, wanted - 1, wanted + 1):
                        for lengths in _parted(values.of(text), number, decimals, axis):
                            ends = pairwise(accumulate(lengths, initial=values.start))
                            odd = axis.low % axis.step
                            yield () if odd else tuple(Span(*end) for end in ends)


def _axes(text: str) -> frozenset[_Axis]:
    """The axes that ``text`` may be: numbers of the same decimals, or without zeros at the end."""
    found = set()
    for first in _lengths(text, 0):
        for second in _lengths(text, first):
            low = Decimal(text[:first])
            step = Decimal(text[first : first + second]) - low
            for short in (False, True):
                at = ticks = 0
                for number in count() if step > 0 else ():
                    said = _written(low + number * step, short)
                    if not text.startswith(said, at):
                        break
                    at, ticks = at + len(said), number + 1
                if at == len(text) and ticks >= _TICKS:
                    found.add(_Axis(low, step, low + (ticks - 1) * step))
    return frozenset(found)


def _written(number: Decimal, short: bool) -> str:
    """``number`` with all its decimals, or ``short``, without zeros at their end."""
    said = f"{number:f}"
    return said.rstrip("0").rstrip(".") if short and "." in said else said


def _lengths(text: str, start: int) -> Iterator[int]:
    """How long a number that begins at ``start`` may be."""
    integer = _INTEGER_PART.match(text, start)
    for end in range(start + 1, integer.end() + 1 if integer else start):
        yield end - start
        digits = _DIGITS_BEHIND.match(text, end)
        for last in range(end + 2, digits.end() + 1 if digits else end):
            yield last - start


def _decimals(said: str) -> int:
    return len(said.partition(".")[2])


def _parted(text: str, wanted: int, decimals: int | None, axis: _Axis) -> list[tuple[int, ...]]:
    """Two of the ways, or fewer, to part ``text`` into ``wanted`` numbers within ``axis``.

    Each way is told by the lengths of its numbers. All have so many ``decimals``; None: any
    number, but no zeros at their end.
    """

    def fits(said: str) -> bool:
        if decimals is None:
            alike = not ("." in said and said.endswith("0"))
        else:
            alike = _decimals(said) == decimals
        return alike and axis.low <= Decimal(said) <= axis.high

    @cache
    def ways(start: int, left: int) -> list[tuple[int, ...]]:
        if not left or start == len(text):
            return [()] if not left and start == len(text) else []
        return [
            (length, *rest)
            for length in _lengths(text, start)
            if fits(text[start : start + length])
            for rest in ways(start + length, left - 1)
        ][:2]

    return ways(0, wanted)
