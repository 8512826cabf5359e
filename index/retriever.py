"""LlamaIndex's view of our search: use it in any LlamaIndex query engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.callbacks import CallbackManager
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from index.rows import cell_pairs, cells_of
from index.search import HybridSearch
from records import Hit, Kind, Passage, Span

_SCORES = tuple(field.name for field in fields(Hit) if field.name != "passage")


class HybridRetriever(BaseRetriever):
    """Dense and lexical retrieval, fused. ``documents`` limits it to these ids."""

    def __init__(
        self,
        search: HybridSearch,
        top_k: int | None = None,
        documents: Sequence[str] = (),
        callback_manager: CallbackManager | None = None,
    ) -> None:
        super().__init__(callback_manager=callback_manager)
        self._search = search
        self._top_k = top_k
        self._documents = documents

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._search.hits(query_bundle.query_str, self._top_k, self._documents)
        return [to_node(hit) for hit in hits]


def to_node(hit: Hit) -> NodeWithScore:
    """A hit as LlamaIndex carries it. ``from_node`` gives back an equal hit.

    The node's score is the reader's relevance where the passage was read, else the fused score.
    """
    passage = hit.passage
    node = TextNode(
        id_=passage.id,
        text=passage.text,
        start_char_idx=passage.span.start,
        end_char_idx=passage.span.end,
        metadata={
            "document_id": passage.document_id,
            "headings": list(passage.headings),
            "page": passage.page,
            "kind": passage.kind.value,
            "header": passage.header,
            "cells": cell_pairs(passage.cells),
            **{name: getattr(hit, name) for name in _SCORES},
        },
        excluded_embed_metadata_keys=list(_SCORES),
        excluded_llm_metadata_keys=list(_SCORES),
    )
    return NodeWithScore(node=node, score=hit.score if hit.relevance is None else hit.relevance)


def from_node(scored: NodeWithScore) -> Hit:
    """The hit that ``to_node`` wrapped. KeyError for nodes that are not ours."""
    node = scored.node
    if not isinstance(node, TextNode) or node.start_char_idx is None or node.end_char_idx is None:
        raise KeyError(f"node {node.node_id} is not a passage of the library")
    data = node.metadata
    passage = Passage(
        document_id=data["document_id"],
        span=Span(node.start_char_idx, node.end_char_idx),
        text=node.text,
        headings=tuple(data["headings"]),
        page=data["page"],
        kind=Kind(data["kind"]),
        header=data["header"],
        cells=cells_of(data["cells"]),
    )
    return Hit(passage=passage, **{name: data[name] for name in _SCORES})
