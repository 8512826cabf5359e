"""What can be told of each page of a PDF without the others: characters, lines, likely tables."""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass, replace
from typing import Self

import pdfplumber
from pdfplumber.page import Page as PrintedPage
from pdfplumber.pdf import PDF
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from ingest.pdf import recognition
from ingest.pdf.lines import PrintedLine, printed_lines
from ingest.pdf.page import Page, open_pdf, read_page
from ingest.pdf.tables import Grid, candidates

# pdfminer reports on each oddity of a damaged file; refusals have words of their own.
logging.getLogger("pdfminer").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Extract:
    """A page, its lines in pdfium's order, and what on it may be a table."""

    page: Page
    lines: tuple[PrintedLine, ...]
    candidates: tuple[Grid, ...]

    def placed(self, start: int) -> Extract:
        """The same with the page's first character at ``start`` in the whole file."""
        page = replace(self.page, start=start)
        return Extract(
            page,
            tuple(replace(line, page=page) for line in self.lines),
            tuple(replace(grid, page=page) for grid in self.candidates),
        )


class Extraction:
    """A PDF's pages, read in any order. Raises as open_pdf does."""

    def __init__(self, data: bytes, recognise: bool = False) -> None:
        self.data = data
        self.recognise = recognise
        self._document = open_pdf(data)
        self.count = len(self._document)
        self._plumber: PDF | None = None
        self._views: list[PrintedPage] | None = None

    @property
    def title(self) -> str:
        """What the file's properties call it; may be empty."""
        title: str = self._document.get_metadata_dict(skip_empty=True).get("Title", "")
        return title

    def extract(self, number: int) -> Extract:
        """Page ``number``, from 1, as if it were the file's first."""
        recognise = recognition.recognised if self.recognise else None
        page = read_page(self._document, number, 0, recognise)
        lines = tuple(printed_lines(page))
        return Extract(page, lines, self._candidates(page, lines))

    def _candidates(self, page: Page, lines: tuple[PrintedLine, ...]) -> tuple[Grid, ...]:
        shown = sorted(index for line in lines for index in line.inked)
        try:
            view = self._view(page.number) if page.drawn else None
            if view is None:
                return ()
            try:
                return tuple(candidates(page, view, shown))
            finally:
                view.close()
        except (PdfminerException, MalformedPDFException):
            # pdfium mends more than pdfminer: the text is there, its tables stay plain lines.
            return ()

    def _view(self, number: int) -> PrintedPage | None:
        if self._views is None:
            self._views = []
            self._plumber = pdfplumber.open(io.BytesIO(self.data))
            self._views = self._plumber.pages
        return self._views[number - 1] if number <= len(self._views) else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._document.close()
        if self._plumber is not None:
            self._plumber.close()
