"""The writer that is killed: it does one operation and acknowledges what is done, line by line."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from eval.torture.scene import DigestEncoder, Operation
from index.library import Library, manifest_of
from index.pipeline import Outcome, ingest, rebuild
from index.words import Segmenter
from settings import Settings

REBUILT = "rebuilt"


def open_library(settings: Settings) -> Library:
    """The library that victims and witnesses use."""
    segmenter = Segmenter(settings.dictionary)
    return Library(settings, manifest_of(settings, DigestEncoder.name, segmenter))


def work(
    operation: Operation, settings: Settings, folder: Path, removed: Sequence[str], pipe: int
) -> None:
    """Do the operation; each path that is done goes into ``pipe``, a JSON line each.

    ``folder`` holds the reports, ``removed`` are the paths whose documents shall leave.
    """
    library = open_library(settings)
    if operation is Operation.REMOVE:
        ids = {entry.path: entry.id for entry in library.store.entries()}
        for path in removed:
            library.remove(ids[path])
            _acknowledge(pipe, path)
    elif operation is Operation.REBUILD:
        rebuild(library, DigestEncoder(), settings)
        _acknowledge(pipe, REBUILT)
    else:
        for result in ingest([folder], library, DigestEncoder(), settings):
            if result.outcome is Outcome.REFUSED:
                raise AssertionError(result.reason)
            _acknowledge(pipe, str(result.path.resolve()))
    library.close()


def _acknowledge(pipe: int, path: str) -> None:
    os.write(pipe, f"{json.dumps(path)}\n".encode())
