"""A drafted question set as a person goes through it, question by question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.questions import Question
from errors import QuestionsError


class Verdict(StrEnum):
    """What the reviewer has said of a question."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Review:
    """The questions with a verdict each; ``at`` is the place, from 0, of the one looked at."""

    questions: tuple[Question, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    at: int = 0

    @property
    def current(self) -> Question | None:
        """The question that is looked at; None where there is none."""
        return self.questions[self.at] if self.questions else None

    @property
    def accepted(self) -> list[Question]:
        """The questions to be saved."""
        pairs = zip(self.questions, self.verdicts, strict=True)
        return [question for question, verdict in pairs if verdict is Verdict.ACCEPTED]

    def count(self, verdict: Verdict) -> int:
        """How many questions have this verdict."""
        return self.verdicts.count(verdict)

    def moved(self, steps: int) -> Review:
        """The review at another question, no further than the first and the last."""
        return replace(self, at=min(max(self.at + steps, 0), max(len(self.questions) - 1, 0)))

    def judged(self, verdict: Verdict, question: Question | None = None) -> Review:
        """The current question with a verdict, in new words if given; then the next open one."""
        asked, said = list(self.questions), list(self.verdicts)
        asked[self.at], said[self.at] = question or asked[self.at], verdict
        changed = replace(self, questions=tuple(asked), verdicts=tuple(said))
        places = [*range(self.at + 1, len(said)), *range(self.at)]
        following = (place for place in places if said[place] is Verdict.OPEN)
        return replace(changed, at=next(following, self.at))


def review_of(drafted: Sequence[Question]) -> Review:
    """A review that begins."""
    return Review(tuple(drafted), (Verdict.OPEN,) * len(drafted))


def reworded(question: Question, text: str, answers: Iterable[str]) -> Question:
    """The question in other words. Raises QuestionsError when it isn't one any more."""
    accepted = tuple(filter(None, (answer.strip() for answer in answers)))
    if not text.strip():
        raise QuestionsError("问题是空的。请写上问题。", "the question is empty: write one.")
    if question.answerable and not accepted:
        raise QuestionsError(
            "可回答的问题要有答案。请至少写一个，或不要这一题。",
            "an answerable question needs an answer: write one, or reject the question.",
        )
    if not question.answerable and accepted:
        raise QuestionsError(
            "这是资料库不能回答的问题，不应有答案。请删去答案，或不要这一题。",
            "this question can't be answered: delete the answers, or reject the question.",
        )
    return replace(question, question=text.strip(), answers=accepted)


def sound(questions: Sequence[Question]) -> list[Question]:
    """The accepted questions, ready to be saved. Raises QuestionsError where there is none."""
    if not questions:
        raise QuestionsError(
            "还没有接受任何问题。请至少接受一题再保存。",
            "no question was accepted yet: accept at least one before saving.",
        )
    return list(questions)
