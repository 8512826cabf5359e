"""What a passage says that a term means: “一局”是指大数据局 defines 一局."""

from __future__ import annotations

import re
from collections.abc import Iterable

from index.folding import plain
from records import Span

_ASKED_ABOUT = tuple(
    map(
        re.compile,
        (
            r"(?:什么是|何谓|何为)(?P<term>[^?？,。]+)",
            r"(?P<term>[^?？,。]+?)(?:是指|指的?是|说的是|指)(?:什么|啥)",
            r"(?P<term>[^?？,。]+?)是?个?(?:什么|啥)(?:意思|东西|概念)",
            r"(?P<term>[^?？,。]+?)的(?:定义|含义|概念|内涵)",
            r"(?:界定|定义|理解|解释)(?:一下)?(?P<term>[^?？,。]+?)(?:的|$)",
            r"(?P<term>[^?？,。]+?)(?:该|应该)?(?:怎么|如何|怎样)(?:来)?(?:理解|界定|定义|解释)",
        ),
    )
)
_BEFORE_TERM = re.compile(r"^(?:.*[里中]的|.*所谓的?|请问|.*文中的?|.*报告[里中]的?)(?=..)")
_BEGINS = (
    r"(?:^|(?<=[，。；：、,;:！？!?\s“\"「『（(《])|(?<=认为)|(?<=指出)|(?<=明确)|(?<=提出)|(?<=所谓)"
    r"|(?<=其中)|(?<=[一二三四五六七八九十]是))"
)
_BEHIND_TERM = re.compile(
    r"(?:到底|究竟|具体|主要|一般|通常|这个?|这一|词|概念|说法|是)+$|[“”\"「」]"
)
_ASKING = re.compile("什么|[啥谁哪]")
_LONGEST_TERM = 16
_LONGEST = 160
_BESIDE_TERM = r"[”\"」』]?\s?(?:[（(][^（）()]{0,30}[）)]\s?)?[”\"」』]?(?:模式|制度|机制)?\s?"
_OUTRIGHT = (
    r"(?:(?<=模式)(?=由)|(?<=制度)(?=由)|(?<=机制)(?=由)"
    r"|系?指的?是|[是系]指(?![数标导定南挥引示望出明令])|[，,]\s?即[是指]?)\s?"
)
_LINK = (
    rf"(?:{_OUTRIGHT}|(?:[，,]\s?)?"
    r"(?:[是即](?![否以将使可时便日])|指(?![数标导定南挥引示望出明令]))\s?)"
)
_ATTRIBUTE = r"(?P<said>[^，。；：,;:\n\t]{2,40}?)的\s?[“\"「]?"
_END = re.compile(
    r"[。！？!?；;\n\t]|[，,]\s?而?(?:[“\"「][^”\"」]{1,12}[”\"」]\s?[是指则]"
    r"|[^，。,“”是指]{1,12}(?:[是系]指(?![数标导定南挥引示望出明令])|指的是|(?<![规原否法准细])则))"
)


def terms(question: str, names: Iterable[str]) -> frozenset[str]:
    """What ``question`` asks the meaning of: the last of ``names`` in it, else what it says.

    All are spelled as ``plain`` does, and so is the question.
    """
    named = sorted(names, key=lambda name: (question.rfind(name), len(name)))
    if named:
        return frozenset(named[-1:])
    found = {match["term"] for each in _ASKED_ABOUT if (match := each.search(question))}
    clean = {_BEHIND_TERM.sub("", _BEFORE_TERM.sub("", term)) for term in found}
    return frozenset(
        term for term in clean if 2 <= len(term) <= _LONGEST_TERM and not _ASKING.search(term)
    )


def meaning(text: str, sentences: Span, span: Span, wanted: Iterable[str]) -> Span:
    """``span``, or what ``text`` says that a term means.

    From behind 是, 是指 or 即 in the ``sentences`` around it, or behind 是指 or 即 elsewhere, to
    the end of the sentence, or to where another term is defined; or up to the term, where
    ``span`` tells of what kind it is: 人工智能与物联网结合 of 结合而成的 AIoT.
    """
    for term in sorted(wanted, key=lambda each: (-len(each), each)):
        spaced = r"\s?".join(map(re.escape, term))
        for link, within in ((_LINK, sentences), (_OUTRIGHT, Span(0, len(text)))):
            defined = re.compile(f"{_BEGINS}{spaced}{_BESIDE_TERM}{link}", re.IGNORECASE)
            found = defined.search(text, within.start, within.end)
            said = _predicate(text, found.end()) if found else None
            if said is not None:
                return said
        for told in re.finditer(f"{_ATTRIBUTE}{spaced}", text, re.IGNORECASE):
            if Span(*told.span("said")).contains(span):
                return Span(span.start, told.end("said"))
    return span


def _predicate(text: str, start: int) -> Span | None:
    """From ``start`` to where the sentence or its part ends; None where nothing is said."""
    ends = _END.search(text, start)
    span = Span(start, min(ends.start() if ends else len(text), start + _LONGEST))
    return span if plain(span.of(text)) else None
