"""From judgements to what is shown: the claims that hold as text, each with its citations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.claims.judgement import Judgement
from app.claims.marks import without_marks
from app.generation.prompts import in_chinese
from app.marks import unmarked
from records import Citation, Claim, Passage, Span, Status, Support

HELD = frozenset({Support.SUPPORTED, Support.MOVED, Support.COMPUTED})
Cite = Callable[[int, str, Span], Citation]
"""The checked citation with this number, of a span of the document with this id."""

_PAUSES = "，,；;：:、"
_ENDS = "。！？!?."


@dataclass(frozen=True, slots=True)
class Composed:
    """``text`` is made of the claims that hold, marks numbered from 1 in the order of use."""

    text: str
    citations: tuple[Citation, ...]
    claims: tuple[Claim, ...]

    @property
    def failed(self) -> tuple[Claim, ...]:
        """The claims that are not in the text."""
        return tuple(claim for claim in self.claims if claim.support not in HELD)

    @property
    def holds(self) -> bool:
        """Whether there are claims and at least half of them hold."""
        return bool(self.claims) and 2 * len(self.failed) <= len(self.claims)


def compose(
    answer: str, judgements: Sequence[Judgement], passages: Sequence[Passage], cite: Cite
) -> Composed:
    """``answer`` as its judgements allow; a claim that was made already is left out.

    A claim whose evidence the citation gate doesn't pass is unsupported, whatever was judged.
    """
    numbered: dict[tuple[str, Span], Citation] = {}
    claims: dict[str, Claim] = {}
    kept: list[int] = []
    for position, judged in enumerate(judgements):
        text = _bare(judged.text)
        if not text or text in claims:
            continue
        citations = _citations(judged, passages, cite) if judged.support in HELD else ()
        if judged.support in HELD and not citations:
            claims[text] = Claim(text, Support.UNSUPPORTED, (), judged.findings)
            continue
        numbers = [_number(citation, numbered, cite) for citation in citations]
        claims[text] = Claim(text, judged.support, tuple(dict.fromkeys(numbers)), judged.findings)
        kept += [position] if numbers else []
    return Composed(
        _joined(answer, judgements, kept, claims),
        tuple(numbered.values()),
        tuple(claims.values()),
    )


def _bare(text: str) -> str:
    """A claim without white space and punctuation around it; nothing in it looks like a mark."""
    bare = text.strip().rstrip(_PAUSES + _ENDS + " \n").lstrip(_PAUSES + _ENDS + "-*• \n")
    return unmarked(bare)


def _citations(judged: Judgement, passages: Sequence[Passage], cite: Cite) -> tuple[Citation, ...]:
    """All of a claim's evidence, or nothing when some of it doesn't stand where it should."""
    found = tuple(
        cite(0, passages[each.passage].document_id, each.span) for each in judged.evidence
    )
    return found if all(each.status is Status.VERBATIM for each in found) else ()


def _number(citation: Citation, numbered: dict[tuple[str, Span], Citation], cite: Cite) -> int:
    """The number of this place, a new one where it is cited for the first time."""
    place = (citation.document_id, citation.span)
    if place not in numbered:
        numbered[place] = cite(len(numbered) + 1, *place)
    return numbered[place].number


def _joined(
    answer: str, judgements: Sequence[Judgement], kept: Sequence[int], claims: dict[str, Claim]
) -> str:
    pieces = []
    for position, following in pairwise([*kept, -1]):
        claim = claims[_bare(judgements[position].text)]
        marks = "".join(f"[{number}]" for number in claim.citations)
        pieces.append(claim.text + marks)
        pieces.append(_ending(answer, judgements, position, following))
    return "".join(pieces).strip()


def _ending(answer: str, judgements: Sequence[Judgement], position: int, following: int) -> str:
    """What stands between a claim and the next one kept: a pause, or the end of a sentence."""
    judged = judgements[position]
    own = without_marks(judged.span.of(answer)).rstrip()
    until = judgements[position + 1].span.start if position + 1 < len(judgements) else len(answer)
    gap = answer[judged.span.end : max(until, judged.span.end)]
    last = own[-1:] if own[-1:] in _PAUSES + _ENDS else gap.strip()[:1]
    if last and last in _PAUSES and following == position + 1 and "\n" not in gap:
        return last if in_chinese(own) else f"{last} "
    if not last or last not in _ENDS:
        last = "。" if in_chinese(own) else "."
    if "\n" in gap:
        return f"{last}\n\n"
    return last if last in "。！？" else f"{last} "
