"""The characters of a PDF as pdfium gives them, with their places on the page.

Positions count over the whole file: the characters of page 1, a form feed, those of
page 2, and so on. Lengths are in points (1/72 inch), the origin is the lower left corner.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from threading import Lock
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from errors import EncryptedFile
from ingest.pdf.ideographs import ORDINARY

PAGE_BREAK = "\f"
WRONG_PASSWORD = 4  # FPDF_ERR_PASSWORD

one_at_a_time = Lock()
"""To be held while a document is drawn or measured for a reader: pdfium knows no threads."""


class Box(NamedTuple):
    """A rectangle on a page, in points."""

    left: float
    bottom: float
    right: float
    top: float

    def __or__(self, other: Box) -> Box:
        """The smallest rectangle around both."""
        return Box(
            min(self.left, other.left),
            min(self.bottom, other.bottom),
            max(self.right, other.right),
            max(self.top, other.top),
        )

    def holds(self, other: Box) -> bool:
        """Whether the middle of ``other`` lies in this rectangle."""
        x, y = (other.left + other.right) / 2, (other.bottom + other.top) / 2
        return self.left <= x < self.right and self.bottom <= y < self.top

    @property
    def height(self) -> float:
        """From bottom to top."""
        return self.top - self.bottom


@dataclass(frozen=True, slots=True)
class Page:
    """A page's characters: what else is a tuple has one item for each of ``text``.

    ``raw`` is what pdfium gives, ``text`` the same with ordinary 汉字 for radicals.
    ``boxes`` reach over a line's full height and a character's advance, ``inks`` only over
    what is printed; characters with equal ``operations`` were printed at once.
    ``start`` is the position of the first character in the whole file; ``generated`` are
    the indexes of the spaces and line breaks that pdfium put in because of a gap.
    ``drawn`` tells whether the page holds lines or rectangles, ``picture`` whether it has an
    image and no text.
    """

    number: int
    start: int
    raw: str
    text: str
    boxes: tuple[Box, ...]
    inks: tuple[Box, ...]
    baselines: tuple[float, ...]
    operations: tuple[int, ...]
    generated: frozenset[int]
    width: float
    height: float
    drawn: bool
    picture: bool = False


Recognise = Callable[[pdfium.PdfPage, int, int], Page | None]
"""Reads a page's image, given its number and start; None when it shows none."""


def open_pdf(data: bytes) -> pdfium.PdfDocument:
    """Open a PDF. Raises EncryptedFile; a damaged file raises pdfium's own error."""
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == WRONG_PASSWORD or "password" in str(error).lower():
            raise EncryptedFile(
                "PDF 设了打开密码。请先用密码打开，另存为不加密的 PDF 再导入。",
                "the PDF needs a password. Open it with the password, save it without "
                "encryption, and ingest that.",
            ) from error
        raise


def read_page(
    document: pdfium.PdfDocument, number: int, start: int, recognise: Recognise | None = None
) -> Page:
    """Page ``number``, from 1, whose first character is at ``start`` in the whole file.

    A page without text is given to ``recognise``.
    """
    page = document[number - 1]
    text_page = page.get_textpage()
    try:
        read = _read_page(page, text_page, number, start)
        if recognise is None or read.text.strip():
            return read
        return recognise(page, number, start) or read
    finally:
        text_page.close()
        page.close()


def _read_page(
    page: pdfium.PdfPage, text_page: pdfium.PdfTextPage, number: int, start: int
) -> Page:
    count = text_page.count_chars()
    boxes: list[Box] = []
    for index in range(count):
        boxes.append(_box(text_page, index) or (boxes[-1] if boxes else Box(0, 0, 0, 0)))
    x, y = ctypes.c_double(), ctypes.c_double()
    baselines: list[float] = []
    for index, box in enumerate(boxes):
        placed = pdfium_c.FPDFText_GetCharOrigin(text_page, index, x, y)
        baselines.append(y.value if placed else box.bottom)
    raw = "".join(_character(text_page, index) for index in range(count)).replace(PAGE_BREAK, " ")
    width, height = page.get_size()
    paths = page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_PATH], max_depth=2)
    return Page(
        number=number,
        start=start,
        raw=raw,
        text=raw.translate(ORDINARY),
        boxes=tuple(boxes),
        inks=tuple(_ink(text_page, index) or boxes[index] for index in range(count)),
        baselines=tuple(baselines),
        operations=tuple(_operation(text_page, index) for index in range(count)),
        generated=frozenset(
            index for index in range(count) if pdfium_c.FPDFText_IsGenerated(text_page, index) == 1
        ),
        width=width,
        height=height,
        drawn=page.get_rotation() == 0 and len(list(islice(paths, 3))) == 3,
        picture=not raw.strip() and shows_image(page),
    )


def shows_image(page: pdfium.PdfPage) -> bool:
    """Whether an image is printed on the page."""
    return any(page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=2))


def _character(text_page: pdfium.PdfTextPage, index: int) -> str:
    code = pdfium_c.FPDFText_GetUnicode(text_page, index)
    # Half of a surrogate pair, or no mapping at all: neither can be stored.
    unmapped = code == 0 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF
    return "\ufffd" if unmapped else chr(code)


def _box(text_page: pdfium.PdfTextPage, index: int) -> Box | None:
    found = pdfium_c.FS_RECTF()
    if not pdfium_c.FPDFText_GetLooseCharBox(text_page, index, found):
        return None
    return Box(found.left, found.bottom, found.right, found.top)


def _ink(text_page: pdfium.PdfTextPage, index: int) -> Box | None:
    """None where the font doesn't tell how wide its characters are printed."""
    left, bottom, right, top = text_page.get_charbox(index)
    return Box(left, bottom, right, top) if left < right else None


def _operation(text_page: pdfium.PdfTextPage, index: int) -> int:
    """The same number for all that is printed at once; 0 for what is not printed."""
    printed = pdfium_c.FPDFText_GetTextObject(text_page, index)
    return ctypes.cast(printed, ctypes.c_void_p).value or 0


def rectangles(
    document: pdfium.PdfDocument,
    raw: str,
    positions: frozenset[int],
    recognise: Recognise | None = None,
) -> Iterator[tuple[int, Box]]:
    """Page numbers and rectangles of the characters at ``positions``, merged per line.

    ``raw`` is the text of all pages, from which follows which of them must be read.
    """
    start = 0
    for number, text in enumerate(raw.split(PAGE_BREAK), start=1):
        end = start + len(text)
        if any(start <= position < end for position in positions):
            yield from _on_page(read_page(document, number, start, recognise), positions)
        start = end + len(PAGE_BREAK)


def _on_page(page: Page, positions: frozenset[int]) -> Iterator[tuple[int, Box]]:
    merged: Box | None = None
    baseline = 0.0
    for index, box in enumerate(page.boxes):
        if page.start + index not in positions or page.text[index].isspace():
            continue
        same_line = merged and abs(page.baselines[index] - baseline) < box.height / 2
        if merged and same_line and box.left >= merged.left:
            merged |= box
            continue
        if merged:
            yield page.number, merged
        merged, baseline = box, page.baselines[index]
    if merged:
        yield page.number, merged
