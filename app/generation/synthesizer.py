"""The response synthesizer for a configured language model: it writes, the gates decide."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from app.claim_words import failure_words
from app.claims.foreign import foreign_claims, is_foreign
from app.claims.reading import Entails
from app.claims.verify import verify
from app.gate import locate
from app.generation.composing import Composed, compose
from app.generation.endpoint import Endpoint, GenerationFailed
from app.generation.prompts import Prompt, fitting_prompt
from app.generation.written import in_language_of, readable, settled, statements
from app.messages import CHINESE, Language
from app.reader.reader import Reader, Reading
from app.synthesizer import CitingSynthesizer, QuotingSynthesizer, growing
from records import Answer, Claim, Document, Hit, Notice, Passage
from settings import AnswerSettings

_ROUNDS = 2
_SURE = 0.8  # confidence at which the reader is believed over a model that found nothing


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question with what retrieval and reader made of it, and until when to answer.

    ``quoted`` is the answer without the model. With ``summary`` the hits are a section, all of
    which is to be summed up.
    """

    question: str
    hits: tuple[Hit, ...]
    reading: Reading
    deadline: float
    quoted: Answer
    summary: bool = False


class GeneratedSynthesizer(CitingSynthesizer):
    """Answers in a model's words, as far as code finds each claim in the passages.

    Whatever goes wrong with the model, the answer is the quoting synthesizer's, with a notice.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        reader: Reader,
        document: Callable[[str], Document],
        settings: AnswerSettings,
        language: Language = "zh",
        entails: Entails | None = None,
    ) -> None:
        """As QuotingSynthesizer; ``endpoint`` is the model's, ``entails`` reads its claims."""
        super().__init__(document, language)
        self._quoting = QuotingSynthesizer(reader, document, settings, language)
        self._endpoint = endpoint
        self._reader = reader
        self._entails = entails

    def stream(self, question: str, hits: Sequence[Hit]) -> Iterator[Answer]:
        """The answer as it grows, nothing in it but claims that hold; the last is finished.

        A question for which nothing was found, or nearly nothing, is refused unasked.
        """
        started = time.monotonic()
        reading = self._reader.read(question, hits)
        quoted = self._quoting.quoted(question, hits, reading)
        settings = self._endpoint.settings
        if not hits or reading.confidence < settings.floor:
            yield quoted if quoted.refused else self.refused(question, hits, reading)
            return
        deadline = started + settings.timeout
        yield from self._generated(_Asked(question, tuple(hits), reading, deadline, quoted))

    def summed_up(self, question: str, hits: Sequence[Hit], quoted: Answer) -> Iterator[Answer]:
        """See CitingSynthesizer. A generated answer's hits are those that the model was given."""
        if quoted.refused:
            yield quoted
            return
        deadline = time.monotonic() + self._endpoint.settings.timeout
        reading = Reading(confidence=quoted.confidence)
        asked = _Asked(question, tuple(hits), reading, deadline, quoted, summary=True)
        yield from self._generated(asked)

    def _generated(self, asked: _Asked) -> Iterator[Answer]:
        """The model's answer as it grows, the quoted one with a notice where there is none."""
        written = time.monotonic()
        try:
            for answer in self._written(asked):
                yield _timed(answer, written)
        except GenerationFailed as failure:
            yield from growing(_timed(replace(asked.quoted, notice=failure.notice), written))

    def _written(self, asked: _Asked) -> Iterator[Answer]:
        """Answers of the model's own; GenerationFailed where it has none worth showing."""
        faults: list[str] = []
        for _ in range(_ROUNDS):
            prompt, passages = self._prompt(asked, faults)
            given = replace(asked, hits=asked.hits[: len(passages)]) if asked.summary else asked
            raw = shown = ""
            for raw in self._endpoint.stream(prompt, asked.deadline):
                if (text := settled(readable(raw))) != shown:
                    shown = text
                    composed = self._judged(statements(text), passages)
                    if composed.citations:
                        yield self._answer(given, composed)
            text = _sensible(asked.question, readable(raw))
            if not statements(text):
                yield self._declined(asked)
                return
            if is_foreign(text, passages):
                yield _uncheckable(asked.quoted, foreign_claims(statements(text), passages))
                return
            composed = self._judged(statements(text), passages)
            if composed.holds:
                yield self._told_apart(self._answer(given, composed), asked.reading)
                return
            faults = [f"“{c.text}”：{failure_words(c, CHINESE)}" for c in composed.failed]
        raise GenerationFailed(Notice.UNSUPPORTED)

    def _prompt(self, asked: _Asked, faults: Sequence[str]) -> tuple[Prompt, tuple[Passage, ...]]:
        settings = self._endpoint.settings
        room = settings.context_tokens - settings.max_tokens
        fitting = fitting_prompt(
            asked.question, [h.passage for h in asked.hits], faults, room, asked.summary
        )
        if fitting is None:
            raise GenerationFailed(Notice.NO_ROOM)
        return fitting

    def _judged(self, text: str, passages: Sequence[Passage]) -> Composed:
        return compose(text, verify(text, passages, self._entails), passages, self.cite)

    def _answer(self, asked: _Asked, composed: Composed) -> Answer:
        short = asked.reading.short_answer
        quotes = [citation.quote for citation in composed.citations] if short else []
        return Answer(
            question=asked.question,
            text=composed.text,
            short_answer=short if any(locate(short, quote) for quote in quotes) else "",
            confidence=round(asked.reading.confidence, 3),
            citations=composed.citations,
            unverified=tuple(claim.text for claim in composed.failed),
            hits=asked.hits,
            timings_ms={"read": asked.reading.milliseconds},
            mode="generated",
            claims=composed.claims,
        )

    def _declined(self, asked: _Asked) -> Answer:
        """The model found no answer: a refusal, unless the reader is sure of one."""
        if asked.reading.confidence >= _SURE:
            raise GenerationFailed(Notice.DECLINED)
        return replace(self.refused(asked.question, asked.hits, asked.reading), mode="generated")


def _uncheckable(quoted: Answer, claims: tuple[Claim, ...]) -> Answer:
    """The quoted answer, and beside it what the model wrote in a language that isn't theirs."""
    unverified = (*quoted.unverified, *(claim.text for claim in claims))
    return replace(quoted, notice=Notice.OTHER_LANGUAGE, claims=claims, unverified=unverified)


def _sensible(question: str, text: str) -> str:
    """``text``, if it is one. Raises GenerationFailed."""
    if not any(character.isalnum() for character in text):
        raise GenerationFailed(Notice.NONSENSE)
    if not in_language_of(question, text):
        raise GenerationFailed(Notice.WRONG_LANGUAGE)
    return text


def _timed(answer: Answer, since: float) -> Answer:
    """``answer`` with the time, in ms, that asking the model and judging took."""
    spent = (time.monotonic() - since) * 1000
    return replace(answer, timings_ms={**answer.timings_ms, "write": spent})
