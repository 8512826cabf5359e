"""Spellings that mean the same are made the same, in index and question alike.

The stored text is never folded: this is for searching only, and lengths may change.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

_SPACES = re.compile(r"\s+")
# Digits set apart one by one are one number.
_APART = re.compile(r"(?<![0-9]) | (?![0-9])|(?<=(?<![0-9])[0-9]) (?=[0-9](?![0-9]))")

_SUPERSCRIPTS = dict.fromkeys(map(ord, "⁰¹²³⁴⁵⁶⁷⁸⁹"))


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def fold(text: str) -> str:
    """Full width becomes half width, traditional characters simplified, note marks vanish.

    ``數字城市`` and ``数字城市`` fold alike, so do ``２０２２`` and ``2022``.
    """
    return simplified(unicodedata.normalize("NFKC", text.translate(_SUPERSCRIPTS)))


def plain(text: str) -> str:
    """As ``fold`` spells it, in small letters and without white space.

    Between two numbers one space is left: 表 1 2022 年 doesn't speak of 12022.
    """
    return _APART.sub("", _SPACES.sub(" ", fold(text))).lower()


def simplified(text: str) -> str:
    """Traditional characters simplified; words may change length, as they do in OpenCC."""
    converted: str = _converter().convert(text)
    return converted
