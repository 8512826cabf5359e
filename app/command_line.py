"""The command line. Each command parses, calls and prints; heavy imports wait until used.

Data goes to standard output, progress and complaints to standard error. Exit codes: 0 done,
1 failed, 2 wrong use.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.assistant import Assistant
    from settings import Settings

application = typer.Typer(
    name="youju",
    help="有据：向中文研究报告提问，每个答案都能逐字核对原文。\n\n"
    "Questions answered from Chinese research reports, every citation checked.\n\n"
    "例 Example：youju ingest corpus && youju ask 2022年数字城市产业投资规模是多少",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
docs = typer.Typer(
    help="查看和管理资料库中的文档。Lists and manages the library's documents.\n\n"
    "例 Example：youju docs list",
    no_args_is_help=True,
)
application.add_typer(docs, name="docs")

Home = Annotated[Path | None, typer.Option(help="资料库文件夹 the library's folder", metavar="DIR")]
SettingsFile = Annotated[
    Path | None, typer.Option("--settings", help="设置文件 settings file", metavar="TOML")
]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON print JSON")]
Question = Annotated[str, typer.Argument(help="问题 the question", metavar="QUESTION")]
Among = Annotated[
    list[str] | None,
    typer.Option("--doc", help="只在此编号的文档中找，可重复 only these documents", metavar="ID"),
]
DocumentId = Annotated[str, typer.Argument(help="文档编号 document id", metavar="ID")]

_language = "zh"


def in_english() -> bool:
    """Whether messages are to be in English: the ``language`` setting."""
    return _language == "en"


def _settings(home: Path | None, file: Path | None) -> Settings:
    from settings import load_settings

    global _language
    settings = load_settings(file, home=home.absolute() if home else None)
    _language = settings.language
    return settings


def _assistant(home: Path | None, file: Path | None) -> Assistant:
    from app.assistant import Assistant

    return Assistant(_settings(home, file), announce=_announce)


def _filled(home: Path | None, file: Path | None) -> Assistant:
    """The assistant over a library that holds something, else a complaint and exit code 1."""
    assistant = _assistant(home, file)
    if not assistant.library.store.count():
        place = assistant.settings.home
        _complain(
            f"资料库 {place} 是空的。请先导入：youju ingest 文件或文件夹",
            f"the library {place} is empty: youju ingest FILES first",
        )
        raise typer.Exit(1)
    return assistant


def _announce(chinese: str, english: str) -> None:
    sys.stderr.write(f"· {english if in_english() else chinese}\n")


def _complain(chinese: str, english: str) -> None:
    sys.stderr.write(f"✗ {english if in_english() else chinese}\n")


@application.command()
def ingest(
    paths: Annotated[
        list[Path], typer.Argument(help="文件或文件夹 files or folders", metavar="PATH…")
    ],
    home: Home = None,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """导入文件和文件夹（TXT、Markdown、PDF、DOCX、HTML）；没有变化的不再处理。

    Brings files and folders into the library; what has not changed costs nothing.
    A file that is refused gets a line that says why, and exit code 1 at the end.

    例 Example：youju ingest corpus 报告.pdf
    """
    from app.printing import Progress, print_results
    from index.pipeline import Outcome
    from index.pipeline import ingest as run

    assistant = _assistant(home, settings)
    with Progress() as progress:
        results = list(
            run(
                paths,
                assistant.library,
                assistant.encoder,
                assistant.settings,
                progress.file,
                progress.passages,
            )
        )
    print_results(results, as_json, in_english())
    if any(result.outcome is Outcome.REFUSED for result in results):
        raise typer.Exit(1)


@application.command()
def ask(
    question: Question,
    documents: Among = None,
    home: Home = None,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """提问，得到带引用的答案；资料库里没有答案时直说没有。

    Answers a question with checked citations, or says that the library holds no answer.

    例 Example：youju ask 2022年数字城市产业投资规模是多少
    """
    from app.contract import answer_row
    from app.printing import print_answer, print_json

    answer = _filled(home, settings).ask(question, documents or ())
    if as_json:
        print_json(answer_row(answer))
    else:
        print_answer(answer, in_english())


@application.command()
def search(
    question: Question,
    top: Annotated[int | None, typer.Option(min=1, help="条数 how many passages")] = None,
    documents: Among = None,
    home: Home = None,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """查找与问题最相关的段落，附两路检索的名次。

    Finds the passages nearest to a question, with the rank in either list.

    例 Example：youju search 数商企业 --top 3 --json
    """
    from app.contract import hit_row
    from app.printing import print_hits, print_json

    hits = _filled(home, settings).search(question, top, documents or ())
    if as_json:
        print_json([hit_row(hit) for hit in hits])
    else:
        print_hits(hits, in_english())


@application.command()
def batch(
    questions: Annotated[
        Path, typer.Argument(help="问题，每行一个 JSON questions, JSON lines", metavar="JSONL")
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="答案写到这里 answers go here", metavar="JSONL")
    ],
    home: Home = None,
    settings: SettingsFile = None,
) -> None:
    """逐条回答一个文件里的问题，写成 JSONL。

    Answers every question of a file, one line of JSON each, in order.

    例 Example：youju batch eval/questions/corpus.jsonl -o answers.jsonl
    """
    from app.contract import answer_row
    from app.printing import Progress
    from app.questions import load_questions

    asked = load_questions(questions)
    assistant = _filled(home, settings)
    partial = output.with_name(f"{output.name}.partial")
    with Progress() as progress, partial.open("w", encoding="utf-8") as file:
        for done, item in enumerate(asked, start=1):
            row = answer_row(assistant.ask(item.question), item.id)
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            progress.passages(done, len(asked))
    partial.replace(output)


@application.command()
def verify(
    answers: Annotated[
        Path, typer.Argument(help="youju batch 写出的答案 answers of youju batch", metavar="JSONL")
    ],
    home: Home = None,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """核对答案文件里的每条引用是否与资料库中的原文逐字一致；有一条不符则退出码为 1。

    Checks every citation of an answer file against the stored text; exit code 1 if any fails.

    例 Example：youju verify answers.jsonl
    """
    from app.contract import read_citations
    from app.printing import print_verdicts
    from app.verification import verify as run
    from records import Status

    verdicts = list(run(read_citations(answers), _assistant(home, settings).library.store))
    print_verdicts(verdicts, as_json, in_english())
    if any(verdict.status is not Status.VERBATIM for verdict in verdicts):
        raise typer.Exit(1)


@application.command()
def doctor(home: Home = None, settings: SettingsFile = None, as_json: Json = False) -> None:
    """检查版本、模型、资料库与索引；有问题时说明怎样修复，退出码为 1。

    Checks versions, models, library and indexes, and says what would mend them.

    例 Example：youju doctor
    """
    from app.doctor import examine
    from app.printing import print_findings

    findings = examine(_assistant(home, settings))
    print_findings(findings, as_json, in_english())
    if not all(finding.healthy for finding in findings):
        raise typer.Exit(1)


@application.command()
def serve(
    host: Annotated[str | None, typer.Option(help="监听地址 address")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="端口 port")] = None,
    home: Home = None,
    settings: SettingsFile = None,
) -> None:
    """在浏览器里提问：打开聊天页面（默认 http://127.0.0.1:7860）。

    Serves the chat page until interrupted.

    例 Example：youju serve --port 8000
    """
    _announce("正在启动页面", "starting the page")
    assistant = _assistant(home, settings)
    from app.page import serve as run

    if assistant.library.store.count():
        assistant.warm_up()
    changed = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    page = assistant.settings.page.model_copy(update=changed)
    run(assistant, page, lambda url: _announce(f"页面已就绪：{url}", f"the page is ready: {url}"))


@docs.command("list")
def list_documents(home: Home = None, settings: SettingsFile = None, as_json: Json = False) -> None:
    """列出资料库中的文档。Lists the documents.

    例 Example：youju docs list --json
    """
    from dataclasses import asdict

    from app.printing import print_entries, print_json

    entries = _assistant(home, settings).library.store.entries()
    if as_json:
        print_json([asdict(entry) for entry in entries])
    else:
        print_entries(entries, in_english())


@docs.command("show")
def show_document(
    document_id: DocumentId,
    text: Annotated[bool, typer.Option("--text", help="只输出存储的原文 the stored text")] = False,
    home: Home = None,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """显示一份文档的目录与段落，或它的全文（引用的位置按此计数）。

    Shows a document's outline, or the stored text that citations count in.

    例 Example：youju docs show 1a2b3c4d5e6f --text
    """
    from app.printing import print_document

    store = _assistant(home, settings).library.store
    document = store.document(document_id)
    if text:
        sys.stdout.write(document.text)
        return
    print_document(document, store.batch(document_id).passages, as_json, in_english())


@docs.command("remove")
def remove_document(
    document_id: DocumentId, home: Home = None, settings: SettingsFile = None
) -> None:
    """从资料库移除一份文档（不动原文件）。Removes a document; its file stays.

    例 Example：youju docs remove 1a2b3c4d5e6f
    """
    library = _assistant(home, settings).library
    title = library.store.document(document_id).title
    library.remove(document_id)
    _announce(f"已移除《{title}》", f"removed: {title}")


@docs.command("rebuild")
def rebuild_library(home: Home = None, settings: SettingsFile = None) -> None:
    """按现在的设置重新切分、编码全部文档，并重建两个索引。

    Splits and encodes every document anew with the settings in force.

    例 Example：youju docs rebuild
    """
    from app.printing import Progress
    from index.pipeline import rebuild

    assistant = _assistant(home, settings)
    with Progress() as progress:
        count = rebuild(
            assistant.library,
            assistant.encoder,
            assistant.settings,
            progress.file,
            progress.passages,
        )
    _announce(f"已重建 {count} 份文档", f"rebuilt {count} documents")
