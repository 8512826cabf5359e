"""jieba's dictionary, read once a process."""

from __future__ import annotations

import logging
import marshal
import os
import sys
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

_DIGEST = 32  # bytes of a SHA-256


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


Frequencies = tuple[dict[str, int], int]

_kept_in: Path | None = None


def keep_in(folder: Path) -> None:
    """Keep what is made of jieba's file in ``folder``, the user's own, for later processes."""
    global _kept_in
    _kept_in = folder


@cache
def _read() -> Frequencies:
    """Words with their frequencies, and the sum of these, as they were kept or made anew.

    By default jieba would unmarshal a cache from the shared temporary folder, where anyone may
    have put one.
    """
    if _kept_in is None:
        return _made()
    import jieba

    file = _kept_in / f"jieba-{jieba.__version__}-{sys.implementation.cache_tag}.words"
    return _kept(file) or _keep(file, _made())


def _made() -> Frequencies:
    """From jieba's own file; takes most of a second.

    The same as jieba's own gen_pfdict makes, in two thirds of its time: each beginning of a
    word that is no word itself has the frequency 0.
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


def _kept(file: Path) -> Frequencies | None:
    """What ``_keep`` wrote, in a third of the time; None where it isn't as it was written."""
    try:
        data = file.read_bytes()
    except OSError:
        return None
    digest, content = data[:_DIGEST], data[_DIGEST:]
    if sha256(content).digest() != digest:
        return None
    found: Frequencies = marshal.loads(content)
    return found


def _keep(file: Path, frequencies: Frequencies) -> Frequencies:
    """The same ``frequencies``, written to ``file`` in one step if that can be done."""
    content = marshal.dumps(frequencies)
    partial = file.with_name(f"{file.name}.{os.getpid()}.partial")
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(sha256(content).digest() + content)
        partial.replace(file)
    return frequencies


def tokenizer() -> Any:
    """A jieba.Tokenizer of one's own: words added to it are in no other."""
    import jieba

    frequencies, total = _read()
    own = jieba.Tokenizer()
    own.FREQ, own.total, own.initialized = dict(frequencies), total, True
    return own
