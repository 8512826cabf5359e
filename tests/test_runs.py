"""Runs of a question set over a real library: kept, resumed, compared, reported."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from app.assistant import Assistant
from app.questions import Question
from errors import QuestionsError, RunError, SettingsError
from eval.benchmarks import fill, own_paragraph, read_benchmark, thinned
from eval.causes import Cause
from eval.compare import compare
from eval.draft import draft
from eval.measures import Gold, located
from eval.question_files import check_gold, read_questions, write_questions, write_template
from eval.report import write_reports
from eval.run import Run, execute, read_run
from eval.summary import causes, curves, means, refusals
from eval.sweep import combinations, settings_with
from index.encoder import Encoder
from records import Answer, Document, Span
from settings import CHECKOUT, Settings
from tests.samples import make_document

HOSTILE = "<script>alert('桥')</script>"
QUESTIONS = (
    Question(
        "bus",
        "白石省的公交车有多少辆？",
        "number",
        "test",
        True,
        ("8600 辆",),
        ("共计 8600 辆",),
        document="交通.md",
    ),
    Question(
        "park", "临江市有多少车位？", "table", "tune", True, ("18000 个",), ("临江市\t18000 个",)
    ),
    Question("wrong", "数字企业有多少家？", "number", "tune", True, (HOSTILE,), ("1260 家",)),
    Question("ship", "青湾市 2022 年造了多少艘轮船？", "number", "test", False),
)


def documents(assistant: Assistant) -> list[Document]:
    return [assistant.document(entry.id) for entry in assistant.library.store.entries()]


def golds(assistant: Assistant) -> list[Gold]:
    return [located(question, documents(assistant)) for question in QUESTIONS]


@pytest.fixture(scope="module")
def run(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return execute(assistant, golds(assistant), tmp_path_factory.mktemp("run"), {"set": "q"})


def test_a_run_measures_every_question_and_names_causes(run: Run) -> None:
    assert [outcome.gold for outcome in run.outcomes] == list(QUESTIONS)
    bus, park, wrong, _ = run.outcomes
    assert bus.measures["correct"] == bus.measures["evidence@1"] == 1
    assert bus.measures["amount"] == 1 and bus.cause is Cause.NONE
    assert park.measures["citation recall"] == 1
    assert wrong.measures["correct"] == 0 and wrong.cause is Cause.READING
    found = means(run.outcomes)
    assert found["correct"].count == 4 and found["amount"].count == 2
    assert causes(run.outcomes)[Cause.READING] == 1
    assert refusals(run.outcomes).wrongly == 0
    coverage, reliability, _ = curves(run)
    assert len(coverage) == 4 and sum(count for *_, count in reliability) == 4


def test_a_run_says_what_was_run_and_can_be_read_by_trec_eval(run: Run) -> None:
    assert run.facts["set"] == "q"
    assert run.facts["settings"]["retrieval"]["top_k"] == 5
    assert {"python", "chromadb", "youju"} <= set(run.facts["versions"])
    qrels = [line.split() for line in (run.folder / "qrels.trec").read_text().splitlines()]
    ranked = [line.split() for line in (run.folder / "run.trec").read_text().splitlines()]
    assert {len(line) for line in qrels} == {4} and {len(line) for line in ranked} == {6}
    assert {line[0] for line in qrels} == {"bus", "park", "wrong"}
    best = next(line for line in ranked if line[0] == "bus" and line[3] == "1")
    assert ["bus", "0", best[2], "1"] in qrels


def test_a_run_that_was_cut_short_goes_on_where_it_stopped(
    assistant: Assistant, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cut"
    folder.mkdir()
    facts = {name: value for name, value in run.facts.items() if name != "finished"}
    (folder / "run.json").write_text(json.dumps(facts), encoding="utf-8")
    lines = (run.folder / "answers.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "answers.jsonl").write_text("".join(lines[:2]) + lines[2][:50], encoding="utf-8")
    with pytest.raises(RunError, match="没有做完"):
        read_run(folder)
    asked: list[str] = []
    ask = assistant.ask

    def listen(question: str, history: tuple[str, ...] = ()) -> Answer:
        asked.append(question)
        return ask(question, history=history)

    monkeypatch.setattr(assistant, "ask", listen)
    again = execute(assistant, golds(assistant), folder, {"set": "q"})
    assert asked == [QUESTIONS[2].question, QUESTIONS[3].question]
    assert [o.measures for o in again.outcomes] == [o.measures for o in run.outcomes]


def test_questions_worked_on_at_once_are_measured_alike_and_in_order(
    assistant: Assistant, run: Run, tmp_path: Path
) -> None:
    told: list[int] = []
    both = execute(
        assistant,
        golds(assistant),
        tmp_path / "both",
        {"set": "q"},
        lambda done, total: told.append(done),
        parallel=2,
    )
    assert [o.gold for o in both.outcomes] == [o.gold for o in run.outcomes]
    assert [o.measures for o in both.outcomes] == [o.measures for o in run.outcomes]
    assert told == list(range(1, len(QUESTIONS) + 1))


def test_another_run_is_not_mixed_in(assistant: Assistant, run: Run) -> None:
    with pytest.raises(RunError, match="questions_sha256"):
        execute(assistant, golds(assistant)[:2], run.folder, {"set": "q"})
    with pytest.raises(RunError, match="已经做完"):
        execute(assistant, golds(assistant), run.folder, {"set": "q"})
    assert read_run(run.folder).outcomes == run.outcomes


def test_a_question_that_fails_counts_as_nothing_and_is_listed(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(question: str, history: tuple[str, ...] = ()) -> None:
        raise QuestionsError("坏了", "broken")

    monkeypatch.setattr(assistant, "ask", fail)
    failed = execute(assistant, golds(assistant), tmp_path / "failed", {"set": "q"})
    assert {o.cause for o in failed.outcomes} == {Cause.FAILED}
    assert {o.measures["correct"] for o in failed.outcomes} == {0}
    assert failed.outcomes[0].measures["evidence@3"] == 0
    assert failed.outcomes[0].error == "坏了"
    write_reports(failed)


def test_runs_of_the_same_questions_are_compared(run: Run, tmp_path: Path) -> None:
    same = compare(run, run)
    assert not same.flipped and not same.regressions
    assert {each.mean.value for each in same.differences.values()} == {0}
    worse = replace(
        run,
        outcomes=tuple(replace(o, measures=o.measures | {"correct": 0.0}) for o in run.outcomes),
    )
    found = compare(run, worse)
    assert [before.gold.id for before, _ in found.flipped] == [
        o.gold.id for o in run.outcomes if o.measures["correct"]
    ]
    assert found.differences["correct"].mean.value < 0
    with pytest.raises(RunError, match="不是同一套"):
        compare(run, replace(run, facts=run.facts | {"questions_sha256": "other"}))


def test_a_regression_is_one_that_is_hardly_chance(run: Run) -> None:
    good = tuple(
        replace(run.outcomes[0], gold=replace(run.outcomes[0].gold, id=str(i))) for i in range(12)
    )
    bad = tuple(replace(o, measures=o.measures | {"correct": 0.0}) for o in good)
    found = compare(replace(run, outcomes=good), replace(run, outcomes=bad))
    assert found.regressions == ("correct",)
    assert compare(replace(run, outcomes=bad), replace(run, outcomes=good)).regressions == ()


def test_reports_hold_every_question_and_nothing_of_them_is_markup(run: Run) -> None:
    write_reports(run)
    html = (run.folder / "report.html").read_text(encoding="utf-8")
    assert HOSTILE not in html and "&lt;script&gt;" in html
    assert "http://" not in html and "https://" not in html
    assert "<mark>1260 家</mark>" in html
    assert "| correct |" in (run.folder / "report.md").read_text(encoding="utf-8")
    with (run.folder / "answers.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == [q.id for q in QUESTIONS]
    assert rows[0]["correct"] == "1" and rows[3]["evidence@1"] == ""
    sheet = openpyxl.load_workbook(run.folder / "answers.xlsx").active
    assert sheet is not None and sheet.max_row == 5
    assert sheet["F4"].value == HOSTILE


# --- question files


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".xlsx"])
def test_a_set_is_the_same_in_every_form(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"set{suffix}"
    write_questions(path, QUESTIONS)
    assert read_questions(path) == QUESTIONS
    write_template(path)
    example, follow_up = read_questions(path)
    assert example.answerable and example.evidence
    assert follow_up.history == (example.question,)


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".xlsx"])
def test_a_dialogue_is_the_same_in_every_form(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"set{suffix}"
    dialogue = [replace(QUESTIONS[0], history=("青湾市有地铁吗？", "那公交呢？"))]
    write_questions(path, dialogue)
    assert list(read_questions(path)) == dialogue


def test_earlier_questions_reach_the_assistant(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, tuple[str, ...]]] = []
    ask = assistant.ask

    def listen(question: str, history: tuple[str, ...] = ()) -> Answer:
        heard.append((question, history))
        return ask(question)

    monkeypatch.setattr(assistant, "ask", listen)
    alone, dialogue = QUESTIONS[0], replace(QUESTIONS[1], history=("青湾市有多少车位？",))
    execute(assistant, [Gold(alone), Gold(dialogue)], tmp_path / "run", {"set": "q"})
    assert heard == [(alone.question, ()), (dialogue.question, dialogue.history)]


def test_every_bad_row_is_named(tmp_path: Path) -> None:
    path = tmp_path / "set.csv"
    path.write_text("问题,可回答\n好的？,是\n,是\n也好？,也许\n", encoding="gb18030")
    with pytest.raises(QuestionsError) as told:
        read_questions(path)
    assert "3: " in str(told.value) and "4: " in str(told.value)
    path = tmp_path / "set.jsonl"
    path.write_text('{"question": 1}\n{"question": "好的？"}\n[]\n', encoding="utf-8")
    with pytest.raises(QuestionsError) as told:
        read_questions(path)
    assert "第 1 行" in str(told.value) and "第 3 行" in str(told.value)


def test_a_table_without_a_question_column_or_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "set.csv"
    path.write_text("甲,乙\n1,2\n", encoding="utf-8")
    with pytest.raises(QuestionsError, match="问题"):
        read_questions(path)
    broken = tmp_path / "set.xlsx"
    broken.write_bytes(b"PK")
    with pytest.raises(QuestionsError, match="读不了"):
        read_questions(broken)


def test_gold_must_stand_in_the_document_it_names() -> None:
    document = make_document("甲有 3 座桥。")
    good = Question("1", "？", answerable=True, answers=("3 座",), evidence=("甲有 3 座",))
    check_gold([good], [document], Path("set.jsonl"))
    with pytest.raises(QuestionsError, match="甲有 4 座"):
        check_gold([replace(good, evidence=("甲有 4 座",))], [document], Path("set.jsonl"))


# --- public sets


SQUAD = {
    "data": [
        {
            "title": "港口",
            "paragraphs": [
                {
                    "context": "青湾港 2022 年吞吐量为 310 万吨。",
                    "qas": [
                        {
                            "id": "a",
                            "question": "青湾港 2022 年吞吐量是多少？",
                            "answers": [{"text": "310 万吨", "answer_start": 15}],
                        },
                        {
                            "id": "b",
                            "question": "青湾港有多少泊位？",
                            "answers": [],
                            "is_impossible": True,
                        },
                    ],
                },
                {"context": "临江港建于 1958 年。", "qas": []},
            ],
        }
    ]
}


def test_a_public_set_is_found_and_read(
    tmp_path: Path, encoder: Encoder, settings: Settings
) -> None:
    path = tmp_path / "ports.json"
    path.write_text(json.dumps(SQUAD), encoding="utf-8")
    paragraphs, found = read_benchmark(path)
    assert [document.text for document in paragraphs] == [
        "青湾港 2022 年吞吐量为 310 万吨。",
        "临江港建于 1958 年。",
    ]
    assert found[0].places == [(paragraphs[0].id, Span(15, 21))]
    assert found[1].question.answerable is False and not found[1].has_evidence
    ready = Assistant(settings)
    ready.encoder = encoder
    fill(ready, paragraphs)
    fill(ready, paragraphs)
    assert ready.library.store.count() == 2
    done = execute(ready, found, tmp_path / "run", {"set": "ports"}, further=own_paragraph)
    ready.close()
    assert done.outcomes[0].measures["evidence@1"] == 1
    assert done.outcomes[0].measures["exact, own paragraph"] == 1
    assert done.outcomes[1].measures["f1, own paragraph"] is None


def test_a_public_set_of_another_shape_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "set.json"
    for text in ('{"data": [{"paragraphs": [{"context": "桥"}]}]}', "[]", "?"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(QuestionsError, match="SQuAD"):
            read_benchmark(path)


def test_so_many_questions_are_spread_over_the_file() -> None:
    gold = [Gold(Question(str(i), "？")) for i in range(10)]
    assert [each.question.id for each in thinned(gold, 4)] == ["0", "2", "5", "7"]
    assert thinned(gold, 0) == thinned(gold, 99) == gold


# --- sweeps


def test_settings_are_combined_and_checked(settings: Settings) -> None:
    tried = list(combinations(["answer.threshold=0.2,0.4", "retrieval.top_k=3"]))
    assert tried == [
        {"answer.threshold": "0.2", "retrieval.top_k": "3"},
        {"answer.threshold": "0.4", "retrieval.top_k": "3"},
    ]
    changed = settings_with(settings, tried[1])
    assert (changed.answer.threshold, changed.retrieval.top_k) == (0.4, 3)
    assert changed.home == settings.home
    for wrong in ("split.maximum=3", "answer.threshold", "answer.threshold="):
        with pytest.raises(SettingsError):
            list(combinations([wrong]))
    for bad in ({"answer.threshold": "2"}, {"answer.nothing": "1"}):
        with pytest.raises(SettingsError):
            settings_with(settings, bad)


# --- drafts


def test_a_draft_is_sound_and_the_same_every_time(assistant: Assistant) -> None:
    held = documents(assistant)
    drafted = draft(held, 12, seed=3)
    assert drafted == draft(held, 12, seed=3) != draft(held, 12, seed=4)
    check_gold(drafted, held, Path("draft.jsonl"))
    assert len(drafted) <= 12 and {q.split for q in drafted} == {"tune", "test"}
    assert sum(not question.answerable for question in drafted) <= 3
    assert {"table", "amount"} <= {question.kind for question in drafted}
    assert {q.document for q in drafted if q.answerable} == {"投资.md", "交通.md"}


def test_a_draft_asks_for_a_year_that_no_document_names() -> None:
    years = range(2010, 2016)
    text = "".join(f"{year} 年青湾港货物吞吐量达到 {year - 1900} 万吨。" for year in years)
    drafted = draft([make_document(text)], 8)
    missed = [question for question in drafted if not question.answerable]
    assert missed
    for question in missed:
        assert not any(str(year) in question.question for year in years)


# --- the commands


def test_a_set_is_run_shown_and_compared(reports: Path, tmp_path: Path) -> None:
    questions = tmp_path / "bridges.xlsx"
    write_questions(questions, QUESTIONS)

    def youju(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "youju", "eval", *map(str, arguments)],
            cwd=CHECKOUT,
            env=os.environ | {"YOUJU_HOME": str(tmp_path / "home")},
            capture_output=True,
            text=True,
            timeout=300,
        )

    nothing = ("--settings", os.devnull)
    done = youju("run", questions, "--documents", reports, "-o", tmp_path / "a", *nothing, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["means"]["correct"]["count"] == 4
    assert (tmp_path / "a" / "report.html").exists()
    shown = youju("show", tmp_path / "a", *nothing)
    assert "correct" in shown.stdout
    swept = youju(
        "sweep",
        questions,
        "--try",
        "answer.threshold=0,1",
        "--home",
        tmp_path / "a" / "library",
        *nothing,
    )
    assert swept.returncode == 0, swept.stderr
    assert swept.stdout.index("answer.threshold=0") < swept.stdout.index("answer.threshold=1")
    compared = youju("compare", tmp_path / "a", tmp_path / "a", "--fail-on-regression", *nothing)
    assert compared.returncode == 0, compared.stderr
    assert "+0.0" in compared.stdout
    absent = youju("show", tmp_path / "nowhere", *nothing)
    assert absent.returncode == 1 and "youju eval run" in absent.stderr
