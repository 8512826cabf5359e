"""What people would build instead: LlamaIndex's own recipe, with the same weights.

Defaults of each class, but for the model's prefixes and the type of its numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from index.encoder import BundledEncoder
from index.words import Segmenter
from settings import EncoderSettings, load_settings

Batches = Sequence[Sequence[str]]
"""Texts in the batches that the model runs on."""
Found = list[tuple[str, str]]
"""Names of files and texts that were found in them, best first."""

_SHOWN = 5
_LONGEST = 512
"""Tokens that the model reads of a text; the rest is in no vector."""


class Recipe:
    """SentenceSplitter, HuggingFaceEmbedding, ChromaVectorStore and BM25Retriever."""

    def __init__(self, home: Path, number_type: str) -> None:
        """``number_type`` is float32 or bfloat16."""
        self._home = home
        self._number_type = number_type
        self._segmenter = Segmenter(load_settings().dictionary)
        self._nodes: list[Any] = []

    @cached_property
    def _model(self) -> Any:
        import torch
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        settings = EncoderSettings()
        return HuggingFaceEmbedding(
            model_name=str(BundledEncoder(settings).folder()),
            query_instruction=settings.question_prefix,
            text_instruction=settings.passage_prefix,
            device="cpu",
            model_kwargs={"dtype": getattr(torch, self._number_type)},
        )

    @cached_property
    def _vectors(self) -> Any:
        import chromadb
        from llama_index.vector_stores.chroma import ChromaVectorStore

        client = chromadb.PersistentClient(str(self._home / "chroma"))
        return ChromaVectorStore(chroma_collection=client.get_or_create_collection("recipe"))

    def load(self) -> None:
        """Load the model, and open the store."""
        self._model.get_text_embedding("你好")
        _ = self._vectors

    def ingest(self, folder: Path) -> None:
        """Bring the files of ``folder`` in."""
        from llama_index.core import SimpleDirectoryReader, StorageContext, VectorStoreIndex
        from llama_index.core.node_parser import SentenceSplitter
        from llama_index.retrievers.bm25 import BM25Retriever

        nodes = SentenceSplitter()(SimpleDirectoryReader(str(folder)).load_data())
        storage = StorageContext.from_defaults(vector_store=self._vectors)
        VectorStoreIndex(nodes, storage_context=storage, embed_model=self._model)
        BM25Retriever.from_defaults(nodes=nodes).persist(str(self._home / "bm25"))
        self._nodes = nodes

    def batches(self) -> Batches:
        """What was encoded, as it was, after ``ingest``."""
        from llama_index.core.schema import MetadataMode

        texts = [node.get_content(metadata_mode=MetadataMode.EMBED) for node in self._nodes]
        return _parted(texts, self._model.embed_batch_size)

    def index_words(self) -> None:
        """What the recipe lacks for Chinese: BM25 over words. After ``ingest``, not part of it."""
        from llama_index.retrievers.bm25 import BM25Retriever

        in_words = [self._in_words(node) for node in self._nodes]
        by_words = BM25Retriever.from_defaults(nodes=in_words, token_pattern=r"\S+")
        by_words.persist(str(self._home / "bm25-words"))

    def _in_words(self, node: Any) -> Any:
        """The node with its words parted by spaces; LlamaIndex takes a whole clause for one."""
        from llama_index.core.schema import TextNode

        words = self._segmenter.words(node.text)
        metadata = {"file_name": node.metadata["file_name"], "text": node.text}
        hidden = list(metadata)
        return TextNode(
            text=" ".join(words),
            metadata=metadata,
            excluded_embed_metadata_keys=hidden,
            excluded_llm_metadata_keys=hidden,
        )

    def ways(self) -> dict[str, Callable[[str], Found]]:
        """The recipe's ways to search, by name; opened by this call."""
        from llama_index.core import VectorStoreIndex
        from llama_index.core.llms import MockLLM
        from llama_index.core.retrievers import QueryFusionRetriever
        from llama_index.retrievers.bm25 import BM25Retriever

        index = VectorStoreIndex.from_vector_store(self._vectors, embed_model=self._model)
        dense = index.as_retriever(similarity_top_k=_SHOWN)
        plain, words = (
            BM25Retriever.from_persist_dir(str(self._home / name))
            for name in ("bm25", "bm25-words")
        )
        plain.similarity_top_k = words.similarity_top_k = _SHOWN
        fused = QueryFusionRetriever(
            [dense, plain],
            llm=MockLLM(),
            similarity_top_k=_SHOWN,
            num_queries=1,
            mode="reciprocal_rerank",  # type: ignore[arg-type]
            use_async=False,
        )
        return {
            "LlamaIndex, Chroma": _search(dense),
            "LlamaIndex, BM25": _search(plain),
            "LlamaIndex, BM25, jieba": lambda question: [
                (node.metadata["file_name"], node.metadata["text"])
                for node in words.retrieve(" ".join(self._segmenter.words(question)))
            ],
            "LlamaIndex, fused": _search(fused),
        }


def _search(retriever: Any) -> Callable[[str], Found]:
    return lambda question: [
        (node.metadata["file_name"], node.text) for node in retriever.retrieve(question)
    ]


class Youju:
    """Ours, through the same doors."""

    def __init__(self, home: Path) -> None:
        from app.assistant import Assistant

        self.assistant = Assistant(load_settings(home=home))

    def load(self) -> None:
        """Load the encoder and the dictionary, and open the library."""
        self.assistant.library.catch_up()
        self.assistant.encoder.encode_passages(["你好"])
        self.assistant.library.segmenter.words("你好")

    def ingest(self, folder: Path) -> None:
        """Bring the files of ``folder`` in."""
        from index.pipeline import ingest

        settings, library = self.assistant.settings, self.assistant.library
        for _ in ingest([folder], library, self.assistant.encoder, settings):
            pass

    def ways(self) -> dict[str, Callable[[str], Found]]:
        """Our one way to search."""
        return {"Youju": self._found}

    def _found(self, question: str) -> Found:
        hits = self.assistant.search(question, _SHOWN)
        store = self.assistant.library.store
        names = {hit.passage.document_id for hit in hits}
        paths = {name: Path(store.entry(name).path).name for name in names}
        return [(paths[hit.passage.document_id], hit.passage.text) for hit in hits]


Side = Recipe | Youju


def side(name: str, home: Path) -> Side:
    """The one of this name: ``youju``, or the recipe's number type."""
    return Youju(home) if name == "youju" else Recipe(home, name)


def tokens(batches: Batches) -> dict[str, int]:
    """Tokens of the texts (``all``), of them those ``read``, and with padding those ``run``."""
    from tokenizers import Tokenizer

    settings = EncoderSettings()
    own = Tokenizer.from_file(str(BundledEncoder(settings).folder() / "tokenizer.json"))
    own.no_truncation()
    own.no_padding()
    found = {"all": 0, "read": 0, "run": 0}
    for batch in batches:
        lengths = [len(own.encode(settings.passage_prefix + text).ids) for text in batch]
        read = [min(length, _LONGEST) for length in lengths]
        found["all"] += sum(lengths)
        found["read"] += sum(read)
        found["run"] += max(read) * len(read)
    return found


def batches_of(groups: Batches) -> Batches:
    """The groups that ingest encodes in the batches that the encoder makes of them."""
    size = EncoderSettings().batch_size
    return [
        batch for group in groups for batch in _parted(sorted(group, key=len, reverse=True), size)
    ]


def _parted(texts: Sequence[str], size: int) -> Batches:
    return [texts[start : start + size] for start in range(0, len(texts), size)]


def bare_groups(youju: Youju) -> Batches:
    """The texts of a filled library in the groups that ingest encoded."""
    from index.preparation import Content, Prepared, grouped, texts_of

    store = youju.assistant.library.store
    entries = sorted(store.entries(), key=lambda entry: entry.path)
    files = (
        Prepared(Path(e.path), e.id, Content(store.document(e.id), store.batch(e.id)))
        for e in entries
    )
    return [
        texts_of([p for file in group if file.content for p in file.content.batch.passages])
        for group in grouped(files)
    ]
