"""Tables of contents with page numbers: found, so that they can be left out and followed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from records import Span

_TITLE = re.compile(r"(?<![^\s。！？])(?:[图表插附] ?表? ?)?目 ?[录次](?=\s|$)\s*")
_NUMERAL = "[〇零一二三四五六七八九十百]{1,4}"
_ENTRY = re.compile(
    rf"\s*(?P<title>(?:第 ?(?:{_NUMERAL}|\d{{1,2}}) ?[章节篇编部]|{_NUMERAL}、|[（(]{_NUMERAL}[）)]"
    r"|(?:图表|[图表]) ?\d{1,3}|\d{1,2}(?:\.\d{1,2}){0,3}[.、 ]"
    r"|[前序引] ?言|摘 ?要|结 ?[语论]|附 ?[录件]|参考文献)"
    r"(?:[^。\n.…·]|(?<=\d)\.(?=\d+[^\d\s(（])){0,90}?)"
    r"[ \t]*[.．…·]+[ \t.．…·]*(?P<page>\d{1,3}|[IVXivx]{1,5})(?![\d.%])"
)
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Contents:
    """``span`` covers the table of contents, ``titles`` are its entries without page numbers."""

    span: Span
    titles: tuple[str, ...]


def find_contents(text: str) -> tuple[Contents, ...]:
    """The tables of contents of ``text`` (also of figures and of tables), in order.

    One starts with the word 目录 and goes on with three or more numbered titles, each with
    dots and a page number behind it; the ones right after another may be shorter.
    """
    found: list[Contents] = []
    for heading in _TITLE.finditer(text):
        follows = bool(found) and not text[found[-1].span.end : heading.start()].strip()
        titles: list[str] = []
        end = heading.end()
        while entry := _ENTRY.match(text, end):
            titles.append(entry["title"].strip())
            end = entry.end()
        if len(titles) >= (1 if follows else _FEWEST):
            found.append(Contents(Span(heading.start(), end), tuple(titles)))
    return tuple(found)


def place_titles(text: str, titles: tuple[str, ...], start: int) -> tuple[Span, ...]:
    """Where the titles stand in ``text`` from ``start`` on, in the same order as there.

    Spaces make no difference. A title that isn't found is passed over.
    """
    positions = [index for index in range(start, len(text)) if not text[index].isspace()]
    folded = "".join(text[index] for index in positions)
    spans: list[Span] = []
    reached = 0
    for title in titles:
        wanted = re.sub(r"\s+", "", title)
        at = folded.find(wanted, reached)
        if at >= 0:
            reached = at + len(wanted)
            spans.append(Span(positions[at], positions[reached - 1] + 1))
    return tuple(spans)
