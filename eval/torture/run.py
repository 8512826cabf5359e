"""Prepare, kill, look: over and over."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.torture import victim, witness
from eval.torture.phases import NAMES, Whereabouts
from eval.torture.record import Tally
from eval.torture.scene import Change, Operation, Scene
from index import versions
from settings import SplitSettings, load_settings

SPLITS = (SplitSettings(minimum=20, maximum=60), SplitSettings(minimum=40, maximum=120))
_PATIENCE = 120.0  # seconds for a witness
_LONGEST = 60.0  # seconds for a victim


@dataclass(frozen=True, slots=True)
class Moment:
    """When to kill: ``delay`` seconds after ``phase`` was entered ``visits`` times."""

    phase: str
    visits: int
    delay: float


class Torture:
    """One library, its reports, and what has been seen of them so far."""

    def __init__(self, folder: Path, seed: int, tally: Tally) -> None:
        self._chance = random.Random(seed)
        self._settings = load_settings(environment={}, home=folder / "home")
        self._folder = folder / "reports"
        self._scene = Scene(self._folder, self._chance)
        self._where = Whereabouts()
        self._documents: dict[str, str] = {}
        self._pending: list[Change] = []
        self._minimum = SPLITS[0].minimum
        self._usual = dict.fromkeys(Operation, 0.3)
        self._tally = tally
        self.readable = True

    def once(self) -> None:
        """One operation, killed on the way, and a look at what it left."""
        operation = self._scene.next_operation(self._documents)
        changes = self._scene.prepare(operation, self._documents, self._pending)
        split = self._next_split(operation)
        died, acknowledged = self._sacrifice(operation, changes, split)
        if died:
            self._tally.kills[operation.value, self._where.phase] += 1
            self._note_unfinished()
        else:
            self._tally.survived += 1
        self._tally.acknowledged += len(acknowledged)
        before = self._documents
        seen = _told(lambda: witness.look(self._settings))
        when = f"{operation}, {self._where.phase}"
        if seen is None:
            self.readable = False
            self._tally.faults.append(f"{when}: the library could not be looked at")
            return
        self._judge(when, seen, changes, acknowledged, split.minimum)
        if operation is Operation.REMOVE:
            for path in before.keys() - self._documents.keys():
                Path(path).unlink()
        elif operation is not Operation.REBUILD:
            self._pending = [change for change in changes if not self._is_made(change)]

    def _is_made(self, change: Change) -> bool:
        return change.after.items() <= self._documents.items()

    def _next_split(self, operation: Operation) -> SplitSettings:
        current = next(split for split in SPLITS if split.minimum == self._minimum)
        if operation is Operation.REBUILD:
            return self._chance.choice(SPLITS)
        return current

    def _moment(self, operation: Operation) -> Moment:
        if self._chance.random() < 0.5:
            return Moment(NAMES[0], 0, self._chance.uniform(0, self._usual[operation]))
        phase = self._chance.choice(NAMES[1:])
        return Moment(phase, 1, self._chance.uniform(0, self._where.lasts(phase)))

    def _sacrifice(
        self, operation: Operation, changes: list[Change], split: SplitSettings
    ) -> tuple[bool, set[str]]:
        """Whether the victim was killed, and the paths that it had acknowledged."""
        moment = self._moment(operation)
        removed = [path for change in changes for path in change.before]
        settings = self._settings.model_copy(update={"split": split})
        self._where.reset()
        reading, writing = os.pipe()
        started = time.monotonic()

        def work() -> None:
            self._where.watch()
            victim.work(operation, settings, self._folder, removed, writing)

        child = _forked(work)
        os.close(writing)
        status = self._kill(child, moment)
        if os.WIFEXITED(status):
            usual = self._usual[operation]
            self._usual[operation] = 0.5 * usual + 0.5 * (time.monotonic() - started)
            if os.WEXITSTATUS(status):
                self._tally.faults.append(f"{operation}: the victim failed by itself")
        elif os.WTERMSIG(status) != signal.SIGKILL:
            self._tally.faults.append(f"{operation}: the victim died of {os.WTERMSIG(status)}")
        with os.fdopen(reading, encoding="utf-8") as lines:
            return os.WIFSIGNALED(status), {json.loads(line) for line in lines}

    def _kill(self, child: int, moment: Moment) -> int:
        """Wait for the moment, then kill; the victim's status."""
        latest = time.monotonic() + _LONGEST
        while self._where.entered(moment.phase) < moment.visits and time.monotonic() < latest:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return status
            time.sleep(0.0002)
        time.sleep(moment.delay)
        os.kill(child, signal.SIGKILL)
        return os.waitpid(child, 0)[1]

    def _note_unfinished(self) -> None:
        home = self._settings.home
        for name in ("lexical", "vectors"):
            counting = versions.read(home / f"{name}.generation")
            valid = counting.folder if counting else ""
            if any(folder.name != valid for folder in home.glob(f"{name}/*")):
                self._tally.unfinished[name] += 1
        log = home / "library.sqlite-wal"
        self._tally.unfinished["log"] += log.exists() and log.stat().st_size > 0

    def _judge(
        self,
        when: str,
        seen: dict[str, Any],
        changes: list[Change],
        acknowledged: set[str],
        minimum: int,
    ) -> None:
        """Compare what the witness saw with what it may have seen, and go on from there."""
        self._tally.faults += [f"{when}: {fault}" for fault in seen["faults"]]
        self._tally.passages_checked += seen["passages"]
        losses = self._losses(seen["documents"], changes, acknowledged)
        if victim.REBUILT in acknowledged and seen["minimum"] != minimum:
            losses.append("the rebuild that was acknowledged")
        self._tally.lost += [f"{when}: {loss}" for loss in losses]
        self._minimum, self._documents = seen["minimum"] or self._minimum, seen["documents"]

    def _losses(
        self, seen: dict[str, str], changes: list[Change], acknowledged: set[str]
    ) -> list[str]:
        """Where the library is neither as it was nor as was acknowledged."""
        rest, found = dict(self._documents), dict(seen)
        losses = []
        for change in changes:
            paths = {**change.before, **change.after}
            state = {path: found.pop(path) for path in paths if path in found}
            done = acknowledged & set(change.after or change.before)
            if state != change.after and (done or state != change.before):
                losses.append(f"{'acknowledged' if done else 'not acknowledged'}: {change} {state}")
            for path in change.before:
                rest.pop(path, None)
        if rest != found:
            losses.append(f"untouched documents changed: {set(rest.items()) ^ set(found.items())}")
        return losses


def _forked(action: Callable[[], None]) -> int:
    """The id of a child process that does ``action`` and ends with 0, or 1 after an exception."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    try:
        action()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _told(action: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
    """What ``action`` gives in a process of its own; None if it failed or took too long."""
    reading, writing = os.pipe()

    def tell() -> None:
        signal.alarm(int(_PATIENCE))
        with os.fdopen(writing, "w", encoding="utf-8") as pipe:
            json.dump(action(), pipe)

    child = _forked(tell)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    found: dict[str, Any] = json.loads(said) if said and status == 0 else {}
    return found or None
