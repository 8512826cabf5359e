"""What a question demands of a passage and of an answer: years, numbers, names, a kind.

2024 年 asked and 2022 年 found is not an answer, however alike the sentences are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from index.folding import fold, plain
from ingest.dictionary import places
from records import Span

# 2000 家 and 2000 多万 are no years.
_YEAR = re.compile(
    r"(?<![0-9.])(?:19|20)[0-9]{2}"
    r"(?![0-9.%‰]|\s?[多余]?[百千万亿元家户个人名件项条吨亩米台辆套])"
)
_BASE_YEAR = re.compile(r"[比较]\s?(?:19|20)[0-9]{2}\s?年(?!\s?的)")
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_LATIN = re.compile(r"[a-z][a-z0-9]*(?:[.\-+&/][a-z0-9]+)*")
_QUOTED = re.compile(r"[《“\"「『]([^《》“”\"「」『』]{2,40})[》”\"」』]")
_SOME = "(?<![近这那前好后来去十])"  # before 几, which asks nothing there
_UNIT = re.compile(
    rf"(?:多少|{_SOME}几)多?(万亿元|亿元|万元|美元|元|公里|平方米|平方公里|米|吨|亩|天|倍|人|名|家|户|条)"
)
_SHARE = re.compile(
    r"百分之几|百分之多少|占了?多少(?![个家亩人户座平])|占比|比例|比重|份额|几成|增速|增幅|增长率|(?:年均|每年|复合)[^,。]{0,4}增长"
)
_MONEY = re.compile(r"多少钱|[花付](?:费|掉)?了?多少|投资额|投资规模|金额|余额|营收|产值")
_HAS_SHARE = re.compile(r"[%‰成倍]|分之|百分点|一半|半数")
_FIGURES = dict(zip("两 二 三 四 五 六 七 八 九 十".split(), (2, *range(2, 11)), strict=True))
_COUNT = re.compile(
    r"(?P<figure>[0-9]+|[两二三四五六七八九十]+)(?:大|种|类|个|项|块|级|部分|方面|点|条|座|家)"
)
_WHICH = re.compile(r"哪(?P<figure>[0-9]+|[两二三四五六七八九十]+)")
_EACH = re.compile(r"分别[是为有叫指包]|具体|哪几")
_ITEMS_APART = re.compile(r"[、,;/]")
_ITEMS_JOINED = re.compile(r"[、,;/]|以及|和|及|与|或|至|[”》]\s?[“《]|[—–-]")
_KIN = {
    "家": "家户个所",
    "户": "户家个",
    "人": "人名位",
    "名": "名人位个",
    "条": "条项款",
}
# 万亿元 alone is a unit, 上百 and 千余 are amounts.
_HAS_AMOUNT = re.compile(
    r"[0-9一二三四五六七八九十两半零]|[上数几约近][百千万亿]|[百千万亿][余多]|[百千][个家艘人名座条项]"
)
_BRACKETED = re.compile(r"\s?[（(][^（）()]{0,12}(?:19|20)[0-9]{2}\s?年?[^（）()]{0,6}[）)]")
_OUTRIGHT = re.compile(
    rf"多少|百分之几|{_SOME}几[家个项种类座成倍次]|何时|什么时候|什么时间|哪一?年|哪个?月"
)
_FIRM = re.compile(r"哪[一几]?家(?:公司|企业|厂商|银行|机构|单位)")
_COUNTED = re.compile(
    rf"(?:多少|(?<!第){_SOME}几)(?:[家户人名位座所项件页种类条台套次辆]|个(?!百?分?点))"
)
_PERCENTAGE = re.compile(r"[0-9]+(?:\.[0-9]+)?\s?[%‰]")
_ORDINAL = re.compile(r"第[0-9一二三四五六七八九十]+")
_YEAR_SAID = re.compile(r"(?<![0-9.,])(?:19|20)[0-9]{2}(?=\s?(?:年|[-—–~至到]|$))\s?年?")
_EVERYWHERE = frozenset({"中国", "全国", "我国"})
_POINTER = re.compile(r"(?:详?见|如)?[上下]?[表图][0-9]+(?:[-.][0-9]+)?(?:所示)?")
_HAS_DATE = re.compile(
    r"[0-9一二三四五六七八九十半]{1,4}\s?[个年月日号天周点岁]|[0-9]{4}|[今去明当同次前后翌每]年"
    r"|[年月季][初中底末度]|[上中下]旬|[宋明清唐汉元秦隋晋]|世纪|为止|[时代朝期间周日夜早晚前后初末]"
)
_WHO_OR_WHICH = re.compile("[哪谁]|什么|怎|如何|年份|是升是降")
_ASKING = re.compile("什么|[哪谁何几怎啥]|多[少大高长远久]")
_BY_HOW_MUCH = re.compile("(?:增长|增加|上升|提高|下降|减少|降低)了?大?约?多少")
_SEVERAL = re.compile("哪些|哪[几两三四五六七八九十]|分别|包括什么|列举")
_RANK = re.compile(r"(?<=..)(?:(?:壮族|回族|维吾尔)?自治区|特别行政区|新区|[省市区县州])$")


class Asked(StrEnum):
    """What kind of answer a question asks for."""

    AMOUNT = "amount"
    DATE = "date"
    YEAR = "year"
    LIST = "list"
    REASON = "reason"
    MEANING = "meaning"
    DIFFERENCE = "difference"
    CHOICE = "choice"
    WHETHER = "whether"
    OTHER = "other"


_TIMES = (Asked.DATE, Asked.YEAR)
_KINDS = (
    (
        Asked.REASON,
        re.compile(
            r"(?<![称名改变化定作成做视评誉列认分译选命划])为什么|为何|为啥|凭什么|何以|[因缘]何|原因|缘故|怎么[会反]|好在哪"
        ),
    ),
    (Asked.CHOICE, re.compile(r"[^,。]还是[^,。]")),
    (Asked.WHETHER, re.compile(r"是否|能否|有没有|有无|(.)不\1|吗[？?]?$")),
    (
        Asked.MEANING,
        re.compile(r"什么是|什么意思|指的?是什么|指什么|含义|定义|界定"),
    ),
    (Asked.DIFFERENCE, re.compile(r"有何不同|有什么不同|区别")),
    (Asked.LIST, re.compile(r"哪些|哪几|分别|有什么|包括什么|哪[两三四五六七八九十]|列举")),
    (
        Asked.YEAR,
        re.compile(
            r"^(?!.*(?:哪个?月|[几何]月|哪一?[天日]|[几何][号日])).*(?:哪一?年|何年|哪个年份)"
        ),
    ),
    (
        Asked.DATE,
        re.compile(rf"何时|什么时候|什么时间|哪一?年|哪个?月|哪一?天|{_SOME}几[月年]|何年|哪个年"),
    ),
    (
        Asked.AMOUNT,
        re.compile(
            rf"多少|{_SOME}几[^乎]|多大|多高|多长|多远"
            r"|^(?!.*(?:[哪谁]|什么)).*(?:占比|数量|规模|总数|总量|总额|数目)"
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Demands:
    """What must stand in a passage that answers, spelled as ``fold`` spells it.

    ``unit`` and ``items`` are what an answer must have, ``question`` is the whole of it
    without white space.
    """

    years: frozenset[str]
    numbers: frozenset[str]
    names: frozenset[str]
    asked: Asked
    unit: str = ""
    items: int = 0
    question: str = ""

    @property
    def lead(self) -> str:
        """The question up to its question word, where a thing, a time or a figure is asked for.

        Empty of a question for a reason, a meaning, a difference, a choice, or whether.
        """
        if self.asked not in (Asked.AMOUNT, *_TIMES, Asked.LIST, Asked.OTHER):
            return ""
        asking = _ASKING.search(self.question)
        return self.question[: asking.start()] if asking else ""

    def missing(self, text: str) -> tuple[float, float, float]:
        """The shares of the years, other numbers and names that ``text`` doesn't hold."""
        held = plain(text)
        numbers = set(_NUMBER.findall(held))
        years = set(_YEAR.findall(held)) | numbers
        absent = {name for name in self.names if name not in held}
        return (
            _share(self.years - years, self.years),
            _share(self.numbers - numbers, self.numbers),
            _share(absent, self.names),
        )

    def another_year(self, text: str, answer: Span) -> bool:
        """Whether ``answer`` stands in ``text`` for another year than the one asked for.

        A figure belongs to the last year that was named before it, but for one that it is
        compared with (较 2022 年), or to one in brackets right behind it. Not judged where two
        years are asked for, or none, or a time.
        """
        if len(self.years) != 1 or self.asked in (
            *_TIMES,
            Asked.REASON,
            Asked.MEANING,
            Asked.DIFFERENCE,
        ):
            return False
        if _YEAR.search(fold(answer.of(text))):
            return False
        behind = _BRACKETED.match(text, answer.end)
        said = fold(behind.group() if behind else text[: answer.start])
        before = _YEAR.findall(_BASE_YEAR.sub("", said))
        return bool(before) and before[-1] not in self.years

    def rules_out(self, answer: str, header: str = "") -> bool:
        """Whether ``answer`` can't be one, since it is of another kind, or holds no figure or time.

        Judged only where one is asked for outright (多少, 何时). A year is no amount, nor is a
        share or 第三 where things are counted (多少家). The figure may stand in the ``header``
        of the answer's table only for a time (a column 2022 年). A place alone is no company
        (哪家公司).
        """
        if _FIRM.search(self.question) and answer.strip() in places():
            return True
        if not _OUTRIGHT.search(self.question):
            return False
        said = fold(answer)
        if self.asked is Asked.AMOUNT:
            if _COUNTED.search(self.question):
                said = _ORDINAL.sub("", _PERCENTAGE.sub("", said))
            return not _HAS_AMOUNT.search(_YEAR_SAID.sub("", said))
        return self.asked in _TIMES and not _HAS_DATE.search(f"{said} {fold(header)}")

    def suits(self, answer: str, header: str = "") -> bool:
        """Whether ``answer`` is of the kind and unit asked for, as far as can be told.

        What the question itself says is no answer to it, unless it offers a choice, nor is a
        pointer to a table (见表 3). The unit may stand in the ``header`` of the answer's table.
        """
        folded = fold(answer)
        said = plain(answer)
        if _POINTER.fullmatch(said):
            return False
        if self._says(said) and not self._offers(said):
            return False
        if self.asked is Asked.LIST:
            least = len(_ITEMS_APART.findall(folded)) + 1
            most = len(_ITEMS_JOINED.findall(folded)) + 1
            if self.items:
                return least <= self.items <= most
            return most > 1 or not _SEVERAL.search(self.question)
        folded = f"{folded} {fold(header)}"
        if self.unit == "%" and not _HAS_SHARE.search(folded):
            return False
        if self.unit not in ("", "%") and not any(
            unit in folded for unit in _KIN.get(self.unit, (self.unit,))
        ):
            return False
        if self.asked is Asked.AMOUNT:
            return bool(_HAS_AMOUNT.search(folded))
        if self.asked in _TIMES:
            return bool(_HAS_DATE.search(folded))
        return True

    def _says(self, said: str) -> bool:
        """Whether the question holds ``said``, a number not as a part of another."""
        before = r"(?<![0-9.])" if said[:1].isdigit() else ""
        behind = r"(?![0-9.])" if said[-1:].isdigit() else ""
        return bool(re.search(f"{before}{re.escape(said)}{behind}", self.question))

    def _offers(self, said: str) -> bool:
        """Whether the question has ``said`` chosen or something else: 甲和乙哪个高."""
        if self.asked in (Asked.CHOICE, Asked.WHETHER):
            return True
        one = re.escape(said)
        offered = (
            rf"(?:[和与跟及、]{one}|{one}[和与跟及、][^哪谁。?]{{1,20}}?)[^哪谁。?]{{0,6}}[哪谁]"
        )
        return bool(re.search(offered, self.question))


def demands(question: str) -> Demands:
    """What ``question`` demands."""
    spelled = fold(question)
    bare = plain(question)
    years = frozenset(_YEAR.findall(bare))
    numbers = frozenset(_NUMBER.findall(bare)) - years
    quoted = {plain(name) for name in _QUOTED.findall(spelled)}
    latin = set(_LATIN.findall(spelled.lower()))
    asked = next((kind for kind, pattern in _KINDS if pattern.search(bare)), Asked.OTHER)
    items = _items(bare) if asked is Asked.LIST else 0
    counted = asked is Asked.AMOUNT or (asked is Asked.OTHER and not _WHO_OR_WHICH.search(bare))
    unit = _unit(bare) if counted else ""
    return Demands(years, numbers, frozenset(quoted | latin), asked, unit, items, bare)


def named_places(words: Iterable[str]) -> frozenset[str]:
    """The names of places among ``words``, without the 省, 自治区 or 市 at its end."""
    found = (word for word in words if word in places() and word not in _EVERYWHERE)
    return frozenset(_RANK.sub("", word) for word in found)


def _items(question: str) -> int:
    """How many things a question asks for, 0 where it doesn't say: 哪三种, 7大要素分别是."""
    found = _WHICH.search(question)
    if found is None and _EACH.search(question):
        found = _COUNT.search(question)
    figure = found["figure"] if found else "0"
    return int(figure) if figure.isdigit() else _FIGURES.get(figure, 0)


def _unit(question: str) -> str:
    """The unit that an answer must have: ``%`` for any share, empty when none is asked for."""
    named = _UNIT.search(question)
    if named:
        return named.group(1)[-1] if named.group(1).endswith("元") else named.group(1)
    if _SHARE.search(question):
        return "%"
    return "元" if _MONEY.search(question) and not _BY_HOW_MUCH.search(question) else ""


def _share(part: frozenset[str] | set[str], whole: frozenset[str]) -> float:
    return len(part) / len(whole) if whole else 0.0
