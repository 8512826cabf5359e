"""Question, context and text become the network's input; long texts in overlapping windows.

Layout, as XLM-RoBERTa joins a pair: ``<s> question </s> </s> context </s> text </s>``; where
there is no context its part and its end are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.reader.tokens import END, START, Tokens
from records import Span

LONGEST = 384
LONGEST_QUESTION = 64
LONGEST_CLAIM = 128
LONGEST_CONTEXT = 48
OVERLAP = 96
WIDEST = 64  # tokens in an answer


@dataclass(frozen=True, slots=True)
class Window:
    """One input: ``ids``, and the span of text that each token from ``first`` on stands for."""

    ids: tuple[int, ...]
    first: int
    spans: tuple[Span, ...]


def windows(
    question: Tokens,
    context: Tokens,
    text: Tokens,
    longest: int = LONGEST,
    longest_question: int = LONGEST_QUESTION,
) -> tuple[Window, ...]:
    """The inputs that together hold all of ``text``, each at most ``longest`` tokens long.

    Of a long question the beginning is kept, of a long context the end, which is nearest.
    Neighbouring windows share ``OVERLAP`` tokens.
    """
    head = [START, *question.ids[:longest_question], END, END]
    if context.ids:
        head += [*context.ids[-LONGEST_CONTEXT:], END]
    room = longest - len(head) - 1
    made = []
    start = 0
    while True:
        end = min(start + room, len(text))
        made.append(Window((*head, *text.ids[start:end], END), len(head), text.spans[start:end]))
        if end == len(text):
            return tuple(made)
        start = end - OVERLAP
