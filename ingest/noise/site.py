"""What document-sharing sites add to a text: footers, and numbers on blocks cut by length."""

from __future__ import annotations

import re
from itertools import takewhile
from statistics import median

from records import Span

_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u2060\ufeff]|\r(?=\n)")
_LINE_END = re.compile("\r(?!\n)|[\x0b\x0c\x85\u2028\u2029]")
_OWNER = re.compile(r"©|版权所有|copyright|all rights reserved|ICP ?备", re.IGNORECASE)
_SERVICE = re.compile(r"客服|热线|(?:投诉|维权|举报|联系).{0,6}(?:电话|邮箱)|公安备|许可证")
_FOOTER_LINES = 6
_FOOTER_LENGTH = 120
_BLOCK = re.compile(r"^(\d{1,5})、(.*)$", re.MULTILINE)
_FEWEST_BLOCKS = 3
_SHORTEST_BLOCK = 40
_INNER_END = re.compile(r"[。！？；](?=.)")
_ENDED = tuple("。！？；.!?;:：…”’）)》】")


def invisible(text: str) -> tuple[tuple[Span, ...], dict[int, str]]:
    """Control characters to delete, and what ends a line and should be a line feed."""
    delete = tuple(Span(*match.span()) for match in _INVISIBLE.finditer(text))
    return delete, {match.start(): "\n" for match in _LINE_END.finditer(text)}


def find_footer(text: str) -> tuple[Span, ...]:
    """The lines at the end that hold a site's copyright notice and service numbers.

    None unless one of the last lines names an owner of rights.
    """
    lines = [match for match in re.finditer(r"[^\n]+", text) if match.group().strip()]
    footer = list(takewhile(_in_footer, reversed(lines[-_FOOTER_LINES:])))
    if not any(_OWNER.search(line.group()) for line in footer):
        return ()
    return (Span(footer[-1].start(), len(text)),)


def _in_footer(line: re.Match[str]) -> bool:
    content = line.group().strip()
    if len(content) > _FOOTER_LENGTH or "。" in content:
        return False
    return bool(_OWNER.search(content) or _SERVICE.search(content))


def find_block_numbers(text: str) -> tuple[Span, ...]:
    """Line break and number of blocks ``1、…`` ``2、…`` that were cut by length.

    A genuine list counts up too; blocks are long, hold whole sentences and yet end in the
    middle of one.
    """
    lines = list(_BLOCK.finditer(text))
    numbered = [int(line[1]) for line in lines]
    if len(lines) < _FEWEST_BLOCKS or numbered != list(range(1, len(lines) + 1)):
        return ()
    bodies = [line[2].rstrip() for line in lines]
    cut = sum(not body.endswith(_ENDED) and bool(_INNER_END.search(body)) for body in bodies[:-1])
    if median(len(body) for body in bodies) < _SHORTEST_BLOCK or 2 * cut < len(bodies) - 1:
        return ()
    return tuple(Span(line.start() - (line.start() > 0), line.start(2)) for line in lines)
