"""Runs in the background, kept sets and runs, reviews and exports: without a browser."""

from __future__ import annotations

import csv
import io
import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import ir_measures
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.assistant import Assistant
from app.questions import Question
from errors import QuestionsError, RunError
from eval.background import BackgroundRuns, State
from eval.export import Form, exported
from eval.page.routes import evaluation_routes
from eval.page.words import CHINESE, ENGLISH
from eval.question_files import read_questions, write_questions
from eval.question_sets import clean_name, keep, kept_set, kept_sets, save
from eval.review import Review, Verdict, review_of, reworded, sound
from eval.run import Run, read_run
from eval.run_folders import answered, kept_run, main_means, run_folders
from settings import load_settings
from tests.samples import SET

BAD = '{"question": "好的？"}\n{"question": 1}\n'


@pytest.fixture(scope="module")
def desk(
    assistant: Assistant, no_settings: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assistant]:
    """An assistant over a copy of the library."""
    home = tmp_path_factory.mktemp("desk") / "home"
    shutil.copytree(assistant.settings.home, home)
    ready = Assistant(load_settings(no_settings, environment={}, home=home))
    yield ready
    ready.close()


@pytest.fixture(scope="module")
def questions(desk: Assistant) -> Path:
    return save(desk.settings.home, "桥 与 车", SET)


@pytest.fixture(scope="module")
def run(desk: Assistant, questions: Path) -> Run:
    background = BackgroundRuns(desk)
    name = background.start(questions, "第一次")
    background.wait()
    assert background.progress and background.progress.state is State.FINISHED
    return kept_run(desk.settings.home, name)


def state(background: BackgroundRuns) -> State:
    assert background.progress
    return background.progress.state


# --- runs in the background


def test_a_run_in_the_background_is_the_run_of_the_command_line(run: Run) -> None:
    assert [outcome.gold for outcome in run.outcomes] == list(SET)
    assert run.name == "第一次" and run.facts["set"] == "桥 与 车.jsonl"
    assert {"report.html", "answers.xlsx", "run.trec"} <= {p.name for p in run.folder.iterdir()}
    assert run.outcomes[0].measures["correct"] == 1.0


def test_a_run_is_watched_stopped_and_goes_on(
    desk: Assistant, questions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    background, asked = BackgroundRuns(desk), []
    reached, go_on = threading.Event(), threading.Event()
    ask = desk.ask

    def slowly(question: str, history: tuple[str, ...] = ()) -> object:
        asked.append(question)
        if len(asked) == 2:
            reached.set()
            assert go_on.wait(60)
        return ask(question, history=history)

    monkeypatch.setattr(desk, "ask", slowly)
    name = background.start(questions, "停一停")
    assert reached.wait(60)
    progress = background.progress
    assert progress and progress.active
    assert (progress.done, progress.total) == (1, len(SET)) and progress.seconds_left
    with pytest.raises(RunError, match=r"停一停.*还在进行"):
        background.start(questions, "另一次")
    with pytest.raises(RunError, match="还在进行"):
        background.resume("第一次")
    background.stop()
    assert state(background) is State.STOPPING
    go_on.set()
    background.wait()
    assert state(background) is State.STOPPED
    assert len(asked) == 2
    (stopped,) = [each for each in run_folders(desk.settings.home) if each.name == name]
    assert (stopped.done, stopped.finished, stopped.resumable) == (2, False, True)
    with pytest.raises(RunError):
        kept_run(desk.settings.home, name)
    background.resume(name)
    background.wait()
    assert asked == [question.question for question in SET]
    assert len(kept_run(desk.settings.home, name).outcomes) == len(SET)
    with pytest.raises(RunError):
        BackgroundRuns(desk).resume("没有这次")


def test_a_run_goes_on_after_its_process_was_killed(desk: Assistant, run: Run) -> None:
    home = desk.settings.home
    folder = home / "runs" / "断了"
    shutil.copytree(run.folder, folder)
    facts = {name: value for name, value in run.facts.items() if name != "finished"}
    (folder / "run.json").write_text(json.dumps(facts), encoding="utf-8")
    lines = (folder / "answers.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "answers.jsonl").write_text("".join(lines[:2]) + lines[2][:30], encoding="utf-8")
    assert answered(folder) == 2
    background = BackgroundRuns(desk)
    background.resume("断了")
    background.wait()
    assert [o.measures for o in read_run(folder).outcomes] == [o.measures for o in run.outcomes]


def test_what_goes_wrong_is_kept_for_whoever_looks(
    desk: Assistant, questions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    background = BackgroundRuns(desk)
    monkeypatch.setattr(desk, "ask", lambda question, history=(): 1 / 0)
    background.start(questions, "坏的")
    background.wait()
    assert background.progress and background.progress.state is State.FAILED
    assert isinstance(background.progress.error, ZeroDivisionError)


def test_a_set_that_does_not_suit_the_library_starts_nothing(
    desk: Assistant, tmp_path: Path
) -> None:
    background, path = BackgroundRuns(desk), tmp_path / "set.jsonl"
    write_questions(path, [replace(SET[0], evidence=("没有这一句",))])
    with pytest.raises(QuestionsError, match="没有这一句"):
        background.start(path, "不成")
    assert background.progress is None
    assert not (desk.settings.home / "runs" / "不成").exists()


def test_names_are_cleaned_numbered_and_not_taken_twice(
    desk: Assistant, questions: Path, run: Run
) -> None:
    background = BackgroundRuns(desk)
    with pytest.raises(RunError, match="另取一个名字"):
        background.start(questions, " 第一次 ")
    assert background.start(questions, "../../x") == "x"
    background.close()
    assert background.start(questions) == "桥 与 车-1"
    background.close()
    assert not (desk.settings.home.parent / "x").exists()


def test_an_empty_library_cannot_be_evaluated(questions: Path, tmp_path: Path) -> None:
    empty = Assistant(load_settings(None, environment={}, home=tmp_path / "empty"))
    with pytest.raises(RunError, match="空的"):
        BackgroundRuns(empty).start(questions)
    empty.close()


def test_runs_are_listed_with_their_means(desk: Assistant, run: Run) -> None:
    home = desk.settings.home
    (home / "runs" / "no run").mkdir(exist_ok=True)
    listed = run_folders(home)
    assert "no run" not in {each.name for each in listed}
    assert [each.started for each in listed] == sorted((e.started for e in listed), reverse=True)
    found = main_means(home, run.name)
    assert found["correct"].count == len(SET)
    assert set(found) == {"correct", "evidence@3", "citation recall"}


# --- kept sets


def test_an_upload_is_kept_below_a_cleaned_name_once(tmp_path: Path) -> None:
    data = b'{"question": "?"}\n'
    first = keep(tmp_path, "../a/<b>\u202e题.jsonl", data)
    assert first.parent == tmp_path / "questions" and first.name == "b 题.jsonl"
    assert keep(tmp_path, "../a/<b>\u202e题.jsonl", data) == first
    other = keep(tmp_path, "b 题.jsonl", data * 2)
    assert other.name == "b 题-2.jsonl"
    assert kept_sets(tmp_path) == sorted([first, other])
    assert kept_set(tmp_path, first.name) == first
    for name in ("../questions/b 题.jsonl", "", "c.jsonl"):
        with pytest.raises(QuestionsError):
            kept_set(tmp_path, name)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("坏.jsonl", BAD.encode(), "第 2 行"),
        ("坏.csv", "问题,可回答\n好？,是\n,是\n".encode("gb18030"), "3: "),
        ("坏.xlsx", b"PK", "读不了"),
        ("坏.exe", b"MZ", "JSONL、CSV 或 XLSX"),
    ],
)
def test_a_bad_upload_is_named_and_not_kept(
    tmp_path: Path, name: str, data: bytes, said: str
) -> None:
    with pytest.raises(QuestionsError, match=said) as told:
        keep(tmp_path, name, data)
    assert name in str(told.value) and str(tmp_path) not in str(told.value)
    assert str(tmp_path) not in told.value.english
    assert list((tmp_path / "questions").glob("*")) == []


@given(st.text())
def test_a_clean_name_is_one_part_of_a_path(text: str) -> None:
    name = clean_name(text)
    assert name and len(name.encode()) <= 200
    assert name == clean_name(name)
    assert Path(name).name == name and not name.startswith(".")
    assert name.isprintable()


# --- reviews


def test_a_review_goes_from_open_question_to_open_question() -> None:
    review = review_of(SET)
    review = review.judged(Verdict.ACCEPTED).moved(1).judged(Verdict.REJECTED)
    assert review.verdicts[:3] == (Verdict.ACCEPTED, Verdict.OPEN, Verdict.REJECTED)
    assert review.current == SET[1]
    assert review.accepted == [SET[0]]
    assert review.moved(-99).at == 0 and review.moved(99).at == len(SET) - 1
    changed = replace(SET[0], question="换一种问法？")
    assert review.moved(-99).judged(Verdict.ACCEPTED, changed).accepted == [changed]
    assert Review().current is None and Review().moved(1).at == 0


def test_a_question_stays_one_when_it_is_reworded() -> None:
    assert reworded(SET[0], " 新？ ", ["8600 辆", " ", "八千六百辆"]).answers == (
        "8600 辆",
        "八千六百辆",
    )
    unanswerable = Question("u", "？", answerable=False)
    for question, text, answers in (
        (SET[0], " ", ["8600"]),
        (SET[0], "？", [" "]),
        (unanswerable, "？", ["5"]),
    ):
        with pytest.raises(QuestionsError):
            reworded(question, text, answers)
    with pytest.raises(QuestionsError):
        sound([])


# --- exports


def test_ragas_gets_a_sample_a_line(run: Run) -> None:
    lines = [json.loads(line) for line in exported(run, Form.RAGAS).splitlines()]
    assert [line["user_input"] for line in lines] == [question.question for question in SET]
    assert lines[0]["reference"] == SET[0].answers[0]
    assert lines[0]["reference_contexts"] == list(SET[0].evidence)
    assert lines[0]["response"] == run.outcomes[0].answer["answer"]
    assert SET[0].evidence[0] in lines[0]["retrieved_contexts"][0]
    assert {type(text) for line in lines for text in line["retrieved_contexts"]} == {str}


def test_ragchecker_gets_its_results(run: Run) -> None:
    results = json.loads(exported(run, Form.RAGCHECKER))["results"]
    first = results[0]
    assert set(first) == {"query_id", "query", "gt_answer", "response", "retrieved_context"}
    assert first["gt_answer"] == SET[0].answers[0]
    assert (
        first["retrieved_context"][0]["doc_id"] == run.outcomes[0].answer["hits"][0]["passage_id"]
    )
    assert SET[0].evidence[0] in first["retrieved_context"][0]["text"]


def test_the_files_for_trec_eval_give_the_measures_of_the_run(run: Run) -> None:
    qrels, ranked = (
        list(read(str(run.folder / name)))  # type: ignore[no-untyped-call]
        for read, name in (
            (ir_measures.read_trec_qrels, "qrels.trec"),
            (ir_measures.read_trec_run, "run.trec"),
        )
    )
    found = {
        each.query_id: each.value
        for each in ir_measures.iter_calc([ir_measures.RR @ 10], qrels, ranked)
    }
    wanted = {
        o.gold.id.replace(" ", "_"): o.measures["rr@10"] for o in run.outcomes if o.gold.evidence
    }
    assert found == pytest.approx(wanted)


# --- what is served


@pytest.fixture(scope="module")
def client(desk: Assistant) -> TestClient:
    return TestClient(Starlette(routes=evaluation_routes(desk.settings.home)))


def test_reports_are_served_and_made_again_where_they_are_gone(
    client: TestClient, run: Run
) -> None:
    (run.folder / "report.html").unlink()
    shown = client.get(f"/evaluation/runs/{run.name}/report.html")
    assert shown.status_code == 200 and "attachment" not in str(shown.headers)
    assert SET[0].question in shown.text or "桥 与 车" in shown.text
    loaded = client.get(f"/evaluation/runs/{run.name}/report.html?download=1")
    assert loaded.headers["content-disposition"].startswith("attachment")
    assert client.get(f"/evaluation/runs/{run.name}/report.md").text.startswith("# ")
    rows = client.get(f"/evaluation/runs/{run.name}/answers.csv").content.decode("utf-8-sig")
    assert [row["id"] for row in csv.DictReader(io.StringIO(rows))] == [q.id for q in SET]
    data = client.get(f"/evaluation/runs/{run.name}/answers.xlsx").content
    assert openpyxl.load_workbook(io.BytesIO(data)).active is not None


def test_sets_and_templates_are_served_in_each_form(
    client: TestClient, questions: Path, tmp_path: Path
) -> None:
    for suffix in (".jsonl", ".csv", ".xlsx"):
        path = tmp_path / f"got{suffix}"
        path.write_bytes(client.get(f"/evaluation/questions/{questions.name}/{suffix}").content)
        assert read_questions(path) == SET
        path.write_bytes(client.get(f"/evaluation/template{suffix}").content)
        assert [bool(item.history) for item in read_questions(path)] == [False, True]


@pytest.mark.parametrize(
    "path",
    [
        "runs/第一次/run.json",
        "runs/第一次/..%2F..%2Flibrary.sqlite",
        "runs/..%2F/library.sqlite",
        "runs/../library.sqlite",
        "runs/没有/report.html",
        "runs/no run/report.html",
        "questions/..%2Flibrary.sqlite/.csv",
        "questions/没有.jsonl/.csv",
        "questions/桥 与 车.jsonl/.sqlite",
        "template.sqlite",
        "template",
    ],
)
def test_nothing_else_of_the_home_is_served(
    client: TestClient, run: Run, questions: Path, path: str
) -> None:
    assert client.get(f"/evaluation/{path}").status_code == 404


def test_both_languages_name_all_that_there_is() -> None:
    for words in (CHINESE, ENGLISH):
        assert set(words.states) == set(State) and set(words.verdicts) == set(Verdict)
    assert set(CHINESE.causes) == set(ENGLISH.causes)


def test_every_measure_has_a_chinese_name(run: Run) -> None:
    assert set(run.outcomes[0].measures) == set(CHINESE.measures)
