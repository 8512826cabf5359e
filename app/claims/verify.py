"""The gate for generated answers: every claim of a text is judged against the passages.

Strict on facts (numbers with unit, bound, period and subject; names; direction; negation),
lenient on wording: a model may say it in other words. No language model is asked; whether the
words mean the same the reading network says, where there is one (reading.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.claims.alignment import Assertion
from app.claims.arithmetic import computed
from app.claims.carrying import COVERED, best, carries
from app.claims.compare import Comparison, compare
from app.claims.equality import same_value
from app.claims.evident import lasts
from app.claims.facts import facts
from app.claims.judgement import Evidence, Judgement
from app.claims.names import TOPICAL
from app.claims.order import order_findings
from app.claims.polarity import CAUSE
from app.claims.quantities import Quantity
from app.claims.reading import Entails, reconsidered
from app.claims.split import LEAD_IN, Statement, split
from app.claims.support import Window, all_windows, joined
from records import Fault, Finding, Passage, Support

COVERED_ELSEWHERE = 0.7
"""The same as ``COVERED``, of a passage that the claim doesn't cite."""
COVERED_BY_PART = 0.7
"""The same, of each clause where one place doesn't carry all of them."""
LEAST_WORDS = 3
"""A clause with fewer content words isn't looked for by itself."""
RELATED = 0.35
"""Above this share a support speaks of the same thing, and can contradict."""


def verify(
    answer: str, passages: Sequence[Passage], entails: Entails | None = None
) -> tuple[Judgement, ...]:
    """A judgement for each claim of ``answer``, in order; mark n names ``passages[n - 1]``.

    Headings and connecting phrases are no claims; a question is one that nothing carries. A
    claim that cites nothing, or a passage that isn't there, is looked for in all passages.
    ``entails`` may take back what the rules let pass.
    """
    places = all_windows(passages)
    statements = [statement for statement in split(answer) if statement.claims]
    judged = [_judge(statement, places, len(passages)) for statement in statements]
    if entails is None:
        return tuple(judged)
    return tuple(
        reconsidered(each, statement, passages, entails)
        for each, statement in zip(judged, statements, strict=True)
    )


def _judge(statement: Statement, places: Sequence[Window], count: int) -> Judgement:
    cited = {number - 1 for number in statement.cites if 1 <= number <= count}
    wrong = tuple(
        Finding(Fault.MARK, f"[{number}]")
        for number in dict.fromkeys(statement.cites)
        if not 1 <= number <= count
    )
    if statement.text.endswith(("？", "?")):
        asked = Finding(Fault.WORDING, statement.text)
        return Judgement(statement.text, statement.span, Support.UNSUPPORTED, (), (*wrong, asked))
    claim = _assertion(statement)
    ranges: list[Sequence[Window]] = [[w for w in places if w.passage in cited]] if cited else []
    verdict: Judgement | None = None
    for number, within in enumerate([*ranges, list(places)]):
        moved = number == len(ranges)
        judged = _against(statement, claim, within, places, COVERED_ELSEWHERE if moved else COVERED)
        if verdict and verdict.support is Support.CONTRADICTED and len(judged.evidence) > 1:
            continue  # pieced together from elsewhere, while the cited place says otherwise
        if judged.support is Support.SUPPORTED:
            support = Support.MOVED if moved else Support.SUPPORTED
            return replace(judged, support=support, findings=wrong)
        verdict = judged if verdict is None or _worth(judged) > _worth(verdict) else verdict
    if verdict is None:
        return Judgement(statement.text, statement.span, Support.UNSUPPORTED, (), wrong)
    for within in ranges or [places]:
        reckoned = _reckoned(statement, claim, within)
        if reckoned is not None:
            return replace(reckoned, findings=wrong)
    return replace(verdict, findings=wrong + verdict.findings)


_WORTH = (Support.UNSUPPORTED, Support.CONTRADICTED, Support.PARTLY, Support.SUPPORTED)


def _worth(judgement: Judgement) -> int:
    return _WORTH.index(judgement.support)


def _assertion(statement: Statement) -> Assertion:
    before = facts(statement.before)
    dated = tuple(period for period in before.periods if not period.reference)
    text = LEAD_IN.sub("", statement.text)
    own = facts(text)
    topic = () if own.names else tuple(n for n in before.names if n.kind in TOPICAL)[-1:]
    return Assertion(text, dated[-1:], topic)


def _against(
    statement: Statement,
    claim: Assertion,
    within: Sequence[Window],
    places: Sequence[Window],
    bar: float,
) -> Judgement:
    """The judgement by the windows of ``within``; ``places`` are all there are."""
    whole = best(claim, within, places, bar)
    if whole is None:
        missing = Finding(Fault.WORDING, statement.text)
        return Judgement(statement.text, statement.span, Support.UNSUPPORTED, (), (missing,))
    if carries(whole, bar):
        return _judged(statement, Support.SUPPORTED, [whole])
    bar = max(bar, COVERED_BY_PART)
    parts = [best(part, within, places, bar) for part in clauses(claim)]
    held = [part for part in parts if part is not None and carries(part, bar)]
    severed = CAUSE.search(claim.text) or any(order_findings(claim, whole.window))
    if len(parts) > 1 and len(held) == len(parts) and _of_one_row(held) and not severed:
        return _judged(statement, Support.SUPPORTED, held)
    if whole.rivals and whole.coverage >= RELATED:
        return _judged(statement, Support.CONTRADICTED, [whole])
    if held and len(parts) > 1:
        return _judged(statement, Support.PARTLY, held, whole)
    if whole.held and whole.coverage >= bar:
        return _judged(statement, Support.PARTLY, [whole])
    return _judged(statement, Support.UNSUPPORTED, [whole])


def _of_one_row(held: Sequence[Comparison]) -> bool:
    """Whether all clauses that a row carries are of the same row, or each names its own.

    The cells of a row have one subject.
    """
    rows = [c for c in held if c.window.tabular]
    return len({c.window.evidence for c in rows}) < 2 or all(c.labelled for c in rows)


def _reckoned(statement: Statement, claim: Assertion, within: Sequence[Window]) -> Judgement | None:
    """COMPUTED where each number that doesn't stand in the support follows from what does."""
    found: list[Window] = []
    reckoned: list[Quantity] = []
    for quantity in claim.facts.quantities:
        if lasts(claim.facts, quantity):
            continue
        if not any(same_value(quantity, q) for w in within for q in w.facts.quantities):
            operands = computed(claim, quantity, within)
            if not operands:
                return None
            reckoned.append(quantity)
            found += operands
    if not reckoned:
        return None
    used = list(dict.fromkeys(found))
    compared = compare(replace(claim, reckoned=tuple(reckoned)), joined(used))
    if compared.findings or compared.coverage < COVERED:
        return None
    evidence = tuple(Evidence(window.passage, window.evidence) for window in used)
    return Judgement(statement.text, statement.span, Support.COMPUTED, evidence, ())


def _judged(
    statement: Statement,
    support: Support,
    carried: Sequence[Comparison],
    whole: Comparison | None = None,
) -> Judgement:
    evidence = tuple(dict.fromkeys(Evidence(c.window.passage, c.window.evidence) for c in carried))
    shown = [whole] if whole else carried
    findings = tuple(dict.fromkeys(f for comparison in shown for f in comparison.findings))
    if support in (Support.UNSUPPORTED, Support.CONTRADICTED):
        evidence = ()
    if support is not Support.SUPPORTED and not findings:
        findings = (Finding(Fault.WORDING, statement.text),)
    return Judgement(statement.text, statement.span, support, evidence, findings)


def clauses(claim: Assertion) -> Iterator[Assertion]:
    """The clauses of a claim, each with the time and the place named before it."""
    before, topic = claim.before, claim.topic
    for text in _parts(claim):
        part = facts(text)
        places = tuple(name for name in part.names if name.kind in TOPICAL)
        yield Assertion(text, before, () if places else topic)
        dated = tuple(period for period in part.periods if not period.reference)
        before, topic = dated[-1:] or before, places[-1:] or topic


def _parts(claim: Assertion) -> list[str]:
    """The clauses of a claim; what says too little by itself goes with its neighbour."""
    parts: list[str] = []
    text = ""
    for clause in claim.facts.clauses:
        text += clause.of(claim.text)
        if len(facts(text).words) >= LEAST_WORDS and text.rstrip()[-1:] not in ("：", ":"):
            parts.append(text)
            text = ""
    return [*parts[:-1], parts[-1] + text] if parts else [text]
