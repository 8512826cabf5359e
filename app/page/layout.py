"""The page as a whole: the masthead with the switch of languages, and the tabs below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.assistant import Assistant
from app.messages import MESSAGES
from app.page.asking import ask_tab
from app.page.documents import documents_tab
from app.page.gradio_offline import gr
from app.page.panels import masthead_html
from app.page.wording import Wording, html

Tab = Callable[[Assistant, gr.Blocks, Wording], None]
TABS: tuple[Tab, ...] = (ask_tab, documents_tab)


def build_page(
    assistant: Assistant, language: str = "zh", further: Sequence[Tab] = ()
) -> gr.Blocks:
    """The page, ready to be launched; ``language`` is the one it opens in, zh or en.

    Each tab builds its components where it is called and wires them itself; ``further`` ones
    stand to the right of ours.
    """
    page: gr.Blocks
    with gr.Blocks(title=MESSAGES[language].title, analytics_enabled=False) as page:
        wording = Wording(language)
        with gr.Row(elem_id="masthead"):
            wording.put(html, lambda m: {"value": str(masthead_html(m))})
            switch = wording.put(
                gr.Button, lambda m: {"value": m.other_language}, size="sm", scale=0, min_width=88
            )
        for tab in (*TABS, *further):
            tab(assistant, page, wording)
        wording.switched_by(switch, page)
    return page
