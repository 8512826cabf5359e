"""The chat page as a server: where it listens, what it lets out, how it looks."""

from __future__ import annotations

import errno
import logging
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.accounts import SignIn, is_loopback
from app.api.access import why_closed
from app.api.fork import all_of
from app.api.monitoring import monitored
from app.assistant import AT_ONCE, Assistant
from app.logs import tame_server
from app.page.connections import bound
from app.page.doorkeeper import Doorkeeper
from app.page.export_routes import export_routes
from app.page.extension import Extension
from app.page.gradio_offline import gr, receive_in
from app.page.layout import build_page
from app.page.sign_in import SignInPage, sign_in_routes
from app.page.source_pages import source_routes
from app.page.visitors import SignInGuard
from app.upload_folder import INCOMING
from errors import YoujuError
from ingest.reading import MEGABYTE
from settings import PageSettings

log = logging.getLogger("youju.page")

_HERE = Path(__file__).parent
_THREADS = 40
_STYLES = ("page.css", "talk.css", "documents.css")
_SCRIPTS = ("steady.js", "page.js")
_FONTS = (
    "-apple-system",
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "system-ui",
    "sans-serif",
)
# Gradio's own scripts are inline and compile templates; nothing may come from elsewhere.
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self' 'unsafe-inline' "
    "'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class _SafetyHeaders:
    """ASGI middleware that adds headers to every response, and logs those that refuse."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
                if message["status"] >= 400:
                    facts = {"status": message["status"], "code": "page"}
                    log.info("request refused", extra={"facts": facts})
            await send(message)

        await self._app(scope, receive, send_with_headers)


@contextmanager
def running(
    assistant: Assistant, settings: PageSettings, extensions: Sequence[Extension] = ()
) -> Iterator[str]:
    """Serve the page while the context lasts; gives its address. Port 0 takes a free one.

    ``extensions`` are closed at the end. Raises YoujuError when the address can't be used, and
    for one that others reach while nobody has to sign in.
    """
    _check_sign_in(settings)
    port = _free_port(settings.host, settings.port)
    home = assistant.settings.home
    receive_in(home / INCOMING)
    tabs = [extension.tab for extension in extensions]
    accounts, language = SignIn(settings.users), assistant.settings.language
    sign_in: Any = accounts.admits if settings.users else None
    page = build_page(assistant, language, tabs)
    page.queue(max_size=settings.max_queue, default_concurrency_limit=AT_ONCE, api_open=False)
    page.launch(
        server_name=settings.host,
        server_port=port,
        prevent_thread_lock=True,
        quiet=True,
        show_error=False,
        share=False,
        auth=sign_in,
        ssr_mode=False,
        _frontend=False,  # else a machine too busy to answer in three seconds ends the start
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        run_history=False,
        max_threads=_THREADS,
        footer_links=[],
        allowed_paths=[],
        blocked_paths=[str(path) for path in home.iterdir() if path.name != INCOMING],
        max_file_size=int(settings.max_upload_megabytes * MEGABYTE),
        state_session_capacity=1000,
        app_kwargs={
            "middleware": [
                Middleware(_SafetyHeaders),
                Middleware(Doorkeeper, home=home, settings=settings),
                Middleware(SignInPage, language=language),
            ],
            "routes": [
                *(sign_in_routes(accounts, language) if settings.users else ()),
                *(
                    Route(route.path, route.endpoint, middleware=[Middleware(SignInGuard)])
                    for route in (
                        *source_routes(assistant),
                        *export_routes(assistant),
                        *(route for extension in extensions for route in extension.routes),
                    )
                ),
            ],
            "lifespan": _beside(assistant, settings),
        },
        theme=gr.themes.Base(font=_FONTS, font_mono=("ui-monospace", "monospace")),
        css_paths=[*(_HERE / name for name in _STYLES), *(e.style for e in extensions if e.style)],
        head="".join(f"<script>{(_HERE / name).read_text('utf-8')}</script>" for name in _SCRIPTS),
    )
    bound(page.server.config)
    tame_server()
    try:
        yield str(page.local_url)
    finally:
        page.close(verbose=False)
        for extension in extensions:
            extension.close()


def _beside(assistant: Assistant, settings: PageSettings) -> Callable[..., Any]:
    """What runs while the server does: its monitoring, and the interfaces where they are on."""
    if why_closed(assistant.settings.api, settings):
        return monitored(assistant, settings, lambda: assistant.line.waiting)
    from app.api.asking import Asking
    from app.api.interfaces import beside_page

    asking = Asking(assistant, settings)
    return all_of(
        monitored(assistant, settings, lambda: assistant.line.waiting + asking.waiting()),
        beside_page(asking, assistant.settings.api),
    )


def serve(
    assistant: Assistant,
    settings: PageSettings,
    on_ready: Callable[[str], None] | None = None,
    extensions: Sequence[Extension] = (),
) -> None:
    """Serve the page until interrupted; ``on_ready`` hears its address once it answers.

    Raises YoujuError when the address can't be used.
    """
    with running(assistant, settings, extensions) as address, suppress(KeyboardInterrupt):
        if on_ready:
            on_ready(address)
        threading.Event().wait()


def _check_sign_in(settings: PageSettings) -> None:
    if settings.users or is_loopback(settings.host):
        return
    raise YoujuError(
        f"网页要在 {settings.host} 上提供，别的机器也能访问，但没有设置用户。"
        "请用 youju password 生成密码的散列，写进 youju.toml 的 [page.users]。",
        f"the page would listen on {settings.host}, where other machines reach it, and no user "
        "is set: make a password's hash with youju password and put it below [page.users] in "
        "youju.toml.",
    )


def _free_port(host: str, port: int) -> int:
    """``port``, or a free one for 0. Raises YoujuError when it can't be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise YoujuError(
                    f"端口 {port} 已被占用。请关掉占用它的程序，或用 --port 换一个端口。",
                    f"port {port} is in use: stop what uses it, or choose another with --port.",
                ) from error
            raise YoujuError(
                f"不能在 {host}:{port} 上提供网页：{error.strerror}。请检查 --host 和 --port。",
                f"can't serve on {host}:{port}: {error.strerror}. Check --host and --port.",
            ) from error
        return int(probe.getsockname()[1])
