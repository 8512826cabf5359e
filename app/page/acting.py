"""HTML whose buttons, marked with ``data-act``, the server hears; see ``documents.js``."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from app.page.gradio_offline import gr

_SCRIPT = Path(__file__).with_name("documents.js").read_text(encoding="utf-8")
acting = partial(gr.HTML, apply_default_css=False, js_on_load=_SCRIPT)


def act_of(event: gr.EventData) -> tuple[str, str]:
    """What is to be done, and with what, as the browser says; empty where it says nothing."""
    said = event._data if isinstance(event._data, dict) else {}
    return str(said.get("act", "")), str(said.get("value", ""))


def files_of(event: gr.EventData) -> object:
    """What the browser says it has sent: see ``app.uploads.Reception.offered``."""
    return event._data.get("files") if isinstance(event._data, dict) else None
