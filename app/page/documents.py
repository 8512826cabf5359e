"""The Documents tab: what the library holds, and how more comes into it.

What is shown is made in ``shelf`` and ``one_document``; one document's panel is wired in
``document_panel``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from app.assistant import Assistant
from app.catalogue import ORDERS, matching_entries, sorted_entries
from app.messages import MESSAGES
from app.page.acting import act_of, acting, files_of
from app.page.document_panel import document_panel
from app.page.documents_words import words_of
from app.page.gradio_offline import gr
from app.page.shelf import Listing, batch_html, drop_html, shelf_html
from app.page.wording import PRIVATE, Wording, html
from app.uploads import Batch, Reception, SameName, Stage, again, left_out

STEP = 100


def documents_tab(assistant: Assistant, page: gr.Blocks, wording: Wording) -> None:
    """The tab, wired to the assistant's library."""
    shelf, spoken = _Shelf(assistant), wording.spoken
    opened = gr.State("")
    listing, batch = gr.State(Listing()), gr.State(())
    with wording.put(gr.Tab, lambda m: {"label": m.documents_tab}) as tab:
        with gr.Column(elem_id="shelf") as all_documents:
            drop = acting(elem_id="drop")
            received = acting(elem_id="received")
            notice = html(elem_id="documents-notice")
            sought = wording.put(
                gr.Textbox,
                lambda m: {"label": words_of(m).search, "placeholder": words_of(m).search_hint},
                max_lines=1,
                elem_id="documents-search",
            )
            documents = acting(elem_id="documents")
        with gr.Column(visible=False, elem_id="document") as one_document:
            filled = document_panel(assistant, wording, opened, notice)

    seen = [sought, listing, spoken]
    gr.on([tab.select, spoken.change], shelf.listed, seen, documents, **PRIVATE)
    page.load(shelf.settled, [batch, spoken], [drop, received], **PRIVATE)
    last: Any = {**PRIVATE, "trigger_mode": "always_last"}
    gr.on([sought.change, sought.submit], shelf.searched, seen, [listing, documents], **last)
    documents.select(shelf.acted, [*seen, opened], [opened, listing, documents], **PRIVATE)
    filled.then(
        lambda chosen: [gr.update(visible=not chosen), gr.update(visible=bool(chosen))],
        opened,
        [all_documents, one_document],
        **PRIVATE,
    ).then(None, js="() => youju.focusOn('#document h2', '#documents-search input')")
    opened.change(shelf.listed, seen, documents, **PRIVATE)
    progress = [batch, drop, received, documents]
    many: Any = {**PRIVATE, "concurrency_limit": 4}
    for event, handler in ((drop.upload, shelf.uploaded), (received.select, shelf.decided)):
        event(handler, [batch, *seen], progress, **many).then(
            shelf.settled, [batch, spoken], [drop, received], **PRIVATE
        )
    spoken.change(shelf.settled, [batch, spoken], [drop, received], **PRIVATE)


class _Shelf:
    """The tab's event handlers: each returns the values of the components it is wired to."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._reception = Reception(assistant)

    def listed(self, sought: str, listing: Listing, language: str) -> str:
        entries = self._assistant.library.store.entries()
        found = matching_entries(entries, sought or "")
        ordered = sorted_entries(found, listing.column, listing.descending)
        return str(shelf_html(entries, ordered, listing, MESSAGES[language]))

    def searched(self, sought: str, listing: Listing, language: str) -> list[Any]:
        first = replace(listing, shown=STEP)
        return [first, self.listed(sought, first, language)]

    def acted(
        self, sought: str, listing: Listing, language: str, opened: str, event: gr.EventData
    ) -> list[Any]:
        """A document is opened, the list sorted or prolonged."""
        act, value = act_of(event)
        if act == "open":
            return [value, listing, gr.skip()]
        if act == "more":
            listing = replace(listing, shown=listing.shown + STEP)
        elif act == "sort" and value in ORDERS:
            descending = not listing.descending if value == listing.column else False
            listing = Listing(value, descending)
        return [opened, listing, self.listed(sought, listing, language)]

    def uploaded(
        self, batch: Batch, sought: str, listing: Listing, language: str, event: gr.EventData
    ) -> Iterator[list[Any]]:
        """The files join those of the visitor that aren't closed yet."""
        open_ones = tuple(u for u in batch if u.stage in (Stage.SAME_NAME, Stage.BLOCKED))
        offered = self._reception.offered(files_of(event))
        yield from self._entered((*open_ones, *offered), SameName.ASK, sought, listing, language)

    def decided(
        self, batch: Batch, sought: str, listing: Listing, language: str, event: gr.EventData
    ) -> Iterator[list[Any]]:
        """What the visitor wants of those that wait for a decision."""
        act, _ = act_of(event)
        same_name = SameName.ASK
        if act in (SameName.REPLACE, SameName.KEEP_BOTH):
            same_name, batch = SameName(act), again(batch, Stage.SAME_NAME)
        elif act == "leave_out":
            batch = left_out(batch)
        elif act == "retry":
            batch = again(batch, Stage.BLOCKED)
        elif act == "clear":
            batch = ()
        yield from self._entered(batch, same_name, sought, listing, language)

    def _entered(
        self, batch: Batch, same_name: SameName, sought: str, listing: Listing, language: str
    ) -> Iterator[list[Any]]:
        """The batch as it goes on; the list of documents whenever one more is done."""
        messages, done = MESSAGES[language], -1
        busy = str(drop_html(self._assistant.settings.page, True, messages))
        for now in self._reception.entered(batch, same_name):
            count = sum(upload.stage is Stage.DONE for upload in now)
            list_now = self.listed(sought, listing, language) if count != done else gr.skip()
            done = count
            yield [now, busy, str(batch_html(now, messages)), list_now]

    def settled(self, batch: Batch, language: str) -> list[str]:
        """Files may be dropped again; what became of the last ones stays."""
        messages = MESSAGES[language]
        drop = drop_html(self._assistant.settings.page, False, messages)
        return [str(drop), str(batch_html(batch, messages))]
