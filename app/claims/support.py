"""What may carry a claim: sentences of the passages, neighbours together, and rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from app.claims.facts import Facts, facts
from app.claims.periods import Period, bare_year, periods
from app.claims.spelling import aligned
from app.orders import is_order
from ingest.sentences import sentences
from records import Passage, Span, covering

MOST_SENTENCES = 3
BAR = " | "
_UNIT_IN_BRACKETS = re.compile(
    r"[（(](?:单位[:：])?(?P<unit>[^（）()0-9]{1,8})[）)]|单位[:：] ?(?P<said>[^ ，；）)\n]{1,8})"
)
_BARE_NUMBER = re.compile(r"[0-9.,\- ]*[0-9]")


@dataclass(frozen=True, slots=True)
class Window:
    """Sentences of one passage, or a row, as a claim is compared with them.

    ``text`` is what they say, ``context`` what stands above them, ``before`` the times named
    above and before them, ``earlier`` the text of the passage before them. ``evidence`` is
    their place in the document, ``passage`` the position of the passage that was given.
    """

    passage: int
    evidence: Span
    text: str
    context: str
    before: tuple[Period, ...]
    earlier: str = ""
    tabular: bool = False
    sentences: int = 1

    @property
    def facts(self) -> Facts:
        """The facts of the text."""
        return facts(self.text)


def windows(position: int, passage: Passage) -> Iterator[Window]:
    """All windows of a passage, single sentences first; an order to the reader is in none."""
    above = periods(aligned(passage.context))
    if passage.cells:
        said = row_as_said(passage)
        if is_order(said):
            return
        yield Window(position, passage.span, said, passage.context, above, tabular=True)
        return
    places = sentences(passage.text)
    orders = {n for n, place in enumerate(places) if is_order(place.of(passage.text))}
    for size in range(1, MOST_SENTENCES + 1):
        for first in range(len(places) - size + 1):
            if orders & set(range(first, first + size)):
                continue
            span = covering(places[first : first + size])
            earlier = passage.text[: span.start]
            yield Window(
                passage=position,
                evidence=Span(passage.span.start + span.start, passage.span.start + span.end),
                text=span.of(passage.text),
                context=passage.context,
                before=above + tuple(p for p in periods(aligned(earlier)) if not p.reference),
                sentences=size,
                earlier=earlier,
            )


def all_windows(passages: Sequence[Passage], limit: int = 400) -> tuple[Window, ...]:
    """The windows of all passages, in their order; no more than ``limit`` of one passage."""
    return tuple(
        window
        for position, passage in enumerate(passages)
        for window in islice(windows(position, passage), limit)
    )


def joined(places: Sequence[Window]) -> Window:
    """Several windows read as one text; its evidence is that of the first."""
    first = places[0]
    return Window(
        passage=first.passage,
        evidence=first.evidence,
        text=BAR.join(window.text for window in places),
        context="\n".join(window.context for window in places),
        before=tuple(period for window in places for period in window.before),
        earlier="\n".join(window.earlier for window in places),
    )


def row_as_said(passage: Passage) -> str:
    """A row as one would say it, a bar between cells: units and years of the header are put in.

    ``2022：1.8`` below ``投资规模（万亿元）`` becomes ``2022年：1.8万亿元``.
    """
    texts = passage.cell_texts
    label = texts[0] if texts else ""
    general = _unit(label) or _unit(passage.header)
    return BAR.join(
        _cell(cell.column, said, _unit(cell.column) or general)
        for cell, said in zip(passage.cells, texts, strict=True)
    )


def _cell(column: str, said: str, unit: str) -> str:
    name = aligned(column)
    year = bare_year(name)
    head = f"{year.year}年" if year else column
    value = aligned(said).strip()
    if unit and _BARE_NUMBER.fullmatch(value):
        said = f"{said.strip()}{unit}"
    elif bare_year(value):
        said = f"{value}年"
    return f"{head}：{said}" if head else said


def _unit(text: str) -> str:
    match = _UNIT_IN_BRACKETS.search(text)
    return (match["unit"] or match["said"] or "").strip() if match else ""
