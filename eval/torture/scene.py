"""What the victims work on: small generated reports, and changes to them.

Vectors come from a cheap encoder of the harness, through the seam that ``Encoder`` is: what
is tested is where vectors go, not what they mean.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

import numpy as np

from index.encoder import Progress, Vectors

_DIMENSION = 32
_CITIES = ("青湾市", "白石省", "临江市", "海港区", "云岭县", "沙洲镇")
_THINGS = ("供水管网", "公交车", "数字企业", "泊位", "充电桩", "公共图书馆", "太阳能电站")
_UNITS = ("公里", "辆", "家", "个", "座", "万千瓦")
_MOST = 14


class Operation(StrEnum):
    """What a victim is doing when it is killed."""

    INGEST = "ingest"
    UPDATE = "update"
    REMOVE = "remove"
    REBUILD = "rebuild"


@dataclass(frozen=True, slots=True)
class Change:
    """Documents by path, as SHA-256 of their files: before and after."""

    before: dict[str, str]
    after: dict[str, str]


class DigestEncoder:
    """Unit vectors that follow from the text alone, made in microseconds."""

    name = "torture"

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """See Encoder."""
        return np.stack([self.encode_question(text) for text in texts])

    def encode_question(self, text: str) -> Vectors:
        """See Encoder."""
        seed = int.from_bytes(sha256(text.encode()).digest()[:8])
        values = np.random.default_rng(seed).normal(size=_DIMENSION)
        return (values / np.linalg.norm(values)).astype(np.float32)


def report(chance: random.Random) -> str:
    """A report of 2 to 14 sentences, each of which stands in no other."""
    lines = []
    for _ in range(chance.randint(2, 14)):
        city, thing, unit = map(chance.choice, (_CITIES, _THINGS, _UNITS))
        number, code = chance.randint(1, 9999), chance.getrandbits(40)
        lines.append(f"{city}共有{thing} {number} {unit}，登记号为 {code:x}。")
    return "\n".join(lines)


class Scene:
    """A folder of reports. It prepares the files of an operation and says what it changes."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        folder.mkdir()
        self._folder = folder
        self._chance = chance

    def next_operation(self, documents: dict[str, str]) -> Operation:
        """Any, but nothing is removed from few and nothing added to many documents."""
        if len(documents) < 3:
            return Operation.INGEST
        crowded = len(documents) > _MOST
        return self._chance.choice([op for op in Operation if op != "ingest" or not crowded])

    def prepare(
        self, operation: Operation, documents: dict[str, str], pending: list[Change]
    ) -> list[Change]:
        """Write the files; the changes that the operation, once through, has made.

        ``pending`` are changes whose files are written already: reading the folder makes them.
        """
        waiting = {path for change in pending for path in change.before}
        settled = sorted(documents.keys() - waiting)
        some = self._chance.sample(settled, min(len(settled), self._chance.randint(1, 3)))
        match operation:
            case Operation.INGEST:
                coming = [self._new_path() for _ in range(len(some) + 1)]
                return [*(Change({}, self._written(path)) for path in coming), *pending]
            case Operation.UPDATE:
                return [*(self._updated(path, documents[path]) for path in some), *pending]
            case Operation.REMOVE:
                return [Change({path: documents[path]}, {}) for path in some]
            case Operation.REBUILD:
                return []

    def _updated(self, path: str, digest: str) -> Change:
        if self._chance.random() < 0.2:
            moved = self._new_path()
            Path(path).rename(moved)
            return Change({path: digest}, {str(moved): digest})
        return Change({path: digest}, self._written(Path(path)))

    def _new_path(self) -> Path:
        return self._folder / f"报告{self._chance.getrandbits(48):x}.txt"

    def _written(self, path: Path) -> dict[str, str]:
        text = report(self._chance)
        path.write_text(text, encoding="utf-8")
        return {str(path.resolve()): sha256(text.encode()).hexdigest()}
