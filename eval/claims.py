"""How well the gate for generated answers judges: ``python -m eval.claims [FILE...]``.

Prints, for each kind of claim, how many there are and the share judged right, on the half
of the claims (by hash) that no threshold was chosen on; ``--half tune`` shows the other,
``--wrong`` the claims that were misjudged.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.claims.judgement import Judgement
from app.claims.reading import Entails
from app.claims.verify import verify
from app.reader.entailment import ClaimReader
from eval.claim_cases import Case, cases
from eval.claim_written import written
from ingest.reading import read_document
from records import Support
from settings import CHECKOUT, Settings

CORPUS = tuple(
    sorted(
        p
        for p in (CHECKOUT / "corpus").iterdir()
        if p.suffix in (".pdf", ".docx", ".md") and p.stem != "README"
    )
)
ACCEPTED = (Support.SUPPORTED, Support.MOVED, Support.COMPUTED)


@dataclass(frozen=True, slots=True)
class Share:
    """How many claims of a kind there were, and how many were judged right."""

    kind: str
    true: bool
    count: int
    right: int

    @property
    def rate(self) -> float:
        """The share judged right."""
        return self.right / self.count if self.count else 1.0


@dataclass(frozen=True, slots=True)
class Judged:
    """A case and what the gate made of it."""

    case: Case
    judgements: tuple[Judgement, ...]

    @property
    def right(self) -> bool:
        """True claims must be accepted whole, altered ones not."""
        accepted = bool(self.judgements) and all(j.support in ACCEPTED for j in self.judgements)
        return accepted == self.case.true


def judged(
    paths: Sequence[Path] = CORPUS,
    half: str = "test",
    by_hand: bool = False,
    entails: Entails | None = None,
) -> list[Judged]:
    """Every claim of the documents' half, judged; ``by_hand``: those written over corpus/.

    Without ``entails`` by the rules alone.
    """
    settings = Settings()
    documents = [read_document(path, settings.ingest) for path in paths]
    made = written(documents) if by_hand else cases(documents)
    wanted = [case for case in made if half in ("all", case.half)]
    return [Judged(case, verify(case.answer, case.passages, entails)) for case in wanted]


def shares(results: Iterable[Judged]) -> list[Share]:
    """The results by kind, true claims first, and the sums of both."""
    table: dict[tuple[bool, str], list[bool]] = {}
    for result in results:
        for kind in (result.case.kind, "all"):
            table.setdefault((result.case.true, kind), []).append(result.right)
    order = sorted(table, key=lambda key: (not key[0], key[1] == "all", key[1]))
    return [
        Share(kind, true, len(table[true, kind]), sum(table[true, kind])) for true, kind in order
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit code is 0."""
    parser = argparse.ArgumentParser(prog="python -m eval.claims", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="documents; corpus/ by default")
    parser.add_argument("--half", choices=("tune", "test", "all"), default="test")
    parser.add_argument("--written", action="store_true", help="claims written by hand instead")
    parser.add_argument("--rules", action="store_true", help="by the rules alone")
    parser.add_argument("--wrong", action="store_true", help="show the claims judged wrongly")
    options = parser.parse_args(arguments)
    entails = None if options.rules else ClaimReader()
    results = judged(options.files or CORPUS, options.half, options.written, entails)
    write = sys.stdout.write
    for share in shares(results):
        word = "accepted" if share.true else "caught"
        write(
            f"{'true' if share.true else 'altered':8}{share.kind:18}"
            f"{share.count:6}{share.rate:8.1%} {word}\n"
        )
    for result in results if options.wrong else ():
        if not result.right:
            write(f"\n{result.case.kind}: {result.case.answer}\n")
            for judgement in result.judgements:
                findings = "; ".join(f"{f.fault} {f.said} / {f.found}" for f in judgement.findings)
                write(f"    {judgement.support}: {findings}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
