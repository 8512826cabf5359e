"""``/health`` and ``/metrics``: how the server is doing, for whoever watches over it.

Whether it is ready anyone may know who reaches it. Counts are for those who may use the
interfaces: with one of the tokens, or without tokens on this machine alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial

from anyio import to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.api.access import Access, access_of
from app.api.fork import Lifespan, put_before
from app.api.guard import Guard
from app.api.rate import Rate
from app.api.refusals import Refused, error_response, refused, unexpected
from app.assistant import AT_ONCE, Assistant
from app.metrics import CONTENT_TYPE, counting
from errors import YoujuError
from index.library import Library
from settings import PageSettings

HEALTH, METRICS = "/health", "/metrics"
_REQUESTS = 600  # a minute
_BODY = 1000  # bytes; nothing is read from it


def monitored(assistant: Assistant, settings: PageSettings, waiting: Callable[[], int]) -> Lifespan:
    """What runs while the page's server does; ``waiting`` is how many questions wait there."""
    access = access_of(assistant.settings.api, settings)

    @asynccontextmanager
    async def lifespan(page: Starlette) -> AsyncIterator[None]:
        with counting() as metrics:

            async def exposed(request: Request) -> Response:
                gauges = await to_thread.run_sync(_gauges, assistant, waiting)
                return Response(metrics.text(gauges), media_type=CONTENT_TYPE)

            health = Route(HEALTH, partial(_health, assistant.library, access))
            routes = Starlette(
                routes=[health, Route(METRICS, exposed)],
                exception_handlers={YoujuError: _ours, sqlite3.Error: _unexpected},
            )
            guard = Guard(routes, access, Rate(_REQUESTS), _BODY, unlocked=(HEALTH,))
            put_before(page, guard, (HEALTH, METRICS))
            yield

    return lifespan


async def _health(library: Library, access: Access, request: Request) -> JSONResponse:
    """200 when questions can be answered or documents taken in, else 503."""
    try:
        counts = await to_thread.run_sync(_counts, library)
    except YoujuError as error:
        return error_response(refused(error))
    except sqlite3.Error:
        return error_response(_unreadable())
    try:
        access.caller(request.headers)
    except Refused:
        counts = {}
    return JSONResponse({"status": "ready", **counts})


def _counts(library: Library) -> dict[str, int]:
    """The library's generation and size. Raises LibraryMismatch and sqlite3.Error."""
    library.check()
    store = library.store
    return {
        "generation": store.generation(),
        "documents": store.document_count(),
        "passages": store.count(),
    }


def _gauges(assistant: Assistant, waiting: Callable[[], int]) -> Mapping[str, tuple[str, float]]:
    store = assistant.library.store
    return {
        "youju_library_documents": ("Documents in the library.", store.document_count()),
        "youju_library_passages": ("Passages in the library.", store.count()),
        "youju_library_generation": ("Changes of the library so far.", store.generation()),
        "youju_questions_waiting": ("Requests that wait on the page or from programs.", waiting()),
        "youju_questions_at_once": ("Questions that are worked on at once, at most.", AT_ONCE),
    }


async def _ours(request: Request, error: Exception) -> JSONResponse:
    known = error if isinstance(error, YoujuError) else unexpected()
    return error_response(refused(known))


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    return error_response(_unreadable())


def _unreadable() -> Refused:
    return Refused(
        503,
        "library_unreadable",
        "资料库读不出来。请在本机运行 youju doctor。",
        "The library can't be read: run youju doctor on its machine.",
    )
