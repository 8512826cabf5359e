"""The page that asks who one is, in place of Gradio's own, and the routes behind it.

Whoever signs in gets one of Gradio's tokens, so that its guards and ours know him.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from app.accounts import SignIn
from app.messages import MESSAGES, Messages
from app.page.panels import notice_html
from app.page.visitors import signed_in, token_names

_STYLE = Path(__file__).with_name("sign_in.css")
_MOST_BYTES = 10_000  # of a name and a password
_MOST_FIELDS = 8


class SignInPage:
    """ASGI middleware: whoever has not signed in sees the form where the page would be."""

    def __init__(self, app: ASGIApp, language: str) -> None:
        """``language`` is spoken to those whose browsers ask for none of ours."""
        self._app = app
        self._language = language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show the form, or let the request through."""
        if scope["type"] == "http" and scope["path"] == "/" and scope["method"] in ("GET", "HEAD"):
            request = Request(scope)
            if request.app.auth is not None and signed_in(request) is None:
                messages = _messages(request, self._language)
                response = HTMLResponse(_form("", "", messages), headers=_PRIVATE)
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)


_PRIVATE = {"Cache-Control": "no-store"}


def sign_in_routes(accounts: SignIn, language: str) -> list[Route]:
    """Where the form is sent to, and where one signs out; before Gradio's routes of these names."""
    return [
        Route("/login", _entering(accounts, language), methods=["POST"]),
        Route("/logout", _leave, methods=["POST"]),
    ]


def _entering(accounts: SignIn, language: str) -> Callable[[Request], Any]:
    async def enter(request: Request) -> Response:
        messages = _messages(request, language)
        if _from_elsewhere(request):
            return Response(status_code=403)
        body = await _body(request)
        if body is None or body.count("&") > _MOST_FIELDS:
            return Response(status_code=413)
        said = parse_qs(body, errors="replace")
        name, password = (said.get(key, [""])[0] for key in ("username", "password"))
        name = name.strip()
        if not await accounts.admits(name, password):
            form = _form(messages.sign_in.refused, name, messages)
            return HTMLResponse(form, status_code=400, headers=_PRIVATE)
        token = secrets.token_urlsafe(32)
        request.app.tokens[token] = name
        response = RedirectResponse("./", status_code=303)
        secure = request.url.scheme == "https"
        cookie = token_names(request.app)[not secure]
        response.set_cookie(cookie, token, httponly=True, samesite="lax", secure=secure)
        return response

    return enter


async def _leave(request: Request) -> Response:
    if _from_elsewhere(request):
        return Response(status_code=403)
    response = RedirectResponse("./", status_code=303)
    for name in token_names(request.app):
        request.app.tokens.pop(request.cookies.get(name), None)
        response.delete_cookie(name)
    return response


def _from_elsewhere(request: Request) -> bool:
    """Whether a browser says that another site's page sent this.

    Over plain HTTP most say no more than the page's origin, and that only of a form.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")


async def _body(request: Request) -> str | None:
    """What was sent; None where that is too much."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_BYTES:
            return None
    return body.decode("utf-8", "replace")


def _messages(request: Request, language: str) -> Messages:
    """In the language that the link asks for, else the browser's first of ours."""
    accepted = request.headers.get("accept-language", "").lower().split(",")
    wanted = [request.query_params.get("lang", ""), *(each.strip()[:2] for each in accepted)]
    return MESSAGES[next((each for each in wanted if each in MESSAGES), language)]


def _form(fault: str, name: str, messages: Messages) -> str:
    """The whole page; ``fault`` says why one was not let in, with the ``name`` given."""
    words = messages.sign_in
    other = "zh" if messages.tag == "en" else "en"
    return str(
        Markup(
            '<!doctype html><html lang="{tag}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            "<title>{title} · {sign_in}</title><style>{style}</style></head><body>"
            '<header><p><strong lang="zh-CN">{brand}</strong> {tagline}</p>'
            '<a href="?lang={other}" lang="{other}">{other_language}</a></header>'
            '<main><h1>{sign_in}</h1>{fault}<form method="post" action="login?lang={language}">'
            '<label for="username">{user}</label><input id="username" name="username" '
            'value="{name}" autocomplete="username" autocapitalize="none" required{first}>'
            '<label for="password">{password}</label><input id="password" name="password" '
            'type="password" autocomplete="current-password" required{second}>'
            "<button>{sign_in}</button></form></main></body></html>"
        ).format(
            tag=messages.tag,
            language=messages.tag[:2],
            style=Markup(_STYLE.read_text(encoding="utf-8")),
            title=messages.title,
            brand=MESSAGES["zh"].title,
            tagline=messages.tagline,
            other=other,
            other_language=messages.other_language,
            sign_in=words.sign_in,
            fault=notice_html(fault) if fault else "",
            user=words.user,
            password=words.password,
            name=name,
            first=Markup("" if name else " autofocus"),
            second=Markup(" autofocus" if name else ""),
        )
    )


def signed_in_html(name: str, messages: Messages) -> Markup:
    """Who is signed in, and the button to sign out; nothing where nobody has to."""
    if not name:
        return Markup()
    return Markup(
        '<form class="signed-in" lang="{}" method="post" action="logout">{} '
        "<button>{}</button></form>"
    ).format(messages.tag, name, messages.sign_in.sign_out)
