"""Two runs of the same questions: is one better, and which answers changed?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from errors import RunError
from eval.run import Outcome, Run
from eval.statistics import Difference, difference, holm

SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class Comparison:
    """Differences by measure, second run minus first, and the questions that flipped."""

    first: Run
    second: Run
    differences: dict[str, Difference]
    flipped: tuple[tuple[Outcome, Outcome], ...]

    @property
    def regressions(self) -> tuple[str, ...]:
        """The measures that are worse in the second run, not by chance (adjusted p < 0.05)."""
        return tuple(
            name
            for name, found in self.differences.items()
            if found.mean.value < 0 and found.adjusted < SIGNIFICANT
        )


def compare(first: Run, second: Run) -> Comparison:
    """Paired by question. Raises RunError when the runs are not of the same questions."""
    if first.facts["questions_sha256"] != second.facts["questions_sha256"]:
        raise RunError(
            f"评测 {first.name} 和 {second.name} 不是同一套问题，不能逐题比较。请另选两次。",
            f"the runs {first.name} and {second.name} are of different questions and can't be "
            "compared: choose two others.",
        )
    pairs = list(zip(first.outcomes, second.outcomes, strict=True))
    found = {name: _difference(name, pairs) for name in first.outcomes[0].measures}
    known = {name: each for name, each in found.items() if each.mean.count}
    adjusted = holm([each.p for each in known.values()])
    return Comparison(
        first,
        second,
        {
            name: replace(each, adjusted=p)
            for (name, each), p in zip(known.items(), adjusted, strict=True)
        },
        tuple((a, b) for a, b in pairs if a.measures["correct"] != b.measures["correct"]),
    )


def _difference(name: str, pairs: Sequence[tuple[Outcome, Outcome]]) -> Difference:
    values = [
        (before, after, a.document)
        for a, b in pairs
        if (before := a.measures[name]) is not None and (after := b.measures[name]) is not None
    ]
    return difference([v[0] for v in values], [v[1] for v in values], [v[2] for v in values])
