"""An event that is left: it ends at once, and what it held is let go."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

from anyio import CapacityLimiter

from app.page.leaving import leaving


class Held:
    """A handler that gives one piece, hangs, and notes when it is closed."""

    def __init__(self) -> None:
        self.go_on, self.closed = threading.Event(), threading.Event()

    def __call__(self, first: str) -> Iterator[list[Any]]:
        try:
            yield [first]
            assert self.go_on.wait(60)
            yield ["late"]
            yield ["never"]
        finally:
            self.closed.set()


async def taken(held: Held, cancelled: bool) -> list[list[Any]]:
    """What the event gives, cancelled while the second step hangs or not."""
    pieces: list[list[Any]] = []

    async def event() -> None:
        async for piece in leaving(held, CapacityLimiter(2))("first"):
            pieces.append(piece)

    task = asyncio.create_task(event())
    while not pieces:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    if not cancelled:
        held.go_on.set()
        await task
        return pieces
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not held.closed.is_set()  # the event has ended, its step has not
    held.go_on.set()
    assert await asyncio.to_thread(held.closed.wait, 60)
    return pieces


def test_an_event_that_is_waited_for_gives_all_pieces() -> None:
    held = Held()
    assert asyncio.run(taken(held, False)) == [["first"], ["late"], ["never"]]
    assert held.closed.is_set()


def test_an_event_that_is_left_does_not_wait_for_its_step() -> None:
    assert asyncio.run(taken(Held(), True)) == [["first"]]
