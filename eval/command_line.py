"""``youju eval``: runs of question sets, comparisons of runs, reports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.options import (
    Among,
    Home,
    Json,
    SettingsFile,
    announce,
    filled_assistant,
    in_english,
    load,
    open_assistant,
)
from eval.export import Form

if TYPE_CHECKING:
    from app.assistant import Assistant
    from app.printing import Progress
    from eval.measures import Gold
    from eval.run import Run

evaluation = typer.Typer(
    help="批量评测：跑一套问题、比较两次结果、写出报告。"
    "Batch evaluation: runs of question sets, comparisons, reports.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def _form(path: Path) -> Path:
    if path.suffix.lower() not in (".jsonl", ".csv", ".xlsx"):
        raise typer.BadParameter(f"{path}：.jsonl、.csv、.xlsx")
    return path


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
    most: Annotated[
        int, typer.Option(min=0, help="JSON 格式的公开数据最多取几题 of a public set, at most")
    ] = 0,
    split: Part = None,
    parallel: Annotated[
        int, typer.Option(min=1, help="同时做几题，用时会变长 questions at once")
    ] = 1,
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
    from eval.benchmarks import is_benchmark, own_paragraph
    from eval.printing import print_run
    from eval.report import write_reports
    from eval.run import execute

    folder = output or _next(load(home, settings).home / "runs", questions.stem)
    apart = bool(documents) or is_benchmark(questions)
    place = str(folder / "library") if apart else home
    assistant = open_assistant(place, settings) if apart else filled_assistant(place, settings)
    with Progress() as progress:
        if is_benchmark(questions):
            golds = _benchmark(assistant, questions, most, progress)
        else:
            golds = _golds(assistant, questions, documents or [], split)
        about = {"set": questions.name, "split": split or ""}
        further = {"further": own_paragraph} if is_benchmark(questions) else {}
        run = execute(
            assistant, golds, folder, about, progress.passages, **further, parallel=parallel
        )
    write_reports(run)
    announce(f"结果已写入 {folder}", f"the run is in {folder}")
    print_run(run, as_json, in_english())


def _golds(
    assistant: Assistant, path: Path, documents: list[Path], split: str | None
) -> list[Gold]:
    from eval.measures import located
    from eval.question_files import check_gold, read_questions
    from eval.run import filled

    asked = [q for q in read_questions(path) if split in (None, q.split)]
    if not asked:
        raise typer.BadParameter(f"{path} 里没有 {split} 组。{path} has no split {split}.")
    held = filled(assistant, documents)
    check_gold(asked, held, path)
    return [located(question, held) for question in asked]


def _benchmark(assistant: Assistant, path: Path, most: int, progress: Progress) -> list[Gold]:
    from eval.benchmarks import fill, read_benchmark, thinned

    paragraphs, golds = read_benchmark(path)
    fill(assistant, paragraphs, progress.passages)
    return thinned(golds, most)


@evaluation.command("show")
def show_run(
    run: RunFolder, home: Home = None, settings: SettingsFile = None, as_json: Json = False
) -> None:
    """显示一次评测的分数，并重新写出它的报告。Prints a run's scores and writes its reports anew.

    例 Example：youju eval show corpus-1
    """
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

    例 Example：youju eval compare corpus-1 corpus-2
    """
    from eval.compare import compare
    from eval.printing import print_comparison

    found = compare(_run(first, home, settings), _run(second, home, settings))
    print_comparison(found, as_json, in_english())
    if fail and found.regressions:
        raise typer.Exit(1)


@evaluation.command("judge")
def judge_run(
    run: RunFolder, home: Home = None, settings: SettingsFile = None, as_json: Json = False
) -> None:
    """请语言模型评判一次评测的回答：是否正确、是否有依据。与其他分数分开保存。

    Has the language model of [llm] judge a run's answers: correct? borne out by the quotes?
    An opinion, kept and shown apart from the measures; started again, it goes on.

    例 Example：youju eval judge corpus-1
    """
    from app.generation.endpoint import Endpoint
    from app.printing import Progress
    from eval.judge import judge
    from eval.printing import print_judgement
    from eval.report import write_reports

    model = load(home, settings).llm
    if not model.base_url:
        raise typer.BadParameter("没有设置语言模型，见 [llm]。No language model is set: see [llm].")
    found = _run(run, home, settings)
    with Progress() as progress:
        judgement = judge(found, Endpoint(model), model, progress.passages)
    write_reports(found)
    print_judgement(found, judgement, as_json, in_english())


@evaluation.command("export")
def export_run(
    run: RunFolder,
    form: Annotated[Form, typer.Option(help="ragas、ragchecker：写成哪种格式 for which program")],
    output: Annotated[Path, typer.Option("-o", "--output", help="写到这里 file", metavar="FILE")],
    home: Home = None,
    settings: SettingsFile = None,
) -> None:
    """把一次评测写成别的评测程序读的格式：Ragas 用 JSONL，RAGChecker 用 JSON。

    Writes a run for another program: JSON lines for Ragas, JSON for RAGChecker. trec_eval,
    ranx and ir_measures read run.trec and qrels.trec in the run's folder as they are.

    例 Example：youju eval export corpus-1 --form ragas -o corpus-1.jsonl
    """
    from eval.export import exported

    output.write_text(exported(_run(run, home, settings), form), encoding="utf-8")
    announce(f"已写入 {output}", f"written to {output}")


@evaluation.command("sweep")
def sweep(
    questions: QuestionSet,
    settings_tried: Annotated[
        list[str],
        typer.Option("--try", help="设置=值,值 setting=value,value", metavar="SETTING=A,B"),
    ],
    split: Part = None,
    home: Home = None,
    settings: SettingsFile = None,
) -> None:
    """用几组设置各跑一遍同一套问题，列表比较。只限 retrieval 和 answer 两节的设置。

    Runs a set with each combination of settings and prints a table; of the sections retrieval
    and answer only, since others would need another library.

    例 Example：youju eval sweep set.jsonl --try answer.threshold=0.2,0.3 --try retrieval.top_k=3,5
    """
    from app.printing import Progress
    from eval.printing import print_sweep
    from eval.run import execute
    from eval.sweep import combinations, settings_with

    base = load(home, settings)
    runs = []
    for changes in combinations(settings_tried):
        label = ",".join(f"{name}={value}" for name, value in changes.items())
        assistant = filled_assistant(home, settings, settings_with(base, changes))
        folder = _next(base.home / "runs", f"{questions.stem}-{label}")
        with Progress() as progress:
            golds = _golds(assistant, questions, [], split)
            about = {"set": questions.name, "split": split or "", "changes": changes}
            runs.append(execute(assistant, golds, folder, about, progress.passages))
        assistant.close()
    print_sweep(runs, in_english())


@evaluation.command("draft")
def draft_set(
    output: Annotated[
        Path, typer.Argument(help="写到这里 JSONL、CSV、XLSX", metavar="FILE", callback=_form)
    ],
    most: Annotated[int, typer.Option(min=4, help="最多几题 questions at most")] = 60,
    seed: Annotated[int, typer.Option(help="随机种子 random seed")] = 1,
    among: Among = None,
    home: Home = None,
    settings: SettingsFile = None,
) -> None:
    """从资料库的文档起草一套问题，请人审阅后再用；不需要语言模型。

    Drafts a question set from the library's documents, to be reviewed by a person: numbers,
    dates, titles, lists, table rows, and a quarter that can't be answered.

    例 Example：youju eval draft questions.xlsx --most 80
    """
    from eval.draft import draft
    from eval.question_files import write_questions

    store = filled_assistant(home, settings).library.store
    ids = [entry.id for entry in store.entries() if not among or entry.id in among]
    drafted = draft([store.document(document_id) for document_id in ids], most, seed)
    write_questions(output, drafted)
    announce(
        f"起草了 {len(drafted)} 个问题，写在 {output}。请逐条审阅后再用。",
        f"{len(drafted)} questions drafted in {output}: review each before use.",
    )


@evaluation.command("template")
def template(
    output: Annotated[
        Path, typer.Argument(help="JSONL、CSV、XLSX", metavar="FILE", callback=_form)
    ],
) -> None:
    """写出一张问题集的样表，照着填写。Writes a question set with two examples, to be filled in.

    例 Example：youju eval template questions.xlsx
    """
    from eval.question_files import write_template

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
