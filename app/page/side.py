"""The panel at the side of the page: the kept conversations."""

from __future__ import annotations

from app.page.gradio_offline import gr
from app.page.wording import PRIVATE, Wording, html


class Side:
    """The panel's components, in the order in which they are made."""

    def __init__(self, wording: Wording) -> None:
        put = wording.put
        with put(
            gr.Sidebar,
            lambda m: {"label": m.talk.conversations},
            open=False,
            elem_id="side",
            width=300,
        ):
            self.new = put(gr.Button, lambda m: {"value": m.talk.new_conversation}, size="sm")
            self.words = put(
                gr.Textbox,
                lambda m: {
                    "label": m.talk.find_conversation,
                    "placeholder": m.talk.find_conversation,
                },
                show_label=False,
                container=False,
                max_lines=1,
            )
            self.kept = html(elem_id="kept", js_on_load="youju.acts(element, trigger)")
            with gr.Column(visible=False, elem_id="kept-one") as self.about:
                self.title = put(gr.Textbox, lambda m: {"label": m.talk.rename}, max_lines=1)
                self.exports = html()
                self.delete = put(gr.Button, lambda m: {"value": m.talk.delete}, size="sm")
                with gr.Row(visible=False) as self.sure:
                    self.really = put(
                        gr.Button,
                        lambda m: {"value": m.talk.delete_really},
                        size="sm",
                        variant="stop",
                        min_width=80,
                    )
                    self.rather_not = put(
                        gr.Button, lambda m: {"value": m.talk.keep}, size="sm", min_width=80
                    )
            self.who = html(elem_id="who")
        self.delete.click(lambda: gr.update(visible=True), None, self.sure, **PRIVATE)
        gr.on(
            [self.rather_not.click, self.really.click],
            lambda: gr.update(visible=False),
            None,
            self.sure,
            **PRIVATE,
        )
