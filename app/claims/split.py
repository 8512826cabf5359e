"""A generated answer becomes statements, each with the passages that it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.claims.marks import Mark, marks, without_marks
from ingest.sentences import sentences_in, trimmed
from records import Span

_LABEL = re.compile(
    r"[ \t]*(?:#{1,6}(?=\s)|>|[-*+•●▪·](?=\s)|[•●▪]|[0-9]{1,2}[.)、](?![0-9])"
    r"|[（(][0-9一二三四五六七八九十]{1,2}[）)]"
    r"|[①-⑳]|[一二三四五六七八九十]{1,2}、)[ \t]*"
)
_FACT = re.compile(r"[0-9０-９%％]|[一二三四五六七八九十百千万亿]{2,}")
_LEAD = re.compile(
    r"^(?:综上所述|综上|总之|总的来看|总体来看|总体而言|整体来看|具体如下|具体来说|如下|答案"
    r"|结论|根据[^，,：:]{0,16}(?:报告|资料|内容|文件|信息|片段|原文)"
    r"|根据(?:以上|上述)[^，,：:]{0,10}|(?:主要|具体)?(?:包括|体现在|分为|如下)[^，,：:]{0,8}"
    r"|以下[^，,]{0,12})[，,：:。]*$"
)
LEAD_IN = re.compile(
    r"^(?:(?:值得(?:注意|一提|关注)的是|需要(?:说明|指出|注意)的是|(?:总体|整体|总的)(?:来看"
    r"|而言|来说|上)"
    r"|此外|另外|同时|其中|因此|所以|首先|其次|最后|例如|比如|综上(?:所述)?|总之|换言之|也就是说"
    r"|具体(?:来说|而言|来看)?|(?:[根依]?据|从)?(?:该|本|上述|以上|提供的|所给)*(?:报告|资料"
    r"|数据|材料|文档|内容|信息)"
    r"(?:显示|统计|介绍|所述|中|指出|提到|来看)*"
    r"|在?(?:《(?:该|本)?报告》|(?:该|本)?报告)(?:看来|中)|(?:《报告》|报告|目录|公开资料)(?:显示|认为|指出)"
    r"|从[^，,：:。0-9]{1,5}(?:上|来)?看)[，,：:] ?)+"
)
"""Phrases that connect a claim with what stands before it, and say nothing."""
_PUNCTUATION = re.compile(r"[^0-9A-Za-z０-９\u3400-\u9fff]+")
_CLAUSE_END = "，,；;。！？!?、：:"


@dataclass(frozen=True, slots=True)
class Statement:
    """A piece of an answer: its text without marks, its place with them, what it cites.

    ``before`` is the text of the same sentence before it, which may name what it speaks of.
    ``claims`` tells that it states something: headings and connecting phrases don't.
    """

    text: str
    span: Span
    cites: tuple[int, ...]
    before: str = ""
    claims: bool = True


def split(answer: str) -> tuple[Statement, ...]:
    """The statements of ``answer`` in order: sentences, and what marks part of them.

    A mark carries the text up to the mark before it, if that is a clause of its own. No
    character is lost but marks, white space, punctuation and the labels of list items.
    """
    plain = without_marks(answer)
    found = tuple(marks(answer))
    statements: list[Statement] = []
    start = 0
    for line in plain.split("\n"):
        span = Span(start, start + len(line))
        statements += _line(answer, plain, span, [m for m in found if span.contains(m.span)])
        start += len(line) + 1
    return tuple(statements)


def _line(answer: str, plain: str, line: Span, found: list[Mark]) -> list[Statement]:
    label = _LABEL.match(plain, line.start, line.end)
    heading = plain[line.start : line.end].lstrip().startswith("#")
    start = label.end() if label else line.start
    sentences = list(sentences_in(plain, Span(start, line.end)))
    pieces: list[Statement] = []
    for number, sentence in enumerate(sentences):
        following = sentences[number + 1].start if number + 1 < len(sentences) else line.end
        own = [m for m in found if sentence.start <= m.span.start < following]
        pieces += _pieces(answer, plain, sentence, own, heading)
    return _with_citations(pieces)


def _pieces(
    answer: str, plain: str, sentence: Span, found: list[Mark], heading: bool
) -> Iterator[Statement]:
    """The sentence, cut behind marks that end a clause."""
    start, begun = sentence.start, sentence.start
    cites: tuple[int, ...] = ()
    for number, mark in enumerate(found):
        cites += mark.numbers
        adjoining = (
            number + 1 < len(found)
            and not plain[mark.span.end : found[number + 1].span.start].strip()
        )
        if (
            adjoining
            or mark.span.end >= sentence.end
            or not _clause_ends(plain, begun, mark, sentence)
        ):
            continue
        end = mark.span.end
        while end < sentence.end and (plain[end].isspace() or plain[end] in _CLAUSE_END):
            end += 1
        yield _statement(answer, plain, Span(begun, end), cites, start, heading)
        begun, cites = end, ()
    if plain[begun : sentence.end].strip(_CLAUSE_END + " \t*"):
        end = max([sentence.end, *(mark.span.end for mark in found)])
        yield _statement(answer, plain, Span(begun, end), cites, start, heading)


def _clause_ends(plain: str, begun: int, mark: Mark, sentence: Span) -> bool:
    """Whether the text from ``begun`` to ``mark`` is a clause: punctuation follows the mark."""
    after = plain[mark.span.end : sentence.end].lstrip()
    before = plain[begun : mark.span.start].rstrip()
    if not before or (after and after[0] not in _CLAUSE_END and before[-1] not in _CLAUSE_END):
        return False
    if after[:1] == "、":
        return _FACT.search(before) is not None
    return len(_PUNCTUATION.sub("", before)) > 3


def _statement(
    answer: str, plain: str, span: Span, cites: tuple[int, ...], start: int, heading: bool
) -> Statement:
    inner = trimmed(answer, span)
    text, before = _tidied(plain[span.start : span.end]), _tidied(plain[start : span.start])
    return Statement(text, inner, cites, before, _claims(text, cites, heading))


def _tidied(text: str) -> str:
    """``text`` without the gaps that marks leave, and without bold type."""
    single = re.sub(r"\s+", " ", text).strip()
    return re.sub(r" (?=[，。；、：！？])", "", single).replace("**", "").strip()


def _claims(text: str, cites: tuple[int, ...], heading: bool) -> bool:
    said = _PUNCTUATION.sub("", text)
    if not said:
        return False
    if cites or _FACT.search(text):
        return True
    if heading or _LEAD.match(text) or (text[-1] in "：:" and len(said) < 40):
        return False
    return len(said) > 3


def _with_citations(pieces: list[Statement]) -> list[Statement]:
    """Statements without a mark are carried by the next mark of their line."""
    following: tuple[int, ...] = ()
    filled: list[Statement] = []
    for piece in reversed(pieces):
        following = piece.cites or following
        filled.append(Statement(piece.text, piece.span, following, piece.before, piece.claims))
    return filled[::-1]
