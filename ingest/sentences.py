"""Where Chinese (and English) sentences end, and where one may be cut if it must be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from records import Span

_CLOSERS = r"”’」』）)】》〕］\]"
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_ABBREVIATIONS = frozenset(
    "no nos fig figs mr mrs ms dr vs etc inc ltd co corp vol pp al st".split()
)
# Where a sentence may end. ASCII marks count only where no Latin text goes on (URLs).
_END = re.compile(
    rf"〔[^〔〕\n]*〕|\n|(?:[。！？；]|[!?;](?![A-Za-z0-9=&/_%.-]))+(?P<quote>\")?[{_CLOSERS}{_SUPERSCRIPTS}]*"
    rf"|(?<=[A-Za-z0-9)])\.[{_CLOSERS}]*(?=[ \t]+[A-Z一-鿿“\"])"
)
_LAST_WORD = re.compile(r"[A-Za-z]+$")
# What must not be torn: a Latin word, an address, a number with its unit.
_ATOM = re.compile(
    r"[A-Za-z0-9]+(?:[.,:/_'’+@&=?#~-]+[A-Za-z0-9]+)*"
    r"(?:[ \u00a0]?(?:[%％‰℃°]|[十百千万亿]*(?:个百分点|平方(?:公里|千米|米)|立方米|公里|千米"
    r"|分钟|小时|[元人个家项种年月日天次倍户吨米度部条所座辆台套级位只件亩省市区县])|[十百千万亿]+))?"
)
_COMMAS = "，,、"


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of ``text``: half-open, in order, without surrounding white space.

    A sentence ends with 。！？； or ! ? ; and the closing quotes, brackets and note marks
    after them, with a full stop between two English sentences, or with its line. Nothing
    ends inside ``〔…〕``, a number or an address.
    """
    return tuple(sentences_in(text, Span(0, len(text))))


def sentences_in(text: str, span: Span) -> Iterator[Span]:
    """The sentences of one stretch of ``text``, as ``sentences`` finds them."""
    start = span.start
    for match in _END.finditer(text, span.start, span.end):
        end = match.end()
        if match.group().startswith("〔") or _abbreviated(text, match):
            continue
        if match.group("quote") and text.count('"', start, end) % 2:
            end = match.start("quote")
        sentence = trimmed(text, Span(start, end))
        if len(sentence):
            yield sentence
        start = end
    rest = trimmed(text, Span(start, max(start, span.end)))
    if len(rest):
        yield rest


def _abbreviated(text: str, match: re.Match[str]) -> bool:
    if not match.group().startswith("."):
        return False
    word = _LAST_WORD.search(text, max(0, match.start() - 12), match.start())
    return word is not None and (len(word.group()) == 1 or word.group().lower() in _ABBREVIATIONS)


def pieces(text: str, sentence: Span, maximum: int) -> Iterator[Span]:
    """``sentence`` itself, or, when it is too long, parts of it cut at commas if it has any."""
    if len(sentence) <= maximum:
        yield sentence
        return
    inside = {
        position
        for atom in _ATOM.finditer(text, sentence.start, sentence.end)
        for position in range(atom.start() + 1, atom.end())
    }
    start = sentence.start
    while sentence.end - start > maximum:
        end = _place_to_cut(text, start, start + maximum, inside)
        piece = trimmed(text, Span(start, end))
        if len(piece):
            yield piece
        start = end
    rest = trimmed(text, Span(start, sentence.end))
    if len(rest):
        yield rest


def _place_to_cut(text: str, start: int, limit: int, inside: set[int]) -> int:
    free = [
        position
        for position in range(limit, start, -1)
        if position not in inside and not _joined(text, position)
    ]
    half = (start + limit) // 2
    for position in free:
        if position > half and text[position - 1] in _COMMAS:
            return position
    return free[0] if free and free[0] > start else limit


def _joined(text: str, position: int) -> bool:
    """Whether the character at ``position`` combines with the one before."""
    if position >= len(text):
        return False
    return text[position - 1] == "\u200d" or unicodedata.category(text[position]) in {
        "Mn",
        "Mc",
        "Me",
        "Cf",
        "Sk",
    }


def trimmed(text: str, span: Span) -> Span:
    """``span`` without the white space at its ends."""
    start, end = span.start, max(span.start, span.end)
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)
