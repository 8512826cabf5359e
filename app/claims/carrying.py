"""Which sentences of the passages carry a claim best, by the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from app.claims.alignment import Assertion
from app.claims.compare import Comparison, compare
from app.claims.spelling import aligned
from app.claims.support import MOST_SENTENCES, Window
from records import Fault

COVERED = 0.5
"""The share of a claim's content words that its support must have."""
COVERED_BY_ROW = 0.8
"""The same, of a table's row, which says little: most of it must be said."""
COVERED_BY_PROSE = 0.7
"""The same, of a row whose cells are long, which the claim names and which speaks most of it."""
LIKELY = 8
"""How many windows of each size are compared with a claim."""
SUBJECT = 0.5
SUBJECT_ELSEWHERE = 0.9
"""The share of the words before the predicate that the support must have: of a passage that is
cited, of another, or of one clause alone; of a row, all."""
SUBJECT_OF_PROSE = 0.8
SAYS_LESS = 0.15
"""What says so much less of a claim than another window, by the share of its words, carries it not:
the other is the place that speaks of it, and must not be at odds with it."""


def carries(comparison: Comparison, bar: float) -> bool:
    """Whether nothing is at fault and at least ``bar`` of the claim's words are there."""
    subject = SUBJECT if bar == COVERED else SUBJECT_ELSEWHERE
    if comparison.prose:
        bar, subject = max(bar, COVERED_BY_PROSE), SUBJECT_OF_PROSE
    elif comparison.window.tabular:
        bar, subject = max(bar, COVERED_BY_ROW), 1.0
    return not comparison.findings and comparison.coverage >= bar and comparison.subject >= subject


def best(
    claim: Assertion, within: Sequence[Window], places: Sequence[Window], bar: float
) -> Comparison | None:
    """The window that carries the claim best: least at fault, most covered, fewest sentences."""
    compared = _unexcused([compare(claim, window, places) for window in likely(claim.text, within)])
    most = max((each.coverage for each in compared), default=0.0)
    telling = [each for each in compared if each.coverage >= most - SAYS_LESS]
    return min(telling, key=lambda each: _order(each, bar), default=None)


_TURNED = (Fault.DIRECTION, Fault.NEGATION, Fault.WORDING)


def _unexcused(compared: Sequence[Comparison]) -> list[Comparison]:
    """The comparisons, each with what a narrower window turns round that covers the claim as well.

    What stands around the sentence that speaks of the claim can name its time and its subject,
    but doesn't make 增长 of 下降, or what is done of a plan.
    """
    return [_with_narrower(each, compared) for each in compared]


def _with_narrower(wide: Comparison, compared: Sequence[Comparison]) -> Comparison:
    turned = [
        finding
        for each in compared
        if each.window.sentences < wide.window.sentences
        and each.window.passage == wide.window.passage
        and wide.window.evidence.contains(each.window.evidence)
        and each.coverage >= wide.coverage
        for finding in each.findings
        if finding.fault in _TURNED and finding.found
    ]
    return replace(wide, findings=tuple(dict.fromkeys((*wide.findings, *turned))))


def _order(comparison: Comparison, bar: float) -> tuple[float, ...]:
    carried = carries(comparison, bar)
    size = comparison.window.sentences
    return (
        not carried,
        size if carried else 0,
        len(comparison.findings) - 4 * comparison.coverage,
        -comparison.coverage,
        size,
    )


def likely(text: str, within: Sequence[Window]) -> list[Window]:
    """Of each size of window those that share the most pairs of characters with a claim."""
    spelled = aligned(text).replace(" ", "")
    pairs = {spelled[i : i + 2] for i in range(len(spelled) - 1)}
    scored = [(len(pairs & _pairs(window.text)), -number) for number, window in enumerate(within)]
    found: list[Window] = []
    for size in range(1, MOST_SENTENCES + 1):
        own = [each for each in scored if within[-each[1]].sentences == size]
        found += [within[-number] for _, number in sorted(own, reverse=True)[:LIKELY]]
    return found


@lru_cache(maxsize=4096)
def _pairs(text: str) -> frozenset[str]:
    spelled = aligned(text).replace(" ", "")
    return frozenset(spelled[i : i + 2] for i in range(len(spelled) - 1))
