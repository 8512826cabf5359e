"""Citations checked again, later, against the stored text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app.contract import read_citations
from app.gate import check
from errors import DocumentNotFound
from index.store import Store
from records import Citation, Document, Status


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a second look found. ``found`` is the stored text at the citation's place."""

    answer_id: str
    citation: Citation
    status: Status
    found: str


def citations_in(path: Path) -> Iterator[tuple[str, Citation]]:
    """(answer id, citation) of each citation in a file: an exported conversation, or answers.

    A Markdown or Word file is an export, anything else what youju batch writes. Raises
    QuestionsError for a file that can't be read or isn't what its name says.
    """
    if path.suffix.lower() not in (".md", ".docx"):
        return read_citations(path)
    from app.conversations.reading import read_export

    return read_export(path)


def verify(citations: Iterable[tuple[str, Citation]], store: Store) -> Iterator[Verdict]:
    """A verdict for each (answer id, citation), in order, from the stored text alone."""

    @lru_cache(maxsize=16)
    def document(document_id: str) -> Document | None:
        try:
            return store.document(document_id)
        except DocumentNotFound:
            return None

    for answer_id, citation in citations:
        source = document(citation.document_id)
        status = check(citation, source).status
        found = "" if source is None else citation.span.of(source.text)
        yield Verdict(answer_id, citation, status, found)
