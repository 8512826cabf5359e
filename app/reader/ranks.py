"""Which of several alike a text speaks of: 第一批, 第二梯队, 三期, 4 号, 45—54 岁."""

from __future__ import annotations

import re

_RANKED = re.compile(
    r"第(?P<first>[0-9]+|[一二三四五六七八九十]+)"
    r"(?:[、和与及至到]第?(?P<second>[0-9]+|[一二三四五六七八九十]+))?"
    r"(?P<kind>批|梯队|阶段|期|次|届|轮|步|章|节|档|级|层|类|季度|产业)"
)
_PHASE = re.compile(
    r"(?<![第学分短长中初早晚后前近远同本当首定延到预按逾新上下每这那某任各共办0-9一二三四五六七八九十])"
    r"(?P<first>[1-9一二三四五六七八九])期(?![间限货待望权末初中刊以内])"
)
_FIRST = re.compile("首(?=[批期次届轮])")
_NUMBERED = re.compile(r"(?<![0-9月日.])(?P<first>[0-9]{1,3})号(?![0-9])")
_AGES = re.compile(r"(?P<first>[0-9]{1,2})[-—–~至到](?P<second>[0-9]{1,3})周?岁")
_PLACE = re.compile(
    r"排(?:名|行)?(?:在|到|到了)?第(?P<first>[0-9]+|[一二三四五六七八九十]+)(?![0-9一二三四五六七八九十])"
    r"|第(?P<ordered>[0-9]+|[一二三四五六七八九十]+)名"
)
_RANK_COMPARED = re.compile(
    r"[与较比和同][^,，。]{0,8}第[0-9一二三四五六七八九十]+[期次届轮](?=[^,，。]{0,8}[比增减升降])"
)


def ranks(text: str) -> set[tuple[int, str]]:
    """The ranks in ``text``, each with what it counts, but for those that it compares with.

    Phases, numbers of things and ranges of ages are ranks here. ``text`` is spelled as ``plain``
    does.
    """
    said = _FIRST.sub("第1", _RANK_COMPARED.sub("", text))
    ranked = {
        (_figure(figure), found["kind"])
        for found in _RANKED.finditer(said)
        for figure in (found["first"], found["second"])
        if figure
    }
    ranked |= {(_figure(found["first"]), "期") for found in _PHASE.finditer(said)}
    ranked |= {(int(found["first"]), "号") for found in _NUMBERED.finditer(said)}
    ages = _AGES.finditer(said)
    return ranked | {(1000 * int(each["first"]) + int(each["second"]), "岁") for each in ages}


def last_phase(text: str) -> int | None:
    """The phase of something (二期) that ``text`` names last; None where it names none."""
    said = _FIRST.sub("第1", text)
    ranked = [found for found in _RANKED.finditer(said) if found["kind"] == "期"]
    named = sorted([*ranked, *_PHASE.finditer(said)], key=lambda found: found.start())
    return _figure(named[-1]["first"]) if named else None


def place_asked(question: str) -> int | None:
    """Which place in an order ``question`` asks about: 4 of 排第四的是哪家; None without one."""
    found = _PLACE.search(question)
    return _figure(found["ordered"] or found["first"]) if found else None


def _figure(said: str) -> int:
    """The number up to 99 that ``said`` writes in digits or Chinese numerals."""
    if said.isdigit():
        return int(said)
    tens, ten, ones = said.rpartition("十")
    digits = "一二三四五六七八九"
    return (10 * (digits.find(tens) + 1 if tens else 1) if ten else 0) + digits.find(ones) + 1
