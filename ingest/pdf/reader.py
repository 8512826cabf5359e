"""PDF: pdfium's characters, put back into the paragraphs, headings and tables they print."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from errors import OversizedFile
from ingest.assembly import Characters, Line, assemble
from ingest.draft import Draft, OnPage, kept, silent
from ingest.outline import Style, find_headings, heading_style
from ingest.pdf import recognition
from ingest.pdf.aligned import aligned_tables
from ingest.pdf.characters import join, readable
from ingest.pdf.contents import contents_lines
from ingest.pdf.extraction import Extract, Extraction
from ingest.pdf.helpers import Helpers, extracts
from ingest.pdf.lines import PrintedLine, body_size, part
from ingest.pdf.page import PAGE_BREAK, one_at_a_time, open_pdf
from ingest.pdf.page import rectangles as page_rectangles
from ingest.pdf.paragraphs import AXIS, LARGER, Frame, frames, headings, joins, usual_pitch
from ingest.pdf.running import running_lines
from ingest.pdf.tables import Grid, chosen
from records import Kind, Span

NOTE = re.compile(r"(?:\d{1,3}|[①-⑳]|\[\d{1,3}\]|\*|注\s*[:：\d]|数据来源|资料来源)")
# A note stands in the lower part of its page, in smaller print.
NOTE_SHARE, NOTE_SIZE = 0.4, 0.93
AXIS_NUMBERS = 4
CONTINUED = re.compile(
    r"[（(]?\s*续\s*表.{0,50}|表\s*[0-9一二三四五六七八九十].{0,50}[（(]\s*续\s*表?\s*[）)]"
)
CHAPTERS = (Style.CHAPTER, Style.SECTION)
GENERIC_TITLE = re.compile(
    r"microsoft |untitled|\(?anonymous\)?$|无标题|幻灯片|powerpoint|.*\.(?:docx?|pptx?|indd)$", re.I
)


def read_pdf(
    data: bytes,
    max_pages: int,
    recognise: bool = False,
    on_page: OnPage = silent,
    helpers: Helpers | None = None,
) -> Draft:
    """The text of a PDF in reading order as the file gives it: one line per paragraph.

    Running headers and footers, page numbers and the table of contents are left out. The
    title is the largest print of page 1, else the metadata's. With ``recognise``, pages that
    are only an image go through text recognition, which must be installed. ``on_page`` hears
    of each page that is read. Long files are read with ``helpers``, to the same result.
    Raises EncryptedFile, and OversizedFile above ``max_pages``; a damaged file raises the
    libraries' own errors.
    """
    with Extraction(data, recognise) as extraction:
        if extraction.count > max_pages:
            raise OversizedFile(
                f"PDF 有 {extraction.count} 页，超过上限 {max_pages} 页。"
                "请拆成几个文件，或调大设置 ingest.max_pages。",
                f"the PDF has {extraction.count} pages, the limit is {max_pages}. "
                "Split it, or raise the setting ingest.max_pages.",
            )
        found = extracts(extraction, helpers, on_page)
        return _draft(found, extraction.title)


def rectangles(
    data: bytes, raw: str, positions: Sequence[int]
) -> tuple[tuple[int, tuple[float, float, float, float]], ...]:
    """Where characters of a PDF's raw text are printed, one rectangle per line.

    ``positions`` count in ``raw``, as read_pdf gave it. Each result is a page number from 1 and
    (left, bottom, right, top) in points from the page's lower left corner.
    """
    recognise = recognition.recognised if recognition.available() else None
    with one_at_a_time:
        document = open_pdf(data)
        try:
            return tuple(
                (number, (box.left, box.bottom, box.right, box.top))
                for number, box in page_rectangles(document, raw, frozenset(positions), recognise)
            )
        finally:
            document.close()


def _draft(extracts: Sequence[Extract], metadata_title: str) -> Draft:
    pages = [extract.page for extract in extracts]
    raw = PAGE_BREAK.join(page.raw for page in pages)
    printed = [extract.lines for extract in extracts]
    every = [line for page in printed for line in page]
    grids = chosen(extract.candidates for extract in extracts)
    # A table's header that is repeated on each page is no running header.
    cells = {(grid.page.number, index) for grid in grids for index in grid.indexes}
    margins = [
        [line for line in page if (line.page.number, line.inked[0]) not in cells]
        for page in printed
    ]
    left_out = running_lines(margins)
    left_out |= contents_lines([line for line in every if id(line) not in left_out], len(pages))
    lines = list(_parted([line for line in every if id(line) not in left_out], grids))
    loose = [line for line in lines if (line.page.number, line.inked[0]) not in cells]
    grids = sorted(
        [*grids, *aligned_tables(loose)], key=lambda grid: (grid.page.number, grid.indexes[0])
    )
    title = _title(lines)
    draft = assemble(raw, list(_Layout.of(lines, grids, title).lines()))
    own_title = "" if GENERIC_TITLE.match(metadata_title) else metadata_title.strip()
    return Draft(
        source=draft.source,
        title="".join(character for _, character in _joined(title)) or own_title,
        pages=tuple(
            kept(draft.source, Span(page.start, page.start + len(page.text) + len(PAGE_BREAK)))
            for page in pages
        ),
        outline=draft.outline,
        tables=draft.tables,
        blocks=draft.blocks,
        unread=tuple(page.number for page in pages if page.picture and not page.text.strip()),
    )


def _parted(lines: Sequence[PrintedLine], grids: Sequence[Grid]) -> Iterator[PrintedLine]:
    """The lines, cut where they cross the border of a table."""
    cells = {(grid.page.number, index) for grid in grids for index in grid.indexes}
    for line in lines:
        runs = groupby(line.inked, key=lambda index: (line.page.number, index) in cells)
        parts = [list(run) for _, run in runs]
        if len(parts) == 1:
            yield line
        else:
            yield from (part(line, run) for run in parts)


def _title(lines: Sequence[PrintedLine]) -> list[PrintedLine]:
    """The largest lines of page 1: larger than the text, not long, and no 第一章 of one."""
    first = [line for line in lines if line.page.number == 1]
    if not first:
        return []
    largest = max(line.size for line in first)
    groups = groupby(first, key=lambda line: line.size > 0.95 * largest)
    title = next(list(group) for is_largest, group in groups if is_largest)
    length = sum(len(line.indexes) for line in title)
    sentence = title[-1].text.endswith(("。", "；", "，"))
    larger = largest > LARGER * body_size(lines)
    chapter = heading_style("".join(line.text for line in title)) in CHAPTERS
    return title if larger and length <= 80 and not (sentence or chapter) else []


def _joined(lines: Sequence[PrintedLine], apart: bool = False) -> Characters:
    characters: Characters = []
    for line in lines:
        characters = join(characters, readable(line.page, line.inked), apart)
    return characters


@dataclass(frozen=True, slots=True)
class _Layout:
    """All lines of a document in order, and what their places and sizes say about them."""

    printed: Sequence[PrintedLine]
    grids: Sequence[Grid]
    title: frozenset[int]
    frames: dict[int, Frame]
    levels: dict[int, int]
    pitch: float
    body: float

    @staticmethod
    def of(
        lines: Sequence[PrintedLine], grids: Sequence[Grid], title: Sequence[PrintedLine]
    ) -> _Layout:
        cells = {(grid.page.number, index) for grid in grids for index in grid.indexes}
        prose = [line for line in lines if (line.page.number, line.inked[0]) not in cells]
        body = body_size(prose)
        placed = frames(prose)
        titles = frozenset(id(line) for line in title)
        levels = headings([line for line in prose if id(line) not in titles], placed, body)
        return _Layout(lines, grids, titles, placed, levels, usual_pitch(prose), body)

    def lines(self) -> Iterator[Line]:
        """The readable lines: paragraphs, and table rows where the table's first cell stands."""
        grid_of = {(grid.page.number, index): grid for grid in self.grids for index in grid.indexes}
        table, before, interrupted = 0, None, False
        runs = groupby(
            self.printed, key=lambda line: grid_of.get((line.page.number, line.inked[0]))
        )
        for grid, run in runs:
            if grid is None:
                between = list(run)
                interrupted = True
                before = before if all(map(self.parts_table, between)) else None
                yield from self.paragraphs(between)
                continue
            continued = before is not None and grid.continues(before)
            repeated = _repeated(grid, before) if before is not None and continued else 0
            table += not continued
            yield from _rows(grid, table, skip=0 if interrupted else repeated)
            before, interrupted = grid, False

    def paragraphs(self, lines: Sequence[PrintedLine]) -> Iterator[Line]:
        """One readable line for each paragraph, heading, footnote and row of axis numbers."""
        for group in self.whole(self.groups(lines)):
            yield from self.paragraph(group)

    def groups(self, lines: Sequence[PrintedLine]) -> Iterator[list[PrintedLine]]:
        """The lines that follow each other and belong together."""
        group: list[PrintedLine] = []
        for line in lines:
            if group and (self.ends(group, line) or not self.same_paragraph(group[-1], line)):
                yield group
                group = []
            group.append(line)
        if group:
            yield group

    def whole(self, groups: Iterable[list[PrintedLine]]) -> list[list[PrintedLine]]:
        """The groups, and a paragraph whole that footnotes part, which then stand before it.

        Only footnotes of the page that the paragraph begins on are moved, so that the text of
        a page stays together.
        """
        found: list[list[PrintedLine]] = []
        notes: list[list[PrintedLine]] = []
        for group in groups:
            if self.note(group[0]):
                notes.append(group)
                continue
            begun = found[-1] if notes and found else []
            below = begun and all(line.page is begun[0].page for note in notes for line in note)
            if below and self.same_paragraph(begun[-1], group[0]):
                found[-1:] = [*notes, begun + group]
            else:
                found += [*notes, group]
            notes = []
        return found + notes

    def same_paragraph(self, line: PrintedLine, following: PrintedLine) -> bool:
        """Whether two lines in order belong together."""
        one, other = id(line), id(following)
        if one in self.title or other in self.title:
            return one in self.title and other in self.title
        if one in self.levels or other in self.levels:
            close = 0 < line.last - following.first < 1.6 * self.pitch * line.size
            same = self.levels.get(one) == self.levels.get(other)
            alike = abs(line.size - following.size) < 0.04 * line.size
            return same and close and alike and not find_headings(following.text)
        if AXIS.fullmatch(line.text) or AXIS.fullmatch(following.text):
            return bool(AXIS.fullmatch(line.text) and AXIS.fullmatch(following.text))
        if self.note(following):
            return False
        return joins(line, following, self.frames, self.pitch)

    def ends(self, group: Sequence[PrintedLine], following: PrintedLine) -> bool:
        """Whether a footnote ends, since what follows is printed as large as the text."""
        return following.size >= NOTE_SIZE * self.body and self.note(group[0])

    def note(self, line: PrintedLine) -> bool:
        """Whether a footnote begins with this line."""
        low = line.box.top < NOTE_SHARE * line.page.height
        return low and line.size < NOTE_SIZE * self.body and bool(NOTE.match(line.text))

    def parts_table(self, line: PrintedLine) -> bool:
        """Whether a line may stand between two parts of a table: a footnote, 续表 1."""
        return self.note(line) or bool(CONTINUED.fullmatch(line.text))

    def paragraph(self, lines: Sequence[PrintedLine]) -> Iterator[Line]:
        """The lines of one paragraph as one readable line; none when nothing is readable."""
        kind = Kind.FOOTNOTE if self.note(lines[0]) else Kind.PROSE
        if all(AXIS.fullmatch(line.text) for line in lines):
            numbers = sum(
                any(map(str.isdigit, word)) for line in lines for word in line.text.split()
            )
            kind = Kind.FIGURE if numbers >= AXIS_NUMBERS else Kind.PROSE
        characters = _joined(lines, apart=kind == Kind.FIGURE)
        if characters:
            yield Line(characters, level=self.levels.get(id(lines[0]), 0), kind=kind)


def _repeated(grid: Grid, before: Grid) -> int:
    """How many rows of header a table has again on this page; a second only below a wide cell."""
    if grid.row(0) != before.row(0):
        return 0
    two = min(len(grid.rows), len(before.rows)) > 1 and not all(grid.row(0))
    return 1 + (two and not grid.row(1)[0] and grid.row(1) == before.row(1))


def _rows(grid: Grid, table: int, skip: int) -> Iterator[Line]:
    """The rows of a table; a tab replaces what pdfium put between two cells."""
    for row in grid.rows[skip:]:
        characters: Characters = []
        cells: list[Span] = []
        for number, indexes in enumerate(row):
            ahead = [index for later in row[number:] for index in later]
            if characters and ahead and characters[-1][0] + 1 < grid.page.start + ahead[0]:
                characters.append((characters[-1][0] + 1, "\t"))
            start = len(characters)
            characters += readable(grid.page, indexes)
            cells.append(Span(start, len(characters)))
        if characters:
            yield Line(characters, table=table, cells=tuple(cells))
