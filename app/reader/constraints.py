"""What a question demands of a passage and of an answer: years, numbers, names, a kind.

2024 年 asked and 2022 年 found is not an answer, however alike the sentences are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.claims.numerals import number_of
from app.reader.asked import TIMES, Asked, kind_asked
from app.reader.meanings import terms
from app.reader.namesakes import another_namesake, called_otherwise
from app.reader.places_named import are_places, is_place
from app.reader.ranks import last_phase, ranks
from app.reader.times import YEAR, another_milestone, is_dateline, years_meant, years_named
from app.reader.units import SOME, has_unit, of_another_unit, unit_asked
from index.folding import fold, plain
from records import Span

_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_LATIN = re.compile(r"(?:(?<![a-z0-9.])[0-9])?[a-z][a-z0-9]*(?:[.\-+&/][a-z0-9]+)*")
_QUOTED = re.compile(r"[《“\"「『]([^《》“”\"「」『』]{2,40})[》”\"」』]")
_COUNT = re.compile(
    r"(?P<figure>[0-9]+|[两二三四五六七八九十]+)(?:大|种|类|个|项|块|级|部分|方面|点|条|座|家)"
)
_WHICH = re.compile(r"哪(?P<figure>[0-9]+|[两二三四五六七八九十]+)")
_FIRST_OF = re.compile(
    r"(?<![目此之以提])前(?P<figure>[0-9]+|[两二三四五六七八九十]+)(?!个?月|个?季度|年)"
)
_MOST_ITEMS = 12  # more are counted, and not told one by one
_EACH = re.compile(r"分别[是为有叫指包]|具体|哪几")
COMMA = ",(?![0-9]{3}(?![0-9]))"  # one between thousands parts nothing
_ITEMS_APART = re.compile(rf"[、;/]|{COMMA}")
_ITEMS_JOINED = re.compile(rf"[、;/]|{COMMA}|以及|和|及|与|或|至|[”》]\s?[“《]|[—–-]")
# 万亿元 alone is a unit, 上百 and 千余 are amounts.
_HAS_AMOUNT = re.compile(
    r"[0-9一二三四五六七八九十两半零]|[上数几约近][百千万亿]|[百千万亿][余多]|[百千][个家艘人名座条项]"
)
_BRACKETED = re.compile(r"\s?[（(][^（）()]{0,12}(?:19|20)[0-9]{2}\s?年?[^（）()]{0,6}[）)]")
_OUTRIGHT = re.compile(
    rf"多少|百分之几|{SOME}几[家个项种类座成倍次]|何时|几时|什么时候|什么时间|哪一?年|哪一?个?月|何[月日]"
)
_FIRM = re.compile(r"哪[一几]?家(?:公司|企业|厂商|银行|机构|单位)")
_COUNTED = re.compile(
    rf"(?:多少|(?<!第){SOME}几)(?:[家户人名位座所项件页种类条台套次辆]|个(?!百?分?点))"
)
_PERCENTAGE = re.compile(r"[0-9]+(?:\.[0-9]+)?\s?[%‰]")
_ORDINAL = re.compile(r"第[0-9一二三四五六七八九十]+")
_RANK_SAID = re.compile(
    r"第[0-9一二三四五六七八九十]|首|榜|冠|亚军|季军|末[位名]|倒数|前[0-9一二三四五六七八九十]"
    r"|[0-9一二三四]季度|^\s*[0-9]+\s*$"
)
_ISSUED = re.compile(r"发布|印发|出台|公布|颁布|制[定订]|下发|推出|问世|启动|成立")
_EVENT = re.compile(
    r"^(?!.*(?:发布|出版|署|封面|落款|日期|印发|公布|完成)).*(?:编写|编制|启动|着手|开始|成立|开工|投产|召开|实施|建成|上线)"
)
_WHICH_RANK = re.compile(r"第(?:几|多少)")
_WHICH_MONTH = re.compile(r"哪一?个?月|何月|几月")
_HAS_MONTH = re.compile(
    r"[0-9一二三四五六七八九十正冬腊]\s?月|[-./][0-9]{1,2}(?![0-9])|[年月季]末|年初"
)
_YEAR_SAID = re.compile(r"(?<![0-9.,])(?:19|20)[0-9]{2}(?=\s?(?:年|[-—–~至到]|$))\s?年?")
_SIDES = re.compile(r"([^,，。?的]{2,8}?)[跟和与同]([^,，。?]{2,8}?)(?:在|相比|之间|有|的|差|,|比)")
_PROBLEM = re.compile("问题|顾虑|障碍|瓶颈|短板|难点|痛点|挑战|困难|不足|制约|弱项")
_HOW_MANY_EACH = re.compile(r"(?:分别|各)[^,，。]{0,4}(?:多少|(?<!哪)几)")
_MANY = re.compile(r"哪些|哪几|几[条个点项方种类]|有哪|分别|列出|[两三四五六][条个点项方种类大]")
_POST = re.compile("职务(?!犯罪|侵占|发明|消费)|职位|什么职(?!业|责)|何职")
_POINTER = re.compile(r"(?:详?见|如)?[上下]?(?:图表|[表图])[0-9]+(?:[-.][0-9]+)?(?:所示)?")
_HAS_DATE = re.compile(
    r"[0-9一二三四五六七八九十半]{1,4}\s?[个年月日号天周点岁]|[0-9]{4}|[今去明当同次前后翌每]年"
    r"|[年月季][初中底末度]|[上中下]旬|[宋明清唐汉元秦隋晋]|纪(?![录要念实律检])|[更渐始古中上全]新世"
    r"|为止|[时代朝期间周日夜早晚前后初末]"
)
_WHO_OR_WHICH = re.compile("[哪谁]|什么|怎|如何|年份|是升是降")
_ASKING = re.compile("什么|[哪谁何几怎啥]|多[少大高长远久]")
_ONE_OF = re.compile(
    r"(?:排名?|位居|位列|居)(?:第一|首位?|榜首)[^,。]{0,6}哪一?[个家座所省市区县]"
    r"|最(?![终近初新后])[^,。]{1,12}哪一?[个家座所省市区县]"
    r"|哪一?[个家座所省市区县][^,。]{0,12}最(?![终近初新后])"
)
_SEVERAL = re.compile("哪些|哪[几两三四五六七八九十]|分别|包括什么|列举")


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
    def terms(self) -> frozenset[str]:
        """What the question asks the meaning of; empty where it asks for none."""
        return terms(self.question, self.names) if self.asked is Asked.MEANING else frozenset()

    @property
    def of_problem(self) -> bool:
        """Whether what is wrong is asked for, and not why."""
        return self.asked is Asked.OTHER and bool(_PROBLEM.search(self.question))

    @property
    def of_several(self) -> bool:
        """Whether several things or reasons are asked for."""
        return self.asked in (Asked.LIST, Asked.REASON) and bool(_MANY.search(self.question))

    @property
    def of_post(self) -> bool:
        """Whether somebody's post is asked for."""
        return self.asked is Asked.OTHER and bool(_POST.search(self.question))

    @property
    def sides(self) -> tuple[str, ...]:
        """The two things that the question asks the difference of, else nothing."""
        found = _SIDES.search(self.question) if self.asked is Asked.DIFFERENCE else None
        return found.groups() if found else ()

    @property
    def lead(self) -> str:
        """The question up to its question word, where a thing, a time or a figure is asked for.

        Empty of a question for a reason, a meaning, a difference, a choice, or whether.
        """
        if self.asked not in (Asked.AMOUNT, *TIMES, Asked.LIST, Asked.OTHER):
            return ""
        asking = _ASKING.search(self.question)
        return self.question[: asking.start()] if asking else ""

    def missing(self, text: str, dated: int | None = None) -> tuple[float, float, float]:
        """The shares of the years, other numbers and names that ``text`` doesn't hold.

        ``dated`` is the year that its document is of, where that is known.
        """
        held = plain(text)
        numbers = set(_NUMBER.findall(held))
        years = years_meant(held, dated) | numbers
        absent = {name for name in self.names if name not in held}
        return (
            _share(self.years - years, self.years),
            _share(self.numbers - numbers, self.numbers),
            _share(absent, self.names),
        )

    def another_year(self, text: str, answer: Span, dated: int | None = None) -> bool:
        """Whether ``answer`` stands in ``text`` for another year than the one asked for.

        ``dated`` is the year that the text's document is of, where that is known. A figure
        belongs to the last year that was named before it, but for one that it is compared with
        (较 2022 年), or to one in brackets right behind it. Not judged where two years are asked
        for, or none, or a time.
        """
        if len(self.years) != 1 or self.asked in (
            *TIMES,
            Asked.REASON,
            Asked.MEANING,
            Asked.DIFFERENCE,
            Asked.CHANGE,
        ):
            return False
        if YEAR.search(fold(answer.of(text))):
            return False
        behind = _BRACKETED.match(text, answer.end)
        said = fold(behind.group() if behind else text[: answer.start])
        before = years_named(said, dated)
        return bool(before) and before[-1] not in self.years | {""}

    def another_time(self, text: str, sentence: str, answer: Span) -> bool:
        """Whether ``answer`` in ``text`` is the time of something else than was asked for.

        One in a title 《…》, where it is asked when that came out, one on a line of its own, which
        is the document's date, where it is asked when something came to pass, or one whose
        ``sentence`` tells of other events: 开工 where 投产 was asked for.
        """
        if self.asked not in TIMES:
            return False
        before = text[: answer.start]
        titled = before.rfind("《") > before.rfind("》")
        alone = is_dateline(text, answer) and bool(_EVENT.search(self.question))
        return (
            another_milestone(self.question, sentence)
            or alone
            or (titled and bool(_ISSUED.search(self.question)))
        )

    def another_namesake(self, before: str) -> bool:
        """Whether an amount is one of another firm, bank or school than was asked for.

        ``before`` is what its sentence says before it.
        """
        return self.asked is Asked.AMOUNT and another_namesake(self.question, plain(before))

    def another_rank(self, text: str, before: str) -> bool:
        """Whether ``text`` is about another than was asked for: 第一批 of 第二批.

        Of several phases (一期…，二期…) it is about the last that stands in ``before``, what the
        sentence says before the answer.
        """
        wanted, found = ranks(self.question), ranks(plain(text))
        if not {kind for _, kind in wanted} & {kind for _, kind in found}:
            return False
        near = last_phase(plain(before))
        phase = near is not None and "分别" not in before and (near, "期") not in wanted
        return not wanted & found or (phase and "期" in {kind for _, kind in wanted})

    def rules_out(self, answer: str, header: str = "") -> bool:
        """Whether ``answer`` can't be one, since it is of another kind, or holds no figure or time.

        Judged only where one is asked for outright (多少, 何时). A year is no amount, nor is a
        share or 第三 where things are counted (多少家), and a count is no share. The figure may
        stand in the ``header`` of the answer's table only for a time (a column 2022 年). A city
        or province is no company (哪家公司), several things aren't the one that is most (哪个最多),
        and only a rank tells which it is (第几).
        """
        if _FIRM.search(self.question) and is_place(answer):
            return True
        if _ONE_OF.search(self.question) and are_places(answer):
            return True
        if _WHICH_RANK.search(self.question):
            return not _RANK_SAID.search(plain(answer))
        if of_another_unit(self.question, self.unit, answer, header):
            return True
        if not _OUTRIGHT.search(self.question):
            return False
        said = fold(answer)
        if self.asked is Asked.AMOUNT:
            if _COUNTED.search(self.question):
                said = _ORDINAL.sub("", _PERCENTAGE.sub("", said))
            return not _HAS_AMOUNT.search(_YEAR_SAID.sub("", said))
        return self.asked in TIMES and not _HAS_DATE.search(f"{said} {fold(header)}")

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
        if called_otherwise(self.question, f"{said}\n{plain(header)}"):
            return False
        if _WHICH_RANK.search(self.question) and _RANK_SAID.search(said):
            return True
        if self.asked is Asked.LIST:
            return self._suits_as_list(folded)
        folded = f"{folded} {fold(header)}"
        if not has_unit(self.unit, folded):
            return False
        if self.asked is Asked.AMOUNT:
            return bool(_HAS_AMOUNT.search(folded))
        if self.asked in TIMES:
            month = not _WHICH_MONTH.search(self.question) or _HAS_MONTH.search(folded)
            return bool(month and _HAS_DATE.search(folded))
        return True

    def _suits_as_list(self, folded: str) -> bool:
        if _HOW_MANY_EACH.search(self.question) and not _HAS_AMOUNT.search(folded):
            return False
        least = len(_ITEMS_APART.findall(folded)) + 1
        most = len(_ITEMS_JOINED.findall(folded)) + 1
        if self.items:
            return least <= self.items <= most
        return most > 1 or not _SEVERAL.search(self.question)

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
        beside = rf"(?:[和与跟及、,或比]{one}|{one}[和与跟及、,或比])[^。?]*?(?:谁|哪(?![些几]))"
        return bool(re.search(beside, self.question))


def demands(question: str) -> Demands:
    """What ``question`` demands."""
    spelled = fold(question)
    bare = plain(question)
    years = frozenset(YEAR.findall(bare))
    numbers = frozenset(_NUMBER.findall(bare)) - years
    quoted = {plain(name) for name in _QUOTED.findall(spelled)}
    latin = set(_LATIN.findall(spelled.lower()))
    asked = kind_asked(bare)
    items = _items(bare) if asked is Asked.LIST else 0
    counted = asked is Asked.AMOUNT or (asked is Asked.OTHER and not _WHO_OR_WHICH.search(bare))
    unit = unit_asked(bare) if counted else ""
    return Demands(years, numbers, frozenset(quoted | latin), asked, unit, items, bare)


def _items(question: str) -> int:
    """How many things a question asks for, 0 where it doesn't say: 哪三种, 7大要素分别是."""
    found = _WHICH.search(question) or _FIRST_OF.search(question)
    if found is None and _EACH.search(question):
        found = next(reversed([*_COUNT.finditer(question)]), None)
    items = number_of(found["figure"]) if found else 0
    return items if items <= _MOST_ITEMS else 0


def _share(part: frozenset[str] | set[str], whole: frozenset[str]) -> float:
    return len(part) / len(whole) if whole else 0.0
