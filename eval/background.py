"""A run in a thread of its own, one at a time, whose progress anyone may look at."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from app.assistant import Assistant
from app.questions import Question
from errors import RunError, YoujuError
from eval.measures import Gold, located
from eval.question_files import check_gold, read_questions, write_questions
from eval.question_sets import clean_name
from eval.report import write_reports
from eval.run import execute
from eval.run_folders import QUESTIONS, answered, run_path, runs_folder, set_name

log = logging.getLogger("youju.eval")


class State(StrEnum):
    """How a run in the background stands."""

    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Progress:
    """The run that was started last: ``done`` of ``total`` questions.

    ``seconds_left`` is None until a question has been answered; ``error`` is why it failed.
    """

    name: str
    total: int
    done: int = 0
    state: State = State.RUNNING
    seconds_left: float | None = None
    error: Exception | None = None

    @property
    def active(self) -> bool:
        """Whether the run is still at work."""
        return self.state in (State.RUNNING, State.STOPPING)


class _Stopped(Exception):
    """The run was asked to stop."""


class BackgroundRuns:
    """Starts, stops and goes on with runs over the assistant's library."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._home = assistant.settings.home
        self._starting, self._changing = threading.Lock(), threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.progress: Progress | None = None

    def start(self, questions: Path, name: str = "") -> str:
        """Check a set, and begin a run of it; its name, made from the set's unless given.

        Raises QuestionsError for a bad set, RunError while another run is at work or where
        the name is taken.
        """
        with self._starting:
            self._check_idle()
            asked = read_questions(questions)
            golds = self._golds(asked, questions.name)
            folder = self._folder(name, questions.stem)
            folder.mkdir(parents=True)
            write_questions(folder / QUESTIONS, asked)
            self._begin(folder, golds, questions.name)
        return folder.name

    def resume(self, name: str) -> None:
        """Go on with a run that was stopped or cut short. Raises as ``start`` does."""
        with self._starting:
            self._check_idle()
            folder = run_path(self._home, name)
            if not (folder / QUESTIONS).exists():
                raise RunError(
                    f"评测“{name}”不是在页面上开始的。请在命令行再运行一次同样的 youju eval run。",
                    f"the run {name!r} was not started on the page: start the same youju eval "
                    "run again on the command line.",
                )
            golds = self._golds(read_questions(folder / QUESTIONS), name)
            self._begin(folder, golds, set_name(folder))

    def stop(self) -> None:
        """Ask the run to end after the question that it is at."""
        self._stop.set()
        if self.progress and self.progress.state is State.RUNNING:
            self._set(state=State.STOPPING)

    def wait(self, seconds: float | None = None) -> None:
        """Wait until no run is at work."""
        if self._thread:
            self._thread.join(seconds)

    def close(self) -> None:
        """Stop, and wait for the question that is being asked."""
        self.stop()
        self.wait()

    def _check_idle(self) -> None:
        if self.progress and self.progress.active:
            raise RunError(
                f"评测“{self.progress.name}”还在进行。请等它做完，或先停止它。",
                f"the run {self.progress.name!r} is at work: wait for its end, or stop it first.",
            )

    def _golds(self, asked: Sequence[Question], name: str) -> list[Gold]:
        entries = self._assistant.library.store.entries()
        if not entries:
            raise RunError(
                "资料库还是空的，无从评测。请先导入文档。",
                "the library is empty, there is nothing to evaluate: ingest documents first.",
            )
        documents = [self._assistant.document(entry.id) for entry in entries]
        check_gold(asked, documents, Path(name))
        return [located(question, documents) for question in asked]

    def _folder(self, name: str, stem: str) -> Path:
        runs = runs_folder(self._home)
        if name.strip():
            folder = runs / clean_name(name)
            if folder.exists():
                raise RunError(
                    f"已有一次评测叫“{folder.name}”。请另取一个名字。",
                    f"a run is named {folder.name!r} already: choose another name.",
                )
            return folder
        number = 1
        while (runs / f"{stem}-{number}").exists():
            number += 1
        return runs / f"{stem}-{number}"

    def _begin(self, folder: Path, golds: list[Gold], about: str) -> None:
        self._stop.clear()
        self.progress = Progress(folder.name, len(golds), answered(folder))
        self._thread = threading.Thread(
            target=self._run, args=(folder, golds, about), name="evaluation", daemon=True
        )
        self._thread.start()

    def _run(self, folder: Path, golds: list[Gold], about: str) -> None:
        before, started = answered(folder), time.monotonic()

        def heard(done: int, total: int) -> None:
            asked = done - before
            each = (time.monotonic() - started) / asked if asked > 0 else None
            self._set(done=done, seconds_left=None if each is None else each * (total - done))
            if self._stop.is_set() and done < total:
                raise _Stopped

        try:
            write_reports(execute(self._assistant, golds, folder, {"set": about}, heard))
            self._set(state=State.FINISHED)
        except _Stopped:
            self._set(state=State.STOPPED)
        except YoujuError as error:
            self._set(state=State.FAILED, error=error)
        except Exception as error:  # shown as a plain sentence; the log has the rest
            log.exception("the run %s failed", folder.name)
            self._set(state=State.FAILED, error=error)

    def _set(self, **changes: object) -> None:
        with self._changing:
            if self.progress:
                self.progress = replace(self.progress, **changes)  # type: ignore[arg-type]
