"""The tab where two runs are compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.messages import MESSAGES
from app.page.gradio_offline import gr
from app.page.panels import error_text, notice_html
from app.page.wording import PRIVATE, Wording, html
from errors import YoujuError
from eval.compare import compare
from eval.page.question_views import comparison_html
from eval.page.words import said, words_of
from eval.run_folders import kept_run, run_folders


def compare_tab(home: Path, whole: gr.Tab, wording: Wording) -> None:
    """The tab, wired; ``whole`` is the tab that it stands in."""
    put, spoken = wording.put, wording.spoken
    with put(gr.Tab, lambda m: {"label": said(m).compare_tab}) as tab:
        compared = gr.State(("", ""))
        put(html, lambda m: {"value": f'<p class="facts">{said(m).compare_hint}</p>'})
        with gr.Row(elem_id="compare-runs"):
            first = put(gr.Dropdown, lambda m: {"label": said(m).first}, choices=[], value=None)
            second = put(gr.Dropdown, lambda m: {"label": said(m).second}, choices=[], value=None)
        go = put(gr.Button, lambda m: {"value": said(m).compare}, variant="primary")
        result = html(elem_id="comparison")

    def choices(one: str | None, other: str | None) -> list[Any]:
        names = [each.name for each in run_folders(home) if each.finished]
        newest = (*names[1:2], *names[:1]) if len(names) > 1 else (None, None)
        before = one if one in names else newest[0]
        after = other if other in names else newest[1]
        return [gr.update(choices=names, value=value) for value in (before, after)]

    def shown(pair: tuple[str, str], language: str) -> str:
        if not all(pair):
            return ""
        messages = MESSAGES[language]
        try:
            found = compare(kept_run(home, pair[0]), kept_run(home, pair[1]))
        except YoujuError as error:
            return str(notice_html(error_text(error, messages)))
        return str(comparison_html(found, messages))

    def chosen(one: str | None, other: str | None, language: str) -> list[Any]:
        if not one or not other:
            return [("", ""), str(notice_html(words_of(language).choose_two))]
        return [(one, other), shown((one, other), language)]

    gr.on([whole.select, tab.select], choices, [first, second], [first, second], **PRIVATE)
    go.click(chosen, [first, second, spoken], [compared, result], **PRIVATE)
    spoken.change(shown, [compared, spoken], result, **PRIVATE)
