"""What a reader of one format returns."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

from ingest.source_text import SourceText
from records import Block, Heading, Span, Table

OnPage = Callable[[int, int], None]
"""Hears (pages done, pages in all) while a long file is read."""


def silent(done: int, total: int) -> None:
    """An OnPage for those who don't want to hear."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The cleaned text of a file and what the file itself says about it.

    Spans count in ``source.text``. ``title``, ``publisher`` and ``date`` are empty when
    the file doesn't give them; ``pages`` is empty for formats without pages. ``unread`` are
    the numbers of those that are only an image, which nothing recognised.
    """

    source: SourceText
    title: str = ""
    pages: tuple[Span, ...] = ()
    outline: tuple[Heading, ...] = ()
    tables: tuple[Table, ...] = ()
    blocks: tuple[Block, ...] = ()
    publisher: str = ""
    date: str = ""
    unread: tuple[int, ...] = ()


def kept(source: SourceText, raw: Span) -> Span:
    """The interval of ``source.text`` that came from the interval ``raw`` of ``source.raw``.

    What stands before it in the file stands before it in the text, and what stands after it
    after it; within, the order is free.
    """
    return Span(bisect_left(source.origins, raw.start), bisect_left(source.origins, raw.end))
