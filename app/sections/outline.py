"""The sections of a document, and which of them a question means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.sections.asked import SectionAsked, Step, number_of
from index.folding import fold
from records import Document, Span

_NUMERAL = r"[〇零一二三四五六七八九十]{1,3}|[0-9]{1,2}"
_NUMBERING = re.compile(
    rf"(?:第 ?(?P<ordinal>{_NUMERAL}) ?(?P<unit>[章节篇编]|部分)"
    r"|(?P<listed>[一二三四五六七八九十]{1,3})[、．.]"
    rf"|[（(](?P<bracketed>{_NUMERAL})[）)]"
    r"|(?P<decimal>[0-9]{1,2}(?:[.．][0-9]{1,2}){0,3})(?=[^0-9A-Za-z年月日%]))"
    r"[.．、:： 　\t]*"
)
_MARKS = re.compile(r"[^0-9a-z\u3400-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and all below it: ``span`` runs to the next heading of its level or above.

    ``numbers`` are how it is numbered, (3, 2) for 3.2, empty without a number; ``unit`` is 章
    or 节 where its heading says so. ``path`` are the titles from the outermost to its own.
    """

    document_id: str
    level: int
    span: Span
    path: tuple[str, ...]
    numbers: tuple[int, ...] = ()
    unit: str = ""

    @property
    def title(self) -> str:
        """Its heading as it stands in the text."""
        return self.path[-1]

    @property
    def key(self) -> str:
        """Its heading without number, white space and punctuation, for comparing."""
        return key_of(self.title)


def sections(document: Document) -> tuple[Section, ...]:
    """The sections of a document in order, each before those within it."""
    found = []
    for place, heading in enumerate(document.outline):
        later = document.outline[place + 1 :]
        end = next((h.span.start for h in later if h.level <= heading.level), len(document.text))
        path = document.headings_at(heading.span.start)
        numbers, unit = _numbering(path[-1])
        span = Span(heading.span.start, end)
        found.append(Section(document.id, heading.level, span, path, numbers, unit))
    return tuple(found)


def key_of(title: str) -> str:
    """A title as titles are compared: folded, without number, white space and punctuation."""
    folded = fold(title).strip()
    numbering = _NUMBERING.match(folded)
    bare = folded[numbering.end() :] if numbering else folded
    return _MARKS.sub("", bare.lower())


def matching(asked: SectionAsked, all_sections: Sequence[Section]) -> tuple[Section, ...]:
    """The sections of one document that may be meant, in order."""
    if asked.steps:
        return _numbered(asked.steps, all_sections)
    wanted = key_of(asked.title)
    alike = [s for s in all_sections if s.key == wanted]
    if not alike and len(wanted) > 1:
        alike = [s for s in all_sections if wanted in s.key]
    return tuple(s for s in alike if not any(_within(s, other) for other in alike))


def nearest(asked: SectionAsked, all_sections: Sequence[Section], most: int) -> tuple[Section, ...]:
    """Sections to offer instead: those with the likeliest titles, else the outermost ones."""
    wanted = _pairs(key_of(asked.title))
    scored = [(len(wanted & _pairs(s.key)) / (len(s.key) or 1), s) for s in all_sections]
    alike = sorted((pair for pair in scored if pair[0]), key=lambda pair: -pair[0])
    return tuple(s for _, s in alike[:most]) or _outermost(all_sections)[:most]


def _numbered(steps: Sequence[Step], all_sections: Sequence[Section]) -> tuple[Section, ...]:
    written = tuple(step.number for step in steps)
    if len(steps) > 1 and not any(step.unit for step in steps):
        direct = tuple(s for s in all_sections if s.numbers == written)
        if direct:
            return direct
    found = _at(steps[0], all_sections)
    for step in steps[1:]:
        found = tuple(
            inner
            for outer in found
            for inner in _at(step, [s for s in all_sections if _within(s, outer)])
        )
    return found


def _at(step: Step, among: Sequence[Section]) -> tuple[Section, ...]:
    """Those with a step's number: of its own unit if there are any, else of the highest level."""
    own = [s for s in among if step.unit and s.unit == step.unit]
    counted = [s for s in among if s.numbers]
    highest = min((s.level for s in counted), default=0)
    pool = own or [s for s in counted if s.level == highest]
    return tuple(s for s in pool if s.numbers[-1] == step.number)


def _outermost(among: Sequence[Section]) -> tuple[Section, ...]:
    """Those of the highest level that has more than one, which a document's title hasn't."""
    for level in sorted({s.level for s in among}):
        found = tuple(s for s in among if s.level == level)
        if len(found) > 1 or level == max(s.level for s in among):
            return found
    return ()


def _within(inner: Section, outer: Section) -> bool:
    return inner.span != outer.span and outer.span.contains(inner.span)


def _numbering(title: str) -> tuple[tuple[int, ...], str]:
    found = _NUMBERING.match(fold(title).strip())
    if found is None:
        return (), ""
    if found["decimal"]:
        return tuple(int(part) for part in re.split("[.．]", found["decimal"])), ""
    numeral = found["ordinal"] or found["listed"] or found["bracketed"]
    return (number_of(numeral.replace("〇", "零")),), found["unit"] or ""


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}
