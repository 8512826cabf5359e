"""The interfaces put together, to stand on the page's server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route

from app.api import chat, rest
from app.api.access import Access
from app.api.asking import Asking
from app.api.fork import Lifespan, put_before
from app.api.guard import Guard
from app.api.mcp_tools import mcp_server
from app.api.rate import Rate
from app.api.refusals import Refused, error_response, refused, unexpected
from errors import YoujuError
from settings import ApiSettings

_DESCRIPTION = (
    "向资料库提问，答案附逐字核对过的引文。Questions put to the library, answered with quotes that "
    "were checked. POST 的内容是 JSON；设置了令牌时请写 Authorization: Bearer。MCP: /mcp"
)
STARTS = ("/api/", "/v1/", "/mcp")


def beside_page(asking: Asking, settings: ApiSettings) -> Lifespan:
    """What runs while the page's server does: the interfaces stand before the page.

    They are put outside of the page's own middleware, which would add CORS headers and compress
    streams.
    """
    interfaces = create_interfaces(asking)
    tools = mcp_server(asking)
    guarded = TransportSecuritySettings(enable_dns_rebinding_protection=False)  # by Guard
    tools.streamable_http_app(stateless_http=True, json_response=True, transport_security=guarded)
    # Only POST: a GET would hold a stream open on which nothing is ever sent.
    endpoint = StreamableHTTPASGIApp(tools.session_manager)
    interfaces.router.routes.append(Route("/mcp", endpoint, methods=["POST"]))
    guard = Guard(
        interfaces,
        Access(settings.tokens),
        Rate(settings.requests_per_minute),
        settings.max_body_kilobytes * 1000,
        unlocked=(rest.DOCS, rest.OPENAPI),
    )

    @asynccontextmanager
    async def lifespan(page: Starlette) -> AsyncIterator[None]:
        put_before(page, guard, STARTS)
        async with tools.session_manager.run():
            yield

    return lifespan


def create_interfaces(asking: Asking) -> FastAPI:
    """The interfaces but MCP, without the guard that they need."""
    handlers: dict[Any, Any] = {
        YoujuError: _ours,
        RequestValidationError: _invalid,
        HTTPException: _http,
        Exception: _unexpected,
    }
    interfaces = FastAPI(
        title="有据 Youju",
        version=version("youju"),
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url=rest.OPENAPI,
        exception_handlers=handlers,
        redirect_slashes=False,
    )
    interfaces.state.asking = asking
    interfaces.include_router(rest.router)
    interfaces.include_router(chat.router)
    return interfaces


async def _ours(request: Request, error: YoujuError) -> JSONResponse:
    return _said(request, refused(error))


async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
    """The first fault; what was sent is not repeated."""
    fault = error.errors()[0]
    malformed = fault["type"] == "json_invalid"  # then loc counts bytes
    where = "" if malformed else ".".join(str(p) for p in fault["loc"] if p != "body")
    return _said(
        request,
        Refused(
            422,
            str(fault["type"]),
            f"参数 {where or 'body'} 不合要求（{fault['type']}）。请对照 {rest.DOCS} 改正。",
            f"Bad parameter {where or 'body'}: {fault['msg']}. See {rest.DOCS}.",
            where,
        ),
    )


async def _http(request: Request, error: HTTPException) -> JSONResponse:
    """404 and 405 of paths and methods, 400 of a body that is no JSON."""
    return _said(
        request,
        Refused(
            error.status_code,
            "bad_request",
            f"{request.method} {request.url.path[:100]} 不能处理（{error.status_code}）。"
            f"接口说明见 {rest.DOCS}。",
            f"{request.method} {request.url.path[:100]}: {error.detail}. See {rest.DOCS}.",
        ),
    )


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    return _said(request, unexpected())


def _said(request: Request, error: Refused) -> JSONResponse:
    """The response; OpenAI's own API has 400 for what is 422 elsewhere."""
    if error.status == 422 and request.url.path.startswith("/v1/"):
        error.status = 400
    return error_response(error)
