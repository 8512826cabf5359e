"""Page numbers that text extraction left in the flow: ``技术开 2 展行业应用``.

A lone number in a sentence may be meant (``江苏 4 省``). Page numbers are told by what they
do together: they count up over the whole text, about evenly spaced, and tear words apart.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from statistics import median
from typing import Any

from ingest.dictionary import tokenizer
from records import Span

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
# A number with a gap or punctuation before it and a gap or an opening bracket behind it.
_PUNCTUATION = "。！？；，、：”’）》】!?;,:)"
_LONE = re.compile(
    rf"(?<![^\s{_PUNCTUATION}])(?<![^{_HAN}A-Za-z0-9{_PUNCTUATION}\n] )"
    rf"(?P<number>\d{{1,3}})(?= [{_HAN}A-Za-z“（(《]|[（(“《])"
)
# What is counted stands behind a real number,
_UNITS = "个家项种大年月日号天次倍户吨米度条所座辆台套级位只件省市县类批层章届轮步元人名岁"
_UNITS += "余多几十百千万亿对"
_COUNTED = re.compile(rf"[{_UNITS}]+|分之|分钟|小时|季度|[%％]")
# what is numbered before it.
_NUMBERED = re.compile(
    r"(?:[图表第约近超达逾共对]|超过|达到|版本|编号|附录|附件|步骤|阶段|Table|Fig\.?|No\.?|TC) ?$",
    re.IGNORECASE,
)
_TORN_WORD = 3.0
_REAL_NUMBER = -4.0
_FOUND = 1.0
_SKIPPED = -1.5
_UNEVEN = -2.0
_FEWEST = 4
_FEWEST_TORN = 2
_SHARE_TORN = 0.15
_LONGEST_GAP = 4
_REMEMBERED = 40
_LAST_START = 3
# A text with more lone numbers than these for each page it could have is a list of numbers.
_CROWD = 8
# The pages that a number may stand for, descending, so that one number is never two pages of
# a chain: as printed, or by the first digit of two.
_PRINTED = {str(page): (page,) for page in range(1, 1000)}
_FIRST_DIGIT = {
    str(digit): (*range(10 * digit + 9, 10 * digit - 1, -1), digit) for digit in range(1, 10)
}
_Reading = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class _Candidate:
    span: Span
    digits: str
    weight: float


def find_page_numbers(text: str) -> tuple[Span, ...]:
    """The spans of the page numbers in the flow of ``text``, in order, digits only.

    Some extractors keep only the first digit of a number of two: both ways of counting are
    tried. Nothing is found unless the numbers count up and several of them tear words, nor
    among thousands of lone numbers.
    """
    lone = list(_LONE.finditer(text))
    if not _FEWEST <= len(lone) <= _CROWD * len(_PRINTED):
        return ()
    candidates = [_candidate(text, match) for match in lone]
    if sum(candidate.weight >= _TORN_WORD for candidate in candidates) < _FEWEST_TORN:
        return ()
    chains = [_best_chain(candidates, reading) for reading in (_PRINTED, _FIRST_DIGIT)]
    _, chain = max(chains, key=lambda scored: scored[0])
    torn = sum(candidate.weight >= _TORN_WORD for candidate in chain)
    if len(chain) < _FEWEST or torn < max(_FEWEST_TORN, _SHARE_TORN * len(chain)):
        return ()
    return tuple(candidate.span for candidate in chain)


def tears_word(before: str, after: str) -> bool:
    """Whether the end of ``before`` and the start of ``after`` make one word."""
    left, right = before[-4:], after[:4]
    if not re.search(rf"[{_HAN}]\Z", left) or not re.match(f"[{_HAN}]", right):
        return False
    position = 0
    for word in _words(left + right):
        if position < len(left) < position + len(word):
            return True
        position += len(word)
    return False


def _words(text: str) -> list[str]:
    return list(_jieba().cut(text, HMM=False))


@cache
def _jieba() -> Any:
    return tokenizer()


def _candidate(text: str, match: re.Match[str]) -> _Candidate:
    before = text[max(0, match.start() - 16) : match.start()].rstrip(" ")
    after = text[match.end() : match.end() + 8].lstrip(" ")
    weight = 0.0
    if _NUMBERED.search(before) or (after and _COUNTED.fullmatch(_words(after)[0])):
        weight += _REAL_NUMBER
    if tears_word(before, after):
        weight += _TORN_WORD
    return _Candidate(Span(match.start(), match.end()), match["number"], weight)


def _best_chain(candidates: list[_Candidate], reading: _Reading) -> tuple[float, list[_Candidate]]:
    """The chain of pages with the greatest weight, spacing counted in a second pass."""
    candidates = [candidate for candidate in candidates if candidate.digits in reading]
    if len(candidates) > _CROWD * sum(map(len, reading.values())):
        return float("-inf"), []
    score, chain = _heaviest(candidates, reading, None)
    gaps = [b.span.start - a.span.start for a, b in pairwise(chain)]
    if len(gaps) < 2:
        return score, chain
    return _heaviest(candidates, reading, median(gaps))


@dataclass(frozen=True, slots=True)
class _Link:
    """A candidate as one page of the heaviest chain that ends with it."""

    candidate: _Candidate
    score: float
    before: _Link | None


def _heaviest(
    candidates: list[_Candidate], reading: _Reading, typical: float | None
) -> tuple[float, list[_Candidate]]:
    recent: defaultdict[int, deque[_Link]] = defaultdict(lambda: deque(maxlen=_REMEMBERED))
    reached: dict[int, list[_Link]] = {}
    best: _Link | None = None
    for candidate in candidates:
        for page in reading[candidate.digits]:
            link = _link(candidate, page, reached, typical)
            if link is None:
                continue
            recent[page].append(link)
            reached[page] = sorted(recent[page], key=_score, reverse=True)
            if best is None or link.score > best.score:
                best = link
    score = best.score if best else 0.0
    chain: list[_Candidate] = []
    while best is not None:
        chain.append(best.candidate)
        best = best.before
    return score, chain[::-1]


def _link(
    candidate: _Candidate, page: int, reached: Mapping[int, list[_Link]], typical: float | None
) -> _Link | None:
    """The candidate as ``page`` behind the best of the pages reached; None behind none.

    ``reached`` holds the links to each page, the heaviest first.
    """
    score, before = (0.0, None) if page <= _LAST_START else (float("-inf"), None)
    for earlier in range(page - 1, max(0, page - _LONGEST_GAP - 1), -1):
        skipped = _SKIPPED * (page - earlier - 1)
        for link in reached.get(earlier, ()):
            # What spacing adds is never above 0.
            if link.score + skipped <= score:
                break
            step = candidate.span.start - link.candidate.span.start
            total = link.score + skipped + _evenness(step, page - earlier, typical)
            if total > score:
                score, before = total, link
    if score == float("-inf"):
        return None
    return _Link(candidate, score + _FOUND + candidate.weight, before)


def _score(link: _Link) -> float:
    return link.score


def _evenness(step: int, pages: int, typical: float | None) -> float:
    if typical is None:
        return 0.0
    ratio = step / pages / typical
    return 0.0 if 0.4 <= ratio <= 2.0 else _UNEVEN if 0.2 <= ratio <= 3.0 else 2 * _UNEVEN
