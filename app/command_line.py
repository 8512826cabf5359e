"""The command line. Each command parses, calls and prints; heavy imports wait until used.

Data goes to standard output, progress and complaints to standard error. Exit codes: 0 done,
1 failed, 2 wrong use, 130 interrupted.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from app.backup_commands import backup, restore
from app.conversation_commands import conversations, feedback
from app.docs_commands import DocumentId, docs
from app.options import (
    Among,
    Home,
    Json,
    Publisher,
    Question,
    SettingsFile,
    Since,
    Until,
    among,
    announce,
    filled_assistant,
    in_english,
    interval,
    open_assistant,
)

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
application.add_typer(docs, name="docs")
application.add_typer(conversations, name="conversations")
application.add_typer(feedback, name="feedback")
application.command()(backup)
application.command()(restore)


@application.command()
def ingest(
    paths: Annotated[
        list[Path], typer.Argument(help="文件或文件夹 files or folders", metavar="PATH…")
    ],
    home: Home = None,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """导入文件和文件夹（PDF、DOCX、PPTX、XLSX、CSV、HTML、Markdown、TXT）；没有变化的不再处理。

    Brings files and folders into the library; what has not changed costs nothing.
    A file that is refused gets a line that says why, and exit code 1 at the end.

    例 Example：youju ingest corpus 报告.pdf
    """
    from app.printing import Progress, print_results
    from app.watching import watched_files
    from index.pipeline import ingest as run

    assistant = open_assistant(home, settings)
    with Progress() as progress:
        results = run(
            paths,
            assistant.library,
            assistant.encoder,
            assistant.settings,
            progress.file,
            progress.passages,
            progress.passages,
        )
        refused = print_results(watched_files(results), as_json, in_english())
    if refused:
        raise typer.Exit(1)


@contextmanager
def _no_garbage_sought() -> Iterator[None]:
    """For a process that ends soon: seeking garbage while libraries load takes 0.3 s."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@application.command()
def ask(
    question: Question,
    documents: Among = None,
    publisher: Publisher = None,
    since: Since = None,
    until: Until = None,
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
    from app.watching import watched

    assistant = filled_assistant(home, settings, brief=True)
    with _no_garbage_sought():
        chosen = among(assistant, documents, publisher, since, until)
        *_, answer = watched(assistant.stream(question, chosen), "command")
    if as_json:
        print_json(answer_row(answer))
    else:
        titles = assistant.titles({hit.passage.document_id for hit in answer.hits})
        print_answer(answer, titles, in_english())


@application.command()
def search(
    question: Question,
    top: Annotated[int | None, typer.Option(min=1, help="条数 how many passages")] = None,
    documents: Among = None,
    publisher: Publisher = None,
    since: Since = None,
    until: Until = None,
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

    assistant = filled_assistant(home, settings, brief=True)
    chosen = among(assistant, documents, publisher, since, until)
    hits = assistant.search(question, top, chosen)
    if as_json:
        print_json([hit_row(hit) for hit in hits])
    else:
        titles = assistant.titles({hit.passage.document_id for hit in hits})
        print_hits(hits, titles, in_english())


@application.command()
def show(
    document_id: DocumentId,
    output: Annotated[Path, typer.Option("--output", "-o", help="图片 picture", metavar="PNG")],
    page: Annotated[int | None, typer.Option(min=1, help="页码 page")] = None,
    highlight: Annotated[
        str | None,
        typer.Option(help="标出的引文位置 what to mark", metavar="START:END", callback=interval),
    ] = None,
    home: Home = None,
    settings: SettingsFile = None,
) -> None:
    """把 PDF 的一页画成图片，标出引文印在哪里。

    Draws a page of a PDF with a quote marked where it is printed; by default the quote's page.

    例 Example：youju show 1a2b3c4d5e6f --highlight 578:641 -o page.png
    """
    from app.source import page_picture
    from records import Span

    document = filled_assistant(home, settings).library.store.document(document_id)
    start, end = map(int, highlight.split(":")) if highlight else (0, 0)
    if end > len(document.text):
        raise typer.BadParameter(f"--highlight {highlight}: 0..{len(document.text)}")
    number = page or document.page_of(start) or 1
    output.write_bytes(page_picture(document, number, Span(start, end)))
    announce(f"第 {number} 页已写入 {output}", f"page {number} written to {output}")


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
    from app.watching import watched

    if output.is_dir():
        raise typer.BadParameter(f"{output} 是文件夹。{output} is a folder.")
    asked = load_questions(questions)
    assistant = filled_assistant(home, settings)
    partial = output.with_name(f"{output.name}.partial")
    with partial.open("w", encoding="utf-8") as file, Progress() as progress:
        for done, item in enumerate(asked, start=1):
            answers = assistant.stream(item.question, history=item.history)
            *_, answer = watched(answers, "command")
            row = answer_row(answer, item.id)
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            progress.passages(done, len(asked))
    partial.replace(output)


@application.command()
def verify(
    answers: Annotated[
        Path,
        typer.Argument(help="答案或导出的对话 answers, exported conversation", metavar="FILE"),
    ],
    home: Home = None,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """核对一个文件里的每条引用是否与资料库中的原文逐字一致；有一条不符则退出码为 1。

    Checks every citation of youju batch's answers (JSONL), or of an exported conversation (MD,
    DOCX), against the stored text; exit code 1 if any fails.

    例 Example：youju verify answers.jsonl
    """
    from app.printing import print_verdicts
    from app.verification import citations_in
    from app.verification import verify as run
    from records import Status

    verdicts = list(run(citations_in(answers), filled_assistant(home, settings).library.store))
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

    findings = examine(lambda: open_assistant(home, settings))
    print_findings(findings, as_json, in_english())
    if not all(finding.healthy for finding in findings):
        raise typer.Exit(1)


@application.command()
def password() -> None:
    """生成网页登录密码的散列，写进 youju.toml 的 [page.users]。

    Makes the hash of a password for signing in to the page; it is asked for twice, not shown.

    例 Example：youju password
    """
    from app.accounts import hashed

    asked = typer.prompt("密码 password", hide_input=True, confirmation_prompt=True, err=True)
    typer.echo(hashed(asked))


@application.command()
def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="监听地址 address")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="端口 port")] = None,
    home: Home = None,
    settings: SettingsFile = None,
) -> None:
    """在浏览器里提问和评测：打开聊天页面（默认 http://127.0.0.1:7860）；旁边有供程序使用的接口。

    Serves the page, where questions are asked and runs evaluated, and the interfaces for
    programs beside it, until interrupted.

    例 Example：youju serve --port 8000
    """
    announce("正在启动页面", "starting the page")
    assistant = open_assistant(home, settings)
    from app.api.access import interfaces_words
    from app.page.server import serve as run

    changed = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    page = assistant.settings.page.model_copy(update=changed)

    def ready(url: str) -> None:
        announce(f"页面已就绪：{url}", f"the page is ready: {url}")
        announce(*interfaces_words(assistant.settings.api, page, url))
        if not assistant.is_empty():
            assistant.warm_up_aside()

    run(assistant, page, ready, context.obj(assistant) if context.obj else ())


@application.command()
def mcp(home: Home = None, settings: SettingsFile = None) -> None:
    """把资料库作为 MCP 工具（标准输入输出）交给支持 MCP 的助手使用；由助手启动。

    Serves the library as MCP tools over standard input and output, for an MCP client to start.

    例 Example：youju mcp --home ~/报告库
    """
    assistant = open_assistant(home, settings)
    from app.api.asking import Asking
    from app.api.mcp_tools import mcp_server

    mcp_server(Asking(assistant, assistant.settings.page)).run("stdio")
