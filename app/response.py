"""LlamaIndex's view of our synthesizers: use one in any LlamaIndex query engine.

LlamaIndex calls a synthesizer with the nodes that were retrieved. The finished Answer travels
in the response's metadata under ``answer``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llama_index.core.base.response.schema import Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.llms import MockLLM
from llama_index.core.prompts.mixin import PromptDictType
from llama_index.core.response_synthesizers import BaseSynthesizer
from llama_index.core.schema import NodeWithScore, QueryBundle, QueryType

from app.synthesizer import CitingSynthesizer
from index.retriever import from_node


class CitedResponse(BaseSynthesizer):
    """A response synthesizer whose responses are those of a citing synthesizer."""

    def __init__(self, citing: CitingSynthesizer) -> None:
        # Named so that LlamaIndex doesn't reach for a remote model; it is never called.
        super().__init__(llm=MockLLM(), callback_manager=CallbackManager())
        self._citing = citing

    def _get_prompts(self) -> PromptDictType:
        return {}

    def _update_prompts(self, prompts: PromptDictType) -> None:
        """There are no prompts of LlamaIndex's kind."""

    def synthesize(
        self,
        query: QueryType,
        nodes: list[NodeWithScore],
        additional_source_nodes: Sequence[NodeWithScore] | None = None,
        **response_kwargs: Any,
    ) -> Response:
        """The response; ``response.metadata["answer"]`` is our Answer."""
        question = query.query_str if isinstance(query, QueryBundle) else query
        answer = self._citing.answer(question, tuple(from_node(node) for node in nodes))
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
        raise TypeError(f"{type(self).__name__} needs nodes, not text: call synthesize")

    async def aget_response(self, query_str: str, text_chunks: Sequence[str], **kwargs: Any) -> str:
        """Not to be used, see get_response."""
        return self.get_response(query_str, text_chunks, **kwargs)
