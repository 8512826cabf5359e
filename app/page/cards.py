"""Answers and citations as HTML.

Pure functions. Whatever comes from a document or a user is put in by ``Markup.format``,
which escapes it; only the literals of this module are markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from app.marks import marks
from app.messages import Messages, address_words, confidence_words
from app.page.panels import error_text, notice_html
from app.source import source_link
from records import Answer, Citation, Hit, Passage, Span

_NOTHING = Markup("")
_SHORT = 24


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what came of it; neither answer nor error while it is looked for.

    ``number`` counts the turns of a conversation from 1. ``titles`` names the documents of
    the hits by id.
    """

    number: int
    question: str
    answer: Answer | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    error: Exception | None = None


def conversation_html(turns: Iterable[Turn], messages: Messages) -> Markup:
    """All turns, oldest first."""
    return Markup('<div class="turns" lang="{}" aria-live="polite">{}</div>').format(
        messages.tag, _join(turn_html(turn, messages) for turn in turns)
    )


def turn_html(turn: Turn, messages: Messages) -> Markup:
    """One question with its answer, refusal or error."""
    return Markup('<article class="turn" id="t{}"><h2 class="question">{}</h2>{}</article>').format(
        turn.number, turn.question, _outcome(turn, messages)
    )


def _outcome(turn: Turn, messages: Messages) -> Markup:
    if turn.error is not None:
        return notice_html(error_text(turn.error, messages))
    if turn.answer is None:
        return Markup('<p class="searching">{}</p>').format(messages.searching)
    if turn.answer.refused:
        return _refusal(turn.answer, turn.titles, messages)
    return _cited(turn.number, turn.answer, messages)


def _cited(turn: int, answer: Answer, messages: Messages) -> Markup:
    cards = _join(
        citation_card(turn, citation, passage_of(citation, answer.hits), messages)
        for citation in answer.citations
    )
    return Markup(
        '<div class="pair"><div class="reply">{}{}{}</div>'
        '<aside class="evidence" aria-label="{}">{}</aside></div>'
    ).format(
        answer_text(turn, answer, messages),
        _confidence(answer, messages),
        _unverified(answer, messages),
        messages.citations,
        cards,
    )


def answer_text(turn: int, answer: Answer, messages: Messages) -> Markup:
    """The answer's paragraphs; each mark ``[n]`` that names a citation becomes a link to it.

    A mark inside a quote is the document's own and stays as it is. The first mark of each
    citation has an id, so that its card can link back.
    """
    marked: set[int] = set()

    def linked(paragraph: str) -> Markup:
        pieces, end = [], 0
        for span, number in marks(paragraph, answer.citations):
            pieces.append(Markup.escape(paragraph[end : span.start]))
            pieces.append(_mark(turn, number, number not in marked, messages))
            marked.add(number)
            end = span.end
        return _join([*pieces, Markup.escape(paragraph[end:])])

    # A short answer stands alone on the first line; a first line that is a quote does not.
    short = answer.short_answer
    size = "short" if len(short) <= _SHORT else "short sentence"
    return _join(
        Markup('<p class="{}">{}</p>').format(
            size if number == 0 and short and text.startswith(short) else "quoted", linked(text)
        )
        for number, text in enumerate(answer.text.split("\n\n"))
    )


def _mark(turn: int, number: int, first: bool, messages: Messages) -> Markup:
    identifier = Markup(' id="t{}-m{}"').format(turn, number) if first else _NOTHING
    return Markup(
        '<a class="jump mark"{} href="#t{}-c{}" title="{}" aria-label="{}">[{}]</a>'
    ).format(identifier, turn, number, *2 * [messages.to_citation.format(number=number)], number)


def _confidence(answer: Answer, messages: Messages) -> Markup:
    return Markup('<p class="confidence">{}</p>').format(
        messages.confidence.format(
            words=confidence_words(answer.confidence, messages),
            percent=round(answer.confidence * 100),
            milliseconds=round(answer.timings_ms.get("total", 0)),
        )
    )


def _unverified(answer: Answer, messages: Messages) -> Markup:
    if not answer.unverified:
        return _NOTHING
    claims = _join(Markup("<li>{}</li>").format(claim) for claim in answer.unverified)
    return Markup('<div class="unverified"><p>{}</p><ul>{}</ul></div>').format(
        messages.unverified, claims
    )


def citation_card(
    turn: int, citation: Citation, passage: Passage | None, messages: Messages
) -> Markup:
    """A numbered citation: where the quote stands, and the quote marked in its passage."""
    body = (
        passage_html(passage, citation.span)
        if passage
        else Markup('<div class="passage"><mark>{}</mark></div><p class="path">{}</p>').format(
            citation.quote, messages.passage_missing
        )
    )
    return Markup(
        '<section class="card citation" id="t{turn}-c{number}" tabindex="-1">'
        '<header><span class="number">{number}</span><h3>{title}</h3>'
        '<span class="status {status}">{words}</span></header>{place}{body}'
        '<p class="links"><a class="jump back" href="#t{turn}-m{number}">↩ {back}</a> {source}</p>'
        "</section>"
    ).format(
        turn=turn,
        number=citation.number,
        title=citation.title,
        status=citation.status.value,
        words=messages.status[citation.status],
        place=_place(
            (citation.publisher, citation.date, address_words(citation.address, messages)),
            citation.headings,
        ),
        body=body,
        back=messages.back,
        source=_source(citation.document_id, citation.span, messages),
    )


def _refusal(answer: Answer, titles: Mapping[str, str], messages: Messages) -> Markup:
    if not answer.hits:
        return Markup('<p class="refusal">{}<br>{}</p>').format(
            messages.refusal, messages.refusal_empty
        )
    cards = _join(
        nearest_card(hit, titles.get(hit.passage.document_id, ""), messages) for hit in answer.hits
    )
    return Markup(
        '<p class="refusal">{}</p><section class="nearest"><h3>{}</h3><p>{}</p>{}</section>'
    ).format(messages.refusal, messages.nearest, messages.nearest_hint, cards)


def nearest_card(hit: Hit, title: str, messages: Messages) -> Markup:
    """A passage that was found but answers nothing: no number, no mark, no status."""
    passage = hit.passage
    return Markup(
        '<section class="card near"><header><h3>{}</h3></header>{}{}'
        '<p class="links">{}</p></section>'
    ).format(
        title,
        _place((_page(passage.page, messages),), passage.headings),
        passage_html(passage),
        _source(passage.document_id, passage.span, messages),
    )


def passage_html(passage: Passage, quote: Span | None = None) -> Markup:
    """The passage with the quote marked; a table's row below its columns' names.

    ``quote`` counts in the document, as ``passage.span`` does.
    """
    if passage.cells:
        return _row_html(passage, quote)
    text, start, length = passage.text, passage.span.start, len(passage.text)
    begin, end = (
        (min(max(position - start, 0), length) for position in (quote.start, quote.end))
        if quote
        else (length, length)
    )
    marked = Markup("<mark>{}</mark>").format(text[begin:end]) if begin < end else _NOTHING
    return Markup('<div class="passage {}">{}{}{}</div>').format(
        passage.kind.value, text[:begin], marked, text[end:]
    )


def _row_html(passage: Passage, quote: Span | None) -> Markup:
    marked = [quote is not None and quote.overlaps(cell.span) for cell in passage.cells]
    names = _join(Markup('<th scope="col">{}</th>').format(c.column) for c in passage.cells)
    cells = _join(
        (Markup("<td><mark>{}</mark></td>") if inside else Markup("<td>{}</td>")).format(text)
        for text, inside in zip(passage.cell_texts, marked, strict=True)
    )
    return Markup(
        '<div class="passage table"><table><caption>{}</caption>'
        "<thead><tr>{}</tr></thead><tbody><tr>{}</tr></tbody></table></div>"
    ).format(passage.header, names, cells)


def passage_of(citation: Citation, hits: Sequence[Hit]) -> Passage | None:
    """The passage among ``hits`` that holds the whole quote."""
    for hit in hits:
        passage = hit.passage
        if passage.document_id == citation.document_id and passage.span.contains(citation.span):
            return passage
    return None


def _source(document_id: str, span: Span, messages: Messages) -> Markup:
    return Markup('<a class="source-link" href="{}" target="_blank" rel="noopener">{}</a>').format(
        source_link(document_id, span, messages), messages.open_source
    )


def _place(facts: Iterable[str], headings: Sequence[str]) -> Markup:
    line = " | ".join(filter(None, facts))
    return _join(
        Markup('<p class="{}">{}</p>').format(name, text)
        for name, text in (("source", line), ("path", " › ".join(headings)))
        if text
    )


def _page(page: int | None, messages: Messages) -> str:
    return "" if page is None else messages.page.format(page=page)


def _join(parts: Iterable[Markup]) -> Markup:
    return _NOTHING.join(parts)
