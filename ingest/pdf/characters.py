"""Readable characters from printed ones: spaces, hyphens, bullets, raised numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from ingest.assembly import Characters
from ingest.line_breaks import is_wide, link, superscript
from ingest.pdf.page import Page

HYPHENS = "\x02\ufffe\u00ad"
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u2060\ufeff\ufffd\ufffe\u00ad]")
# Where symbol fonts have their bullets.
BULLETS = re.compile("[\uf06c-\uf0ff]")
# Shares of the line's height.
RAISED, SMALL, NARROW_GAP, TOUCHING = 0.12, 0.82, 0.5, 0.1


def readable(page: Page, indexes: Sequence[int]) -> Characters:
    """The readable text of characters of one page, given without spaces, with positions.

    Between 汉字 line breaks and narrow gaps vanish, elsewhere they become one space.
    """
    if not indexes:
        return []
    size = median(page.boxes[index].height for index in indexes)
    base = median(page.baselines[index] for index in indexes)
    characters: Characters = []
    for index, following in pairwise([*indexes, len(page.text)]):
        character = _character(page, index, size, base)
        if character:
            characters.append((page.start + index, character))
        if characters and following < len(page.text):
            space = _space(page, index, following, size)
            if space and characters[-1][1] != " ":
                characters.append((page.start + index + 1, space))
    return characters


def join(characters: Characters, following: Characters, apart: bool) -> Characters:
    """Two lines as one, with a space between them at any rate if they are to stand ``apart``."""
    if not characters or not following:
        return characters or following
    end, start = characters[-1][0] + 1, following[0][0]
    space = " " if apart else link(characters[-1][1], following[0][1])
    return [*characters, *([(end, space)] if space and end < start else []), *following]


def _space(page: Page, index: int, following: int, size: float) -> str:
    between = [at for at in range(index + 1, following) if page.text[at].isspace()]
    before, after = page.text[index], page.text[following]
    if before in HYPHENS or not between:
        return ""
    here, there = page.boxes[index], page.boxes[following]
    gap = there.left - here.right
    if any(page.text[at] in "\r\n" for at in between):
        side_by_side = min(here.top, there.top) > max(here.bottom, there.bottom)
        touching = side_by_side and abs(gap) < TOUCHING * size
        return "" if touching else link(before, after)
    put_in = all(at in page.generated for at in between)
    narrow = put_in and gap < NARROW_GAP * size and (is_wide(before) or is_wide(after))
    return "" if narrow else " "


def _character(page: Page, index: int, size: float, base: float) -> str:
    """What the character reads as; empty when it is none."""
    character = page.text[index]
    if character in HYPHENS:
        return _hyphen(page, index)
    if CONTROLS.match(character):
        return ""
    if BULLETS.match(character):
        return "•"
    small = page.boxes[index].height < SMALL * size
    if small and character.isascii() and character.isdigit() and _raised(page, index, size, base):
        return superscript(int(character))
    return character


def _raised(page: Page, index: int, size: float, base: float) -> bool:
    return any(
        RAISED * size < page.baselines[index] - baseline < size
        for baseline in (_neighbour_baseline(page, index), base)
    )


def _neighbour_baseline(page: Page, index: int) -> float:
    """The baseline of the nearest character before that is no digit, else after."""
    before = next(
        (at for at in range(index - 1, max(index - 8, -1), -1) if not _raisable(page.text[at])),
        None,
    )
    if before is not None:
        return page.baselines[before]
    after = range(index + 1, min(index + 8, len(page.text)))
    found = next((at for at in after if not _raisable(page.text[at])), index)
    return page.baselines[found]


def _raisable(character: str) -> bool:
    return character.isdigit() or character.isspace()


def _hyphen(page: Page, index: int) -> str:
    """A hyphen at a line's end is part of the word unless small letters stand around it."""
    before = page.text[index - 1 : index]
    after = page.text[index + 1 :].lstrip()[:1]
    inside_word = all(each.isascii() and each.islower() for each in (before, after))
    return "" if inside_word or page.text[index] == "\u00ad" else "-"
