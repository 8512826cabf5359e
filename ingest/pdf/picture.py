"""A page of a PDF as a picture, with rectangles marked as by a highlighter."""

from __future__ import annotations

import io
from collections.abc import Iterable

from PIL import Image, ImageChops, ImageDraw

from ingest.pdf.page import one_at_a_time, open_pdf

# What yellow ink leaves of white paper: black print stays black.
INK = (255, 230, 90)
MARGIN = 1.0  # points around what is marked
MOST_PIXELS = 40_000_000

Rectangle = tuple[float, float, float, float]
_Box = tuple[int, int, int, int]


def picture(
    data: bytes, number: int, marked: Iterable[Rectangle] = (), scale: float = 2.0
) -> bytes:
    """Page ``number`` (from 1) as PNG, at ``scale`` pixels a point.

    ``marked`` are rectangles (left, bottom, right, top) in points, as ``rectangles`` gives
    them. A huge page is drawn smaller, at most 40 million pixels. Raises EncryptedFile, and
    IndexError for a page that isn't there.
    """
    image, boxes = _drawn(data, number, marked, scale)
    ink = Image.new("RGB", image.size, "white")
    draw = ImageDraw.Draw(ink)
    for box in boxes:
        draw.rectangle(box, fill=INK)
    file = io.BytesIO()
    ImageChops.multiply(image, ink).save(file, "PNG")
    return file.getvalue()


def first_mark(data: bytes, number: int, marked: Iterable[Rectangle]) -> float:
    """How far down page ``number`` the first of the rectangles begins: 0 top, 1 bottom.

    0 without rectangles; otherwise as ``picture``.
    """
    image, boxes = _drawn(data, number, marked, scale=0.5)
    return min((box[1] / image.height for box in boxes), default=0.0)


def _drawn(
    data: bytes, number: int, marked: Iterable[Rectangle], scale: float
) -> tuple[Image.Image, list[_Box]]:
    """The page, and where on it the rectangles are."""
    with one_at_a_time:
        document = open_pdf(data)
        try:
            if not 1 <= number <= len(document):
                raise IndexError(number)
            page = document[number - 1]
            width, height = page.get_size()
            scale = min(scale, (MOST_PIXELS / max(1.0, width * height)) ** 0.5)
            bitmap = page.render(scale=scale)
            image = bitmap.to_pil().convert("RGB")
            place = bitmap.get_posconv(page).to_bitmap
            corners = [
                (*place(left - MARGIN, bottom - MARGIN), *place(right + MARGIN, top + MARGIN))
                for left, bottom, right, top in marked
            ]
        finally:
            document.close()
    return image, [
        (min(x, other_x), min(y, other_y), max(x, other_x), max(y, other_y))
        for x, y, other_x, other_y in corners
    ]
