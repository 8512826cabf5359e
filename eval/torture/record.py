"""What came of a run, as the page that docs/ keeps of it."""

from __future__ import annotations

import platform
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version

from eval.torture.phases import NAMES
from eval.torture.scene import Operation

_HEAD = """# Killed and opened again

Written by `make torture` (`python -m eval.torture`); don't edit it. A process that ingests,
updates, removes or rebuilds is killed with SIGKILL. Then a fresh process opens the library, does
nothing to mend it, and looks: every document that had been acknowledged must be there as it was
acknowledged, every document that is there must be whole (text, passages, vectors) and each of its
passages must be found by its words, by its pairs of characters, by its vector and by asking, and
the indexes must hold nothing else. A document whose change was not acknowledged may be in its old
or its new state, in no other.

Half of the kills come at a random moment of the operation, half at a random moment after a phase
drawn at random has begun, so that the short phases get their share. The phase at death is read
from memory shared with the process. Reports are generated, a few passages each; vectors are made
from a digest of the text; files are read in the victim itself. Victims and witnesses are forked
from a process that has imported the libraries and opened nothing.
"""


@dataclass(slots=True)
class Tally:
    """Counts of one run. ``kills`` by operation and phase at death."""

    seed: int
    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    survived: int = 0
    unfinished: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    passages_checked: int = 0
    lost: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def outcome(self) -> str:
        """One line."""
        return (
            f"{self.kills.total()} kills: {len(self.lost)} acknowledged changes lost, "
            f"{len(self.faults)} other faults"
        )


def page(tally: Tally) -> str:
    """The record as Markdown."""
    parts = [_HEAD, f"**{tally.outcome}.** {_circumstances(tally)}", _table(tally)]
    parts.append(
        f"When the victim died, a version of the lexical index was unfinished on the disk "
        f"{tally.unfinished['lexical']} times, one of the vector index "
        f"{tally.unfinished['vectors']} times, and SQLite's log held something "
        f"{tally.unfinished['log']} times. {tally.survived} victims were through before they could "
        f"be killed; their libraries were looked at, too, but aren't counted."
    )
    for title, lines in (("Lost", tally.lost), ("Faults", tally.faults)):
        if lines:
            parts.append("\n".join([f"## {title}\n", *(f"- {line}" for line in lines[:50])]))
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _circumstances(tally: Tally) -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in ("chromadb", "tantivy", "filelock"))
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, seed {tally.seed}, {tally.seconds / 60:.0f} minutes; "
        f"{tally.acknowledged} changes acknowledged, {tally.passages_checked} passages looked for. "
        f"Youju {version('youju')}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {libraries}, {platform.system()} {platform.release()}."
    )


def _table(tally: Tally) -> str:
    operations = [operation.value for operation in Operation]
    rows = [
        f"| {' | '.join(['phase at death', *operations, 'all'])} |",
        f"| --- |{' ---: |' * (len(operations) + 1)}",
    ]
    for phase in NAMES:
        counts = [tally.kills[operation, phase] for operation in operations]
        rows.append(f"| {' | '.join([phase, *map(str, counts), str(sum(counts))])} |")
    sums = [
        sum(count for (operation, _), count in tally.kills.items() if operation == wanted)
        for wanted in operations
    ]
    rows.append(f"| {' | '.join(['all', *map(str, sums), str(sum(sums))])} |")
    return "\n".join(rows)
