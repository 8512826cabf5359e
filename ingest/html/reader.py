"""HTML: the main text, each character at its place in the page's source."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ingest.draft import Draft
from ingest.html.encoding import decode_html
from ingest.html.page import Page
from ingest.html.tags import FURNITURE
from ingest.source_text import SourceText
from ingest.zero_width import without_zero_width

# What government sites, news sites and Open Graph call them, the most telling first.
PUBLISHERS = ("contentsource", "publisher", "source", "og:site_name", "sitename")
DATES = ("pubdate", "publishdate", "article:published_time", "dc.date", "date")
DATE = re.compile(r"[12][0-9]{3}[-/.年][0-9]{1,2}(?:[-/.月][0-9]{1,2}日?)?")


def read_html(data: bytes) -> Draft:
    """The text of a page without scripts, navigation, page header and footer, and forms.

    What an element's own attributes hide is left out. One line per block; table cells are
    parted by tabs, a place that another cell covers is empty; an entity stands at the
    position of its ``&``. Publisher and date are what the page's metadata say. Raises
    CorruptFile when the bytes can't be decoded.
    """
    raw = decode_html(data)
    page = _main_text(raw)
    source = SourceText(raw, "".join(page.characters), tuple(page.origins))
    first = next((each.span.of(source.text) for each in page.outline if each.level == 1), "")
    return Draft(
        source=source,
        title=" ".join(without_zero_width("".join(page.title)).split()) or first,
        outline=tuple(page.outline),
        tables=tuple(page.tables),
        publisher=_first(page.metadata, PUBLISHERS),
        date=date[0] if (date := DATE.match(_first(page.metadata, DATES))) else "",
    )


def _first(metadata: Mapping[str, str], names: Sequence[str]) -> str:
    return next((metadata[name] for name in names if name in metadata), "")


def _main_text(raw: str) -> Page:
    """The page without furniture and veils, unless these hold nearly all of it.

    Some sites wrap the whole page in one form or header, others veil it until a script runs.
    """
    page = _parse(raw, FURNITURE)
    if page.furniture:
        whole = _parse(raw, frozenset())
        if len(page.characters) * 4 < len(whole.characters):
            page = whole
    if page.veils:
        unveiled = _parse(raw, FURNITURE, lift_veils=True)
        if len(page.characters) * 4 < len(unveiled.characters):
            page = unveiled
    return page


def _parse(raw: str, furniture: frozenset[str], lift_veils: bool = False) -> Page:
    page = Page(raw, furniture, lift_veils)
    page.feed(raw)
    page.close()
    page.finish()
    return page
