"""Noisy extracted text -> readable text: the steps, in order.

Each step finds one kind of noise and deletes it or replaces it one for one. Where something
was deleted there is room for a line break; the last step puts one wherever a new line is
known to start.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.contents import find_contents, place_titles
from ingest.doubling import Run, doubled_runs
from ingest.draft import kept
from ingest.flat_layout import cells_of, find_captions, find_labels, find_rows, find_sources
from ingest.footnotes import Footnote, find_footnotes
from ingest.line_breaks import superscript
from ingest.outline import heading_style
from ingest.page_numbers import find_page_numbers
from ingest.site import find_block_numbers, find_footer, invisible
from ingest.source_text import SourceText
from records import Block, Kind, Span, Table, covering

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_SPACED_NAME = re.compile(r"(?<![^\s）)。])[前序引摘结后] [言要语论记](?=\s)")
_COVER = 300
_COVER_GAP = re.compile(r" (?!年|月|日|[（(]|\d{1,2} ?[月日])")
_FIRST_NUMBER = re.compile(r"\s*(\d{1,3} )(?=\D)")
_NEEDLESS_SPACES = re.compile(rf"(?<=[{_HAN}])[ ]+(?=[（(])|(?<=\s) +|(?<=[。！？；，、：,;:]) +(?=[{_HAN}])")
_LEAD_FOLLOWS = "。！？!?”）):：¹²³⁴⁵⁶⁷⁸⁹⁰"
_LONGEST_TITLE = 60
_CAPTION_START = "图表"


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

    Removes block numbers, text printed twice, tables of contents, page numbers and footers;
    marks footnotes, figures and tables; puts headings, captions and bold leads on lines of
    their own where something was deleted beside them. Tidy text stays as it is.
    """
    source = SourceText.of(raw)
    delete, replace = invisible(raw)
    source = source.edit(delete, replace)
    source = source.edit(find_footer(source.text))
    blocks = find_block_numbers(source.text)
    source = source.edit(blocks)
    marks = _Marks()
    source, leads = _without_doubles(source)
    source, titles, body = _without_contents(source, marks)
    source = _without_pages(source, marks, body)
    if blocks or leads:
        source = _with_layout(source, marks, titles, body, leads)
    return _finished(source, marks)


def _raw(source: SourceText, span: Span) -> Span:
    """The interval of ``source.raw`` from the first to the last character of ``span``."""
    return Span(source.origins[span.start], source.origins[span.end - 1] + 1)


def _without_doubles(source: SourceText) -> tuple[SourceText, list[Span]]:
    """One copy of each doubled run; the runs that stay, as raw intervals."""
    spare: list[Span] = []
    leads: list[Span] = []
    for run in doubled_runs(source.text):
        copies = [_copies(run, index) for index in range(len(run))]
        spare += [dropped for _, dropped in copies]
        leads.append(_raw(source, covering(stays for stays, _ in copies)))
    return source.edit(spare), leads


def _copies(run: Run, index: int) -> tuple[Span, Span]:
    """The copy of a piece that stays, and the one that makes room for a line break.

    Room is left before a piece, but behind one that follows another and behind the last.
    """
    piece = run[index]
    if index and (run[index - 1].end == piece.start or index == len(run) - 1):
        return piece.first, piece.second
    return piece.second, piece.first


def _without_contents(
    source: SourceText, marks: _Marks
) -> tuple[SourceText, tuple[str, ...], int]:
    """The text without its tables of contents, their titles, and where the body starts in raw."""
    contents = find_contents(source.text)
    if not contents:
        return source, (), 0
    body = source.origins[contents[-1].span.end - 1] + 1
    titles = tuple(title for table in contents for title in table.titles)
    return source.edit(table.span for table in contents), titles, body


def _without_pages(source: SourceText, marks: _Marks, body: int) -> SourceText:
    """Page numbers deleted; footnotes bracketed where they stand."""
    start = bisect_left(source.origins, body)
    text = source.text[start:]
    pages = [Span(page.start + start, page.end + start) for page in find_page_numbers(text)]
    if not pages:
        return source
    notes = find_footnotes(source.text, pages)
    replace: dict[int, str] = {}
    delete: list[Span] = []
    for note in notes:
        replace |= _note_edits(source, note, marks)
    delete = [_with_spaces(source.text, page) for page in pages]
    if (first := _FIRST_NUMBER.match(source.text)) and first.start(1) < pages[0].start:
        delete.append(Span(*first.span(1)))
    return source.edit(delete, replace)


def _with_spaces(text: str, number: Span) -> Span:
    start, end = number.start, number.end
    while start > 0 and text[start - 1] == " ":
        start -= 1
    while end < len(text) and text[end] == " ":
        end += 1
    latin = text[start - 1 : start].isascii() and text[start - 1 : start].isalnum()
    if latin and end < len(text) and text[end].isascii() and text[end].isalnum():
        start += 1
    return Span(start, end)


def _note_edits(source: SourceText, note: Footnote, marks: _Marks) -> dict[int, str]:
    text, number = source.text, note.number
    replace = dict(zip(_range(note.mark), superscript_of(note.mark.of(text)), strict=True))
    spaced = text[number.start - 1] == " "
    if note.inside:
        opening = number.start - 1 if spaced else number.start
        replace[opening] = "〔"
        replace[note.page.start] = "〕"
    if spaced:
        replace |= dict(zip(_range(number), superscript_of(number.of(text)), strict=True))
    elif not note.inside:
        # The note's number makes room for the line break and the space for the number.
        replace[number.start] = "\n"
        replace[number.end] = superscript_of(number.of(text))[0]
    start = number.start if spaced else number.start + 1
    span = _raw(source, Span(start, note.note.end))
    marks.blocks.append(Block(Kind.FOOTNOTE, span))
    if not note.inside:
        marks.lines |= {span.start, _next(source, note.page.end)}
    return replace


def superscript_of(digits: str) -> str:
    """``12`` gives ``¹²``."""
    return superscript(int(digits))


def _range(span: Span) -> range:
    return range(span.start, span.end)


def _next(source: SourceText, position: int) -> int:
    """The raw position of the first character from ``position`` on that isn't white space."""
    while position < len(source.text) and source.text[position].isspace():
        position += 1
    return source.origins[position] if position < len(source.text) else len(source.raw)


def _with_layout(
    source: SourceText, marks: _Marks, titles: Sequence[str], body: int, leads: list[Span]
) -> SourceText:
    """Headings, captions, tables and leads of a text that lost its lines."""
    start = bisect_left(source.origins, body)
    numbered = [title for title in titles if title[0] not in _CAPTION_START]
    headings = [span for span in place_titles(source.text, numbered, start) if _free(source, span)]
    headings += _bold_titles(source, leads, headings)
    headings += [Span(*name.span()) for name in _SPACED_NAME.finditer(source.text)]
    headings.sort()
    captions = _captions(source.text, titles, start, headings)
    sources = [s for s in find_sources(source.text) if not _in_note(source, s, marks)]
    labels = find_labels(source.text)
    for span in (*headings, *captions, *labels):
        marks.lines |= {source.origins[span.start], _next(source, span.end)}
    for span in sources:
        marks.lines |= {source.origins[span.start], _next(source, span.end)}
    marks.headings += [_raw(source, heading) for heading in headings]
    marks.blocks += [Block(Kind.FIGURE, _raw(source, span)) for span in labels]
    delete = _figures_and_tables(source, marks, captions, sources, headings, leads)
    for lead in leads:
        at = bisect_left(source.origins, lead.start)
        if source.text[:at].rstrip(" \n")[-1:] in _LEAD_FOLLOWS if at < 400 else _follows(source, at):
            marks.lines.add(lead.start)
    delete += _cover_lines(source, marks, headings)
    return source.edit(delete)


def _follows(source: SourceText, position: int) -> bool:
    while position > 0 and source.text[position - 1] in " \n":
        position -= 1
    return source.text[position - 1 : position] in _LEAD_FOLLOWS


def _free(source: SourceText, span: Span) -> bool:
    """Whether a title could start a line here: behind a sentence, a space or something deleted."""
    if span.start == 0 or source.text[span.start - 1] in " \n。！？":
        return True
    return source.origins[span.start] - source.origins[span.start - 1] > 1


def _bold_titles(
    source: SourceText, leads: list[Span], placed: list[Span]
) -> Iterator[Span]:
    """Numbered titles printed bold that no table of contents names."""
    for lead in leads:
        span = kept(source, lead)
        content = span.of(source.text).split(" ")[0]
        title = Span(span.start, span.start + len(content))
        if not content or len(content) > _LONGEST_TITLE or "。" in content:
            continue
        if heading_style(content) and not any(title.overlaps(other) for other in placed):
            yield title


def _captions(
    text: str, titles: Sequence[str], start: int, headings: list[Span]
) -> list[Span]:
    wanted = [title for title in titles if title[0] in _CAPTION_START]
    placed = [
        span
        for letter in _CAPTION_START
        for span in place_titles(text, [t for t in wanted if t[0] == letter], start)
    ]
    for caption in find_captions(text):
        end = min([h.start for h in headings if caption.start < h.start] + [caption.end])
        caption = Span(caption.start, end)
        if not any(caption.overlaps(other) for other in placed):
            placed.append(caption)
    return sorted(placed)


def _in_note(source: SourceText, span: Span, marks: _Marks) -> bool:
    raw = _raw(source, span)
    return any(block.span.overlaps(raw) for block in marks.blocks)


def _figures_and_tables(
    source: SourceText,
    marks: _Marks,
    captions: list[Span],
    sources: list[Span],
    headings: list[Span],
    leads: list[Span],
) -> list[Span]:
    delete: list[Span] = []
    for caption in captions:
        if caption.of(source.text).startswith("图"):
            above = [s for s in sources if s.end <= caption.start]
            start = caption.start
            if above and not source.text[above[-1].end : caption.start].strip():
                start = above[-1].start
            end = caption.end
            while source.text[end : end + 1] and source.text[end] in "⁰¹²³⁴⁵⁶⁷⁸⁹":
                end += 1
            marks.lines.add(_next(source, end))
            if end > caption.end:
                marks.lines.discard(source.origins[caption.end])
            marks.blocks.append(Block(Kind.FIGURE, _raw(source, Span(start, end))))
            continue
        stops = [s.start for s in (*captions, *headings) if s.start > caption.start]
        limit = min(stops, default=len(source.text))
        below = [s for s in sources if caption.end <= s.start < limit]
        header = _header_row(source, caption, leads)
        if below and header:
            delete += _table(source, marks, caption, header, below[0])
    return delete


def _header_row(source: SourceText, caption: Span, leads: list[Span]) -> Span | None:
    """The bold run right behind the caption."""
    for lead in leads:
        span = kept(source, lead)
        if span.start >= caption.end and not source.text[caption.end : span.start].strip():
            return span
    return None


def _table(
    source: SourceText, marks: _Marks, caption: Span, header: Span, note: Span
) -> list[Span]:
    """Marks a table; what to delete: its header row where a new page repeats it."""
    text = source.text
    repeated = [
        Span(match.start(), match.end())
        for match in re.finditer(re.escape(header.of(text)) + " ?", text[: note.start])
        if match.start() >= header.end
    ]
    columns = cells_of(text, header)
    rows: list[tuple[Span, ...]] = [columns]
    edges = [header.end, *(edge for span in repeated for edge in (span.start, span.end)), note.start]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        rows += find_rows(text, Span(start, end), len(columns))
    rows.append((note,))
    marks.lines |= {source.origins[row[0].start] for row in rows}
    marks.tables.append(
        Table(
            span=_raw(source, Span(header.start, note.end)),
            rows=tuple(tuple(_raw(source, cell) for cell in row) for row in rows),
            caption=_raw(source, caption),
        )
    )
    return repeated


def _cover_lines(source: SourceText, marks: _Marks, headings: list[Span]) -> list[Span]:
    """Puts what stands on the cover on lines; deletes the space inside ``前 言``."""
    cover = min((heading.start for heading in headings), default=0)
    if cover <= _COVER:
        for gap in _COVER_GAP.finditer(source.text, 0, cover):
            marks.lines.add(source.origins[gap.end()])
    return [
        Span(heading.start + 1, heading.start + 2)
        for heading in headings
        if _SPACED_NAME.fullmatch(heading.of(source.text) )
    ]


def _finished(source: SourceText, marks: _Marks) -> Cleaned:
    """The text with its line breaks, and everything found counted in it."""
    if marks.lines:
        source = source.edit(Span(*m.span()) for m in _NEEDLESS_SPACES.finditer(source.text))
        source = _with_line_breaks(source, marks.lines)
    tables = tuple(
        Table(
            span=kept(source, table.span),
            rows=tuple(tuple(kept(source, cell) for cell in row) for row in table.rows),
            header_rows=table.header_rows,
            caption=kept(source, table.caption) if table.caption else None,
        )
        for table in marks.tables
    )
    blocks = sorted(
        (Block(block.kind, kept(source, block.span)) for block in marks.blocks),
        key=lambda block: block.span,
    )
    headings = sorted(kept(source, heading) for heading in marks.headings)
    return Cleaned(source, tuple(headings), tables, tuple(blocks))


def _with_line_breaks(source: SourceText, lines: Iterable[int]) -> SourceText:
    """A line feed before each of the raw positions, where something to replace stands there."""
    replace: dict[int, str] = {}
    dropped: set[int] = set()
    for line in lines:
        at = bisect_left(source.origins, line)
        start = at
        while start > 0 and source.text[start - 1] == " ":
            start -= 1
        room = range(source.origins[start - 1] + 1 if start else 0, line)
        if not room or start == 0 or at == len(source.text) or source.text[start - 1] == "\n":
            continue
        replace[room[0]] = "\n"
        dropped.update(room[1:])
    replace |= {
        origin: character
        for origin, character in zip(source.origins, source.text, strict=True)
        if character != source.raw[origin]
    }
    held = [origin for origin in source.origins if origin not in dropped]
    gaps = [Span(a + 1, b) for a, b in pairwise([-1, *held, len(source.raw)]) if b > a + 1]
    return SourceText.of(source.raw).edit(gaps, replace)
