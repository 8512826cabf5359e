"""Amounts with their units, compared by value: 1.8 万亿元 is 18000 亿元, and not 1.8 亿元."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from index.folding import fold

_SCALES = {
    "万亿": 12, "千亿": 11, "百亿": 10, "十亿": 9, "亿": 8, "千万": 7, "百万": 6, "十万": 5,
    "万": 4, "千": 3, "百": 2,
}  # fmt: skip
_UNITS = (
    "个百分点|百分点|平方公里|平方米|千瓦时|人民币|美元|欧元|港元|公里|公斤|人次|年代|世纪"
    "|元|米|吨|亩|天|倍|人|名|家|户|个|项|款|种|座|省|市|类|件|次|辆|条|套|台|所|处|页|只|位|部|集|届"
    "|年|月|日|号|岁|时|分|秒|点|%|‰|℃"
)
_AMOUNT = re.compile(
    rf"(?P<figure>[0-9]+(?:,[0-9]{{3}})*(?:\.[0-9]+)?)\s*[多余]?"
    rf"(?P<scale>{'|'.join(_SCALES)})?[多余]?\s*(?P<unit>{_UNITS})?"
)
_SAME = {"人民币": "元", "百分点": "个百分点", "号": "日", "人次": "次", "名": "人", "位": "人"}


@dataclass(frozen=True, slots=True)
class Amount:
    """A value and what it counts; the unit is empty where none follows."""

    value: Decimal
    unit: str


def amounts(text: str) -> tuple[Amount, ...]:
    """The amounts of ``text`` in their order, scales multiplied out."""
    found = []
    for match in _AMOUNT.finditer(fold(text)):
        value = Decimal(match["figure"].replace(",", "")).scaleb(_SCALES.get(match["scale"], 0))
        unit = match["unit"] or ""
        found.append(Amount(value.normalize(), _SAME.get(unit, unit)))
    return tuple(found)


def same_amounts(answer: str, references: Iterable[str]) -> bool | None:
    """Whether ``answer`` holds every amount of one of the references, in value and unit.

    None where no reference holds an amount.
    """
    wanted = [set(found) for text in references if (found := amounts(text))]
    said = set(amounts(answer))
    return any(each <= said for each in wanted) if wanted else None
