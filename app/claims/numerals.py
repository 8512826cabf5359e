"""Chinese numerals as numbers: 十二, 三百二十, 二〇二二, 一点八."""

from __future__ import annotations

from fractions import Fraction

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_BLOCKS = {"万": 10**4, "亿": 10**8}
CHARACTERS = "零〇一二两三四五六七八九十百千万亿"


def value_of(text: str) -> Fraction | None:
    """The value of a Chinese numeral, None where the characters make none.

    Digits alone are read in places (二〇二二), others by their units; a unit without a digit
    before it counts once (百亿 is 10,000,000,000).
    """
    whole, point, decimals = text.partition("点")
    if point:
        before, after = value_of(whole), _places(decimals)
        return None if before is None or after is None else before + _shifted(after, decimals)
    if not whole or any(character not in CHARACTERS for character in whole):
        return None
    places = _places(whole)
    return Fraction(_units(whole) if places is None else places)


def number_of(text: str) -> int:
    """The whole number that digits or a Chinese numeral write, 0 where they write none."""
    return int(text) if text.isdecimal() else int(value_of(text) or 0)


def _places(text: str) -> int | None:
    if not text or any(character not in _DIGITS for character in text):
        return None
    return int("".join(str(_DIGITS[character]) for character in text))


def _shifted(value: int, digits: str) -> Fraction:
    return Fraction(value, int(10 ** len(digits)))


def _units(text: str) -> int:
    total = block = digit = 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _TENS:
            block += (digit or 1) * _TENS[character]
            digit = 0
        else:
            total = ((total + block + digit) or 1) * _BLOCKS[character]
            block = digit = 0
    return total + block + digit
