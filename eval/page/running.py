"""The tab where runs are started, watched and looked at."""

from __future__ import annotations

from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from markupsafe import Markup

from app.messages import MESSAGES
from app.page.gradio_offline import gr
from app.page.panels import error_text, notice_html
from app.page.wording import PRIVATE, Wording, html
from errors import YoujuError
from eval.background import BackgroundRuns, State
from eval.page.question_views import outcome_html
from eval.page.run_views import (
    download_html,
    failures_html,
    progress_html,
    run_html,
    runs_html,
)
from eval.page.words import Words, said, words_of
from eval.question_files import read_questions
from eval.question_sets import SUFFIXES, keep, kept_set, kept_sets
from eval.run_folders import kept_run, main_means, run_folders

# A click on a button that pick_button has made.
_PICKS = (
    "element.addEventListener('click', (event) => {"
    "const button = event.target.closest('button[data-pick]');"
    "if (button) trigger('click', {what: button.dataset.pick, which: button.dataset.which});"
    "});"
)
_SHOW = (
    "() => requestAnimationFrame(() => document.querySelector('{}')"
    "?.scrollIntoView({{block: 'start', behavior: 'smooth'}}))"
)
# One after another: what was asked for first must not arrive last and undo the rest.
_IN_ORDER: Any = {**PRIVATE, "concurrency_id": "runs", "concurrency_limit": 1}
_picking = partial(gr.HTML, apply_default_css=False, js_on_load=_PICKS)


def runs_tab(background: BackgroundRuns, home: Path, whole: gr.Tab, wording: Wording) -> None:
    """The tab, wired; ``whole`` is the tab that it stands in."""
    desk, put, spoken = _Desk(background, home), wording.put, wording.spoken
    with put(gr.Tab, lambda m: {"label": said(m).runs_tab}) as tab:
        run_name, question_id = gr.State(""), gr.State("")
        timer = gr.Timer(1.0, active=False)
        with gr.Row(elem_id="run-progress"):
            progress = html()
            stop = put(
                gr.Button, lambda m: {"value": said(m).stop}, size="sm", scale=0, visible=False
            )
        with gr.Column(elem_id="run-start"):
            put(html, lambda m: {"value": str(_intro(said(m)))})
            with gr.Row():
                chosen = put(
                    gr.Dropdown,
                    lambda m: {"label": said(m).set},
                    choices=[],
                    value=None,
                    elem_id="run-set",
                )
                name = put(
                    gr.Textbox,
                    lambda m: {"label": said(m).run_name, "placeholder": said(m).run_name_hint},
                    max_length=80,
                )
            with gr.Row():
                upload = put(
                    gr.UploadButton,
                    lambda m: {"label": said(m).upload},
                    file_types=list(SUFFIXES),
                    size="md",
                )
                start = put(gr.Button, lambda m: {"value": said(m).start}, variant="primary")
            notice = html(elem_id="run-notice")
        with gr.Row(elem_id="runs-head"):
            put(html, lambda m: {"value": f"<h3>{said(m).runs}</h3>"})
            refresh = put(
                gr.Button, lambda m: {"value": said(m).refresh}, size="sm", scale=0, min_width=88
            )
        runs = _picking(elem_id="runs")
        run = html(elem_id="run")
        with gr.Row(elem_id="run-questions"):
            with gr.Column(scale=2, min_width=300):
                failures = _picking(elem_id="failures")
            with gr.Column(scale=3, min_width=320):
                question = html(elem_id="outcome")

    at_work = [progress, stop, timer, runs]
    shown = [run_name, question_id, runs, run, failures, question]
    picked = [spoken, run_name, question_id]
    gr.on(
        [whole.select, tab.select, refresh.click, spoken.change],
        desk.opened,
        [chosen, *picked],
        [chosen, *at_work, run, failures, question],
        **_IN_ORDER,
    )
    upload.upload(desk.uploaded, [upload, spoken], [chosen, notice, upload], **_IN_ORDER)
    start.click(
        desk.started, [chosen, name, spoken, run_name], [notice, name, *at_work], **_IN_ORDER
    )
    stop.click(desk.stopped, [spoken, run_name], at_work, **_IN_ORDER)
    timer.tick(
        desk.ticked,
        picked,
        [progress, stop, timer, *shown],
        queue=False,
        **PRIVATE,
    )
    runs.click(desk.picked_run, picked, [notice, progress, stop, timer, *shown], **_IN_ORDER).then(
        None, js=_SHOW.format("#run .run")
    )
    failures.click(
        desk.picked_question, picked, [question_id, failures, question], **_IN_ORDER
    ).then(None, js=_SHOW.format("#outcome .outcome"))


def _intro(words: Words) -> Markup:
    suffixes = {suffix: suffix[1:].upper() for suffix in SUFFIXES}
    template = download_html("evaluation/template{}", suffixes, words.template, words.tag)
    return Markup('<h3 lang="{}">{}</h3><p class="facts">{}</p>{}').format(
        words.tag, words.start_title, words.start_hint, template
    )


class _Desk:
    """The tab's event handlers: each returns the values of the components it is wired to."""

    def __init__(self, background: BackgroundRuns, home: Path) -> None:
        self._background = background
        self._home = home
        self._summary = lru_cache(maxsize=32)(self._summarised)

    def opened(self, chosen: str | None, language: str, run: str, question: str) -> list[Any]:
        return [
            self._sets(chosen),
            *self._at_work(language, run),
            *self._shown(language, run, question)[1:],
        ]

    def uploaded(self, file: str, language: str) -> list[Any]:
        """The sets with the uploaded one chosen, or what is wrong with it."""
        words, path = words_of(language), Path(file)
        try:
            kept = keep(self._home, path.name, path.read_bytes())
        except YoujuError as error:
            return [gr.skip(), self._notice(error, language), None]
        finally:
            path.unlink(missing_ok=True)
        said_kept = words.kept.format(name=kept.name, count=len(read_questions(kept)))
        done = Markup('<p class="done" role="status">{}</p>').format(said_kept)
        return [self._sets(kept.name), str(done), None]

    def started(self, chosen: str | None, name: str, language: str, run: str) -> list[Any]:
        if not chosen:
            fault = str(notice_html(words_of(language).no_set))
            return [fault, gr.skip(), *self._at_work(language, run)]
        try:
            self._background.start(kept_set(self._home, chosen), name)
        except YoujuError as error:
            return [self._notice(error, language), gr.skip(), *self._at_work(language, run)]
        return ["", "", *self._at_work(language, run, begun=True)]

    def stopped(self, language: str, run: str) -> list[Any]:
        self._background.stop()
        return self._at_work(language, run)

    def ticked(self, language: str, run: str, question: str) -> list[Any]:
        """The progress; when the run has just finished it is shown, once."""
        progress = self._background.progress
        *working, runs = self._at_work(language, run)
        if progress is None or progress.active:
            return [*working, *[gr.skip()] * 6]
        if progress.state is not State.FINISHED or run == progress.name:
            return [*working, gr.skip(), gr.skip(), runs, *[gr.skip()] * 3]
        return [*working, progress.name, "", *self._shown(language, progress.name, "")]

    def picked_run(self, event: gr.EventData, language: str, run: str, question: str) -> list[Any]:
        """A run to look at, or one to go on with."""
        what, which = str(event.what), str(event.which)
        fault, begun = "", False
        if what == "resume":
            try:
                self._background.resume(which)
                begun = True
            except YoujuError as error:
                fault = self._notice(error, language)
        else:
            run, question = which, ""
        working = self._at_work(language, run, begun)[:3]
        return [fault, *working, run, question, *self._shown(language, run, question)]

    def picked_question(
        self, event: gr.EventData, language: str, run: str, question: str
    ) -> list[Any]:
        which = str(event.which)
        return [which, *self._shown(language, run, which)[2:]]

    def _sets(self, chosen: str | None) -> Any:
        names = [path.name for path in kept_sets(self._home)]
        value = chosen if chosen in names else (names[0] if len(names) == 1 else None)
        return gr.update(choices=names, value=value)

    def _at_work(self, language: str, run: str, begun: bool = False) -> list[Any]:
        """Progress, stop button, timer and the table of runs.

        A run that has just ``begun`` may have finished already; the timer's tick shows it.
        """
        progress, words = self._background.progress, words_of(language)
        active = progress is not None and progress.active
        error = progress.error if progress else None
        fault = error_text(error, MESSAGES[language]) if error else ""
        return [
            str(progress_html(progress, fault, words)),
            gr.update(visible=active),
            gr.Timer(active=active or begun),
            self._runs(language, run),
        ]

    def _runs(self, language: str, run: str) -> str:
        listed, progress = run_folders(self._home), self._background.progress
        found = {each.name: main_means(self._home, each.name) for each in listed if each.finished}
        working = progress.name if progress and progress.active else ""
        return str(runs_html(listed, found, run, working, words_of(language)))

    def _shown(self, language: str, run: str, question: str) -> list[Any]:
        """The table of runs, the run's summary, its questions, and the chosen question."""
        words, messages = words_of(language), MESSAGES[language]
        table = self._runs(language, run)
        if not run:
            return [table, "", "", ""]
        try:
            kept = kept_run(self._home, run)
        except YoujuError as error:
            return [table, self._notice(error, language), "", ""]
        outcome = next((o for o in kept.outcomes if o.gold.id == question), None)
        return [
            table,
            self._summary(run, kept.facts["finished"], language),
            str(failures_html(kept, question, words)),
            str(outcome_html(outcome, messages)) if outcome else "",
        ]

    def _summarised(self, run: str, finished: str, language: str) -> str:
        return str(run_html(kept_run(self._home, run), words_of(language)))

    def _notice(self, error: Exception, language: str) -> str:
        return str(notice_html(error_text(error, MESSAGES[language])))
