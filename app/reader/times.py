"""Years that a text names or means, and what comes to pass in it: 今年, 去年, 开工, 投产."""

from __future__ import annotations

import re

# 2000 家 and 2000 多万 are no years.
YEAR = re.compile(
    r"(?<![0-9.])(?:19|20)[0-9]{2}"
    r"(?![0-9.%‰]|\s?[多余]?[百千万亿元家户个人名件项条吨亩米台辆套])"
)
_RELATIVE = {
    "今年": 0,
    "本年": 0,
    "年内": 0,
    "去年": -1,
    "上年": -1,
    "上一年": -1,
    "前年": -2,
    "明年": 1,
}
_NAMED = re.compile(rf"{YEAR.pattern}|今年|本年|年内|去年|(?<!以)上一?年|(?<![年月日天])前年|明年")
_COMPARED = re.compile(
    r"[比较]\s?(?:19|20)[0-9]{2}\s?年(?!\s?的)"
    r"|(?:[比较与和]\s?)?(?:去年|上一?年)\s?同期|[比较]\s?(?:去年|上一?年|前年)"
)
# A time of a year that isn't named: of the year that the text is of.
_OF_ITS_YEAR = re.compile(
    r"今年|本年|年内|年初以来|入[春夏秋冬]以?来|(?<!年)(?<!年\s)(?:[上下]半年|[一二三四前]季度"
    r"|前[0-9一二三四五六七八九十]+个?月"
    r"|(?<![0-9])[0-9]{1,2}\s?(?:[-—–至到~]\s?[0-9]{1,2}\s?)?月(?!度))"
)
_MILESTONES = tuple(
    map(
        re.compile,
        (
            "开工|动工|破土|开建|奠基|开始(?:建设|施工)",
            "投产|达产|投入(?:生产|使用)|投用",
            "通车|开通|运营",
            "竣工|完工|建成|落成",
            "发布|印发|出台|公布|颁布|下发|推出|发表|问世",
            "启动|开始|开启|始于",
            "并网",
            "上市|挂牌",
            "签约|签署|签订",
            "成立|设立|组建|创立|创办|创建|建立",
            "获批|批复|批准",
        ),
    )
)


def years_named(text: str, dated: int | None = None) -> list[str]:
    """The years in ``text``, in order, but for those that it compares with (较 2022 年).

    今年 and 去年 count from ``dated``, the year that the text is of; where that isn't known they
    are "".
    """
    found = (match.group() for match in _NAMED.finditer(_COMPARED.sub("", text)))
    return [
        each if each not in _RELATIVE else str(dated + _RELATIVE[each]) if dated is not None else ""
        for each in found
    ]


def years_meant(text: str, dated: int | None) -> set[str]:
    """The years that ``text`` tells of, whether it names them or is of one (上半年, 7 月)."""
    own = {str(dated)} if dated is not None and _OF_ITS_YEAR.search(text) else set()
    return own | set(YEAR.findall(text)) | set(years_named(text, dated)) - {""}


def another_milestone(question: str, sentence: str) -> bool:
    """Whether ``sentence`` tells of other events than ``question``: 开工 where it is 投产."""
    asked, told = (
        {number for number, each in enumerate(_MILESTONES) if each.search(text)}
        for text in (question, sentence)
    )
    return bool(asked and told) and not asked & told
