"""The evaluation tab put together: runs, comparisons and drafts, each a tab within it."""

from __future__ import annotations

from pathlib import Path

from app.assistant import Assistant
from app.page.extension import Extension
from app.page.gradio_offline import gr
from app.page.wording import Wording
from eval.background import BackgroundRuns
from eval.page.comparing import compare_tab
from eval.page.reviewing import draft_tab
from eval.page.routes import evaluation_routes
from eval.page.running import runs_tab
from eval.page.words import said

_STYLE = Path(__file__).with_name("evaluation.css")


def evaluation(assistant: Assistant) -> Extension:
    """The tab and all that belongs to it, for the page of one assistant."""
    background = BackgroundRuns(assistant)

    def tab(assistant: Assistant, page: gr.Blocks, wording: Wording) -> None:
        with wording.put(gr.Tab, lambda m: {"label": said(m).tab}) as whole, gr.Tabs():
            runs_tab(background, assistant.settings.home, whole, wording)
            compare_tab(assistant.settings.home, whole, wording)
            draft_tab(assistant, whole, wording)

    home = assistant.settings.home
    return Extension(tab, evaluation_routes(home), _STYLE, background.close)
