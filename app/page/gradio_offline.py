"""Gradio, kept from reaching for the network: the one module that imports it."""

from __future__ import annotations

import logging
import os
from pathlib import Path

log = logging.getLogger("youju.page")

# Both libraries read these when they are imported.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
# Gradio asks its own address whether it answers; a proxy must not be asked instead.
for _name in ("NO_PROXY", "no_proxy"):
    os.environ[_name] = ",".join(filter(None, [os.environ.get(_name), "127.0.0.1,localhost"]))

import gradio as gr  # noqa: E402
from gradio import queueing, route_utils, routes  # noqa: E402

__all__ = ["gr", "receive_in"]


class _Logged:
    """In place of the module ``traceback``: Gradio prints errors, which may quote anything."""

    @staticmethod
    def print_exc() -> None:
        """Log the error that is being handled, as the log tells errors."""
        log.exception("an event of the page failed")


for _module in (queueing, route_utils, routes):
    vars(_module)["traceback"] = _Logged


def receive_in(folder: Path) -> None:
    """Have Gradio put what browsers send below ``folder``; to be called before a page is built."""
    os.environ["GRADIO_TEMP_DIR"] = str(folder)
