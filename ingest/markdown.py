"""Markdown: readable text without markup, every character at its place in the file.

markdown-it decides what is markup; it gives block tokens with their lines and inline
tokens without positions. The inline text is therefore found again in its lines from left
to right, which always succeeds because markup only stands between the pieces of text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.assembly import Characters, Line, assemble, strip
from ingest.decode import decode
from ingest.draft import Draft
from ingest.line_breaks import link, superscript
from ingest.zero_width import ZERO_WIDTH, without_zero_width
from records import Kind, Span

LINE_END = re.compile(r"\r\n?|\n")
FRONT_MATTER = re.compile(r"\ufeff?---[ \t]*\r?\n(?:(.*?)\r?\n)?---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
FRONT_FIELD = re.compile(r"^(title|publisher|author|date)[ \t]*:[ \t]*(.+?)[ \t\r]*$", re.MULTILINE)
NOTE_START = re.compile(r"^([ ]{0,3}\[\^[^\]\s]{1,40}\]):", re.MULTILINE)
NOTE_MARK = re.compile(r"\[\^([^\]\s]{1,40})\]")
FIELD = re.compile("[一-鿿]{2,6}[:：]")
LIST_MARKER = re.compile(r"(?:[-*+]|\d{1,9}[.)])[ \t]+$")
PARENTHESES = r"\([^()]*(?:\([^()]*\)[^()]*)*\)"
# What follows a link's text: its target, or the label of one, or the end of an autolink.
TARGET = re.compile(rf"\](?:{PARENTHESES}|\[[^\]]*\])?|>")
IMAGE = re.compile(rf"!\[[^\]]*\](?:{PARENTHESES}|\[[^\]]*\])?")
# Strong emphasis that CommonMark doesn't see when Chinese punctuation stands beside it.
STRONG = re.compile(r"(\*\*)(?=\S)[^*\n]+?(\*\*)")
TAG = re.compile(r"<!--.*?-->|<(script|style)[\s>].*?</\1>|</?[A-Za-z][^<>]*>", re.DOTALL)
LINE_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
PIPE = re.compile(r"(?<!\\)\|")

# Stand in the place of a line break that is still to be judged, and of a footnote's colon,
# without which markdown-it takes no footnote for a link definition.
SOFT, COLON = "\ue000", "\ue001"


def read_markdown(data: bytes) -> Draft:
    """The text of a Markdown file: one line per paragraph, table cells parted by tabs.

    The title is the front matter's, else the first heading of level 1. Raises CorruptFile
    when the bytes can't be decoded.
    """
    raw = decode(data)
    front = FRONT_MATTER.match(raw)
    fields = dict(FRONT_FIELD.findall(front[1] or "")) if front else {}
    draft = assemble(raw, [line for line in _read(raw, front) if line.characters])
    first = next((each.span.of(draft.source.text) for each in draft.outline if each.level == 1), "")
    return Draft(
        source=draft.source,
        title=_unquoted(fields.get("title", "")) or first,
        outline=draft.outline,
        tables=draft.tables,
        blocks=draft.blocks,
        publisher=_unquoted(fields.get("publisher") or fields.get("author", "")),
        date=_unquoted(fields.get("date", "")),
    )


def _unquoted(value: str) -> str:
    return without_zero_width(value).strip("\"'").strip()


def _read(raw: str, front: re.Match[str] | None) -> Iterator[Line]:
    """The readable lines of the file in order."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("text_join")
    blank = len(LINE_END.findall(front[0])) * "\n" if front else ""
    body = raw[front.end() :] if front else raw.removeprefix("\ufeff")
    tokens = parser.parse(blank + NOTE_START.sub(rf"\1{COLON}", body))
    ends = [match.span() for match in LINE_END.finditer(raw)]
    starts = [0, *(end for _, end in ends)]
    stops = [*(start for start, _ in ends), len(raw)]
    level = table = 0
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type == "table_open":
            table += 1
        if token.map is None:
            continue
        where = Span(starts[token.map[0]], stops[token.map[1] - 1])
        if token.type == "inline" and tokens[index - 1].type in ("heading_open", "paragraph_open"):
            yield from _paragraph(raw, where, token, level)
            level = 0
        elif token.type == "tr_open":
            end = next(at for at in range(index, len(tokens)) if tokens[at].type == "tr_close")
            yield _row(raw, where, tokens[index:end], table)
        elif token.type in ("fence", "code_block"):
            first = token.map[0] + (token.type == "fence")
            contents = token.content.split("\n")
            yield from _code(raw, starts[first : first + len(contents)], contents)
        elif token.type == "html_block":
            yield from _html(raw, where)


def _paragraph(raw: str, where: Span, token: Token, level: int) -> Iterator[Line]:
    """The lines of a paragraph: more than one where it has hard breaks or footnotes."""
    start = raw.find(token.content.split("\n")[0].split(COLON)[0], where.start, where.end)
    start = max(start, where.start)
    marker = LIST_MARKER.search(raw[where.start : start])
    prefix: Characters = []
    if marker and not level:
        begin = where.start + marker.start()
        prefix = [(begin + offset, char) for offset, char in enumerate(marker[0].split()[0] + " ")]
    characters = prefix + _inline(raw, Span(start, where.end), token.children or [])
    for line in _split(_joined(raw, characters)):
        mark = NOTE_MARK.match("".join(character for _, character in line))
        note = bool(mark) and raw.startswith(":", line[mark.end() - 1][0] + 1) if mark else False
        yield Line(_plain(line), level=level, kind=Kind.FOOTNOTE if note else Kind.PROSE)


def _row(raw: str, where: Span, tokens: Sequence[Token], table: int) -> Line:
    """A table row: the pipe between two cells becomes a tab."""
    contents = [token.children or [] for token in tokens if token.type == "inline"]
    margin = re.match(r"[ \t>]*", where.of(raw))
    start = where.start + (margin.end() if margin else 0)
    pipes = [start + match.start() for match in PIPE.finditer(raw[start : where.end])]
    edges = [start - 1, *pipes, where.end]
    regions = [Span(left + 1, right) for left, right in pairwise(edges)]
    if not regions[0].of(raw).strip() and len(regions) > 1:
        regions.pop(0)
    characters: Characters = []
    cells: list[Span] = []
    for region, children in zip(regions, contents, strict=False):
        if cells:
            characters.append((region.start - 1, "\t"))
        cell = _plain(_joined(raw, _inline(raw, region, children)))
        cells.append(Span(len(characters), len(characters) + len(cell)))
        characters += [(at, " " if char in "\n\t" else char) for at, char in cell]
    return Line(characters, table=table, cells=tuple(cells))


def _code(raw: str, starts: Sequence[int], contents: Sequence[str]) -> Iterator[Line]:
    for start, content in zip(starts, contents, strict=False):
        begin = raw.find(content, start)
        if content.strip() and begin >= 0:
            yield Line(_visible([(begin + offset, char) for offset, char in enumerate(content)]))


def _html(raw: str, where: Span) -> Iterator[Line]:
    tags = [Span(*match.span()) for match in TAG.finditer(raw, where.start, where.end)]
    hidden = {position for tag in tags for position in range(tag.start, tag.end)}
    ends = {tag.start for tag in tags if tag.of(raw).lower() in ("</td>", "</th>")}
    characters = [
        (position, "\t" if position in ends else raw[position])
        for position in range(where.start, where.end)
        if position not in hidden or position in ends
    ]
    for line in _split([(at, "\n" if char == "\r" else char) for at, char in characters]):
        yield Line(strip(_visible(line)))


def _inline(raw: str, where: Span, tokens: Sequence[Token]) -> Characters:
    """The text of inline tokens, found in the interval ``where`` of the file."""
    characters: Characters = []
    cursor = where.start
    for token in tokens:
        found, cursor = _place(raw, Span(cursor, max(cursor, where.end)), token)
        characters += found
    return characters


def _place(raw: str, where: Span, token: Token) -> tuple[Characters, int]:
    """What one inline token keeps, and the position after it."""
    kind, content = token.type, token.content
    if kind in ("softbreak", "hardbreak"):
        end = LINE_END.search(raw, where.start, where.end)
        if end is None:
            return [], where.start
        return [(end.start(), SOFT if kind == "softbreak" else "\n")], end.end()
    if kind in ("image", "link_close"):
        match = (IMAGE if kind == "image" else TARGET).search(raw, where.start, where.end)
        return [], match.end() if match else where.start
    # A backslash before what needs none stays, and so does what follows it.
    if (kind == "text_special" and not content.startswith("\\")) or token.markup == "\\\\":
        begin = raw.find(token.markup, where.start, where.end)
        if begin < 0:
            return [], where.start
        at = begin + 1 if token.info == "escape" else begin
        return [(at, content[0])], begin + len(token.markup)
    if kind == "html_inline":
        begin = raw.find(content, where.start, where.end)
        line = [(begin, "\n")] if LINE_TAG.fullmatch(content) and begin >= 0 else []
        return line, max(begin, where.start) + len(content)
    return _find(raw, where, content)


def _find(raw: str, where: Span, content: str) -> tuple[Characters, int]:
    begin = raw.find(content, where.start, where.end)
    if begin >= 0:
        return [(begin + at, char) for at, char in enumerate(content)], begin + len(content)
    # markdown-it changed something: take what is still there, character by character.
    characters: Characters = []
    cursor = where.start
    for char in content:
        at = raw.find(char, cursor, where.end)
        if at >= 0:
            characters.append((at, char))
            cursor = at + 1
    return characters, cursor


def _joined(raw: str, characters: Characters) -> Characters:
    """Judge the soft breaks: nothing beside 汉字, else a space.

    Before a footnote, and between two lines that each say what they tell (发布单位：…), it is a
    real break.
    """
    joined: Characters = []
    field = FIELD.match("".join(char for _, char in characters[:12]))
    for index, (at, char) in enumerate(characters):
        if char != SOFT:
            joined.append((at, char))
            continue
        rest = "".join(each for _, each in characters[index + 1 : index + 45])
        mark = NOTE_MARK.match(rest)
        before, field = field, FIELD.match(rest)
        note = mark and raw.startswith(":", characters[index + mark.end()][0] + 1)
        if note or (before and field):
            joined.append((at, "\n"))
        elif joined and rest and link(joined[-1][1], rest[0]):
            joined.append((at, " "))
    return joined


def _split(characters: Characters) -> Iterator[Characters]:
    for is_break, group in groupby(characters, key=lambda each: each[1] == "\n"):
        if not is_break:
            yield list(group)


def _visible(characters: Characters) -> Characters:
    return [(at, char) for at, char in characters if char not in ZERO_WIDTH]


def _plain(characters: Characters) -> Characters:
    """Without what nobody sees and forgotten emphasis; a footnote mark becomes superscript."""
    characters = _visible(characters)
    text = "".join(character for _, character in characters)
    doomed = {
        at
        for match in STRONG.finditer(text)
        for group in (1, 2)
        for at in range(*match.span(group))
    }
    digits: dict[int, str] = {}
    for match in NOTE_MARK.finditer(text):
        doomed.update(range(*match.span()))
        if match[1].isascii() and match[1].isdigit():
            digits |= dict(enumerate(superscript(int(match[1])), start=match.start(1)))
    return strip(
        [
            (at, digits.get(index, char))
            for index, (at, char) in enumerate(characters)
            if index in digits or index not in doomed
        ]
    )
