"""An answer whose reports disagree: each figure with publisher, date and what it counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from app.claims.equality import same_value
from app.claims.facts import facts
from app.disagreement import Figure, disagreeing
from app.marks import unmarked
from app.messages import Language
from app.reader.reader import Reading
from records import Answer, Citation, Document, Span, Status

_HEAD = {
    "zh": "不同报告给出的数字不同，分别列出，没有合并：",
    "en": "The reports give different figures; each is listed, none is blended:",
}
_LINE = {"zh": "“{said}”：{facts} [{number}]", "en": "“{said}”: {facts} [{number}]"}
_DEFINITION = {"zh": "口径：{words}", "en": "what it counts: {words}"}

Cite = Callable[[int, str, Span], Citation]
"""The checked citation with this number, of a span of the document with this id."""


def told_apart(
    answer: Answer,
    reading: Reading,
    document: Callable[[str], Document],
    cite: Cite,
    language: Language,
) -> Answer:
    """``answer`` with the figures on which the documents that were read disagree, if any.

    They stand before the quotes of an extractive answer, and behind a generated one that
    doesn't give all of them itself.
    """
    if answer.refused or len(reading.answers) < 2:
        return answer
    titles = [document(f.evidence.hit.passage.document_id).title for f in reading.answers]
    figures = disagreeing(answer.question, reading.answers, titles)
    if not figures or (answer.mode == "generated" and all(_told(answer, f) for f in figures)):
        return answer
    citations = list(answer.citations)
    numbered = [(figure, _number(figure, citations, cite)) for figure in figures]
    if not all(number for _, number in numbered):
        return answer
    lines = [_line(answer.question, f, figures, citations[n - 1], language) for f, n in numbered]
    notes = (_HEAD[language], *lines)
    if answer.mode == "generated":
        text, short = "\n\n".join([answer.text, *notes]), answer.short_answer
    else:
        quotes = [f"“{citation.quote}” [{citation.number}]" for citation in citations]
        text, short = "\n\n".join([*notes, *quotes]), "；".join(map(_said, figures))
    return replace(
        answer,
        text=text,
        short_answer=short,
        citations=tuple(citations),
        notes=(*answer.notes, *notes),
    )


def _said(figure: Figure) -> str:
    """The figure as the document writes it."""
    passage, span = figure.passage, figure.found.span
    start = passage.span.start
    return Span(span.start - start, span.end - start).of(passage.text)


def _told(answer: Answer, figure: Figure) -> bool:
    """Whether a claim of a generated answer gives the figure by its document."""
    own = {c.number for c in answer.citations if c.document_id == figure.passage.document_id}
    return any(
        own & set(claim.citations)
        and any(same_value(q, figure.quantity) for q in facts(claim.text).quantities)
        for claim in answer.claims
    )


def _number(figure: Figure, citations: list[Citation], cite: Cite) -> int:
    """The number of the citation that holds the figure, added if need be; 0 without one."""
    document_id, span = figure.passage.document_id, figure.found.span
    for citation in citations:
        if citation.document_id == document_id and citation.span.contains(span):
            return citation.number
    added = cite(len(citations) + 1, document_id, figure.found.evidence.span)
    if added.status is not Status.VERBATIM:
        return 0
    citations.append(added)
    return added.number


def _line(
    question: str, figure: Figure, figures: Sequence[Figure], source: Citation, language: Language
) -> str:
    others = [other for other in figures if other is not figure]
    section = figure.passage.header.split("\n")[0] or " > ".join(source.headings)
    counted = figure.basis or figure.definition(question, others)
    words = "；".join(filter(None, (counted, section)))
    said = (
        f"《{source.title}》",
        source.publisher,
        source.date,
        _DEFINITION[language].format(words=words) if words else "",
    )
    joined = ("，" if language == "zh" else ", ").join(filter(None, said))
    return _LINE[language].format(said=_said(figure), facts=unmarked(joined), number=source.number)
