"""The tab where questions are asked: the conversation, the composer, what was kept before.

What is shown is made in ``cards``, ``kept`` and ``panels``; what is done, in ``desk``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from anyio import CapacityLimiter

from app.assistant import AT_ONCE, Assistant
from app.messages import MESSAGES
from app.page.actions import reason_of
from app.page.cards import conversation_html
from app.page.composer import Composer, scope_choices, scope_of, scope_words
from app.page.desk import Desk
from app.page.gradio_offline import gr
from app.page.kept import exports_html, kept_html
from app.page.leaving import leaving
from app.page.panels import editing_html, empty_library_html, notice_html, welcome_html
from app.page.side import Side
from app.page.sign_in import signed_in_html
from app.page.talk import Talk
from app.page.visitors import owner_of
from app.page.wording import PRIVATE, Wording, html
from app.suggestions import MOST, Suggestions
from errors import YoujuError

_NONE = "-"  # for no conversation: a browser's state doesn't take an empty text
_SPARE = 10  # threads for each who is answered: of those told that the line is full, or who left


def ask_tab(assistant: Assistant, page: gr.Blocks, wording: Wording) -> None:
    """The tab, wired to the assistant."""
    room, spoken = _Room(assistant), wording.spoken
    talk = gr.State(Talk())
    recent = gr.BrowserState("", storage_key="youju-conversation", secret="youju")
    side = Side(wording)
    with wording.put(gr.Tab, lambda m: {"label": m.ask_tab}) as tab:
        conversation = html(elem_id="conversation", js_on_load="youju.acts(element, trigger)")
        with gr.Column(visible=False, elem_id="examples") as examples:
            wording.put(html, lambda m: {"value": str(welcome_html(m))})
            with gr.Row():
                suggested = [
                    gr.Button(size="sm", min_width=200, visible=False) for _ in range(MOST)
                ]
        composer = Composer(wording)

    answered = [
        *(talk, recent, conversation, examples),
        *(composer.question, composer.notice, composer.ask, composer.stop),
    ]
    asking = [talk, spoken, *composer.scope]
    # They wait in the assistant's own line, which says how far they are; who waits holds a thread.
    queued = {**PRIVATE, "concurrency_limit": None}
    threads = CapacityLimiter(assistant.settings.page.max_queue + _SPARE * AT_ONCE)
    room_asked, room_acted = (leaving(each, threads) for each in (room.asked, room.acted))
    listing = (
        room.listed,
        [talk, spoken, side.words],
        [side.kept, side.about, side.title, side.exports],
    )
    asked = [
        gr.on(
            [composer.question.submit, composer.ask.click],
            room_asked,
            [composer.question, *asking],
            answered,
            **queued,
            trigger_mode="always_last",  # one that is sent meanwhile goes when this is answered
        ),
        *(button.click(room_asked, [button, *asking], answered, **queued) for button in suggested),
        conversation.submit(room_acted, asking, answered, **queued),
    ]
    waits = {m.tag: str(notice_html(m.talk.waits)) for m in MESSAGES.values()}
    unsent = {m.tag: str(notice_html(m.unsent)) for m in MESSAGES.values()}
    loaded = page.load(room.opened, [recent, spoken], answered, **PRIVATE)
    loaded.then(
        None,
        [composer.question, composer.notice],
        [composer.question, composer.notice],
        js=f"(question, notice) => steady.unsent(question, notice, {json.dumps(unsent)})",
        **PRIVATE,
    )
    composer.question.submit(
        None,
        [composer.question],
        composer.notice,
        js=f"(question) => youju.waits(question, {json.dumps(waits)})",
        **PRIVATE,
    )
    changed = [
        *asked,
        loaded,
        composer.stop.click(room.stopped, [talk, spoken], answered, cancels=asked, **PRIVATE),
        composer.notice.submit(room.left_as_it_was, [talk, spoken], answered, **PRIVATE),
        side.new.click(room.begun, spoken, answered, **PRIVATE),
        side.kept.submit(room.chosen, spoken, answered, **PRIVATE),
        side.title.submit(room.renamed, [talk, side.title], None, **PRIVATE),
        side.really.click(room.deleted, [talk, spoken], answered, **PRIVATE),
    ]
    for event in changed:
        event.then(*listing, **PRIVATE)
    side.words.submit(*listing, **PRIVATE)
    spoken.change(*listing, **PRIVATE)
    spoken.change(room.worded, [talk, spoken], conversation, **PRIVATE)
    gr.on([page.load, spoken.change], room.who, spoken, side.who, **PRIVATE)
    page.load(room.suggested, None, suggested, **PRIVATE)
    chosen = [composer.documents, composer.publisher]
    offered = [page.load, tab.select, spoken.change]
    gr.on(offered, room.choices, [*chosen, spoken], chosen, **PRIVATE)
    narrowed = [spoken.change, *(each.change for each in composer.scope)]
    gr.on(
        narrowed,
        room.scoped,
        [spoken, *composer.scope],
        composer.where,
        **PRIVATE,
        trigger_mode="always_last",
    )
    tab.select(room.returned, [talk, spoken], [conversation, examples], **PRIVATE)
    conversation.change(None, js="() => youju.showNewest()")


class _Room:
    """The tab's event handlers: each returns the values of the components it is wired to."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._desk = Desk(assistant)
        self._suggestions = Suggestions(assistant)

    def opened(self, recent: str, language: str, request: gr.Request) -> list[Any]:
        """The conversation that was open last; what is typed or asked meanwhile stays."""
        talk = self._desk.open(str(recent), owner_of(request))
        shown = self._shown(talk, language, gr.skip())
        if talk.turns or self._assistant.is_empty():
            return shown
        return [gr.skip(), gr.skip(), gr.skip(), *shown[3:]]

    def asked(
        self,
        question: str,
        talk: Talk,
        language: str,
        documents: Sequence[str],
        publisher: str,
        since: str,
        until: str,
        request: gr.Request,
    ) -> Iterator[list[Any]]:
        """The conversation as it grows: first the question, then the answer in pieces."""
        scope = scope_of(documents, publisher, since, until)
        fault = self._desk.fault(question, scope, MESSAGES[language])
        if fault:
            yield self._shown(talk, language, question, fault)
            return
        # Box and notice are emptied once: the next question may be typed and sent meanwhile.
        typed: Any = ""
        for grown in self._desk.ask(question, scope, talk, owner_of(request)):
            yield self._shown(grown, language, typed, typed, busy=True)
            typed = gr.skip()
        yield self._shown(grown, language, typed, typed)

    def acted(
        self,
        talk: Talk,
        language: str,
        documents: Sequence[str],
        publisher: str,
        since: str,
        until: str,
        event: gr.EventData,
        request: gr.Request,
    ) -> Iterator[list[Any]]:
        """What a button below a turn was pressed for."""
        owner, number = owner_of(request), int(event.turn)
        if event.act == "up":
            yield self._judged(talk, language, lambda: self._desk.praise(talk, owner, number))
        elif event.act == "down":
            why = reason_of(event.reason), str(event.comment)
            yield self._judged(talk, language, lambda: self._desk.blame(talk, owner, number, *why))
        elif talk.turns:
            last, again = talk.turns[-1], replace(talk, editing=True)
            if event.act == "again":
                scope = (documents, publisher, since, until)
                yield from self.asked(last.question, again, language, *scope, request)
            else:
                yield self._shown(again, language, last.understood or last.question)

    def left_as_it_was(self, talk: Talk, language: str) -> list[Any]:
        """The last question is no longer to be replaced."""
        return self._shown(replace(talk, editing=False), language)

    def _judged(self, talk: Talk, language: str, judge: Callable[[], Talk]) -> list[Any]:
        try:
            return self._shown(judge(), language, gr.skip())
        except YoujuError as error:
            fault = error.english if language == "en" else str(error)
            return self._shown(talk, language, gr.skip(), fault)

    def stopped(self, talk: Talk, language: str, request: gr.Request) -> list[Any]:
        return self._shown(self._desk.stop(talk, owner_of(request)), language, gr.skip())

    def begun(self, language: str) -> list[Any]:
        return self._shown(Talk(), language)

    def chosen(self, language: str, event: gr.EventData, request: gr.Request) -> list[Any]:
        return self._shown(self._desk.open(str(event.id), owner_of(request)), language)

    def renamed(self, talk: Talk, title: str, request: gr.Request) -> None:
        if talk.id:
            self._desk.rename(talk.id, owner_of(request), title)

    def deleted(self, talk: Talk, language: str, request: gr.Request) -> list[Any]:
        self._desk.delete(talk.id, owner_of(request))
        return self._shown(Talk(), language)

    def listed(self, talk: Talk, language: str, words: str, request: gr.Request) -> list[Any]:
        """The kept conversations, and which one is open."""
        kept = self._desk.listed(owner_of(request), words)
        messages = MESSAGES[language]
        title = next((one.title for one in kept if one.id == talk.id), gr.skip())
        return [
            str(kept_html(kept, talk.id, messages, self._desk.has_judged(owner_of(request)))),
            gr.update(visible=bool(talk.id)),
            title,
            str(exports_html(talk.id, messages)),
        ]

    def who(self, language: str, request: gr.Request) -> str:
        return str(signed_in_html(owner_of(request), MESSAGES[language]))

    def returned(self, talk: Talk, language: str) -> list[Any]:
        return self._shown(talk, language)[2:4]

    def worded(self, talk: Talk, language: str) -> str:
        return self._html(talk, language)

    def suggested(self) -> list[Any]:
        """The examples; a button too many is not shown."""
        found = self._suggestions.ready()
        texts = [*found, *[""] * (MOST - len(found))]
        return [gr.update(value=text, visible=bool(text)) for text in texts]

    def choices(self, documents: Sequence[str], publisher: str, language: str) -> tuple[Any, Any]:
        entries = self._assistant.library.store.entries()
        return scope_choices(entries, documents, publisher, MESSAGES[language])

    def scoped(
        self, language: str, documents: Sequence[str], publisher: str, since: str, until: str
    ) -> Any:
        scope = scope_of(documents, publisher, since, until)
        return gr.update(label=scope_words(scope, MESSAGES[language]))

    def _shown(
        self, talk: Talk, language: str, question: Any = "", notice: Any = "", busy: bool = False
    ) -> list[Any]:
        return [
            talk,
            talk.id or _NONE,
            self._html(talk, language, busy),
            gr.update(visible=not talk.turns and not self._assistant.is_empty()),
            question,
            self._notice(talk, language, notice, busy) if isinstance(notice, str) else notice,
            gr.update(visible=not busy),
            gr.update(visible=busy),
        ]

    def _notice(self, talk: Talk, language: str, notice: str, busy: bool) -> str:
        editing = talk.editing and not busy
        said = notice_html(notice) if notice else ""
        return f"{said}{editing_html(MESSAGES[language]) if editing else ''}"

    def _html(self, talk: Talk, language: str, busy: bool = False) -> str:
        messages = MESSAGES[language]
        if not talk.turns and self._assistant.is_empty():
            return str(empty_library_html(messages))
        return str(conversation_html(talk, messages, busy))
