"""The originals behind the citations, as pages of the chat page's server.

``source/ID?start=A&end=B`` shows a PDF's page as it is printed, with the quote's rectangles
marked, or another document's text with the quote marked, its outline beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from app.assistant import Assistant
from app.messages import MESSAGES, Messages
from app.source import has_pages, mark_height, page_picture
from errors import DocumentNotFound, SourceUnavailable, YoujuError
from records import Document, Span

_STYLE = Path(__file__).with_name("source.css")
_ZOOMS = (60, 100, 150, 200)
_SHARP = 2.0  # pixels a point, at 100%
_NOTHING = Markup("")


def source_routes(assistant: Assistant) -> list[Route]:
    """The routes to be added to the page's server."""
    return [
        Route("/source/{document_id}", partial(_show, assistant)),
        Route("/source/{document_id}/pages/{number:int}.png", partial(_picture, assistant)),
    ]


async def _show(assistant: Assistant, request: Request) -> Response:
    messages = MESSAGES["en" if request.query_params.get("lang") == "en" else "zh"]
    try:
        document = await run_in_threadpool(assistant.document, request.path_params["document_id"])
    except DocumentNotFound as error:
        return HTMLResponse(
            _page("", _NOTHING, _notice(error, messages), messages), status_code=404
        )
    span = _span(request, document)
    number = _number(request, document, span)
    if number is not None:
        height = await run_in_threadpool(mark_height, document, number, span)
        bar, body = _printed(document, number, span, height, _zoom(request), messages)
    else:
        bar, body = _text(document, span, messages)
    return HTMLResponse(_page(document.title, bar, body, messages))


async def _picture(assistant: Assistant, request: Request) -> Response:
    number = request.path_params["number"]
    try:
        document = await run_in_threadpool(assistant.document, request.path_params["document_id"])
        span = _span(request, document)
        scale = _SHARP * max(1.0, _zoom(request) / 100)
        data = await run_in_threadpool(page_picture, document, number, span, scale)
    except (DocumentNotFound, SourceUnavailable) as error:
        return Response(str(error), status_code=404, media_type="text/plain; charset=utf-8")
    return Response(data, media_type="image/png", headers={"Cache-Control": "private, max-age=600"})


def _span(request: Request, document: Document) -> Span | None:
    """What is to be marked; None without, or where it doesn't fit the document."""
    try:
        span = Span(int(request.query_params["start"]), int(request.query_params["end"]))
    except (KeyError, ValueError):
        return None
    return span if span.end <= len(document.text) else None


def _number(request: Request, document: Document, span: Span | None) -> int | None:
    """The page to show: the one asked for, else the quote's, else the first; None for text."""
    if not has_pages(document) or request.query_params.get("view") == "text":
        return None
    asked = request.query_params.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() else 0
    if 1 <= number <= len(document.pages):
        return number
    return document.page_of(span.start) if span else 1


def _zoom(request: Request) -> int:
    asked = request.query_params.get("zoom", "")
    return int(asked) if asked in map(str, _ZOOMS) else 100


def _printed(
    document: Document,
    number: int,
    span: Span | None,
    height: float,
    zoom: int,
    messages: Messages,
) -> tuple[Markup, Markup]:
    """A page as it is printed, below its bar; its #quote is ``height`` of it from its top."""
    link = partial(_link, document, messages, span)
    step = partial(_step, link, zoom, len(document.pages))
    bar = [
        step(number - 1, "prev", f"← {messages.previous_page}"),
        Markup("<strong>{} / {}</strong>").format(number, len(document.pages)),
        step(number + 1, "next", f"{messages.next_page} →"),
        *(
            Markup('<a href="{}#quote"{}>{}%</a>').format(
                link(page=number, zoom=size),
                Markup(' aria-current="true"') if size == zoom else "",
                size,
            )
            for size in _ZOOMS
        ),
        Markup('<a href="{}#quote">{}</a>').format(link(view="text"), messages.as_text),
        _to_quote(link(zoom=zoom), span, messages),
    ]
    marked = {} if span is None else {"start": span.start, "end": span.end}
    picture = f"{document.id}/pages/{number}.png?{urlencode({**marked, 'zoom': zoom})}"
    return Markup(" ").join(bar), Markup(
        '<div class="columns">{}<main class="paper" tabindex="0">'
        '<div class="sheet" data-zoom="{}"><img src="{}" alt="{}">'
        '<span id="quote" style="top: {:.1f}%"></span></div></main></div>'
    ).format(
        _outline(document, span, partial(link, zoom=zoom), messages),
        zoom,
        picture,
        messages.page.format(page=number),
        100 * height,
    )


def _step(link: Callable[..., str], zoom: int, last: int, number: int, way: str, to: str) -> Markup:
    """A link to the page before or after; only its words where there is none."""
    if not 1 <= number <= last:
        return Markup("<span>{}</span>").format(to)
    address = link(page=number, zoom=zoom)
    return Markup('<a href="{}#quote" rel="{}">{}</a>').format(address, way, to)


def _text(document: Document, span: Span | None, messages: Messages) -> tuple[Markup, Markup]:
    """The document's text, below its bar, with the quote marked."""
    link = partial(_link, document, messages, span)
    text = document.text
    begin, end = (span.start, span.end) if span else (len(text), len(text))
    heads = {heading.span.start: heading for heading in document.outline}
    bar = _to_quote("", span, messages)
    if has_pages(document):
        bar = Markup('<a href="{}#quote">{}</a> {}').format(link(), messages.as_printed, bar)
    cuts = sorted({0, begin, end, len(text), *heads, *(h.span.end for h in document.outline)})
    parts = []
    for start, stop in pairwise(cuts):
        part = Markup.escape(text[start:stop])
        if begin <= start < end:
            identifier = Markup(' id="quote"') if start == begin else ""
            part = Markup("<mark{}>{}</mark>").format(identifier, part)
        heading = heads.get(start)
        if heading is not None:
            part = Markup('<b class="heading" id="h{}">{}</b>').format(start, part)
        parts.append(part)
    return bar, Markup(
        '<div class="columns">{}<main class="text" tabindex="0">{}</main></div>'
    ).format(_outline(document, span, None, messages), Markup().join(parts))


def _to_quote(address: str, span: Span | None, messages: Messages) -> Markup:
    """Where one has paged or scrolled away from the quote: back to it."""
    if span is None:
        return _NOTHING
    return Markup('<a class="to-quote" href="{}#quote">{}</a>').format(address, messages.to_quote)


def _outline(
    document: Document, span: Span | None, link: Callable[..., str] | None, messages: Messages
) -> Markup:
    """The document's headings, as links to their pages, or to their places in the text.

    The one that ``span`` stands below is marked.
    """
    if not document.outline:
        return _NOTHING
    above = [h for h in document.outline if span is not None and h.span.start <= span.start]
    items = (
        Markup('<li data-level="{}"><a href="{}"{}>{}</a></li>').format(
            heading.level,
            link(page=document.page_of(heading.span.start)) if link else f"#h{heading.span.start}",
            Markup(' aria-current="location"') if heading in above[-1:] else "",
            heading.span.of(document.text).strip(),
        )
        for heading in document.outline
    )
    return Markup('<nav class="outline" aria-label="{}"><h2>{}</h2><ul>{}</ul></nav>').format(
        messages.outline, messages.outline, Markup().join(items)
    )


def _link(document: Document, messages: Messages, span: Span | None, **asked: object) -> str:
    marked = {} if span is None else {"start": span.start, "end": span.end}
    return f"{document.id}?{urlencode({'lang': messages.tag[:2], **marked, **asked})}"


def _notice(error: YoujuError, messages: Messages) -> Markup:
    text = error.english if messages.tag == "en" else str(error)
    return Markup('<p class="notice" role="alert">{}</p>').format(text)


def _page(title: str, bar: Markup, body: Markup, messages: Messages) -> str:
    return str(
        Markup(
            '<!doctype html><html lang="{}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            "<title>{}</title><style>{}</style></head><body><header><h1>{}</h1>"
            '<nav class="bar">{}</nav></header>{}</body></html>'
        ).format(messages.tag, title or messages.title, Markup(_style()), title, bar, body)
    )


def _style() -> str:
    return _STYLE.read_text(encoding="utf-8")
