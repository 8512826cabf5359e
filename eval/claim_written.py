"""Claims written by hand over corpus/, as a language model says and misstates things.

A line of ``eval/written_claims.jsonl`` holds ``kind`` (what is wrong with it, or how it is said
otherwise), ``true``, ``claim`` and ``evidence``: quotes, each of which stands in a passage that
the claim is put to and cites.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from eval.claim_cases import Case, beside
from ingest.split import split
from records import Document, Passage
from settings import CHECKOUT, SplitSettings

WRITTEN = CHECKOUT / "eval" / "written_claims.jsonl"


def written(documents: Sequence[Document]) -> list[Case]:
    """The claims, each beside its evidence's passages and those that resemble it most.

    All are of the same document. Raises ValueError for evidence that stands nowhere.
    """
    texts = [split(document, SplitSettings()) for document in documents]
    lines = WRITTEN.read_text(encoding="utf-8").splitlines()
    return [_case(json.loads(line), texts) for line in lines]


def _case(row: dict[str, object], texts: Sequence[Sequence[Passage]]) -> Case:
    quotes, claim = row["evidence"], str(row["claim"])
    assert isinstance(quotes, list)
    document, own = _holding(quotes, texts)
    given = beside(claim, own, document)
    marks = "".join(f"[{number}]" for number in range(1, len(own) + 1))
    return Case(str(row["kind"]), bool(row["true"]), f"{claim}{marks}。", given)


def _holding(
    quotes: Sequence[str], texts: Sequence[Sequence[Passage]]
) -> tuple[Sequence[Passage], list[Passage]]:
    """The document's passages, and the first one that holds each quote, each once."""
    for passages in texts:
        found = [next((p for p in passages if quote in p.text), None) for quote in quotes]
        if found[0]:
            held = [passage for passage in found if passage]
            if len(held) == len(quotes):
                return passages, list(dict.fromkeys(held))
    raise ValueError(f"not in corpus/: {quotes}")
