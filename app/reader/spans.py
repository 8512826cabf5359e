"""What the network says of each token becomes spans of text with probabilities."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.claims.polarity import NEGATOR
from app.reader.network import Outputs
from app.reader.windows import WIDEST, Window
from index.folding import plain
from ingest.sentences import trimmed
from records import Span

PROJECTION = 64  # numbers in the projection of a span's end
HOLDS = 3 + 2 * PROJECTION  # the output whose first row says whether a claim holds
MOST_SPANS = 8
_CONSIDERED = 200

_NUMBER = re.compile(r"[0-9０-９]+(?:[.,．，][0-9０-９]+)*")
UNIT = re.compile(
    r"[多余]?\s?(?:万亿|千亿|百亿|亿|千万|百万|万|千)?(?:美元|欧元|港元|元|个百分点|百分点|人次|平方公里"
    r"|平方米|公里|公斤|千瓦时|千瓦|年代|年|月|日|天|岁|小时|时|分钟|分|秒|吨|亩|个|家|户|项|款|种|座|省|类|名"
    r"|件|倍|人|次|辆|条|套|台|所|处|米|页|只|位|部|集|届|%|％|‰|℃)|\s?(?:万亿|亿|万)"
)
_ABOUT = re.compile(
    r"(?:(?:(?:不得|没有|[不未])?超过|不足|不到|大约为?|接近|将近|约有|约为|(?<![签节合契公预特制邀续履违])约|(?<![附最临邻])近|逾)\s?)?$"
)
_HAS_DIGIT = re.compile("[0-9]")
_CHANGED = re.compile(
    r"\s?(?:增长|增加|增|上升|升|提高|提升|扩大|下降|降低|降|减少|缩减|回落"
    r"|缩短|延长|压缩|收窄|放缓|放大|回升|攀升|跃升)(?:至|到|为)"
    r"\s?(?:超过|大约|约|近)?\s?(?=[0-9])(?!(?:19|20)[0-9]{2}\s?年)"
)
_MONTH_OF_YEAR = re.compile(r"\s?[0-9]{1,2}\s?[月日](?:\s?[0-9]{1,2}\s?日)?")
_DATE = re.compile(r"([0-9]{1,4}\s?年)(?:\s?[0-9]{1,2}\s?月(?:\s?[0-9]{1,2}\s?日)?)?[初中底末]?")
_ITEM = re.compile(r"[^，。；！？：、,;!?:\n\t]+")
_ITEM_BEFORE = re.compile(
    r"(?:[^，。；！？：、,;!?:\n\t是有括含为]|(?<=[国所])有|有(?=[色机效限]))+$"
)
_JOINING = re.compile(r"(?:以及|和(?![平谐解睦田林县声美硕龙])|及(?![时格其]))(?=\s?\w)")
_CHANGE = re.compile(
    r"[从由][^，。；,;]{2,30}(?:[，,]\s?逐[渐步])?"
    r"(?:[变转]为|变成|转向|转变[为成]|发展[为到]|过渡到|走向|[到向](?=[^，。；,;]{1,20}(?:转[变型]|升级|过渡|迈进|拓展|延伸))"
    r"|(?:升级|缩[短小]|扩大|提[高升]|下降|降低|减少|增[加长]|上升|[升降增减])[为到至])"
    r"[^，。；,;]{1,40}"
)
_CAUSE = re.compile(
    r"(?:因为|由于|(?<![原成起诱内外主基病死动归肇近远爱啡卡海莱])"
    r"因(?![此而素果地城材势时人企村子数应循缘袭]|特网))\s?|(?=出于|(?<![成变作分改转])为了)"
)
_EFFECT = re.compile(
    r"的?(?:原因|缘故)|[从进]?而(?![且言已])|[才就便促迫]?使(?<![即天大驱]使)(?![用命者节])|导致|致使"
)
_CAUSE_ENDS = re.compile(r"[，。；！？,;\n]|被|[从进]?而|[促迫]?使|导致|致使|并|$")
_CLAUSE_END = re.compile(r"[，。；！？：;!?\n\t]|(?<![0-9])[,:]|[,:](?![0-9])")
_SENTENCE_END = re.compile(r"[。！？\t\n]")
_PAIRS = {"《": "》", "“": "”", "（": "）", "(": ")", "「": "」", "『": "』", "‘": "’", "〔": "〕"}
_OPENING = {closing: opening for opening, closing in _PAIRS.items()}
_BRACKETS = "（(〔"
_TURN = re.compile(r"[从由][^，。；,;]{1,60}[到向][^，。；,;]{1,60}")
_TURNED = re.compile(r"\s?(?:转变|转型|升级|过渡|拓展|延伸|迈进|演进|发展)(?=[，。；,;]|$)")
_LACK = re.compile(
    r"(?:仍|还|尚|较|普遍|明显)*(?:不(?!仅|但|过|断|同|会|能|可|得|是|再|到|少|超)[^，。；,;、]{1,3}"
    r"|缺失|缺位|滞后|薄弱|偏低|偏高|偏少|紧缺|匮乏)(?=[，。；、,;]|$)"
)
_PREDICATE = re.compile(
    r"(?:[称叫]|(?<!不)是|(?<![华不])为|(?<![低高多少大小等])于"
    r"|[达得受]到|[升降增]至|高达|包[括含]|通过)$"
)
_LINK = re.compile(r"(?:(?<=[到至达过])了)?[\s：:]*")
_LOCATED = re.compile(r"(?:主要)?(?:位于|(?:分布|坐落|地处|建|设|落户)[于在])\s?(?=[^\s，。；])")
_ITEMIZED = re.compile(r"(?P<items>一是[^。！？\t\n]*?二是[^。！？\t\n]*)")
_ITEM_BEGINS = re.compile(r"(?:[一二三四五六七八九]是(?:因为|由于)?|[:：；])\s?$|^$")
_BEHIND_COLON = re.compile(r"[:：](?P<items>[^。！？\t\n：；]{2,60}；[^。！？\t\n：]*)")
_LONGEST_LEAD = 16
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
    scored: list[tuple[float, Span]] = []
    margins = []
    for window, outputs in read:
        if not window.spans:
            continue
        scores = _scores(outputs[window.first : window.first + len(window.spans)])
        unsaid = [i for i, span in enumerate(window.spans) if not len(span)]
        scores[unsaid, :] = scores[:, unsaid] = -np.inf
        scores -= outputs[0, 2]
        flat = scores.ravel()
        peak = float(flat.max())
        margins.append(peak + float(np.log(np.exp(flat - peak).sum())))
        for at in np.argsort(flat)[::-1][:_CONSIDERED].tolist():
            if not np.isfinite(flat[at]):
                break
            first, last = divmod(at, len(window.spans))
            start, end = window.spans[first].start, window.spans[last].end
            if start < end:  # cells may be read in another order than they stand in
                scored.append((float(flat[at]), Span(start, end)))
    if not scored:
        return Spans((), -np.inf)
    whole = float(np.logaddexp.reduce(margins))
    scored.sort(key=lambda pair: (-pair[0], pair[1]))
    best: list[ScoredSpan] = []
    for score, span in scored:
        wide = _whole_within(text, span, cells)
        if len(wide) and not any(wide.overlaps(other.span) for other in best):
            best.append(ScoredSpan(wide, float(np.exp(score - whole))))
            if len(best) == MOST_SPANS:
                break
    return Spans(tuple(best), max(margins))


def _scores(outputs: Outputs) -> npt.NDArray[np.float64]:
    """Shape (tokens, tokens): the score of the span from row to column, -inf if not allowed."""
    count = len(outputs)
    left, right = outputs[:, 3 : 3 + PROJECTION], outputs[:, 3 + PROJECTION : HOLDS]
    scores = outputs[:, 0][:, None] + outputs[:, 1][None, :] + left @ right.T / PROJECTION**0.5
    width = np.arange(count)[None, :] - np.arange(count)[:, None]
    return np.where((width >= 0) & (width < WIDEST), scores, -np.inf).astype(np.float64)


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
    start, end = span.start, span.end
    while start < end and text[start] in _EDGES:
        start += 1
    sentence_end = _SENTENCE_END.search(text, start, end)
    end = sentence_end.start() if sentence_end else end
    while end > start and text[end - 1] in _EDGES:
        end -= 1
    if start == end:
        return Span(start, start)
    for number in _NUMBER.finditer(text, max(0, start - 24), min(len(text), end + 24)):
        if number.start() < start < number.end():
            start = number.start()
        if number.start() < end <= number.end():
            end = number.end()
            unit = UNIT.match(text, end)
            end = unit.end() if unit else end
    if text[start].isdigit():
        start -= len(_ABOUT.search(text[max(0, start - 6) : start]).group())  # type: ignore[union-attr]
    date = _MONTH_OF_YEAR.match(text, end) if text[end - 1] in "年月" else None
    end = date.end() if date else _changed(text, Span(start, end))
    turned = _TURNED.match(text, end) if _TURN.fullmatch(text, start, end) else None
    return _paired(text, Span(start, turned.end() if turned else end))


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
            if at >= 0 and not _SENTENCE_END.search(reach, at):
                start -= len(reach) - at
    for mark in reversed(awaited):
        at = text.find(_PAIRS[mark], end, end + _reach(mark))
        if at >= 0 and not _SENTENCE_END.search(text, end, at):
            end = at + 1
    return Span(start, end)


def _reach(mark: str) -> int:
    """How far the partner of an opening mark may be away, in characters."""
    return 1 if mark in _BRACKETS else 40


def whole_list(text: str, span: Span) -> Span:
    """``span`` with the rest of the enumeration that it is part of: items joined by 、."""
    start, end = span.start, span.end
    while text[end : end + 1] == "、" and (item := _ITEM.match(text, end + 1)):
        end = item.end()
    while text[start - 1 : start] == "、" and (item := _ITEM_BEFORE.search(text[: start - 1])):
        start = item.start()
    return Span(start, end)


def whole_itemized(text: str, span: Span) -> Span:
    """All of 一是…，二是…, or of A；B；C behind a colon, that ``span`` begins an item of.

    ``span`` where it doesn't: a list inside one item isn't the whole.
    """
    sentence = _sentence(text, span)
    for pattern in (_ITEMIZED, _BEHIND_COLON):
        for found in pattern.finditer(text, sentence.start, sentence.end):
            items = Span(*found.span("items"))
            begins = _ITEM_BEGINS.search(text[max(0, items.start - 1) : span.start])
            if items.overlaps(span) and (begins or "；" in span.of(text)):
                return trimmed(text, items)
    return span


def from_first(text: str, span: Span) -> Span:
    """``span`` from the first of the things on that it begins to join: 甲和乙 for 和乙."""
    if not _JOINING.match(text, span.start, span.end):
        return span
    first = _ITEM_BEFORE.search(text[: span.start])
    return Span(first.start(), span.end) if first else span


def whole_clause(text: str, span: Span) -> Span:
    """``span`` widened to the ends of the clauses that it touches."""
    ends = list(_CLAUSE_END.finditer(text))
    start = max((end.end() for end in ends if end.end() <= span.start), default=0)
    after = min((end.start() for end in ends if end.start() >= span.end), default=len(text))
    return trimmed(text, Span(start, after))


def whole_reason(text: str, span: Span) -> Span:
    """The clauses that ``span`` touches; where they name a cause (因, 由于), that alone.

    From behind the word that names it up to what it brought about: 雪崩 of 道路因雪崩而中断. What
    begins right there and isn't the first of several is taken as it is.
    """
    wide = whole_clause(text, span)
    causes = [c for c in _CAUSE.finditer(text, wide.start, span.end) if c.end() <= span.start]
    if not causes:
        return wide
    if causes[-1].end() == span.start and _CAUSE_ENDS.match(text, span.end):
        return span
    effect = _EFFECT.search(text, span.end, wide.end)
    return Span(causes[-1].end(), effect.start() if effect else wide.end)


def with_lack(text: str, span: Span) -> Span:
    """``span`` with what is wrong with it, right behind: 补偿机制不明确 for 补偿机制."""
    lack = _LACK.match(text, span.end)
    return Span(span.start, lack.end()) if lack else span


def whole_contrast(text: str, span: Span, sides: Sequence[str]) -> Span:
    """The clauses in the sentence of ``span`` that tell of both ``sides``; ``span`` without.

    Of the first side its end may do, of the second its beginning: 国内 of 用户构成国内.
    """
    if len(sides) != 2:
        return span
    one, other = sides
    sentence = _sentence(text, span)
    said = sentence.of(text)
    places = [
        sentence.start + said.index(held)
        for ends in (
            [one[at:] for at in range(len(one) - 1)],
            [other[:end] for end in range(len(other), 1, -1)],
        )
        if (held := next((each for each in ends if each in said), ""))
    ]
    if len(places) < 2:
        return span
    clauses = [whole_clause(text, Span(at, at)) for at in places] + [whole_clause(text, span)]
    start, end = min(c.start for c in clauses), max(c.end for c in clauses)
    return Span(max(start, sentence.start), min(end, sentence.end))


def _sentence(text: str, span: Span) -> Span:
    before = list(_SENTENCE_END.finditer(text, 0, span.start))
    behind = _SENTENCE_END.search(text, span.end)
    return Span(before[-1].end() if before else 0, behind.start() if behind else len(text))


def whole_change(text: str, span: Span) -> Span:
    """The change 从甲变为乙 that ``span`` is part of, or the only one of its sentence."""
    around = _sentence(text, span)
    changes = [Span(*found.span()) for found in _CHANGE.finditer(text, around.start, around.end)]
    own = [change for change in changes if change.overlaps(span)] or changes
    return own[0] if len(own) == 1 else span


def year_of(text: str, span: Span) -> Span:
    """``span`` up to its year where it is one date: 2024 年 of 2024 年 3 月 or 2024 年底."""
    date = _DATE.fullmatch(text, span.start, span.end)
    return Span(span.start, date.end(1)) if date else span


def unsaid(text: str, span: Span, lead: str) -> Span:
    """``span`` without the predicate that ``lead``, the question up to its question word, ends in.

    魏献子 of 史称魏献子 where 魏舒史称什么 is asked, and 北京 of 位于北京 where 在哪里. A name, a
    number or a bound (超过, 不到) stays, though the question says it too.
    """
    located = _LOCATED.match(text, span.start, span.end) if lead.endswith("在") else None
    if located:
        return Span(located.end(), span.end)
    if not _PREDICATE.search(lead):
        return span
    for end in range(min(span.end - 1, span.start + _LONGEST_LEAD), span.start + 1, -1):
        said = plain(text[span.start : end])
        if len(said) > 1 and lead.endswith(said) and "约" not in said:
            link = _LINK.match(text, end, span.end)
            start = link.end() if link else end
            return Span(start, span.end) if start < span.end else span
    return span


def with_negation(text: str, span: Span) -> Span:
    """``span`` from the word on that negates it, where its clause has one before it."""
    clause = whole_clause(text, span)
    negated = NEGATOR.search(text, clause.start, max(clause.start, span.start))
    return Span(negated.start(), span.end) if negated else span
