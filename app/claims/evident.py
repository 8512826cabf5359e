"""What a claim bears out itself: the count of its own list, the time between its own dates.

Neither need stand in the support: 有三项支撑，分别是甲、乙和丙 counts what it names, and from
2013 年 to 2023 年 is 十年. What is listed, and the dates, must stand there all the same.
"""

from __future__ import annotations

import re
from itertools import combinations

from app.claims.equality import same_value
from app.claims.facts import Facts
from app.claims.periods import Period
from app.claims.quantities import Bound, Quantity
from app.claims.units import CLASSIFIERS, GENERIC, compatible

_NUMBERED = re.compile(r"(?:[一二三四五六七八九]|其[一二三四五六七八九])是([^，；。]+)")
_LISTED = re.compile(
    r"[^，。；：0-9]{0,12}(?:[，,] ?(?:即|分别|依次|包括|也就是)(?:是|为|有)?|[：:])"
    r"(?P<list>[^，。；：]+)"
)
_JOINS = re.compile(r"、|和|与|以及|及")
_BRACKETS = re.compile(r"（[^）]*）")
_CLAUSE_END = re.compile(r"[，。；：|]")
_LASTS = re.compile(r"期?间|相隔|历时|前后|跨度|之?内|晚|早|[以之]?后")
_SPAN = 6
"""Within how many characters of a time a word must stand that says how long something lasts."""
_YEAR = 12


def borne_out(claim: Facts, quantity: Quantity, held: Facts) -> bool:
    """Whether a quantity of ``claim`` follows from the rest of it; ``held`` may belie a count."""
    return lasts(claim, quantity) or _counts(claim, quantity, held)


def lasts(claim: Facts, quantity: Quantity) -> bool:
    """Whether ``quantity`` is the time from one date of the claim to another, in months."""
    if quantity.unit != "个月" or quantity.bound in (Bound.ABOVE, Bound.BELOW):
        return False
    around = claim.text[max(0, quantity.said.start - _SPAN) : quantity.said.end + _SPAN]
    dated = [p for p in claim.periods if p.year and not p.until and not p.reference]
    return bool(_LASTS.search(around)) and any(
        _months(one, other) == quantity.low for one, other in combinations(dated, 2)
    )


def _months(one: Period, other: Period) -> int | None:
    """The months between two years, or between two months; None for any other times."""
    found = []
    for period in (one, other):
        month = re.fullmatch(r"(?:M([0-9]+))?", period.part)
        if month is None or period.year is None:
            return None
        found.append(period.year * _YEAR + int(month[1] or 0))
    return abs(found[1] - found[0]) if bool(one.part) == bool(other.part) else None


def _counts(claim: Facts, quantity: Quantity, held: Facts) -> bool:
    """Whether ``quantity`` counts what the claim lists behind it, and ``held`` no other number."""
    if quantity.unit not in (*GENERIC, *CLASSIFIERS) or quantity.bound is not Bound.NONE:
        return False
    items = _items(claim, quantity)
    if len(items) < 2 or len(items) != quantity.low or not all(_held(i, held) for i in items):
        return False
    others = [q for q in held.quantities if q.unit != "第" and compatible(q.unit, quantity.unit)]
    own = [q for q in claim.quantities if q is not quantity]
    rivals = [q for q in others if not any(same_value(mine, q) for mine in own)]
    return not rivals and _longest(items, held) <= len(items)


def _items(claim: Facts, quantity: Quantity) -> list[str]:
    behind = claim.text[quantity.span.end : claim.sentence_at(quantity.span.start).end]
    numbered = _NUMBERED.findall(behind)
    if numbered:
        return list(numbered)
    match = _LISTED.match(behind)
    return _parts(match["list"]) if match else []


def _parts(text: str) -> list[str]:
    return [part for part in map(str.strip, _JOINS.split(_BRACKETS.sub("", text))) if part]


def _held(item: str, held: Facts) -> bool:
    """Whether most of an item stands in the support."""
    pairs = [item[i : i + 2] for i in range(len(item) - 1)]
    return sum(pair in held.text for pair in pairs) * 2 >= len(pairs) > 0


def _longest(items: list[str], held: Facts) -> int:
    """How many items the support lists where it lists two of ``items``; 0 where it does not."""
    lists = [_parts(part) for part in _CLAUSE_END.split(_BRACKETS.sub("", held.text))]
    ends = {item[-2:] for item in items}
    sizes = (len(parts) for parts in lists if sum(p[-2:] in ends for p in parts) > 1)
    return max(sizes, default=0)
