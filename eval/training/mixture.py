"""What one epoch trains on: questions and claims, each with a text that bears it out or not."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

import torch
from torch import Tensor

from app.reader.places_named import named_places
from app.reader.tokens import PAD, Tokens, tokenize, tokenize_row
from app.reader.windows import LONGEST_CLAIM, WIDEST, Window, windows
from eval.training.cases import with_another_place, with_another_year
from eval.training.made import SOURCE as NEWS
from eval.training.recipes import Recipe
from eval.training.sources import CMRC, DRCD, SQUAD2, Paragraph, Question, passages
from eval.training.written import SOURCE as WRITTEN
from eval.training.written import Claim
from ingest.dictionary import tokenizer
from records import Span

LONGEST = 400


@dataclass(frozen=True, slots=True)
class Item:
    """One input and its target.

    ``gold`` are the first and the last token in ``window.ids``, None for no answer; ``holds`` is
    the target of a claim, None of a question.
    """

    window: Window
    gold: tuple[int, int] | None
    holds: bool | None = None


def epoch(
    questions: Sequence[Question],
    wrong: Mapping[str, Sequence[Paragraph]],
    recipe: Recipe,
    draw: random.Random,
) -> list[Item]:
    """The items of one epoch in random order; another epoch draws others."""
    items = []
    pool = sorted(set().union(*(_places(question.text) for question in questions)))
    for question in questions:
        if draw.random() >= _share(question, recipe):
            continue
        times = recipe.cmrc if question.paragraph.source == CMRC else 1
        for _ in range(times):
            if question.answers:
                items += _answered(question, recipe, draw)
            else:
                items.append(_whole(question, recipe, draw))
        if not question.answers:
            continue
        if draw.random() < recipe.altered:
            items += [_whole(other, recipe, draw) for other in _altered(question, pool, draw)]
        if draw.random() < recipe.wrong_passage and wrong.get(question.id):
            other = draw.choice(wrong[question.id][:4])
            title = _context(other, recipe, draw) if question.paragraph.title else ""
            items.append(item(question.text, title, _tokens(other.text), None))
    draw.shuffle(items)
    return items


def of_claims(claims: Sequence[Claim], recipe: Recipe, draw: random.Random) -> list[Item]:
    """The items of one epoch's claims: each beside its passage, or that and another's beginning.

    Some that hold come once more beside the other passage alone, which doesn't bear them out.
    """
    if not recipe.claims:
        return []
    items = []
    for claim in claims:
        for _ in range(int(recipe.claims + draw.random())):
            other = draw.choice(claims).paragraph
            items.append(_claimed(claim, other, recipe, draw))
            if claim.holds and other != claim.paragraph and draw.random() < recipe.on_another:
                title = _context(other, recipe, draw)
                items.append(claim_item(claim.text, title, other.text, False))
    return items


def _claimed(claim: Claim, other: Paragraph, recipe: Recipe, draw: random.Random) -> Item:
    own, title = claim.paragraph.text, _context(claim.paragraph, recipe, draw)
    if draw.random() >= recipe.beside_another:
        return claim_item(claim.text, title, own, claim.holds)
    room = LONGEST - LONGEST_CLAIM - len(_tokens(own))
    beside = other.text[: max(0, room)]
    pair = [own, beside] if draw.random() < 0.5 else [beside, own]
    return claim_item(claim.text, title, "\n".join(pair), claim.holds)


def claim_item(claim: str, context: str, text: str, holds: bool) -> Item:
    """The first window of ``text``, to judge ``claim`` by."""
    said = windows(_tokens(claim), _tokens(context), _tokens(text), LONGEST, LONGEST_CLAIM)
    return Item(said[0], None, holds)


def _share(question: Question, recipe: Recipe) -> float:
    """Which share of such questions one epoch takes."""
    source = question.paragraph.source
    if source == SQUAD2:
        return recipe.squad_answered if question.answers else recipe.squad_near_miss
    if source in DRCD:
        return recipe.drcd
    return recipe.written if source == WRITTEN else 1.0


def _answered(question: Question, recipe: Recipe, draw: random.Random) -> list[Item]:
    answer = draw.choice(question.answers)
    paragraph = question.paragraph
    if paragraph.cells:
        return [_row(question, answer)]
    span = Span(0, len(paragraph.text))
    whole = recipe.whole_paragraph if paragraph.source != NEWS else 0.0
    if draw.random() >= whole:
        span = next((s for s in _passages(paragraph) if s.contains(answer)), span)
    title = _context(paragraph, recipe, draw)
    shifted = Span(answer.start - span.start, answer.end - span.start)
    made = item(question.text, title, _tokens(span.of(paragraph.text)), shifted)
    return [made] if made.gold else []


def _altered(question: Question, pool: Sequence[str], draw: random.Random) -> list[Question]:
    """The question about a year, and about a place, that its paragraph doesn't name."""
    known = f"{question.paragraph.title}{question.paragraph.text}"
    held = {place for place in _places(question.text) if place in known}
    others = [draw.choice(pool) for _ in range(4)] if pool else []
    texts = (
        with_another_year(question.text, known),
        with_another_place(question.text, known, held, others),
    )
    return [replace(question, text=text, answers=()) for text in texts if text]


@lru_cache(maxsize=65536)
def _places(text: str) -> frozenset[str]:
    return named_places(_jieba().cut_for_search(text))


@cache
def _jieba() -> Any:
    return tokenizer()


def _whole(question: Question, recipe: Recipe, draw: random.Random) -> Item:
    paragraph = question.paragraph
    text = paragraph.text
    if paragraph.cells:
        return _row(question, None)
    if paragraph.source == NEWS:
        text = draw.choice(_passages(paragraph)).of(text)
    return item(question.text, _context(paragraph, recipe, draw), _tokens(text), None)


def _row(question: Question, answer: Span | None) -> Item:
    paragraph = question.paragraph
    said = tokenize_row(paragraph.text, paragraph.cells)
    return item(question.text, paragraph.title.replace("\n", " "), said, answer)


def _context(paragraph: Paragraph, recipe: Recipe, draw: random.Random) -> str:
    return paragraph.title if draw.random() < recipe.with_title else ""


@lru_cache(maxsize=8192)
def _passages(paragraph: Paragraph) -> tuple[Span, ...]:
    return tuple(passage.span for passage in passages(paragraph))


@lru_cache(maxsize=65536)
def _tokens(text: str) -> Tokens:
    return tokenize(text)


def item(question: str, context: str, text: Tokens, answer: Span | None) -> Item:
    """The window of ``text`` that holds ``answer``, the first one when there is none."""
    made = windows(_tokens(question), _tokens(context), text, LONGEST)
    if answer is None:
        return Item(made[0], None)
    for window in made:
        gold = _marked(window, answer)
        if gold:
            return Item(window, gold)
    return Item(made[0], None)


def _marked(window: Window, answer: Span) -> tuple[int, int] | None:
    touched = [i for i, span in enumerate(window.spans) if span.overlaps(answer)]
    if not touched or len(touched) > WIDEST:
        return None
    if window.spans[0].start > answer.start or window.spans[-1].end < answer.end:
        return None
    return window.first + touched[0], window.first + touched[-1]


def collate(batch: Sequence[Item]) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Ids, mask and inside, each of shape (batch, length), gold (batch, 2) and holds (batch,)."""
    longest = max(len(each.window.ids) for each in batch)
    ids = torch.full((len(batch), longest), PAD)
    inside = torch.zeros(len(batch), longest, dtype=torch.bool)
    gold = torch.full((len(batch), 2), -1)
    holds = torch.tensor([-1 if each.holds is None else int(each.holds) for each in batch])
    for row, each in enumerate(batch):
        window = each.window
        ids[row, : len(window.ids)] = torch.tensor(window.ids)
        inside[row, window.first : window.first + len(window.spans)] = True
        if each.gold:
            gold[row] = torch.tensor(each.gold)
    return ids, (ids != PAD).long(), inside, gold, holds


def batches(items: Iterable[Item], tokens: int, draw: random.Random) -> list[list[Item]]:
    """Items of like length in batches of at most so many tokens with padding, shuffled."""
    pool = sorted(items, key=lambda each: len(each.window.ids) + draw.random() * 16)
    made: list[list[Item]] = []
    current: list[Item] = []
    longest = 0
    for each in pool:
        longest = max(longest, len(each.window.ids))
        if current and longest * (len(current) + 1) > tokens:
            made.append(current)
            current, longest = [], len(each.window.ids)
        current.append(each)
    if current:
        made.append(current)
    draw.shuffle(made)
    return made
