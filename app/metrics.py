"""Counts and times of what happens, as Prometheus reads them.

Everything is counted from the log's own events (see ``app.logs``), whatever the log's level is
set to, so that nothing has to be told twice. The text format is Prometheus' 0.0.4:
https://prometheus.io/docs/instrumenting/exposition_formats/.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from app.logs import OURS, facts_of

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
"""Upper ends of the histogram's steps, in seconds."""

# Event, metric, what it counts, and the facts that are its labels.
_COUNTED = (
    ("question", "youju_questions_total", "Questions by who asked and how it ended.", "by outcome"),
    ("file", "youju_files_total", "Files that were ingested, by outcome.", "outcome"),
    ("upload", "youju_uploads_total", "Files that visitors sent, by what became of them.", "stage"),
    ("request refused", "youju_refused_requests_total", "Requests refused.", "status code"),
    ("sign-in failed", "youju_failed_sign_ins_total", "Sign-ins that failed.", "closed"),
)
_STAGES = "youju_question_stage_seconds"
_ERRORS = "youju_errors_total"

Labels = tuple[tuple[str, str], ...]


class Metrics(logging.Handler):
    """Hears the log's events and counts them. Safe to use from several threads."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._counts: Counter[tuple[str, Labels]] = Counter()
        self._steps: defaultdict[str, Counter[float]] = defaultdict(Counter)
        self._sums: defaultdict[str, float] = defaultdict(float)
        self._counting = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        """Count the event."""
        facts, event = facts_of(record), str(record.msg)
        with self._counting:
            if record.levelno >= logging.ERROR:
                self._counts[_ERRORS, ()] += 1
            for name, metric, _, labels in _COUNTED:
                if name == event:
                    chosen = tuple((label, _label(facts.get(label))) for label in labels.split())
                    self._counts[metric, chosen] += 1
            if event == "question":
                self._time(facts.get("ms"))

    def _time(self, stages: object) -> None:
        for stage, milliseconds in stages.items() if isinstance(stages, Mapping) else ():
            seconds = float(milliseconds) / 1000
            self._sums[stage] += seconds
            for step in BUCKETS:
                self._steps[stage][step] += seconds <= step
            self._steps[stage][float("inf")] += 1

    def text(self, gauges: Mapping[str, tuple[str, float]]) -> str:
        """All of it; ``gauges`` are values of the moment by name, each with what it is."""
        with self._counting:
            lines = [*self._counters(), *self._histogram()]
        for name, (meaning, value) in gauges.items():
            lines += [*_head(name, meaning, "gauge"), f"{name} {_number(value)}"]
        return "\n".join(lines) + "\n"

    def _counters(self) -> Iterator[str]:
        named = [(metric, meaning) for _, metric, meaning, _ in _COUNTED]
        for name, meaning in [*named, (_ERRORS, "Errors that nobody expected.")]:
            yield from _head(name, meaning, "counter")
            for (metric, labels), count in sorted(self._counts.items()):
                if metric == name:
                    yield f"{name}{_shown(labels)} {count}"

    def _histogram(self) -> Iterator[str]:
        yield from _head(_STAGES, "Seconds that questions spent, by stage.", "histogram")
        for stage, steps in sorted(self._steps.items()):
            for step, count in sorted(steps.items()):
                end = "+Inf" if step == float("inf") else _number(step)
                yield f"{_STAGES}_bucket{_shown((('stage', stage), ('le', end)))} {count}"
            label = _shown((("stage", stage),))
            yield f"{_STAGES}_sum{label} {self._sums[stage]:.6f}"
            yield f"{_STAGES}_count{label} {steps[float('inf')]}"


@contextmanager
def counting() -> Iterator[Metrics]:
    """Metrics that hear the log while the context lasts."""
    metrics, logger = Metrics(), logging.getLogger(OURS)
    if logger.getEffectiveLevel() > logging.INFO:
        logger.setLevel(logging.INFO)
    logger.addHandler(metrics)
    try:
        yield metrics
    finally:
        logger.removeHandler(metrics)


def _head(name: str, meaning: str, kind: str) -> tuple[str, str]:
    return f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"


def _label(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value if value else "none")


def _shown(labels: Labels) -> str:
    """Labels as ``{name="value"}``; empty for none."""
    escaped = (
        (name, value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n"))
        for name, value in labels
    )
    inside = ",".join(f'{name}="{value}"' for name, value in escaped)
    return f"{{{inside}}}" if inside else ""


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
