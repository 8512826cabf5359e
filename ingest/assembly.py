"""Readable lines, each character with its place in the file, put together to a Draft."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from ingest.draft import Draft
from ingest.header import header_rows
from ingest.source_text import SourceText
from records import Block, Heading, Kind, Span, Table

CAPTION = re.compile(r"图?表\s*[0-9一二三四五六七八九十]")
UNIT = re.compile(r"\s*[（(]?\s*(?:计量)?单位\s*[:：]\s*[^。；]{1,20}")

# Kept characters with their positions in the file's text, all different.
Characters = list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the readable text, never empty.

    ``level`` is above 0 for a heading. ``table`` numbers the table that the line is a row
    of, 0 for none; ``cells`` then count in ``characters``.
    """

    characters: Characters
    level: int = 0
    kind: Kind = Kind.PROSE
    table: int = 0
    cells: tuple[Span, ...] = ()

    @property
    def text(self) -> str:
        """The characters alone."""
        return "".join(character for _, character in self.characters)


def assemble(raw: str, lines: Sequence[Line]) -> Draft:
    """Put the lines one below the other, each behind a line break where the file has room for one.

    The break is the file's own, or stands in place of junk after the line's last character.
    """
    kept = sorted(position for line in lines for position, _ in line.characters)
    characters: Characters = []
    spans = []
    for line in lines:
        if characters:
            end = characters[-1][0] + 1
            after = bisect_left(kept, end)
            start = kept[after] if after < len(kept) else len(raw)
            if end < start:
                characters.append((max(raw.find("\n", end, start), end), "\n"))
        spans.append(Span(len(characters), len(characters) + len(line.characters)))
        characters += line.characters
    source = SourceText(
        raw,
        "".join(character for _, character in characters),
        tuple(position for position, _ in characters),
    )
    placed = list(zip(lines, spans, strict=True))
    return Draft(
        source=source,
        outline=tuple(Heading(line.level, span) for line, span in placed if line.level),
        tables=tuple(_tables(placed)),
        blocks=tuple(Block(line.kind, span) for line, span in placed if line.kind != Kind.PROSE),
    )


def titled(above: Sequence[str]) -> int:
    """How many of the last of these lines title what follows: a caption, and a unit below it."""
    for lines in (1, 2):
        if len(above) >= lines and CAPTION.match(above[-lines]):
            return lines
        if not above or not UNIT.fullmatch(above[-1]):
            break
    return 0


def strip(characters: Characters) -> Characters:
    """Without white space at both ends."""
    start, end = 0, len(characters)
    while start < end and characters[start][1].isspace():
        start += 1
    while end > start and characters[end - 1][1].isspace():
        end -= 1
    return characters[start:end]


def _tables(placed: Sequence[tuple[Line, Span]]) -> Iterator[Table]:
    """The tables; what follows an interruption, such as a footnote, is one of its own.

    It has the caption of the first and, unless they are printed again, its header rows.
    """
    begun: dict[int, tuple[str, Table]] = {}
    for number, group in groupby(enumerate(placed), key=lambda each: each[1][0].table):
        found = list(group)
        if not number:
            continue
        lines = [line for _, (line, _) in found]
        table = Table(
            span=Span(found[0][1][1].start, found[-1][1][1].end),
            rows=tuple(
                tuple(Span(span.start + cell.start, span.start + cell.end) for cell in line.cells)
                for _, (line, span) in found
            ),
            header_rows=header_rows(
                [[cell.of(line.text) for cell in line.cells] for line in lines[:3]]
            ),
            caption=_caption(placed, found[0][0]),
        )
        header, first = begun.setdefault(number, (lines[0].text, table))
        if first is not table:
            table = replace(table, caption=first.caption)
            if lines[0].text != header:
                rows = first.rows[: first.header_rows] + table.rows
                table = replace(table, rows=rows, header_rows=first.header_rows)
        yield table


def _caption(placed: Sequence[tuple[Line, Span]], at: int) -> Span | None:
    """What titles the table whose first row is line ``at``."""
    above = placed[max(at - 2, 0) : at]
    lines = titled([line.text for line, _ in above if not line.table])
    return Span(above[-lines][1].start, above[-1][1].end) if lines else None
