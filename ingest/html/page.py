"""A page's kept characters with their places, its headings and tables."""

from __future__ import annotations

import html
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import accumulate
from typing import NamedTuple

from ingest.header import header_rows
from ingest.html.hiding import Attributes, Sight, sight
from ingest.html.tables import MAX_COLUMNS, MAX_ROWS, Grid, covered
from ingest.html.tags import (
    BLOCKS,
    CELLS,
    ENDED_BY,
    FURNITURE,
    HEADINGS,
    ROW_GROUPS,
    SILENT,
    TABLE_TAGS,
    VOID,
)
from ingest.line_breaks import SUPERSCRIPTS, is_wide
from ingest.zero_width import ZERO_WIDTH
from records import Heading, Span, Table

# Of one page; more would be an attack.
MAX_PLACES = 100_000


class _Element(NamedTuple):
    tag: str
    hides: bool


class Page(HTMLParser):
    """Collects kept characters with their positions; breaks wait until text follows.

    ``furniture`` and ``veils`` count the elements left out as such.
    """

    def __init__(self, raw: str, furniture: frozenset[str], lift_veils: bool) -> None:
        super().__init__(convert_charrefs=False)
        self.raw = raw
        self.characters: list[str] = []
        self.origins: list[int] = []
        self.outline: list[Heading] = []
        self.tables: list[Table] = []
        self.title: list[str] = []
        self.metadata: dict[str, str] = {}
        self.furniture = 0
        self.veils = 0
        self._dropping = SILENT | furniture
        self._lift_veils = lift_veils
        self._lines = [0, *accumulate(len(line) + 1 for line in raw.split("\n"))]
        self._open: list[_Element] = []
        # How often each tag is open: asked for every text, however deep the page is.
        self._depth: Counter[str] = Counter()
        self._dropped = 0
        self._in_title = False
        self._break: int | None = None
        self._space: int | None = None
        self._wrapped = False
        self._heading: tuple[int, int] | None = None
        self._caption: int | None = None
        self._grids: list[Grid] = []
        self._places_left = MAX_PLACES

    @property
    def _position(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        if tag in VOID:
            if tag == "meta":
                self._note_metadata(dict(attrs))
            self._boundary(tag)
            return
        while self._open and self._open[-1].tag in ENDED_BY.get(tag, ()):
            self._leave()
        self._in_title = self._in_title or (
            tag == "title" and not self.title and not self._depth["svg"]
        )
        inside_hidden = self._dropped > 0
        seen = self._sight(tag, attrs)
        self._open.append(_Element(tag, seen is not Sight.SHOWN))
        self._depth[tag] += 1
        self._dropped += seen is not Sight.SHOWN
        if inside_hidden or seen is Sight.ABSENT or (seen is Sight.VEILED and tag not in CELLS):
            return
        self._boundary(tag)
        if tag in HEADINGS:
            self._heading = (int(tag[1]), len(self.characters))
        elif tag == "caption":
            self._caption = len(self.characters)
        elif tag in ROW_GROUPS and self._grids:
            self._grids[-1].end_row_group()
        elif tag in TABLE_TAGS:
            self._start_table_tag(tag, dict(attrs))

    def _note_metadata(self, attributes: dict[str, str | None]) -> None:
        name = attributes.get("name") or attributes.get("property") or ""
        content = " ".join((attributes.get("content") or "").split())
        if name and content:
            self.metadata.setdefault(name.lower(), content)

    def handle_endtag(self, tag: str) -> None:
        """Close an element and whatever it left open; a stray end tag hides or shows nothing."""
        if not self._depth[tag]:
            if tag == "p":
                self._boundary(tag)
            return
        closed = self._leave()
        while closed.tag != tag:
            closed = self._leave()
        self._in_title = self._in_title and tag != "title"
        if self._dropped or closed.hides:
            return
        if tag in HEADINGS:
            self._end_heading()
        elif tag == "caption" and self._grids and self._caption is not None:
            self._grids[-1].caption = self._since(self._caption)
            self._caption = None
        elif tag in TABLE_TAGS:
            self._end_cell()
            if tag == "table":
                self._end_table()
        self._boundary(tag)

    def handle_data(self, data: str) -> None:
        """Take a stretch of text."""
        if self._in_title:
            self.title.append(data)
        if self._dropped:
            return
        if self._depth["sup"]:
            data = data.translate(SUPERSCRIPTS)
        position = self._position
        preformatted = self._depth["pre"] > 0
        for offset, character in enumerate(data):
            if preformatted and character == "\n":
                self._break = position + offset
            else:
                self._put(position + offset, character)

    def handle_entityref(self, name: str) -> None:
        """Take ``&name;``."""
        self._reference(f"&{name}")

    def handle_charref(self, name: str) -> None:
        """Take ``&#number;``."""
        self._reference(f"&#{name}")

    def finish(self) -> None:
        """Close what the page left open."""
        self._end_heading()
        while self._grids:
            self._end_cell()
            self._end_table()

    def _leave(self) -> _Element:
        element = self._open.pop()
        self._depth[element.tag] -= 1
        self._dropped -= element.hides
        return element

    def _sight(self, tag: str, attributes: Attributes) -> Sight:
        """How an element is shown, given the elements open around it."""
        inside = self._depth["article"] or self._depth["main"]
        if tag in self._dropping and not (tag in ("header", "footer") and inside):
            self.furniture += tag in FURNITURE
            return Sight.ABSENT
        # What hides a whole page is lifted by a script.
        seen = Sight.SHOWN if tag in ("html", "body") else sight(attributes)
        if seen is not Sight.VEILED:
            return seen
        self.veils += 1
        return Sight.SHOWN if self._lift_veils else seen

    def _reference(self, reference: str) -> None:
        position = self._position
        if self.raw.startswith(";", position + len(reference)):
            reference += ";"
        character = html.unescape(reference)
        if self._in_title:
            self.title.append(character)
        if self._dropped:
            return
        if character == reference:
            for offset, each in enumerate(reference):
                self._put(position + offset, each)
        elif character:
            self._put(position, character[0])

    def _boundary(self, tag: str) -> None:
        if tag in BLOCKS and not self._dropped:
            self._break = self._position

    def _put(self, position: int, character: str) -> None:
        if character in ZERO_WIDTH:
            return
        if character.isspace():
            self._space = position if self._space is None else self._space
            self._wrapped = self._wrapped or character in "\r\n"
            return
        self._separate(character)
        self._keep(position, character)

    def _separate(self, after: str) -> None:
        """Put the break or space that waits before ``after``."""
        cell = self._grids[-1].cell if self._grids else None
        before = self.characters[-1] if self.characters else "\n"
        wide = is_wide(before) or is_wide(after)
        if before not in "\n\t" and cell != len(self.characters):
            if self._break is not None:
                if cell is None:
                    self._keep(self._break, "\n")
                elif not wide:
                    self._keep(self._break, " ")
            elif self._space is not None and not (self._wrapped and wide):
                self._keep(self._space, " ")
        self._forget_breaks()

    def _forget_breaks(self) -> None:
        self._break = self._space = None
        self._wrapped = False

    def _keep(self, position: int, character: str) -> None:
        self.characters.append(character)
        self.origins.append(position)

    def _since(self, start: int) -> Span:
        """The text since ``start``, without the break that was put before it."""
        while start < len(self.characters) and self.characters[start].isspace():
            start += 1
        return Span(start, len(self.characters))

    def _end_heading(self) -> None:
        if self._heading:
            level, start = self._heading
            span = self._since(start)
            if len(span):
                self.outline.append(Heading(level, span))
        self._heading = None

    def _start_table_tag(self, tag: str, attributes: dict[str, str | None]) -> None:
        if tag == "table":
            if self._grids:
                self._grids[-1].holds_table = True
            self._grids.append(Grid())
            return
        self._end_cell()
        if not self._grids:
            return
        grid = self._grids[-1]
        if tag == "tr" or not grid.rows:
            self._end_row(grid)
            if self.characters and self.characters[-1] != "\n":
                self._keep(self._position, "\n")
            grid.start_row()
        if tag != "tr":
            end = self._position + len(self.get_starttag_text() or "")
            self._part_cells(grid, grid.places_before_cell(), end, another=True)
            grid.start_cell(
                len(self.characters),
                tag == "th" or self._depth["thead"] > 0,
                covered(attributes.get("colspan"), MAX_COLUMNS),
                covered(attributes.get("rowspan"), MAX_ROWS),
            )
        self._forget_breaks()

    def _part_cells(self, grid: Grid, places: int, end: int, another: bool) -> None:
        """Put the covered places and the tabs that part them, ``another`` cell following.

        A tab stands for a character of the markup before ``end``; where there are fewer than
        tabs, places share one.
        """
        places = min(places, self._places_left)
        self._places_left -= places
        cells = grid.rows[-1].cells
        tabs = places + another - (not cells)
        start = max(self.origins[-1] + 1 if self.origins else 0, min(self._position, end - tabs))
        positions = iter(range(start, min(start + tabs, end)))
        for place in range(places + another):
            position = next(positions, None) if cells else None
            if position is not None:
                self._keep(position, "\t")
            if place < places:
                cells.append(Span(len(self.characters), len(self.characters)))

    def _end_cell(self) -> None:
        if self._grids and self._grids[-1].cell is not None:
            self._grids[-1].end_cell(len(self.characters))
            self._forget_breaks()

    def _end_row(self, grid: Grid) -> None:
        places = grid.places_before_end()
        if places:
            self._part_cells(grid, places, self._position, another=False)

    def _end_table(self) -> None:
        if self._grids:
            grid = self._grids.pop()
            self._end_row(grid)
            table = grid.table()
            if table:
                first = [[self._said(cell) for cell in row] for row in table.rows[:3]]
                rows = max(table.header_rows, header_rows(first))
                self.tables.append(replace(table, header_rows=rows))

    def _said(self, span: Span) -> str:
        return "".join(self.characters[span.start : span.end])
