"""Control characters: no reader wants them, and a terminal would obey them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import accumulate

from ingest.draft import Draft
from records import Span

# C0 and C1 but for tab and line feed.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def printable(value: str) -> str:
    """A title or the like without control characters and white space at its ends."""
    return CONTROL.sub(lambda match: " " if match[0].isspace() else "", value).strip()


def without_controls(draft: Draft) -> Draft:
    """The draft without control characters; those that part words or lines become a space.

    What holds nothing else, such as a heading of one control character, goes with them.
    """
    text = draft.source.text
    found = [match.start() for match in CONTROL.finditer(text)]
    draft = replace(
        draft,
        title=printable(draft.title),
        publisher=printable(draft.publisher),
        date=printable(draft.date),
    )
    if not found:
        return draft
    spaces = {position: " " for position in found if text[position].isspace()}
    doomed = [position for position in found if position not in spaces]
    return _moved(draft, doomed, spaces)


def _moved(draft: Draft, doomed: Iterable[int], spaces: dict[int, str]) -> Draft:
    """The draft after an edit of its text, every span where its characters are now."""
    kept = bytearray(b"\x01") * len(draft.source.text)
    for position in doomed:
        kept[position] = 0
    places = [0, *accumulate(kept)]

    def moved(span: Span) -> Span:
        return Span(places[span.start], places[span.end])

    outline = (replace(heading, span=moved(heading.span)) for heading in draft.outline)
    tables = (
        replace(
            table,
            span=moved(table.span),
            rows=tuple(tuple(map(moved, row)) for row in table.rows),
            caption=moved(table.caption) if table.caption else None,
        )
        for table in draft.tables
    )
    blocks = (replace(block, span=moved(block.span)) for block in draft.blocks)
    return replace(
        draft,
        source=draft.source.edit((Span(at, at + 1) for at in doomed), spaces),
        pages=tuple(map(moved, draft.pages)),
        outline=tuple(heading for heading in outline if len(heading.span)),
        tables=tuple(table for table in tables if len(table.span)),
        blocks=tuple(block for block in blocks if len(block.span)),
    )
