"""Ranks that a text speaks of: 第一批, 第二梯队, 第七次."""

from __future__ import annotations

import re

_RANKED = re.compile(
    r"第(?P<first>[0-9]+|[一二三四五六七八九十]+)"
    r"(?:[、和与及至到]第?(?P<second>[0-9]+|[一二三四五六七八九十]+))?"
    r"(?P<kind>批|梯队|阶段|期|次|届|轮|步|章|节|档|级|层|类|季度|产业)"
)
_RANK_COMPARED = re.compile(
    r"[与较比和同][^,，。]{0,8}第[0-9一二三四五六七八九十]+[期次届轮](?=[^,，。]{0,8}[比增减升降])"
)


def ranks(text: str) -> set[tuple[int, str]]:
    """The ranks in ``text``, each with what it counts, but for those that it compares with.

    ``text`` is spelled as ``plain`` does.
    """
    said = _RANK_COMPARED.sub("", text).replace("首批", "第1批")
    return {
        (_figure(figure), found["kind"])
        for found in _RANKED.finditer(said)
        for figure in (found["first"], found["second"])
        if figure
    }


def _figure(said: str) -> int:
    """The number up to 99 that ``said`` writes in digits or Chinese numerals."""
    if said.isdigit():
        return int(said)
    tens, ten, ones = said.rpartition("十")
    digits = "一二三四五六七八九"
    return (10 * (digits.find(tens) + 1 if tens else 1) if ten else 0) + digits.find(ones) + 1
