"""The elements of HTML by what they do to the text in them."""

from __future__ import annotations


def _names(line: str) -> frozenset[str]:
    return frozenset(line.split())


SILENT = _names(
    "head title script style noscript template svg math iframe object select textarea button"
)
FURNITURE = _names("nav header footer form aside")
BLOCKS = _names(
    "address article blockquote body br center dd details div dl dt fieldset figcaption figure "
    "h1 h2 h3 h4 h5 h6 hr li main ol p pre section summary table tbody tfoot thead ul"
)
HEADINGS = _names("h1 h2 h3 h4 h5 h6")
TABLE_TAGS = _names("table tr td th")
ROW_GROUPS = _names("thead tbody tfoot")
CELLS = _names("td th")
# A start tag ends the elements that stand open just above it and may lack an end tag.
ENDED_BY = dict.fromkeys(BLOCKS - _names("br body tbody tfoot thead"), _names("p")) | {
    "li": _names("p li"),
    "dt": _names("p dt dd"),
    "dd": _names("p dt dd"),
    "option": _names("option"),
    **dict.fromkeys(CELLS, _names("p td th")),
    "tr": _names("p td th tr"),
    **dict.fromkeys(ROW_GROUPS, _names("p td th tr thead tbody tfoot")),
}
VOID = _names("area base br col embed hr img input link meta source track wbr")
