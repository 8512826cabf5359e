"""A citation as a reference list has it: GB/T 7714—2015, numeric form."""

from __future__ import annotations

import re
from pathlib import Path

from app.scope import moment
from records import Citation

# Annex B: R report, EB web page (OL: online), DB database.
_REPORT, _WEB_PAGE, _DATA = "R", "EB/OL", "DB"
_TYPES = {
    **dict.fromkeys((".html", ".htm"), _WEB_PAGE),
    **dict.fromkeys((".xlsx", ".csv", ".tsv"), _DATA),
}
_HAN = re.compile("[一-鿿]")


def reference(citation: Citation, cited_on: str = "") -> str:
    """``发布者. 题名[R]. 2024: 12.``, by GB/T 7714—2015.

    4.1.2 and 4.6.2 give the elements and their order, Annex B the type, by the file's suffix.
    The publisher stands as the body responsible (8.1.4) and isn't repeated as publisher; where
    it is unknown the element is left out (8.1.3) and the publisher noted as unknown, in the
    title's language (8.4.2.3), but for a web page, which may leave it out (the same). The place
    of publication is known of no document and left out. A year stands alone (8.4.3.1); a web
    page has the date of its update in round brackets, as exact as it is known, and the date of
    citing, ``cited_on`` as YYYY-MM-DD, in square ones (8.4.4). The page quoted follows (8.5).
    """
    kind = _TYPES.get(Path(citation.path).suffix.lower(), _REPORT)
    responsible = _element(citation.publisher)
    head = f"{_element(citation.title)}[{kind}]"
    date = moment(citation.date)
    if kind == _WEB_PAGE:
        issued = _updated(date, cited_on)
    else:
        publisher = "" if responsible else _unknown(citation.title)
        issued = ", ".join(filter(None, (publisher, *map(str, date[:1]))))
    page = "" if citation.page is None else f": {citation.page}"
    return ". ".join(filter(None, (responsible, head, issued))) + f"{page}."


def _element(text: str) -> str:
    """One line without the full stop that would end the element."""
    return " ".join(text.split()).rstrip(".。 ")


def _unknown(title: str) -> str:
    return "[出版者不详]" if _HAN.search(title) else "[s.n.]"


def _updated(date: tuple[int, ...], cited_on: str) -> str:
    year_month_day = "-".join(f"{part:02}" for part in date)
    updated = f"({year_month_day})" if date else ""
    return updated + (f"[{cited_on}]" if cited_on else "")
