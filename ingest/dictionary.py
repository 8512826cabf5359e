"""jieba's dictionary, read once a process."""

from __future__ import annotations

import logging
from functools import cache
from typing import Any


@cache
def _read() -> tuple[dict[str, int], int]:
    """Words with their frequencies, and the sum of these; takes about a second.

    Read from the package itself: by default jieba would unmarshal a cache from the shared
    temporary folder, where anyone may have put one, and it saves no time.
    """
    import jieba

    jieba.setLogLevel(logging.WARNING)
    reader = jieba.Tokenizer()
    frequencies, total = reader.gen_pfdict(reader.get_dict_file())
    return frequencies, total


def tokenizer() -> Any:
    """A jieba.Tokenizer of one's own: words added to it are in no other."""
    import jieba

    frequencies, total = _read()
    own = jieba.Tokenizer()
    own.FREQ, own.total, own.initialized = dict(frequencies), total, True
    return own
