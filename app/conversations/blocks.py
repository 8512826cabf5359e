"""An exported conversation as blocks of visible text, whatever the format.

Writers and readers of a format are inverse: a block comes back with exactly its text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """How a block looks, which is all that tells one from another."""

    TITLE = "title"
    QUESTION = "question"
    SECTION = "section"
    TEXT = "text"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of visible text in one style. The text is not empty and may have lines."""

    style: Style
    text: str


_CODE = re.compile("⟦U\\+([0-9A-F]{4,6})⟧")
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# White space that stays as it is, and what XML can't hold though it is none of these.
_KEPT, _UNUSABLE = "\n\t", "\ufffe\uffff⟦"


def shown(text: str) -> str:
    """``text`` with ``⟦U+202E⟧`` in place of what nobody sees or no file can hold.

    That is controls (but for line ends and tabs), characters without width, overrides of
    direction and half surrogates; and ⟦ itself, so that ``unshown`` can undo it.
    """
    return "".join(f"⟦U+{ord(c):04X}⟧" if _is_coded(c) else c for c in text)


def unshown(text: str) -> str:
    """The text that ``shown`` made ``text`` of."""
    return _CODE.sub(lambda found: _character(found), text)


def _is_coded(character: str) -> bool:
    if character in _KEPT:
        return False
    return character in _UNUSABLE or unicodedata.category(character) in _INVISIBLE


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return chr(code) if code <= 0x10FFFF and _is_coded(chr(code)) else found[0]
