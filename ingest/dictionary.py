"""jieba's dictionary, read once a process."""

from __future__ import annotations

import logging
from functools import cache
from typing import Any


@cache
def _columns() -> tuple[list[str], list[str], list[str]]:
    """Words, frequencies and parts of speech of jieba's own file."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    with jieba.Tokenizer().get_dict_file() as file:
        columns = file.read().decode().split()
    return columns[0::3], columns[1::3], columns[2::3]


@cache
def places() -> frozenset[str]:
    """The names of places that jieba knows (its part of speech ns)."""
    words, _, parts = _columns()
    return frozenset(word for word, part in zip(words, parts, strict=True) if part == "ns")


@cache
def _read() -> tuple[dict[str, int], int]:
    """Words with their frequencies, and the sum of these; takes most of a second.

    The same as jieba's own gen_pfdict makes, in two thirds of its time: each beginning of a
    word that is no word itself has the frequency 0. Read from the package itself: by default
    jieba would unmarshal a cache from the shared temporary folder, where anyone may have put
    one.
    """
    names, figures, _ = _columns()
    counts = list(map(int, figures))
    words = dict(zip(names, counts, strict=True))
    beginnings: dict[str, int] = {}
    for word in words:
        length = len(word) - 1
        while length and (start := word[:length]) not in words and start not in beginnings:
            beginnings[start] = 0
            length -= 1
    return beginnings | words, sum(counts)


def tokenizer() -> Any:
    """A jieba.Tokenizer of one's own: words added to it are in no other."""
    import jieba

    frequencies, total = _read()
    own = jieba.Tokenizer()
    own.FREQ, own.total, own.initialized = dict(frequencies), total, True
    return own
