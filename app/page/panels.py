"""What stands around the conversation, as HTML: title and messages.

Pure functions; as in ``cards``, ``Markup.format`` escapes whatever is put in.
"""

from __future__ import annotations

from markupsafe import Markup

from app.messages import Messages
from errors import DocumentNotFound, YoujuError

NEWEST = ".turn:last-child .question"
_CONTENT = "#composer textarea, #documents-search input, #run-set input"


def masthead_html(messages: Messages) -> Markup:
    """Name and purpose of the page, after the link past the tabs."""
    return Markup(
        '{}<div class="brand" lang="{}" data-side="{}" data-lost="{}"><h1>{}</h1><p>{}</p></div>'
    ).format(
        skip_html(messages.to_content, _CONTENT, messages),
        messages.tag,
        messages.talk.conversations,
        messages.lost,
        messages.title,
        messages.tagline,
    )


def skip_html(words: str, to: str, messages: Messages) -> Markup:
    """A link, seen when it has the focus, to the last of what the selector ``to`` finds."""
    return Markup('<a class="skip" lang="{}" href="#" data-to="{}">{}</a>').format(
        messages.tag, to, words
    )


def welcome_html(messages: Messages) -> Markup:
    """What stands above the example questions."""
    return Markup('<div class="welcome" lang="{}"><p>{}</p><h3>{}</h3></div>').format(
        messages.tag, messages.welcome, messages.examples
    )


def scope_html(messages: Messages) -> Markup:
    """What stands above the choice of documents."""
    return Markup('<p class="scope" lang="{}">{}</p>').format(messages.tag, messages.scope_hint)


def empty_library_html(messages: Messages) -> Markup:
    """What to do about a library without documents."""
    return Markup('<div class="empty" lang="{}"><h2>{}</h2><p>{}</p><code>{}</code></div>').format(
        messages.tag,
        messages.empty_library,
        messages.empty_library_hint,
        messages.ingest_command,
    )


def notice_html(text: str) -> Markup:
    """A message that asks the user to do something."""
    return Markup('<p class="notice" role="alert">{}</p>').format(text)


def editing_html(messages: Messages) -> Markup:
    """That the next question replaces the last one, and the button by which it doesn't."""
    return Markup(
        '<p class="notice" role="status">{} <button type="button" data-act="edit_no_more" '
        'aria-keyshortcuts="Escape">{}</button></p>'
    ).format(messages.talk.editing, messages.talk.edit_no_more)


def error_text(error: Exception, messages: Messages) -> str:
    """What a user is told about an error: nothing of an error that is not ours."""
    if isinstance(error, DocumentNotFound):
        return messages.documents_gone
    if not isinstance(error, YoujuError):
        return messages.unexpected
    return error.english if messages.tag == "en" else str(error)
