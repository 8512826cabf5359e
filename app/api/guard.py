"""What every request passes before an interface sees it: access, rate, type and size."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.access import Access
from app.api.rate import Rate
from app.api.refusals import Refused, error_response

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_SURROGATE = re.compile(rb"\\u[dD][89A-Fa-f]")
_DRAINED = 16  # an oversized body is read this many times the limit, so that the answer is heard


class Guard:
    """ASGI middleware: refuses a request, or hands it on with its body read whole.

    ``unlocked`` are the paths that need no token: they tell nothing of the library.
    """

    def __init__(
        self,
        app: ASGIApp,
        access: Access,
        rate: Rate,
        max_body: int,
        unlocked: Iterable[str] = (),
    ) -> None:
        """``max_body`` is in bytes."""
        self._app = app
        self._access = access
        self._rate = rate
        self._max_body = max_body
        self._unlocked = frozenset(unlocked)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or hand it on."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        try:
            self._admit(scope)
            body = await self._body(receive)
        except Refused as error:
            await error_response(error)(scope, receive, send_with_headers)
            return
        if body is not None:
            await self._app(scope, replayed(body, receive), send_with_headers)

    def _admit(self, scope: Scope) -> None:
        """Raises Refused: 401, 403, 429 or 415."""
        headers = Headers(scope=scope)
        address = scope["client"][0] if scope.get("client") else ""
        try:
            open_to_all = scope["path"] in self._unlocked
            caller = f"address {address}" if open_to_all else self._access.caller(headers)
        except Refused as error:
            self._count(f"address {address}" if error.status == 401 else "foreign")
            raise
        self._count(caller)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if scope["method"] == "POST" and kind != "application/json":
            raise Refused(
                415,
                "json_required",
                f"请求的类型是“{kind[:100]}”，应为 application/json。请改正请求头 Content-Type。",
                f'The request\'s type is "{kind[:100]}": send Content-Type: application/json.',
            )

    def _count(self, caller: str) -> None:
        seconds = self._rate.wait(caller)
        if seconds:
            after = math.ceil(seconds)
            raise Refused(
                429,
                "rate_limit_exceeded",
                f"请求太频繁，请在 {after} 秒后再试，或调高设置 api.requests_per_minute。",
                f"Too many requests: try again in {after} s, or raise api.requests_per_minute.",
                retry_after=after,
            )

    async def _body(self, receive: Receive) -> bytes | None:
        """The whole body; None if the caller went away. Raises Refused, 413."""
        pieces, size, more = [], 0, True
        while more and size <= _DRAINED * self._max_body:
            message = await receive()
            if message["type"] != "http.request":
                return None
            more = message.get("more_body", False)
            size += len(message.get("body", b""))
            if size <= self._max_body:
                pieces.append(message.get("body", b""))
        if size > self._max_body:
            limit = self._max_body // 1000
            raise Refused(
                413,
                "body_too_large",
                f"请求超过 {limit} KB。请缩短它，或调高设置 api.max_body_kilobytes。",
                f"The request is larger than {limit} kB: shorten it, or raise "
                "api.max_body_kilobytes.",
            )
        body = b"".join(pieces)
        _check_characters(body)
        return body


def _check_characters(body: bytes) -> None:
    """Raises Refused, 422, for what is no text in UTF-8, and for half a surrogate pair.

    JSON can spell the latter, but it is no character. What is no JSON is left to those who read
    it.
    """
    try:
        if "\0" in body.decode():  # UTF-16, which Python's JSON reads too
            raise _no_text()
        if _SURROGATE.search(body):
            json.dumps(json.loads(body), ensure_ascii=False).encode()
    except UnicodeError as error:
        raise _no_text() from error
    except (ValueError, RecursionError):
        return


def _no_text() -> Refused:
    return Refused(
        422,
        "not_text",
        "请求不是 UTF-8 文字，或有半个代理对。请检查编码。",
        "The request is no UTF-8 text, or holds half a surrogate pair: check its encoding.",
    )


def replayed(body: bytes, receive: Receive) -> Receive:
    """``receive`` with the body that was read put back before what is still to come."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return waiting.pop() if waiting else await receive()

    return receive_again
