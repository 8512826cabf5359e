"""Processes that read for another: with a limit on memory, and gone when the other one is."""

from __future__ import annotations

import json
import logging
import os
import select
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from threading import Thread
from typing import Any, Self

from errors import CorruptFile

# The packages are found where the caller found them.
_PROGRAM = """
import json, sys
sys.path[:] = json.loads(sys.argv[4])
from ingest.child import run
run(int(sys.argv[1]), sys.argv[2], sys.argv[3])
"""


class Child:
    """A process that runs a function of ours, which gets the other end of ``connection``."""

    def __init__(self, module: str, function: str) -> None:
        self.connection, far_end = Pipe()
        number = far_end.fileno()
        # Not multiprocessing's own way, which runs the caller's main module once more.
        program = [sys.executable, "-P", "-c", _PROGRAM, str(number), module, function]
        self.process = subprocess.Popen(
            [*program, json.dumps(sys.path)],
            pass_fds=[number],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        far_end.close()

    def answer(self) -> Any:
        """What it says next. Raises CorruptFile when it has died, which is the file's fault."""
        try:
            return self.connection.recv()
        except (EOFError, OSError) as error:
            raise self.death() from error

    def death(self) -> CorruptFile:
        """What is to be said of a file that it died of."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(1)
        code = self.process.returncode
        if code == -signal.SIGKILL:  # what systems do that are short of memory
            return CorruptFile(
                f"读这个文件的进程被系统强行结束（{code}），多半是内存不够。请关掉别的程序再导入，"
                "或把文件拆成几个；也可以调小设置 ingest.max_processes。",
                f"the process that read the file was killed ({code}), most likely for want of "
                "memory. Close other programs and ingest again, or split the file; a smaller "
                "setting ingest.max_processes helps, too.",
            )
        return CorruptFile(
            f"读这个文件的进程意外结束（{code}）：文件已损坏，或读它所需的内存超过上限。"
            "请重新下载或重新导出；文件很大就拆成几个，或调大设置 ingest.max_memory_megabytes。",
            f"the process that read the file died ({code}): it is damaged, or reading it takes "
            "more memory than allowed. Download or export it again; split a large one, or raise "
            "the setting ingest.max_memory_megabytes.",
        )

    def stop(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.process.wait()
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def run(number: int, module: str, function: str) -> None:
    """In the process: hand the connection with this file descriptor to the function."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us decides
    # What the readers' libraries remark on may quote the document.
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    Thread(target=_end_with, args=(number,), daemon=True).start()
    with suppress(EOFError):
        getattr(import_module(module), function)(Connection(number))


def _end_with(number: int) -> None:
    """Wait until the other end is closed, however that came about, then end this process."""
    hang_up = select.poll()
    hang_up.register(number, 0)  # hang-ups are told of in any case
    hang_up.poll()
    os._exit(1)


@contextmanager
def answers_to(connection: Connection, *kinds: type[Exception]) -> Iterator[None]:
    """Send an error of these kinds to whoever asked, instead of raising it."""
    try:
        yield
    except kinds as error:
        connection.send(error)


def limit_memory(megabytes: int) -> None:
    """Let this process write to so much memory; kept on Linux alone."""
    if sys.platform == "linux":
        import resource

        # What is written to counts, not the libraries' code nor address space set aside.
        most = megabytes * 1_000_000
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if hard == resource.RLIM_INFINITY or most < hard:
            resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
