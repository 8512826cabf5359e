"""One document in the Documents tab, wired: corrected, removed, looked through."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from app.assistant import Assistant
from app.catalogue import edit, matching_passages, remove
from app.messages import MESSAGES, Messages
from app.page.acting import act_of, acting
from app.page.documents_words import words_of
from app.page.gradio_offline import gr
from app.page.one_document import about_html, gone_html, heading_html, passages_html, said_html
from app.page.panels import error_text, notice_html
from app.page.wording import PRIVATE, Wording, html
from app.upload_folder import is_upload
from errors import DocumentNotFound, YoujuError

STEP = 50
_TO_THE_QUESTION = """() => youju.focusOn(
    "#document .confirm [data-act=cancel]", "#document [data-act=remove]")"""


@dataclass(frozen=True, slots=True)
class View:
    """What a visitor sees of a document: whether removal was asked for, how many passages."""

    confirming: bool = False
    shown: int = STEP


def document_panel(
    assistant: Assistant, wording: Wording, opened: gr.State, list_notice: gr.HTML
) -> Any:
    """The panel of the document whose id ``opened`` holds; it closes by emptying it.

    What became of a document that left is said in ``list_notice``. Gives the event that the
    panel is filled.
    """
    desk, put, spoken = _Panel(assistant), wording.put, wording.spoken
    view = gr.State(View())
    back = put(gr.Button, lambda m: {"value": words_of(m).back}, size="sm", elem_id="back")
    about = acting(elem_id="about")
    notice = html(elem_id="document-notice")
    put(html, lambda m: {"value": str(heading_html(words_of(m).details))})
    with gr.Row(equal_height=True, elem_id="details"):
        field = partial(put, gr.Textbox, max_lines=1, min_width=120)
        title = field(lambda m: {"label": words_of(m).title}, scale=4)
        publisher = field(lambda m: {"label": words_of(m).publisher}, scale=3)
        date = field(lambda m: {"label": words_of(m).date}, scale=2)
        save = put(gr.Button, lambda m: {"value": words_of(m).save}, scale=1, min_width=88)
    put(html, lambda m: {"value": str(heading_html(words_of(m).passages))})
    sought = put(
        gr.Textbox,
        lambda m: {
            "label": words_of(m).passages_search,
            "placeholder": words_of(m).passages_hint,
        },
        max_lines=1,
        elem_id="passages-search",
    )
    cut = acting(elem_id="cut")

    fields = [title, publisher, date]
    back.click(lambda: ["", ""], None, [opened, list_notice], **PRIVATE)
    gr.on(
        [save.click, *(each.submit for each in fields)],
        desk.saved,
        [opened, view, spoken, *fields],
        [about, notice],
        **PRIVATE,
    )
    about.select(
        desk.acted, [opened, view, spoken], [opened, view, about, notice, list_notice], **PRIVATE
    ).then(None, js=_TO_THE_QUESTION)
    gr.on(
        [sought.change, sought.submit],
        desk.searched,
        [opened, view, spoken, sought],
        [view, cut],
        trigger_mode="always_last",
        **PRIVATE,
    )
    cut.select(desk.prolonged, [opened, view, spoken, sought], [view, cut], **PRIVATE)
    spoken.change(desk.reworded, [opened, view, spoken, sought], [about, notice, cut], **PRIVATE)
    return opened.change(
        desk.opened, [opened, spoken], [view, about, notice, *fields, sought, cut], **PRIVATE
    )


class _Panel:
    """The panel's event handlers: each returns the values of the components it is wired to."""

    def __init__(self, assistant: Assistant) -> None:
        self._library = assistant.library

    def opened(self, document_id: str, language: str) -> list[Any]:
        messages, view = MESSAGES[language], View()
        if not document_id:
            return [view, *7 * [""]]
        try:
            entry = self._library.store.entry(document_id)
        except DocumentNotFound:
            return [view, str(gone_html(messages)), *6 * [""]]
        return [
            view,
            self._about(document_id, view, messages),
            "",
            *(entry.title, entry.publisher, entry.date, ""),
            self._cut(document_id, view, "", messages),
        ]

    def _about(self, document_id: str, view: View, messages: Messages) -> str:
        try:
            entry = self._library.store.entry(document_id)
        except DocumentNotFound:
            return str(gone_html(messages))
        uploaded = is_upload(self._library.home, entry.path)
        return str(about_html(entry, view.confirming, uploaded, messages))

    def _cut(self, document_id: str, view: View, sought: str, messages: Messages) -> str:
        passages = self._library.store.passages_of(document_id)
        found = matching_passages(passages, sought)
        return str(passages_html(len(passages), found, sought, view.shown, messages))

    def saved(
        self, document_id: str, view: View, language: str, title: str, publisher: str, date: str
    ) -> list[str]:
        messages = MESSAGES[language]
        try:
            edit(self._library, document_id, title=title, publisher=publisher, date=date)
        except YoujuError as error:
            said = notice_html(_said(error, messages))
        else:
            said = said_html(words_of(messages).saved)
        return [self._about(document_id, view, messages), str(said)]

    def acted(self, document_id: str, view: View, language: str, event: gr.EventData) -> list[Any]:
        """Removal is asked for, confirmed or thought better of."""
        messages, (act, _) = MESSAGES[language], act_of(event)
        said = ""
        if act == "confirmed" and view.confirming:
            try:
                gone = remove(self._library, document_id)
            except YoujuError as error:
                said = str(notice_html(_said(error, messages)))
            else:
                left = words_of(messages).removed.format(title=gone.title)
                return ["", View(), "", "", str(said_html(left))]
        view = replace(view, confirming=act == "remove")
        return [document_id, view, self._about(document_id, view, messages), said, gr.skip()]

    def searched(self, document_id: str, view: View, language: str, sought: str) -> list[Any]:
        view = replace(view, shown=STEP)
        return [view, self._cut(document_id, view, sought, MESSAGES[language])]

    def prolonged(self, document_id: str, view: View, language: str, sought: str) -> list[Any]:
        view = replace(view, shown=view.shown + STEP)
        return [view, self._cut(document_id, view, sought, MESSAGES[language])]

    def reworded(self, document_id: str, view: View, language: str, sought: str) -> list[str]:
        if not document_id:
            return 3 * [""]
        messages = MESSAGES[language]
        about = self._about(document_id, view, messages)
        return [about, "", self._cut(document_id, view, sought, messages)]


def _said(error: YoujuError, messages: Messages) -> str:
    if isinstance(error, DocumentNotFound):
        return words_of(messages).gone
    return error_text(error, messages)
