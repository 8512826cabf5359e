"""BM25 over words and over character pairs, with tantivy.

Segmented text is handed over separated by spaces; section titles and table headers stand
in a field of their own. Derived from the store: it can be deleted at any time.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import tantivy

from index.store import Batch
from index.words import Segmenter, bigrams
from records import Passage

WORDS, BIGRAMS, CONTEXT = "words", "pairs", "context"
_CONTEXT_BOOST = 0.5
_WRITER_BYTES = 64_000_000


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("passage_id", stored=True, tokenizer_name="raw")
    builder.add_text_field("document_id", stored=False, tokenizer_name="raw")
    for field in (WORDS, BIGRAMS, CONTEXT):
        builder.add_text_field(field, stored=field != BIGRAMS, tokenizer_name="whitespace")
    return builder.build()


class LexicalIndex:
    """Passages by their words. One writer."""

    wears_out: ClassVar[bool] = False

    def __init__(self, folder: Path, segmenter: Segmenter) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._segmenter = segmenter
        self._schema = _schema()
        self._index = tantivy.Index(self._schema, path=str(folder))
        self._index.reload()

    def change(self, removed: Sequence[str], added: Iterable[Batch]) -> None:
        """Drop the documents with these ids, then add the passages, in one commit."""
        with self._writer() as writer:
            for document_id in removed:
                writer.delete_documents_by_term("document_id", document_id)
            for batch in added:
                for passage in batch.passages:
                    writer.add_document(self._entry(passage))

    def forget(self, remaining: Iterable[Batch]) -> None:
        """Write all segments anew: a deleted passage's words stay in its segment until then.

        ``remaining`` is all that is indexed; its words are not segmented again.
        """
        with self._writer() as writer:
            writer.delete_all_documents()
            for batch in remaining:
                known = self._indexed([passage.id for passage in batch.passages])
                for passage in batch.passages:
                    words, context = known[passage.id]
                    writer.add_document(_entry(passage, words, context))

    @contextmanager
    def _writer(self) -> Iterator[Any]:
        """A writer whose work is committed and seen at the end."""
        writer = self._index.writer(heap_size=_WRITER_BYTES, num_threads=1)
        yield writer
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def missing(self, batch: Batch) -> int:
        """How many of the passages are not indexed."""
        return len(batch.passages) - len(self.words_of([p.id for p in batch.passages]))

    def mend(self, batch: Batch) -> int:
        """As ``missing``: what isn't indexed was never entered."""
        return self.missing(batch)

    def copy_to(self, folder: Path) -> None:
        """Put a copy into a folder. Files are shared by hard links: none is written twice."""
        for file in self._files():
            try:
                os.link(file, folder / file.name)
            except OSError:  # not every file system knows hard links
                shutil.copy2(file, folder / file.name)

    def unchanging_files(self) -> list[Path]:
        """All but the locks."""
        return self._files()

    def _files(self) -> list[Path]:
        return sorted(file for file in self._folder.iterdir() if file.suffix != ".lock")

    def seal(self) -> None:
        """Nothing to do: what is written is written whole."""

    def close(self) -> None:
        """Nothing is held open between calls."""

    def _entry(self, passage: Passage) -> Any:
        columns = [cell.column for cell in passage.cells]
        words = " ".join(self._segmenter.words(_said(passage)))
        context = " ".join(self._segmenter.words("\n".join([passage.context, *columns])))
        return _entry(passage, words, context)

    def __len__(self) -> int:
        return int(self._index.searcher().num_docs)

    def search(
        self, field: str, terms: Sequence[str], limit: int, documents: Sequence[str] = ()
    ) -> dict[str, float]:
        """BM25 scores by passage id, best first, of passages that hold any of ``terms``.

        ``field`` is WORDS (titles and table headers count half) or BIGRAMS. With
        ``documents``, only passages of these documents are found.
        """
        clauses = [
            (tantivy.Occur.Should, query) for term in terms for query in self._term(field, term)
        ]
        if not clauses:
            return {}
        query = tantivy.Query.boolean_query(clauses)
        if documents:
            among = tantivy.Query.term_set_query(self._schema, "document_id", list(documents))
            query = tantivy.Query.boolean_query(
                [
                    (tantivy.Occur.Must, query),
                    (tantivy.Occur.Must, tantivy.Query.const_score_query(among, 0.0)),
                ]
            )
        searcher = self._index.searcher()
        hits = searcher.search(query, limit=limit, count=False).hits
        return {searcher.doc(address)["passage_id"][0]: float(score) for score, address in hits}

    def _term(self, field: str, term: str) -> list[Any]:
        queries = [tantivy.Query.term_query(self._schema, field, term)]
        if field == WORDS:
            context = tantivy.Query.term_query(self._schema, CONTEXT, term)
            queries.append(tantivy.Query.boost_query(context, _CONTEXT_BOOST))
        return queries

    def document_frequency(self, word: str) -> int:
        """In how many passages ``word`` stands, titles and table headers not counted."""
        return int(self._index.searcher().doc_freq(WORDS, word))

    def words_of(self, passage_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """The words of each passage and of its context, as they were indexed."""
        return {
            passage_id: frozenset(f"{words} {context}".split())
            for passage_id, (words, context) in self._indexed(passage_ids).items()
        }

    def _indexed(self, passage_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Words and words of the context by passage id, separated by spaces."""
        searcher = self._index.searcher()
        query = tantivy.Query.term_set_query(self._schema, "passage_id", list(passage_ids))
        found = {}
        for _, address in searcher.search(query, limit=max(1, len(passage_ids)), count=False).hits:
            entry = searcher.doc(address)
            found[entry["passage_id"][0]] = (entry[WORDS][0], entry[CONTEXT][0])
        return found


def _said(passage: Passage) -> str:
    """What the cells say, or the text: between a chart's cells stand those of its other rows."""
    return "\n".join(passage.cell_texts) if passage.cells else passage.text


def _as_told(passage: Passage) -> str:
    """The text; of a row what one would tell of it, since prose beside it says all of that."""
    return f"{passage.header}\n{passage.sentence}" if passage.cells else passage.text


def _entry(passage: Passage, words: str, context: str) -> Any:
    return tantivy.Document(
        passage_id=passage.id,
        document_id=passage.document_id,
        words=words,
        pairs=" ".join(bigrams(_as_told(passage))),
        context=context,
    )
