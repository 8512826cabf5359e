"""The citation gate: nothing is shown as a citation before it was found in the document.

Quotes are compared with the stored text, character by character. What may differ is only
what can be undone without loss of meaning: white space, full and half width, the shapes of
quotation marks. A changed digit, unit or word never passes.
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import SequenceMatcher
from functools import lru_cache

from records import Citation, Document, Span, Status

# U+FF01 to U+FFEE is the block of full-width and half-width forms.
WIDTHS = {
    code: folded
    for code in range(0xFF01, 0xFFEF)
    if len(folded := unicodedata.normalize("NFKC", chr(code))) == 1
}
QUOTE_MARKS = dict.fromkeys(map(ord, "“”„‟「」〝〞＂｢｣"), '"') | dict.fromkeys(
    map(ord, "‘’‚‛『』＇"), "'"
)
FOLDED = WIDTHS | QUOTE_MARKS
# Numbers and Latin words are made of these: without the white space between, 3 5 is 35.
_SOLID = frozenset(string.ascii_letters + string.digits + ".+-")

_SIMILAR = 0.6


def locate(quote: str, text: str) -> tuple[Span, ...]:
    """Every place where ``quote`` stands in ``text``, in order, as exact spans of ``text``.

    White space, full-width and half-width forms and the shapes of quotation marks make no
    difference, except that white space between two numbers or Latin words must be there. A
    span starts and ends at a character that is not white space. A quote of nothing but white
    space stands nowhere.
    """
    wanted, _ = _fold(quote)
    folded, positions = _fold(text)
    return tuple(
        Span(positions[start], positions[start + len(wanted) - 1] + 1)
        for start in _occurrences(wanted, folded)
    )


def judge(quote: str, span: Span, text: str) -> tuple[Status, Span]:
    """Whether ``quote`` stands in ``text`` at ``span``, and where it really stands.

    VERBATIM: at ``span``, but for what ``locate`` ignores. ALTERED: elsewhere, or something
    like it stands at ``span``. NOT_FOUND: neither. The span is the true one where the quote
    was found, else the one given, kept within the text.
    """
    folded, _ = _fold(quote)
    there, _ = _fold(span.of(text))
    if folded and folded == there:
        return Status.VERBATIM, span
    places = locate(quote, text)
    if places:
        return Status.ALTERED, min(places, key=lambda place: abs(place.start - span.start))
    within = Span(min(span.start, len(text)), min(span.end, len(text)))
    if folded and SequenceMatcher(None, folded, there, autojunk=False).ratio() >= _SIMILAR:
        return Status.ALTERED, within
    return Status.NOT_FOUND, within


def check(citation: Citation, document: Document | None) -> Citation:
    """The citation with the status that the document gives it; None: no such document."""
    if document is None or document.id != citation.document_id:
        return replace(citation, status=Status.NOT_FOUND)
    status, span = judge(citation.quote, citation.span, document.text)
    return replace(citation, status=status, span=span)


def admit(citations: Iterable[Citation]) -> tuple[tuple[Citation, ...], tuple[str, ...]]:
    """Citations that may be shown, and the quotes of those that may not."""
    checked = tuple(citations)
    passed = tuple(citation for citation in checked if citation.status is Status.VERBATIM)
    failed = tuple(c.quote for c in checked if c.status is not Status.VERBATIM)
    return passed, failed


@lru_cache(maxsize=64)
def _fold(text: str) -> tuple[str, tuple[int, ...]]:
    """``text`` in the form that is compared, and the position of each of its characters."""
    characters: list[str] = []
    positions: list[int] = []
    gap: int | None = None  # where the white space before the next character begins
    for position, character in enumerate(text.translate(FOLDED)):
        if character.isspace():
            gap = position if gap is None else gap
            continue
        if gap is not None and characters and characters[-1] in _SOLID and character in _SOLID:
            characters.append(" ")
            positions.append(gap)
        gap = None
        characters.append(character)
        positions.append(position)
    return "".join(characters), tuple(positions)


def _occurrences(wanted: str, text: str) -> Iterator[int]:
    start = text.find(wanted) if wanted else -1
    while start >= 0:
        yield start
        start = text.find(wanted, start + 1)
