"""The tab where a question set is drafted and reviewed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from app.assistant import Assistant
from app.messages import MESSAGES
from app.page.gradio_offline import gr
from app.page.panels import error_text, notice_html
from app.page.wording import PRIVATE, Wording, html
from errors import YoujuError
from eval.draft import draft
from eval.page.question_views import review_html
from eval.page.run_views import download_html
from eval.page.words import said, words_of
from eval.question_sets import SUFFIXES, save
from eval.review import Review, Verdict, review_of, reworded, sound
from records import Document

_FEWEST, _MOST, _USUAL = 4, 200, 40


def draft_tab(assistant: Assistant, whole: gr.Tab, wording: Wording) -> None:
    """The tab, wired; ``whole`` is the tab that it stands in."""
    desk, put, spoken = _Desk(assistant), wording.put, wording.spoken
    with put(gr.Tab, lambda m: {"label": said(m).draft_tab}) as tab:
        review = gr.State(Review())
        put(html, lambda m: {"value": f'<p class="facts">{said(m).draft_hint}</p>'})
        with gr.Row(elem_id="draft-choice"):
            documents = put(
                gr.Dropdown,
                lambda m: {"label": f"{said(m).documents} · {said(m).all_documents}"},
                choices=[],
                value=[],
                multiselect=True,
                scale=3,
                min_width=300,
            )
            most = put(
                gr.Slider,
                lambda m: {"label": said(m).most},
                minimum=_FEWEST,
                maximum=_MOST,
                step=_FEWEST,
                value=_USUAL,
                scale=2,
                min_width=240,
            )
        go = put(gr.Button, lambda m: {"value": said(m).draft}, variant="primary")
        notice = html(elem_id="draft-notice")
        with gr.Column(visible=False, elem_id="review") as reviewing:
            shown = html()
            question = put(gr.Textbox, lambda m: {"label": said(m).question}, lines=2)
            answers = put(gr.Textbox, lambda m: {"label": said(m).answers}, lines=2)
            with gr.Row(elem_id="verdicts"):
                accept = put(
                    gr.Button, lambda m: {"value": said(m).accept}, variant="primary", min_width=110
                )
                reject = put(gr.Button, lambda m: {"value": said(m).reject}, min_width=110)
                previous = put(gr.Button, lambda m: {"value": said(m).previous}, min_width=110)
                following = put(gr.Button, lambda m: {"value": said(m).next}, min_width=110)
            with gr.Row(elem_id="draft-save"):
                name = put(
                    gr.Textbox, lambda m: {"label": said(m).set_name}, max_length=80, scale=3
                )
                keep = put(gr.Button, lambda m: {"value": said(m).save}, scale=2)

    looked_at = [review, notice, reviewing, shown, question, answers]
    gr.on([whole.select, tab.select], desk.choices, documents, documents, **PRIVATE)
    go.click(desk.drafted, [documents, most, spoken], [go, *looked_at], **PRIVATE)
    worded = [review, question, answers, spoken]
    accept.click(desk.accepted, worded, looked_at, **PRIVATE)
    reject.click(desk.rejected, [review, spoken], looked_at, **PRIVATE)
    previous.click(desk.previous, [review, spoken], looked_at, **PRIVATE)
    following.click(desk.following, [review, spoken], looked_at, **PRIVATE)
    keep.click(desk.saved, [review, name, spoken], notice, **PRIVATE)
    spoken.change(desk.worded, [review, spoken], [notice, shown], **PRIVATE)


class _Desk:
    """The tab's event handlers: each returns the values of the components it is wired to."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def choices(self, chosen: Sequence[str]) -> Any:
        entries = self._assistant.library.store.entries()
        return gr.update(
            choices=[(entry.title, entry.id) for entry in entries],
            value=[entry.id for entry in entries if entry.id in chosen],
        )

    def drafted(self, chosen: Sequence[str], most: float, language: str) -> Iterator[list[Any]]:
        """A new review; the button rests while the questions are drafted."""
        yield [gr.update(interactive=False), *[gr.skip()] * 6]
        documents = [d for d in self._documents() if not chosen or d.id in chosen]
        review = review_of(draft(documents, int(most)))
        fault = "" if review.questions else str(notice_html(words_of(language).nothing_drafted))
        yield [gr.update(interactive=True), *self._shown(review, fault, language)]

    def accepted(self, review: Review, question: str, answers: str, language: str) -> list[Any]:
        if review.current is None:
            return self._shown(review, "", language)
        try:
            asked = reworded(review.current, question, answers.split("\n"))
        except YoujuError as error:
            fault = str(notice_html(error_text(error, MESSAGES[language])))
            return [review, fault, *[gr.skip()] * 4]
        return self._shown(review.judged(Verdict.ACCEPTED, asked), "", language)

    def rejected(self, review: Review, language: str) -> list[Any]:
        if review.current is None:
            return self._shown(review, "", language)
        return self._shown(review.judged(Verdict.REJECTED), "", language)

    def previous(self, review: Review, language: str) -> list[Any]:
        return self._shown(review.moved(-1), "", language)

    def following(self, review: Review, language: str) -> list[Any]:
        return self._shown(review.moved(1), "", language)

    def saved(self, review: Review, name: str, language: str) -> str:
        """What the set is called and where it can be had, or why it wasn't saved."""
        words = words_of(language)
        try:
            path = save(self._assistant.settings.home, name, sound(review.accepted))
        except YoujuError as error:
            return str(notice_html(error_text(error, MESSAGES[language])))
        address = f"evaluation/questions/{quote(path.name, safe='').replace('{', '%7B')}/{{}}"
        suffixes = {suffix: suffix[1:].upper() for suffix in SUFFIXES}
        text = words.saved.format(name=path.stem, count=len(review.accepted))
        return str(download_html(address, suffixes, text, words.tag))

    def worded(self, review: Review, language: str) -> list[Any]:
        return ["", self._review(review, language)]

    def _shown(self, review: Review, notice: str, language: str) -> list[Any]:
        question = review.current
        return [
            review,
            notice,
            gr.update(visible=question is not None),
            self._review(review, language),
            question.question if question else "",
            "\n".join(question.answers) if question else "",
        ]

    def _review(self, review: Review, language: str) -> str:
        name = review.current.document if review.current else ""
        document = next((d for d in self._documents() if name and Path(d.path).name == name), None)
        return str(review_html(review, document, MESSAGES[language]))

    def _documents(self) -> list[Document]:
        entries = self._assistant.library.store.entries()
        return [self._assistant.document(entry.id) for entry in entries]
