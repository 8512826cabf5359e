"""Exact match and F1 of answer spans, as CMRC 2018 measures them.

Cui et al. 2019 (arXiv 1810.07366). A text becomes tokens: each Chinese character is one,
what is not Chinese is parted at white space and at punctuation. F1 counts the longest common
*contiguous* run of tokens; exact match compares what is left without punctuation. Both take
the best of the references. Other runs than Chinese are parted here without nltk: letters and
digits with inner points stay together, any other character is a token.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

# The metric's own list: ASCII points and commas are not in it.
_IGNORED = frozenset("-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")
_TOKEN = re.compile(r"[\u4e00-\u9fa5]|[A-Za-z0-9]+(?:[.,'][A-Za-z0-9]+)*|\S")


def exact_match(answer: str, references: Iterable[str]) -> float:
    """1.0 if ``answer`` equals a reference but for case and the ignored characters, else 0.0."""
    said = _bare(answer)
    return float(any(said == _bare(reference) for reference in references))


def f1(answer: str, references: Iterable[str]) -> float:
    """The best F1 of ``answer`` with a reference, in 0..1."""
    said = _tokens(answer)
    return max((_overlap(said, _tokens(reference)) for reference in references), default=0.0)


def _overlap(said: Sequence[str], wanted: Sequence[str]) -> float:
    matcher = SequenceMatcher(None, said, wanted, autojunk=False)
    common = matcher.find_longest_match(0, len(said), 0, len(wanted)).size
    if not common:
        return 0.0
    precision, recall = common / len(said), common / len(wanted)
    return 2 * precision * recall / (precision + recall)


def _tokens(text: str) -> list[str]:
    spaced = "".join(" " if character in _IGNORED else character for character in text.lower())
    return _TOKEN.findall(spaced)


def _bare(text: str) -> str:
    return "".join(c for c in text.lower().strip() if c not in _IGNORED)
