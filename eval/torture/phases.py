"""Where a victim is, told through memory that it shares with whoever kills it.

Reading and encoding ahead, in threads of their own, are no phases: they touch no library. For
each phase how often it was entered and how long it last took, and the number of the phase
that the victim is in; so it is known at which work a process was killed.
"""

from __future__ import annotations

import mmap
import pkgutil
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

PHASES: dict[str, tuple[str, ...]] = {
    "between": (),
    "splitting, of a rebuild": ("index.pipeline.split",),
    "SQLite: transaction": (
        "index.store.Store.put",
        "index.store.Store.remove",
        "index.store.Store.move",
        "index.store.Store.remake",
    ),
    "SQLite: checkpoint": ("index.store.Store.empty_log",),
    "tantivy: copy": ("index.lexical.LexicalIndex.copy_to",),
    "tantivy: write": ("index.lexical.LexicalIndex.change",),
    "tantivy: write anew": ("index.lexical.LexicalIndex.forget",),
    "Chroma: copy": ("index.vectors.VectorIndex.copy_to",),
    "Chroma: write": ("index.vectors.VectorIndex.change",),
    "opening and checking": (
        "index.derived.Derived._take_up",
        "index.derived.Derived._settle",
        "index.derived.Derived._mend",
    ),
    "marker": ("index.versions.write",),
    "deleting the old version": ("index.versions.discard_others",),
}
NAMES = tuple(PHASES)


class Whereabouts:
    """The shared memory: made before the fork, written by the child, read by the parent."""

    def __init__(self) -> None:
        self._numbers = memoryview(mmap.mmap(-1, 8 * (2 * len(NAMES) + 1))).cast("d")

    def reset(self) -> None:
        """Before a victim starts; how long phases take is kept."""
        for place in (*range(len(NAMES)), -1):
            self._numbers[place] = 0

    @property
    def phase(self) -> str:
        """The phase that the victim is in, or was in when it died."""
        return NAMES[int(self._numbers[-1])]

    def entered(self, phase: str) -> int:
        """How often the phase was entered."""
        return int(self._numbers[NAMES.index(phase)])

    def lasts(self, phase: str) -> float:
        """Seconds that the phase took when it was last through, in any victim; else 0."""
        return self._numbers[len(NAMES) + NAMES.index(phase)]

    def watch(self) -> None:
        """In the child: have all functions of PHASES tell when they begin and end."""
        for number, functions in enumerate(PHASES.values()):
            for function in functions:
                owner, name = function.rsplit(".", 1)
                place = pkgutil.resolve_name(owner)
                setattr(place, name, self._telling(number, getattr(place, name)))

    def _telling(self, number: int, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def told(*arguments: Any, **named: Any) -> Any:
            outer, started = self._numbers[-1], time.monotonic()
            self._numbers[-1] = number
            self._numbers[number] += 1
            try:
                return function(*arguments, **named)
            finally:
                self._numbers[-1] = outer
                self._numbers[len(NAMES) + number] = time.monotonic() - started

        return told
