"""The Documents tab's list and what is being uploaded, as HTML.

Pure functions; as in ``cards``, ``Markup.format`` escapes whatever is put in. A button with
``data-act`` tells ``documents.js`` what was chosen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from markupsafe import Markup

from app.catalogue import Standing, standing
from app.messages import Messages
from app.page.documents_words import DocumentsWords, words_of
from app.page.panels import error_text
from app.source import source_link
from app.uploads import Batch, Stage, Upload
from index.store import Entry
from ingest.files import SUFFIXES
from ingest.reading import MEGABYTE
from settings import PageSettings

_NOTHING = Markup("")
_CLOSED = (Stage.DONE, Stage.REFUSED, Stage.LEFT_OUT)


@dataclass(frozen=True, slots=True)
class Listing:
    """How a visitor wants the documents: sorted by a column, the first ``shown`` of them."""

    column: str = "ingested"
    descending: bool = True
    shown: int = 100


def drop_html(limits: PageSettings, busy: bool, messages: Messages) -> Markup:
    """Where files are dropped or chosen; while ``busy``, none are taken."""
    words = words_of(messages)
    hint = words.drop_hint.format(
        kinds=" ".join(suffix.removeprefix(".").upper() for suffix in SUFFIXES),
        megabytes=f"{limits.max_upload_megabytes:g}",
        most=limits.max_uploads,
    )
    return Markup(
        '<label class="drop" lang="{}" data-bytes="{}" data-most="{}" data-kinds="{}" '
        'data-sending="{}"{}><input type="file" multiple{}><strong>{}</strong><small>{}</small>'
        '<span class="sending" role="status"></span></label>'
    ).format(
        messages.tag,
        int(limits.max_upload_megabytes * MEGABYTE),
        limits.max_uploads,
        " ".join(SUFFIXES),
        words.sending,
        Markup(" data-busy") if busy else _NOTHING,
        Markup(" disabled") if busy else _NOTHING,
        words.receiving if busy else words.drop,
        hint,
    )


def batch_html(batch: Batch, messages: Messages) -> Markup:
    """The files of a batch, each with its progress or its reason, and what can be decided."""
    if not batch:
        return _NOTHING
    words = words_of(messages)
    stages = Counter(upload.stage for upload in batch)
    done, refused = stages[Stage.DONE], stages[Stage.REFUSED] + stages[Stage.LEFT_OUT]
    tally = words.tally.format(done=done, refused=refused, open=len(batch) - done - refused)
    return Markup(
        '<section class="batch" lang="{}" aria-label="{}"><p role="status">{}</p>'
        "<ul>{}</ul>{}</section>"
    ).format(
        messages.tag,
        words.received,
        tally,
        Markup().join(_upload(upload, messages) for upload in batch),
        _decisions(stages, words),
    )


def _upload(upload: Upload, messages: Messages) -> Markup:
    words = words_of(messages)
    return Markup('<li data-stage="{}"><b>{}</b> <span>{}</span>{}</li>').format(
        upload.stage.value, upload.name, _said(upload, messages), _bar(upload, words)
    )


def _said(upload: Upload, messages: Messages) -> str:
    """What there is to say about an upload, in a sentence."""
    words = words_of(messages)
    stage, entry = words.stage[upload.stage], upload.document
    if upload.error is not None:
        return f"{stage}{words.colon}{error_text(upload.error, messages)}"
    if upload.outcome is not None and entry is not None:
        said = words.outcome[upload.outcome].format(
            title=entry.title, passages=entry.passages, name=Path(entry.path).name
        )
        unread = upload.unread[messages.tag == "en"]
        return f"{said}{words.stop}{unread}" if unread else said
    if entry is not None:
        return words.same_name.format(title=entry.title, ingested=ingested(entry))
    if upload.total:
        return words.progress.format(stage=stage, done=upload.done, total=upload.total)
    return stage


def _bar(upload: Upload, words: DocumentsWords) -> Markup:
    if upload.stage not in (Stage.READING, Stage.ENCODING):
        return _NOTHING
    value = Markup(' max="{}" value="{}"').format(upload.total, upload.done)
    return Markup('<progress aria-label="{} {}"{}></progress>').format(
        words.stage[upload.stage], upload.name, value if upload.total else _NOTHING
    )


def _decisions(stages: Counter[Stage], words: DocumentsWords) -> Markup:
    acts = []
    if stages[Stage.SAME_NAME]:
        acts += [
            ("replace", words.replace),
            ("keep_both", words.keep_both),
            ("leave_out", words.leave_out),
        ]
    if stages[Stage.BLOCKED]:
        acts.append(("retry", words.retry))
    if sum(stages[stage] for stage in _CLOSED) == stages.total():
        acts.append(("clear", words.clear))
    return Markup('<p class="acts">{}</p>').format(
        Markup().join(
            Markup('<button type="button" data-act="{}">{}</button>').format(act, label)
            for act, label in acts
        )
    )


def shelf_html(
    entries: Sequence[Entry], found: Sequence[Entry], listing: Listing, messages: Messages
) -> Markup:
    """The table of the documents that were found among ``entries``, in the order given."""
    words = words_of(messages)
    passages = sum(entry.passages for entry in entries)
    if not entries:
        return Markup('<p class="none" lang="{}">{}</p>').format(messages.tag, words.nothing_yet)
    count = words.count if len(found) == len(entries) else words.found
    rest = len(found) - listing.shown
    return Markup('<div class="documents" lang="{}"><p role="status">{}</p>{}{}</div>').format(
        messages.tag,
        count.format(documents=len(entries), passages=passages, found=len(found))
        if found
        else words.nothing_found,
        _table(found[: listing.shown], listing, messages) if found else _NOTHING,
        more_html(rest, words),
    )


def more_html(rest: int, words: DocumentsWords) -> Markup:
    """The button that shows what else was found; nothing if that is all."""
    if rest <= 0:
        return _NOTHING
    return Markup('<p class="acts"><button type="button" data-act="more">{}</button></p>').format(
        words.more.format(count=rest)
    )


def _table(entries: Sequence[Entry], listing: Listing, messages: Messages) -> Markup:
    words = words_of(messages)
    return Markup(
        '<table><thead><tr>{}<th scope="col"><span class="unseen">{}</span></th></tr></thead>'
        "<tbody>{}</tbody></table>"
    ).format(
        Markup().join(_head(column, listing, words) for column in words.column),
        words.manage,
        Markup().join(_row(entry, messages) for entry in entries),
    )


def _head(column: str, listing: Listing, words: DocumentsWords) -> Markup:
    name, sorting, arrow = words.column[column], _NOTHING, ""
    if column == listing.column:
        direction, arrow = ("descending", "↓") if listing.descending else ("ascending", "↑")
        sorting = Markup(' aria-sort="{}"').format(direction)
    return Markup(
        '<th scope="col"{}><button type="button" data-act="sort" data-value="{}" title="{}">'
        '{}<span aria-hidden="true">{}</span></button></th>'
    ).format(sorting, column, words.sort_by.format(column=name), name, arrow)


def _row(entry: Entry, messages: Messages) -> Markup:
    words, state = words_of(messages), standing(entry)
    values = {
        "publisher": entry.publisher or "—",
        "date": entry.date or "—",
        "pages": entry.pages or "—",
        "passages": entry.passages,
        "ingested": ingested(entry),
        "standing": words.standing[state],
    }
    cells = Markup().join(
        Markup('<td data-label="{}" data-column="{}"{}>{}</td>').format(
            words.column[column],
            column,
            Markup(' class="fault"')
            if column == "standing" and state is not Standing.READY
            else _NOTHING,
            value,
        )
        for column, value in values.items()
    )
    return Markup(
        '<tr><th scope="row"><a href="{}" target="_blank" rel="noopener">{}</a><small>{}</small>'
        '</th>{}<td><button type="button" data-act="open" data-value="{}" aria-label="{}">{}'
        "</button></td></tr>"
    ).format(
        source_link(entry.id, None, messages),
        entry.title,
        Path(entry.path).name,
        cells,
        entry.id,
        words.manage_this.format(title=entry.title),
        words.manage,
    )


def ingested(entry: Entry) -> str:
    """When the document was brought in, in local time."""
    return datetime.fromisoformat(entry.ingested_at).astimezone().strftime("%Y-%m-%d %H:%M")
