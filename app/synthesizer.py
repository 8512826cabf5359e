"""The synthesizers' common part, and the one that needs no language model.

``app/response.py`` is LlamaIndex's view of them; nothing of LlamaIndex is imported here, since
that takes seconds.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from app.gate import admit, check, locate
from app.messages import MESSAGES, Language
from app.reader.columns import enumerated
from app.reader.evidence import Evidence
from app.reader.reader import Reader, Reading
from app.told_apart import told_apart
from records import Answer, Citation, Document, Hit, Span, Status
from settings import AnswerSettings

_MORE = {
    "zh": "表中符合的还有 {count} 项，没有列出。",
    "en": "The table has {count} more that are not listed.",
}
_COMPARED = {
    "zh": "由所引表中的数字比较得出。",
    "en": "Found by comparing the figures of the table cited.",
}


class CitingSynthesizer(ABC):
    """Makes Answers whose citations the gate has checked; ``stream`` says how."""

    def __init__(self, document: Callable[[str], Document], language: Language = "zh") -> None:
        """``document`` gives the stored document of an id, for the gate.

        ``language`` is that of a refusal; an answer is in its sources' own words.
        """
        self._document = document
        self._refusal = MESSAGES[language].refusal
        self._language = language

    @abstractmethod
    def stream(self, question: str, hits: Sequence[Hit]) -> Iterator[Answer]:
        """The answer as it grows, at least once; the last one is finished."""

    def summed_up(self, question: str, hits: Sequence[Hit], quoted: Answer) -> Iterator[Answer]:
        """A summary of all the hits as it grows; ``quoted`` is what quotes alone make of them."""
        yield from growing(quoted)

    def answer(self, question: str, hits: Sequence[Hit]) -> Answer:
        """The finished answer."""
        *_, finished = self.stream(question, hits)
        return finished

    def cite(self, number: int, document_id: str, span: Span) -> Citation:
        """The citation of ``span`` of a stored document's text."""
        return self._cited(number, document_id, span, None)

    def refused(self, question: str, hits: Sequence[Hit], reading: Reading) -> Answer:
        """The refusal, with the nearest passages."""
        return Answer(
            question=question,
            text=self._refusal,
            refused=True,
            confidence=round(reading.confidence, 3),
            hits=tuple(hits),
            timings_ms={"read": reading.milliseconds},
        )

    def _told_apart(self, answer: Answer, reading: Reading) -> Answer:
        """``answer`` with the figures on which the documents read disagree."""
        return told_apart(answer, reading, self._document, self.cite, self._language)

    def _cited(self, number: int, document_id: str, span: Span, quote: str | None) -> Citation:
        """The checked citation of ``quote``, by default what stands in ``span``."""
        document = self._document(document_id)
        return check(
            Citation(
                number=number,
                document_id=document.id,
                title=document.title,
                path=document.path,
                page=document.page_of(span.start),
                headings=document.headings_at(span.start),
                quote=span.of(document.text) if quote is None else quote,
                span=span,
                status=Status.NOT_FOUND,
                publisher=document.publisher,
                date=document.date,
                address=document.address_of(span.start),
            ),
            document,
        )


class QuotingSynthesizer(CitingSynthesizer):
    """Answers with sentences of the passages, each quoted and checked by the gate."""

    def __init__(
        self,
        reader: Reader,
        document: Callable[[str], Document],
        settings: AnswerSettings,
        language: Language = "zh",
    ) -> None:
        """As CitingSynthesizer; ``reader`` finds what is quoted."""
        super().__init__(document, language)
        self._reader = reader
        self._settings = settings

    def stream(self, question: str, hits: Sequence[Hit]) -> Iterator[Answer]:
        """Paragraph by paragraph."""
        yield from growing(self.quoted(question, hits, self._reader.read(question, hits)))

    def quoted(self, question: str, hits: Sequence[Hit], reading: Reading) -> Answer:
        """Gate and write: a refusal when confidence is low or no quote passes the gate."""
        proposed = [self._cite(n, e) for n, e in enumerate(reading.evidence, start=1)]
        citations, unverified = admit(proposed)
        refusal = replace(self.refused(question, hits, reading), unverified=unverified)
        if not citations or reading.confidence < self._settings.threshold:
            return refusal
        if reading.items:
            return self._listed(refusal, reading, citations)
        if reading.compared:
            return self._compared(refusal, reading, citations)
        short = self._short(reading, citations)
        answer = replace(
            refusal,
            refused=False,
            text=compose(short, citations),
            short_answer=short,
            citations=citations,
        )
        return self._told_apart(answer, reading)

    def _compared(
        self, refusal: Answer, reading: Reading, citations: tuple[Citation, ...]
    ) -> Answer:
        """What the cited figures say when compared; a refusal if one of them didn't pass."""
        if len(citations) < len(reading.evidence):
            return refusal
        note = _COMPARED[self._language]
        return replace(
            refusal,
            refused=False,
            text="\n\n".join([compose(reading.short_answer, citations, len(citations)), note]),
            short_answer=reading.short_answer,
            citations=citations,
            hits=_with_rows(refusal.hits, reading),
            notes=(note,),
        )

    def _listed(self, refusal: Answer, reading: Reading, citations: tuple[Citation, ...]) -> Answer:
        """The items whose rows are cited, then the rows, and how many more there are."""
        held = [i for i in reading.items if any(locate(i, c.quote) for c in citations)]
        short = enumerated(held)
        more = len(reading.items) + reading.left_out - len(citations)
        notes = (_MORE[self._language].format(count=more),) if more else ()
        return replace(
            refusal,
            refused=False,
            text="\n\n".join([compose(short, citations, len(citations)), *notes]),
            short_answer=short,
            citations=citations,
            hits=_with_rows(refusal.hits, reading),
            notes=notes,
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
        document_id = evidence.hit.passage.document_id
        return self._cited(number, document_id, evidence.span, evidence.quote)


def _with_rows(hits: tuple[Hit, ...], reading: Reading) -> tuple[Hit, ...]:
    """The hits, and behind them the rows read that none of them is."""
    shown = {hit.passage.id for hit in hits}
    return (*hits, *(e.hit for e in reading.evidence if e.hit.passage.id not in shown))


def compose(short: str, citations: Sequence[Citation], carrying: int = 1) -> str:
    """The short answer, if it is more than the first quote repeated, then the quotes.

    The short answer is marked with the first ``carrying`` citations.
    """
    lines = [f"“{citation.quote}” [{citation.number}]" for citation in citations]
    if short and short != citations[0].quote:
        marks = "".join(f"[{citation.number}]" for citation in citations[:carrying])
        lines.insert(0, f"{short} {marks}")
    return "\n\n".join(lines)


def growing(answer: Answer) -> Iterator[Answer]:
    """The answer paragraph by paragraph, with the citations marked so far; last the whole."""
    paragraphs = [] if answer.refused else answer.text.split("\n\n")
    for count in range(1, len(paragraphs)):
        text = "\n\n".join(paragraphs[:count])
        cited = tuple(c for c in answer.citations if f"[{c.number}]" in text)
        yield replace(answer, text=text, citations=cited)
    yield answer
