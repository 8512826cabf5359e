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
        said = [_said(each, text) for each in listed]
        shared = _shared_end(said[:-1])
        whole = [each in question or _without(each, shared) in question for each in said]
        part = [_partly(question, said, number) for number in range(len(said))]
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


def _partly(question: str, said: list[str], number: int) -> bool:
    """Whether the question names the end of a list's first thing, or the head of its last.

    Not with what another of them has as well: 地区 of 长三角地区.
    """
    own, others = said[number], said[:number] + said[number + 1 :]
    lengths = range(len(own) - 1, _SHORTEST - 1, -1)
    ends = (own[-length:] for length in lengths if number == 0)
    heads = (own[:length] for length in lengths if number == len(said) - 1)
    return any(
        each in question and not any(each in other for other in others) for each in (*ends, *heads)
    )


def _shared_end(said: list[str]) -> str:
    """What all of several end in: 地区 of 长三角地区 and 珠三角地区."""
    if len(said) < 2:
        return ""
    shortest = min(map(len, said))
    ends = (said[0][-length:] for length in range(shortest, 0, -1))
    return next((end for end in ends if all(each.endswith(end) for each in said)), "")


def _without(said: str, end: str) -> str:
    """``said`` up to its last ``end``; whole where too little would be left."""
    left = said.rpartition(end)[0] if end else ""
    return left if len(left) >= _SHORTEST else said


def _said(item: Span, text: str) -> str:
    said = plain(item.of(text))
    return said if len(said) >= _SHORTEST else "\n"
