"""What a line break inside a paragraph becomes."""

from __future__ import annotations

import re

# 汉字, kana, full-width forms and the punctuation that Chinese text uses.
WIDE = re.compile(
    "[\u2014\u2018-\u201d\u2026\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
)
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def is_wide(character: str) -> bool:
    """Whether the character is a 汉字 or Chinese punctuation, written without spaces."""
    return WIDE.match(character) is not None


def link(before: str, after: str) -> str:
    """What stands between two characters that a line break parted: a space or nothing."""
    if not before or not after or before.isspace() or after.isspace():
        return ""
    return "" if is_wide(before) or is_wide(after) else " "


def superscript(number: int) -> str:
    """``12`` gives ``¹²``."""
    return str(number).translate(SUPERSCRIPTS)
