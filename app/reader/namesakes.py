"""Things of one sort that are told apart by name: firms, banks, schools, offices, standards."""

from __future__ import annotations

import re

_OF_THE_SORT = re.compile(
    r"((?!.?[家所个些该本此这那各我全共有的其和与及在为年月日母子下分总大中小类种多少级]|.[性制甲资营立型]|上市|商业|发展|业大|民间)"
    r"[\u4e00-\u9fff]{2})(证券|银行|集团|大学|学院|医院|航空)(?!业(?!绩)|[家系类])"
)
_CALLED = re.compile(
    r"哪[一个]{0,2}(级(?![别政人财单机干])|[司局厅](?![机长令级部面域堂])|社区|街道)"
)
_OFFICES = {"局": ("局", "委")}
_STANDARD = re.compile(
    r"(?<![0-9])(?!(?:19|20)[0-9]{2}(?![0-9.]))[0-9]{3,6}(?:\.[0-9]+)?[-—–](?:19|20)[0-9]{2}"
)
_ANOTHER_STANDARD = re.compile(r"代替|替代|取代|废止|引用|哪[个项一]?标准")


def another_namesake(question: str, before: str) -> bool:
    """Whether what follows ``before`` is said of another of the sort that ``question`` names.

    It belongs to the last that was named, but for what is told 分别 of several. Both are spelled
    as ``plain`` does.
    """
    asked = set(_OF_THE_SORT.findall(question))
    sorts = {sort for _, sort in asked}
    named = [found for found in _OF_THE_SORT.findall(before) if found[1] in sorts]
    told = "分别" in before and any("".join(each) in before for each in asked)
    return bool(named) and named[-1] not in asked and not told


def called_otherwise(question: str, said: str) -> bool:
    """Whether an answer lacks what it must be called (哪个局), or names another standard.

    Both are spelled as ``plain`` does.
    """
    called = _CALLED.search(question)
    if called and not any(each in said for each in _OFFICES.get(called[1], (called[1],))):
        return True
    asked = set() if _ANOTHER_STANDARD.search(question) else _standards(question)
    found = _standards(said)
    return bool(asked and found) and not asked & found


def _standards(text: str) -> set[str]:
    return {re.sub("[—–]", "-", found) for found in _STANDARD.findall(text)}
