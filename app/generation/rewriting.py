"""A follow-up put as a question that stands alone, by the model; code checks what it made.

A rewriting may only put together what was asked: nothing is in it that stands neither in the
question nor in the earlier ones. What fails is not used, and the rule's rewriting stands.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from contextlib import suppress

from app.claims.names import holds, names
from app.claims.spelling import aligned
from app.claims.words import content
from app.generation.endpoint import Endpoint, GenerationFailed
from app.generation.prompts import rewriting_prompt
from app.generation.written import readable
from index.folding import fold

SECONDS = 8.0
"""How long a rewriting is waited for, at most; and no longer than half of the whole timeout."""
MOST_TOKENS = 120
LONGEST_HISTORY = 4
_LONGEST_EARLIER = 200
_STANDS_ALONE = 3
"""A question with so many words of its own that points to nothing needs no rewriting."""
_GLUE = 12
_KEPT = 0.6
_NO_QUESTION = re.compile(r"[\n<>{}\[\]`]|://|[。！!；;].|[？?].")
_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_NUMERALS = re.compile(r"[二三四五六七八九十百千万亿两]+")
_WRAPPING = "“”\"'「」 \n"


def leans(question: str, by_rule: str) -> bool:
    """Whether a question may leave something out: the rule filled it in, or it says little."""
    return by_rule != question.strip() or len(content(aligned(question))) < _STANDS_ALONE


def rewritten(endpoint: Endpoint, question: str, history: Sequence[str]) -> str:
    """``question`` with what it leaves out, by the model; empty where nothing usable came.

    ``history`` are the earlier questions, oldest first; the last few are shown to the model.
    """
    earlier = [asked[:_LONGEST_EARLIER] for asked in history[-LONGEST_HISTORY:]]
    deadline = time.monotonic() + min(SECONDS, endpoint.settings.timeout / 2)
    with suppress(GenerationFailed):
        *_, text = endpoint.stream(rewriting_prompt(question, earlier), deadline, MOST_TOKENS)
        made = readable(text).strip(_WRAPPING)
        return made if faithful(made, question, earlier) else ""
    return ""


def faithful(made: str, question: str, history: Sequence[str]) -> bool:
    """Whether ``made`` is one question of no more than what the others hold, and keeps its own.

    Every number, year, name and word that carries meaning must stand in ``question`` or
    ``history``; the numbers of ``question`` and most of its words must stand in ``made``.
    """
    longest = len(question) + max(map(len, history), default=0) + _GLUE
    if not made or len(made) > longest or _NO_QUESTION.search(made):
        return False
    sources = aligned("\n".join([*history, question]))
    return _nothing_new(aligned(made), sources) and _nothing_lost(aligned(made), aligned(question))


def _nothing_new(made: str, sources: str) -> bool:
    known = set(_DIGITS.findall(sources))
    folded = fold(sources).lower()
    return (
        set(_DIGITS.findall(made)) <= known
        and all(numeral in sources for numeral in _NUMERALS.findall(made))
        and all(holds(sources, name) for name in names(made))
        and all(fold(word.text).lower() in folded for word in content(made))
    )


def _nothing_lost(made: str, question: str) -> bool:
    own = content(question)
    kept = sum(len(word.text) for word in own if word.text in made)
    return set(_DIGITS.findall(question)) <= set(_DIGITS.findall(made)) and (
        kept >= _KEPT * sum(len(word.text) for word in own)
    )
