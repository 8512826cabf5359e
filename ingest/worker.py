"""Files are read in a process of its own, so that a hostile one costs a message and no more.

Archives that unpack without end, nestings that never stop, faults in native libraries: the
process has limits on time and memory, and when it dies the next file gets a new one.
"""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
import time
import warnings
from contextlib import suppress
from functools import cache
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock

from errors import CorruptFile, OversizedFile, YoujuError
from ingest.draft import OnPage, silent
from ingest.reading import read_document
from records import Document
from settings import IngestSettings

# The packages are found where the caller found them.
_PROGRAM = """
import json, sys
sys.path[:] = json.loads(sys.argv[2])
from ingest.worker import serve
serve(int(sys.argv[1]))
"""


class ReadingProcess:
    """Reads one file at a time; the process starts with the first one and stays for the next."""

    def __init__(self, settings: IngestSettings) -> None:
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._one_at_a_time = Lock()

    def read(self, path: Path, on_page: OnPage = silent) -> Document:
        """See read_document.

        Raises OversizedFile, too, when a limit is reached, and CorruptFile when the process
        dies of the file.
        """
        with self._one_at_a_time:
            connection = self._started()
            try:
                connection.send(path)
                outcome = self._outcome(connection, on_page)
            except (EOFError, OSError) as error:
                code = self._code()
                self.stop()
                raise CorruptFile(
                    f"读这个文件的进程意外结束（{code}），文件多半已损坏。请重新下载或重新导出。",
                    f"the process that read the file died ({code}): it is probably damaged. "
                    "Download or export it again.",
                ) from error
            except BaseException:  # the answer to this file must not be taken for the next one's
                self.stop()
                raise
        if isinstance(outcome, Document):
            return outcome
        raise outcome

    def _outcome(self, connection: Connection, on_page: OnPage) -> Document | YoujuError:
        limit = self._settings.max_seconds
        end = time.monotonic() + limit
        while connection.poll(max(0.0, end - time.monotonic())):
            said: tuple[int, int] | Document | YoujuError = connection.recv()
            if not isinstance(said, tuple):
                return said
            on_page(*said)
        raise OversizedFile(
            f"读了 {limit:g} 秒还没有读完。请拆成几个文件，或调大设置 ingest.max_seconds。",
            f"not read after {limit:g} seconds. Split it, or raise the setting ingest.max_seconds.",
        )

    def interrupt(self) -> None:
        """Cut short what another thread is reading, which then raises CorruptFile there."""
        process = self._process
        if process is not None and self._one_at_a_time.locked():
            process.kill()
            process.wait()

    def stop(self) -> None:
        """End the process; a later file gets a new one."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._connection is not None:
            self._connection.close()
        self._process = self._connection = None

    def _started(self) -> Connection:
        if self._connection is None or self._process is None or self._process.poll() is not None:
            self.stop()
            self._connection, far_end = Pipe()
            # Not multiprocessing's own way, which runs the caller's main module once more.
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _PROGRAM, str(far_end.fileno()), json.dumps(sys.path)],
                pass_fds=[far_end.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
            far_end.close()
            self._connection.send(self._settings)
        return self._connection

    def _code(self) -> int | None:
        if self._process is None:
            return None
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        return self._process.returncode


@cache
def reading_process(settings: IngestSettings) -> ReadingProcess:
    """The one for these settings, shared by all who read."""
    return ReadingProcess(settings)


def serve(number: int) -> None:
    """Answer each path with its document or the reason why there is none, until the end.

    ``number`` is the file descriptor of the connection; the settings come first.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us decides
    # What the readers' libraries remark on may quote the document.
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    connection = Connection(number)
    settings: IngestSettings = connection.recv()
    _limit_memory(settings.max_memory_megabytes)
    while True:
        try:
            path = connection.recv()
        except EOFError:
            return
        try:
            connection.send(read_document(path, settings, lambda *pages: connection.send(pages)))
        except YoujuError as error:
            connection.send(error)


def _limit_memory(megabytes: int) -> None:
    if sys.platform == "linux":  # elsewhere the limit isn't kept, or there is none
        import resource

        # What is written to counts, not the libraries' code nor address space set aside.
        most = megabytes * 1_000_000
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if hard == resource.RLIM_INFINITY or most < hard:
            resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
