"""``python -m eval.torture --kills 500``: see the package."""

from __future__ import annotations

import argparse
import itertools
import logging
import math
import secrets
import sys
import tempfile
import time
from pathlib import Path

import index.lexical
import index.preparation
import index.vectors
from eval.torture.record import Tally, page
from eval.torture.run import Torture
from index.words import Segmenter
from ingest.draft import OnPage, silent
from ingest.reading import read_document
from records import Document
from settings import CHECKOUT, IngestSettings, load_settings

_AT_ONCE = 50  # operations on one library
_ENOUGH = 20  # faults


class ReadingHere:
    """Reads files without a process of its own: that one never touches the library."""

    def __init__(self, settings: IngestSettings) -> None:
        self._settings = settings

    def read(self, path: Path, on_page: OnPage = silent) -> Document:
        """See ReadingProcess."""
        return read_document(path, self._settings, on_page)

    def interrupt(self) -> None:
        """See ReadingProcess: there is nothing to cut short."""


def main() -> int:
    """Torture libraries; 0 if nothing was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop then, if not done")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**9))
    parser.add_argument("--record", type=Path, default=CHECKOUT / "docs" / "torture.md")
    arguments = parser.parse_args()
    _make_ready(load_settings(environment={}).dictionary)
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        latest = started + 60 * arguments.minutes
        tally = _torture(Path(folder), arguments.kills, latest, arguments.seed)
        tally.seconds = time.monotonic() - started
    arguments.record.write_text(page(tally), encoding="utf-8")
    sys.stdout.write(f"{tally.outcome}; {arguments.record}\n")
    return 1 if tally.lost or tally.faults else 0


def _make_ready(dictionary: Path) -> None:
    """Load what all children need, and make them quick; no library is opened here."""
    _ = index.lexical, index.vectors
    logging.disable(logging.WARNING)  # that an index is mended is what is wanted
    Segmenter(dictionary).words("有据")
    index.preparation.reading_process = ReadingHere  # type: ignore[assignment,attr-defined]


def _torture(folder: Path, kills: int, latest: float, seed: int) -> Tally:
    tally = Tally(seed)
    for number in itertools.count():
        place = folder / str(number)
        place.mkdir()
        torture = Torture(place, seed + number, tally)
        for _ in range(_AT_ONCE):
            if tally.kills.total() >= kills or len(tally.faults) >= _ENOUGH:
                return tally
            if time.monotonic() > latest:
                return tally
            if not torture.readable:
                break
            torture.once()
            sys.stderr.write(f"\r{tally.outcome}")
    return tally


if __name__ == "__main__":
    sys.exit(main())
