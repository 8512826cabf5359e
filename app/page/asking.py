"""The tab where questions are asked: the conversation, the composer, the examples.

What is shown is made in ``cards`` and ``panels``, in the words of ``app.messages``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from app.assistant import Assistant
from app.messages import EXAMPLES, MESSAGES, Messages
from app.page.cards import Turn, conversation_html
from app.page.gradio_offline import gr
from app.page.panels import empty_library_html, notice_html, scope_html, welcome_html
from app.page.wording import PRIVATE, Wording, html
from errors import YoujuError
from records import Answer

log = logging.getLogger("youju.page")

MAX_TURNS = 20


def ask_tab(assistant: Assistant, page: gr.Blocks, wording: Wording) -> None:
    """The tab, wired to the assistant."""
    desk, put, spoken = _Desk(assistant), wording.put, wording.spoken
    turns = gr.State(())
    with put(gr.Tab, lambda m: {"label": m.ask_tab}) as tab:
        conversation = html(elem_id="conversation")
        with gr.Column(visible=False, elem_id="examples") as examples:
            put(html, lambda m: {"value": str(welcome_html(m))})
            with gr.Row():
                questions = [gr.Button(text, size="sm", min_width=200) for text in EXAMPLES]
        with gr.Column(elem_id="composer"):
            notice = html(elem_id="notice")
            with gr.Row(equal_height=True):
                question = put(
                    gr.Textbox,
                    lambda m: {"label": m.question, "placeholder": m.placeholder},
                    show_label=False,
                    container=False,
                    max_lines=4,
                    scale=8,
                )
                ask = put(
                    gr.Button, lambda m: {"value": m.ask}, variant="primary", scale=1, min_width=88
                )
            with gr.Row(equal_height=True, elem_id="scope"):
                put(html, lambda m: {"value": str(scope_html(m))})
                scope = put(
                    gr.Dropdown,
                    lambda m: {"label": m.scope},
                    choices=[],
                    value=[],
                    multiselect=True,
                    container=False,
                )
                clear = put(
                    gr.Button, lambda m: {"value": m.clear}, size="sm", scale=0, min_width=72
                )

    shown = [conversation, examples]
    answered = [turns, question, notice, *shown]
    page.load(desk.opened, [spoken, turns], [*shown, scope], **PRIVATE)
    tab.select(desk.returned, [spoken, turns, scope], [*shown, scope], **PRIVATE)
    spoken.change(desk.worded, [spoken, turns], [notice, *shown], **PRIVATE)
    gr.on(
        [question.submit, ask.click],
        desk.asked,
        [question, scope, spoken, turns],
        answered,
        **PRIVATE,
    )
    for example in questions:
        example.click(desk.asked, [example, scope, spoken, turns], answered, **PRIVATE)
    clear.click(desk.cleared, spoken, answered, **PRIVATE)
    conversation.change(None, js="() => youju.showNewest()")


class _Desk:
    """The tab's event handlers: each returns the values of the components it is wired to."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def opened(self, language: str, turns: Sequence[Turn]) -> list[Any]:
        return [*self._shown(language, turns), self.choices(())]

    def returned(self, language: str, turns: Sequence[Turn], chosen: Sequence[str]) -> list[Any]:
        return [*self._shown(language, turns), self.choices(chosen)]

    def choices(self, chosen: Sequence[str]) -> Any:
        """The documents as they are now; of those chosen, the ones that are still there."""
        entries = self._assistant.library.store.entries()
        return gr.update(
            choices=[(entry.title, entry.id) for entry in entries],
            value=[entry.id for entry in entries if entry.id in chosen],
        )

    def asked(
        self, question: str, chosen: Sequence[str], language: str, turns: Sequence[Turn]
    ) -> Iterator[list[Any]]:
        """The conversation as it grows: first the question, then the answer in pieces."""
        fault = self._fault(question, MESSAGES[language])
        if fault:
            yield [turns, question, str(notice_html(fault)), *self._shown(language, turns)]
            return
        number = turns[-1].number + 1 if turns else 1
        earlier = tuple(turns[-(MAX_TURNS - 1) :])
        for turn in self._turn(Turn(number, question.strip()), chosen):
            now = (*earlier, turn)
            yield [now, "", "", *self._shown(language, now)]

    def _fault(self, question: str, messages: Messages) -> str:
        limit = self._assistant.settings.page.max_question
        if not question.strip():
            return messages.empty_question
        if len(question.strip()) > limit:
            return messages.long_question.format(length=len(question.strip()), limit=limit)
        return messages.nothing_to_search if self._assistant.is_empty() else ""

    def _turn(self, turn: Turn, chosen: Sequence[str]) -> Iterator[Turn]:
        yield turn
        try:
            answer = self._assistant.ask(turn.question, chosen)
            titles = self._assistant.titles({hit.passage.document_id for hit in answer.hits})
        except YoujuError as error:
            yield replace(turn, error=error)
        except Exception as error:  # shown as a plain sentence; the log has the rest
            log.exception("a question was not answered")
            yield replace(turn, error=error)
        else:
            for part in growing(answer):
                yield replace(turn, answer=part, titles=titles)

    def cleared(self, language: str) -> list[Any]:
        return [(), "", "", *self._shown(language, ())]

    def worded(self, language: str, turns: Sequence[Turn]) -> list[Any]:
        return ["", *self._shown(language, turns)]

    def _shown(self, language: str, turns: Sequence[Turn]) -> list[Any]:
        messages = MESSAGES[language]
        empty = not turns and self._assistant.is_empty()
        shown = empty_library_html(messages) if empty else conversation_html(turns, messages)
        return [str(shown), gr.update(visible=not turns and not empty)]


def growing(answer: Answer) -> Iterator[Answer]:
    """The answer paragraph by paragraph, with the citations marked so far; last the whole."""
    paragraphs = [] if answer.refused else answer.text.split("\n\n")
    for count in range(1, len(paragraphs)):
        text = "\n\n".join(paragraphs[:count])
        cited = tuple(c for c in answer.citations if f"[{c.number}]" in text)
        yield replace(answer, text=text, citations=cited)
    yield answer
