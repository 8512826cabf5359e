"""How many rows of a table name its columns, where the file doesn't say so."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NUMBER = re.compile(r"[-+−]?[\d.,，]+\s*[%％]?")


def header_rows(rows: Sequence[Sequence[str]]) -> int:
    """1, or 2 where the second row says what stands below a wide cell of the first.

    It is then empty below the first column's name and holds no number. ``rows`` are the cells
    of the table, or of its first three rows.
    """
    if len(rows) < 3:
        return 1
    above, below = ([cell.strip() for cell in row] for row in rows[:2])
    wide = len(above) == len(below) and above[0] and not all(above)
    named = not below[0] and any(below) and not any(map(_NUMBER.fullmatch, below))
    return 1 + bool(wide and named)
