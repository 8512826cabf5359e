"""HTML: the main text, each character at its place in the page's source."""

from __future__ import annotations

import codecs
import html
import re
from collections import Counter
from html.parser import HTMLParser
from itertools import accumulate
from typing import NamedTuple

from errors import CorruptFile
from ingest.decode import decode, reads_as_chinese
from ingest.draft import Draft
from ingest.html_hiding import Attributes, Sight, sight
from ingest.html_tables import Grid, covered
from ingest.line_breaks import SUPERSCRIPTS, is_wide
from ingest.source_text import SourceText
from ingest.zero_width import ZERO_WIDTH, without_zero_width
from records import Heading, Span, Table


def _names(line: str) -> frozenset[str]:
    return frozenset(line.split())


SILENT = _names("head script style noscript template svg math iframe object select textarea button")
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
CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
# Pages that declare these are in fact written in their superset.
SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030"}
# What servers and editors declare by themselves; any bytes are text in the first two.
LATIN = ("iso8859-1", "iso8859-15", "cp1252", "ascii")


def read_html(data: bytes) -> Draft:
    """The text of a page without scripts, navigation, page header and footer, and forms.

    What an element's own attributes hide is left out. One line per block; table cells are
    parted by tabs, a place that another cell covers is empty; an entity stands at the
    position of its ``&``. Raises CorruptFile when the bytes can't be decoded.
    """
    raw = _decoded(data)
    page = _main_text(raw)
    source = SourceText(raw, "".join(page.characters), tuple(page.origins))
    first = next((each.span.of(source.text) for each in page.outline if each.level == 1), "")
    return Draft(
        source=source,
        title=" ".join(without_zero_width("".join(page.title)).split()) or first,
        outline=tuple(page.outline),
        tables=tuple(page.tables),
    )


def _decoded(data: bytes) -> str:
    """The page in the encoding it declares, unless its bytes plainly are in another."""
    declared = CHARSET.search(data[:4096])
    name = _known(declared[1].decode("ascii").lower()) if declared else ""
    if not name or data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return decode(data)
    text = _text(data, name)
    if text is None:
        return decode(data)
    if data.isascii():
        return text
    unicode = _text(data, "utf-8")
    if unicode is not None and (name in LATIN or reads_as_chinese(unicode)):
        return unicode
    return _unless_chinese(data, text) if name in LATIN else text


def _known(name: str) -> str:
    """The encoding that ``name`` stands for; empty when there is none."""
    try:
        return codecs.lookup(SUPERSETS.get(name, name)).name
    except LookupError:
        return ""


def _text(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _unless_chinese(data: bytes, latin: str) -> str:
    try:
        found = decode(data)
    except CorruptFile:
        return latin
    return found if reads_as_chinese(found) else latin


def _main_text(raw: str) -> _Page:
    """The page without furniture and veils, unless these hold nearly all of it.

    Some sites wrap the whole page in one form or header, others veil it until a script runs.
    """
    page = _parse(raw, FURNITURE)
    whole = _parse(raw, frozenset())
    if len(page.characters) * 4 < len(whole.characters):
        page = whole
    if page.veils:
        unveiled = _parse(raw, FURNITURE, lift_veils=True)
        if len(page.characters) * 4 < len(unveiled.characters):
            page = unveiled
    return page


def _parse(raw: str, furniture: frozenset[str], lift_veils: bool = False) -> _Page:
    page = _Page(raw, furniture, lift_veils)
    page.feed(raw)
    page.close()
    page.finish()
    return page


class _Element(NamedTuple):
    tag: str
    hides: bool


class _Page(HTMLParser):
    """Collects kept characters with their positions; breaks wait until text follows."""

    def __init__(self, raw: str, furniture: frozenset[str]) -> None:
        super().__init__(convert_charrefs=False)
        self.raw = raw
        self.characters: list[str] = []
        self.origins: list[int] = []
        self.outline: list[Heading] = []
        self.tables: list[Table] = []
        self.title: list[str] = []
        self._dropping = SILENT | furniture
        self._lines = [0, *accumulate(len(line) + 1 for line in raw.split("\n"))]
        self._open: list[str] = []
        # How often each tag is open: asked for every text, however deep the page is.
        self._depth: Counter[str] = Counter()
        self._dropped = 0
        self._in_title = False
        self._break: int | None = None
        self._space: int | None = None
        self._wrapped = False
        self._heading: tuple[int, int] | None = None
        self._caption: int | None = None
        self._grids: list[_Grid] = []

    @property
    def _position(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        if tag in VOID:
            self._boundary(tag)
            return
        if tag in SELF_CLOSING and self._open and self._open[-1] == tag:
            self._leave()
        self._in_title = self._in_title or (tag == "title" and not self.title)
        self._dropped += self._drops(tag)
        self._open.append(tag)
        self._depth[tag] += 1
        if self._dropped:
            return
        self._boundary(tag)
        if tag in HEADINGS:
            self._heading = (int(tag[1]), len(self.characters))
        elif tag == "caption":
            self._caption = len(self.characters)
        elif tag in TABLE_TAGS:
            self._start_table_tag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close an element and whatever it left open; a stray end tag changes nothing."""
        if not self._depth[tag]:
            return
        closed = ""
        while closed != tag:
            closed = self._leave()
            self._dropped -= self._drops(closed)
        self._in_title = self._in_title and tag != "title"
        if self._dropped or self._drops(tag):
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

    def _leave(self) -> str:
        tag = self._open.pop()
        self._depth[tag] -= 1
        return tag

    def _drops(self, tag: str) -> bool:
        """Whether an element hides its text, given the elements open around it."""
        if tag in ("header", "footer") and (self._depth["article"] or self._depth["main"]):
            return False
        return tag in self._dropping

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

    def _start_table_tag(self, tag: str) -> None:
        if tag == "table":
            if self._grids:
                self._grids[-1].holds_table = True
            self._grids.append(_Grid())
            return
        self._end_cell()
        if not self._grids:
            return
        grid = self._grids[-1]
        if tag == "tr" or not grid.rows:
            if self.characters and self.characters[-1] != "\n":
                self._keep(self._position, "\n")
            grid.rows.append([])
            grid.headings.append(True)
        if tag != "tr":
            if grid.rows[-1]:
                self._keep(self._position, "\t")
            grid.headings[-1] = grid.headings[-1] and tag == "th"
            grid.cell = len(self.characters)
        self._forget_breaks()

    def _end_cell(self) -> None:
        if self._grids and self._grids[-1].cell is not None:
            grid = self._grids[-1]
            grid.rows[-1].append(Span(grid.cell or 0, len(self.characters)))
            grid.cell = None
            self._forget_breaks()

    def _end_table(self) -> None:
        if self._grids:
            table = self._grids.pop().table()
            if table:
                self.tables.append(table)
