"""The assistant: a library and a query engine, asked in plain language."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from app.bridge import steps
from app.follow_up import stand_alone
from app.generation.endpoint import Endpoint
from app.importing import import_llama_index
from app.line import Line
from app.messages import MESSAGES
from app.parts import Part, joined, parts, together
from app.reader.entailment import ClaimReader
from app.reader.reader import NetworkReader
from app.sections.asked import section_asked
from app.successive import successive
from index.encoder import Announce, load_encoder
from index.library import Library, manifest_of
from index.search import EXACT_ONCE, HybridSearch
from index.store import document_not_found
from index.words import Segmenter
from ingest.dictionary import keep_in
from records import Answer, Document, Hit, Notice
from settings import Settings

if TYPE_CHECKING:
    from llama_index.core.query_engine import RetrieverQueryEngine

    from app.sections.answering import SectionAnswers
    from app.synthesizer import CitingSynthesizer

log = logging.getLogger("youju.assistant")

AT_ONCE = 2
"""Questions worked on at once, whoever asks them: each keeps several cores busy."""


class Assistant:
    """Everything that a question needs, made from settings; each part opens when used."""

    def __init__(
        self,
        settings: Settings,
        announce: Announce = lambda chinese, english: None,
        brief: bool = False,
    ) -> None:
        """``announce`` hears of each slow step before it is taken.

        ``brief`` is for a process that answers one question: what only pays over many is
        neither imported nor opened. LlamaIndex's query engine gives way to the parts that it
        joins, and Chroma, in a library that is small enough, to comparing every vector.
        """
        self.settings = settings
        keep_in(settings.encoder.cache)
        self.encoder = load_encoder(settings.encoder, announce)
        manifest = manifest_of(settings, self.encoder.name, Segmenter(settings.dictionary))
        self.library = Library(settings, manifest, announce)
        self._brief = brief
        exact = EXACT_ONCE if brief else 0
        self._search = HybridSearch(self.library, self.encoder, settings.retrieval, exact)
        self.reader = NetworkReader(self._search, settings.answer.max_citations)
        self.claim_reader = ClaimReader()
        self.endpoint = Endpoint(settings.llm) if settings.llm.base_url else None
        self.line = Line(AT_ONCE)
        self._opened = False
        self._stored = lru_cache(maxsize=8)(self._load)

    def _load(self, document_id: str, generation: int) -> Document:
        return self.library.store.document(document_id)

    def document(self, document_id: str) -> Document:
        """A stored document. Raises DocumentNotFound."""
        return self._stored(document_id, self.library.store.generation())

    def titles(self, document_ids: Iterable[str]) -> dict[str, str]:
        """Titles by id of those of the documents that exist."""
        return self.library.store.titles(document_ids)

    def is_empty(self) -> bool:
        """Whether there is nothing to answer from."""
        return self.library.store.is_empty()

    def _check(self, documents: Sequence[str]) -> None:
        """Raises LibraryMismatch, and DocumentNotFound for an id that no document has."""
        self.library.check()
        known = self.titles(documents)
        for document_id in documents:
            if document_id not in known:
                raise document_not_found(document_id)

    def search(
        self, question: str, top_k: int | None = None, documents: Sequence[str] = ()
    ) -> tuple[Hit, ...]:
        """The passages for a question, best first. Raises LibraryMismatch, DocumentNotFound."""
        self._check(documents)
        self._open_ahead()
        return self._search.hits(question, top_k, documents)

    def candidates(
        self, question: str
    ) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
        """Scores by passage id before fusion: by vector, by words, by character pairs."""
        return self._search.candidates(question, self.encoder.encode_question(question))

    def query_engine(self, documents: Sequence[str] = ()) -> RetrieverQueryEngine:
        """A LlamaIndex query engine over the library, or over these documents of it."""
        import_llama_index()
        from llama_index.core.query_engine import RetrieverQueryEngine

        from app.rerank import ReaderRerank
        from app.response import CitedResponse
        from index.retriever import HybridRetriever

        retrieval, answering = self.settings.retrieval, self.settings.answer
        return RetrieverQueryEngine(
            retriever=HybridRetriever(self._search, answering.passages_read, documents),
            node_postprocessors=[ReaderRerank(self.reader, retrieval.top_k)],
            response_synthesizer=CitedResponse(self._synthesizer()),
        )

    def _synthesizer(self) -> CitingSynthesizer:
        """The one that asks the language model, where one is configured."""
        parts = (self.reader, self.document, self.settings.answer, self.settings.language)
        if self.endpoint is not None:
            from app.generation.synthesizer import GeneratedSynthesizer

            return GeneratedSynthesizer(self.endpoint, *parts, entails=self.claim_reader)
        return self._quoting()

    def _quoting(self) -> CitingSynthesizer:
        """The one that needs no language model."""
        from app.synthesizer import QuotingSynthesizer

        answering, language = self.settings.answer, self.settings.language
        return QuotingSynthesizer(self.reader, self.document, answering, language)

    def ask(
        self, question: str, documents: Sequence[str] = (), history: Sequence[str] = ()
    ) -> Answer:
        """The cited answer, or a refusal with the nearest passages.

        ``history`` are the earlier questions of the dialogue, oldest first: a follow-up is
        understood by them. Raises LibraryMismatch, and DocumentNotFound for an unknown id in
        ``documents``.
        """
        *_, answer = self.stream(question, documents, history)
        return answer

    def stream(
        self, question: str, documents: Sequence[str] = (), history: Sequence[str] = ()
    ) -> Iterator[Answer]:
        """The answer as it grows; the last one is finished, and what ``ask`` returns.

        The earlier ones hold nothing that wasn't checked. A later one may take back what they
        say, where a language model's text as a whole doesn't hold. Raises, when the first is
        asked for, what ``ask`` raises.
        """
        self._check(documents)
        started = time.perf_counter()
        self._open_ahead(self.reader.warm_up)
        understood = self._understood(question, history)
        for answer in self._answers(understood, documents):
            total = (time.perf_counter() - started) * 1000
            spent = answer.timings_ms
            timings = {"retrieve": total - sum(spent.values()), **spent, "total": total}
            yield replace(
                _with_notice(answer, understood),
                question=question,
                understood=understood if understood != question.strip() else "",
                timings_ms={k: round(v, 2) for k, v in timings.items()},
            )

    def _understood(self, question: str, history: Sequence[str]) -> str:
        """The question with what it leaves out: by the model where that holds, else by rule."""
        by_rule = stand_alone(question, history, self.library.segmenter)
        if self.endpoint is None or not history or section_asked(by_rule):
            return by_rule
        from app.generation.rewriting import leans, rewritten

        if not leans(question, by_rule):
            return by_rule
        return rewritten(self.endpoint, question, history) or by_rule

    def _answers(self, question: str, documents: Sequence[str]) -> Iterator[Answer]:
        """The growing answer to a question that stands alone; to its parts, if it has any."""
        section = section_asked(question)
        several = () if section else self._parts(question, documents)
        if section:
            yield from self._sections.stream(question, section, documents, self._synthesizer())
        elif not several:
            yield from self._synthesizer().stream(question, self._read(question, documents))
        else:
            yield from self._answers_to_parts(question, several, documents)

    def _parts(self, question: str, documents: Sequence[str]) -> tuple[Part, ...]:
        """The questions that a question consists of; empty where it is one."""

        def ask(step: str) -> Answer:
            return self._quoting().answer(step, self._read(step, documents))

        named = parts(question, self.library.segmenter)
        return named or successive(question, self.library.segmenter, ask) or steps(question, ask)

    def _answers_to_parts(
        self, question: str, several: Sequence[Part], documents: Sequence[str]
    ) -> Iterator[Answer]:
        """The model's answer to the whole; without one, what is quoted for each part."""
        found = [self._read(part.question, documents) for part in several]
        failed: Answer | None = None
        if self.endpoint is not None:
            for failed in self._synthesizer().stream(question, together(found)):
                if failed.mode == "generated":
                    yield failed
            if failed is None or failed.mode == "generated":
                return
        messages, quoting = MESSAGES[self.settings.language], self._quoting()
        answered = [
            (part, quoting.answer(part.question, hits))
            for part, hits in zip(several, found, strict=True)
        ]
        answer = joined(question, answered, messages.no_part, messages.refusal)
        if failed is not None:
            claims, unverified = failed.claims, (*answer.unverified, *failed.unverified)
            answer = replace(answer, notice=failed.notice, claims=claims, unverified=unverified)
        yield answer

    @cached_property
    def _sections(self) -> SectionAnswers:
        from app.sections.answering import SectionAnswers

        return SectionAnswers(self.library, self.document, self.settings)

    def _read(self, question: str, documents: Sequence[str]) -> tuple[Hit, ...]:
        """The passages for a question, as the reader ranks them."""
        if self._brief:
            hits = self._search.hits(question, self.settings.answer.passages_read, documents)
            return self.reader.rank(question, hits)[: self.settings.retrieval.top_k]
        import_llama_index()
        from llama_index.core.schema import QueryBundle

        from index.retriever import from_node

        nodes = self.query_engine(documents).retrieve(QueryBundle(question))
        return tuple(from_node(node) for node in nodes)

    def _open_ahead(self, *more: Callable[[], object]) -> None:
        """Open, the first time, what loads outside of Python while Python loads the rest."""
        if not self._opened:
            self._opened = True
            for action in (self._search.open_vectors, *more):
                self._aside(action)

    def warm_up_aside(self) -> None:
        """``warm_up`` while something else goes on."""
        self._opened = True
        self._aside(self.warm_up)

    def _aside(self, action: Callable[[], object]) -> None:
        """Do it in a thread. What goes wrong goes wrong again where a question needs it."""

        def run() -> None:
            try:
                action()
            except Exception:
                log.debug("not opened ahead", exc_info=True)
            finally:
                self.library.store.close()

        threading.Thread(target=run).start()

    def warm_up(self) -> None:
        """Load what the first question would otherwise wait for."""
        self.library.catch_up()
        self.encoder.encode_question("你好")
        self.library.segmenter.words("你好")
        self.reader.warm_up()
        self.query_engine()
        if self.endpoint:
            self.endpoint.warm_up()

    def close(self) -> None:
        """Let go of the library's files and of the endpoint's connections."""
        if self.endpoint:
            self.endpoint.close()
        self.library.close()


def _with_notice(answer: Answer, question: str) -> Answer:
    """``answer``; where it quotes Chinese for a question in another language, it says so."""
    if answer.notice or answer.mode != "extractive":
        return answer
    from app.claims.foreign import is_untranslated

    shown = [citation.quote for citation in answer.citations]
    shown = shown or [hit.passage.text for hit in answer.hits]
    if not is_untranslated(question, shown):
        return answer
    return replace(answer, notice=Notice.UNTRANSLATED)
