"""TXT: bytes -> Draft."""

from __future__ import annotations

from ingest.cover import read_cover
from ingest.decode import decode
from ingest.draft import Draft
from ingest.noise.cleaning import clean
from ingest.outline import find_headings, levels
from records import Heading, Span


def read_plain_text(data: bytes) -> Draft:
    """The readable text of a TXT file with outline, tables, footnotes, title and cover.

    Raises CorruptFile when the bytes aren't text.
    """
    cleaned = clean(decode(data))
    text = cleaned.source.text
    headings = _merged(cleaned.headings, [heading.span for heading in find_headings(text)])
    outline = tuple(
        Heading(level, span)
        for level, span in zip(levels([span.of(text) for span in headings]), headings, strict=True)
    )
    cover = read_cover(text[: headings[0].start] if headings else text)
    return Draft(
        source=cleaned.source,
        title=cover.title,
        outline=outline,
        tables=cleaned.tables,
        blocks=cleaned.blocks,
        publisher=cover.publisher,
        date=cover.date,
    )


def _merged(known: tuple[Span, ...], found: list[Span]) -> list[Span]:
    known_or_found = list(known)
    known_or_found += [s for s in found if not any(s.overlaps(other) for other in known)]
    return sorted(known_or_found)
