"""How requests leave: one address, no more headers than needed, answers bounded."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx

LONGEST_ANSWER = 8 << 20
"""Bytes of one HTTP answer; server-sent events take some 300 for each token."""
_CONNECT_SECONDS = 10.0
# The official client adds the operating system, and organisations found in the environment.
_SENT = frozenset(
    "host connection content-type content-length accept accept-encoding authorization".split()
)


class Overlong(Exception):
    """The answer is longer than anything that was asked for."""


class BoundedTransport(httpx.BaseTransport):
    """Hands requests on; their answers end at the request's read timeout, counted in all.

    httpx's own timeout is for each read, so a trickle would go on for ever. A silent endpoint
    is waited for at most as long again.
    """

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """As httpx has it. Reading the answer raises ReadTimeout or Overlong."""
        deadline = time.monotonic() + float(request.extensions["timeout"]["read"])
        for name in set(request.headers) - _SENT:
            del request.headers[name]
        request.headers["accept-encoding"] = "identity"
        response = self._inner.handle_request(request)
        assert isinstance(response.stream, httpx.SyncByteStream)
        response.stream = _Bounded(response.stream, deadline)
        return response

    def close(self) -> None:
        """Let go of the connections."""
        self._inner.close()


class _Bounded(httpx.SyncByteStream):
    def __init__(self, inner: httpx.SyncByteStream, deadline: float) -> None:
        self._inner = inner
        self._deadline = deadline

    def __iter__(self) -> Iterator[bytes]:
        left = LONGEST_ANSWER
        for chunk in self._inner:
            left -= len(chunk)
            if left < 0:
                raise Overlong
            if time.monotonic() > self._deadline:
                raise httpx.ReadTimeout("the answer took too long")
            yield chunk

    def close(self) -> None:
        self._inner.close()


def bounded_client() -> httpx.Client:
    """A client that follows no redirect and obeys no proxy variable of the environment."""
    return httpx.Client(
        transport=BoundedTransport(httpx.HTTPTransport(trust_env=False)),
        trust_env=False,
        follow_redirects=False,
    )


def timeouts(seconds: float) -> httpx.Timeout:
    """Limits for a request that may take ``seconds`` in all."""
    return httpx.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS))
