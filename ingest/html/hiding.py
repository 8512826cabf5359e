"""Which elements of a page nobody sees, as far as their own attributes tell."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

Attributes = Sequence[tuple[str, str | None]]


class Sight(Enum):
    """How an element is shown."""

    SHOWN = auto()
    VEILED = auto()  # not seen, but it takes its place: a cell keeps its column
    ABSENT = auto()


def sight(attributes: Attributes) -> Sight:
    """How an element with these attributes is shown; names are in lower case.

    Looks at ``hidden``, ``aria-hidden`` and the element's own style, never at style sheets.
    """
    if not attributes:
        return Sight.SHOWN
    values = {name: (value or "").strip() for name, value in attributes}
    style = _declarations(values.get("style", ""))
    if "hidden" in values or style.get("display") == "none":
        return Sight.ABSENT
    unseen = style.get("visibility") in ("hidden", "collapse")
    return (
        Sight.VEILED if unseen or values.get("aria-hidden", "").lower() == "true" else Sight.SHOWN
    )


def _declarations(style: str) -> dict[str, str]:
    """The properties of a ``style`` attribute; the last of a name wins."""
    pairs = (each.partition(":") for each in style.lower().split(";"))
    return {name.strip(): value.partition("!")[0].strip() for name, _, value in pairs}
