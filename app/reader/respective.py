"""甲、乙、丙分别为 1、2 和 3: which of the things told one after the other belongs to which."""

from __future__ import annotations

import re
from collections.abc import Iterable

from index.folding import plain
from ingest.sentences import trimmed
from records import Span

_APART = re.compile(
    r"分别(?:担任|出任|任|同比|环比|增长|增加|上升|提高|下降|减少|大?约|达到?|[为是有占达])*\s?"
)
_END = re.compile(r"[。；！？;\n\t]|[，,](?![0-9])")
_JOINED = re.compile(r"[、]|以及|[和与及]")
_SHORTEST = 2


def respective(question: str, text: str, sentence: Span, answer: Span) -> Span:
    """What is told of the one thing of a list that ``question`` names; else ``answer``.

    Only of a list that is followed by 分别 and as many things told, one of which ``answer`` is
    in: 487 人 of 甲厂、乙厂承接学员最多，分别为 612 人和 487 人, where 乙厂 is asked about.
    """
    for apart in _APART.finditer(text, sentence.start, sentence.end):
        told = _told(text, apart.end(), sentence.end)
        listed = _listed(text, sentence.start, apart.start(), len(told))
        if len(told) < 2 or not listed or not any(each.overlaps(answer) for each in told):
            continue
        whole = [_said(each, text) in question for each in listed]
        part = [_partly(question, text, listed, number) for number in range(len(listed))]
        for named in (whole, [a or b for a, b in zip(whole, part, strict=True)]):
            if named.count(True) == 1:
                return told[named.index(True)]
    return answer


def _told(text: str, start: int, limit: int) -> list[Span]:
    end = _END.search(text, start, limit)
    return list(_items(text, Span(start, end.start() if end else limit)))


def _items(text: str, span: Span) -> Iterable[Span]:
    at = span.start
    for joined in [*_JOINED.finditer(text, span.start, span.end), None]:
        item = trimmed(text, Span(at, joined.start() if joined else span.end))
        if len(item):
            yield item
        at = joined.end() if joined else span.end


def _listed(text: str, start: int, end: int, count: int) -> list[Span]:
    """The last list of ``count`` things before ``end``; the ends of it may hold other words."""
    clauses = [
        Span(start + piece.start(), start + piece.end())
        for piece in re.finditer(r"[^，,。；;：:\n\t]+", text[start:end])
    ]
    for clause in reversed(clauses):
        items = list(_items(text, clause))
        if len(items) == count > 1:
            return items
    return []


def _partly(question: str, text: str, listed: list[Span], number: int) -> bool:
    """Whether the question names the end of a list's first thing, or the head of its last."""
    said = _said(listed[number], text)
    lengths = range(len(said) - 1, _SHORTEST - 1, -1)
    ends = (said[-length:] for length in lengths if number == 0)
    heads = (said[:length] for length in lengths if number == len(listed) - 1)
    return any(each in question for each in (*ends, *heads))


def _said(item: Span, text: str) -> str:
    said = plain(item.of(text))
    return said if len(said) >= _SHORTEST else "\n"
