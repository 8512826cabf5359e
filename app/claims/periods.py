"""Dates and periods of a text: 2022 年, 22 年底, 2023 年上半年, 一季度, 2016—2022 年, 十四五."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.claims.numerals import number_of
from records import Span


@dataclass(frozen=True, slots=True)
class Period:
    """A time and its place in the text.

    ``year`` is None where none is said. ``part`` is what of the year: empty, H1, Q3, Q1-3,
    M9, M9D12, M1-9, end, start, or a plan's name. ``until`` is the last year of a range
    (9999 for 至今). ``reference`` tells that something is compared with it: 较 2020 年.
    """

    year: int | None
    part: str
    span: Span
    until: int | None = None
    reference: bool = False

    @property
    def value(self) -> tuple[int | None, str, int | None]:
        """What two periods must share to be the same."""
        return self.year, self.part, self.until


_HAN_YEAR = r"[一二][零〇一二三四五六七八九]{3}"
_YEAR = rf"(?:(?<![0-9.,])(?:19|20)[0-9]{{2}}|{_HAN_YEAR}|(?<![0-9.,A-Za-z])[0-3][0-9])"
_NUMERAL = r"(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})"
_PART = (
    rf"(?P<half>上半年|下半年|全年)"
    rf"|(?:第)?(?P<quarter>[一二三四1-4])(?:个)?季度|前(?P<quarters>[二三两23])(?:个)?季度"
    rf"|[Qq](?P<q>[1-4])"
    rf"|(?P<month>{_NUMERAL}) ?月(?:份)?(?: ?(?P<day>{_NUMERAL}) ?[日号])?(?P<month_end>底|末)?"
    rf"|(?P<edge>[年]?底|[年]?末|[年]?初)"
)
_RANGE_MARK = r" ?(?:-+|—+|至|到|~) ?"
_PERIOD = re.compile(
    rf"(?P<plan>[“\"「]?十[一二三四五六](?:个)?五[”\"」]?(?:规划|时期|期间)?)"
    rf"|(?P<from>(?:19|20)[0-9]{{2}}|{_HAN_YEAR})(?: ?年)?{_RANGE_MARK}(?P<to>(?:19"
    rf"|20)[0-9]{{2}}|{_HAN_YEAR})(?![0-9]) ?年?"
    rf"|(?P<since>(?:19|20)[0-9]{{2}}|{_HAN_YEAR}) ?年?(?:{_RANGE_MARK}今|以来|起至今)"
    rf"|(?<=[自从])(?P<begun> ?(?:19|20)[0-9]{{2}}) ?年(?:起|开始)"
    r"|(?<![0-9.])(?P<iso>(?:19|20)[0-9]{2})[-/.](?P<iso_month>0?[1-9]"
    r"|1[0-2])(?:[-/.](?P<iso_day>[0-3]?[0-9]))?(?![0-9])"
    rf"|(?P<year>{_YEAR}) ?年(?!代|间|期|来|限)度?(?: ?(?:的)?(?:{_PART}))?"
)
_BARE_YEAR = re.compile(r"^ ?((?:19|20)[0-9]{2}) ?$")
_WITHOUT_YEAR = re.compile(
    r"(?P<half>上半年|下半年)|第?(?P<quarter>[一二三四])季度|前(?P<quarters>[二三两23])(?:个)?季度"
    rf"|(?<![0-9])(?P<from_month>[0-9]{{1,2}}){_RANGE_MARK}(?P<to_month>[0-9]{{1,2}}) ?月(?:份)?"
    r"|(?<![0-9个])(?P<month>[0-9]{1,2}|十[一二]?"
    r"|[一二三四五六七八九]) ?月(?:份)?(?: ?(?P<day>[0-9]{1,2}) ?[日号])?"
)
_REFERENCE = re.compile(r"(?:较|比|相比于?|对比|相较于?|同)(?:上年|去年)?（?$")
_YEAR_BEFORE = re.compile(r"(?<![较比同与])上一?年度(?!相比|同期)")
_PLANS = {"一": 2006, "二": 2011, "三": 2016, "四": 2021, "五": 2026, "六": 2031}


def periods(text: str) -> tuple[Period, ...]:
    """The periods of ``text``, spelled as ``aligned`` spells it, in order."""
    found: list[Period] = []
    for match in _PERIOD.finditer(text):
        period = _dated(match)
        if period is not None:
            found.append(period)
    for match in _WITHOUT_YEAR.finditer(text):
        if not any(Span(*match.span()).overlaps(period.span) for period in found):
            found.append(_yearless(match))
    found.sort(key=lambda period: period.span)
    found += _years_before(text, found)
    found.sort(key=lambda period: period.span)
    return tuple(_with_reference(text, period) for period in found)


def _years_before(text: str, found: list[Period]) -> list[Period]:
    """上年度 is the year before the one that was named last, or that is named next."""
    dated = [(p.span.start, p.year) for p in found if p.year]
    told: list[Period] = []
    for match in _YEAR_BEFORE.finditer(text):
        ahead = [year for start, year in dated if start < match.start()]
        behind = [year for start, year in dated if start > match.start()]
        if dated:
            year = ahead[-1] if ahead else behind[0]
            told.append(Period(year - 1, "", Span(*match.span())))
    return told


def bare_year(text: str) -> Period | None:
    """The year that is all of ``text``, as the name of a column says it: 2022."""
    match = _BARE_YEAR.match(text)
    return Period(int(match[1]), "", Span(*match.span(1))) if match else None


def years(found: tuple[Period, ...]) -> Iterator[int]:
    """The years that the periods name, ranges by each of their years."""
    for period in found:
        if period.year is not None:
            yield from range(period.year, min(period.until or period.year, period.year + 60) + 1)


def _dated(match: re.Match[str]) -> Period | None:
    span = Span(match.start(), match.start() + len(match.group().rstrip()))
    if match["plan"]:
        start = _PLANS[re.sub(r"[^一二三四五六]", "", match["plan"])[0]]
        return Period(start, f"plan{start}", span)
    if match["from"]:
        return Period(_year(match["from"]), "", span, _year(match["to"]))
    if match["since"]:
        return Period(_year(match["since"]), "", span, 9999)
    if match["begun"]:
        return Period(_year(match["begun"].strip()), "", span, 9999)
    if match["iso"]:
        part = f"M{int(match['iso_month'])}" + (
            f"D{int(match['iso_day'])}" if match["iso_day"] else ""
        )
        return Period(int(match["iso"]), part, span)
    return Period(_year(match["year"]), _part(match), span)


def _yearless(match: re.Match[str]) -> Period:
    groups = match.groupdict()
    if groups["from_month"]:
        part = f"M{int(groups['from_month'])}-{int(groups['to_month'])}"
    else:
        part = _part(match)
    return Period(None, part, Span(match.start(), match.start() + len(match.group().rstrip())))


def _part(match: re.Match[str]) -> str:
    groups = match.groupdict()
    if groups["half"]:
        return {"上": "H1", "下": "H2"}.get(groups["half"][0], "")
    if groups["quarter"] or groups.get("q"):
        return f"Q{number_of(groups['quarter'] or groups['q'] or '')}"
    if groups["quarters"]:
        return f"Q1-{number_of(groups['quarters'])}"
    if groups["month"]:
        day = f"D{number_of(groups['day'])}" if groups["day"] else ""
        end = "end" if groups.get("month_end") else ""
        return f"M{number_of(groups['month'])}{day}{end}"
    edge = groups.get("edge") or ""
    return "start" if edge.endswith("初") else "end" if edge else ""


def _year(text: str) -> int:
    value = number_of(text)
    return value if value > 99 else 2000 + value


def _with_reference(text: str, period: Period) -> Period:
    before = text[max(0, period.span.start - 6) : period.span.start].rstrip()
    return replace(period, reference=True) if _REFERENCE.search(before) else period


def entails(found: Period, claimed: Period, coarse: bool = True) -> bool:
    """Whether a statement on ``found`` is one on ``claimed`` too.

    The same period, or, with ``coarse``, one that lies in the year or month claimed: what was
    published in September 2023 was published in 2023. A balance at the year's end may always
    be called that year's.
    """
    if found.value == claimed.value:
        return True
    if claimed.year is None and claimed.part == found.part:
        return True
    if (claimed.year, claimed.until) != (found.year, found.until):
        return False
    if not claimed.part:
        return coarse or found.part in ("end", "start")
    return coarse and found.part.startswith(claimed.part) and claimed.part.startswith("M")
