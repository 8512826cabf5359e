"""Which unit an amount must have that a question asks for, and whether an answer has it."""

from __future__ import annotations

import re

from index.folding import plain

SOME = "(?<![近这那前好后来去十])"  # before 几, which asks nothing there
_UNIT = re.compile(
    rf"(?:多少|{SOME}几)多?[百千万亿]*(美元|元|千瓦时|千瓦|公里|平方米|平方公里|米|吨|亩"
    r"|天(?![然使线文津])|倍|人(?!民币|工|形|均|口)|名(?![单额牌])|家(?![电具政居庭用])|户(?![籍外型])"
    r"|条|项(?!目)|款(?![项式])|座(?!谈))"
)
_LATIN = re.compile(
    rf"(?:多少|{SOME}几)[百千万亿]?(kwh?|mwh?|gwh?|twh|km|cm|mm|m|kg|t|ha|[kmgtp]b|[etp]?flops|[mg]hz)"
    r"(?![a-z0-9])"
)
_SHARE = re.compile(
    r"百分之几|百分之多少|占了?多少(?![个家亩人户座平])|占比|比例|比重|(?<!基金)份额|几成|增速|[增涨降]幅"
    r"|(?<!大)幅度|增长率|(?:年均|每年|复合)[^,。]{0,4}增长|概率|支持度"
    r"|(?:[化业格冷损]|占有|渗透|覆盖|毛利|净利|空置|入住|普及|使用|利用|完成|费用|支持|负债|回报|满意)率"
    r"(?![先领])(?=(?:大约|平均|达到|提高|上升|下降|[达是为有约了的到至升降])*(?:[多几?]|$))"
)
_SHARE_ASKED = re.compile(
    r"(?:占比|比例|比重|份额|增速|[增涨降]幅|(?<!大)幅度|增长率)[^,。]{0,3}?(?:多少|多大)?[?。]?$"
    r"|百分之(?:几|多少)[?。]?$"
)
_MONEY = re.compile(
    r"多少钱|[花付](?:费|掉)?了?多少|投资额|投资规模|金额|余额|营收|产值|[出进]口额|交易额"
    r"|销售(?:总?额|收入)"
)
_BY_HOW_MUCH = re.compile(
    "(?:增长|增加|上升|提高|下降|减少|降低|[涨跌掉降增升])了?大?约?多少|第几|(?:多少|几)[年月天]"
    "|的[^,。的额入]{1,6}(?:有|是)?多少"
)
_HAS_SHARE = re.compile(r"[%‰倍]|[0-9一二三四五六七八九两几]\s?成|分之|百分点|一半|半数")
_COUNTED = re.compile(r"[0-9][多余]?[百千万亿]*[多余]?(?:[个家项户人元款座条名种]|%)")
_KIN = {
    "家": "家户个所",
    "户": "户家个",
    "人": "人名位",
    "名": "名人位个",
    "条": "条项款",
    "项": "项条款件部",
    "款": "款种个项",
    "座": "座个",
    "千瓦": ("千瓦", "kw", "mw", "gw", "兆瓦", "吉瓦"),
    "千瓦时": ("千瓦时", "度", "kwh", "mwh", "gwh", "twh", "兆瓦时", "吉瓦时"),
    "kw": ("kw", "千瓦"),
    "mw": ("mw", "兆瓦"),
    "gw": ("gw", "吉瓦"),
    "kwh": ("kwh", "千瓦时", "度"),
    "mwh": ("mwh", "兆瓦时"),
    "gwh": ("gwh", "吉瓦时"),
    "ha": ("ha", "公顷"),
    "m": ("m", "米"),
    "km": ("km", "公里"),
    "kg": ("kg", "公斤", "千克"),
    "t": ("t", "吨"),
}


def unit_asked(question: str) -> str:
    """The unit that an answer must have: ``%`` for any share, empty when none is asked for.

    ``question`` is spelled as ``plain`` does.
    """
    named = _UNIT.search(question) or _LATIN.search(question)
    if named:
        return named.group(1)[-1] if named.group(1).endswith("元") else named.group(1)
    if _SHARE.search(question):
        return "%"
    return "元" if _MONEY.search(question) and not _BY_HOW_MUCH.search(question) else ""


def has_unit(unit: str, answer: str) -> bool:
    """Whether ``answer`` has ``unit`` or one that counts the same things; any has none."""
    said = plain(answer)
    if unit == "%":
        return bool(_HAS_SHARE.search(said))
    return any(_holds(said, each) for each in _KIN.get(unit, (unit,)))


def _holds(said: str, unit: str) -> bool:
    """Whether ``unit`` is in ``said``, not as the beginning of another, as kW is of kWh."""
    longer = "[a-z]" if unit.isascii() else "(?<=瓦)时"
    return bool(re.search(f"{unit}(?!{longer})", said))


def of_another_unit(question: str, unit: str, answer: str, header: str) -> bool:
    """Whether ``answer`` counts something else where a share or a unit in Latin letters is asked.

    The unit may stand in the ``header`` of the answer's table.
    """
    if unit == "%" and not _SHARE_ASKED.search(question):
        return False
    if unit != "%" and not (unit.isascii() and unit.isalpha()):
        return False
    return bool(_COUNTED.search(plain(answer))) and not has_unit(unit, f"{answer} {header}")
