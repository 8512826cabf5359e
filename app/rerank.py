"""The reader as a LlamaIndex postprocessor: what it says of each passage orders them anew."""

from __future__ import annotations

from typing import Any

from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle

from app.reader.reader import NetworkReader
from index.retriever import from_node, to_node


class ReaderRerank(BaseNodePostprocessor):
    """Nodes of our retriever, most relevant first; a node's score is then its relevance.

    At most ``top_n`` are passed on. Without a query the nodes stay as they are.
    """

    top_n: int
    _reader: NetworkReader = PrivateAttr()

    def __init__(self, reader: NetworkReader, top_n: int, **kwargs: Any) -> None:
        super().__init__(top_n=top_n, **kwargs)
        self._reader = reader

    @classmethod
    def class_name(cls) -> str:
        """The name that LlamaIndex stores."""
        return "ReaderRerank"

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        if query_bundle is None:
            return nodes
        hits = self._reader.rank(query_bundle.query_str, [from_node(node) for node in nodes])
        return [to_node(hit) for hit in hits[: self.top_n]]
