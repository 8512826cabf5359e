"""What all commands share: options, messages, and the assistant over the chosen library."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.assistant import Assistant
    from settings import Settings

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

_language = "zh"


def in_english() -> bool:
    """Whether messages are to be in English: the ``language`` setting."""
    return _language == "en"


def load(home: Path | None, file: Path | None) -> Settings:
    """The settings in force; their language is that of all messages from here on."""
    from settings import load_settings

    global _language
    settings = load_settings(file, home=home.absolute() if home else None)
    _language = settings.language
    return settings


def open_assistant(home: Path | None, file: Path | None) -> Assistant:
    """The assistant over the chosen library; slow steps are announced."""
    from app.assistant import Assistant

    return Assistant(load(home, file), announce=announce)


def filled_assistant(home: Path | None, file: Path | None) -> Assistant:
    """The assistant over a library that holds something, else a complaint and exit code 1."""
    assistant = open_assistant(home, file)
    if not assistant.library.store.count():
        place = assistant.settings.home
        complain(
            f"资料库 {place} 是空的。请先导入：youju ingest 文件或文件夹",
            f"the library {place} is empty: youju ingest FILES first",
        )
        raise typer.Exit(1)
    return assistant


def announce(chinese: str, english: str) -> None:
    """Say on standard error what is being done or was done."""
    sys.stderr.write(f"· {english if in_english() else chinese}\n")


def complain(chinese: str, english: str) -> None:
    """Say on standard error what is wrong."""
    sys.stderr.write(f"✗ {english if in_english() else chinese}\n")
