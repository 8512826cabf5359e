"""The runs that are kept under the library's home, in the folder ``runs``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from errors import RunError
from eval.run import Run, read_run
from eval.statistics import Mean
from eval.summary import means

QUESTIONS = "questions.jsonl"
"""The set of a run that was started on the page, beside its answers: with it, it goes on."""
MAIN = ("correct", "evidence@3", "citation recall")


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run as it stands in a list: ``started`` is a time in ISO 8601, ``done`` of ``total``."""

    name: str
    set: str
    started: str
    done: int
    total: int
    finished: bool
    resumable: bool


def runs_folder(home: Path) -> Path:
    """Where the runs are, a folder each."""
    return home / "runs"


def run_folders(home: Path) -> list[RunFolder]:
    """All runs, newest first."""
    folder = runs_folder(home)
    found = [_listed(path) for path in folder.iterdir()] if folder.is_dir() else []
    known = [each for each in found if each is not None]
    return sorted(known, key=lambda each: (each.started, each.name), reverse=True)


def run_path(home: Path, name: str) -> Path:
    """The folder of the run of that name. Raises RunError when none has it."""
    if any(each.name == name for each in run_folders(home)):
        return runs_folder(home) / name
    raise RunError(
        f"没有叫“{name}”的评测。请刷新后重新选择。",
        f"there is no run {name!r}: refresh, and choose again.",
    )


def kept_run(home: Path, name: str) -> Run:
    """The finished run of that name, read once. Raises RunError."""
    folder = run_path(home, name)
    return _read(folder, (folder / "run.json").stat().st_mtime_ns)


def main_means(home: Path, name: str) -> dict[str, Mean]:
    """The means of MAIN of a finished run, worked out once."""
    folder = run_path(home, name)
    return _main_means(folder, (folder / "run.json").stat().st_mtime_ns)


def set_name(folder: Path) -> str:
    """The name of the set that a run is of."""
    listed = _listed(folder)
    return listed.set if listed else folder.name


@lru_cache(maxsize=8)
def _read(folder: Path, stamp: int) -> Run:
    return read_run(folder)


@lru_cache(maxsize=500)
def _main_means(folder: Path, stamp: int) -> dict[str, Mean]:
    return means(_read(folder, stamp).outcomes, MAIN)


def _listed(folder: Path) -> RunFolder | None:
    try:
        facts = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        total = len(facts["questions"])
        return RunFolder(
            name=folder.name,
            set=str(facts["set"]),
            started=str(facts["started"]),
            done=total if "finished" in facts else answered(folder),
            total=total,
            finished="finished" in facts,
            resumable="finished" not in facts and (folder / QUESTIONS).exists(),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def answered(folder: Path) -> int:
    """How many questions of a run have been answered."""
    path = folder / "answers.jsonl"
    return path.read_bytes().count(b"\n") if path.exists() else 0
