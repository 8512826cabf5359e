"""The pages of a long PDF, read by several processes at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait

from errors import FileRefused
from ingest.child import Child, answers_to, limit_memory
from ingest.draft import OnPage, silent
from ingest.pdf.extraction import Extract, Extraction
from ingest.pdf.page import PAGE_BREAK
from ingest.refusing import refusing
from settings import IngestSettings

# A helper takes most of a second to start: that must be worth its while.
PAGES_A_HELPER = 20
CHUNK = 8


@dataclass(frozen=True, slots=True)
class Helpers:
    """How many processes may read at once; together they may use a file's memory again."""

    most: int
    settings: IngestSettings

    def wanted(self, pages: int) -> int:
        """How many so many pages are worth; below 2 it is quicker without."""
        return min(self.most, pages // PAGES_A_HELPER)


def extracts(
    extraction: Extraction, helpers: Helpers | None = None, on_page: OnPage = silent
) -> list[Extract]:
    """All pages in order. ``on_page`` hears how many are read, in whichever order.

    Raises CorruptFile when a helper dies of a page, and what it refuses the page for.
    """
    wanted = helpers.wanted(extraction.count) if helpers else 0
    if helpers and wanted > 1:
        pages = _by_helpers(extraction, wanted, helpers.settings)
    else:
        pages = map(extraction.extract, range(1, extraction.count + 1))
    found: dict[int, Extract] = {}
    for page in pages:
        found[page.page.number] = page
        on_page(len(found), extraction.count)
    placed, start = [], 0
    for number in range(1, extraction.count + 1):
        placed.append(found.pop(number).placed(start))
        start += len(placed[-1].page.text) + len(PAGE_BREAK)
    return placed


def _by_helpers(extraction: Extraction, wanted: int, settings: IngestSettings) -> Iterator[Extract]:
    numbers = range(1, extraction.count + 1)
    chunks = iter(numbers[at : at + CHUNK] for at in range(0, len(numbers), CHUNK))
    with ExitStack() as stack:
        helpers: dict[Connection, Child] = {}
        for _ in range(wanted):
            helper = stack.enter_context(Child("ingest.pdf.helpers", "serve"))
            helper.connection.send((settings, settings.max_memory_megabytes // wanted))
            helper.connection.send(extraction.data)
            helper.connection.send(next(chunks))
            helpers[helper.connection] = helper
        while helpers:
            for connection in wait(list(helpers)):
                assert isinstance(connection, Connection)
                said = helpers[connection].answer()
                if isinstance(said, FileRefused):
                    raise said
                if said is None:
                    chunk = next(chunks, None)
                    connection.send(chunk)
                    if chunk is None:
                        del helpers[connection]
                elif extraction.recognise and not said.page.text.strip():
                    # Text recognition runs on all cores by itself, and takes much memory.
                    yield extraction.extract(said.page.number)
                else:
                    yield said


def serve(connection: Connection) -> None:
    """Answer each chunk of page numbers with its Extracts and a None, until there is none."""
    settings, megabytes = connection.recv()
    limit_memory(megabytes)
    with (
        answers_to(connection, FileRefused),
        refusing(settings),
        Extraction(connection.recv()) as extraction,
    ):
        while (chunk := connection.recv()) is not None:
            for number in chunk:
                connection.send(extraction.extract(number))
            connection.send(None)
