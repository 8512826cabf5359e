"""A growing answer as server-sent events (HTML standard, section 9.2)."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterable, AsyncIterator, Callable
from typing import Any

import anyio
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.api.asking import Asked, Asking
from app.api.refusals import error_body, refused, unexpected
from errors import YoujuError
from records import Answer

log = logging.getLogger("youju.api")

Encode = Callable[[AsyncIterable[Answer]], AsyncIterator[dict[str, Any]]]


class AnswerStream(Response):
    """Sends what ``encode`` makes of the answer as it grows, an event each, then ``[DONE]``.

    What goes wrong before the first piece is raised, so that it gets a status of its own; what
    goes wrong later is an event with an error. When the caller leaves, the work ends.
    """

    media_type = "text/event-stream"

    def __init__(self, asking: Asking, asked: Asked, encode: Encode) -> None:
        super().__init__()
        del self.headers["content-length"]
        self._asking = asking
        self._asked = asked
        self._encode = encode

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events. Raises what came instead of the first piece."""
        failed: Exception | None = None
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_until_left, receive, tasks.cancel_scope)
            async with self._asking.stream(self._asked) as pieces:
                first = await pieces.receive()
                if isinstance(first, Exception):
                    failed = first
                else:
                    await self._send(first, pieces, send)
            tasks.cancel_scope.cancel()
        if failed is not None:
            raise failed

    async def _send(
        self, first: Answer, pieces: AsyncIterable[Answer | Exception], send: Send
    ) -> None:
        async def event(data: str, more: bool = True) -> None:
            body = f"data: {data}\n\n".encode()
            await send({"type": "http.response.body", "body": body, "more_body": more})

        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            async for chunk in self._encode(_answers(first, pieces)):
                await event(json.dumps(chunk))
        except YoujuError as error:
            await event(json.dumps(error_body(refused(error))), more=False)
        except Exception:
            log.exception("an answer was cut short")
            await event(json.dumps(error_body(unexpected())), more=False)
        else:
            await event("[DONE]", more=False)


async def _answers(
    first: Answer, pieces: AsyncIterable[Answer | Exception]
) -> AsyncIterator[Answer]:
    yield first
    async for piece in pieces:
        if isinstance(piece, Exception):
            raise piece
        yield piece


async def _until_left(receive: Receive, scope: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()
