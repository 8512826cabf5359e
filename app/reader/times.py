"""Years that a text names or means, and what comes to pass in it: 今年, 去年, 开工, 投产."""

from __future__ import annotations

import re

from records import Span

# 2000 家 and 2000 多万 are no years.
YEAR = re.compile(
    r"(?<![0-9.])(?:19|20)[0-9]{2}"
    r"(?![0-9.%‰]|\s?[多余]?[百千万亿元家户个人名件项条吨亩米台辆套])"
)
_RELATIVE = {"今年": 0, "去年": -1, "前年": -2, "明年": 1}
_NAMED = re.compile(
    rf"{YEAR.pattern}|(?:去年|上一?年)\s?同期|今年|(?<!过)去年|(?<![年月日天目当此之])前年|明年"
    r"|(?<![成资样日基])本年|(?<![0-9一二三四五六七八九十几当])\s?年内|(?<!以)上一?年"
)
_COMPARED = re.compile(
    r"[比较]\s?(?:19|20)[0-9]{2}\s?年(?!\s?的)"
    r"|[比较]\s?(?:19|20)[0-9]{2}\s?年\s?的[^,，。;；]{1,14}?(?=[提上增扩下降减缩高低多少])"
    r"|[与和同跟]\s?(?:19|20)[0-9]{2}\s?年\s?相?比(?![亚重例率])"
    r"|自\s?(?:19|20)[0-9]{2}\s?年[^,，。;；]{0,10}以来(?=[^,，。;；]{0,6}[增减升降提])"
    r"|是\s?(?:19|20)[0-9]{2}\s?年的?(?=\s?[0-9.]+\s?[多余]?倍)"
    r"|[比较与和]\s?(?:去年|上一?年)\s?同期|[比较与和]\s?(?:去年|上一?年|前年)(?=[^,，。]{0,2}[相增减升降多少高低])"
)
# A time of a year that isn't named: of the year that the text is of.
_OF_ITS_YEAR = re.compile(
    r"今年|年初以来|入[春夏秋冬]以?来|(?<!年)(?<!年\s)(?:[上下]半年|[一二三四前]季度"
    r"|前[0-9一二三四五六七八九十]+个?月"
    r"|(?<![0-9])[0-9]{1,2}\s?(?:[-—–至到~]\s?[0-9]{1,2}\s?)?月(?!度))"
)
_MONTHS_OF = re.compile(
    rf"{YEAR.pattern}\s?年\s?[0-9]{{1,2}}\s?月?\s?[-—–至到~]\s?[0-9]{{1,2}}\s?月"
)
_LINE = re.compile(r"[^\n]+")
_DATE_LINE = re.compile(
    r"\s*(?:19|20)[0-9]{2}\s?年(?:\s?[0-9]{1,2}\s?月)?(?:\s?[0-9]{1,2}\s?日)?\s*"
)
# Of one thing they come one after the other: signed, begun, in use.
_MILESTONES = tuple(
    map(
        re.compile,
        (
            "签约|签署|签订",
            "开工|动工|破土|开建|奠基|开始(?:建设|施工)|启动建设",
            "投产|达产|投用|投入(?:生产|使用|运营)|通车|竣工|完工|建成|落成|并网",
        ),
    )
)


def years_named(text: str, dated: int | None = None) -> list[str]:
    """The years in ``text``, in order, but for those that it compares with (较 2022 年).

    今年 and 去年 count from ``dated``, the year that the text is of; where that isn't known they
    are "", and so are 本年 and 上年, which count from what a text or a table is about.
    """
    found = (match.group() for match in _NAMED.finditer(_COMPARED.sub("", text)))
    return [_year(each, dated) for each in found]


def _year(said: str, dated: int | None) -> str:
    if said.isdigit():
        return said
    return str(dated + _RELATIVE[said]) if dated is not None and said in _RELATIVE else ""


def years_meant(text: str, dated: int | None) -> set[str]:
    """The years that ``text`` tells of, whether it names them or is of one (上半年, 7 月)."""
    unnamed = dated is not None and _OF_ITS_YEAR.search(_MONTHS_OF.sub("", text))
    own = {str(dated)} if unnamed else set()
    return own | set(YEAR.findall(text)) | set(years_named(text, dated)) - {""}


def is_dateline(text: str, span: Span) -> bool:
    """Whether ``span`` is in the only line of ``text`` that is but a date, its first or last.

    A list of events has several such lines.
    """
    lines = [line for line in _LINE.finditer(text) if line.group().strip()]
    dates = [line for line in lines if _DATE_LINE.fullmatch(line.group())]
    own = [line for line in dates if line.start() <= span.start < line.end()]
    return len(dates) == 1 and bool(own) and own[0].group() in (lines[0].group(), lines[-1].group())


def another_milestone(question: str, sentence: str) -> bool:
    """Whether ``sentence`` tells of other events than ``question``: 开工 where it is 投产."""
    asked, told = (
        {number for number, each in enumerate(_MILESTONES) if each.search(text)}
        for text in (question, sentence)
    )
    return bool(asked and told) and not asked & told
