"""Answers and citations as HTML.

Pure functions. Whatever comes from a document or a user is put in by ``Markup.format``,
which escapes it; only the literals of this module are markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from app.citing import reference
from app.conversations.feedback import Rating
from app.conversations.turn import Turn
from app.marks import marks
from app.messages import MESSAGES, Messages, address_words, confidence_words
from app.page.actions import actions_html
from app.page.checks import checks_html
from app.page.panels import notice_html
from app.page.talk import Talk
from app.source import source_link
from records import Answer, Citation, Hit, Passage, Span

_NOTHING = Markup("")
_SHORT = 24
_WITH_MARK = 2  # characters that stay on a line with the mark after them


def conversation_html(talk: Talk, messages: Messages, busy: bool = False) -> Markup:
    """All turns, oldest first; the last one can be asked again or edited, unless ``busy``."""
    last = len(talk.turns) - 1
    return Markup('<div class="turns" lang="{}" aria-live="polite">{}</div>').format(
        messages.tag,
        _join(
            turn_html(
                turn,
                messages,
                talk.ratings.get(turn.number),
                number == last,
                busy and number == last,
                talk.position,
            )
            for number, turn in enumerate(talk.turns)
        ),
    )


def turn_html(
    turn: Turn,
    messages: Messages,
    rating: Rating | None = None,
    last: bool = False,
    busy: bool = False,
    position: int = 0,
) -> Markup:
    """One question with its answer, refusal or error, and what can be done about it.

    ``busy``: the answer still grows, nothing can be done yet. ``position`` is its own in the line
    of those that wait, 0 where it doesn't.
    """
    understood = _NOTHING
    if turn.understood:
        understood = Markup('<p class="understood">{}</p>').format(
            messages.talk.understood.format(question=turn.understood)
        )
    done = not busy and (turn.answer is not None or turn.error is not None)
    return Markup(
        '<article class="turn" id="t{}"><h2 class="question" tabindex="-1">{}</h2>{}{}{}</article>'
    ).format(
        turn.number,
        turn.question,
        understood,
        _outcome(turn, messages, position),
        actions_html(turn, messages, rating, last) if done else _NOTHING,
    )


def _outcome(turn: Turn, messages: Messages, position: int) -> Markup:
    if turn.error is not None:
        return notice_html(turn.error[messages.tag == "en"])
    if turn.answer is None:
        place = messages.talk.waiting.format(position=position) if position else ""
        return Markup('<p class="searching">{}</p>').format(place or messages.searching)
    said = (
        _refusal(turn.answer, turn.titles, messages)
        if turn.answer.refused
        else _cited(turn.number, turn.answer, messages)
    )
    if turn.answer.notice:
        return notice_html(messages.notices[turn.answer.notice]) + said
    return said


def _cited(turn: int, answer: Answer, messages: Messages) -> Markup:
    cards = _join(
        citation_card(turn, citation, answer.passage_of(citation), messages)
        for citation in answer.citations
    )
    return Markup(
        '<div class="pair"><div class="reply">{}{}{}</div>'
        '<aside class="evidence" aria-label="{}">{}</aside></div>'
    ).format(
        answer_text(turn, answer, messages),
        _confidence(answer, messages),
        checks_html(answer, messages),
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
            kept = max(end, span.start - _WITH_MARK)
            pieces.append(Markup.escape(paragraph[end:kept]))
            pieces.append(
                Markup('<span class="whole">{}{}</span>').format(
                    paragraph[kept : span.start],
                    _mark(turn, number, number not in marked, messages),
                )
            )
            marked.add(number)
            end = span.end
        return _join([*pieces, Markup.escape(paragraph[end:])])

    return _join(
        Markup('<p class="{}">{}</p>').format(_style(answer, number, text), linked(text))
        for number, text in enumerate(answer.text.split("\n\n"))
    )


def _style(answer: Answer, number: int, text: str) -> str:
    """How a paragraph is set: a short answer stands alone on the first line."""
    if text in answer.notes:
        return "note"
    if answer.mode == "generated":
        return "written"
    short = answer.short_answer
    if number or not short or not text.startswith(short):
        return "quoted"
    return "short" if len(short) <= _SHORT else "short sentence"


def _mark(turn: int, number: int, first: bool, messages: Messages) -> Markup:
    identifier = Markup(' id="t{}-m{}"').format(turn, number) if first else _NOTHING
    return Markup(
        '<a class="jump mark"{} href="#t{}-c{}" title="{}" aria-label="{}">[{}]</a>'
    ).format(identifier, turn, number, *2 * [messages.to_citation.format(number=number)], number)


def _confidence(answer: Answer, messages: Messages) -> Markup:
    return Markup('<p class="confidence">{} · {}</p>').format(
        messages.confidence.format(
            words=confidence_words(answer.confidence, messages),
            percent=round(answer.confidence * 100),
            milliseconds=round(answer.timings_ms.get("total", 0)),
        ),
        messages.modes[answer.mode],
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
        '<p class="links"><a class="jump back" href="#t{turn}-m{number}">↩ {back}</a> {source}'
        '<button type="button" data-copy="{reference}" data-copied="{copied}">{copy}</button></p>'
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
        reference=reference(citation),
        copy=messages.talk.copy_citation,
        copied=messages.talk.copied,
    )


def _refusal(answer: Answer, titles: Mapping[str, str], messages: Messages) -> Markup:
    if answer.text not in {known.refusal for known in MESSAGES.values()}:
        return _join(
            Markup('<p class="refusal">{}</p>').format(said) for said in answer.text.split("\n\n")
        )
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
