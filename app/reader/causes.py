"""Why? The reason stands before 因此 or after 由于, and what it explains on the other side."""

from __future__ import annotations

import re

from ingest.sentences import trimmed
from records import Span

_SENTENCE_END = re.compile(r"[。！？；\t\n]")
_HENCE = re.compile(r"[，,]\s?(?:因此|因而|所以|于是|从而|故而|由此|致使|以致)")
_SINCE = re.compile(r"(?:因为|由于|缘于|源于|得益于)")
_COMMA = re.compile(r"，|,(?![0-9])")


def cause(text: str, span: Span) -> Span:
    """What the sentence of ``span`` gives as the cause of it; ``span`` where it names none.

    中部的省份全部在第二梯队之中，因此中部最具潜力。 gives its first half for a span in the second.
    """
    start = max((m.end() for m in _SENTENCE_END.finditer(text, 0, span.start)), default=0)
    ending = _SENTENCE_END.search(text, span.end)
    end = ending.start() if ending else len(text)
    hence = [m.start() for m in _HENCE.finditer(text, start, end) if m.start() <= span.start]
    if hence:
        return trimmed(text, Span(start, hence[-1]))
    since = _SINCE.search(text, start, end)
    if since and span.end <= since.start():
        return trimmed(text, Span(since.start(), end))
    if since and since.end() <= span.start:
        comma = _COMMA.search(text, since.end(), span.start)
        if comma:
            return trimmed(text, Span(since.start(), comma.start()))
    return span
