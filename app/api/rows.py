"""The JSON of requests and responses as models, for checking and for documentation.

What is sent out is made by ``app.contract``; keys that are added there pass through here.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from index.store import Entry
from records import Document

DocumentIds = Annotated[
    tuple[Annotated[str, Field(max_length=64)], ...],
    Field(max_length=1000, description="只在这些编号的文档里找 ids to look in; none: all"),
]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AskRequest(_Request):
    """A question."""

    question: str = Field(description="问题 the question")
    documents: DocumentIds = ()
    history: tuple[str, ...] = Field(
        (), max_length=100, description="此前的提问，先问的在前 earlier questions, oldest first"
    )


class SearchRequest(_Request):
    """What passages are sought for."""

    question: str = Field(description="问题或词语 a question, or words")
    top: int | None = Field(None, ge=1, le=100, description="段落数 how many passages")
    documents: DocumentIds = ()


class _Row(BaseModel):
    model_config = ConfigDict(extra="allow")


class AddressRow(_Row):
    """Where a person finds a quote in the file, counted from 1; 0 and empty where unknown."""

    page: int | None
    line: int
    table: int
    row: int
    cells: str


class CitationRow(_Row):
    """A quote and its place; ``start`` and ``end`` count code points of the stored text."""

    number: int
    document_id: str
    title: str
    path: str
    page: int | None
    headings: list[str]
    quote: str
    start: int
    end: int
    status: str = Field(description="verbatim, altered or not_found")
    publisher: str
    date: str
    address: AddressRow


class CellRow(_Row):
    """A cell of a table's row."""

    column: str
    text: str
    start: int
    end: int


class HitRow(_Row):
    """A passage that was found, best rank 1."""

    passage_id: str
    document_id: str
    text: str
    score: float
    start: int
    end: int
    rank: int
    dense_rank: int | None
    lexical_rank: int | None
    similarity: float | None
    relevance: float | None
    page: int | None
    headings: list[str]
    header: str
    cells: list[CellRow]
    kind: str


class AnswerRow(_Row):
    """An answer; ``[n]`` in its text names the citation of this number."""

    id: str
    question: str
    answer: str
    short_answer: str
    refused: bool
    confidence: float
    citations: list[CitationRow]
    unverified: list[str]
    hits: list[HitRow]
    mode: str
    timings_ms: dict[str, float]


class SearchResult(BaseModel):
    """The nearest passages, best first."""

    hits: list[HitRow]


class DocumentRow(BaseModel):
    """A document as it is listed; ``ingested_at`` is UTC."""

    id: str
    title: str
    path: str
    sha256: str
    publisher: str
    date: str
    pages: int
    characters: int
    passages: int
    ingested_at: str


class DocumentList(BaseModel):
    """All documents, by title."""

    documents: list[DocumentRow]


class HeadingRow(BaseModel):
    """A section's title and where it stands; ``level`` counts from 1."""

    level: int
    title: str
    page: int | None
    start: int
    end: int


class DocumentDetail(DocumentRow):
    """A document with its outline, in order."""

    outline: list[HeadingRow]


class SourceRow(BaseModel):
    """A stretch of a document between what stands before and after it."""

    document_id: str
    title: str
    publisher: str
    date: str
    page: int | None
    headings: list[str]
    address: AddressRow
    start: int
    end: int
    before: str
    quote: str
    after: str


class ErrorRow(BaseModel):
    """What was wrong; ``message`` is the Chinese and the English sentence."""

    message: str
    type: str
    param: str | None
    code: str
    chinese: str
    english: str


class ErrorBody(BaseModel):
    """The body of every response that isn't 200."""

    error: ErrorRow


def outline_rows(document: Document) -> list[dict[str, Any]]:
    """The document's headings as JSON."""
    return [
        {
            "level": heading.level,
            "title": heading.span.of(document.text).strip(),
            "page": document.page_of(heading.span.start),
            "start": heading.span.start,
            "end": heading.span.end,
        }
        for heading in document.outline
    ]


def document_row(entry: Entry) -> DocumentRow:
    """A document's entry as JSON."""
    return DocumentRow.model_validate(entry, from_attributes=True)
