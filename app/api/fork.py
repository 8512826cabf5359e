"""What stands before the page on its server, outside of the page's own middleware."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


class _Fork:
    """ASGI: requests to some paths go one way, everything else to the page."""

    def __init__(self, ours: ASGIApp, starts: tuple[str, ...], page: ASGIApp) -> None:
        self._ours = ours
        self._starts = starts
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ours = scope["type"] == "http" and scope["path"].startswith(self._starts)
        await (self._ours if ours else self._page)(scope, receive, send)


def put_before(page: Starlette, ours: ASGIApp, starts: tuple[str, ...]) -> None:
    """Send requests whose path begins with one of ``starts`` to ``ours``."""
    if page.middleware_stack is None:
        raise RuntimeError("the page's server has not been put together yet")
    page.middleware_stack = _Fork(ours, starts, page.middleware_stack)


def all_of(*parts: Lifespan) -> Lifespan:
    """One lifespan of several: begun in order, ended in the opposite one."""

    @asynccontextmanager
    async def lifespan(page: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for part in parts:
                await stack.enter_async_context(part(page))
            yield

    return lifespan
