"""What a round trains on: the questions, and the batches of what is drawn of them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path

from eval.training.made import SOURCE as NEWS
from eval.training.made import QuestionMaker
from eval.training.mixture import Item, batches, epoch, of_claims
from eval.training.negatives import misses
from eval.training.recipes import Recipe, Round
from eval.training.sources import Question
from eval.training.tables import tables
from eval.training.written import Claim
from records import Passage


def trained_on(
    questions: Sequence[Question],
    claimed: Sequence[Claim],
    recipe: Recipe,
    data: Path,
    seed: int,
) -> list[Question]:
    """The questions that aren't held out, and those made by code from news and tables.

    Nothing is made of an article that a passage is held out of.
    """
    maker = QuestionMaker(seed)
    known = {q.paragraph for q in questions} | {claim.paragraph for claim in claimed}
    held_out = [paragraph.text for paragraph in known if paragraph.part != "train"]
    made = [
        question
        for paragraph in maker.paragraphs(data / f"{NEWS}.txt", recipe.articles)
        if not any(text in paragraph.text for text in held_out)
        for question in maker.questions(paragraph, 4)
    ]
    made += tables(recipe.tables, random.Random(seed))
    return [q for q in (*questions, *made) if q.paragraph.part == "train"]


def planned(
    questions: Sequence[Question],
    claimed: Sequence[Claim],
    found: Mapping[str, Sequence[Passage]],
    training: Round,
    tokens: int,
    seed: int,
) -> list[list[Item]]:
    """The batches of a round, each of at most ``tokens`` with padding, epoch after epoch."""
    draw = random.Random(seed)
    wrong = misses(questions, found, {question.paragraph for question in questions})
    said = [claim for claim in claimed if claim.paragraph.part == "train"]
    plan = []
    for _ in range(training.epochs):
        drawn = epoch(questions, wrong, training.recipe, draw)
        drawn += of_claims(said, training.recipe, draw)
        plan += batches(drawn, tokens, draw)
    return plan


def counts(plan: Sequence[Sequence[Item]]) -> dict[str, int]:
    """How many items, tokens without padding, and steps."""
    items = [item for batch in plan for item in batch]
    return {
        "items": len(items),
        "tokens": sum(len(item.window.ids) for item in items),
        "steps": len(plan),
    }
