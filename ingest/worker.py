"""Files are read in a process of its own, so that a hostile one costs a message and no more.

Archives that unpack without end, nestings that never stop, faults in native libraries: the
process has limits on time and memory, and when it dies the next file gets a new one.
"""

from __future__ import annotations

import time
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock

from errors import OversizedFile, YoujuError
from ingest.child import Child, answers_to, limit_memory
from ingest.draft import OnPage, silent
from ingest.reading import read_document
from records import Document
from settings import IngestSettings


class ReadingProcess:
    """Reads one file at a time; the process starts with the first one and stays for the next."""

    def __init__(self, settings: IngestSettings) -> None:
        self._settings = settings
        self._child: Child | None = None
        self._one_at_a_time = Lock()

    def read(self, path: Path, on_page: OnPage = silent) -> Document:
        """See read_document.

        Raises OversizedFile, too, when a limit is reached, and CorruptFile when the process
        dies of the file.
        """
        with self._one_at_a_time:
            child = self._started()
            try:
                outcome = self._outcome(child, path, on_page)
            except BaseException:  # the answer to this file must not be taken for the next one's
                self.stop()
                raise
        if isinstance(outcome, Document):
            return outcome
        raise outcome

    def _outcome(self, child: Child, path: Path, on_page: OnPage) -> Document | YoujuError:
        limit = self._settings.max_seconds
        end = time.monotonic() + limit
        try:
            child.connection.send(path)
        except OSError as error:
            raise child.death() from error
        while child.connection.poll(max(0.0, end - time.monotonic())):
            said: tuple[int, int] | Document | YoujuError = child.answer()
            if not isinstance(said, tuple):
                return said
            on_page(*said)
        raise OversizedFile(
            f"读了 {limit:g} 秒还没有读完。请拆成几个文件，或调大设置 ingest.max_seconds。",
            f"not read after {limit:g} seconds. Split it, or raise the setting ingest.max_seconds.",
        )

    def interrupt(self) -> None:
        """Cut short what another thread is reading, which then raises CorruptFile there."""
        child = self._child
        if child is not None and self._one_at_a_time.locked():
            child.process.kill()
            child.process.wait()

    def stop(self) -> None:
        """End the process; a later file gets a new one."""
        if self._child is not None:
            self._child.stop()
        self._child = None

    def _started(self) -> Child:
        if self._child is None or self._child.process.poll() is not None:
            self.stop()
            self._child = Child("ingest.worker", "serve")
            self._child.connection.send(self._settings)
        return self._child


@cache
def reading_process(settings: IngestSettings) -> ReadingProcess:
    """The one for these settings, shared by all who read."""
    return ReadingProcess(settings)


def serve(connection: Connection) -> None:
    """Answer each path with its document or the reason why there is none, until the end.

    The settings come first.
    """
    settings: IngestSettings = connection.recv()
    limit_memory(settings.max_memory_megabytes)
    while True:
        path = connection.recv()
        with answers_to(connection, YoujuError):
            connection.send(read_document(path, settings, lambda *pages: connection.send(pages)))
