"""What fills a set phrase: the measure of 按…计算, the body of 由…负责, the ends of 从…到….

A claim and its support that use the same phrase must fill it with the same: a way of counting,
a body or a purpose put for another is said of the right subject and in the right words, and
nothing else gives it away. Of 从…到… the two ends must not have changed places.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from app.claims.alignment import Assertion
from app.claims.support import Window
from app.claims.words import content
from records import Fault, Finding

_IN = r"([^，。；：、！？（）()|]{2,20}?)"
_END = r"(?=[，。；、]|$)"
_LEADS = "负责|承担|牵头|主导|主管"
_ACTS = "组织 管理 运营 编制 制定 发布 实施 提供 建设 审批 监管 出资 承办 主办".split()
_FRAMES = [
    ("计算", rf"[按以]照?{_IN}(?:来?计算|来?统计|来?核算|口径)"),
    ("用于", rf"(?<![适不])用于{_IN}{_END}"),
    ("位于", rf"位于{_IN}(?:的|{_END})"),
    ("面向", rf"面向{_IN}(?:的|{_END})"),
    ("处", r"(?:处于|处在|进入|步入|迈入)了?([^，。；：、！？（）()|]{1,12}?(?:期|阶段|梯队))"),
    ("下", rf"(?:在|^|[，。；]){_IN}(?:模式|机制|框架|体系)下"),
    ("中", rf"在{_IN}中(?:释放|体现|落地|应用|发挥)"),
    ("归", rf"归{_IN}(?:所有|管理?)"),
    ("主", rf"由{_IN}(?:来|共同|统一|具体|联合)?(?:{_LEADS})"),
    ("主", rf"(?:牵头|主导|负责|承担|主管)(?:单位|方|机构|部门|主体)：{_IN}(?= \||$)"),
    *((act, rf"由{_IN}(?:来|共同|统一|具体|联合|自行)?{act}") for act in _ACTS),
]
_BODY = re.compile("(?:中心|局|委|公司|集团|研究[院所]|协会|学会|联盟|办公室|厅|署|司)$")
_DOERS = frozenset(("主", *_ACTS))
_PATTERNS = [(name, re.compile(pattern)) for name, pattern in _FRAMES]
_FROM_TO = re.compile(
    r"[由从](?P<start>[^。；]{1,24}?)(?:逐渐|逐步|不断|正在|进一步)*"
    r"(?:转向|转变为|转为|变为|变成|升级为|升级到|发展为|演变为|过渡到|[扩拓]展到|延伸到|走向|迈[向进入]|跨入|[向到至])"
    r"(?P<end>[^，。；]{1,24})"
    r"|(?P<of>[^，。；]{1,16})向(?P<into>[^，。；]{1,16})(?:转变|转型|升级|延伸|集中|[拓扩]展|过渡|演进)"
)
_MARGIN = 0.5
"""By how much more two ends must be alike crosswise to have changed places."""


@lru_cache(maxsize=4096)
def fillers(text: str) -> dict[str, tuple[str, ...]]:
    """What fills each phrase that ``text`` uses, in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, pattern in _PATTERNS:
        found[name] += [match[1].strip() for match in pattern.finditer(text)]
    return {name: tuple(said) for name, said in found.items() if said}


@lru_cache(maxsize=4096)
def turns_into(text: str) -> tuple[tuple[str, str], ...]:
    """What is said to become what, or to reach from where to where, in order."""
    return tuple(
        (match["start"] or match["of"], match["end"] or match["into"])
        for match in _FROM_TO.finditer(text)
    )


def frame_findings(claim: Assertion, window: Window) -> Iterator[Finding]:
    """What fills a phrase of ``claim`` that ``window`` fills with nothing like it."""
    theirs = fillers(window.facts.text)
    for name, mine in fillers(claim.facts.text).items():
        for filler in mine:
            others = theirs.get(name, ())
            if others and not any(_alike(filler, other) for other in others):
                yield Finding(Fault.WORDING, filler, others[0])
            elif not others and name in _DOERS and not _named(filler, window):
                yield Finding(Fault.NAME, filler)
    for start, end in turns_into(claim.facts.text):
        for other in turns_into(window.facts.text):
            straight = _like(start, other[0]) + _like(end, other[1])
            if _like(start, other[1]) + _like(end, other[0]) > straight + _MARGIN:
                yield Finding(Fault.DIRECTION, f"{start}→{end}", f"{other[0]}→{other[1]}")


def _named(doer: str, window: Window) -> bool:
    """Whether the body that is said to do something is spoken of at all."""
    held = f"{window.facts.text}{window.context}{window.earlier}"
    return not _BODY.search(doer) or all(word.text in held for word in content(doer))


def _like(one: str, other: str) -> float:
    """The share of the shorter one's pairs of characters that the other has."""
    pairs, held = ({text[i : i + 2] for i in range(len(text) - 1)} for text in (one, other))
    return len(pairs & held) / max(1, min(len(pairs), len(held)))


def _alike(one: str, other: str) -> bool:
    """Whether one says part of the other, or both have a word in common."""
    if one in other or other in one:
        return True
    return bool({word.text for word in content(one)} & {word.text for word in content(other)})
