"""What the command line shows: answers, hits, lists and progress."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import rich.progress
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from app.claim_words import failures, remarks
from app.messages import MESSAGES, Messages, address_words
from records import Answer, Citation, Hit, Passage, Status

if TYPE_CHECKING:
    from app.finding import Finding
    from app.verification import Verdict
    from index.pipeline import Result

OUTCOME = {
    "added": ("已导入", "added"),
    "updated": ("已更新", "updated"),
    "unchanged": ("没有变化", "unchanged"),
    "moved": ("已换位置，原在", "moved, was at"),
    "duplicate": ("内容与此文件相同：", "same content as"),
    "refused": ("未导入：", "refused:"),
}


def pick(pair: tuple[str, str], english: bool) -> str:
    """The Chinese or the English one of a pair of texts."""
    return pair[1] if english else pair[0]


def messages_in(english: bool) -> Messages:
    """The texts that the command line and the page share."""
    return MESSAGES["en" if english else "zh"]


def visible(name: str) -> str:
    """``name`` with escapes for what a terminal would obey or can't show."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)


def print_json(value: Any) -> None:
    """One line of JSON on standard output, 汉字 as they are."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def output() -> Console:
    """Standard output, as it is: no markup, no wrapping of our own."""
    return Console(highlight=False, soft_wrap=True, markup=False, emoji=False)


class Progress:
    """Bars on standard error: one for the files, one for the passages of the current file.

    What is written to standard output meanwhile appears above them.
    """

    def __init__(self) -> None:
        self._bars = rich.progress.Progress(
            rich.progress.TextColumn("{task.description}"),
            rich.progress.BarColumn(),
            rich.progress.MofNCompleteColumn(),
            rich.progress.TimeElapsedColumn(),
            console=Console(stderr=True, highlight=False),
            redirect_stdout=sys.stdout.isatty(),  # else it would not reach the file or pipe
        )
        self._files: rich.progress.TaskID | None = None
        self._passages: rich.progress.TaskID | None = None

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            for task in self._bars.tasks:
                self._bars.update(task.id, completed=task.total)
        self._bars.stop()

    def file(self, path: Path, number: int, total: int) -> None:
        """File ``number`` of ``total`` begins."""
        if self._files is None:
            self._files = self._bars.add_task("", total=total)
        name = escape(visible(path.name))
        self._bars.update(self._files, description=name, completed=number - 1, total=total)

    def passages(self, done: int, total: int) -> None:
        """``done`` of ``total`` pieces of the current work are finished."""
        if self._passages is None:
            self._passages = self._bars.add_task("  ", total=total)
        self._bars.update(self._passages, completed=done, total=total)


def print_results(results: Iterable[Result], as_json: bool, english: bool) -> int:
    """A line for each file as soon as its result is there; how many files were refused.

    As JSON it is one list at the end, also when an error ends it early.
    """
    seen: list[Result] = []
    try:
        for result in results:
            seen.append(result)
            if not as_json:
                sys.stdout.write(result_line(result, english) + "\n")
                sys.stdout.flush()
    finally:
        if as_json:
            print_json([{**asdict(result), "path": str(result.path)} for result in seen])
    if not seen and not as_json:
        none = ("没有找到可以导入的文件。", "no file to ingest was found.")
        sys.stdout.write(pick(none, english) + "\n")
    return sum(result.outcome == "refused" for result in seen)


def result_line(result: Result, english: bool) -> str:
    """What became of a file, and why."""
    mark = "✗" if result.outcome == "refused" else "✓"
    outcome = pick(OUTCOME[result.outcome], english)
    count = f" ({result.passages} passages)" if english else f"（{result.passages} 段）"
    reason = pick((result.reason, result.english or result.reason), english)
    parts = (count if result.passages else "", visible(reason))
    detail = pick(("。", ". "), english).join(filter(None, parts))
    return f"{mark} {visible(result.path.name)}  {outcome}{detail}"


def print_answer(answer: Answer, titles: Mapping[str, str], english: bool) -> None:
    """The answer, then its citations with their places, or the nearest passages.

    ``titles`` gives the titles of the hits' documents by id.
    """
    out, messages = output(), messages_in(english)
    if answer.notice:
        out.print(Text(f"! {messages.notices[answer.notice]}\n", style="yellow"))
    out.print(answer.text)
    total = answer.timings_ms.get("total", 0.0)
    sure = pick(("把握", "confidence"), english)
    time = pick(("用时", "time"), english)
    facts = (
        f"{sure} {answer.confidence:.2f} · {time} {total:.0f} ms · {messages.modes[answer.mode]}"
    )
    out.print(Text(f"\n{facts}", style="dim"))
    _print_checks(out, answer, messages)
    for citation in answer.citations:
        out.print(f"\n[{citation.number}] {place(citation, english)}")
        status = messages.status[citation.status]
        characters = pick(("字符", "characters"), english)
        span = citation.span
        out.print(Text(f"    {characters} {span.start}–{span.end} · {status}", style="dim"))
        passage = answer.passage_of(citation)
        if passage and passage.cells:
            _print_passage(passage)
    if answer.refused and answer.hits:
        out.print(
            pick(("\n最接近的段落（不是答案）：", "\nnearest passages (no answer):"), english)
        )
        print_hits(answer.hits[:3], titles, english)


def _print_checks(out: Console, answer: Answer, messages: Messages) -> None:
    """What did not pass the check, struck out, and in what other way the rest passed."""
    for title, style, listed in (
        (messages.unverified, "strike", failures(answer, messages)),
        (messages.remarks, "", remarks(answer, messages)),
    ):
        if listed:
            out.print(f"\n{title}")
        for text, reason in listed:
            out.print(Text(text, style=style), Text(f"— {reason}" if reason else ""))


def place(citation: Citation, english: bool) -> str:
    """Title, publisher, date, page and section path of a citation, in one line."""
    parts = [
        f"《{citation.title}》",
        citation.publisher,
        citation.date,
        address_words(citation.address, messages_in(english)),
        " > ".join(citation.headings),
    ]
    return " · ".join(part for part in parts if part)


def print_hits(hits: Sequence[Hit], titles: Mapping[str, str], english: bool) -> None:
    """Each passage with its place, its score and its ranks; ``titles`` by document id."""
    out = output()
    if not hits:
        out.print(pick(("没有找到相近的段落。", "no passage comes near."), english))
    for hit in hits:
        passage = hit.passage
        page = pick(("第 {} 页", "page {}"), english).format(passage.page) if passage.page else ""
        title = f"《{titles.get(passage.document_id, '')}》"
        where = " · ".join(part for part in (title, page, " > ".join(passage.headings)) if part)
        names = pick(("向量", "dense"), english), pick(("词语", "lexical"), english)
        ranks = f"{names[0]} {hit.dense_rank or '–'} · {names[1]} {hit.lexical_rank or '–'}"
        out.print(f"\n{hit.rank}. {where}")
        out.print(Text(f"   {hit.score:.3f} · {ranks} · {passage.id}", style="dim"))
        _print_passage(passage)


def _print_passage(passage: Passage) -> None:
    """A passage, if it is a table's row below its caption and with its columns' names."""
    out = output()
    if passage.cells and passage.header:
        out.print(Text("    " + passage.header.replace("\n", "\n    "), style="dim"))
    out.print("    " + passage.sentence.replace("\n", "\n    "))


def print_verdicts(verdicts: Sequence[Verdict], as_json: bool, english: bool) -> None:
    """The citations that failed, each with what stands in its place, then the count."""
    out = output()
    failed = [verdict for verdict in verdicts if verdict.status is not Status.VERBATIM]
    if as_json:
        rows = [
            {
                "id": v.answer_id,
                "number": v.citation.number,
                "status": v.status.value,
                "quote": v.citation.quote,
                "found": v.found,
            }
            for v in verdicts
        ]
        print_json(rows)
        return
    for verdict in failed:
        status = messages_in(english).status[verdict.status]
        out.print(f"✗ {verdict.answer_id} [{verdict.citation.number}] {status}")
        out.print(f"    {pick(('引用', 'quote'), english)}：{verdict.citation.quote}")
        out.print(f"    {pick(('原文', 'source'), english)}：{verdict.found}")
    good = len(verdicts) - len(failed)
    summary = ("{} 条引用中 {} 条逐字一致", "of {} citations {} are verbatim")
    out.print(pick(summary, english).format(len(verdicts), good))


def print_findings(findings: Sequence[Finding], as_json: bool, english: bool) -> None:
    """A line for each finding, and what to do where something is wrong or might be better."""
    out = output()
    if as_json:
        print_json([asdict(finding) for finding in findings])
        return
    for finding in findings:
        value = pick((finding.value, finding.english), english)
        remedy = pick((finding.remedy, finding.remedy_english), english)
        out.print(f"{'✓' if finding.healthy else '✗'} {finding.subject}: {value}")
        if remedy:
            out.print(f"    {remedy}")
