"""What fills a set phrase: the measure of 按…计算, the body of 由…负责, the place of 位于….

A claim and its support that use the same phrase must fill it with the same: a way of counting,
a body or a purpose put for another is said of the right subject and in the right words, and
nothing else gives it away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from app.claims.alignment import Assertion
from app.claims.support import Window
from app.claims.words import content
from records import Fault, Finding

_FILLER = r"(?P<filler>[^，。；：、！？（）()]{2,20}?)"
_FRAMES = {
    "计算": rf"[按以]照?{_FILLER}(?:来?计算|来?统计|来?核算|口径)",
    "用于": rf"(?<![适不])用于{_FILLER}(?=[，。；、]|$)",
    "位于": rf"位于{_FILLER}(?=[，。；、的]|$)",
    "面向": rf"面向{_FILLER}(?=[，。；、的]|$)",
    "归": rf"归{_FILLER}(?:所有|管理?|负责)",
} | {
    verb: rf"由{_FILLER}(?:共同|统一|具体|来)?{verb}"
    for verb in "负责 牵头 主导 承担 组织 管理 运营 编制 发布 实施 提供 建设 审批 监管 出资".split()
}
_PATTERNS = {name: re.compile(pattern) for name, pattern in _FRAMES.items()}


@lru_cache(maxsize=4096)
def fillers(text: str) -> dict[str, tuple[str, ...]]:
    """What fills each phrase that ``text`` uses, in order."""
    found = {
        name: tuple(match["filler"].strip() for match in pattern.finditer(text))
        for name, pattern in _PATTERNS.items()
    }
    return {name: said for name, said in found.items() if said}


def frame_findings(claim: Assertion, window: Window) -> Iterator[Finding]:
    """What fills a phrase of ``claim`` that ``window`` fills with nothing like it."""
    theirs = fillers(window.facts.text)
    for name, mine in fillers(claim.facts.text).items():
        for filler in mine:
            others = theirs.get(name, ())
            if others and not any(_alike(filler, other) for other in others):
                yield Finding(Fault.WORDING, filler, others[0])


def _alike(one: str, other: str) -> bool:
    """Whether one says part of the other, or both have a word in common."""
    if one in other or other in one:
        return True
    return bool({word.text for word in content(one)} & {word.text for word in content(other)})
