"""What kind of answer a question asks for."""

from __future__ import annotations

import re
from enum import StrEnum

from app.reader.units import SOME


class Asked(StrEnum):
    """What kind of answer a question asks for."""

    AMOUNT = "amount"
    DATE = "date"
    YEAR = "year"
    LIST = "list"
    REASON = "reason"
    MEANING = "meaning"
    DIFFERENCE = "difference"
    CHANGE = "change"
    CHOICE = "choice"
    WHETHER = "whether"
    OTHER = "other"


TIMES = (Asked.DATE, Asked.YEAR)
_KINDS = (
    (
        Asked.REASON,
        re.compile(
            r"(?<![称名改变化定作成做视评誉列认分译选命划因])为什么|因为什么(?=[^,?]{0,5}[?]?$|[而才会要被导得能不没使])"
            r"|为何|为啥|怎么回事|凭什么(?!理念|优势|条件|资格|身份|技术|资质)|何以|[因缘]何|怎么[会反]|好在哪"
            r"|^(?!.*(?:哪[一个](?![?]?$)|还有|什么(?=[^?？,。原缘呢是主]))).*(?:原因|缘故)|什么是.*原因"
        ),
    ),
    (Asked.CHOICE, re.compile(r"^(?!.*吗[?？]?$).*[^,。]还是[^,。]")),
    (Asked.WHETHER, re.compile(r"是否|能否|有没有|有无|(.)不\1|吗[？?]?$")),
    (
        Asked.MEANING,
        re.compile(
            r"什么是(?!.*(?:因素|动力|难点|关键)[?]?$)|[什啥]么?意思|指的?是?(?:什么|啥)|[指说]的是哪(?![些几两三四五六七八九十年月天]|一[年月天])|(?:怎么|如何|怎样)理解"
            r"|^(?!.*(?:[哪谁几]|何时|多少)).*(?:含义|定义(?!务)|界定)"
            r"|^[a-z0-9.\-+/]+是(?:什么|啥)[?？]?$|是个?(?:什么|啥)(?:东西|概念)"
        ),
    ),
    (
        Asked.CHANGE,
        re.compile(
            r"哪些变化|(?:什么|何|怎样的?|啥)样?的?(?:变化|转变|改变)|(?:怎么|如何|怎样)(?:转变|改变|演变)"
            r"|从[^,。0-9]{1,8}(?:变|升|降|增|减|缩|提)[^,。]{0,2}[到成至为](?:了)?(?:多|几|什么|哪|啥)"
            r"|[从由][^,。]{0,2}(?:哪|什么)[^,。]{0,6}[变转升扩拓][^,。]{0,2}[为到成向](?:了)?[^,。]?(?:哪|什么|啥)"
            r"|[从由](?:多少|几)[^,。]{1,8}[到至为成](?:了)?(?:多少|几)"
            r"|(?:早期|过去(?![0-9一二三四五六七八九十几])|以前|原来|从前).{0,14}?[,，].{0,4}(?:如今|现在|目前).{0,6}[变转]"
            r"|(?:早期|早年|过去(?![0-9一二三四五六七八九十几])|以前|原来|从前|起初).{0,12}(?:什么|何|哪些|啥)(?:不同|区别|不一样)"
        ),
    ),
    (
        Asked.DIFFERENCE,
        re.compile(r"有何不同|有什么(?:不同|不一样|差别|差异)|区别(?!于)|差多远[?？]?$"),
    ),
    (
        Asked.LIST,
        re.compile(
            r"哪些|哪几|分别|(?<![成首古京])[都各](?:自|是|有|叫|指|为)+(?:什么(?!时)|谁|啥)|有什么|包括什么"
            r"|哪[两三四五六七八九十]|列举|列出|前[0-9两三四五六七八九十]+[大个名位项家](?!月|季度|年)[^,。]{0,8}[是有为](?:什么|谁|哪)"
        ),
    ),
    (
        Asked.YEAR,
        re.compile(
            r"^(?!.*(?:哪个?月|[几何]月|哪一?[天日]|[几何][号日])).*(?:哪一?年|何年|哪个年份|[西公]元几年|[于在]几年(?![内里间以之前后来]))"
        ),
    ),
    (
        Asked.DATE,
        re.compile(
            rf"何时|几时|什么时候|什么时间|哪一?年|哪一?个?月|哪一?[天日]|何[年月日]|哪个年"
            rf"|{SOME}几(?:月|号(?![线文楼])|(?<![期为要需花用时达续共满过了]几)年)"
        ),
    ),
    (
        Asked.AMOUNT,
        re.compile(
            rf"多少|{SOME}几[^乎]|多大|多高|多长|多远|多久"
            r"|^(?!.*(?:[哪谁怎]|什么|如何|[为因]何)).*(?:占比|数量|规模|总数|总量|总额|数目"
            r"|(?:支持[度率]|比[例重]|份额|增速|[增涨降跌]幅|增长率|[产销]量|销售额|收入|利润|价格|人数|金额|产值|营收)[?？]?$)"
        ),
    ),
)


def kind_asked(question: str) -> Asked:
    """The kind of answer that ``question``, spelled as ``plain`` does, asks for."""
    return next((kind for kind, pattern in _KINDS if pattern.search(question)), Asked.OTHER)
