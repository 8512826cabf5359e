"""What ``youju eval`` shows in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.printing import pick, print_json
from eval.compare import Comparison
from eval.judge import Judgement, opinions
from eval.run import Outcome, Run
from eval.statistics import Mean
from eval.summary import causes, grouped, latency, means, refusals


def print_run(run: Run, as_json: bool, english: bool) -> None:
    """Means with their intervals, by kind; refusals; where wrong answers went wrong; times."""
    if as_json:
        print_json(summary_row(run))
        return
    console = Console(highlight=False)
    table = Table(title=escape(f"{run.facts['set']} · {len(run.outcomes)}"))
    heads = (("指标", "measure"), ("均值 %", "mean %"), ("95% 区间", "95% interval"), ("题数", "n"))
    for head in heads:
        table.add_column(pick(head, english), justify="left" if head[1] == "measure" else "right")
    for name, found in means(run.outcomes).items():
        table.add_row(name, percent(found.value), interval(found), str(found.count))
    console.print(table)
    refused = refusals(run.outcomes)
    said = ", ".join(f"{k} {percent(v)}" for k, v in asdict(refused).items() if v is not None)
    console.print(f"{pick(('拒答', 'refusals'), english)}: {said}")
    blamed = ", ".join(f"{cause.value} {n}" for cause, n in causes(run.outcomes).items())
    console.print(f"{pick(('答错的原因', 'what went wrong'), english)}: {blamed or '–'}")
    for stage, times in latency(run.outcomes).items():
        console.print(f"{stage} ms p50/p95/p99: " + " / ".join(f"{t:.0f}" for t in times))


def print_judgement(run: Run, judgement: Judgement, as_json: bool, english: bool) -> None:
    """What a language model thinks of the answers, and what it could not judge."""
    found = opinions(run, judgement)
    if as_json:
        means_found = {name: asdict(each) for name, each in found.items()}
        print_json({**judgement.facts, "means": means_found, "failures": judgement.failures})
        return
    console = Console(highlight=False)
    model = escape(judgement.facts["model"])
    console.print(pick((f"{model} 的评判", f"judged by {model}"), english))
    for name, each in found.items():
        console.print(f"  {name} {percent(each.value)} ({interval(each)}), n {each.count}")
    failed = ", ".join(f"{reason} {count}" for reason, count in judgement.failures.items())
    console.print(f"  {pick(('没能评判', 'not judged'), english)}: {failed or 0}")


def print_comparison(found: Comparison, as_json: bool, english: bool) -> None:
    """Each measure's difference with interval and p; the questions that flipped."""
    if as_json:
        print_json(comparison_row(found))
        return
    console = Console(highlight=False)
    table = Table(title=escape(f"{found.first.name} → {found.second.name}"))
    names = (("指标", "measure"), ("差", "difference"), ("95% 区间", "95% interval"), ("p", "p"))
    for head in (*names, ("p (Holm)", "p (Holm)"), ("题数", "n")):
        table.add_column(pick(head, english), justify="left" if head[1] == "measure" else "right")
    for name, each in found.differences.items():
        mark = {True: " ↓", False: ""}[name in found.regressions]
        table.add_row(
            name + mark,
            f"{100 * each.mean.value:+.1f}",
            interval(each.mean),
            f"{each.p:.3f}",
            f"{each.adjusted:.3f}",
            str(each.mean.count),
        )
    console.print(table)
    for before, after in found.flipped:
        mark = "✗ → ✓" if after.measures["correct"] else "✓ → ✗"
        console.print(f"{mark} {escape(before.gold.id)} {escape(before.gold.question)}")
        for outcome in (before, after):
            console.print(f"    {escape(shown(outcome, english))}")


def print_sweep(runs: Sequence[Run], english: bool) -> None:
    """A row a run, best first, with the measures that one decides by."""
    table = Table()
    heads = ("correct", "evidence@3", "citation recall", "holds", "f1")
    table.add_column(pick(("设置", "settings"), english), no_wrap=True)
    for head in (*heads, pick(("误拒", "wrongly refused"), english), "p50 ms"):
        table.add_column(head, justify="right")
    found = [(run, means(run.outcomes)) for run in runs]
    for run, each in sorted(found, key=lambda pair: -pair[1]["correct"].value):
        label = "\n".join(f"{name}={value}" for name, value in run.facts["changes"].items())
        table.add_row(
            escape(label),
            *(percent(each[head].value if head in each else None) for head in heads),
            percent(refusals(run.outcomes).wrongly),
            f"{latency(run.outcomes).get('total', (0.0,))[0]:.0f}",
        )
    Console(highlight=False).print(table)


def shown(outcome: Outcome, english: bool = False) -> str:
    """An answer in one line, with its first citation."""
    if outcome.error:
        return outcome.error
    if outcome.refused:
        return pick(("（拒答）", "(refused)"), english)
    first: Sequence[dict[str, Any]] = outcome.answer["citations"][:1]
    quote = f" “{first[0]['quote']}”" if first else ""
    return f"{outcome.answer['short_answer']}{quote}"


def summary_row(run: Run) -> dict[str, Any]:
    """All that a run amounts to, as JSON."""
    return {
        "name": run.name,
        "set": run.facts["set"],
        "questions": len(run.outcomes),
        "means": {name: asdict(found) for name, found in means(run.outcomes).items()},
        "kinds": {
            kind: {name: asdict(found) for name, found in each.items()}
            for kind, each in grouped(run.outcomes, lambda o: o.gold.kind).items()
        },
        "refusals": asdict(refusals(run.outcomes)),
        "causes": {cause.value: n for cause, n in causes(run.outcomes).items()},
        "latency_ms": latency(run.outcomes),
    }


def comparison_row(found: Comparison) -> dict[str, Any]:
    """A comparison as JSON."""
    return {
        "first": found.first.name,
        "second": found.second.name,
        "differences": {
            name: {**asdict(each.mean), "p": each.p, "adjusted": each.adjusted}
            for name, each in found.differences.items()
        },
        "regressions": list(found.regressions),
        "flipped": [
            {"id": a.gold.id, "question": a.gold.question, "first": shown(a), "second": shown(b)}
            for a, b in found.flipped
        ],
    }


def percent(value: float | None) -> str:
    """A share as percent with one decimal; a dash for none."""
    return "–" if value is None else f"{100 * value:.1f}"


def interval(found: Mean) -> str:
    """A 95% interval in percent."""
    return f"{100 * found.low:.1f} … {100 * found.high:.1f}"
