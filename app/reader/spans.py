"""What the network says of each token becomes spans of text with probabilities."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.reader.network import Outputs
from app.reader.windows import WIDEST, Window
from records import Span

PROJECTION = 64  # numbers in the projection of a span's end
HOLDS = 3 + 2 * PROJECTION  # the output whose first row says whether a claim holds
MOST_SPANS = 8
_CONSIDERED = 200
_FARTHEST = 16.0  # from the best span's score

_NUMBER = re.compile(r"[0-9０-９]+(?:[.,．，][0-9０-９]+)*")
UNIT = re.compile(
    r"[多余]?\s?(?:万亿|千亿|百亿|亿|千万|百万|万|千)?(?:美元|欧元|港元|元|个百分点|百分点|人次|平方公里"
    r"|平方米|立方米|公里|公斤|公顷|[千兆吉]瓦时?|[KkMGT]Wh?(?![A-Za-z])|年代|年|月|日|天|岁|小时|时|分钟|分|秒|吨|亩|个|家|户|项|款|种|座|省|类|名"
    r"|件|倍|人|次|辆|条|套|台|张(?!家)|批(?![复准评])|株(?!洲)|场(?![景所地次])|支(?![持付出撑队])|所|处|米|页|只|位|部|集|届|%|％|‰|℃)|\s?(?:万亿|亿|万)"
)
_ABOUT = re.compile(
    r"(?:(?:(?:不得|没有|[不未])?超过|不足|不到|大约|接近|将近|约有|(?<![签节合契公预特制邀续履违])约|(?<![附最临邻])近|逾)\s?)?$"
)
_HAS_DIGIT = re.compile("[0-9]")
_CHANGED = re.compile(
    r"\s?(?:增长|增加|增|上升|升|提高|提升|扩大|下降|降低|降|减少|缩减|回落"
    r"|缩短|延长|压缩|收窄|放缓|放大|回升|攀升|跃升)(?:至|到|为)"
    r"\s?(?:超过|大约|约|近)?\s?(?=[0-9])(?!(?:19|20)[0-9]{2}\s?年)"
)
_MONTH_OF_YEAR = re.compile(r"\s?[0-9]{1,2}\s?[月日](?:\s?[0-9]{1,2}\s?日)?")
SENTENCE_END = re.compile(r"[。！？\t\n]")
_PAIRS = {"《": "》", "“": "”", "（": "）", "(": ")", "「": "」", "『": "』", "‘": "’", "〔": "〕"}
_OPENING = {closing: opening for opening, closing in _PAIRS.items()}
_BRACKETS = "（(〔"
_TURN = re.compile(r"[从由][^，。；,;]{1,60}[到向][^，。；,;]{1,60}")
_TURNED = re.compile(r"\s?(?:转变|转型|升级|过渡|拓展|延伸|迈进|演进|发展)(?=[，。；,;]|$)")
_EDGES = " \t\n\u3000，。；：、！？,;:!?"


@dataclass(frozen=True, slots=True)
class ScoredSpan:
    """A span of a passage's text, and its probability given that the passage answers."""

    span: Span
    probability: float


@dataclass(frozen=True, slots=True)
class Spans:
    """What one passage offers: distinct spans, best first, and the margin over no answer.

    ``margin`` is the log odds, not calibrated, of any span against none.
    """

    best: tuple[ScoredSpan, ...]
    margin: float


def best_spans(
    text: str, read: Sequence[tuple[Window, Outputs]], cells: Sequence[Span] = ()
) -> Spans:
    """The best spans of ``text``, which was read in these windows; of ``cells`` where it has any.

    Scores are those of the network's training: start + end + inner product of the two ends'
    projections, against the first token's score of no answer. Spans that would cut a number
    or part it from its unit are widened; of spans that overlap the best one stays.
    """
    scored: list[tuple[float, int, int]] = []
    margins = []
    for window, outputs in read:
        if window.spans:
            scores = _scores(outputs, window)
            peak = float(scores.max())
            margins.append(peak + float(np.log(np.exp(scores - peak).sum(dtype=np.float64))))
            scored += _highest(scores, window)
    if not scored:
        return Spans((), -np.inf)
    whole = float(np.logaddexp.reduce(margins))
    scored.sort(key=lambda each: (-each[0], each[1:]))
    best: list[ScoredSpan] = []
    for score, start, end in scored:
        kept = _trimmed(text, Span(start, end))
        if not len(kept) or any(kept.overlaps(other.span) for other in best):
            continue
        wide = _whole_within(text, kept, cells)
        if not any(wide.overlaps(other.span) for other in best):
            best.append(ScoredSpan(wide, float(np.exp(score - whole))))
            if len(best) == MOST_SPANS:
                break
    return Spans(tuple(best), max(margins))


def _scores(outputs: Outputs, window: Window) -> npt.NDArray[np.float32]:
    """Shape (tokens, tokens): the score of the span from row to column, -inf if not allowed."""
    count = len(window.spans)
    none, outputs = outputs[0, 2], outputs[window.first : window.first + count]
    left, right = outputs[:, 3 : 3 + PROJECTION], outputs[:, 3 + PROJECTION : HOLDS]
    scores = outputs[:, 0][:, None] + outputs[:, 1][None, :] + left @ right.T / PROJECTION**0.5
    width = np.arange(count)[None, :] - np.arange(count)[:, None]
    allowed = np.where((width >= 0) & (width < WIDEST), scores - none, -np.inf)
    unsaid = [i for i, span in enumerate(window.spans) if not len(span)]
    allowed[unsaid, :] = allowed[:, unsaid] = -np.inf
    return allowed


def _highest(scores: npt.NDArray[np.float32], window: Window) -> list[tuple[float, int, int]]:
    """The likeliest spans of a window: score, start and end in the text."""
    flat = scores.ravel()
    kept = np.flatnonzero(flat > flat.max() - _FARTHEST)
    if len(kept) > _CONSIDERED:
        kept = kept[np.argpartition(flat[kept], -_CONSIDERED)[-_CONSIDERED:]]
    pairs = zip(flat[kept].tolist(), *np.divmod(kept, len(window.spans)), strict=True)
    spans = window.spans
    found = [(score, spans[first].start, spans[last].end) for score, first, last in pairs]
    return [each for each in found if each[1] < each[2]]  # cells aren't read in their order


def _whole_within(text: str, span: Span, cells: Sequence[Span]) -> Span:
    """The ``whole_span``, which of a cell never leaves it: 1.8 in a row of 1.8,2.3."""
    for cell in cells:
        if cell.contains(span):
            inner = Span(span.start - cell.start, span.end - cell.start)
            wide = whole_span(cell.of(text), inner)
            return Span(cell.start + wide.start, cell.start + wide.end)
    return whole_span(text, span)


def whole_span(text: str, span: Span) -> Span:
    """``span`` up to the end of its first sentence, line or cell, with its numbers whole.

    White space and punctuation at its ends are left out. A number that an end cuts is taken
    in, so are the unit that follows it, the word before it that says how exact it is (超过,
    约), the month after a year, what an amount has changed to since (11 万家增长至 100 万家),
    the verb of a change (从甲向乙转变), and the partner of a bracket or quotation mark that only
    one of stands inside.
    """
    kept = _trimmed(text, span)
    start, end = kept.start, kept.end
    if start == end:
        return kept
    for number in _NUMBER.finditer(text, max(0, start - 24), min(len(text), end + 24)):
        if number.start() < start < number.end():
            start = number.start()
        unit = UNIT.match(text, number.end())
        behind = unit.end() if unit else number.end()
        if number.start() < end <= behind:
            end = behind
    if text[start].isdigit():
        start -= len(_ABOUT.search(text[max(0, start - 6) : start]).group())  # type: ignore[union-attr]
    date = _MONTH_OF_YEAR.match(text, end) if text[end - 1] in "年月" else None
    end = date.end() if date else _changed(text, Span(start, end))
    turned = _TURNED.match(text, end) if _TURN.fullmatch(text, start, end) else None
    return _paired(text, Span(start, turned.end() if turned else end))


def _trimmed(text: str, span: Span) -> Span:
    """``span`` up to its first sentence's end, without white space and marks at its ends."""
    start, end = span.start, span.end
    while start < end and text[start] in _EDGES:
        start += 1
    sentence_end = SENTENCE_END.search(text, start, end)
    end = sentence_end.start() if sentence_end else end
    while end > start and text[end - 1] in _EDGES:
        end -= 1
    return Span(start, end)


def _changed(text: str, span: Span) -> int:
    """Where the amount ends that the amount in ``span`` has become; the span's end without."""
    amount = _HAS_DIGIT.search(span.of(text)) and text[span.end - 1] not in "年月日"
    became = _CHANGED.match(text, span.end) if amount else None
    number = _NUMBER.match(text, became.end()) if became else None
    if number is None:
        return span.end
    unit = UNIT.match(text, number.end())
    return unit.end() if unit else number.end()


def _paired(text: str, span: Span) -> Span:
    """``span`` up to the partner of each mark that stands in it alone, in the same sentence."""
    start, end = span.start, span.end
    awaited: list[str] = []
    for mark in span.of(text):
        if mark in _PAIRS:
            awaited.append(mark)
        elif awaited and _PAIRS[awaited[-1]] == mark:
            awaited.pop()
        elif mark in _OPENING:
            reach = text[max(0, start - _reach(_OPENING[mark])) : start]
            at = reach.rfind(_OPENING[mark])
            if at >= 0 and not SENTENCE_END.search(reach, at):
                start -= len(reach) - at
    for mark in reversed(awaited):
        at = text.find(_PAIRS[mark], end, end + _reach(mark))
        if at >= 0 and not SENTENCE_END.search(text, end, at):
            end = at + 1
    return Span(start, end)


def _reach(mark: str) -> int:
    """How far the partner of an opening mark may be away, in characters."""
    return 1 if mark in _BRACKETS else 40
