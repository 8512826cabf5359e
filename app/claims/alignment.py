"""Which clause of a support speaks of what a clause of a claim speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from app.claims.facts import Facts, facts
from app.claims.names import Name
from app.claims.periods import Period
from app.claims.polarity import directions
from app.claims.quantities import Quantity
from records import Span

_FACT_WEIGHT = 3.0
_TIME_WEIGHT = 0.5


@dataclass(frozen=True)
class Assertion:
    """A claim, or a clause of one, with the times and names that it takes over from before.

    ``reckoned`` are its quantities that were found to follow from others.
    """

    text: str
    before: tuple[Period, ...] = ()
    topic: tuple[Name, ...] = ()
    reckoned: tuple[Quantity, ...] = ()

    @cached_property
    def facts(self) -> Facts:
        """The facts of the text."""
        return facts(self.text)

    def reckons(self, clause: Span) -> bool:
        """Whether a clause holds a quantity that follows from others."""
        return any(clause.contains(quantity.span) for quantity in self.reckoned)


@lru_cache(maxsize=8192)
def tokens(found: Facts, clause: Span) -> dict[object, float]:
    """What a clause says, each with its weight: words, names, amounts, times."""
    turns = {turn.text for turn in directions(found.text)}
    said: dict[object, float] = {
        word.text: float(len(word.text)) / 2
        for word in found.words
        if clause.contains(word.span) and word.text not in turns
    }
    said |= {n.text: _FACT_WEIGHT for n in found.names if clause.contains(n.span)}
    said |= {p.value: _TIME_WEIGHT for p in found.periods if clause.contains(p.span)}
    return said | {
        (q.low, q.high): _FACT_WEIGHT for q in found.quantities if clause.contains(q.span)
    }


def shared(claim: Facts, clause: Span, support: Facts, other: Span) -> float:
    """The share of what a clause of the claim says that a clause of the support says too."""
    wanted, held = tokens(claim, clause), tokens(support, other)
    total = sum(wanted.values())
    return sum(w for token, w in wanted.items() if token in held) / total if total else 0.0


def aligned_clauses(
    claim: Facts, clause: Span, support: Facts, without: Sequence[object] = ()
) -> list[Span]:
    """The clauses of ``support`` that share most with a clause of the claim; all, if none do.

    What is named in ``without`` doesn't count.
    """
    wanted = {t: w for t, w in tokens(claim, clause).items() if t not in without}
    scored = [
        (sum(wanted[token] for token in tokens(support, other) if token in wanted), other)
        for other in support.clauses
    ]
    best = max((score for score, _ in scored), default=0.0)
    return [other for score, other in scored if score >= best]


_OPPOSED = {
    character: group
    for group in (
        "东西南北中 内外 上下 前后 左右 大小 高低 新旧 男女 公私 城乡 进出 买卖 长短 正负 主次"
        " 甲乙丙丁 早晚 快慢 强弱 多少"
    ).split()
    for character in group
}


def opposed(claim: Facts, clause: Span, said: str) -> tuple[str, str] | None:
    """A word of the claim's clause that ``said`` has the counterpart of: 场内 for 场外."""
    for word in claim.words:
        if not clause.contains(word.span) or word.text in said or len(word.text) < 2:
            continue
        for at, character in enumerate(word.text):
            if character in _OPPOSED:
                before, after = word.text[:at], word.text[at + 1 :]
                others = _OPPOSED[character].replace(character, "")
                match = re.search(f"{re.escape(before)}[{others}]{re.escape(after)}", said)
                if match and match.group() not in claim.text:
                    return word.text, match.group()
    return None


def effective_periods(found: Facts, clause: Span, before: Sequence[Period]) -> tuple[Period, ...]:
    """The periods that a clause speaks of: its own, else its sentence's, else those before."""
    own = tuple(p for p in found.periods if clause.contains(p.span))
    if own:
        return own
    sentence = found.sentence_at(clause.start)
    inside = [p for p in found.periods if sentence.contains(p.span)]
    ahead = [p for p in inside if p.span.end <= clause.start]
    if inside:
        return tuple(ahead[-1:] or inside[:1])
    earlier = [p for p in found.periods if p.span.end <= sentence.start and not p.reference]
    return tuple(earlier[-1:]) or tuple(before)


def clauses_with_text(found: Facts) -> Iterator[tuple[Span, str]]:
    """The clauses of a text and what they say."""
    for clause in found.clauses:
        yield clause, clause.of(found.text)
