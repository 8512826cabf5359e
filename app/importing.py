"""LlamaIndex's modules import each other in circles: two threads that begin with it fail."""

from __future__ import annotations

import threading

_ONE_AT_A_TIME = threading.Lock()


def import_llama_index() -> None:
    """To be called before anything of LlamaIndex is imported where several threads may be."""
    with _ONE_AT_A_TIME:
        import llama_index.core  # noqa: F401
