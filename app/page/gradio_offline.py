"""Gradio, kept from reaching for the network: the one module that imports it."""

from __future__ import annotations

import os
from pathlib import Path

# Both libraries read these when they are imported.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
# Gradio asks its own address whether it answers; a proxy must not be asked instead.
for _name in ("NO_PROXY", "no_proxy"):
    os.environ[_name] = ",".join(filter(None, [os.environ.get(_name), "127.0.0.1,localhost"]))

import gradio as gr  # noqa: E402

__all__ = ["gr", "receive_in"]


def receive_in(folder: Path) -> None:
    """Have Gradio put what browsers send below ``folder``; to be called before a page is built."""
    os.environ["GRADIO_TEMP_DIR"] = str(folder)
