"""A run as files for people: report.html and report.md to read, answers.csv and .xlsx to sort."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from eval.causes import Cause
from eval.judge import judgements, opinions
from eval.marking import marked
from eval.printing import interval, percent, shown
from eval.run import Outcome, Run
from eval.spreadsheet import write_sheet
from eval.summary import PERCENTILES, causes, curves, grouped, latency, means, refusals

_WIDTH, _HEIGHT = 320, 220
_BY_GROUP = ("correct", "evidence@3", "citation recall", "citation precision", "holds", "f1")


def write_reports(run: Run) -> None:
    """Write all four beside the run's own files."""
    data = _data(run)
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": percent, "interval": interval}
    for name in ("report.html", "report.md"):
        text = environment.get_template(name).render(data)
        (run.folder / name).write_text(text, encoding="utf-8")
    rows = _rows(run.outcomes)
    with (run.folder / "answers.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    write_sheet(run.folder / "answers.xlsx", "answers", rows)


def _data(run: Run) -> dict[str, Any]:
    coverage, reliability, error = curves(run)
    return {
        "run": run,
        "means": means(run.outcomes),
        "refusals": refusals(run.outcomes),
        "causes": causes(run.outcomes),
        "judges": [(each, opinions(run, each)) for each in judgements(run)],
        "groups": {
            "类型 kind": grouped(run.outcomes, lambda o: o.gold.kind),
            "文档 document": grouped(run.outcomes, lambda o: o.document),
        },
        "group_measures": [m for m in _BY_GROUP if m in run.outcomes[0].measures],
        "latency": latency(run.outcomes),
        "percentiles": PERCENTILES,
        "wrong": [(o, shown(o), _marked(o)) for o in run.outcomes if o.cause is not Cause.NONE],
        "coverage": _points(coverage),
        "reliability": [(*_point(sure, right), count) for sure, right, count in reliability],
        "calibration_error": error,
        "width": _WIDTH,
        "height": _HEIGHT,
    }


def _marked(outcome: Outcome) -> Markup:
    """The passages that were shown, with the evidence marked."""
    quotes = [*outcome.gold.evidence, *outcome.gold.alternatives]
    return Markup().join(
        Markup("<li>{}</li>").format(marked(hit["text"], quotes))
        for hit in outcome.answer.get("hits", ())
    )


def _point(x: float, y: float) -> tuple[float, float]:
    """A point of the unit square on the drawing, whose y runs downward."""
    return round(x * _WIDTH, 1), round((1 - y) * _HEIGHT, 1)


def _points(curve: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in (_point(*each) for each in curve))


def _rows(outcomes: Sequence[Outcome]) -> list[list[str]]:
    """A header and a row a question, every cell as text."""
    names = list(outcomes[0].measures)
    header = ["id", "kind", "split", "document", "question", "accepted", "answer", "citations"]
    header += ["refused", "confidence", "cause", "error", *names]
    rows = [header]
    for o in outcomes:
        quotes = [c["quote"] for c in o.answer.get("citations", ())]
        rows.append(
            [
                *(o.gold.id, o.gold.kind, o.gold.split, o.document, o.gold.question),
                " | ".join(o.gold.answers),
                str(o.answer.get("short_answer", "")),
                "\n".join(quotes),
                *("yes" if o.refused else "no", f"{o.confidence:.3f}", o.cause.value, o.error),
                *("" if (v := o.measures[name]) is None else f"{v:.4g}" for name in names),
            ]
        )
    return rows
