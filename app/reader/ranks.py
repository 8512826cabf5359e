"""Which of several alike a text speaks of: 第一批, 第二梯队, 三期, 4 号, 45—54 岁."""

from __future__ import annotations

import re

from app.claims.numerals import number_of

_RANKED = re.compile(
    r"第(?P<first>[0-9]+|[一二三四五六七八九十]+)"
    r"(?P<further>(?:[、和与及至到]第?(?:[0-9]+|[一二三四五六七八九十]+))*)"
    r"(?P<kind>批|梯队|阶段|期|次|届|轮|步|章|节|档|级|层|类|季度|产业)"
)
_PHASE = re.compile(
    r"(?<![第学分短长中初早晚后前近远同本当首定延到预按逾新上下每这那某任各共办0-9一二三四五六七八九十])"
    r"(?P<first>[1-9一二三四五六七八九])期(?![间限货待望权末初中刊以内])"
)
_FURTHER = re.compile(r"(?P<joined>[、和与及至到])第?(?P<figure>[0-9]+|[一二三四五六七八九十]+)")
_QUARTER = re.compile(
    r"(?<![0-9一二三四前第上下、和与及至到])(?P<first>[一二三四1-4])"
    r"(?P<further>(?:[、和与及至到][一二三四1-4])*)季度"
)
_LONGEST_RANGE = 100
_FIRST = re.compile("首(?=[批期届轮])")  # 首次 mostly says that something is new
_UPON = re.compile(r"在[^,。在]{0,6}期[^,。]{0,6}(?:基础|之)上")
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

    Phases, quarters, numbers of things and ranges of ages are ranks here. ``text`` is spelled
    as ``plain`` does.
    """
    said = _FIRST.sub("第1", _UPON.sub("", _RANK_COMPARED.sub("", text)))
    ranked = {
        (figure, found["kind"]) for found in _RANKED.finditer(said) for figure in _figures(found)
    }
    ranked |= {(number_of(found["first"]), "期") for found in _PHASE.finditer(said)}
    ranked |= {(figure, "季度") for found in _QUARTER.finditer(said) for figure in _figures(found)}
    ranked |= {(int(found["first"]), "号") for found in _NUMBERED.finditer(said)}
    ages = _AGES.finditer(said)
    return ranked | {(1000 * int(each["first"]) + int(each["second"]), "岁") for each in ages}


def last_phase(text: str) -> int | None:
    """The phase of something (二期) that ``text`` names last; None where it names none."""
    said = _FIRST.sub("第1", _UPON.sub("", text))
    ranked = [found for found in _RANKED.finditer(said) if found["kind"] == "期"]
    named = sorted([*ranked, *_PHASE.finditer(said)], key=lambda found: found.start())
    return number_of(named[-1]["first"]) if named else None


def place_asked(question: str) -> int | None:
    """Which place in an order ``question`` asks about: 4 of 排第四的是哪家; None without one."""
    found = _PLACE.search(question)
    return number_of(found["ordered"] or found["first"]) if found else None


def _figures(ranked: re.Match[str]) -> set[int]:
    """1 and 3 of 第一、第三, 1 to 3 of 第一至第三."""
    last = number_of(ranked["first"])
    figures = {last}
    for found in _FURTHER.finditer(ranked["further"]):
        figure = number_of(found["figure"])
        through = found["joined"] in "至到" and figure - last < _LONGEST_RANGE
        figures |= set(range(last, figure)) if through else set()
        figures.add(figure)
        last = figure
    return figures
