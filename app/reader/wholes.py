"""Spans made whole answers: all of a list, a reason, a change, and nothing that was asked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.claims.polarity import NEGATOR
from app.reader.spans import SENTENCE_END
from index.folding import plain
from ingest.sentences import trimmed
from records import Span

_DATE = re.compile(r"([0-9]{1,4}\s?年)(?:\s?[0-9]{1,2}\s?月(?:\s?[0-9]{1,2}\s?日)?)?[初中底末]?")
_ITEM = re.compile(r"[^，。；！？：、,;!?:\n\t]+")
_TOLD_OF_ALL = re.compile(
    r"(?<=\w)(?<![平高中初均相对同])等(?![级于同待候效保离量额值奖])(?=\w{7})"
)
_ITEM_BEFORE = re.compile(
    r"(?:[^，。；！？：、,;!?:\n\t是有括含为]|(?<=[国所])有|有(?=[色机效限]))+$"
)
_JOINING = re.compile(r"(?:以及|和(?![平谐解睦田林县声美硕龙])|及(?![时格其]))(?=\s?\w)")
_CHANGE = re.compile(
    r"[从由][^，。；,;]{2,30}(?:[，,]\s?逐[渐步])?"
    r"(?:[变转]为|变成|转向|转变[为成]|发展[为到]|过渡到|走向|[到向](?=[^，。；,;]{1,20}(?:转[变型]|升级|过渡|迈进|拓展|延伸))"
    r"|(?:升级|缩[短小]|扩大|提[高升]|下降|降低|减少|增[加长]|上升|[升降增减])[为到至])"
    r"[^，。；,;]{1,40}"
)
_CAUSE = re.compile(
    r"(?:因为|由于|(?<![原成起诱内外主基病死动归肇近远爱啡卡海莱])"
    r"因(?![此而素果地城材势时人企村子数应循缘袭]|特网))\s?|(?=出于|(?<![成变作分改转])为了)"
)
_EFFECT = re.compile(
    r"的?(?:原因|缘故)|[从进]?而(?![且言已])|[才就便促迫]?使(?<![即天大驱]使)(?![用命者节])|导致|致使"
)
_TELLS_WHY = re.compile(r"(?:是|为|以|在于)\s?$")
_CAUSE_ENDS = re.compile(r"[，。；！？,;\n]|被|[从进]?而|[促迫]?使|导致|致使|并|$")
_CLAUSE_END = re.compile(r"[，。；！？：;!?\n\t]|(?<![0-9])[,:]|[,:](?![0-9])")
_LACK = re.compile(
    r"(?:仍|还|尚|较|普遍|明显)*(?:不(?!仅|但|过|断|同|会|能|可|得|是|再|到|少|超)[^，。；,;、]{1,3}"
    r"|缺失|缺位|滞后|薄弱|偏低|偏高|偏少|紧缺|匮乏)(?=[，。；、,;]|$)"
)
_PREDICATE = re.compile(
    r"(?:[称叫]|(?<!不)是|(?<![华不])为|(?<![低高多少大小等])于"
    r"|[达得受]到|[升降增]至|高达|包[括含]|通过)$"
)
_LINK = re.compile(r"(?:(?<=[到至达过])了)?[\s：:]*")
_LOCATED = re.compile(r"(?:主要)?(?:位于|(?:分布|坐落|地处|建|设|落户)[于在])\s?(?=[^\s，。；])")
_ITEMIZED = re.compile(
    r"(?P<items>(?:(?:一是|(?<![尤极])其一)[^。！？\t\n]*?(?:二是|其二)|[（(][一1][)）][^。！？\t\n]*?[（(][二2][)）])"
    r"[^。！？\t\n]*)"
)
_ITEM_BEGINS = re.compile(
    r"(?:[一二三四五六七八九]是(?:因为|由于)?|(?<![尤极])其[一二三四五六][，,]?"
    r"|[（(][一二三四五六七八九1-9][)）]|[:：；])\s?$|^$"
)
_BEHIND_COLON = re.compile(r"[:：](?P<items>[^。！？\t\n：；]{2,60}；[^。！？\t\n：]*)")
_LONGEST_LEAD = 16


def whole_list(text: str, span: Span) -> Span:
    """``span`` with the rest of the enumeration that it is part of: items joined by 、."""
    start, end = span.start, span.end
    while text[end : end + 1] == "、" and (item := _ITEM.match(text, end + 1)):
        told = _TOLD_OF_ALL.search(text, item.start(), item.end())
        end = told.start() if told else item.end()
    while text[start - 1 : start] == "、" and (item := _ITEM_BEFORE.search(text[: start - 1])):
        start = item.start()
    return Span(start, end)


def whole_itemized(text: str, span: Span) -> Span:
    """All of 一是…，二是…, of （1）…；（2）…, or of A；B；C behind a colon.

    Where ``span`` begins one of the items, else ``span``: a list inside one isn't the whole.
    """
    sentence = _sentence(text, span)
    for pattern in (_ITEMIZED, _BEHIND_COLON):
        for found in pattern.finditer(text, sentence.start, sentence.end):
            items = Span(*found.span("items"))
            begins = _ITEM_BEGINS.search(text[max(0, items.start - 1) : span.start])
            listed = pattern is _BEHIND_COLON and "、" in span.of(text)
            if items.overlaps(span) and not listed and (begins or "；" in span.of(text)):
                return trimmed(text, items)
    return span


def from_first(text: str, span: Span) -> Span:
    """``span`` from the first of the things on that it begins to join: 甲和乙 for 和乙."""
    if not _JOINING.match(text, span.start, span.end):
        return span
    first = _ITEM_BEFORE.search(text[: span.start])
    return Span(first.start(), span.end) if first else span


def whole_clause(text: str, span: Span) -> Span:
    """``span`` widened to the ends of the clauses that it touches."""
    ends = list(_CLAUSE_END.finditer(text))
    start = max((end.end() for end in ends if end.end() <= span.start), default=0)
    after = min((end.start() for end in ends if end.start() >= span.end), default=len(text))
    return trimmed(text, Span(start, after))


def whole_reason(text: str, span: Span) -> Span:
    """The clauses that ``span`` touches; where they name a cause (因, 由于), that alone.

    From behind the word that names it up to what it brought about: 雪崩 of 道路因雪崩而中断. What
    begins right there and isn't the first of several is taken as it is. What stands right
    behind 是, 为 or 以 begins there: 台账缺失 of 原因是台账缺失.
    """
    wide = whole_clause(text, span)
    causes = [c for c in _CAUSE.finditer(text, wide.start, span.end) if c.end() <= span.start]
    if not causes:
        told = _TELLS_WHY.search(text[wide.start : max(wide.start, span.start)])
        return Span(span.start, max(span.end, wide.end)) if told else wide
    if causes[-1].end() == span.start and _CAUSE_ENDS.match(text, span.end):
        return span
    effect = _EFFECT.search(text, span.end, wide.end)
    return Span(causes[-1].end(), effect.start() if effect else max(span.end, wide.end))


def with_lack(text: str, span: Span) -> Span:
    """``span`` with what is wrong with it, right behind: 补偿机制不明确 for 补偿机制."""
    lack = _LACK.match(text, span.end)
    return Span(span.start, lack.end()) if lack else span


def whole_contrast(text: str, span: Span, sides: Sequence[str]) -> Span:
    """The clauses in the sentence of ``span`` that tell of both ``sides``; ``span`` without.

    Of the first side its end may do, of the second its beginning: 国内 of 用户构成国内.
    """
    if len(sides) != 2:
        return span
    one, other = sides
    sentence = _sentence(text, span)
    said = sentence.of(text)
    places = [
        sentence.start + said.index(held)
        for ends in (
            [one[at:] for at in range(len(one) - 1)],
            [other[:end] for end in range(len(other), 1, -1)],
        )
        if (held := next((each for each in ends if each in said), ""))
    ]
    if len(places) < 2:
        return span
    clauses = [whole_clause(text, Span(at, at)) for at in places] + [whole_clause(text, span)]
    start, end = min(c.start for c in clauses), max(c.end for c in clauses)
    return Span(max(start, sentence.start), min(end, sentence.end))


def _sentence(text: str, span: Span) -> Span:
    before = list(SENTENCE_END.finditer(text, 0, span.start))
    behind = SENTENCE_END.search(text, span.end)
    return Span(before[-1].end() if before else 0, behind.start() if behind else len(text))


def whole_change(text: str, span: Span) -> Span:
    """The change 从甲变为乙 that ``span`` is part of, or the only one of its sentence."""
    around = _sentence(text, span)
    changes = [Span(*found.span()) for found in _CHANGE.finditer(text, around.start, around.end)]
    own = [change for change in changes if change.overlaps(span)] or changes
    return own[0] if len(own) == 1 else span


def year_of(text: str, span: Span) -> Span:
    """``span`` up to its year where it is one date: 2024 年 of 2024 年 3 月 or 2024 年底."""
    date = _DATE.fullmatch(text, span.start, span.end)
    return Span(span.start, date.end(1)) if date else span


def unsaid(text: str, span: Span, lead: str) -> Span:
    """``span`` without the predicate that ``lead``, the question up to its question word, ends in.

    魏献子 of 史称魏献子 where 魏舒史称什么 is asked, and 北京 of 位于北京 where 在哪里. A name, a
    number or a bound (超过, 不到) stays, though the question says it too.
    """
    located = _LOCATED.match(text, span.start, span.end) if lead.endswith("在") else None
    if located:
        return Span(located.end(), span.end)
    if not _PREDICATE.search(lead):
        return span
    for end in range(min(span.end - 1, span.start + _LONGEST_LEAD), span.start + 1, -1):
        said = plain(text[span.start : end])
        if len(said) > 1 and lead.endswith(said) and "约" not in said:
            link = _LINK.match(text, end, span.end)
            start = link.end() if link else end
            return Span(start, span.end) if start < span.end else span
    return span


def with_negation(text: str, span: Span) -> Span:
    """``span`` from the word on that negates it, where its clause has one before it."""
    clause = whole_clause(text, span)
    negated = NEGATOR.search(text, clause.start, max(clause.start, span.start))
    return Span(negated.start(), span.end) if negated else span
