"""Page numbers that text extraction left in the flow: ``技术开 2 展行业应用``.

A lone number in a sentence may be meant (``江苏 4 省``). Page numbers are told by what they
do together: they count up over the whole text, about evenly spaced, and tear words apart.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

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


@dataclass(frozen=True, slots=True)
class _Candidate:
    span: Span
    digits: str
    weight: float


def find_page_numbers(text: str) -> tuple[Span, ...]:
    """The spans of the page numbers in the flow of ``text``, in order, digits only.

    Some extractors keep only the first digit of a number of two: both ways of counting are
    tried. Nothing is found unless the numbers count up and several of them tear words.
    """
    lone = list(_LONE.finditer(text))
    if len(lone) < _FEWEST:
        return ()
    candidates = [_candidate(text, match) for match in lone]
    if sum(candidate.weight >= _TORN_WORD for candidate in candidates) < _FEWEST_TORN:
        return ()
    readings = (str, lambda page: str(page)[0])
    chains = [_best_chain(candidates, reading) for reading in readings]
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
    import jieba  # its dictionary takes a second to load

    jieba.setLogLevel(logging.WARNING)
    return list(jieba.cut(text, HMM=False))


def _candidate(text: str, match: re.Match[str]) -> _Candidate:
    before = text[max(0, match.start() - 16) : match.start()].rstrip(" ")
    after = text[match.end() : match.end() + 8].lstrip(" ")
    weight = 0.0
    if _NUMBERED.search(before) or (after and _COUNTED.fullmatch(_words(after)[0])):
        weight += _REAL_NUMBER
    if tears_word(before, after):
        weight += _TORN_WORD
    return _Candidate(Span(match.start(), match.end()), match["number"], weight)


def _best_chain(
    candidates: list[_Candidate], reading: Callable[[int], str]
) -> tuple[float, list[_Candidate]]:
    """The chain of pages with the greatest weight, spacing counted in a second pass."""
    score, chain = _heaviest(candidates, reading, None)
    gaps = [b.span.start - a.span.start for a, b in pairwise(chain)]
    if len(gaps) < 2:
        return score, chain
    return _heaviest(candidates, reading, median(gaps))


def _heaviest(
    candidates: list[_Candidate], reading: Callable[[int], str], typical: float | None
) -> tuple[float, list[_Candidate]]:
    best: dict[tuple[int, int], tuple[float, tuple[int, int] | None]] = {}
    by_page: dict[int, list[int]] = {}
    most = len(candidates) + _LONGEST_GAP
    for index, candidate in enumerate(candidates):
        for page in _pages(candidate.digits, reading, most):
            score, origin = (0.0, None) if page <= 3 else (float("-inf"), None)
            for earlier in range(max(1, page - _LONGEST_GAP), page):
                for before in by_page.get(earlier, [])[-_REMEMBERED:]:
                    step = candidate.span.start - candidates[before].span.start
                    reached = (
                        best[before, earlier][0]
                        + _SKIPPED * (page - earlier - 1)
                        + _evenness(step, page - earlier, typical)
                    )
                    if reached > score:
                        score, origin = reached, (before, earlier)
            if score > float("-inf"):
                best[index, page] = (score + _FOUND + candidate.weight, origin)
                by_page.setdefault(page, []).append(index)
    if not best:
        return 0.0, []
    last = max(best, key=lambda key: best[key][0])
    chain: list[_Candidate] = []
    key: tuple[int, int] | None = last
    while key is not None:
        chain.append(candidates[key[0]])
        key = best[key][1]
    return best[last][0], chain[::-1]


def _pages(digits: str, reading: Callable[[int], str], most: int) -> Iterable[int]:
    # Descending, so that one number is never two pages of a chain.
    return [page for page in range(most, 0, -1) if reading(page) == digits]


def _evenness(step: int, pages: int, typical: float | None) -> float:
    if typical is None:
        return 0.0
    ratio = step / pages / typical
    return 0.0 if 0.4 <= ratio <= 2.0 else _UNEVEN if 0.2 <= ratio <= 3.0 else 2 * _UNEVEN
