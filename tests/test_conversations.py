"""Conversations and feedback through a real file, threads, processes and a kill."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assistant import Assistant
from app.contract import answer_row
from app.conversations.feedback import FeedbackLog, Rating, Reason
from app.conversations.question_set import question_rows, write_question_rows
from app.conversations.schema import FILE, VERSION
from app.conversations.store import Conversations
from app.conversations.turn import Turn, fingerprint, title_of
from app.questions import Question, load_questions
from app.verification import verify
from errors import ConversationNotFound, LibraryMismatch
from eval.gold import check_evidence
from eval.question_files import read_questions
from index.encoder import Encoder
from index.pipeline import ingest, rebuild
from records import Answer, Status
from settings import CHECKOUT, Settings, SplitSettings
from tests.strategies import answers, nasty_text
from tests.test_pipeline import open_library

ME, YOU = "甲", "乙"
ASKED = "2022 年青湾市数字产业投资规模是多少？"


@pytest.fixture
def kept(tmp_path: Path) -> Conversations:
    return Conversations(tmp_path)


def test_nothing_is_made_before_it_is_used(tmp_path: Path) -> None:
    Conversations(tmp_path), FeedbackLog(tmp_path)
    assert not (tmp_path / FILE).exists()
    assert Conversations(tmp_path).listed("") == ()


@given(
    answer=st.none() | answers, question=nasty_text, titles=st.dictionaries(st.text(), st.text())
)
@settings(max_examples=25)
def test_a_turn_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory,
    answer: Answer | None,
    question: str,
    titles: dict[str, str],
) -> None:
    if answer is not None and "claims" not in answer_row(answer):
        answer = replace(answer, claims=())
    kept = Conversations(tmp_path_factory.getbasetemp())
    identifier = kept.start("").id
    turn = Turn(question, "理解", answer, titles, "0123", None if answer else ("坏", "bad"))
    added = kept.add_turn("", identifier, turn)
    readable = question.encode("utf-8", "replace").decode()
    assert kept.turns("", identifier) == (replace(added, question=readable),)
    assert replace(added, number=0, asked_at="") == turn
    kept.close()


def test_the_citations_of_an_earlier_turn_hold_after_re_indexing(
    settings: Settings, encoder: Encoder, reports: Path
) -> None:
    first = Assistant(settings)
    list(ingest([reports], first.library, encoder, settings))
    answer = first.ask(ASKED)
    passages = first.library.store.count()
    first.close()
    kept = Conversations(settings.home)
    identifier = kept.start("").id
    kept.add_turn("", identifier, Turn(ASKED, "", answer, {}, "", None))
    finer = settings.model_copy(update={"split": SplitSettings(minimum=10, maximum=40)})
    library = open_library(finer, encoder)
    assert rebuild(library, encoder, finer) == 2
    assert library.store.count() > passages
    library.close()
    again = Assistant(finer)
    results = ingest([reports], again.library, encoder, finer)
    assert {result.outcome for result in results} == {"unchanged"}
    (turn,) = kept.turns("", identifier)
    assert turn.answer is not None and turn.answer.citations
    verdicts = list(verify([("", c) for c in turn.answer.citations], again.library.store))
    assert {verdict.status for verdict in verdicts} == {Status.VERBATIM}
    assert all(verdict.found == verdict.citation.quote for verdict in verdicts)
    again.close()
    kept.close()


def test_turns_keep_their_order_and_the_last_is_replaced(kept: Conversations) -> None:
    identifier = kept.start("").id
    for word in "一二三":
        kept.add_turn("", identifier, Turn(word))
    assert kept.replace_last_turn("", identifier, Turn("叁")).number == 3
    assert [(t.number, t.question) for t in kept.turns("", identifier)] == [
        (1, "一"),
        (2, "二"),
        (3, "叁"),
    ]
    with pytest.raises(ConversationNotFound):
        kept.replace_last_turn("", kept.start("").id, Turn("无"))


def test_the_newest_comes_first_with_title_and_count(kept: Conversations) -> None:
    first, second, third = (kept.start(ME).id for _ in range(3))
    kept.add_turn(ME, second, Turn("第二个问题"))
    kept.add_turn(ME, first, Turn("第一个\n问题"))
    kept.add_turn(ME, first, Turn("再问"))
    assert [(c.id, c.title, c.turns) for c in kept.listed(ME)] == [
        (first, "第一个 问题", 2),
        (second, "第二个问题", 1),
        (third, "", 0),
    ]
    assert kept.rename(ME, first, " 新\n名 ").title == "新 名"
    assert kept.rename(ME, first, " ").title == "第一个 问题"


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("短", "短"),
        ("  两\n行  ", "两 行"),
        ("字" * 30, "字" * 30),
        ("字" * 31, "字" * 29 + "…"),
        ("字" * 20 + "，" + "字" * 20, "字" * 20 + "…"),
        ("字" * 27 + "12345", "字" * 27 + "…"),
        ("x" * 40, "x" * 29 + "…"),
    ],
)
def test_a_title_is_cut_where_it_reads_well(question: str, title: str) -> None:
    assert title_of(question) == title


def test_conversations_are_found_by_words(kept: Conversations) -> None:
    one, two = kept.start(ME).id, kept.start(ME, "Budget 數字").id
    kept.add_turn(ME, one, Turn("２０２２ 年投资规模？"))
    kept.add_turn(ME, one, Turn("100% 是指什么？"))
    kept.add_turn(ME, two, Turn("有多少家企业？"))

    def found(words: str) -> list[str]:
        return [conversation.id for conversation in kept.listed(ME, words)]

    assert found("2022 投资") == found("100% 规模") == found("％") == [one]
    assert found("budget 数字 企业") == [two]
    assert found("投资 企业") == found("' OR 1=1 --") == []
    assert found(" ") == [two, one]
    assert kept.listed(YOU, "投资") == ()
    assert [c.id for c in kept.everyones("投资")] == [one]


def test_another_owners_are_invisible(kept: Conversations, tmp_path: Path) -> None:
    mine = kept.start(ME).id
    kept.add_turn(ME, mine, Turn("问"))
    log = FeedbackLog(tmp_path)
    for attempt in (
        lambda: kept.turns(YOU, mine),
        lambda: kept.conversation(YOU, mine),
        lambda: kept.add_turn(YOU, mine, Turn("问")),
        lambda: kept.replace_last_turn(YOU, mine, Turn("问")),
        lambda: kept.rename(YOU, mine, "名"),
        lambda: kept.delete(YOU, mine),
        lambda: log.rate(YOU, mine, 1, Rating.UP),
        lambda: log.withdraw("", mine, 1),
        lambda: kept.turns(ME, "\ud800"),
    ):
        with pytest.raises(ConversationNotFound, match="youju conversations list") as caught:
            attempt()
        assert "no conversation" in caught.value.english
    assert kept.listed(YOU) == kept.listed("") == ()
    assert log.ratings(YOU, mine) == {}
    assert [t.question for t in kept.turns(ME, mine)] == ["问"]


def test_what_is_deleted_is_gone(kept: Conversations, tmp_path: Path) -> None:
    mine = kept.start(ME).id
    kept.add_turn(ME, mine, Turn("极其罕见的问题"))
    FeedbackLog(tmp_path).rate(ME, mine, 1, Rating.DOWN)
    kept.delete(ME, mine)
    assert kept.listed(ME) == ()
    assert FeedbackLog(tmp_path).everyones() == ()
    for file in tmp_path.glob(f"{FILE}*"):  # the log, too, while the file is open
        assert "极其罕见".encode() not in file.read_bytes()
    connection = sqlite3.connect(tmp_path / FILE)
    assert connection.execute("SELECT count(*) FROM turns").fetchone() == (0,)


def test_a_later_version_is_refused(kept: Conversations, tmp_path: Path) -> None:
    kept.start("")
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    for store in (Conversations(tmp_path).listed, FeedbackLog(tmp_path).ratings):
        with pytest.raises(LibraryMismatch, match=f"{VERSION + 1}.*{VERSION}"):
            store("", "")


def test_threads_lose_nothing(tmp_path: Path) -> None:
    """Each through a store of its own, so that they make the file at the same time too."""
    shared = Conversations(tmp_path)
    identifier = shared.start("").id
    barrier = threading.Barrier(8)
    failed: list[Exception] = []

    def ask(name: int) -> None:
        barrier.wait()
        try:
            store = shared if name % 2 else Conversations(tmp_path)
            for number in range(3):
                store.add_turn("", identifier, Turn(f"{name}-{number}"))
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=ask, args=[name]) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    turns = shared.turns("", identifier)
    assert [turn.number for turn in turns] == list(range(1, 25))
    assert {t.question for t in turns} == {f"{a}-{b}" for a in range(8) for b in range(3)}


ADD_TURNS = """
import sys
from pathlib import Path
from app.conversations.store import Conversations
from app.conversations.turn import Turn

kept = Conversations(Path(sys.argv[1]))
identifier = kept.start("").id
print(identifier, flush=True)
while True:
    print(kept.add_turn("", identifier, Turn("问" * 2000)).number, flush=True)
"""


@pytest.mark.parametrize("after", [1, 17])
def test_a_kill_loses_no_turn_that_was_acknowledged(tmp_path: Path, after: int) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", ADD_TURNS, str(tmp_path)],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout
    identifier = writer.stdout.readline().strip()
    for _ in range(after):
        writer.stdout.readline()
    os.kill(writer.pid, signal.SIGKILL)
    acknowledged = after + len(writer.stdout.read().split())
    assert writer.wait() == -signal.SIGKILL
    kept = Conversations(tmp_path)
    numbers = [turn.number for turn in kept.turns("", identifier)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert acknowledged <= len(numbers) <= acknowledged + 1
    assert kept.add_turn("", identifier, Turn("还在")).number == len(numbers) + 1


def test_the_fingerprint_follows_what_an_answer_depends_on(tmp_path: Path) -> None:
    base = Settings()
    same = base.model_copy(update={"home": tmp_path, "language": "en"})
    other = base.model_copy(update={"answer": base.answer.model_copy(update={"threshold": 0.5})})
    assert fingerprint(base) == fingerprint(same) != fingerprint(other)


def test_feedback_is_kept_with_what_it_judged(kept: Conversations, tmp_path: Path) -> None:
    log, mine = FeedbackLog(tmp_path), kept.start(ME).id
    kept.add_turn(ME, mine, Turn("先问"))
    kept.add_turn(ME, mine, Turn("那 2021 年呢？", answer=Answer("?", "旧"), settings="f"))
    log.rate(ME, mine, 2, Rating.UP)
    log.rate(ME, mine, 2, Rating.DOWN, Reason.WRONG, " 年份不对 ")
    assert log.ratings(ME, mine) == {2: Rating.DOWN}
    kept.replace_last_turn(ME, mine, Turn("那 2021 年呢？", answer=Answer("?", "新")))
    assert log.ratings(ME, mine) == {}
    log.rate(ME, mine, 2, Rating.UP)
    old, new = log.everyones()
    assert (old.rating, old.reason, old.comment) == (Rating.DOWN, Reason.WRONG, "年份不对")
    assert (old.owner, old.conversation_id, old.turn, old.settings) == (ME, mine, 2, "f")
    assert (old.question, old.history) == ("那 2021 年呢？", ("先问",))
    assert (old.answer, new.answer) == (Answer("?", "旧"), Answer("?", "新"))
    log.withdraw(ME, mine, 2)
    assert log.everyones() == (old,)
    with pytest.raises(ConversationNotFound, match="第 9 轮"):
        log.rate(ME, mine, 9, Rating.UP)


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_feedback_becomes_a_question_set(assistant: Assistant, tmp_path: Path, suffix: str) -> None:
    kept, log = Conversations(tmp_path), FeedbackLog(tmp_path)
    mine = kept.start("").id
    good, declined = assistant.ask(ASKED), assistant.ask("火星的面积有多大？")
    assert declined.refused
    for answer in (good, declined, good):
        kept.add_turn("", mine, Turn(answer.question, answer=answer))
    kept.add_turn("", mine, Turn("=1+1", error=("坏", "bad")))
    kept.add_turn("", mine, Turn("那 2021 年呢？", "2021 年投资规模是多少？", answer=good))
    log.rate("", mine, 1, Rating.UP)
    log.rate("", mine, 2, Rating.UP)
    for turn in (3, 4, 5):
        log.rate("", mine, turn, Rating.DOWN, Reason.INCOMPLETE, "没说完\n全")
    path = tmp_path / f"set{suffix}"
    write_question_rows(path, question_rows(log.everyones(), assistant.document))
    up, refused, *down = read_questions(path)
    quotes = tuple(citation.quote for citation in good.citations)
    assert up == Question(
        id=up.id,
        question=ASKED,
        answerable=True,
        answers=(good.short_answer,),
        evidence=quotes,
        document="投资.md",
        **{name: getattr(up, name) for name in ("history",) if hasattr(up, name)},
    )
    assert (refused.answerable, refused.kind) == (False, "unanswerable")
    assert [q.question for q in down] == [ASKED, "=1+1", "2021 年投资规模是多少？"]
    assert all(q.answerable is None and not q.answers and not q.evidence for q in down)
    entries = assistant.library.store.entries()
    texts = {Path(e.path).name: assistant.document(e.id).text for e in entries}
    assert check_evidence([up, refused, *down], texts) == []
    assert "incomplete" in path.read_text(encoding="utf-8")
    if suffix == ".jsonl":
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        assert rows[2]["history"] == [ASKED, "火星的面积有多大？"]
        assert "history" not in rows[4]
        assert len(load_questions(path)) == 5
    else:
        assert "\n=" not in path.read_text(encoding="utf-8") and ",=" not in path.read_text()
