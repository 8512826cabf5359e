"""The facts of a text, and which period and subject each of its quantities belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.claims.names import TOPICAL, Name, NameKind, names
from app.claims.periods import Period, periods
from app.claims.quantities import Quantity, quantities
from app.claims.spelling import aligned
from app.claims.words import Word, content
from records import Span

_CLAUSE_END = re.compile(r"[，；;。：:！？!?|]|,(?![0-9]{3})")
_SENTENCE_END = re.compile(r"[。！？!?|；;]")
_RESPECTIVELY = re.compile(r"分别|依次|各为")
_BASIS = re.compile(
    r"同比|环比|[较比](?:上年|去年)(?:同期)?|[较比](?:上月|上季度?)|年均|年复合|复合年均|同期"
    r"|累计|人均|日均|月均"
)
_FROM = re.compile(r"[从由][^，。；0-9从由年]{0,8}$")
_TO = re.compile(r"[^，。；0-9]{0,6}(?:增|升|提|降|减|落|扩|缩|涨|跌|攀|至|到)")
_TELLING = 3
"""With fewer words of its own, a quantity's subject stands before the sentence's first one."""
AVERAGES = frozenset(("年均", "人均", "日均", "月均"))
"""The bases without which a figure means another thing."""
_GROWN_FROM = re.compile(r"[较比](?P<last>上年|去年|上月|上季)")


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What a text states. All places are places of ``text``, which is spelled ``aligned``."""

    text: str
    quantities: tuple[Quantity, ...]
    periods: tuple[Period, ...]
    names: tuple[Name, ...]
    words: tuple[Word, ...]
    clauses: tuple[Span, ...]

    def clause_at(self, position: int) -> Span:
        """The clause that holds ``position``."""
        for clause in self.clauses:
            if position < clause.end:
                return clause
        return self.clauses[-1] if self.clauses else Span(0, len(self.text))

    def sentence_at(self, position: int) -> Span:
        """The sentence, or the cell of a row, that holds ``position``."""
        ends = [match.end() for match in _SENTENCE_END.finditer(self.text)]
        start = max((end for end in ends if end <= position), default=0)
        return Span(start, min((end for end in ends if end > position), default=len(self.text)))


@lru_cache(maxsize=4096)
def facts(text: str) -> Facts:
    """The facts of ``text``."""
    spelled = aligned(text)
    dates = periods(spelled)
    named = names(spelled)
    taken = [date.span for date in dates] + [
        name.span for name in named if name.kind in ("latin", "title", "quoted", "rank")
    ]
    counted = quantities(spelled, taken)
    delimited = [n.span for n in named if n.kind in ("title", "quoted")]
    busy = [*(d.span for d in dates), *(q.span for q in counted), *delimited]
    meant = tuple(w for w in content(spelled) if not any(w.span.overlaps(span) for span in busy))
    clauses = _merged(_clauses(spelled, delimited), [*meant, *named, *counted])
    return Facts(spelled, counted, dates, named, meant, tuple(clauses))


def _clauses(text: str, whole: Sequence[Span]) -> Iterator[Span]:
    """The clauses of ``text``; what lies in ``whole``, a title or a quote, is not cut."""
    start = 0
    for match in _CLAUSE_END.finditer(text):
        if any(span.start <= match.start() < span.end for span in whole):
            continue
        yield Span(start, match.end())
        start = match.end()
    if text[start:].strip():
        yield Span(start, len(text))


def _merged(clauses: Iterator[Span], told: Sequence[Word | Name | Quantity]) -> Iterator[Span]:
    """The clauses; one that says nothing, as 2022 年, belongs to the next."""
    start: int | None = None
    for clause in clauses:
        whole = Span(clause.start if start is None else start, clause.end)
        if any(whole.contains(thing.span) for thing in told):
            start = None
            yield whole
        else:
            start = whole.start
    if start is not None:
        yield Span(start, whole.end)


def bases(text: str) -> frozenset[str]:
    """What growth is measured against: 同比, 环比, 年均; 较上年 is 同比."""
    return frozenset(map(_basis, _BASIS.findall(text)))


def _basis(said: str) -> str:
    match = _GROWN_FROM.match(said)
    if match:
        return "同比" if match["last"].endswith("年") else "环比"
    return "年均" if "复合" in said else said


def period_of(found: Facts, quantity: Quantity, before: tuple[Period, ...] = ()) -> Period | None:
    """The period that ``quantity`` belongs to, None where nothing says it.

    One in brackets right behind it, the one of its place where the sentence deals them out
    (分别, 依次), else the last one named before it in its sentence, or behind it; else the
    last one of the sentences before, or of ``before``. What something is compared with (较
    2020 年) is not its period, unless the quantity follows at once. What something grew from (从
    9 个增加到近 20 个) has none.
    """
    if _is_base(found, quantity):
        return None
    sentence = found.sentence_at(quantity.span.start)
    inside = [p for p in found.periods if sentence.contains(p.span)]
    for period in inside:
        gap = found.text[quantity.span.end : period.span.start]
        if period.span.start >= quantity.span.end and re.fullmatch(r"[ （(]*[（(][ 截至]*", gap):
            return period
    dealt = _dealt(found, quantity, inside, sentence)
    if dealt is not None:
        return dealt
    ahead = [p for p in inside if p.span.end <= quantity.span.start and _binds(found, p, quantity)]
    if ahead:
        return _whole(ahead, found)
    clause = found.clause_at(quantity.span.start)
    behind = [p for p in inside if p.span.start >= quantity.span.end and not p.reference]
    behind = [p for p in behind if clause.contains(p.span)]
    if len(behind) == 1:
        return behind[0]
    earlier = [p for p in found.periods if p.span.end <= sentence.start and not p.reference]
    carried = earlier or list(before)
    return carried[-1] if carried else None


def _is_base(found: Facts, quantity: Quantity) -> bool:
    """Whether something is said to have grown, or fallen, from ``quantity``."""
    before = found.text[: quantity.said.start]
    return bool(_FROM.search(before) and _TO.match(found.text, quantity.said.end))


def _binds(found: Facts, period: Period, quantity: Quantity) -> bool:
    return not period.reference or quantity.span.start - period.span.end <= 2


def _whole(ahead: list[Period], found: Facts) -> Period:
    """The last period; one without a year takes it from the one before: 2022 年…，一季度."""
    last = ahead[-1]
    if last.year is None:
        dated = [p for p in ahead if p.year is not None]
        if dated:
            return Period(dated[-1].year, last.part, last.span, None, last.reference)
    return last


def _dealt(found: Facts, quantity: Quantity, inside: list[Period], sentence: Span) -> Period | None:
    """The period at the quantity's own place, where as many are named as there are quantities."""
    start, own = _dealt_out(found, quantity, sentence)
    named = [p for p in inside if p.span.end <= start and not p.reference]
    if len(named) == 1 and named[0].until:
        first, last = named[0].year or 0, named[0].until
        named = [
            Period(year, "", named[0].span) for year in range(first, min(last, first + 60) + 1)
        ]
    return named[own.index(quantity)] if own and len(named) == len(own) else None


def _dealt_out(found: Facts, quantity: Quantity, sentence: Span) -> tuple[int, Sequence[Quantity]]:
    """Where a sentence says 分别, and the quantities behind it; none if ``quantity`` isn't one."""
    match = _RESPECTIVELY.search(found.text, sentence.start, sentence.end)
    if match is None or quantity.span.start < match.end():
        return sentence.start, ()
    own = [q for q in found.quantities if match.end() <= q.span.start < sentence.end]
    own = [q for q in own if q.unit == own[0].unit]
    own = [q for q in own if not _CLAUSE_END.search(found.text, own[0].span.end, q.span.start)]
    return match.start(), own if quantity in own and len(own) > 1 else ()


def names_of(found: Facts, quantity: Quantity, kind: NameKind) -> list[Name]:
    """The names of a kind in the quantity's sentence; the one of its place where they are dealt."""
    sentence = found.sentence_at(quantity.span.start)
    named = [n for n in found.names if n.kind is kind and sentence.contains(n.span)]
    start, own = _dealt_out(found, quantity, sentence)
    ahead = [n for n in named if n.span.end <= start]
    return [ahead[own.index(quantity)]] if own and len(ahead) == len(own) else named


def scope_of(found: Facts, quantity: Quantity, tabular: bool = False) -> tuple[Span, ...]:
    """Where the words stand that say what ``quantity`` counts.

    Its clause, from the quantity before it to the one behind it, and the clauses before that
    hold no quantity, back to the start of the sentence; where those say little, the words
    before the sentence's first quantity too; in a row, its cell and the first one.
    """
    sentence = found.sentence_at(quantity.span.start)
    start = _from(found, quantity, sentence)
    clause = found.clause_at(quantity.span.start)
    counted = [q for q in found.quantities if q.unit != "第"]
    later = [q.span.start for q in counted if q.span.start >= quantity.span.end]
    end = min([clause.end, *later])
    scope = [Span(min(start, quantity.span.start), max(end, quantity.span.end))]
    if tabular:
        scope.append(found.sentence_at(0))
    elif sum(scope[0].contains(word.span) for word in found.words) < _TELLING:
        first = min(q.span.start for q in found.quantities if sentence.contains(q.span))
        scope.append(Span(sentence.start, min(first, scope[0].start)))
    return tuple(scope)


def subject_of(found: Facts, quantity: Quantity) -> set[str]:
    """The topical names before the first quantity of the sentence of ``quantity``."""
    sentence = found.sentence_at(quantity.span.start)
    counted = [q for q in found.quantities if q.unit != "第" and sentence.contains(q.span)]
    lead = Span(sentence.start, counted[0].span.start if counted else quantity.span.start)
    return {n.text for n in found.names if n.kind in TOPICAL and lead.contains(n.span)}


def _from(found: Facts, quantity: Quantity, sentence: Span) -> int:
    earlier = [
        q
        for q in found.quantities
        if q.unit != "第" and sentence.start <= q.span.start < quantity.span.start
    ]
    if not earlier:
        return sentence.start
    clause = found.clause_at(quantity.span.start)
    last = earlier[-1]
    if last.span.end > clause.start:
        return last.span.end
    return found.clause_at(last.span.start).end
