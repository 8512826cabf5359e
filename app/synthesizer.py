"""The response synthesizer: passages become a cited answer, without a language model.

LlamaIndex calls it with the nodes that were retrieved. The finished Answer travels in the
response's metadata under ``answer``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llama_index.core.base.response.schema import Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.llms import MockLLM
from llama_index.core.prompts.mixin import PromptDictType
from llama_index.core.response_synthesizers import BaseSynthesizer
from llama_index.core.schema import NodeWithScore, QueryBundle, QueryType

from app.gate import admit, check, locate
from app.messages import MESSAGES, Language
from app.reader.reader import Evidence, Reader, Reading
from index.retriever import from_node
from records import Answer, Citation, Document, Hit, Status
from settings import AnswerSettings


class QuotingSynthesizer(BaseSynthesizer):
    """Answers with sentences of the passages, each quoted and checked by the gate."""

    def __init__(
        self,
        reader: Reader,
        document: Callable[[str], Document],
        settings: AnswerSettings,
        language: Language = "zh",
    ) -> None:
        """``document`` gives the stored document of an id, for the gate.

        ``language`` is that of a refusal; an answer is in its sources' own words.
        """
        # Named so that LlamaIndex doesn't reach for a remote model; it is never called.
        super().__init__(llm=MockLLM(), callback_manager=CallbackManager())
        self._reader = reader
        self._document = document
        self._settings = settings
        self._refusal = MESSAGES[language].refusal

    def _get_prompts(self) -> PromptDictType:
        return {}

    def _update_prompts(self, prompts: PromptDictType) -> None:
        """There are no prompts."""

    def synthesize(
        self,
        query: QueryType,
        nodes: list[NodeWithScore],
        additional_source_nodes: Sequence[NodeWithScore] | None = None,
        **response_kwargs: Any,
    ) -> Response:
        """The response; ``response.metadata["answer"]`` is our Answer."""
        question = query.query_str if isinstance(query, QueryBundle) else query
        answer = self.answer(question, tuple(from_node(node) for node in nodes))
        return Response(answer.text, source_nodes=nodes, metadata={"answer": answer})

    async def asynthesize(
        self,
        query: QueryType,
        nodes: list[NodeWithScore],
        additional_source_nodes: Sequence[NodeWithScore] | None = None,
        **response_kwargs: Any,
    ) -> Response:
        """As ``synthesize``."""
        return self.synthesize(query, nodes, additional_source_nodes, **response_kwargs)

    def get_response(self, query_str: str, text_chunks: Sequence[str], **kwargs: Any) -> str:
        """Not to be used: bare text has lost its place, so it can't be cited."""
        raise TypeError("QuotingSynthesizer needs nodes, not text: call synthesize")

    async def aget_response(self, query_str: str, text_chunks: Sequence[str], **kwargs: Any) -> str:
        """Not to be used, see get_response."""
        return self.get_response(query_str, text_chunks, **kwargs)

    def answer(self, question: str, hits: Sequence[Hit]) -> Answer:
        """Read, gate, write: a refusal when confidence is low or no quote passes the gate."""
        reading = self._reader.read(question, hits)
        proposed = [self._cite(n, e) for n, e in enumerate(reading.evidence, start=1)]
        citations, unverified = admit(proposed)
        refused = not citations or reading.confidence < self._settings.threshold
        short = "" if refused else self._short(reading, citations)
        return Answer(
            question=question,
            text=self._refusal if refused else compose(short, citations),
            short_answer=short,
            refused=refused,
            confidence=round(reading.confidence, 3),
            citations=() if refused else citations,
            unverified=unverified,
            hits=tuple(hits),
            timings_ms={"read": reading.milliseconds},
        )

    @staticmethod
    def _short(reading: Reading, citations: Sequence[Citation]) -> str:
        """The short answer if it stands in the first quote that passed, else that quote.

        A table's bare number gets its unit, which stands in the table's head.
        """
        quote = citations[0].quote
        if not locate(reading.short_answer, quote):
            return quote
        return f"{reading.short_answer} {reading.unit}".strip()

    def _cite(self, number: int, evidence: Evidence) -> Citation:
        document = self._document(evidence.hit.passage.document_id)
        return check(
            Citation(
                number=number,
                document_id=document.id,
                title=document.title,
                path=document.path,
                page=document.page_of(evidence.span.start),
                headings=document.headings_at(evidence.span.start),
                quote=evidence.quote,
                span=evidence.span,
                status=Status.NOT_FOUND,
                publisher=document.publisher,
                date=document.date,
                address=document.address_of(evidence.span.start),
            ),
            document,
        )


def compose(short: str, citations: Sequence[Citation]) -> str:
    """The short answer, if it is more than the first quote repeated, then the quotes."""
    lines = [f"“{citation.quote}” [{citation.number}]" for citation in citations]
    if short and short != citations[0].quote:
        lines.insert(0, f"{short} [{citations[0].number}]")
    return "\n\n".join(lines)
