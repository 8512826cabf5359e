"""Questions from programs: checked, few at once, and put to the assistant in one place."""

from __future__ import annotations

import math
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream

from app.api.refusals import Refused
from app.assistant import AT_ONCE, Assistant
from app.messages import CHINESE, ENGLISH
from app.watching import watched
from records import Answer, Hit
from settings import PageSettings

_PATIENCE = 60.0
_RETRY_AFTER = 5
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the ids of the documents it is put to (none: all), and what was asked before.

    ``history`` holds the dialogue's earlier questions, oldest first.
    """

    question: str
    documents: tuple[str, ...] = ()
    history: tuple[str, ...] = ()


def answers_to(assistant: Assistant, asked: Asked) -> Iterator[Answer]:
    """The answer as it grows, the finished one last: the one place where interfaces ask."""
    answers = assistant.stream(asked.question, asked.documents, asked.history)
    yield from watched(answers, "program")


class Asking:
    """What the interfaces ask of an assistant, in worker threads.

    No more than ``AT_ONCE`` of their questions are worked on at once, and these stand in
    the assistant's line with those of the page. Up to ``max_queue`` others wait, each for a
    minute.
    """

    def __init__(self, assistant: Assistant, settings: PageSettings) -> None:
        self.assistant = assistant
        self._max_question = settings.max_question
        self._max_waiting = settings.max_queue
        self._places = anyio.CapacityLimiter(AT_ONCE)

    async def answer(self, asked: Asked) -> Answer:
        """The finished answer. Raises Refused, and what ``Assistant.ask`` raises."""
        self.check(asked.question)
        *_, last = await self._worked_on(lambda: list(answers_to(self.assistant, asked)))
        return last

    async def search(
        self, question: str, top: int | None, documents: tuple[str, ...]
    ) -> tuple[Hit, ...]:
        """The nearest passages. Raises Refused, and what ``Assistant.search`` raises."""
        self.check(question)
        return await self._worked_on(lambda: self.assistant.search(question, top, documents))

    @asynccontextmanager
    async def stream(
        self, asked: Asked
    ) -> AsyncIterator[MemoryObjectReceiveStream[Answer | Exception]]:
        """The answer as it grows. What is raised instead is the last item.

        A reader who is slow, or leaves, holds no place: the work goes on at its own speed, and
        ends with the next piece when nobody wants it.
        """
        self.check(asked.question)
        pieces, read = anyio.create_memory_object_stream[Answer | Exception](math.inf)
        left = threading.Event()

        def work() -> None:
            for answer in answers_to(self.assistant, asked):
                if left.is_set():
                    return
                anyio.from_thread.run_sync(pieces.send_nowait, answer)

        async def worked_on() -> None:
            async with pieces:
                try:
                    await self._worked_on(work)
                except Exception as error:
                    pieces.send_nowait(error)

        async with read, anyio.create_task_group() as tasks:
            tasks.start_soon(worked_on)
            try:
                yield read
            finally:
                left.set()
                tasks.cancel_scope.cancel()

    def check(self, question: str) -> None:
        """Raises Refused for a question that can't be asked."""
        length = len(question.strip())
        if not length:
            raise Refused(
                422, "empty_question", CHINESE.empty_question, ENGLISH.empty_question, "question"
            )
        if length > self._max_question:
            chinese, english = (
                texts.long_question.format(length=length, limit=self._max_question)
                for texts in (CHINESE, ENGLISH)
            )
            raise Refused(422, "question_too_long", chinese, english, "question")

    def waiting(self) -> int:
        """How many requests wait for a place."""
        return self._places.statistics().tasks_waiting

    async def _worked_on(self, work: Callable[[], _Result]) -> _Result:
        """What ``work`` gives, done in a thread when there is a place."""

        def in_place() -> _Result:
            with self.assistant.line.turn():
                if self.assistant.is_empty():
                    raise Refused(
                        503, "library_empty", CHINESE.nothing_to_search, ENGLISH.nothing_to_search
                    )
                return work()

        async with self._place():
            return await anyio.to_thread.run_sync(in_place)

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        if self._places.statistics().tasks_waiting >= self._max_waiting:
            raise _busy()
        borrower = object()
        try:
            with anyio.fail_after(_PATIENCE):
                await self._places.acquire_on_behalf_of(borrower)
        except TimeoutError as error:
            raise _busy() from error
        try:
            yield
        finally:
            self._places.release_on_behalf_of(borrower)


def _busy() -> Refused:
    return Refused(
        503,
        "busy",
        f"正在回答别的问题，排队的太多。请在 {_RETRY_AFTER} 秒后再试。",
        f"Too many questions are waiting: try again in {_RETRY_AFTER} s.",
        retry_after=_RETRY_AFTER,
    )
