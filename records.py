"""The records that travel between the stages: read this file first.

``corpus/ -> ingest -> Document, Passage -> index -> Hit -> app -> Citation, Answer -> eval``

Every offset is a half-open interval of Unicode code points of ``Document.text``,
unless its name says otherwise. Records are immutable and hold no behaviour beyond
what follows from their own fields.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open interval of code points: ``start`` inclusive, ``end`` exclusive."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"a span needs 0 <= start <= end, got {self.start}:{self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The characters of ``text`` in this interval."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Whether the two intervals share a character."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        """Whether every character of ``other`` lies in this interval."""
        return self.start <= other.start and other.end <= self.end


class Kind(StrEnum):
    """What sort of text a passage is."""

    PROSE = "prose"
    TABLE = "table"
    FIGURE = "figure"
    FOOTNOTE = "footnote"


@dataclass(frozen=True, slots=True)
class Heading:
    """A section title. ``level`` counts from 1; ``span`` covers the title's own line."""

    level: int
    span: Span


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the text: ``span`` covers its rows, ``rows`` the cells of each row in order.

    The first ``header_rows`` rows name the columns; those of a table that goes on after a
    footnote may stand before it. ``caption`` is the line that titles it.
    Cells never overlap and increase from one to the next. ``places`` says where each row
    stands in a spreadsheet, ``投资!A5:D5``; empty for other files.
    """

    span: Span
    rows: tuple[tuple[Span, ...], ...]
    header_rows: int = 1
    caption: Span | None = None
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the text that is not ordinary prose: a figure or a footnote."""

    kind: Kind
    span: Span


@dataclass(frozen=True, slots=True)
class Address:
    """Where something stands in a file, everything counted from 1.

    ``line`` counts the lines of the file's text, which are the paragraphs of a Word document;
    ``table`` and ``row`` are 0 outside of tables; ``cells`` is ``投资!A5:D5`` in a spreadsheet.
    """

    page: int | None = None
    line: int = 0
    table: int = 0
    row: int = 0
    cells: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A file as it is answered from.

    ``raw`` is the file's text as it was decoded or extracted, ``text`` the readable text
    that answers quote. ``origins[i]`` is the position in ``raw`` of ``text[i]``, and
    ``raw[origins[i]]`` is that character or the one that it replaced. It increases strictly,
    but where a PDF's footnotes part a paragraph: they stand before it. ``pages[i]`` is the
    interval of page i+1, empty for formats without pages; ``unread`` are the numbers of those
    that are only an image, which nothing recognised. ``id`` is the first 12 hexadecimal digits
    of the file's SHA-256.
    """

    id: str
    path: str
    sha256: str
    title: str
    raw: str
    text: str
    origins: tuple[int, ...]
    pages: tuple[Span, ...] = ()
    outline: tuple[Heading, ...] = ()
    tables: tuple[Table, ...] = ()
    blocks: tuple[Block, ...] = ()
    publisher: str = ""
    date: str = ""
    unread: tuple[int, ...] = ()

    def page_of(self, position: int) -> int | None:
        """The number, from 1, of the page that holds ``position``; None without pages."""
        for number, span in enumerate(self.pages, start=1):
            if position < span.end:
                return number
        return len(self.pages) or None

    def address_of(self, position: int) -> Address:
        """Where a person finds ``position``, at most the text's length, in the file."""
        at = self.origins[position] if position < len(self.origins) else len(self.raw)
        line = self.raw.count("\n", 0, at) + 1
        for number, table in enumerate(self.tables, start=1):
            if table.span.start <= position < table.span.end:
                ends = (row[-1].end for row in table.rows if row)
                row = next((i for i, end in enumerate(ends) if position < end), len(table.rows) - 1)
                place = table.places[row] if table.places else ""
                return Address(self.page_of(position), line, number, row + 1, place)
        return Address(self.page_of(position), line)

    def headings_at(self, position: int) -> tuple[str, ...]:
        """The titles of the sections that ``position`` lies in, outermost first."""
        path: list[Heading] = []
        for heading in self.outline:
            if heading.span.start > position:
                break
            while path and path[-1].level >= heading.level:
                path.pop()
            path.append(heading)
        return tuple(heading.span.of(self.text).strip() for heading in path)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table's row: the name of its column, empty without one, and its place."""

    column: str
    span: Span


@dataclass(frozen=True, slots=True)
class Passage:
    """An interval of a document, the unit that is retrieved.

    ``text`` is the document's text in ``span``, never anything else. A passage of a table
    is one of its rows: ``cells`` are those that aren't empty, ``header`` is the caption and
    what else the row doesn't say itself.
    """

    document_id: str
    span: Span
    text: str
    headings: tuple[str, ...] = ()
    page: int | None = None
    kind: Kind = Kind.PROSE
    header: str = ""
    cells: tuple[Cell, ...] = ()

    @property
    def id(self) -> str:
        """``{document_id}:{start}-{end}``: the same content gives the same id."""
        return f"{self.document_id}:{self.span.start}-{self.span.end}"

    @property
    def context(self) -> str:
        """What a reader must know beside the text: section titles and table header."""
        return "\n".join(part for part in (" > ".join(self.headings), self.header) if part)

    @property
    def sentence(self) -> str:
        """The text as one would say it: a row as ``地区：长沙；人口：1000 万``."""
        if not self.cells:
            return self.text
        return "；".join(
            f"{cell.column}：{said}" if cell.column else said
            for cell, said in zip(self.cells, self.cell_texts, strict=True)
        )

    @property
    def cell_texts(self) -> tuple[str, ...]:
        """What the cells say, in their order."""
        start = self.span.start
        return tuple(
            self.text[cell.span.start - start : cell.span.end - start] for cell in self.cells
        )

    @staticmethod
    def cut(
        document: Document,
        span: Span,
        kind: Kind = Kind.PROSE,
        header: str = "",
        cells: tuple[Cell, ...] = (),
    ) -> Passage:
        """The passage of ``document`` in ``span``: text, headings and page follow from it."""
        return Passage(
            document_id=document.id,
            span=span,
            text=span.of(document.text),
            headings=document.headings_at(span.start),
            page=document.page_of(span.start),
            kind=kind,
            header=header,
            cells=cells,
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question. Ranks count from 1; None where a list missed it.

    ``score`` is the fused score, higher is better; ``similarity`` the cosine of question
    and passage vectors, None where the dense list missed the passage; ``relevance`` the
    reader's probability that the passage answers, None where it was not read.
    """

    passage: Passage
    score: float
    rank: int
    dense_rank: int | None = None
    lexical_rank: int | None = None
    similarity: float | None = None
    relevance: float | None = None


class Status(StrEnum):
    """What the citation gate found out about a quote."""

    VERBATIM = "verbatim"
    ALTERED = "altered"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote and its place. ``span`` is where the quote stands in the document's text."""

    number: int
    document_id: str
    title: str
    path: str
    page: int | None
    headings: tuple[str, ...]
    quote: str
    span: Span
    status: Status
    publisher: str = ""
    date: str = ""
    address: Address = Address()


class Support(StrEnum):
    """How a claim that a language model wrote is carried by the passages it was given."""

    SUPPORTED = "supported"
    MOVED = "moved"  # by another passage than the one it cited
    COMPUTED = "computed"  # its number follows from cited numbers, and the arithmetic is right
    PARTLY = "partly"
    UNSUPPORTED = "unsupported"
    CONTRADICTED = "contradicted"


class Fault(StrEnum):
    """What of a claim doesn't stand in its support."""

    MARK = "mark"  # a citation mark that names no passage
    NUMBER = "number"
    UNIT = "unit"
    PERIOD = "period"
    NAME = "name"
    DIRECTION = "direction"
    NEGATION = "negation"
    BOUND = "bound"  # 超过 for 不足
    ARITHMETIC = "arithmetic"
    WORDING = "wording"  # no passage speaks of this
    LANGUAGE = "language"  # another one than the passages': only figures can be checked


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault: ``said`` is the claim's own wording, ``found`` the support's, empty if none."""

    fault: Fault
    said: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement of a generated answer, without its marks, as the gate judged it.

    ``citations`` are the numbers of the answer's citations that carry it, in order; none
    where it is unsupported or contradicted.
    """

    text: str
    support: Support
    citations: tuple[int, ...] = ()
    findings: tuple[Finding, ...] = ()


class Notice(StrEnum):
    """Why an answer is not what was asked for, mostly of the language model; NONE: it is."""

    NONE = ""
    UNREACHABLE = "llm_unreachable"
    TIMEOUT = "llm_timeout"
    REFUSED_KEY = "llm_refused_key"
    RATE_LIMITED = "llm_rate_limited"
    OUT_OF_QUOTA = "llm_out_of_quota"
    REFUSED_REQUEST = "llm_refused_request"
    FAILED = "llm_failed"  # the endpoint's own fault: 5xx
    CUT_OFF = "llm_cut_off"
    NONSENSE = "llm_nonsense"  # empty, no text, not in the protocol
    WRONG_LANGUAGE = "llm_wrong_language"
    OTHER_LANGUAGE = "llm_other_language"  # the question's, in which no claim can be checked
    NO_ROOM = "llm_no_room"  # no passage fits into the model's context
    UNSUPPORTED = "llm_unsupported"  # less than half of the claims held, twice
    DECLINED = "llm_declined"  # the model found no answer, the reader is sure of one
    UNTRANSLATED = "untranslated"  # quotes in Chinese for a question that is not
    STOPPED = "stopped"  # by who asked; more may have followed


@dataclass(frozen=True, slots=True)
class Answer:
    """What is shown for a question.

    ``text`` carries marks ``[n]`` that name ``citations`` by number. ``confidence`` lies
    in 0..1. ``unverified`` lists the claims that failed the gate. ``hits`` are the
    passages retrieved, best first. ``timings_ms`` maps a stage to milliseconds. ``mode`` is
    ``extractive`` or ``generated``; ``claims`` are the statements of a generated text.
    ``understood`` is the question as a follow-up was understood, empty where it was taken
    as it stands.
    ``notice`` says why a configured language model's text is not shown, or that quotes are not
    in the question's language. ``notes`` are those
    paragraphs of the text that are Youju's own words, neither quoted nor generated.
    """

    question: str
    text: str
    short_answer: str = ""
    refused: bool = False
    confidence: float = 0.0
    citations: tuple[Citation, ...] = ()
    unverified: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = ()
    timings_ms: dict[str, float] = field(default_factory=dict)
    mode: str = "extractive"
    claims: tuple[Claim, ...] = ()
    understood: str = ""
    notice: Notice = Notice.NONE
    notes: tuple[str, ...] = ()

    def passage_of(self, citation: Citation) -> Passage | None:
        """The passage among the hits that holds the whole quote."""
        for hit in self.hits:
            passage = hit.passage
            if passage.document_id == citation.document_id and passage.span.contains(citation.span):
                return passage
        return None


def covering(spans: Iterable[Span]) -> Span:
    """The smallest span that contains all of ``spans``; ValueError when there is none."""
    all_spans = list(spans)
    if not all_spans:
        raise ValueError("no span to cover")
    return Span(min(s.start for s in all_spans), max(s.end for s in all_spans))
