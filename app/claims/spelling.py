"""One spelling for what is compared, in which every character keeps its place."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from index.folding import simplified

_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
# A full-width comma parts clauses; only between full-width digits does it part thousands.
_FULL_WIDTH_THOUSANDS = re.compile(r"(?<=[０-９])，(?=[０-９]{3}(?![０-９]))")
_SQUARE = re.compile(r"(?<=[m米])[²]")
_KEPT = frozenset("，；：！？（）")
_DASHES = dict.fromkeys(map(ord, "–—―－−‐‑～〜"), "-")
NOT_SAID = re.compile(r"[\s|，。；、：！？,;:!?“”\"「」]+")
"""Punctuation and white space, which say nothing."""


@lru_cache(maxsize=4096)
def aligned(text: str) -> str:
    """``text`` in one width and in simplified characters, position by position.

    The result is as long as ``text``, so that a place in one is a place in the other.
    Punctuation of sentences stays full width, note marks become spaces, dashes ``-``.
    """
    marked = _SQUARE.sub("2", _FULL_WIDTH_THOUSANDS.sub(",", text))
    folded = "".join(map(_folded, marked)).translate(_DASHES)
    simple = simplified(folded)
    return simple if len(simple) == len(folded) else folded


def _folded(character: str) -> str:
    if character in _KEPT:
        return character
    if character in _SUPERSCRIPTS or character.isspace():
        return " "
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character


def bare(text: str) -> str:
    """``text`` without punctuation and white space."""
    return NOT_SAID.sub("", text)
