"""What a visitor has before him: one conversation and the turns of it that are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.conversations.feedback import Rating
from app.conversations.turn import Turn

MAX_TURNS = 20


@dataclass(frozen=True, slots=True)
class Talk:
    """An open conversation; ``id`` is empty until something of it has been kept.

    ``turns`` are the last ones, oldest first. ``editing``: the next question replaces the last
    one. ``ratings`` says how the visitor judged which turn, by number. ``position`` is
    the last question's in the line of those that wait: 1 is next, 0 doesn't wait.
    """

    id: str = ""
    turns: tuple[Turn, ...] = ()
    editing: bool = False
    ratings: Mapping[int, Rating] = field(default_factory=dict)
    position: int = 0

    @property
    def earlier(self) -> tuple[str, ...]:
        """The questions before the next one, as they were understood, oldest first."""
        turns = self.turns[:-1] if self.editing else self.turns
        return tuple(turn.understood or turn.question for turn in turns)

    def asking(self, question: str) -> Talk:
        """With a new turn that has no answer yet, in place of the last one when editing."""
        turns = self.turns[:-1] if self.editing else self.turns
        number = turns[-1].number + 1 if turns else self._first()
        turns = (*turns, Turn(question, number=number))[-MAX_TURNS:]
        return replace(self, turns=turns, position=0)

    def _first(self) -> int:
        return self.turns[0].number if self.turns else 1

    def with_last(self, turn: Turn) -> Talk:
        """With another last turn."""
        return replace(self, turns=(*self.turns[:-1], turn))

    def rated(self, number: int, rating: Rating | None) -> Talk:
        """With a turn judged, or no longer."""
        others = {n: r for n, r in self.ratings.items() if n != number}
        return replace(self, ratings=others if rating is None else {**others, number: rating})
