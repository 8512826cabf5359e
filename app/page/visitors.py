"""Who asks: the name that a visitor signed in with, empty where nobody has to."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app.page.gradio_offline import gr


def owner_of(request: gr.Request | Request) -> str:
    """Whose conversations are meant."""
    if isinstance(request, Request):
        return signed_in(request) or ""
    return str(getattr(request, "username", None) or "")


def token_names(app: Any) -> tuple[str, str]:
    """The names of Gradio's cookies: over HTTPS, and over plain HTTP."""
    return f"access-token-{app.cookie_id}", f"access-token-unsecure-{app.cookie_id}"


def signed_in(request: Request) -> str | None:
    """The visitor's name by Gradio's own cookie; None for one who has not signed in."""
    app: Any = request.app
    for each in token_names(app):
        name = app.tokens.get(request.cookies.get(each))
        if name is not None:
            return str(name)
    return None


class SignInGuard:
    """ASGI middleware for our own routes: they are for those who have signed in, where one has to.

    Gradio guards its own routes; it doesn't know of ours.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or send its visitor to the page that asks who he is."""
        request = Request(scope)
        if request.app.auth is not None and signed_in(request) is None:
            await RedirectResponse("/", status_code=303)(scope, receive, send)
        else:
            await self._app(scope, receive, send)
