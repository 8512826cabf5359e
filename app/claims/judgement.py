"""What the gate says of a claim."""

from __future__ import annotations

from dataclasses import dataclass

from records import Finding, Span, Support


@dataclass(frozen=True, slots=True)
class Evidence:
    """The whole sentences, or the row, of a passage that carry a claim.

    ``passage`` is the position in the sequence that was given, from 0; ``span`` counts in the
    document's text, as ``Passage.span`` does.
    """

    passage: int
    span: Span


@dataclass(frozen=True, slots=True)
class Judgement:
    """A claim and what became of it.

    ``text`` is the claim without its marks, ``span`` its place in the answer with them.
    ``evidence`` is empty where the claim is unsupported or contradicted.
    """

    text: str
    span: Span
    support: Support
    evidence: tuple[Evidence, ...]
    findings: tuple[Finding, ...]
