"""Which section a question asks to have summed up: 总结第三章, 概括“数据要素流通”这一节."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.claims.numerals import value_of

_NUMERAL = r"[一二三四五六七八九十]{1,3}|[0-9]{1,2}"
_UNIT = r"[章节篇编]|部分|小节"
_ORDINAL = rf"第\s?(?:{_NUMERAL})\s?(?:{_UNIT})"
_NUMBERED = re.compile(
    rf"(?P<ordinals>{_ORDINAL}(?:\s?的?\s?{_ORDINAL})?)"
    r"|第?\s?(?P<decimal>[0-9]{1,2}(?:[.．][0-9]{1,2}){1,3})\s?(?:[章节]|部分|小节)"
    rf"|(?:section|chapter|part)\s+(?P<english>[0-9]{{1,2}}(?:\.[0-9]{{1,2}}){{0,3}}|{_NUMERAL}|[ivx]{{1,5}})"
    r"(?![0-9a-z])",
    re.IGNORECASE,
)
_ONE = re.compile(rf"第\s?(?P<numeral>{_NUMERAL})\s?(?P<unit>{_UNIT})")
_SUMS_UP = re.compile(
    r"^(?:请|帮我|麻烦|你|再)*(?:总结|概括|归纳|概述|综述|梳理|简述|介绍)(?:一下|下)?"
    r"|(?:讲|说|写|谈)了?(?:什么|些什么|哪些内容|啥)|(?:主要)?内容(?:是什么|有哪些)?[？?。]?$|要点"
    r"|\b(?:summari[sz]e|sum up|outline|summary of)\b",
    re.IGNORECASE | re.ASCII,
)
_QUOTED = re.compile(r"[“\"「『](?P<title>[^“”\"「」『』]{2,60})[”\"」』]")
_SECTION_WORD = r"(?:[这那本该]?一?(?:章节|小节|[章节篇])|[这那]?(?:一?个?)部分)"
_TAIL = (
    r"(?:的?(?:主要)?(?:内容|要点|观点))?"
    r"(?:[讲说写谈]了?(?:些?什么|哪些内容|啥)|是什么|有哪些)?[？?。.!！]?$"
)
_QUOTED_SECTION = re.compile(rf"{_QUOTED.pattern}\s?(?:{_SECTION_WORD})")
_PLAIN_SECTION = re.compile(rf"(?P<title>[^，。？?！!“”]{{2,40}}?)\s?(?:{_SECTION_WORD}){_TAIL}")
_ENGLISH_SECTION = re.compile(
    r"(?:section|chapter|part) (?:on |about |called |titled )?"
    r"[“\"'](?P<title>[^“”\"']{2,60})[”\"']",
    re.IGNORECASE,
)
_DOCUMENT = re.compile(r"《(?P<document>[^《》]{1,80})》\s?(?:中|里|这份报告)?(?:的)?")
_ASKS = re.compile(r"[哪几谁]|什么|多少|如何|怎")
_ROMAN = {"i": 1, "v": 5, "x": 10}


@dataclass(frozen=True, slots=True)
class Step:
    """A number of a section and what it is called: 章, 节, or empty where it isn't said."""

    number: int
    unit: str = ""


@dataclass(frozen=True, slots=True)
class SectionAsked:
    """A section as a question names it: by ``steps`` (第三章第二节) or by ``title``.

    ``said`` is that in the question's words, ``document`` what it says of the document.
    """

    said: str
    steps: tuple[Step, ...] = ()
    title: str = ""
    document: str = ""


def section_asked(question: str) -> SectionAsked | None:
    """The section that ``question`` wants to have summed up; None for any other question."""
    named = _DOCUMENT.search(question)
    document = named["document"].strip() if named else ""
    rest = question[: named.start()] + question[named.end() :] if named else question
    verb = _SUMS_UP.search(rest.strip())
    if verb is None:
        return None
    numbered = _NUMBERED.search(rest)
    if numbered:
        return SectionAsked(numbered.group().strip(), _steps(numbered), "", document)
    title = _title(rest.strip(), verb)
    return SectionAsked(title, (), title, document) if title else None


def continued(core: str, before: str) -> str:
    """``before``, a question about a section, put to the section or document ``core`` names.

    Empty where ``before`` is none, or ``core`` names neither.
    """
    asked = section_asked(before)
    if asked is None:
        return ""
    document = _DOCUMENT.fullmatch(core.strip())
    if document:
        bare = _DOCUMENT.sub("", before)
        return bare.replace(asked.said, f"《{document['document']}》{asked.said}", 1)
    named = _NUMBERED.fullmatch(core.strip()) or re.fullmatch(_ORDINAL, core.strip())
    return before.replace(asked.said, named.group(), 1) if named else ""


def _title(question: str, verb: re.Match[str]) -> str:
    for pattern in (_QUOTED_SECTION, _ENGLISH_SECTION):
        found = pattern.search(question)
        if found:
            return found["title"].strip()
    if verb.start():  # 梳理 and its like stand before what they sum up
        plain = _PLAIN_SECTION.match(question)
    else:
        plain = _PLAIN_SECTION.match(question, verb.end())
    return plain["title"].strip(" 的") if plain and not _ASKS.search(plain["title"]) else ""


def _steps(found: re.Match[str]) -> tuple[Step, ...]:
    if found["ordinals"]:
        ordinals = _ONE.finditer(found["ordinals"])
        return tuple(Step(number_of(one["numeral"]), one["unit"]) for one in ordinals)
    said = found["decimal"] or found["english"]
    return tuple(Step(number_of(part)) for part in re.split("[.．]", said))


def number_of(numeral: str) -> int:
    """The value of 3, 三, 十二 or iv; 0 where it is none."""
    if numeral.isascii() and numeral.isdigit():
        return int(numeral)
    if numeral.isascii():
        digits = [_ROMAN[character] for character in numeral.lower()]
        pairs = zip(digits, [*digits[1:], 0], strict=True)
        return sum(-one if one < after else one for one, after in pairs)
    return int(value_of(numeral) or 0)
