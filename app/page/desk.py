"""What the ask tab does: questions become turns, turns are kept and judged. No Gradio here."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from app.assistant import Assistant
from app.conversations.feedback import FeedbackLog, Rating, Reason
from app.conversations.store import Conversations
from app.conversations.turn import Conversation, Turn, fingerprint
from app.messages import MESSAGES, Messages
from app.page.talk import MAX_TURNS, Talk
from app.scope import Scope, moment
from app.watching import watched
from errors import ConversationNotFound, DocumentNotFound, QueueFull, YoujuError
from records import Notice

log = logging.getLogger("youju.page")


class Desk:
    """One for all visitors; what belongs to a visitor is handed in and given back."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self._most_waiting = assistant.settings.page.max_queue
        self._kept = Conversations(assistant.settings.home)
        self._feedback = FeedbackLog(assistant.settings.home)
        self._fingerprint = fingerprint(assistant.settings)

    def fault(self, question: str, scope: Scope, messages: Messages) -> str:
        """Why a question can't be asked; empty when it can."""
        limit, length = self.assistant.settings.page.max_question, len(question.strip())
        if not length:
            return messages.empty_question
        if length > limit:
            return messages.long_question.format(length=length, limit=limit)
        for date in filter(None, (scope.since, scope.until)):
            if not moment(date):
                return messages.talk.bad_date.format(date=date)
        return messages.nothing_to_search if self.assistant.is_empty() else ""

    def ask(self, question: str, scope: Scope, talk: Talk, owner: str) -> Iterator[Talk]:
        """The talk as the answer grows; the last one is kept.

        A talk that could not be kept is answered all the same; ``id`` then stays empty.
        """
        earlier = talk.earlier
        talk = talk.asking(question.strip())
        yield talk
        turn = talk.turns[-1]
        try:
            with self.assistant.line.place(self._most_waiting) as line:
                for position in line:
                    if position != talk.position:
                        talk = replace(talk, position=position)
                        yield talk
                for turn in self._answered(talk.turns[-1], scope, earlier):
                    yield talk.with_last(turn)
        except QueueFull as full:
            turn = replace(turn, error=(str(full), full.english))
        yield replace(self._keep(talk.with_last(turn), owner), editing=False)

    def _answered(self, turn: Turn, scope: Scope, earlier: Sequence[str]) -> Iterator[Turn]:
        turn = replace(turn, settings=self._fingerprint)
        try:
            documents = scope.ids(self.assistant.library.store.entries())
            answers = self.assistant.stream(turn.question, documents, earlier)
            for answer in watched(answers, "page"):
                titles = self.assistant.titles({h.passage.document_id for h in answer.hits})
                turn = replace(turn, answer=answer, understood=answer.understood, titles=titles)
                yield turn
        except DocumentNotFound:
            yield replace(turn, answer=None, error=_both(_no_such if scope.narrowed else _gone))
        except YoujuError as error:
            yield replace(turn, answer=None, error=(str(error), error.english))
        except Exception:  # shown as a plain sentence; the log has the rest
            log.exception("a question was not answered")
            yield replace(turn, answer=None, error=_both(lambda m: m.unexpected))

    def _keep(self, talk: Talk, owner: str) -> Talk:
        """The talk on disk: its last turn added, or put in place of the one before."""
        try:
            if not talk.id:
                started = self._kept.start(owner).id
                turns = [self._kept.add_turn(owner, started, turn) for turn in talk.turns]
                return replace(talk, id=started, turns=tuple(turns))
            put = self._kept.replace_last_turn if talk.editing else self._kept.add_turn
            turn = put(owner, talk.id, talk.turns[-1])
            return talk.with_last(turn).rated(turn.number, None)
        except ConversationNotFound:  # deleted in another window: it begins anew
            return self._keep(Talk(turns=talk.turns[-1:]), owner)
        except Exception:
            log.exception("a conversation was not kept")
            return talk

    def stop(self, talk: Talk, owner: str) -> Talk:
        """The talk with an answer no longer waited for; what of it was shown is kept."""
        last = talk.turns[-1] if talk.turns else None
        if last is None or last.asked_at:  # the store gives the time: it has been kept
            return talk
        if last.answer is None:
            last = replace(last, error=_both(lambda m: m.talk.stopped))
        else:
            last = replace(last, answer=replace(last.answer, notice=Notice.STOPPED))
        return replace(self._keep(talk.with_last(last), owner), editing=False)

    def praise(self, talk: Talk, owner: str, number: int) -> Talk:
        """The talk with a turn found useful; or no longer, if it was. Raises YoujuError."""
        if talk.ratings.get(number) is Rating.UP:
            self._feedback.withdraw(owner, talk.id, number)
            return talk.rated(number, None)
        self._feedback.rate(owner, talk.id, number, Rating.UP)
        return talk.rated(number, Rating.UP)

    def blame(self, talk: Talk, owner: str, number: int, reason: Reason, comment: str) -> Talk:
        """The talk with a turn found wanting, and why. Raises YoujuError."""
        self._feedback.rate(owner, talk.id, number, Rating.DOWN, reason, comment)
        return talk.rated(number, Rating.DOWN)

    def open(self, conversation_id: str, owner: str) -> Talk:
        """A kept conversation; an empty talk where the owner has none of this id."""
        if not conversation_id:
            return Talk()
        try:
            turns = self._kept.turns(owner, conversation_id)
            ratings = self._feedback.ratings(owner, conversation_id)
        except ConversationNotFound:
            return Talk()
        return Talk(conversation_id, turns[-MAX_TURNS:], ratings=ratings)

    def listed(self, owner: str, words: str = "") -> tuple[Conversation, ...]:
        """The owner's conversations, newest first; none where they can't be read."""
        try:
            return self._kept.listed(owner, words)
        except Exception:
            log.exception("the conversations could not be listed")
            return ()

    def has_judged(self, owner: str) -> bool:
        """Whether the owner has judged an answer that is still kept."""
        try:
            return bool(self._feedback.of(owner))
        except Exception:
            log.exception("the feedback could not be read")
            return False

    def rename(self, conversation_id: str, owner: str, title: str) -> None:
        """Give a conversation a title. Raises ConversationNotFound."""
        self._kept.rename(owner, conversation_id, title)

    def delete(self, conversation_id: str, owner: str) -> None:
        """Forget a conversation; one that has gone already is no fault."""
        try:
            self._kept.delete(owner, conversation_id)
        except ConversationNotFound:
            return


def _gone(messages: Messages) -> str:
    return messages.documents_gone


def _no_such(messages: Messages) -> str:
    return messages.talk.no_such_documents


def _both(said: Callable[[Messages], str]) -> tuple[str, str]:
    """A message of ours in Chinese and in English."""
    return said(MESSAGES["zh"]), said(MESSAGES["en"])
