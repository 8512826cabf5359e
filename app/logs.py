"""What the log holds: a line an event, on standard error, as text or JSON.

An event is a record of Python's own ``logging`` below the logger ``youju``: its message is a
short name (``question``, ``file``, ``upload``, ``request refused``), its ``facts`` are the
values (``log.info("file", extra={"facts": {"outcome": "added", "ms": 31.2}})``).

The text of a question, answer or document never enters the log, nor a password or a key. So of
an exception its type and its places are told, not its message, which may quote anything; and
of what other libraries log, the template without the values.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from traceback import walk_tb
from typing import Any

from settings import CHECKOUT, LogSettings

OURS = "youju"
_PLACES = 12
_SERVERS = ("uvicorn", "uvicorn.error", "uvicorn.access")


def facts_of(record: logging.LogRecord) -> Mapping[str, Any]:
    """What an event of ours says beside its name; empty for any other record."""
    facts = getattr(record, "facts", None)
    return facts if isinstance(facts, Mapping) else {}


class JsonLines(logging.Formatter):
    """A record as one JSON object: time (UTC, ISO 8601), level, logger, event, then its facts."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return json.dumps(_row(record), ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """A record as one line for people: the same values, as ``name=value``."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        row = _row(record)
        head = [row.pop("time"), row.pop("level").upper(), row.pop("logger"), row.pop("event")]
        return " ".join([*map(_visible, head), *(f"{k}={_plain(v)}" for k, v in row.items())])


class StandardError(logging.Handler):
    """Writes to what standard error is at the moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record's line."""
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):  # nobody reads it any more
            return


def set_up(settings: LogSettings) -> None:
    """Log to standard error as the settings say, in place of what was set up before."""
    root = logging.getLogger()
    for handler in [h for h in root.handlers if isinstance(h, StandardError)]:
        root.removeHandler(handler)
    handler = StandardError(settings.level.upper())
    handler.setFormatter(JsonLines() if settings.form == "json" else TextLines())
    root.addHandler(handler)
    logging.getLogger(OURS).setLevel(min(handler.level, logging.INFO))


def tame_server() -> None:
    """Let the web server's own records come out as all others do, not with their messages."""
    for name in _SERVERS:
        server = logging.getLogger(name)
        server.handlers.clear()
        server.propagate = True


def _row(record: logging.LogRecord) -> dict[str, Any]:
    ours = record.name.partition(".")[0] == OURS
    row = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat("T", "milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": record.getMessage() if ours else str(record.msg),
        **facts_of(record),
    }
    if record.exc_info and record.exc_info[1] is not None:
        row |= {"error": " < ".join(_types(record.exc_info[1]))}
        row |= {"places": _places(record.exc_info[1])}
    return row


def _types(error: BaseException | None) -> Iterator[str]:
    """The error's type and those of its causes; of the system's errors what it calls them."""
    while error is not None:
        reason = f" ({error.strerror})" if isinstance(error, OSError) and error.strerror else ""
        yield f"{type(error).__name__}{reason}"
        error = error.__cause__ or error.__context__


def _places(error: BaseException) -> list[str]:
    """Where the error came from, outermost first: file, line and function."""
    frames = [(frame.f_code, line) for frame, line in walk_tb(error.__traceback__)]
    return [f"{_short(code.co_filename)}:{line} {code.co_name}" for code, line in frames[-_PLACES:]]


def _short(file: str) -> str:
    path = Path(file)
    if path.is_relative_to(CHECKOUT) and "site-packages" not in path.parts:
        return str(path.relative_to(CHECKOUT))
    return "/".join(path.parts[-2:])


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ",".join(f"{key}:{_plain(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ",".join(map(_plain, value))
    return _visible(str(value).lower() if isinstance(value, bool) else str(value))


def _visible(text: str) -> str:
    """``text`` on one line, with escapes for what a terminal would obey."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
