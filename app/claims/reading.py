"""A second opinion on a judgement: the reading network's, which reads the claim as a whole.

The rules see facts and words. That the one who pays doesn't build, or that a cause was made up,
they see only where there is a rule for it. The network was trained on true and false claims
about passages (eval/training), half of them one word apart: it can take back what the rules let
pass, and let pass what they refuse for its wording alone. A fact that doesn't stand in the support
is never its business.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from app.claims.judgement import Evidence, Judgement
from app.claims.split import LEAD_IN, Statement
from records import Fault, Finding, Passage, Support

DOUBTED = 0.15
"""Below this probability a claim that passed the rules is not believed."""
SURE = 0.97
"""From this probability on a claim is believed that the rules refused for its wording."""

Entails = Callable[[str, Sequence[Passage]], float]
"""How probably passages, taken together, bear out the whole of a claim: 0..1."""


def reconsidered(
    judged: Judgement, statement: Statement, passages: Sequence[Passage], entails: Entails
) -> Judgement:
    """``judged``, or what becomes of it when ``entails`` has read the claim beside its support."""
    if judged.support in (Support.SUPPORTED, Support.MOVED):
        if _probability(judged.evidence, statement, passages, entails) >= DOUBTED:
            return judged
        fault = Finding(Fault.WORDING, statement.text)
        return replace(
            judged,
            support=Support.UNSUPPORTED,
            evidence=(),
            findings=(*judged.findings, fault),
            nearest=judged.evidence[0],
        )
    if judged.nearest is None or not _of_wording_alone(judged):
        return judged
    place = tuple(dict.fromkeys((judged.nearest, *judged.evidence)))
    if _probability(place, statement, passages, entails) < SURE:
        return judged
    marks = tuple(finding for finding in judged.findings if finding.fault is Fault.MARK)
    return replace(judged, support=Support.SUPPORTED, evidence=place, findings=marks)


def _of_wording_alone(judged: Judgement) -> bool:
    """Whether nothing is at fault but that no place says it in such words."""
    return all(
        finding.fault is Fault.MARK or (finding.fault is Fault.WORDING and not finding.found)
        for finding in judged.findings
    )


def _probability(
    place: Sequence[Evidence],
    statement: Statement,
    passages: Sequence[Passage],
    entails: Entails,
) -> float:
    """The claim's by itself, or behind what its sentence says before it, whichever is higher."""
    claim = LEAD_IN.sub("", statement.text)
    said = [claim, f"{statement.before}{claim}"] if statement.before else [claim]
    texts = [passages[number] for number in dict.fromkeys(each.passage for each in place)]
    return max(entails(each, texts) for each in said)
