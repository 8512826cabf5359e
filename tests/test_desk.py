"""What the ask tab does, without a browser: turns are asked, kept, judged, stopped."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.assistant import Assistant
from app.conversations.feedback import Rating, Reason
from app.conversations.store import Conversations
from app.messages import CHINESE
from app.page.desk import Desk
from app.page.talk import MAX_TURNS, Talk
from app.scope import Scope
from app.suggestions import Suggestions, questions_of
from records import Notice
from settings import load_settings

QUESTION = "2022 年青湾市数字产业投资规模是多少？"


@pytest.fixture
def desk(assistant: Assistant, no_settings: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk with the two reports and conversations of its own."""
    home = tmp_path / "home"
    shutil.copytree(assistant.settings.home, home, ignore=shutil.ignore_patterns("conversations*"))
    own = Assistant(load_settings(no_settings, environment={}, home=home))
    yield Desk(own)
    own.close()


ANYWHERE = Scope()


def asked(desk: Desk, question: str, talk: Talk, scope: Scope = ANYWHERE) -> Talk:
    *_, last = desk.ask(question, scope, talk, "")
    return last


def rows(talk: Talk) -> list[tuple[int, str, str, str]]:
    """What a visitor sees of the turns."""
    texts = [turn.answer.text if turn.answer else "" for turn in talk.turns]
    return [
        (turn.number, turn.question, turn.understood, text)
        for turn, text in zip(talk.turns, texts, strict=True)
    ]


def test_a_turn_grows_and_is_kept(desk: Desk) -> None:
    first, *_, last = desk.ask(QUESTION, Scope(), Talk(), "lin")
    assert first.turns[-1].answer is None
    assert not first.id
    turn = last.turns[-1]
    assert turn.answer and turn.answer.short_answer == "4.5 亿元"
    assert rows(desk.open(last.id, "lin")) == rows(last)
    assert desk.open(last.id, "wang") == Talk()
    assert [c.title for c in desk.listed("lin")] == [QUESTION]
    assert not desk.listed("wang")


def test_an_edited_question_replaces_the_last_one(desk: Desk) -> None:
    talk = asked(desk, "那 2021 年呢？", asked(desk, QUESTION, Talk()))
    assert talk.turns[-1].understood == "2021 年青湾市数字产业投资规模是多少？"
    edited = asked(desk, "2020 年呢？", Talk(talk.id, talk.turns, editing=True))
    assert [turn.number for turn in edited.turns] == [1, 2]
    assert edited.turns[-1].understood == "2020 年青湾市数字产业投资规模是多少？"
    assert not edited.editing
    assert rows(desk.open(talk.id, "")) == rows(edited)


def test_a_stopped_question_is_kept_as_such(desk: Desk) -> None:
    waiting = next(desk.ask(QUESTION, Scope(), Talk(), ""))
    stopped = desk.stop(waiting, "")
    assert stopped.turns[-1].error == (CHINESE.talk.stopped, stopped.turns[-1].error[1])  # type: ignore[index]
    after = asked(desk, QUESTION, stopped)
    assert [turn.number for turn in after.turns] == [1, 2]
    assert desk.stop(after, "") is after


def test_what_was_shown_of_a_stopped_answer_is_kept(desk: Desk) -> None:
    growing = desk.ask(QUESTION, Scope(), Talk(), "")
    next(growing)
    stopped = desk.stop(next(growing), "")
    del growing  # lets go of the place at the assistant
    (kept,) = desk.open(stopped.id, "").turns
    assert kept.answer and "4.5 亿元" in kept.answer.text
    assert kept.answer.notice is Notice.STOPPED
    assert desk.stop(stopped, "") is stopped


def test_a_conversation_deleted_meanwhile_begins_anew(desk: Desk) -> None:
    talk = asked(desk, QUESTION, Talk())
    desk.delete(talk.id, "")
    desk.delete(talk.id, "")
    after = asked(desk, QUESTION, talk)
    assert after.id != talk.id
    assert [turn.number for turn in after.turns] == [1]


def test_what_cannot_be_kept_is_answered_all_the_same(desk: Desk) -> None:
    home = desk.assistant.settings.home
    (home / "conversations.sqlite").mkdir()
    talk = asked(desk, QUESTION, Talk())
    assert not talk.id
    assert talk.turns[-1].answer
    (home / "conversations.sqlite").rmdir()
    after = asked(desk, "那 2021 年呢？", talk)
    kept = Conversations(home).turns("", after.id)
    assert [turn.question for turn in kept] == [QUESTION, "那 2021 年呢？"]


def test_judgements_are_kept_and_taken_back(desk: Desk) -> None:
    talk = desk.praise(asked(desk, QUESTION, Talk()), "", 1)
    assert talk.ratings == {1: Rating.UP}
    assert desk.open(talk.id, "").ratings == {1: Rating.UP}
    assert desk.praise(talk, "", 1).ratings == {}
    blamed = desk.blame(talk, "", 1, Reason.WRONG, "不对")
    assert desk.open(talk.id, "").ratings == blamed.ratings == {1: Rating.DOWN}


def test_only_the_last_turns_are_shown() -> None:
    talk = Talk()
    for number in range(MAX_TURNS + 5):
        talk = talk.asking(f"第 {number} 问")
    assert len(talk.turns) == MAX_TURNS
    assert talk.turns[-1].number == MAX_TURNS + 5


@pytest.mark.parametrize(
    ("question", "scope", "fault"),
    [
        ("  ", Scope(), CHINESE.empty_question),
        ("问" * 501, Scope(), CHINESE.long_question.format(length=501, limit=500)),
        ("问", Scope(since="昨天"), CHINESE.talk.bad_date.format(date="昨天")),
        ("问", Scope(since="2021", until="2022-03"), ""),
    ],
)
def test_why_a_question_cannot_be_asked(
    desk: Desk, question: str, scope: Scope, fault: str
) -> None:
    assert desk.fault(question, scope, CHINESE) == fault


def test_a_scope_that_holds_nothing_is_explained(desk: Desk) -> None:
    talk = asked(desk, QUESTION, Talk(), Scope(publisher="无此单位"))
    assert talk.turns[-1].error and talk.turns[-1].error[0] == CHINESE.talk.no_such_documents
    talk = asked(desk, QUESTION, Talk(), Scope(("000000000000",)))
    assert talk.turns[-1].error and talk.turns[-1].error[0] == CHINESE.documents_gone


def test_what_is_suggested_is_answered(desk: Desk) -> None:
    suggested = Suggestions(desk.assistant).ready()
    assert suggested
    for question in suggested:
        assert not desk.assistant.ask(question).refused


def test_suggestions_come_from_figures_and_tables(assistant: Assistant) -> None:
    store = assistant.library.store
    made = [q for e in store.entries() for q in questions_of(store.passages_of(e.id))]
    assert "2022 年青湾市数字产业投资规模是多少？" in made
    assert any(question.startswith("白石市的") for question in made)
