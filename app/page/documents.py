"""The tab that lists the library's documents."""

from __future__ import annotations

from app.assistant import Assistant
from app.messages import MESSAGES
from app.page.gradio_offline import gr
from app.page.panels import documents_html, empty_library_html
from app.page.wording import PRIVATE, Wording, html


def documents_tab(assistant: Assistant, page: gr.Blocks, wording: Wording) -> None:
    """The tab, wired to the assistant's library."""

    def listed(language: str) -> str:
        entries, messages = assistant.library.store.entries(), MESSAGES[language]
        return str(documents_html(entries, messages) if entries else empty_library_html(messages))

    with wording.put(gr.Tab, lambda m: {"label": m.documents_tab}) as tab:
        refresh = wording.put(
            gr.Button, lambda m: {"value": m.refresh}, size="sm", elem_id="refresh"
        )
        documents = html(elem_id="documents")
    gr.on(
        [page.load, refresh.click, tab.select, wording.spoken.change],
        listed,
        wording.spoken,
        documents,
        **PRIVATE,
    )
