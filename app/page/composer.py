"""Where a question is written, and where it is to be looked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from app.messages import Messages
from app.page.gradio_offline import gr
from app.page.panels import NEWEST, scope_html, skip_html
from app.page.wording import Wording, html
from app.scope import Scope
from index.store import Entry


class Composer:
    """The components at the foot of the ask tab, in the order in which they are made."""

    def __init__(self, wording: Wording) -> None:
        put = wording.put
        with gr.Column(elem_id="composer"):
            put(html, lambda m: {"value": str(skip_html(m.to_newest, NEWEST, m))})
            self.notice = html(
                elem_id="notice", js_on_load="youju.acts(element, trigger); youju.escapes(element)"
            )
            with gr.Row(equal_height=True):
                self.question = put(
                    gr.Textbox,
                    lambda m: {"label": m.question, "placeholder": m.placeholder},
                    show_label=False,
                    container=False,
                    max_lines=4,
                    scale=8,
                )
                self.ask = put(
                    gr.Button, lambda m: {"value": m.ask}, variant="primary", scale=1, min_width=88
                )
                self.stop = put(
                    gr.Button,
                    lambda m: {"value": m.talk.stop},
                    variant="stop",
                    scale=1,
                    min_width=88,
                    visible=False,
                )
            self.where = put(
                gr.Accordion, lambda m: {"label": m.scope}, open=False, elem_id="scope"
            )
            with self.where:
                put(html, lambda m: {"value": str(scope_html(m))})
                with gr.Row():
                    self.documents = put(
                        gr.Dropdown,
                        lambda m: {"label": m.documents_tab},
                        choices=[],
                        value=[],
                        multiselect=True,
                        scale=3,
                        min_width=240,
                    )
                    self.publisher = put(
                        gr.Dropdown,
                        lambda m: {"label": m.talk.scope_publisher},
                        choices=[""],
                        value="",
                        scale=2,
                        min_width=240,
                    )
                    self.since = _date(wording, lambda m: m.talk.scope_since)
                    self.until = _date(wording, lambda m: m.talk.scope_until)

    @property
    def scope(self) -> list[Any]:
        """The components that a Scope is made of, in its order."""
        return [self.documents, self.publisher, self.since, self.until]


def _date(wording: Wording, label: Callable[[Messages], str]) -> gr.Textbox:
    return wording.put(
        gr.Textbox,
        lambda m: {"label": label(m), "placeholder": m.talk.scope_date},
        max_lines=1,
        scale=1,
        min_width=120,
    )


def scope_of(documents: Sequence[str], publisher: str, since: str, until: str) -> Scope:
    """The scope that the four components hold."""
    return Scope(tuple(documents), publisher or "", (since or "").strip(), (until or "").strip())


def scope_words(scope: Scope, messages: Messages) -> str:
    """What stands above the choices: where a question is looked for now."""
    words = messages.talk
    documents = len(scope.documents)
    said = (
        words.scope_documents.format(count=documents) if documents else "",
        scope.publisher,
        f"{words.scope_since} {scope.since}" if scope.since else "",
        f"{words.scope_until} {scope.until}" if scope.until else "",
    )
    return " · ".join(filter(None, (messages.scope, *said)))


def scope_choices(
    entries: Sequence[Entry], documents: Sequence[str], publisher: str, messages: Messages
) -> tuple[Any, Any]:
    """Documents and publishers to choose from; of those chosen, what is still there.

    Documents of one title are told apart by their files' names.
    """
    publishers = sorted({entry.publisher for entry in entries if entry.publisher})
    titles = Counter(entry.title for entry in entries)
    return (
        gr.update(
            choices=[
                (f"{e.title}（{Path(e.path).name}）" if titles[e.title] > 1 else e.title, e.id)
                for e in entries
            ],
            value=[entry.id for entry in entries if entry.id in documents],
        ),
        gr.update(
            choices=[(messages.talk.scope_any, ""), *((each, each) for each in publishers)],
            value=publisher if publisher in publishers else "",
        ),
    )
