"""Claims in another language than the passages: only their figures can be checked by code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from app.claims.facts import facts
from app.claims.split import split
from app.claims.support import row_as_said
from records import Claim, Fault, Finding, Passage, Support

_HAN = re.compile(r"[㐀-鿿]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = 3
"""So many words make a question in a language."""
_FIGURE = re.compile(
    r"(?<![A-Za-z0-9.])(?P<figure>[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?)(?![0-9])"
    r"(?:\s?(?P<scale>thousand|million|billion|trillion)\b)?",
    re.IGNORECASE | re.ASCII,
)
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}


def is_foreign(text: str, passages: Sequence[Passage]) -> bool:
    """Whether ``text`` is not in Chinese, and all the passages are."""
    return not _HAN.search(text) and all(_HAN.search(passage.text) for passage in passages)


def is_untranslated(question: str, quotes: Sequence[str]) -> bool:
    """Whether a question is in the words of another language, and all that is quoted in Chinese.

    A name or an abbreviation alone, as F5G-A, is of no language.
    """
    foreign = not _HAN.search(question) and len(_WORD.findall(question)) >= _SENTENCE
    return foreign and bool(quotes) and all(_HAN.search(quote) for quote in quotes)


def foreign_claims(text: str, passages: Sequence[Passage]) -> tuple[Claim, ...]:
    """The claims of ``text``, none of them supported: words can't be compared with the passages'.

    Each says so, and names the figures that stand in no passage, whatever they are said of.
    """
    said = [row_as_said(passage) if passage.cells else passage.text for passage in passages]
    found = facts("\n".join([*said, *(passage.context for passage in passages)]))
    values = {value for q in found.quantities for value in (q.low, q.high)}
    values |= {Fraction(match["figure"].replace(",", "")) for match in _FIGURE.finditer(found.text)}
    return tuple(
        Claim(
            statement.text.strip(" ."),
            Support.UNSUPPORTED,
            findings=(
                Finding(Fault.LANGUAGE, statement.text),
                *(Finding(Fault.NUMBER, figure) for figure in _unfounded(statement.text, values)),
            ),
        )
        for statement in split(text)
        if statement.claims
    )


def _unfounded(text: str, values: set[Fraction]) -> list[str]:
    return [m.group().strip() for m in _FIGURE.finditer(text) if _value(m) not in values]


def _value(match: re.Match[str]) -> Fraction:
    scale = _SCALES.get((match["scale"] or "").lower(), 1)
    return Fraction(match["figure"].replace(",", "")) * scale
