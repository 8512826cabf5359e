"""Work done ahead of its use, in a thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import Empty, Queue
from threading import Thread
from types import TracebackType
from typing import Generic, Self, TypeVar

T = TypeVar("T")


class Stopped(Exception):
    """Nobody wants what is being made any more."""


class Ahead(Generic[T]):
    """The items of an iterator, made in a thread while the ones before are used.

    At most one finished item waits. What making one raises is raised where it would have been
    used. Leaving the context ends the thread: ``cancel`` may cut short what it is doing, and
    ``check`` raises Stopped there.
    """

    def __init__(self, items: Iterator[T], cancel: Callable[[], None] = lambda: None) -> None:
        self._items = items
        self._cancel = cancel
        self._made: Queue[tuple[T] | BaseException | None] = Queue(maxsize=1)
        self._stopped = False
        self._thread = Thread(target=self._make, daemon=True)
        self.awaited = False
        """Whether somebody waits for the next item."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped = True
        if self._thread.is_alive():
            self._cancel()
        while self._thread.is_alive():
            self._discard()  # makes room for what the thread still wants to hand over
            self._thread.join(0.01)
        self._discard()
        self._made.put(None)  # for a thread that waits for us in its turn

    def _discard(self) -> None:
        with suppress(Empty):
            self._made.get_nowait()

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        self.awaited = True
        try:
            made = self._made.get()
        finally:
            self.awaited = False
        if isinstance(made, tuple):
            return made[0]
        self._made.put(None)  # there are no more, however often one asks
        raise made or StopIteration

    def check(self) -> None:
        """Raises Stopped once the items are no longer wanted; for the maker to call."""
        if self._stopped:
            raise Stopped

    def _make(self) -> None:
        try:
            for item in self._items:
                self._made.put((item,))
                self.check()
            self._made.put(None)
        except Stopped:
            return
        except BaseException as error:
            self._made.put(error)
