"""The command ``youju``, also ``python -m youju``: all commands put together."""

from __future__ import annotations

import io
import os
import sqlite3
import sys
from typing import TYPE_CHECKING

from errors import YoujuError

if TYPE_CHECKING:
    import typer

    from app.assistant import Assistant
    from app.page.extension import Extension

_INTERRUPTED = 130


def main() -> None:
    """Run the command line and exit. What goes wrong is a line on standard error, code 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a file's name may hold what can't be encoded
            stream.reconfigure(errors="backslashreplace")
    sys.exit(_run())


def _run() -> int:
    from app.options import complain, in_force

    try:
        return _application()
    except YoujuError as error:
        complain(str(error), error.english)
    except sqlite3.Error as error:
        settings = in_force()
        home = settings.home if settings else ""
        complain(
            f"读写资料库 {home} 失败：{error}。请检查权限和磁盘空间；如果它已损坏，"
            "请换一个 --home 重新导入。",
            f"can't use the library {home}: {error}. Check its permissions and the free space; "
            "if it is damaged, ingest again into another --home.",
        )
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        what = error.strerror or str(error)
        place = f"{error.filename}: " if error.filename else ""
        complain(
            f"读写失败：{place}{what}。请检查路径、权限和磁盘空间。",
            f"{place}{what}. Check the path, its permissions and the free space.",
        )
    except KeyboardInterrupt:
        complain("已中断。", "interrupted.")
        return _INTERRUPTED
    return 1


def commands() -> typer.Typer:
    """All commands; nothing that they need is imported before they run."""
    from app.command_line import application
    from eval.command_line import evaluation

    if evaluation not in [group.typer_instance for group in application.registered_groups]:
        application.add_typer(evaluation, name="eval")
    return application


def _extensions(assistant: Assistant) -> list[Extension]:
    """What stands on the page beside the application's own tabs; asked for when it is served."""
    from eval.page.tab import evaluation

    return [evaluation(assistant)]


def _application() -> int:
    """Run the command; its exit code. Raises KeyboardInterrupt and what the command raises."""
    application = commands()
    try:
        application(obj=_extensions)
    except SystemExit as end:  # typer makes one of an interrupt too
        if end.code == _INTERRUPTED:
            raise KeyboardInterrupt from end
        return end.code if isinstance(end.code, int) else 0
    finally:
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    main()
