"""A run in the forms that other programs for judging answers read.

``run.trec`` and ``qrels.trec``, which trec_eval, ranx and ir_measures read, are in a run's
folder from the start; see ``eval.run``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eval.run import Outcome, Run


class Form(StrEnum):
    """A program's form."""

    RAGAS = "ragas"
    RAGCHECKER = "ragchecker"


def exported(run: Run, form: Form) -> str:
    """The run as text in ``form``. Questions without an accepted answer have none in it either."""
    return _WRITERS[form](run)


def _ragas(run: Run) -> str:
    """JSON Lines of single-turn samples, for ``EvaluationDataset.from_jsonl`` (ragas 0.2)."""
    lines = [json.dumps(_sample(outcome), ensure_ascii=False) for outcome in run.outcomes]
    return "\n".join([*lines, ""])


def _sample(outcome: Outcome) -> dict[str, Any]:
    gold = outcome.gold
    return {
        "user_input": gold.question,
        "response": _response(outcome),
        "retrieved_contexts": [hit["text"] for hit in outcome.answer.get("hits", ())],
        "reference": gold.answers[0] if gold.answers else "",
        "reference_contexts": list(gold.evidence),
    }


def _ragchecker(run: Run) -> str:
    """One object with a list ``results``, as RAGChecker's command line takes it."""
    results = [
        {
            "query_id": outcome.gold.id,
            "query": outcome.gold.question,
            "gt_answer": outcome.gold.answers[0] if outcome.gold.answers else "",
            "response": _response(outcome),
            "retrieved_context": [
                {"doc_id": hit["passage_id"], "text": hit["text"]}
                for hit in outcome.answer.get("hits", ())
            ],
        }
        for outcome in run.outcomes
    ]
    return json.dumps({"results": results}, ensure_ascii=False, indent=1) + "\n"


def _response(outcome: Outcome) -> str:
    """The whole text that was shown; empty where the question failed."""
    return str(outcome.answer.get("answer", ""))


_WRITERS: dict[Form, Callable[[Run], str]] = {Form.RAGAS: _ragas, Form.RAGCHECKER: _ragchecker}
