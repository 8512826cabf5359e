"""One document as the Documents tab shows it, as HTML: what is known, what it was cut into.

Pure functions; as in ``cards``, ``Markup.format`` escapes whatever is put in.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from app.catalogue import standing
from app.messages import Messages
from app.page.cards import passage_html
from app.page.documents_words import words_of
from app.page.shelf import ingested, more_html
from app.source import source_link
from index.store import Entry
from records import Passage, Span


def about_html(entry: Entry, confirming: bool, uploaded: bool, messages: Messages) -> Markup:
    """Title, facts, the link to the original and removal, which asks once more."""
    words = words_of(messages)
    pages = words.pages.format(pages=entry.pages) if entry.pages else ""
    facts = words.facts.format(
        name=Path(entry.path).name,
        passages=entry.passages,
        characters=entry.characters,
        ingested=ingested(entry),
    )
    return Markup(
        '<div class="about" lang="{}"><h2 tabindex="-1">{}</h2><p>{}</p><p>{}</p>'
        '<p class="acts"><a href="{}" target="_blank" rel="noopener">{}</a>'
        '<button type="button" data-act="remove">{}</button></p>{}</div>'
    ).format(
        messages.tag,
        entry.title,
        " · ".join(filter(None, (facts, pages))),
        words.standing[standing(entry)],
        source_link(entry.id, None, messages),
        messages.open_source,
        words.remove,
        _confirmation(entry, uploaded, messages) if confirming else "",
    )


def _confirmation(entry: Entry, uploaded: bool, messages: Messages) -> Markup:
    words = words_of(messages)
    text = words.confirm_uploaded if uploaded else words.confirm
    return Markup(
        '<div class="confirm" role="alertdialog" aria-labelledby="confirm"><p id="confirm">{}</p>'
        '<p class="acts"><button type="button" data-act="confirmed">{}</button>'
        '<button type="button" data-act="cancel">{}</button></p></div>'
    ).format(text.format(title=entry.title, passages=entry.passages), words.confirmed, words.cancel)


def heading_html(text: str) -> Markup:
    """A heading between the panel's parts."""
    return Markup('<h3 class="part">{}</h3>').format(text)


def said_html(text: str) -> Markup:
    """A message that something was done."""
    return Markup('<p class="said" role="status">{}</p>').format(text)


def gone_html(messages: Messages) -> Markup:
    """What is shown of a document that somebody has removed."""
    return Markup('<p class="none" lang="{}" role="alert">{}</p>').format(
        messages.tag, words_of(messages).gone
    )


def passages_html(
    total: int, found: Sequence[tuple[int, Passage]], sought: str, shown: int, messages: Messages
) -> Markup:
    """The first ``shown`` of the passages found among ``total``, in the document's order."""
    words = words_of(messages)
    count = words.passages_found if sought.strip() else words.passages_count
    cards = Markup().join(
        _passage(number, passage, sought, messages) for number, passage in found[:shown]
    )
    return Markup('<div class="cut" lang="{}"><p role="status">{}</p>{}{}</div>').format(
        messages.tag,
        count.format(passages=total, found=len(found), shown=min(shown, len(found))),
        cards,
        more_html(len(found) - shown, words),
    )


def _passage(number: int, passage: Passage, sought: str, messages: Messages) -> Markup:
    words = words_of(messages)
    page = messages.page.format(page=passage.page) if passage.page else ""
    facts = (words.passage.format(number=number), words.kind[passage.kind], page)
    return Markup(
        '<section class="card"><p class="source">{}</p><p class="path">{}</p>{}'
        '<p class="links"><a href="{}" target="_blank" rel="noopener">{}</a></p></section>'
    ).format(
        " · ".join(filter(None, facts)),
        " › ".join(passage.headings),
        passage_html(passage, _mark(passage, sought)),
        source_link(passage.document_id, passage.span, messages),
        messages.open_source,
    )


def _mark(passage: Passage, sought: str) -> Span | None:
    """Where the first of the words stands in the passage, if it does so literally."""
    for word in sought.split():
        start = passage.text.find(word)
        if start >= 0:
            return Span(passage.span.start + start, passage.span.start + start + len(word))
    return None
