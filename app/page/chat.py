"""The chat page's components and what they do: Gradio around ``Assistant.ask``.

What is shown is made in ``cards`` and ``panels``, in the words of ``app.messages``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from app.assistant import Assistant
from app.messages import EXAMPLES, MESSAGES, Messages
from app.page.cards import Turn, conversation_html
from app.page.gradio_offline import gr
from app.page.panels import (
    documents_html,
    empty_library_html,
    masthead_html,
    notice_html,
    scope_html,
    welcome_html,
)
from errors import YoujuError
from index.store import Entry
from records import Answer

log = logging.getLogger("youju.page")

MAX_TURNS = 20
_html = partial(gr.HTML, apply_default_css=False, js_on_load=None)


def build_page(assistant: Assistant, language: str = "zh") -> gr.Blocks:
    """The page, ready to be launched; ``language`` is the one it opens in, zh or en."""
    desk = _Desk(assistant)
    texts = _texts(MESSAGES[language])
    page: gr.Blocks
    with gr.Blocks(title=MESSAGES[language].title, analytics_enabled=False) as page:
        spoken, turns = gr.State(language), gr.State(())
        with gr.Row(elem_id="masthead"):
            masthead = _html(**texts["masthead"])
            switch = gr.Button(**texts["switch"], size="sm", scale=0, min_width=88)
        with gr.Tab(**texts["ask_tab"]) as ask_tab:
            conversation = _html(elem_id="conversation")
            with gr.Column(visible=False, elem_id="examples") as examples:
                examples_title = _html(**texts["examples_title"])
                with gr.Row():
                    questions = [gr.Button(text, size="sm", min_width=200) for text in EXAMPLES]
            with gr.Column(elem_id="composer"):
                notice = _html(elem_id="notice")
                with gr.Row(equal_height=True):
                    question = gr.Textbox(
                        **texts["question"], show_label=False, container=False, max_lines=4, scale=8
                    )
                    ask = gr.Button(**texts["ask"], variant="primary", scale=1, min_width=88)
                with gr.Row(equal_height=True, elem_id="scope"):
                    scope_title = _html(**texts["scope_title"])
                    scope = gr.Dropdown(
                        **texts["scope"], choices=[], value=[], multiselect=True, container=False
                    )
                    clear = gr.Button(**texts["clear"], size="sm", scale=0, min_width=72)
        with gr.Tab(**texts["documents_tab"]) as documents_tab:
            refresh = gr.Button(**texts["refresh"], size="sm", elem_id="refresh")
            documents = _html(elem_id="documents")

        shown = [conversation, examples]
        listed = [scope, documents]
        answered = [turns, question, notice, *shown]
        named = {
            "masthead": masthead,
            "switch": switch,
            "ask_tab": ask_tab,
            "documents_tab": documents_tab,
            "examples_title": examples_title,
            "question": question,
            "ask": ask,
            "clear": clear,
            "scope_title": scope_title,
            "scope": scope,
            "refresh": refresh,
        }
        private: Any = {"api_visibility": "private", "show_progress": "hidden"}
        speak = "() => youju.speak()"
        page.load(desk.opened, [spoken, turns], [*shown, *listed], **private)
        page.load(None, js=speak)
        gr.on(
            [refresh.click, documents_tab.select], desk.listing, [spoken, scope], listed, **private
        )
        gr.on(
            [question.submit, ask.click],
            desk.asked,
            [question, scope, spoken, turns],
            answered,
            **private,
        )
        for example in questions:
            example.click(desk.asked, [example, scope, spoken, turns], answered, **private)
        clear.click(desk.cleared, spoken, answered, **private)
        switch.click(
            partial(desk.switched, tuple(named)),
            [spoken, turns],
            [spoken, notice, *shown, documents, *named.values()],
            **private,
        ).then(None, js=speak)
        conversation.change(None, js="() => youju.showNewest()")
    return page


def _texts(messages: Messages) -> dict[str, dict[str, Any]]:
    """The properties, by name of component, that depend on the language."""
    return {
        "masthead": {"value": str(masthead_html(messages))},
        "switch": {"value": messages.other_language},
        "ask_tab": {"label": messages.ask_tab},
        "documents_tab": {"label": messages.documents_tab},
        "examples_title": {"value": str(welcome_html(messages))},
        "question": {"label": messages.question, "placeholder": messages.placeholder},
        "ask": {"value": messages.ask},
        "clear": {"value": messages.clear},
        "scope_title": {"value": str(scope_html(messages))},
        "scope": {"label": messages.scope},
        "refresh": {"value": messages.refresh},
    }


class _Desk:
    """The page's event handlers: each returns the values of the components it is wired to."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def opened(self, language: str, turns: Sequence[Turn]) -> list[Any]:
        return [*self._shown(language, turns), *self.listing(language, ())]

    def listing(self, language: str, chosen: Sequence[str]) -> list[Any]:
        """The documents as they are now; of those chosen, the ones that are still there."""
        entries = self._assistant.library.store.entries()
        choices = [(entry.title, entry.id) for entry in entries]
        kept = [entry.id for entry in entries if entry.id in chosen]
        return [gr.update(choices=choices, value=kept), _documents(entries, MESSAGES[language])]

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
            with self._assistant.places:
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

    def switched(self, names: Sequence[str], language: str, turns: Sequence[Turn]) -> list[Any]:
        language = "en" if language == "zh" else "zh"
        messages = MESSAGES[language]
        texts = _texts(messages)
        updates = [gr.update(**texts[name]) for name in names]
        documents = _documents(self._assistant.library.store.entries(), messages)
        return [language, "", *self._shown(language, turns), documents, *updates]

    def _shown(self, language: str, turns: Sequence[Turn]) -> list[Any]:
        messages = MESSAGES[language]
        empty = not turns and self._assistant.is_empty()
        html = empty_library_html(messages) if empty else conversation_html(turns, messages)
        return [str(html), gr.update(visible=not turns and not empty)]


def _documents(entries: Sequence[Entry], messages: Messages) -> str:
    return str(documents_html(entries, messages) if entries else empty_library_html(messages))


def growing(answer: Answer) -> Iterator[Answer]:
    """The answer paragraph by paragraph, with the citations marked so far; last the whole."""
    paragraphs = [] if answer.refused else answer.text.split("\n\n")
    for count in range(1, len(paragraphs)):
        text = "\n\n".join(paragraphs[:count])
        cited = tuple(c for c in answer.citations if f"[{c.number}]" in text)
        yield replace(answer, text=text, citations=cited)
    yield answer
