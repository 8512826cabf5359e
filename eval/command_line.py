"""``youju eval``: runs of question sets, comparisons of runs, reports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.options import (
    Home,
    Json,
    SettingsFile,
    announce,
    filled_assistant,
    in_english,
    load,
    open_assistant,
)

if TYPE_CHECKING:
    from eval.run import Run

evaluation = typer.Typer(
    help="批量评测：跑一套问题、比较两次结果、写出报告。"
    "Batch evaluation: runs of question sets, comparisons, reports.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

QuestionSet = Annotated[
    Path, typer.Argument(help="问题集 JSONL、CSV、XLSX question set", metavar="SET")
]
RunFolder = Annotated[Path, typer.Argument(help="评测的文件夹 a run's folder", metavar="RUN")]
Part = Annotated[str | None, typer.Option("--split", help="只做这一组 only this split")]


@evaluation.command("run")
def run_set(
    questions: QuestionSet,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="结果文件夹 folder", metavar="DIR")
    ] = None,
    documents: Annotated[
        list[Path] | None,
        typer.Option("--documents", help="只用这些文件，另建资料库 only these files, apart"),
    ] = None,
    split: Part = None,
    home: Home = None,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """把一套问题逐一问资料库，按答案和依据打分；中断后再运行会接着做。

    Puts every question of a set to the library and measures the answers. A run that was cut
    short goes on when it is started again.

    例 Example：youju eval run eval/questions/corpus.jsonl
    """
    from app.printing import Progress
    from eval.measures import located
    from eval.printing import print_run
    from eval.question_files import check_gold, read_questions
    from eval.report import write_reports
    from eval.run import execute, filled

    asked = [q for q in read_questions(questions) if split in (None, q.split)]
    if not asked:
        raise typer.BadParameter(
            f"{questions} 里没有 {split} 组。{questions} has no split {split}."
        )
    folder = output or _next(load(home, settings).home / "runs", questions.stem)
    own = str(folder / "library") if documents else home
    assistant = open_assistant(own, settings) if documents else filled_assistant(own, settings)
    held = filled(assistant, documents or [])
    check_gold(asked, held, questions)
    golds = [located(question, held) for question in asked]
    about = {"set": questions.name, "split": split or ""}
    with Progress() as progress:
        run = execute(assistant, golds, folder, about, progress.passages)
    write_reports(run)
    announce(f"结果已写入 {folder}", f"the run is in {folder}")
    print_run(run, as_json, in_english())


@evaluation.command("show")
def show_run(
    run: RunFolder, home: Home = None, settings: SettingsFile = None, as_json: Json = False
) -> None:
    """显示一次评测的分数，并重新写出它的报告。Prints a run's scores and writes its reports anew."""
    from eval.printing import print_run
    from eval.report import write_reports

    found = _run(run, home, settings)
    write_reports(found)
    print_run(found, as_json, in_english())


@evaluation.command("compare")
def compare_runs(
    first: RunFolder,
    second: RunFolder,
    fail: Annotated[
        bool, typer.Option("--fail-on-regression", help="变差则退出码为 1 exit code 1 if worse")
    ] = False,
    home: Home = None,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """逐题比较同一套问题的两次评测：差多少、是不是偶然、哪些题变了。

    Compares two runs of the same questions: how much they differ, whether by chance, and which
    questions flipped.
    """
    from eval.compare import compare
    from eval.printing import print_comparison

    found = compare(_run(first, home, settings), _run(second, home, settings))
    print_comparison(found, as_json, in_english())
    if fail and found.regressions:
        raise typer.Exit(1)


@evaluation.command("template")
def template(
    output: Annotated[Path, typer.Argument(help="JSONL、CSV、XLSX", metavar="FILE")],
) -> None:
    """写出一张问题集的样表，照着填写。Writes a question set with one example, to be filled in."""
    from eval.question_files import write_template

    if output.suffix.lower() not in (".jsonl", ".csv", ".xlsx"):
        raise typer.BadParameter(f"{output}：.jsonl、.csv、.xlsx")
    write_template(output)
    announce(f"样表已写入 {output}", f"the template is in {output}")


def _run(folder: Path, home: str | None, settings: Path | None) -> Run:
    """The run in ``folder``, or of that name among the home's runs."""
    from eval.run import read_run

    among = load(home, settings).home / "runs" / folder
    return read_run(among if among.exists() and not folder.exists() else folder)


def _next(runs: Path, stem: str) -> Path:
    """The unfinished run of this set if there is one, else a new folder, numbered from 1."""
    number = 1
    while (runs / f"{stem}-{number}").exists() and _finished(runs / f"{stem}-{number}"):
        number += 1
    return runs / f"{stem}-{number}"


def _finished(folder: Path) -> bool:
    try:
        return "finished" in json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
