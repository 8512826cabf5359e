"""Questions to begin with, made from the library's own documents and known to be answered."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest

from app.assistant import Assistant
from app.messages import EXAMPLES
from errors import YoujuError
from records import Kind, Passage

log = logging.getLogger("youju.suggestions")

MOST = 5
_TRIED = 16  # at most so many are put to the assistant
_SURE = 0.6
_WAIT = 60.0  # seconds
_LONGEST_NAME = 24
_DOCUMENTS = 8
_FIGURE = re.compile(
    r"(?:^|(?<=[。；\n]))\s*(?P<when>(?:19|20)[0-9]{2}\s?年(?:底|末)?[，,]?)?"
    r"(?P<what>[^，。；：、（）()\n0-9]{4,24}?)(?:达到|达|约为|为|超过|突破)\s?约?\s?[0-9]"
)


class Suggestions:
    """Suggestions for the library as it is now; looked for once for each state of it."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._lock = threading.Lock()
        self._found: tuple[str, ...] = ()
        self._generation = -1

    def ready(self) -> tuple[str, ...]:
        """At most ``MOST`` questions, each of which the library answers; empty without any.

        Takes a few seconds the first time and after a change of the library.
        """
        if not self._lock.acquire(timeout=_WAIT):
            return self._found
        try:
            generation = self._assistant.library.store.generation()
            if generation != self._generation:
                self._found = tuple(self._answered())
                self._generation = generation
        except YoujuError:
            log.warning("no questions could be suggested", exc_info=True)
        finally:
            self._lock.release()
        return self._found

    def _answered(self) -> Iterator[str]:
        count = 0
        for question in self._candidates()[:_TRIED]:
            with self._assistant.line.turn():
                answer = self._assistant.ask(question)
            if not answer.refused and answer.confidence >= _SURE:
                yield question
                count += 1
            if count == MOST:
                return

    def _candidates(self) -> list[str]:
        """Our own examples, where the library might answer them, then what its newest say."""
        store = self._assistant.library.store
        newest = sorted(store.entries(), key=lambda entry: entry.ingested_at)[-_DOCUMENTS:]
        by_document = [questions_of(store.passages_of(entry.id)) for entry in newest]
        made = chain.from_iterable(zip_longest(*by_document))
        return list(dict.fromkeys([*EXAMPLES, *filter(None, made)]))


def questions_of(passages: Sequence[Passage]) -> Iterator[str]:
    """Questions that the passages seem to answer: by their figures, by their tables."""
    pairs = zip_longest(_of_figures(passages), _of_tables(passages))
    return (question for question in chain.from_iterable(pairs) if question)


def _of_figures(passages: Sequence[Passage]) -> Iterator[str]:
    """2022 年投资规模是多少？ where the text begins a sentence with 2022 年，投资规模达到 4.5."""
    for passage in passages:
        if passage.kind is Kind.PROSE:
            for found in _FIGURE.finditer(passage.text):
                yield f"{(found['when'] or '').strip('，, ')}{found['what'].strip()}是多少？"


def _of_tables(passages: Sequence[Passage]) -> Iterator[str]:
    """白石市的车辆数是多少？ from a row of each table."""
    captions: set[str] = set()
    for passage in passages:
        caption = passage.header.split("\n")[0]
        if len(passage.cells) < 2 or caption in captions or not passage.cells[0].column:
            continue
        name, said = (text.strip() for text in passage.cell_texts[:2])
        column = passage.cells[1].column
        if column and said and len(name) <= _LONGEST_NAME:
            captions.add(caption)
            yield f"{name}的{column}{'是多少' if said[0].isdigit() else '是什么'}？"
