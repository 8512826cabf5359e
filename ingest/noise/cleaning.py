"""Noisy extracted text -> readable text: the steps, in order.

Each step finds one kind of noise and deletes it or replaces it one for one. Where something
was deleted there is room for a line break; the last step puts one wherever a new line is
known to start.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.draft import kept
from ingest.line_breaks import SUPERSCRIPTS
from ingest.noise.contents import find_contents
from ingest.noise.doubling import Run, doubled_runs
from ingest.noise.footnotes import Footnote, find_footnotes
from ingest.noise.layout import FlatText, find_layout
from ingest.noise.page_numbers import find_page_numbers
from ingest.noise.site import find_block_numbers, find_footer, invisible
from ingest.noise.wrapped_lines import find_wraps
from ingest.source_text import SourceText
from records import Block, Kind, Span, Table, covering

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_COVER_NUMBER = re.compile(r"\s*(\d{1,3} )(?=\D)")
_NEEDLESS_SPACES = re.compile(
    rf"(?<=[{_HAN}]) +(?=[（(])|(?<=\s) +|(?<=[。！？；，、：,;:]) +(?=[{_HAN}])"
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Readable text; spans count in ``source.text``."""

    source: SourceText
    headings: tuple[Span, ...] = ()
    tables: tuple[Table, ...] = ()
    blocks: tuple[Block, ...] = ()


@dataclass(slots=True)
class _Marks:
    """What was found, in positions of the raw text, which no edit moves."""

    lines: set[int] = field(default_factory=set)
    headings: list[Span] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


def clean(raw: str) -> Cleaned:
    """``raw`` without the noise of document-sharing sites and text extractors.

    Removes block numbers, line breaks inside sentences, text printed twice, tables of
    contents, page numbers and footers; marks footnotes, figures and tables; puts headings,
    captions and bold leads on lines of their own where something was deleted beside them.
    Tidy text stays as it is.
    """
    source = _edited(SourceText.of(raw), *invisible(raw))
    source = _edited(source, find_footer(source.text))
    blocks = find_block_numbers(source.text)
    source = _edited(source, blocks)
    if not blocks:
        source = _edited(source, *find_wraps(source.text))
    source, bold = _without_doubles(source)
    source, titles, body = _without_contents(source)
    marks = _Marks()
    source = _without_pages(source, marks, body)
    if blocks or bold:
        source = _with_layout(source, marks, titles, body, bold)
    return _finished(source, marks)


def _edited(
    source: SourceText, delete: Sequence[Span], replace: Mapping[int, str] | None = None
) -> SourceText:
    return source.edit(delete, replace) if delete or replace else source


def _raw(source: SourceText, span: Span) -> Span:
    """The interval of ``source.raw`` from the first to the last character of ``span``."""
    if not len(span):
        return Span(0, 0)
    return Span(source.origins[span.start], source.origins[span.end - 1] + 1)


def _without_doubles(source: SourceText) -> tuple[SourceText, list[Span]]:
    """The text with one copy of each doubled run, and those runs as raw intervals."""
    spare: list[Span] = []
    bold: list[Span] = []
    for run in doubled_runs(source.text):
        copies = [_copies(run, index) for index in range(len(run))]
        spare += [dropped for _, dropped in copies]
        bold.append(_raw(source, covering(stays for stays, _ in copies)))
    return _edited(source, spare), bold


def _copies(run: Run, index: int) -> tuple[Span, Span]:
    """The copy of a piece that stays, and the one that makes room for a line break.

    Room is left before a piece, but behind one that follows another and behind the last.
    """
    piece = run[index]
    if index and (run[index - 1].end == piece.start or index == len(run) - 1):
        return piece.first, piece.second
    return piece.second, piece.first


def _without_contents(source: SourceText) -> tuple[SourceText, tuple[str, ...], int]:
    """The text without its tables of contents, their titles, and where they end in raw."""
    contents = find_contents(source.text)
    if not contents:
        return source, (), 0
    end = source.origins[contents[-1].span.end - 1] + 1
    titles = tuple(title for table in contents for title in table.titles)
    return source.edit(table.span for table in contents), titles, end


def _without_pages(source: SourceText, marks: _Marks, body: int) -> SourceText:
    """The text without page numbers, and with footnotes in brackets where they stand."""
    start = bisect_left(source.origins, body)
    found = find_page_numbers(source.text[start:])
    if not found:
        return source
    pages = [Span(page.start + start, page.end + start) for page in found]
    replace: dict[int, str] = {}
    for note in find_footnotes(source.text, pages):
        replace |= _note_edits(source, note, marks)
    delete = [_with_spaces(source.text, page) for page in pages]
    cover = _COVER_NUMBER.match(source.text)
    if cover and cover.end() <= pages[0].start:
        delete.append(Span(*cover.span(1)))
    return source.edit(delete, replace)


def _with_spaces(text: str, number: Span) -> Span:
    """A page number and the spaces around it, but for one that parts Latin words."""
    start, end = number.start, number.end
    while start > 0 and text[start - 1] == " ":
        start -= 1
    while end < len(text) and text[end] == " ":
        end += 1
    around = text[start - 1 : start] + text[end : end + 1]
    latin = len(around) == 2 and around.isascii() and around.isalnum()
    return Span(start + latin, end)


def _note_edits(source: SourceText, note: Footnote, marks: _Marks) -> dict[int, str]:
    """Brackets around a note inside a sentence, a line for another; superscripts for both."""
    text, number = source.text, note.number
    replace = _raised(text, note.mark)
    start = number.start
    if text[start - 1] == " ":
        replace |= _raised(text, number)
        if note.inside:
            replace |= {start - 1: "〔", note.page.start: "〕"}
    elif note.inside:
        replace |= {start: "〔", note.page.start: "〕"}
        start += 1
    else:
        # The number makes room for the line break, the space behind it for the number.
        replace |= {start: "\n", number.end: text[start].translate(SUPERSCRIPTS)}
        start += 1
    marks.blocks.append(Block(Kind.FOOTNOTE, _raw(source, Span(start, note.note.end))))
    if not note.inside:
        after = note.page.end + (text[note.page.end : note.page.end + 1] == " ")
        marks.lines |= {source.origins[start], source.origins[min(after, len(text) - 1)]}
    return replace


def _raised(text: str, digits: Span) -> dict[int, str]:
    return {
        position: text[position].translate(SUPERSCRIPTS)
        for position in range(digits.start, digits.end)
    }


def _with_layout(
    source: SourceText, marks: _Marks, titles: tuple[str, ...], body: int, bold: Sequence[Span]
) -> SourceText:
    origins = source.origins
    layout = find_layout(
        FlatText(
            text=source.text,
            titles=titles,
            body=bisect_left(origins, body),
            bold=tuple(kept(source, run) for run in bold),
            notes=tuple(kept(source, block.span) for block in marks.blocks),
            room=frozenset(i for i, (a, b) in enumerate(pairwise(origins), 1) if b > a + 1),
        )
    )
    marks.lines |= {origins[position] for position in layout.lines if position < len(origins)}
    marks.headings += [_raw(source, heading) for heading in layout.headings]
    marks.blocks += [Block(block.kind, _raw(source, block.span)) for block in layout.blocks]
    marks.tables += [
        Table(
            span=_raw(source, table.span),
            rows=tuple(tuple(_raw(source, cell) for cell in row) for row in table.rows),
            caption=_raw(source, table.caption) if table.caption else None,
        )
        for table in layout.tables
    ]
    source = source.edit(layout.delete)
    return source.edit(Span(*match.span()) for match in _NEEDLESS_SPACES.finditer(source.text))


def _finished(source: SourceText, marks: _Marks) -> Cleaned:
    """The text with its line breaks, and everything found counted in it."""
    source = _with_line_breaks(source, marks.lines)
    tables = [
        Table(
            span=kept(source, table.span),
            rows=tuple(tuple(kept(source, cell) for cell in row) for row in table.rows),
            caption=kept(source, table.caption) if table.caption else None,
        )
        for table in marks.tables
    ]
    blocks = [Block(block.kind, kept(source, block.span)) for block in marks.blocks]
    return Cleaned(
        source=source,
        headings=tuple(sorted(kept(source, heading) for heading in marks.headings)),
        tables=tuple(tables),
        blocks=tuple(sorted(blocks, key=lambda block: block.span)),
    )


def _with_line_breaks(source: SourceText, lines: Iterable[int]) -> SourceText:
    """A line feed before each raw position of ``lines`` that a space or a deletion precedes."""
    if not lines:
        return source
    replace = {
        origin: character
        for origin, character in zip(source.origins, source.text, strict=True)
        if character != source.raw[origin]
    }
    dropped: set[int] = set()
    for line in lines:
        end = start = bisect_left(source.origins, line)
        while start > 0 and source.text[start - 1] == " ":
            start -= 1
        if start == 0 or end == len(source.text) or source.text[start - 1] == "\n":
            continue
        room = range(source.origins[start - 1] + 1, line)
        if room:
            replace[room[0]] = "\n"
            dropped.update(room[1:])
    stays = [origin for origin in source.origins if origin not in dropped]
    gaps = [Span(a + 1, b) for a, b in pairwise([-1, *stays, len(source.raw)])]
    return SourceText.of(source.raw).edit(gaps, replace)
