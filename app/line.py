"""A line to stand in: a few are served at once, in the order in which they came."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from errors import QueueFull


class Line:
    """First come, first served, for any number of threads."""

    def __init__(self, at_once: int) -> None:
        """``at_once`` are served together."""
        self._at_once = at_once
        self._moved = threading.Condition()
        self._standing: list[object] = []

    @contextmanager
    def place(self, most_waiting: int | None = None) -> Iterator[Iterator[int]]:
        """A place in the line while the context lasts.

        Gives one's position each time it changes: 1 is next, 0, the last, that it is one's turn.
        It must be waited for to its end. Raises QueueFull when ``most_waiting`` wait already.
        """
        ticket = object()
        with self._moved:
            if most_waiting is not None and len(self._standing) >= self._at_once + most_waiting:
                raise QueueFull(
                    f"正在回答别的问题，已有 {most_waiting} 个在排队。请稍后再问。",
                    f"{most_waiting} questions are waiting already: ask again later.",
                )
            self._standing.append(ticket)
        try:
            yield self._positions(ticket)
        finally:
            with self._moved:
                self._standing.remove(ticket)
                self._moved.notify_all()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """A place whose turn has come."""
        with self.place() as positions:
            for _ in positions:
                pass
            yield

    @property
    def waiting(self) -> int:
        """How many are not being served yet."""
        with self._moved:
            return max(0, len(self._standing) - self._at_once)

    def _positions(self, ticket: object) -> Iterator[int]:
        position = self._position(ticket)
        yield position
        while position:
            position = self._after(ticket, position)
            yield position

    def _after(self, ticket: object, position: int) -> int:
        """The next position, once it is another."""
        with self._moved:
            self._moved.wait_for(lambda: self._position(ticket) != position)
            return self._position(ticket)

    def _position(self, ticket: object) -> int:
        return max(0, self._standing.index(ticket) - self._at_once + 1)
