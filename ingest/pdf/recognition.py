"""Scanned pages: text recognition (OCR) gives a page the characters that its file doesn't have.

RapidOCR with the networks inside its package; an extra, ``pip install youju[ocr]``.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import Any

import pypdfium2 as pdfium

from ingest.pdf.ideographs import ORDINARY
from ingest.pdf.page import Box, Page, shows_image

DOTS_PER_INCH = 200
MOST_PIXELS = 12_000_000
LONGEST_SIDE = 1600
"""Pixels of the longer side that text is sought in.

A page of print in 7.5 points is read as well as with 2,000, and in less memory: a scan must not
need more than an upload gets (``page.max_upload_memory_megabytes``).
"""
LEAST_SURE = 0.5
_DESCENT = 0.15  # of a line's height lies below the baseline


def available() -> bool:
    """Whether the extra is installed."""
    return find_spec("rapidocr") is not None


def recognised(page: pdfium.PdfPage, number: int, start: int) -> Page | None:
    """The page as recognised, its lines from top to bottom; None without an image or text.

    Each line counts as printed at once; the characters of a line are as wide as they were
    found to be.
    """
    if not shows_image(page):
        return None
    width, height = page.get_size()
    scale = min(DOTS_PER_INCH / 72, (MOST_PIXELS / max(1.0, width * height)) ** 0.5)
    bitmap = page.render(scale=scale, rev_byteorder=False, prefer_bgrx=False)
    image = bitmap.to_numpy()[:, :, :3]
    found = _engine()(image, return_word_box=True, return_single_char_box=True)
    place = bitmap.get_posconv(page).to_page
    text: list[str] = []
    boxes: list[Box] = []
    lines: list[int] = []
    for line, (characters, sure) in enumerate(
        zip((found.word_results if found.scores else None) or (), found.scores or (), strict=True),
        start=1,
    ):
        if sure < LEAST_SURE:
            continue
        for string, _, corners in characters:
            box = _box([place(x, y) for x, y in corners])
            for at, character in enumerate(string):
                text.append(character)
                boxes.append(_slice(box, at, len(string)))
                lines.append(line)
        text += "\r\n"
        boxes += [boxes[-1]] * 2
        lines += [0, 0]
    if not text:
        return None
    raw = "".join(text)
    return Page(
        number=number,
        start=start,
        raw=raw,
        text=raw.translate(ORDINARY),
        boxes=tuple(boxes),
        inks=tuple(boxes),
        baselines=tuple(box.bottom + _DESCENT * box.height for box in boxes),
        operations=tuple(lines),
        generated=frozenset(i for i, character in enumerate(raw) if character in "\r\n"),
        width=width,
        height=height,
        drawn=False,
    )


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.max_side_len": LONGEST_SIDE,
            "Rec.rec_batch_num": 1,
        }
    )


def _box(corners: list[tuple[float, float]]) -> Box:
    x, y = [corner[0] for corner in corners], [corner[1] for corner in corners]
    return Box(min(x), min(y), max(x), max(y))


def _slice(box: Box, at: int, parts: int) -> Box:
    """Part ``at`` of a box that is cut into so many from left to right."""
    step = (box.right - box.left) / parts
    return Box(box.left + at * step, box.bottom, box.left + (at + 1) * step, box.top)
