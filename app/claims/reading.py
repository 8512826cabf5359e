"""A second opinion on a judgement: the reading network's, which reads the claim as a whole.

The rules see facts and words. That the one who pays doesn't build, or that a cause was made up,
they see only where there is a rule for it. The network was trained on true and false claims
about passages (eval/training), which are mostly one thing apart: it takes back what the rules let
pass and no passage says. What the rules refuse stays refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from app.claims.judgement import Evidence, Judgement
from app.claims.split import LEAD_IN, Statement
from app.orders import is_order
from ingest.sentences import sentences
from records import Fault, Finding, Passage, Span, Support

DOUBTED = 0.1
"""Below this probability a claim that passed the rules is not believed."""
SHORTEST = 8
"""A claim of fewer characters is a bare answer: it says too little to be read by itself."""
LONGEST = 150
"""A claim isn't read behind what its sentence says before it where both are longer."""
_STOPS = "，,；;。！!、：: "

Entails = Callable[[str, str, str], float]
"""How probably a text, the third, bears out the whole of a claim: 0..1. Titles are the second."""


def reconsidered(
    judged: Judgement, statement: Statement, passages: Sequence[Passage], entails: Entails
) -> Judgement:
    """``judged``, or unsupported where no reading of its evidence's passages bears it out.

    Rows of tables, which the network has not learnt to judge claims by, are left to the rules,
    and so are bare answers.
    """
    if judged.support not in (Support.SUPPORTED, Support.MOVED):
        return judged
    cited = [passages[number] for number in dict.fromkeys(e.passage for e in judged.evidence)]
    claims = _as_sentences(statement)
    if not claims or any(passage.cells for passage in cited):
        return judged
    texts = [(passage.context, _without_orders(passage)) for passage in cited]
    if len(cited) > 1:
        quotes = (_quote(each, passages) for each in judged.evidence)
        texts.append((cited[0].context, "\n".join(quotes)))
    if any(entails(claim, *text) >= DOUBTED for claim in claims for text in texts):
        return judged
    fault = Finding(Fault.WORDING, statement.text)
    return replace(
        judged,
        support=Support.UNSUPPORTED,
        evidence=(),
        findings=(*judged.findings, fault),
    )


def _as_sentences(statement: Statement) -> list[str]:
    """The claim as a sentence, by itself and behind what its own sentence says before it."""
    claim = LEAD_IN.sub("", statement.text).rstrip(_STOPS)
    if len(claim) < SHORTEST:
        return []
    whole = f"{statement.before}{claim}"
    both = [whole] if statement.before and len(whole) <= LONGEST else []
    return [f"{said}。" for said in (claim, *both)]


def _without_orders(passage: Passage) -> str:
    """The passage's text but for sentences that give orders, which carry nothing."""
    text = passage.text
    said = [place.of(text) for place in sentences(text)]
    kept = [sentence for sentence in said if not is_order(sentence)]
    return text if len(kept) == len(said) else "\n".join(kept)


def _quote(evidence: Evidence, passages: Sequence[Passage]) -> str:
    passage = passages[evidence.passage]
    start = passage.span.start
    return Span(evidence.span.start - start, evidence.span.end - start).of(passage.text)
