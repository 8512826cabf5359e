"""What the gate adds to an answer's time: ``python -m eval.claim_times``.

Answers of four claims, true and altered, are judged against eight passages, as a generated
answer is; each is new to the gate, so nothing of the claims is remembered from before.
"""

from __future__ import annotations

import sys
import time
from statistics import median, quantiles

from app.claims.verify import verify
from app.reader.entailment import ClaimReader
from eval.claim_cases import Case, cases
from eval.claims import CORPUS
from ingest.reading import read_document
from records import Passage
from settings import Settings

ANSWERS = 40
CLAIMS = 4
PASSAGES = 8


def answers(count: int = ANSWERS) -> list[tuple[str, tuple[Passage, ...]]]:
    """Answers with the passages they cite, the same ones each time."""
    settings = Settings()
    made = cases([read_document(path, settings.ingest) for path in CORPUS])
    step = max(1, len(made) // (count * CLAIMS))
    chosen = made[::step][: count * CLAIMS]
    return [_joined(chosen[at : at + CLAIMS]) for at in range(0, len(chosen), CLAIMS)]


def _joined(claims: list[Case]) -> tuple[str, tuple[Passage, ...]]:
    """One text of several claims, each marked with its own passage, and ``PASSAGES`` passages."""
    cited = [case.passages[int(case.answer.rsplit("[", 1)[1].split("]")[0]) - 1] for case in claims]
    others = [passage for case in claims for passage in case.passages]
    given = list({p.id: p for p in (*cited, *others)}.values())[:PASSAGES]
    said = [
        f"{case.answer.rsplit('[', 1)[0]}[{given.index(passage) + 1}]。"
        for case, passage in zip(claims, cited, strict=True)
    ]
    return "".join(said), tuple(given)


def main() -> int:
    """Measure and print wall and processor time per answer, in ms; the exit code is 0."""
    texts = answers()
    entails = ClaimReader()
    verify("你好。", ())  # the dictionary loads here
    entails("你好。", "", "你好。")  # and the weights here
    wall, spent = [], []
    for text, passages in texts:
        started, begun = time.perf_counter(), time.process_time()
        verify(text, passages, entails)
        wall.append((time.perf_counter() - started) * 1000)
        spent.append((time.process_time() - begun) * 1000)
    for name, taken in (("wall", wall), ("processor", spent)):
        sys.stdout.write(
            f"{name:10}{len(taken):4} answers of {CLAIMS} claims: median {median(taken):.0f} ms,"
            f" p95 {quantiles(taken, n=20)[-1]:.0f} ms\n"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
