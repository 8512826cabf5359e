"""Events of the page that end at once when their visitor no longer waits for them."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from functools import wraps
from typing import Any

from anyio import CapacityLimiter, to_thread

_Handler = Callable[..., Iterator[list[Any]]]


def leaving(handler: _Handler, threads: CapacityLimiter) -> Callable[..., AsyncIterator[list[Any]]]:
    """The handler, each step of it in a thread, that doesn't hold its event up when cancelled.

    Gradio's own way waits for the step at work, and cancels what was asked meanwhile. Here that
    step ends by itself, and the handler's generator is closed with it.
    """

    @wraps(handler)
    async def handled(*given: Any) -> AsyncIterator[list[Any]]:
        pieces: Any = handler(*given)
        left = threading.Event()

        def step() -> list[Any] | None:
            piece: list[Any] | None = next(pieces, None)
            if left.is_set():
                pieces.close()
            return piece

        try:
            while shown := await to_thread.run_sync(step, abandon_on_cancel=True, limiter=threads):
                yield shown
        finally:
            left.set()
            with suppress(ValueError):  # a step is at work, and will close it
                pieces.close()

    return handled
