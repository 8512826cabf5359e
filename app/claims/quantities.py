"""Quantities of a text: value, unit, range, bound; compared by value, not by spelling.

1.8 万亿元 is 18000 亿元 and not 1.8 亿元; 三分之一, 两成 and 33% are shares; 5%—8% is a range.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from app.claims.numerals import CHARACTERS, value_of
from app.claims.units import UNITS
from records import Span


class Bound(StrEnum):
    """What a quantity says of the true value: it itself, or that it lies above or below."""

    NONE = ""
    ABOUT = "about"
    NEAR = "near"  # 近: about, and rather below
    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount and its place. ``low`` is ``high`` unless it is a range.

    Values are in the canonical unit of their dimension (``unit``; 亿元 gives 元). ``step`` is
    one unit of the last digit that was written: 1.8 万亿元 is exact to 0.1 万亿元.
    """

    low: Fraction
    high: Fraction
    unit: str
    step: Fraction
    bound: Bound
    span: Span
    scaled: bool = False
    whole: Span | None = None

    @property
    def said(self) -> Span:
        """Its place with the words that bound it: 超过 400 个."""
        return self.whole or self.span


_SCALES = {
    "万亿": 12, "千亿": 11, "百亿": 10, "十亿": 9, "亿": 8, "千万": 7, "百万": 6, "十万": 5,
    "万": 4, "千": 3, "百": 2,
}  # fmt: skip
_SCALE = r"万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千(?!瓦|米|克)|百(?!分)"
_UNIT = "|".join(map(re.escape, sorted(UNITS, key=len, reverse=True)))
_LATIN_AFTER = r"(?![A-Za-z0-9])"
_ARABIC = re.compile(
    rf"(?<![A-Za-z0-9.])(?P<figure>[0-9]{{1,3}}(?:,[0-9]{{3}})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)"
    rf"(?![0-9]) *(?P<more>[多余来])? *(?P<scale>{_SCALE})?(?P<more2>[多余])? *"
    rf"(?P<unit>(?:{_UNIT})(?:(?<![A-Za-z]){_LATIN_AFTER}|(?<=[A-Za-z]){_LATIN_AFTER}|(?<=[^A-Za-z])))?"
)
_DIVIDED = re.compile(rf"(?P<lower>[{CHARACTERS}]+|[0-9]+)分之(?P<upper>[{CHARACTERS}点]+|[0-9.]+)")
_HALF = re.compile(r"(?P<past>过|超)?(?:一半|半数)")
_TENTHS = re.compile(
    r"(?P<figure>[一二两三四五六七八九])成(?P<half>半|[一二三四五六七八九])?(?![为立功员果长就效都本交熟])"
)
_FOLD = re.compile(r"翻(?:了)?(?P<figure>[一两二三四五六七八九])?[番倍]")
_HAN = re.compile(
    rf"(?P<prefix>[数几])?(?P<figure>[{CHARACTERS}]+(?:点[零〇一二三四五六七八九]+)?)"
    rf"(?P<more>[多余来])?(?P<unit>(?:{_UNIT}))?"
)
_ORDINAL = re.compile(rf"(?:第 ?|(?<!分)之(?!一))(?P<figure>[{CHARACTERS}]+|[0-9]+)")
_POINTER = re.compile(r"(?:图表|[表图]) ?[0-9]+(?:[-.][0-9]+)*")
# 一个, 一种 are articles; 一体化, 一网统管, 十分, 千家万户 are words.
_ARTICLE = re.compile(r"一(?!倍|成|半|番)")
_BETWEEN_RANGE = re.compile(r"^ ?(?:-+|—+|至|到|~) ?$")
_BETWEEN_LIST = re.compile(r"^(?: ?[、，,/] ?| ?[和与及] ?|以及| +)$")

_ABOVE_BEFORE = re.compile(
    r"(?:超过了?|超出|超|高于|大于|多于|突破了?|逾|至少|不少于|不低于|不小于|起码|多达|过)[^0-9，。；、]{0,3}$"
)
_BELOW_BEFORE = re.compile(
    r"(?:不足|不到|低于|小于|少于|未满|不满|未超过|没有超过|不超过|不高于|不多于|不大于|至多|最多|未达到?|没有达到|尚未达到|仅)[^0-9，。；、]{0,3}$"
)
_NOT = re.compile(r"(?:不|未|没有|并未|尚未|从未)(?:曾)?$")
_ABOUT_BEFORE = re.compile(r"(?:大约|约为|约|大概|左右|估计|大致)[^0-9，。；、]{0,2}$")
_NEAR_BEFORE = re.compile(r"(?:接近|将近|近|逼近)[^0-9，。；、]{0,2}$")
_ABOVE_AFTER = re.compile(r"^ ?(?:（含）)?(?:及?以上|之上|开外)")
_BELOW_AFTER = re.compile(r"^ ?(?:（含）)?(?:及?以下|以内|之内|之下)")
_ABOUT_AFTER = re.compile(r"^ ?(?:左右|上下|许)")


def quantities(text: str, taken: Sequence[Span] = ()) -> tuple[Quantity, ...]:
    """The quantities of ``text``, spelled as ``aligned`` spells it, in order.

    What lies in ``taken`` (dates, names) is none. Items of a list share the unit behind its
    last one, the two ends of a range are one quantity.
    """
    found: list[Quantity] = []
    busy = [*taken, *(Span(*match.span()) for match in _POINTER.finditer(text))]
    for quantity in _candidates(text):
        if not any(quantity.span.overlaps(span) for span in busy):
            found.append(quantity)
            busy.append(quantity.span)
    found.sort(key=lambda quantity: quantity.span)
    return tuple(_bounded(text, q) for q in _ranges(text, _series(text, found)))


def _candidates(text: str) -> Iterator[Quantity]:
    for match in _DIVIDED.finditer(text):
        upper, lower = _number(match["upper"]), _number(match["lower"])
        if upper is not None and lower:
            yield _quantity(upper * 100 / lower, "%", Fraction(1, 1000), match)
    for match in _TENTHS.finditer(text):
        more = match["half"] or "零"
        tail = Fraction(5) if more == "半" else value_of(more) or Fraction(0)
        share = 10 * (value_of(match["figure"]) or Fraction(0)) + tail
        yield _quantity(share, "%", Fraction(1), match)
    for match in _HALF.finditer(text):
        bound = Bound.ABOVE if match["past"] else Bound.NONE
        yield replace(_quantity(Fraction(50), "%", Fraction(1), match), bound=bound)
    for match in _FOLD.finditer(text):
        unit = "番" if match.group().endswith("番") else "倍"
        yield _quantity(value_of(match["figure"] or "一") or Fraction(1), unit, Fraction(1), match)
    for match in _ORDINAL.finditer(text):
        value = _number(match["figure"])
        if value is not None:
            yield _quantity(value, "第", Fraction(1), match)
    yield from _arabic(text)
    yield from _han(text)


def _arabic(text: str) -> Iterator[Quantity]:
    for match in _ARABIC.finditer(text):
        digits = match["figure"].replace(",", "")
        scale = Fraction(10 ** _SCALES.get(match["scale"] or "", 0))
        unit, factor = UNITS.get(match["unit"] or "", ("", Fraction(1)))
        decimals = len(digits.partition(".")[2])
        size = scale * factor
        quantity = _quantity(Fraction(digits) * size, unit, size / 10**decimals, match)
        bound = Bound.ABOVE if match["more"] or match["more2"] else Bound.NONE
        yield replace(quantity, bound=bound, scaled=match["scale"] is not None)


def _han(text: str) -> Iterator[Quantity]:
    for match in _HAN.finditer(text):
        figure, unit = match["figure"], match["unit"] or ""
        value = value_of(figure)
        if value is None or not _counts(figure, unit, match, text):
            continue
        name, factor = UNITS.get(unit, ("", Fraction(1)))
        bound = Bound.ABOVE if match["more"] else Bound.NONE
        scaled = figure[-1] in "百千万亿"
        step = factor * ((value_of(figure[-1]) if scaled else None) or 1)
        # 数百 and 几十 are no figure: they equal only themselves.
        low = -value if match["prefix"] else value
        yield replace(_quantity(low * factor, name, abs(step), match), bound=bound, scaled=scaled)


def _counts(figure: str, unit: str, match: re.Match[str], text: str) -> bool:
    """Whether Chinese numerals count something here, and aren't part of a word."""
    if not unit:
        return (
            len(figure) > 2
            and figure[0] not in "十百千万亿"
            and any(c in "十百千万亿" for c in figure)
        )
    if _ARTICLE.fullmatch(figure) and unit not in ("倍", "成", "番"):
        return False
    if (
        unit
        in (
            "点",
            "线",
            "分",
            "期",
            "代",
            "里",
            "天",
            "日",
            "级",
            "步",
            "面",
            "片",
            "条",
            "门",
            "名",
            "位",
            "口",
            "段",
        )
        and len(figure) == 1
        and figure in "一十百千万亿"
    ):
        return False
    before = text[max(0, match.start() - 1) : match.start()]
    if figure[0] in "百千万亿":
        named = unit == "元" and figure[0] in "百千"  # 万亿元 alone is a unit, not one of it
        return bool(match["prefix"]) or before in tuple("近约超逾达数上过") or named
    return before not in tuple("第")


def _number(text: str) -> Fraction | None:
    try:
        return Fraction(text)
    except ValueError:
        return value_of(text)


def _quantity(value: Fraction, unit: str, step: Fraction, match: re.Match[str]) -> Quantity:
    end = match.start() + len(match.group().rstrip())
    return Quantity(value, value, unit, step, Bound.NONE, Span(match.start(), end))


def _series(text: str, found: list[Quantity]) -> list[Quantity]:
    """Numbers of a list or range that have no unit take that of the next."""
    shared = list(found)
    sizes = [_size(text, quantity) for quantity in found]
    for at in range(len(shared) - 2, -1, -1):
        one, other = shared[at], shared[at + 1]
        between = text[one.span.end : other.span.start]
        if one.unit or one.scaled or not (other.unit or other.scaled):
            continue
        if _BETWEEN_LIST.match(between) or _BETWEEN_RANGE.match(between):
            size = sizes[at] = sizes[at + 1]
            shared[at] = replace(
                one, low=one.low * size, high=one.high * size, step=one.step * size,
                unit=other.unit, scaled=other.scaled,
            )  # fmt: skip
    return shared


def _size(text: str, quantity: Quantity) -> Fraction:
    """What one of the quantity's figure is worth: scale and unit together."""
    match = _ARABIC.match(text, quantity.span.start)
    if match is None:
        return Fraction(1)
    scale = Fraction(10 ** _SCALES.get(match["scale"] or "", 0))
    return scale * UNITS.get(match["unit"] or "", ("", Fraction(1)))[1]


def _ranges(text: str, found: list[Quantity]) -> list[Quantity]:
    merged: list[Quantity] = []
    for quantity in found:
        last = merged[-1] if merged else None
        between = text[last.span.end : quantity.span.start] if last else ""
        if last and _BETWEEN_RANGE.match(between) and last.unit == quantity.unit != "第":
            span = Span(last.span.start, quantity.span.end)
            merged[-1] = replace(quantity, low=last.low, high=quantity.high, span=span)
        else:
            merged.append(quantity)
    return merged


def _bounded(text: str, quantity: Quantity) -> Quantity:
    """The quantity with the bound that the words around it give it."""
    before, after = (
        text[max(0, quantity.span.start - 9) : quantity.span.start],
        text[quantity.span.end :],
    )
    for bound, ahead, behind in (
        (Bound.BELOW, _BELOW_BEFORE, _BELOW_AFTER),
        (Bound.ABOVE, _ABOVE_BEFORE, _ABOVE_AFTER),
        (Bound.NEAR, _NEAR_BEFORE, None),
        (Bound.ABOUT, _ABOUT_BEFORE, _ABOUT_AFTER),
    ):
        match = ahead.search(before)
        if match or (behind and behind.search(after)):
            if (
                match
                and bound in (Bound.ABOVE, Bound.BELOW)
                and _NOT.search(before[: match.start()])
            ):
                bound = Bound.BELOW if bound is Bound.ABOVE else Bound.ABOVE
            start = quantity.span.start - (len(match.group()) if match else 0)
            tail = behind.search(after) if behind else None
            whole = Span(start, quantity.span.end + (tail.end() if tail else 0))
            return replace(quantity, bound=bound, whole=whole)
    return quantity
