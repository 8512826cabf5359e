"""Which of the things that a sentence counts is the most, or the least."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from index.folding import plain
from records import Span

_MOST = re.compile(
    r"最(?!高人民|高检|高法|大限|大程度)为?(?P<way>[多高大长强重久少低小短轻])"
    r"|更为?(?P<more>[多高大长强重久少低小短轻])"
)
_TOLD = re.compile("最|首位|第一(?!产业|季度|批|次|期|阶段|梯队)|居首|拔得头筹|其次|仅次|排名")
_LEAST = frozenset("少低小短轻")
_WHICH = re.compile(r"[哪谁]|什么")
_OTHERWISE = re.compile(
    r"多少|何时|什么时|哪一?年|哪个?月|第[二三四五六七八九十]|仅次|除|以外|之外|其余|其他|前[0-9两二三四五六]"
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}\s?年")
_GREAT = re.compile("^[十百千万亿]+")
_FEWEST = 3  # counted things, unless the question names all of them
_PIECE = re.compile(r"(?:[^，、；,;。！？\n\t]|,(?=[0-9]{3}))+")
_COUNTED = re.compile(
    r"\s*(?:其中|而|则|以及|和)?(?P<label>[^0-9]{2,30}?)(?P<figure>[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?)\s?"
    r"(?P<unit>[^0-9\s]{1,6}?)(?:左右|以上|以内|之多)?\s*"
)
_LINK = re.compile(
    r"(?:的?(?:占比|比重|份额|比例))?(?:分别|大约|[约占为是达到有共用了花仅则近超过以]|高达|只有|拥有|位居)*\s*$"
)
_CHANGE = re.compile(
    "同比|环比|增长|增加|下降|减少|较|比上|比去|上升|提高|累计|合计|总计|其余|其他"
)


@dataclass(frozen=True, slots=True)
class _Counted:
    label: Span
    figure: Decimal


def greatest(question: str, text: str, sentence: Span, answer: Span) -> Span:
    """The label of what is most or least in ``sentence``, where ``question`` asks which is.

    ``answer`` where the sentence doesn't count things of one unit side by side: 光刻 of 刻蚀占
    22%，沉积占 22.5%，光刻占 24%. Where the question names several of them, it is about those.
    """
    asked = next(reversed([*_MOST.finditer(question)]), None)  # 最低工资最高的 asks for 最高
    if not asked or not _WHICH.search(question) or _OTHERWISE.search(question):
        return answer
    if _TOLD.search(sentence.of(text)):
        return answer
    for counted in _series(text, sentence):
        if not any(_beside(text, each.label).overlaps(answer) for each in counted):
            continue
        named = [each for each in counted if plain(each.label.of(text)) in question]
        among = named if len(named) > 1 else counted
        if len(among) < (2 if among is named else _FEWEST):
            continue
        least = (asked["way"] or asked["more"]) in _LEAST
        figures = [each.figure for each in among]
        most = min(figures) if least else max(figures)
        if figures.count(most) == 1:
            label = among[figures.index(most)].label
            return answer if label.contains(answer) else label
    return answer


def _series(text: str, sentence: Span) -> Iterator[list[_Counted]]:
    """What the sentence counts, by unit, each list of things of different names.

    Only up to a figure that can't be read; nothing where one counts in 万 what another counts
    singly.
    """
    of_unit: dict[str, list[_Counted]] = defaultdict(list)
    for piece in _PIECE.finditer(text, sentence.start, sentence.end):
        found = _COUNTED.fullmatch(text, *piece.span())
        counts = any(map(str.isdigit, _YEAR.sub("", piece.group())))
        if found is None and counts and not _CHANGE.search(piece.group()):
            break
        if found is None or _CHANGE.search(found["label"]):
            continue
        start, end = found.span("label")
        end -= len(_LINK.search(found["label"]).group())  # type: ignore[union-attr]
        owner = text[start:end].find("的")
        end = start + owner if owner > 1 else end
        if end - start > 1:
            figure = Decimal(found["figure"].replace(",", ""))
            of_unit[found["unit"]].append(_Counted(Span(start, end), figure))
    bare = [_GREAT.sub("", unit) for unit in of_unit]
    if len(set(bare)) < len(bare):
        return
    for counted in of_unit.values():
        if len({each.label.of(text) for each in counted}) == len(counted):
            yield counted


def _beside(text: str, label: Span) -> Span:
    """The label with the figure behind it."""
    end = _PIECE.match(text, label.start)
    return Span(label.start, max(label.end, end.end() if end else label.end))
