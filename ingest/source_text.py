"""Text that knows where each of its characters came from.

Cleaning is a chain of edits. An edit deletes characters or replaces one character by one;
it never inserts and never reorders, so each character has a place of its own, and
``origins`` increases strictly if the reader's text does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import compress

from records import Span


@dataclass(frozen=True, slots=True)
class SourceText:
    """``text`` and, for each of its characters, its position in ``raw``."""

    raw: str
    text: str
    origins: tuple[int, ...]

    @staticmethod
    def of(raw: str) -> SourceText:
        """The text before any edit."""
        return SourceText(raw, raw, tuple(range(len(raw))))

    def edit(
        self,
        delete: Iterable[Span] = (),
        replace: Mapping[int, str] | None = None,
    ) -> SourceText:
        """Delete spans and replace single characters; positions count in ``self.text``.

        A position that is both replaced and deleted is replaced: that is how a line break
        is put where junk stood. Raises ValueError when a replacement is not one character.
        """
        replacements = replace or {}
        for position, character in replacements.items():
            if len(character) != 1 or not 0 <= position < len(self.text):
                raise ValueError(f"can't put {character!r} at {position}: one for one only")
        characters = list(self.text)
        kept = bytearray(b"\x01") * len(characters)
        for span in delete:
            kept[span.start : span.end] = bytes(len(span.of(self.text)))
        for position, character in replacements.items():
            characters[position] = character
            kept[position] = 1
        return SourceText(
            self.raw, "".join(compress(characters, kept)), tuple(compress(self.origins, kept))
        )
