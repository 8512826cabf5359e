"""LlamaIndex's modules import each other in circles: two threads that begin with it fail.

So do two that make its global tokenizer, which changes the environment for a moment.
"""

from __future__ import annotations

import threading

_ONE_AT_A_TIME = threading.Lock()


def import_llama_index() -> None:
    """To be called before anything of LlamaIndex is used where several threads may be."""
    with _ONE_AT_A_TIME:
        from llama_index.core.utils import get_tokenizer

        get_tokenizer()
