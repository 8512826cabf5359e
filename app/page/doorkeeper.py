"""What of Gradio's own server visitors may use: what the page needs, and nothing else.

Gradio has more routes than a page of ours uses, and some of them act for whoever asks:
``file=`` and ``proxy=`` fetch any address, and so does an event's data that names an address
where a file's path belongs. Here only what is listed passes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.guard import replayed
from app.upload_folder import INCOMING, arrived, discard_stale
from ingest.reading import MEGABYTE
from settings import PageSettings

_GRADIO = "/gradio_api/"
_GET = (
    *("app_id", "heartbeat/", "info", "login_check", "queue/data", "queue/status"),
    *("startup-events", "theme.css", "upload_progress", "user"),
)
_EVENTS = ("queue/join", "run/predict")
_POST = ("cancel", "reset", "upload", *_EVENTS)
_EVENT_PATHS = [f"{_GRADIO}{name}" for name in _EVENTS]
_POSTED = ("/login", "/logout")  # by our form; another site's link must not sign anybody out
_CLOSED = ("/monitoring", "/openapi.json", "/gradio_api")
_MOST_EVENT = 1_000_000  # bytes of an event's data
_FILES_EACH = 50  # files that may lie about, for each that may be sent at a time


class Doorkeeper:
    """ASGI middleware before Gradio's routes: refuses what the page has no use for."""

    def __init__(self, app: ASGIApp, home: Path, settings: PageSettings) -> None:
        self._app = app
        self._home = home
        self._most_bytes = int(settings.max_uploads * settings.max_upload_megabytes * MEGABYTE)
        self._most_files = settings.max_uploads * _FILES_EACH

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or hand it on."""
        if scope["type"] == "http":
            status = await self._refusal(scope)
            if status is None and scope["path"] in _EVENT_PATHS:
                status, receive = await self._event(receive)
            if status is not None:
                await PlainTextResponse(f"{status}", status)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _refusal(self, scope: Scope) -> int | None:
        """The status of a request that is refused before its body is read."""
        path = scope["path"]
        if not _is_open(scope["method"], path):
            return 404
        if path == f"{_GRADIO}upload":
            length = Headers(scope=scope).get("content-length", "")
            if not length.isdecimal():
                return 411
            if int(length) > self._most_bytes:
                return 413
            if await to_thread.run_sync(self._is_full):
                return 503
        return None

    def _is_full(self) -> bool:
        """Whether what was sent and not brought in yet is as much as may lie about."""
        if self._fits():
            return False
        discard_stale(self._home)
        return not self._fits()

    def _fits(self) -> bool:
        sizes = list(_sizes(self._home / INCOMING))
        return len(sizes) < self._most_files and sum(sizes) < self._most_bytes

    async def _event(self, receive: Receive) -> tuple[int | None, Receive]:
        """The status of an event that is refused, and its body to be read again."""
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return 400, receive
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > _MOST_EVENT:
                return 413, receive
        try:
            named = list(_paths(json.loads(body)))
        except (ValueError, RecursionError):
            return 400, receive
        if all([await to_thread.run_sync(arrived, self._home, path) for path in named]):
            return None, replayed(body, receive)
        return 403, receive


def _is_open(method: str, path: str) -> bool:
    if path.startswith(_GRADIO):
        rest = path.removeprefix(_GRADIO)
        allowed = _POST if method == "POST" else _GET
        return any(rest == name or (name[-1] == "/" and rest.startswith(name)) for name in allowed)
    if path.startswith(_POSTED):
        return method == "POST" and path in _POSTED
    return not path.startswith(_CLOSED)


def _paths(value: Any) -> Iterator[object]:
    """Whatever stands in an event's data as a file's path, at any depth."""
    if isinstance(value, dict):
        if "meta" in value and "path" in value:  # what Gradio takes for a file
            yield value["path"]
        for each in value.values():
            yield from _paths(each)
    elif isinstance(value, list):
        for each in value:
            yield from _paths(each)


def _sizes(folder: Path) -> Iterator[int]:
    """Bytes of each file below the folder."""
    for file in folder.rglob("*"):
        with suppress(OSError):  # brought in meanwhile
            if file.is_file():
                yield file.stat().st_size
