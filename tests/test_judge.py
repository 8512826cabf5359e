"""Judging a run with a language model, over a scripted endpoint."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.assistant import Assistant
from app.generation.endpoint import Endpoint
from app.questions import Question
from errors import RunError
from eval.judge import Judgement, judge, judgements, opinions
from eval.measures import located
from eval.report import write_reports
from eval.run import Run, execute
from records import Notice
from settings import LlmSettings
from tests.scripted_model import ScriptedModel, fails, says, scripted_model

RIGHT = "正确性：正确\n忠实性：有依据"
HALF = "正确性：部分正确\n忠实性：部分有依据。"
CHATTY = "好的，我来评分。\n正确性：正确\n忠实性：有依据"
QUESTIONS = (
    Question("bus", "白石省的公交车有多少辆？", answerable=True, answers=("8600 辆",)),
    Question("park", "临江市有多少车位？", answerable=True, answers=("18000 个",)),
    Question("open", "2022 年青湾市数字产业投资规模是多少？"),
    Question("zoo", "2035 年青湾市的动物园投资规模是多少？", answerable=False),
)


@pytest.fixture(scope="module")
def finished(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Run:
    held = [assistant.document(entry.id) for entry in assistant.library.store.entries()]
    golds = [located(question, held) for question in QUESTIONS]
    run = execute(assistant, golds, tmp_path_factory.mktemp("runs") / "run", {"set": "q"})
    assert [outcome.refused for outcome in run.outcomes] == [False, False, False, True]
    return run


@pytest.fixture
def run(finished: Run, tmp_path: Path) -> Run:
    """A copy of the run, so that verdicts of one test aren't another's."""
    for file in finished.folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return replace(finished, folder=tmp_path)


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    with scripted_model() as running:
        yield running


def judged(run: Run, model: ScriptedModel, name: str = "m") -> Judgement:
    settings = LlmSettings(base_url=model.url, model=name, attempts=1)
    return judge(run, Endpoint(settings), settings)


def test_answers_are_judged_and_refusals_are_not(run: Run, model: ScriptedModel) -> None:
    model.script = [says(RIGHT), says(HALF), says(RIGHT)]
    found = judged(run, model)
    assert [(v.id, v.correctness, v.faithfulness) for v in found.verdicts] == [
        ("bus", 1.0, 1.0),
        ("park", 0.5, 0.5),
        ("open", None, 1.0),  # there is nothing to compare it with
    ]
    means = opinions(run, found)
    assert means["correctness"].value == 0.75 and means["correctness"].count == 2
    assert means["faithfulness"].value == pytest.approx(2.5 / 3)
    assert means["agreement"].count == 2  # only where code could tell
    prompt = model.prompt(0)
    assert "8600 辆" in prompt and "[1]" not in prompt  # marks are data, too
    assert found.facts["model"] == "m" and "忠实性" in found.facts["prompt"]


def test_what_cannot_be_judged_is_counted_and_tried_again(run: Run, model: ScriptedModel) -> None:
    model.script = [says(CHATTY), fails(500), says(RIGHT)]
    found = judged(run, model)
    assert found.failures == {"unreadable": 1, Notice.FAILED.value: 1}
    assert opinions(run, found)["faithfulness"].count == 1
    model.script = [says(HALF)]
    again = judged(run, model)
    assert len(model.requests) == 5 and again.failures == {}
    assert [v.id for v in again.verdicts] == ["open", "bus", "park"]


def test_a_judge_that_is_not_there_ends_the_judging(run: Run, model: ScriptedModel) -> None:
    model.script = [fails(500)]
    with pytest.raises(RunError, match="llm_failed") as told:
        judged(run, model)
    assert "youju eval judge" in told.value.english
    assert len(model.requests) == 3


def test_judges_are_kept_apart_from_each_other_and_from_the_measures(
    run: Run, model: ScriptedModel
) -> None:
    before = (run.folder / "answers.jsonl").read_bytes()
    model.script = [says(RIGHT)]
    judged(run, model, "<b>甲/one</b>")
    judged(run, model, "two")
    assert sorted(each.facts["model"] for each in judgements(run)) == ["<b>甲/one</b>", "two"]
    assert (run.folder / "answers.jsonl").read_bytes() == before
    write_reports(run)
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;甲/one&lt;/b&gt;" in page and "<b>甲" not in page
    assert "two" in (run.folder / "report.md").read_text(encoding="utf-8")


def test_a_torn_last_line_is_judged_again(run: Run, model: ScriptedModel) -> None:
    model.script = [says(RIGHT)]
    judged(run, model)
    (file,) = run.folder.glob("judged-*.jsonl")
    file.write_text(file.read_text(encoding="utf-8")[:-20], encoding="utf-8")
    assert len(judged(run, model).verdicts) == 3
    assert len(model.requests) == 4


def test_a_file_of_verdicts_that_is_not_one_is_named(run: Run) -> None:
    (run.folder / "judged-x.jsonl").write_text(json.dumps([1]) + "\n{}\n{\n", encoding="utf-8")
    with pytest.raises(RunError, match=r"judged-x\.jsonl"):
        judgements(run)
