"""What stands around the conversation, as HTML: title, messages, the table of documents.

Pure functions; as in ``cards``, ``Markup.format`` escapes whatever is put in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from markupsafe import Markup

from app.messages import Messages
from app.source import source_link
from index.store import Entry


def masthead_html(messages: Messages) -> Markup:
    """Name and purpose of the page."""
    return Markup('<div class="brand" lang="{}"><h1>{}</h1><p>{}</p></div>').format(
        messages.tag, messages.title, messages.tagline
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


def documents_html(entries: Sequence[Entry], messages: Messages) -> Markup:
    """The table of documents."""
    columns = (
        messages.column_title,
        messages.column_publisher,
        messages.column_date,
        messages.column_pages,
        messages.column_passages,
        messages.column_ingested,
    )
    return Markup(
        '<div class="documents" lang="{}"><p>{}</p><table><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>"
    ).format(
        messages.tag,
        messages.documents.format(
            documents=len(entries), passages=sum(entry.passages for entry in entries)
        ),
        Markup().join(Markup('<th scope="col">{}</th>').format(column) for column in columns),
        Markup().join(_document_row(entry, columns, messages) for entry in entries),
    )


def _document_row(entry: Entry, columns: Sequence[str], messages: Messages) -> Markup:
    values = (
        entry.publisher or "—",
        entry.date or "—",
        entry.pages or "—",
        entry.passages,
        datetime.fromisoformat(entry.ingested_at).astimezone().strftime("%Y-%m-%d %H:%M"),
    )
    cells = Markup().join(
        Markup('<td data-label="{}">{}</td>').format(column, value)
        for column, value in zip(columns[1:], values, strict=True)
    )
    return Markup(
        '<tr><th scope="row"><a href="{}" target="_blank" rel="noopener">{}</a><small>{}</small>'
        "</th>{}</tr>"
    ).format(source_link(entry.id, None, messages), entry.title, Path(entry.path).name, cells)
