"""Characters without width: nobody sees them, and they part the figure that is searched for."""

from __future__ import annotations

# Soft hyphen, spaces and joiners of no width, marks and overrides of direction, byte order mark.
ZERO_WIDTH = frozenset(
    map(chr, (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF))
)
_DELETED = str.maketrans(dict.fromkeys(ZERO_WIDTH))


def without_zero_width(text: str) -> str:
    """``text`` without the characters that have no width."""
    return text.translate(_DELETED)
