"""Quotes marked in a text, as HTML."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from app.gate import locate


def marked(text: str, quotes: Iterable[str]) -> Markup:
    """The text, escaped, with each place marked where one of the quotes stands."""
    pieces, done = [], 0
    for span in sorted(span for quote in quotes for span in locate(quote, text)):
        if span.start >= done:
            pieces.append(Markup.escape(text[done : span.start]))
            pieces.append(Markup("<mark>{}</mark>").format(span.of(text)))
            done = span.end
    return Markup().join([*pieces, Markup.escape(text[done:])])
