"""Which documents are asked: those of an id, a publisher, a period."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date as Date

from app.claims.numerals import value_of
from errors import DocumentNotFound
from index.folding import fold
from index.store import Entry

_DATE = re.compile(
    r"\s*([12][0-9]{3})(?:\s*[-/.年]\s*([0-9]{1,2})(?!\s*季)(?:\s*[-/.月]\s*([0-9]{1,2}))?)?"
)
_NUMERAL = re.compile("[〇零一二三四五六七八九十]+")


@dataclass(frozen=True, slots=True)
class Scope:
    """What the documents asked must have in common; what is empty doesn't matter.

    ``publisher`` is a part of the publisher's name. ``since`` and ``until`` are dates, both
    inclusive and as exact as one likes: 2023, 2023-06, 2023-06-30.
    """

    documents: tuple[str, ...] = ()
    publisher: str = ""
    since: str = ""
    until: str = ""

    def ids(self, entries: Iterable[Entry]) -> tuple[str, ...]:
        """Ids of the entries within, in their order; empty where nothing is demanded.

        An id that no entry has is passed on. Raises DocumentNotFound when nothing is left.
        """
        if not self.narrowed:
            return self.documents
        chosen = tuple(entry.id for entry in entries if self._holds(entry))
        if not chosen:
            said = "，".join(filter(None, (self.publisher, self._period())))
            raise DocumentNotFound(
                f"资料库里没有这样的文档（{said}）。请用 youju docs list 查看各文档的发布者和日期，"
                "用 youju docs edit 更正。",
                f"no document is like that ({said}). See publishers and dates in youju docs list, "
                "and correct them with youju docs edit.",
            )
        return chosen

    def _holds(self, entry: Entry) -> bool:
        if self.documents and entry.id not in self.documents:
            return False
        if self.publisher and fold(self.publisher) not in fold(entry.publisher):
            return False
        date = moment(entry.date)
        if (self.since or self.until) and not date:
            return False
        return not _before(date, moment(self.since)) and not _before(moment(self.until), date)

    @property
    def narrowed(self) -> bool:
        """Whether publisher or date are demanded."""
        return bool(self.publisher or self.since or self.until)

    def _period(self) -> str:
        return f"{self.since}–{self.until}" if self.since or self.until else ""


def moment(date: str) -> tuple[int, ...]:
    """Year, month and day as far as ``date`` gives them; empty when it gives no year.

    Empty, too, for a date that no calendar has.
    """
    found = _DATE.match(_in_digits(date))
    if not found:
        return ()
    known = tuple(int(part) for part in found.groups() if part)
    try:
        Date(*(*known, 1, 1)[:3])
    except ValueError:
        return ()
    return known


def _in_digits(date: str) -> str:
    """``date`` with Chinese numerals as digits: 二〇二五年二月十九日 is 2025年2月19日."""
    return _NUMERAL.sub(lambda found: str(value_of(found.group()) or ""), date.replace("○", "〇"))


def _before(one: Sequence[int], other: Sequence[int]) -> bool:
    """Whether ``one`` is certainly earlier, as far as both are known."""
    known = min(len(one), len(other))
    return tuple(one[:known]) < tuple(other[:known])
