"""A claim beside what may carry it: what of the claim doesn't stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.claims.alignment import (
    Assertion,
    aligned_clauses,
    clauses_with_text,
    effective_periods,
    tokens,
)
from app.claims.evident import borne_out
from app.claims.facts import period_of
from app.claims.figures import named, quantity_finding
from app.claims.frames import frame_findings
from app.claims.lists import list_findings
from app.claims.naming import name_findings
from app.claims.order import order_findings
from app.claims.periods import Period, entails
from app.claims.polarity import OPERATION
from app.claims.spelling import NOT_SAID, aligned, bare
from app.claims.support import BAR, Window
from app.claims.swaps import swap_findings
from app.claims.turns import left_out, turn_findings
from app.claims.words import Word, may_be_noun
from records import Fault, Finding, Span

_SUBJECT_END = re.compile(r"[的是为有在将已达共占均都也被把从由，；：。]|包括|采用|属于|主要")
_OFFICE = "部委局会院署办厅"
"""What the short name of an office ends with: 工信部 for 工业和信息化部."""
_LONG_CELL = 15
_LASTING = ("个月", "天")
"""The units of a time that something lasts, to which no other time belongs."""
_TELLING = 3
_LEAST_COVERED = 0.3
"""A clause of three words or more of which the support has less says something of its own."""
_FUNCTION = "的是为有在了和与"
_CLAUSE_START = "|，。；：！？\n,;:!?"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a window doesn't carry of a claim, and the share of its words that it does.

    ``subject`` is the share of the words that say what the claim is about, ``held`` how many
    facts of the claim stand in the window. ``labelled`` tells that it is a row which the claim
    calls by its first cell, ``prose`` that this row has a long cell, and none says more of the
    claim.
    """

    window: Window
    findings: tuple[Finding, ...]
    coverage: float
    subject: float
    held: int
    labelled: bool = False
    prose: bool = False

    @property
    def rivals(self) -> int:
        """How many findings name what the window says instead."""
        return sum(bool(finding.found) for finding in self.findings)


def compare(claim: Assertion, window: Window, others: Sequence[Window] = ()) -> Comparison:
    """All findings of ``claim`` beside ``window``; ``others`` may name a better subject."""
    facts_claimed = len(claim.facts.quantities) + len(claim.facts.names)
    if not claim.before and not claim.topic and _verbatim(claim.text, window):
        return Comparison(window, (), 1.0, 1.0, facts_claimed)
    checked = (
        quantity_finding(claim, q, window, others)
        for q in claim.facts.quantities
        if q not in claim.reckoned and not borne_out(claim.facts, q, window.facts)
    )
    found = [finding for finding in checked if finding]
    wrong = len(found)
    for finding in (
        *name_findings(claim, window),
        *swap_findings(claim, window, others),
        *_period_findings(claim, window),
        *turn_findings(claim, window),
        *frame_findings(claim, window),
        *order_findings(claim, window),
        *list_findings(claim, window),
        *_unsaid(claim, window),
    ):
        if finding not in found:
            found.append(finding)
            wrong += finding.fault is Fault.NAME
    spared = left_out(claim, window)
    return Comparison(
        window=window,
        findings=tuple(found),
        coverage=_covered(_outside(_to_cover(claim), spared), f"{window.text}\n{window.context}"),
        subject=_covered(
            _outside(_subject(claim), spared), f"{window.text}\n{window.context}\n{window.earlier}"
        ),
        held=max(0, facts_claimed - wrong),
        labelled=_labelled(claim, window),
        prose=_labelled(claim, window)
        and _is_prose(window)
        and not _outdone(claim, window, others),
    )


def _labelled(claim: Assertion, window: Window) -> bool:
    """Whether the window is a row that the claim calls by its first cell."""
    label = bare(_cells(window)[0])
    return window.tabular and len(label) > 1 and label in bare(claim.facts.text)


def _is_prose(window: Window) -> bool:
    """Whether a cell of the row is long enough to be said in other words."""
    return any(len(cell) >= _LONG_CELL for cell in _cells(window)[1:])


def _cells(window: Window) -> list[str]:
    """What the cells of a row say, without the names of their columns."""
    return [cell.partition("：")[2] or cell for cell in aligned(window.text).split(BAR)]


def _outdone(claim: Assertion, window: Window, others: Sequence[Window]) -> bool:
    """Whether another row says more of the claim, apart from what both rows are called."""
    labels = _cells(window)[0]
    words = [word for word in _to_cover(claim) if word.text not in labels]
    own = _covered(words, " ".join(_cells(window)[1:]))
    return any(
        _covered(words, " ".join(_cells(other)[1:])) > own
        for other in others
        if other.tabular and other.evidence != window.evidence
    )


def _verbatim(said: str, window: Window) -> bool:
    """Whether the claim is whole clauses of the window, in their words."""
    wanted, _ = _with_starts(aligned(said))
    text, starts = _with_starts(aligned(window.text))
    at = text.find(wanted) if len(wanted) > 6 else -1
    return at >= 0 and at in starts and at + len(wanted) in starts


@lru_cache(maxsize=4096)
def _with_starts(text: str) -> tuple[str, frozenset[int]]:
    """``text`` without punctuation and white space, and where clauses begin and end in it."""
    kept: list[str] = []
    starts = {0}
    for character in text:
        if character in _CLAUSE_START:
            starts.add(len(kept))
        if not NOT_SAID.match(character):
            kept.append(character)
    return "".join(kept), frozenset({*starts, len(kept)})


def _covered(words: Sequence[Word], text: str) -> float:
    """The share of the words, by their length, that stand in ``text``; 1 where there are none."""
    spelled = aligned(text).lower()
    total = sum(len(word.text) for word in words)
    held = sum(len(word.text) * _share(word.text.lower(), spelled) for word in words)
    return held / total if total else 1.0


def _share(word: str, text: str) -> float:
    word = word.strip(_FUNCTION) or word
    if word in text:
        return 1.0
    if (
        word[-1] in _OFFICE
        and len(word) > 2
        and re.search(".{0,4}?".join(map(re.escape, word)), text)
    ):
        return 1.0
    pairs = [word[i : i + 2] for i in range(len(word) - 1)]
    return sum(pair in text for pair in pairs) / len(pairs) if len(pairs) > 1 else 0.0


def _to_cover(claim: Assertion) -> list[Word]:
    """The claim's words; of a clause that reckons, without those that name the operation."""
    return [
        word for word in claim.facts.words if not (claim.reckoned and OPERATION.search(word.text))
    ]


def _outside(words: Sequence[Word], spared: Sequence[Span]) -> list[Word]:
    return [word for word in words if not any(span.overlaps(word.span) for span in spared)]


def _unsaid(claim: Assertion, window: Window) -> Iterator[Finding]:
    """Clauses of the claim of whose words the window has next to none: causes, consequences."""
    text = f"{window.text}\n{window.context}\n{window.earlier}"
    for clause, said in clauses_with_text(claim.facts):
        words = [word for word in _to_cover(claim) if clause.contains(word.span)]
        if len(words) >= _TELLING and _covered(words, text) < _LEAST_COVERED:
            yield Finding(Fault.WORDING, said.strip(" ，,。；;"))


def _subject(claim: Assertion) -> list[Word]:
    """The words before the first that can begin a predicate."""
    words = claim.facts.words
    nouns = [word.span for word in words if may_be_noun(word.text)]
    told = sorted([*nouns, *(name.span for name in claim.facts.names)])
    begun = next((span.end for span in (*told, *(word.span for word in words))), 0)
    ends = (match.start() for match in _SUBJECT_END.finditer(claim.facts.text, begun))
    inside = [range(word.span.start + 1, word.span.end) for word in words]
    end = next((at for at in ends if not any(at in word for word in inside)), 0)
    return [word for word in claim.facts.words if word.span.end <= end]


def _period_findings(claim: Assertion, window: Window) -> Iterator[Finding]:
    """Periods of the claim that aren't those of the clauses that speak of the same."""
    counted = [
        period_of(claim.facts, quantity, claim.before)
        for quantity in claim.facts.quantities
        if quantity.unit not in _LASTING and not borne_out(claim.facts, quantity, window.facts)
    ]
    for clause, _ in clauses_with_text(claim.facts):
        near = _near(claim, clause, window)
        if claim.reckons(clause):
            continue
        theirs = [p for c in near for p in effective_periods(window.facts, c, window.before)]
        for period in claim.facts.periods:
            if not clause.contains(period.span) or period in counted:
                continue
            own = [p for p in theirs if p.reference] if period.reference else []
            beside = _beside(claim, period, window)
            if beside:
                yield Finding(Fault.PERIOD, period.span.of(claim.facts.text), named(beside))
            elif not any(entails(other, period) for other in own or theirs):
                stands = named(theirs[0]) if theirs else ""
                yield Finding(Fault.PERIOD, period.span.of(claim.facts.text), stands)


def _beside(claim: Assertion, period: Period, window: Window) -> Period | None:
    """Another year, if the word behind ``period`` only ever stands behind that: 2020 年冲高."""
    match = re.match(" ?([一-鿿]{2})", claim.facts.text[period.span.end :])
    if match is None or window.tabular:
        return None
    text = window.facts.text
    dated = {other.span.end: other for other in window.facts.periods}
    ahead = [text[: found.start()].rstrip() for found in re.finditer(match[1], text)]
    found = [dated.get(len(before)) for before in ahead]
    others = [p for p in found if p and p.year and not entails(p, period)]
    return others[0] if others and len(others) == len(found) else None


def _near(claim: Assertion, clause: Span, window: Window) -> list[Span]:
    """The clauses that speak of the same, whatever time they name; of a row, all its cells."""
    if not window.tabular:
        return aligned_clauses(claim.facts, clause, window.facts, without=_times(claim))
    wanted = tokens(claim.facts, clause).keys()
    return [c for c in window.facts.clauses if wanted & tokens(window.facts, c).keys()]


def _times(claim: Assertion) -> tuple[object, ...]:
    return tuple(period.value for period in claim.facts.periods)
