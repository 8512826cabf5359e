"""What happens to questions and files, told to the log: how it ended and how long it took."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterable, Iterator

from index.pipeline import Outcome, Result
from records import Answer

log = logging.getLogger("youju.work")


def watched(answers: Iterable[Answer], by: str) -> Iterator[Answer]:
    """The growing answer as it comes; at its end one event, ``question``.

    ``by`` says what asked: page, program, command. The event's ``outcome`` is answered, refused,
    stopped (nobody wanted the rest) or failed; ``ms`` is milliseconds by stage. What was asked
    and answered isn't told.
    """
    started = time.perf_counter()
    last, outcome, fault = None, "stopped", ""
    try:
        for last in answers:
            yield last
        outcome = "refused" if last and last.refused else "answered"
    except Exception as error:
        outcome, fault = "failed", type(error).__name__
        raise
    finally:
        facts: dict[str, object] = {"id": secrets.token_hex(6), "by": by, "outcome": outcome}
        facts |= {"elapsed_ms": _ms(started)}
        facts |= _facts(last) if last else {}
        facts |= {"error": fault} if fault else {}
        level = logging.WARNING if fault else logging.INFO
        log.log(level, "question", extra={"facts": facts})


def _facts(answer: Answer) -> dict[str, object]:
    return {
        "refused": answer.refused,
        "mode": answer.mode,
        "notice": answer.notice.value,
        "hits": len(answer.hits),
        "citations": len(answer.citations),
        "ms": dict(answer.timings_ms),
    }


def watched_files(results: Iterable[Result]) -> Iterator[Result]:
    """The results of an ingest as they come, an event ``file`` each.

    ``elapsed_ms`` is the time since the result before. A file's name and what it was refused for
    aren't told: a name may be a secret too.
    """
    started = time.perf_counter()
    for result in results:
        facts = {
            "id": result.document_id,
            "kind": result.path.suffix.lower()[:8],
            "outcome": result.outcome.value,
            "passages": result.passages,
            "elapsed_ms": _ms(started),
        }
        facts |= {"error": result.fault} if result.fault else {}
        level = logging.WARNING if result.outcome is Outcome.REFUSED else logging.INFO
        log.log(level, "file", extra={"facts": facts})
        yield result
        started = time.perf_counter()


def _ms(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
