"""The chat page: Gradio around ``Assistant.ask``. What it shows is made in ``app.cards``."""

from __future__ import annotations

import errno
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

# Gradio and Hugging Face read these when they are imported; without the last line a proxy
# would be asked for the page's own address.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
for _name in ("NO_PROXY", "no_proxy"):
    os.environ[_name] = ",".join(filter(None, [os.environ.get(_name), "127.0.0.1,localhost"]))

import gradio as gr  # noqa: E402
from starlette.datastructures import MutableHeaders  # noqa: E402
from starlette.middleware import Middleware  # noqa: E402
from starlette.types import ASGIApp, Message, Receive, Scope, Send  # noqa: E402

from app.assistant import Assistant  # noqa: E402
from app.cards import (  # noqa: E402
    Turn,
    conversation_html,
    documents_html,
    empty_library_html,
    masthead_html,
    notice_html,
    scope_html,
    welcome_html,
)
from app.messages import EXAMPLES, MESSAGES, Messages  # noqa: E402
from errors import YoujuError  # noqa: E402
from records import Answer  # noqa: E402
from settings import PageSettings  # noqa: E402

log = logging.getLogger("youju.page")

MAX_TURNS = 20
_HERE = Path(__file__).parent
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


_html = partial(gr.HTML, apply_default_css=False, js_on_load=None)


class _SafetyHeaders:
    """ASGI middleware that adds headers to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def build_page(assistant: Assistant, language: str = "zh") -> gr.Blocks:
    """The page, ready to be launched; ``language`` is the one it opens in, zh or en."""
    desk = _Desk(assistant)
    texts = _texts(MESSAGES[language])
    page: gr.Blocks
    with gr.Blocks(title=MESSAGES[language].title, analytics_enabled=False) as page:
        spoken, turns = gr.State(language), gr.State(())
        with gr.Row(elem_id="masthead"):
            masthead = _html(**texts["masthead"])
            switch = gr.Button(**texts["switch"], size="sm", scale=0, min_width=88)
        with gr.Tab(**texts["ask_tab"]) as ask_tab:
            conversation = _html(elem_id="conversation")
            with gr.Column(visible=False, elem_id="examples") as examples:
                examples_title = _html(**texts["examples_title"])
                with gr.Row():
                    questions = [gr.Button(text, size="sm", min_width=200) for text in EXAMPLES]
            with gr.Column(elem_id="composer"):
                notice = _html(elem_id="notice")
                with gr.Row(equal_height=True):
                    question = gr.Textbox(
                        **texts["question"], show_label=False, container=False, max_lines=4, scale=8
                    )
                    ask = gr.Button(**texts["ask"], variant="primary", scale=1, min_width=88)
                with gr.Row(equal_height=True, elem_id="scope"):
                    scope_title = _html(**texts["scope_title"])
                    scope = gr.Dropdown(
                        **texts["scope"], choices=[], value=[], multiselect=True, container=False
                    )
                    clear = gr.Button(**texts["clear"], size="sm", scale=0, min_width=72)
        with gr.Tab(**texts["documents_tab"]) as documents_tab:
            refresh = gr.Button(**texts["refresh"], size="sm", elem_id="refresh")
            documents = _html(elem_id="documents")

        shown = [conversation, examples]
        listed = [scope, documents]
        answered = [turns, question, notice, *shown]
        named = {
            "masthead": masthead,
            "switch": switch,
            "ask_tab": ask_tab,
            "documents_tab": documents_tab,
            "examples_title": examples_title,
            "question": question,
            "ask": ask,
            "clear": clear,
            "scope_title": scope_title,
            "scope": scope,
            "refresh": refresh,
        }
        private: Any = {"api_visibility": "private", "show_progress": "hidden"}
        page.load(desk.opened, [spoken, turns], [*shown, *listed], **private)
        gr.on([refresh.click, documents_tab.select], desk.listing, spoken, listed, **private)
        gr.on(
            [question.submit, ask.click],
            desk.asked,
            [question, scope, spoken, turns],
            answered,
            **private,
        )
        for example in questions:
            example.click(desk.asked, [example, scope, spoken, turns], answered, **private)
        clear.click(desk.cleared, spoken, answered, **private)
        switch.click(
            lambda spoken, turns: desk.switched(spoken, turns, list(named)),
            [spoken, turns],
            [spoken, notice, *shown, documents, *named.values()],
            **private,
        ).then(None, spoken, js="spoken => youju.speak(spoken)")
        conversation.change(None, js="() => youju.showNewest()")
    return page


def _texts(messages: Messages) -> dict[str, dict[str, Any]]:
    """The properties, by name of component, that depend on the language."""
    return {
        "masthead": {"value": str(masthead_html(messages))},
        "switch": {"value": messages.other_language},
        "ask_tab": {"label": messages.ask_tab},
        "documents_tab": {"label": messages.documents_tab},
        "examples_title": {"value": str(welcome_html(messages))},
        "question": {"label": messages.question, "placeholder": messages.placeholder},
        "ask": {"value": messages.ask},
        "clear": {"value": messages.clear},
        "scope_title": {"value": str(scope_html(messages))},
        "scope": {"label": messages.scope},
        "refresh": {"value": messages.refresh},
    }


class _Desk:
    """The page's event handlers: each returns the values of the components it is wired to."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def opened(self, language: str, turns: Sequence[Turn]) -> list[Any]:
        return [*self._shown(language, turns), *self.listing(language)]

    def listing(self, language: str) -> list[Any]:
        entries = self._assistant.library.store.entries()
        choices = [(entry.title, entry.id) for entry in entries]
        return [gr.update(choices=choices), self._documents(language)]

    def asked(
        self, question: str, chosen: Sequence[str], language: str, turns: Sequence[Turn]
    ) -> Iterator[list[Any]]:
        """The conversation as it grows: first the question, then the answer in pieces."""
        fault = self._fault(question, MESSAGES[language])
        if fault:
            yield [turns, question, str(notice_html(fault)), *self._shown(language, turns)]
            return
        number = turns[-1].number + 1 if turns else 1
        earlier = tuple(turns[-(MAX_TURNS - 1) :])
        for turn in self._turn(Turn(number, question.strip()), chosen):
            now = (*earlier, turn)
            yield [now, "", "", *self._shown(language, now)]

    def _fault(self, question: str, messages: Messages) -> str:
        limit = self._assistant.settings.page.max_question
        if not question.strip():
            return messages.empty_question
        if len(question.strip()) > limit:
            return messages.long_question.format(length=len(question.strip()), limit=limit)
        return ""

    def _turn(self, turn: Turn, chosen: Sequence[str]) -> Iterator[Turn]:
        yield turn
        try:
            answer = self._assistant.ask(turn.question, chosen)
            ids = {hit.passage.document_id for hit in answer.hits}
            titles = {each: self._assistant.document(each).title for each in ids}
        except YoujuError as error:
            yield replace(turn, error=error)
        except Exception as error:  # shown as a plain sentence; the log has the rest
            log.exception("a question was not answered")
            yield replace(turn, error=error)
        else:
            for part in growing(answer):
                yield replace(turn, answer=part, titles=titles)

    def cleared(self, language: str) -> list[Any]:
        return [(), "", "", *self._shown(language, ())]

    def switched(self, language: str, turns: Sequence[Turn], names: Sequence[str]) -> list[Any]:
        language = "en" if language == "zh" else "zh"
        texts = _texts(MESSAGES[language])
        updates = [gr.update(**texts[name]) for name in names]
        shown = self._shown(language, turns)
        return [language, "", *shown, self._documents(language), *updates]

    def _shown(self, language: str, turns: Sequence[Turn]) -> list[Any]:
        messages = MESSAGES[language]
        empty = not turns and not self._assistant.library.store.entries()
        html = empty_library_html(messages) if empty else conversation_html(turns, messages)
        return [str(html), gr.update(visible=not turns and not empty)]

    def _documents(self, language: str) -> str:
        entries = self._assistant.library.store.entries()
        messages = MESSAGES[language]
        html = documents_html(entries, messages) if entries else empty_library_html(messages)
        return str(html)


def growing(answer: Answer) -> Iterator[Answer]:
    """The answer paragraph by paragraph, with the citations marked so far; last the whole."""
    paragraphs = [] if answer.refused else answer.text.split("\n\n")
    for count in range(1, len(paragraphs)):
        text = "\n\n".join(paragraphs[:count])
        cited = tuple(c for c in answer.citations if f"[{c.number}]" in text)
        yield replace(answer, text=text, citations=cited)
    yield answer


@contextmanager
def running(assistant: Assistant, settings: PageSettings) -> Iterator[str]:
    """Serve the page while the context lasts; gives its address. Port 0 takes a free one.

    Raises YoujuError when the address can't be used.
    """
    port = _free_port(settings.host, settings.port)
    page = build_page(assistant, assistant.settings.language)
    page.queue(max_size=settings.max_queue, default_concurrency_limit=2, api_open=False)
    page.launch(
        server_name=settings.host,
        server_port=port,
        prevent_thread_lock=True,
        quiet=True,
        show_error=False,
        share=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        run_history=False,
        footer_links=[],
        allowed_paths=[],
        blocked_paths=[str(assistant.settings.home)],
        max_file_size=1,
        state_session_capacity=1000,
        app_kwargs={"middleware": [Middleware(_SafetyHeaders)]},
        theme=gr.themes.Base(font=_FONTS, font_mono=("ui-monospace", "monospace")),
        css_paths=_HERE / "page.css",
        head=f"<script>{(_HERE / 'page.js').read_text(encoding='utf-8')}</script>",
    )
    try:
        yield str(page.local_url)
    finally:
        page.close(verbose=False)


def serve(
    assistant: Assistant, settings: PageSettings, on_ready: Callable[[str], None] | None = None
) -> None:
    """Serve the page until interrupted; ``on_ready`` hears its address once it answers.

    Raises YoujuError when the address can't be used.
    """
    with running(assistant, settings) as address, suppress(KeyboardInterrupt):
        if on_ready:
            on_ready(address)
        threading.Event().wait()


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
