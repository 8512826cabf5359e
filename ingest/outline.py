"""Headings that number themselves: 第一章, 第一节, 一、, （一）, 1.1, and 前言 and its like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from records import Heading, Span

_LONGEST = 60
_LARGEST_NUMBER = 40
_NUMERAL = "[〇零一二三四五六七八九十百]{1,4}"


class Style(IntEnum):
    """How a heading is numbered; a smaller value stands higher."""

    CHAPTER = 1
    SECTION = 2
    ENUMERATED = 3
    BRACKETED = 4
    DECIMAL = 5
    UNNUMBERED = 6


_PATTERNS = (
    (
        Style.CHAPTER,
        re.compile(rf"第 ?(?:{_NUMERAL}|\d{{1,2}}) ?(?:[章篇编]|部分)(?![^\s:：]*[，,])"),
    ),
    (Style.SECTION, re.compile(rf"第 ?(?:{_NUMERAL}|\d{{1,2}}) ?节")),
    (Style.ENUMERATED, re.compile(rf"{_NUMERAL}[、．.] ?(?=\S)")),
    (Style.BRACKETED, re.compile(rf"[（(]{_NUMERAL}[）)] ?(?=\S)")),
    (
        Style.DECIMAL,
        re.compile(r"(?P<number>\d{1,2}(?:[.．]\d{1,2}){0,3})[.．]?[ 　\t]*(?=[^\s\d.．%％])"),
    ),
    (
        Style.UNNUMBERED,
        re.compile(
            r"(?:前 ?言|序 ?言|引 ?言|绪 ?论|导 ?论|摘 ?要|目 ?录|结 ?语|结 ?论|致 ?谢|后 ?记"
            r"|参考文献|附[录件] ?[A-Z\d一二三四五六七八九十]{0,2}(?:[:： 　].*)?)$"
        ),
    ),
)
_LINE = re.compile(r"[^\n]+")
# A sentence, a list item or the entry of a table of contents, but no title.
_NO_TITLE = re.compile(r".*(?:[。；;，,、！!]$|。|[.…·]{3,} ?\d*$|…\d+$)")


@dataclass(frozen=True, slots=True)
class _Numbered:
    style: Style
    number: tuple[int, ...]
    span: Span


def find_headings(text: str) -> tuple[Heading, ...]:
    """The numbered headings that stand on lines of their own, in order.

    Levels follow the styles that the text uses: 第一章 is above 第一节, that above 一、 (level
    1 without chapters), that above （一）, that above 1.1. ``1 总则`` counts only where 1.1
    follows. Captions (图 1, 表 2), sentences and list items are no headings.
    """
    found = list(_in_sequence(list(_titles(text))))
    styles = {title.style for title in found}
    whole = any(title.style is Style.DECIMAL and len(title.number) == 1 for title in found)
    return tuple(Heading(_level(title, styles, whole), title.span) for title in found)


def levels(titles: Sequence[str]) -> tuple[int, ...]:
    """The level of each of the titles of one text, counted as find_headings does."""
    found = [_numbered(title, 0) for title in titles]
    known = [title for title in found if title]
    styles = {title.style for title in known}
    whole = any(title.style is Style.DECIMAL and len(title.number) == 1 for title in known)
    return tuple(_level(title, styles, whole) if title else 1 for title in found)


def heading_style(title: str) -> Style | None:
    """How ``title`` is numbered; None when it isn't."""
    found = _numbered(title, 0)
    return found.style if found else None


def _titles(text: str) -> Iterator[_Numbered]:
    for line in _LINE.finditer(text):
        content = line.group().strip()
        if not 2 <= len(content) <= _LONGEST or _NO_TITLE.match(content):
            continue
        start = line.start() + line.group().index(content)
        if title := _numbered(content, start):
            yield title


def _numbered(content: str, start: int) -> _Numbered | None:
    for style, pattern in _PATTERNS:
        if match := pattern.match(content):
            digits = match.groupdict().get("number") or ""
            number = tuple(int(part) for part in re.split("[.．]", digits)) if digits else ()
            return _Numbered(style, number, Span(start, start + len(content)))
    return None


def _in_sequence(titles: list[_Numbered]) -> Iterator[_Numbered]:
    """Drops decimals that don't count up: ``1.8 万亿元`` is a figure, not section 1.8."""
    seen: set[tuple[int, ...]] = set()
    parents = {title.number[:-1] for title in titles if len(title.number) > 1}
    for title in titles:
        if title.style is Style.DECIMAL:
            *above, last = title.number
            sibling = (*above, last - 1)
            if not 1 <= last <= _LARGEST_NUMBER or (last > 1 and sibling not in seen):
                continue
            if not above and title.number not in parents:
                continue
            seen.add(title.number)
        yield title


def _level(title: _Numbered, styles: set[Style], whole: bool) -> int:
    chapters = len(styles & {Style.CHAPTER, Style.SECTION})
    match title.style:
        case Style.UNNUMBERED | Style.CHAPTER:
            return 1
        case Style.SECTION:
            return chapters
        case Style.ENUMERATED:
            return chapters + 1
        case Style.BRACKETED:
            return chapters + 2
        case Style.DECIMAL:
            above = chapters
            if Style.ENUMERATED in styles:
                above = chapters + 1
            if Style.BRACKETED in styles:
                above = chapters + 2
            return len(title.number) + (above if whole else max(above - 1, 0))
