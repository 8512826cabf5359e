"""What all commands share: options, messages, and the assistant over the chosen library."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.assistant import Assistant
    from settings import Settings

# Not a Path, in which an empty one (--home "$UNSET") would already be the current folder.
Home = Annotated[str | None, typer.Option(help="资料库文件夹 the library's folder", metavar="DIR")]
SettingsFile = Annotated[
    Path | None, typer.Option("--settings", help="设置文件 settings file", metavar="TOML")
]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON print JSON")]


def _readable(question: str) -> str:
    try:
        question.encode()
    except UnicodeEncodeError:
        raise typer.BadParameter("问题不是 UTF-8 文字。The question is not UTF-8 text.") from None
    if not question.strip():
        raise typer.BadParameter("问题是空的。The question is empty.")
    return question


Question = Annotated[
    str, typer.Argument(help="问题 the question", metavar="QUESTION", callback=_readable)
]
Among = Annotated[
    list[str] | None,
    typer.Option("--doc", help="只在此编号的文档中找，可重复 only these documents", metavar="ID"),
]


def _date(text: str | None) -> str | None:
    from app.scope import moment

    if text and not moment(text):
        raise typer.BadParameter(f"{text}：请写成 2023、2023-06 或 2023-06-30。Write a date so.")
    return text


Publisher = Annotated[
    str | None,
    typer.Option("--publisher", help="只在此发布者的文档中找 only of this publisher"),
]
Since = Annotated[
    str | None,
    typer.Option("--since", help="不早于 not before", metavar="DATE", callback=_date),
]
Until = Annotated[
    str | None,
    typer.Option("--until", help="不晚于 not after", metavar="DATE", callback=_date),
]

_in_force: Settings | None = None


def in_force() -> Settings | None:
    """The settings of this run; None until they are loaded."""
    return _in_force


def in_english() -> bool:
    """Whether messages are to be in English: the ``language`` setting."""
    return _in_force is not None and _in_force.language == "en"


def load(home: str | None, file: Path | None) -> Settings:
    """The settings of this run, in force from here on."""
    from app.logs import set_up
    from settings import load_settings

    global _in_force
    _in_force = load_settings(file, home=home)
    set_up(_in_force.log)
    return _in_force


def open_assistant(
    home: str | None, file: Path | None, settings: Settings | None = None, brief: bool = False
) -> Assistant:
    """The assistant over the chosen library; slow steps are announced.

    ``settings`` may be given in place of those that are loaded; ``brief`` as Assistant's.
    """
    from app.assistant import Assistant

    return Assistant(settings or load(home, file), announce, brief)


def filled_assistant(
    home: str | None, file: Path | None, settings: Settings | None = None, brief: bool = False
) -> Assistant:
    """The assistant over a library that holds something, else a complaint and exit code 1.

    Nothing is created: a folder that was misspelt stays absent.
    """
    place = (settings or load(home, file)).home
    assistant = open_assistant(home, file, settings, brief) if place.exists() else None
    if assistant is None or assistant.is_empty():
        complain(
            f"资料库 {place} 不存在或是空的。请检查 --home，或先导入：youju ingest 文件或文件夹",
            f"the library {place} is absent or empty: check --home, or youju ingest FILES first",
        )
        raise typer.Exit(1)
    return assistant


def announce(chinese: str, english: str) -> None:
    """Say on standard error what is being done or was done."""
    sys.stderr.write(f"· {english if in_english() else chinese}\n")


def complain(chinese: str, english: str) -> None:
    """Say on standard error what is wrong; in both languages until one has been chosen."""
    chosen = [english] if in_english() else [chinese]
    for message in chosen if _in_force else (chinese, english):
        sys.stderr.write(f"✗ {message}\n")


def interval(text: str | None) -> str | None:
    """``text`` if it is START:END; else typer.BadParameter."""
    found = re.fullmatch(r"([0-9]{1,9}):([0-9]{1,9})", text or "0:0")
    if found is None or int(found[1]) > int(found[2]):
        raise typer.BadParameter(f"{text}：请写成 START:END，如 578:641。Write it as START:END.")
    return text


def among(
    assistant: Assistant,
    documents: list[str] | None,
    publisher: str | None,
    since: str | None,
    until: str | None,
) -> tuple[str, ...]:
    """Ids of the documents that a question is put to: see app.scope."""
    from app.scope import Scope

    scope = Scope(tuple(documents or ()), publisher or "", since or "", until or "")
    return scope.ids(assistant.library.store.entries())
