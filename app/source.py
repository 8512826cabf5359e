"""The file that a document came from: its pages, and where on them a quote is printed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from app.messages import Messages
from errors import SourceUnavailable
from records import Document, Span

if TYPE_CHECKING:
    from ingest.pdf.picture import Rectangle


@dataclass(frozen=True, slots=True)
class Place:
    """Where on a page, numbered from 1, a line of a quote is printed, in points."""

    page: int
    rectangle: Rectangle


def places(document: Document, span: Span) -> tuple[Place, ...]:
    """Where the characters of ``span`` are printed, line by line; empty for other than PDF.

    Raises SourceUnavailable when the file is gone or has changed.
    """
    if not has_pages(document):
        return ()
    from ingest.pdf.reader import rectangles

    found = rectangles(_bytes(document), document.raw, document.origins[span.start : span.end])
    return tuple(Place(page, rectangle) for page, rectangle in found)


def page_picture(
    document: Document, number: int, span: Span | None = None, scale: float = 2.0
) -> bytes:
    """A page as PNG, at ``scale`` pixels a point, with what of ``span`` is printed on it marked.

    Raises SourceUnavailable when the document is no PDF, has no such page, or when its file is
    gone or has changed.
    """
    if not has_pages(document):
        raise SourceUnavailable(
            f"《{document.title}》不是 PDF，没有页面图像。"
            f"请用 youju docs show {document.id} --text 查看原文。",
            f"{document.title} is no PDF and has no page pictures: see its text with "
            f"youju docs show {document.id} --text.",
        )
    if not 1 <= number <= len(document.pages):
        raise SourceUnavailable(
            f"《{document.title}》没有第 {number} 页，共 {len(document.pages)} 页。请换一个页码。",
            f"{document.title} has no page {number}, only {len(document.pages)}: "
            "choose another one.",
        )
    from ingest.pdf.picture import picture

    return picture(_bytes(document), number, _marked(document, number, span), scale)


def mark_height(document: Document, number: int, span: Span | None) -> float:
    """How far down a PDF's page the part of ``span`` on it begins: 0 top, 1 bottom.

    0 where nothing is marked, or the file can't be read any more.
    """
    from ingest.pdf.picture import first_mark

    try:
        marked = _marked(document, number, span)
        return first_mark(_bytes(document), number, marked) if marked else 0.0
    except SourceUnavailable:
        return 0.0


def _marked(document: Document, number: int, span: Span | None) -> list[Rectangle]:
    """The rectangles of ``span`` on a page, without a span none."""
    return [p.rectangle for p in places(document, span) if p.page == number] if span else []


def source_link(document_id: str, span: Span | None, messages: Messages) -> str:
    """The address, relative to the page, where the original is shown with ``span`` marked."""
    asked = {"lang": messages.tag[:2]}
    if span is not None:
        asked |= {"start": str(span.start), "end": str(span.end)}
    return f"source/{document_id}?{urlencode(asked)}#quote"


def has_pages(document: Document) -> bool:
    """Whether the document's pages can be drawn."""
    return bool(document.pages) and Path(document.path).suffix.lower() == ".pdf"


def _bytes(document: Document) -> bytes:
    """The file's content, as long as it is what was ingested."""
    try:
        data = Path(document.path).read_bytes()
    except OSError as error:
        raise SourceUnavailable(
            f"打不开原文件 {document.path}（{error.strerror}）。请放回原处，或重新导入。",
            f"can't open the file {document.path} ({error.strerror}): put it back, or ingest it "
            "from where it is now.",
        ) from error
    if hashlib.sha256(data).hexdigest() != document.sha256:
        raise SourceUnavailable(
            f"原文件 {document.path} 在导入之后改过，页面可能对不上。请重新导入。",
            f"the file {document.path} has changed since it was ingested: ingest it again.",
        )
    return data
