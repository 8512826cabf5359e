"""The marks ``[n]`` of an answer's text that name its citations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from records import Citation, Span

_LIKE_A_MARK = re.compile(r"\[([0-9]+)\]")


def unmarked(text: str) -> str:
    """``text`` with nothing in it that looks like a mark: a document's own [1] is none."""
    return _LIKE_A_MARK.sub(r"〔\1〕", text)


def marks(text: str, citations: Sequence[Citation]) -> Iterator[tuple[Span, int]]:
    """Each mark of ``text``, or of a part of it, with the number of the citation that it names.

    A mark inside a quote is the document's own and none of ours.
    """
    known = {citation.number for citation in citations}
    quotes = sorted({citation.quote for citation in citations}, key=len, reverse=True)
    pattern = "|".join([*map(re.escape, filter(None, quotes)), r"\[([0-9]{1,4})\]"])
    for found in re.finditer(pattern, text):
        if found[1] and int(found[1]) in known:
            yield Span(*found.span()), int(found[1])
