"""A page with its interfaces on loopback, over the library of the two small reports."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.assistant import Assistant
from app.page.server import running
from records import Answer
from settings import Settings, load_settings

NO_FILE = Path(os.devnull)
QUESTION = "2022 年青湾市数字产业投资规模是多少？"
UNANSWERED = "2035 年青湾市的动物园投资规模是多少？"
TOKEN = "a-token-of-the-tests-0001"


class Counted(Assistant):
    """An assistant that notes which questions it works on, and how many at once."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._counting = threading.Lock()
        self.now = self.most = 0
        self.asked: list[str] = []

    def stream(
        self, question: str, documents: Sequence[str] = (), history: Sequence[str] = ()
    ) -> Iterator[Answer]:
        with self._counting:
            self.asked.append(question)
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            yield from super().stream(question, documents, history)
        finally:
            with self._counting:
                self.now -= 1


@contextmanager
def served(
    home: Path, max_queue: int = 32, page: Mapping[str, Any] = MappingProxyType({}), **api: Any
) -> Iterator[tuple[Counted, str]]:
    """The assistant and the address of its page, without a slash at the end."""
    chosen = {"requests_per_minute": 100_000, **api}
    shown = {"port": 0, "max_queue": max_queue, **page}
    assistant = Counted(load_settings(NO_FILE, {}, home=home, api=chosen, page=shown))
    with running(assistant, assistant.settings.page) as address:
        yield assistant, address.rstrip("/")
    assistant.close()
