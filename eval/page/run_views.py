"""Runs as HTML: their table, the progress of one, and what one amounts to.

Pure functions; ``Markup.format`` escapes whatever is put in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from urllib.parse import quote

from markupsafe import Markup

from eval.background import Progress
from eval.causes import Cause
from eval.page.words import Words
from eval.printing import interval, percent
from eval.run import Outcome, Run
from eval.run_folders import MAIN, RunFolder
from eval.statistics import Mean
from eval.summary import grouped, means, refusals

REPORTS = ("report.html", "report.md", "answers.csv", "answers.xlsx")
_GROUP_MEASURES = (*MAIN, "citation precision", "f1")
_MINUTE, _HOUR = 60, 3600


def progress_html(progress: Progress | None, fault: str, words: Words) -> Markup:
    """How far the run is; ``fault`` is why it failed. Nothing before the first one."""
    if progress is None:
        return Markup("")
    facts = [words.progress.format(done=progress.done, total=progress.total)]
    if progress.active and progress.seconds_left is not None:
        facts.append(words.left.format(time=_time(progress.seconds_left)))
    return Markup(
        '<div class="run-progress {}" lang="{}" role="status"><p><b>{}</b> {}</p>'
        '<progress max="{}" value="{}" aria-label="{}"></progress><p class="facts">{}</p>{}</div>'
    ).format(
        progress.state.value,
        words.tag,
        words.states[progress.state],
        progress.name,
        progress.total,
        progress.done,
        words.states[progress.state],
        " · ".join(facts),
        Markup('<p class="notice" role="alert">{}</p>').format(fault) if fault else "",
    )


def runs_html(
    runs: Sequence[RunFolder],
    found: Mapping[str, Mapping[str, Mean]],
    chosen: str,
    working: str,
    words: Words,
) -> Markup:
    """The table of runs.

    ``found`` are the main means of the finished ones by name; ``working`` names the one that
    is at work.
    """
    if not runs:
        return Markup('<p class="facts" lang="{}">{}</p>').format(words.tag, words.no_runs)
    heads = [*words.columns, *(measure_name(name, words) for name in MAIN)]
    rows = (
        _run_row(run, found.get(run.name, {}), run.name == chosen, run.name == working, words)
        for run in runs
    )
    return Markup(
        '<div class="runs" lang="{}"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'
        "</div>"
    ).format(
        words.tag,
        _join(Markup('<th scope="col">{}</th>').format(head) for head in heads),
        _join(rows),
    )


def _run_row(
    run: RunFolder, found: Mapping[str, Mean], chosen: bool, working: bool, words: Words
) -> Markup:
    values = [
        run.set,
        _when(run.started),
        run.total if run.finished or working else _unfinished(run, words),
        *(_with_interval(found.get(name)) for name in MAIN),
    ]
    labels = [*words.columns[1:], *(measure_name(name, words) for name in MAIN)]
    cells = (
        Markup('<td data-label="{}">{}</td>').format(label, value)
        for label, value in zip(labels, values, strict=True)
    )
    name = Markup("<b>{}</b>").format(run.name)
    if run.finished:
        name = pick_button("run", run.name, run.name, chosen)
    return Markup('<tr><th scope="row">{}</th>{}</tr>').format(name, _join(cells))


def _unfinished(run: RunFolder, words: Words) -> Markup:
    state = words.unfinished.format(done=run.done)
    if run.resumable:
        go_on = pick_button("resume", run.name, words.resume, chosen=False)
    else:
        go_on = Markup("<small>{}</small>").format(words.interrupted)
    return Markup("{} <small>{}</small> {}").format(run.total, state, go_on)


def run_html(run: Run, words: Words) -> Markup:
    """The summary of a run: measures, refusals, by kind and by split, its files."""
    found = means(run.outcomes)
    head = [words.measure, words.mean, words.interval, words.count]
    rows = (
        [measure_name(name, words), percent(each.value), interval(each), str(each.count)]
        for name, each in found.items()
    )
    refused = refusals(run.outcomes)
    facts = [run.facts["set"], _when(run.facts["finished"]), len(run.outcomes)]
    return Markup(
        '<section class="run" lang="{}"><h3>{}</h3><p class="facts">{}</p>{}'
        '<div class="tables">{}<div>{}{}</div></div><p class="facts">{}</p></section>'
    ).format(
        words.tag,
        words.chosen_run.format(name=run.name),
        " · ".join(map(str, facts)),
        _files(run.name, words),
        table_html(head, rows),
        _groups(words.kinds, run, lambda o: o.gold.kind, words),
        _groups(words.splits, run, lambda o: o.gold.split, words),
        words.refusals.format(
            precision=percent(refused.precision),
            recall=percent(refused.recall),
            wrongly=percent(refused.wrongly),
        ),
    )


def failures_html(run: Run, chosen: str, words: Words) -> Markup:
    """The questions to choose from: wrong ones below their causes, then the others."""
    by_cause: dict[Cause, list[Outcome]] = {}
    for outcome in run.outcomes:
        by_cause.setdefault(outcome.cause, []).append(outcome)
    fine = by_cause.pop(Cause.NONE, [])
    groups = [
        _cause_group(words.causes[cause], by_cause[cause], chosen, True)
        for cause in Cause
        if cause in by_cause
    ]
    if not groups:
        groups = [Markup('<p class="facts">{}</p>').format(words.no_failures)]
    if fine:
        groups.append(_cause_group((words.right, ""), fine, chosen, not by_cause))
    return Markup(
        '<div class="failures" lang="{}"><h3>{}</h3><p class="facts">{}</p>{}</div>'
    ).format(words.tag, words.failures, words.choose_question, _join(groups))


def _cause_group(
    names: tuple[str, str], outcomes: Sequence[Outcome], chosen: str, opened: bool
) -> Markup:
    items = (
        Markup("<li>{}</li>").format(
            pick_button("question", o.gold.id, o.gold.question, o.gold.id == chosen)
        )
        for o in outcomes
    )
    opened = opened or any(o.gold.id == chosen for o in outcomes)
    return Markup(
        "<details{}><summary><b>{}</b> <span>{}</span> <small>{}</small></summary>"
        "<ul>{}</ul></details>"
    ).format(Markup(" open") if opened else "", names[0], len(outcomes), names[1], _join(items))


def pick_button(what: str, which: str, text: str, chosen: bool) -> Markup:
    """A button in HTML that the tab listens to: see ``eval.page.tab.PICKS``."""
    return Markup(
        '<button type="button" data-pick="{}" data-which="{}" aria-pressed="{}">{}</button>'
    ).format(what, which, "true" if chosen else "false", text)


def table_html(head: Sequence[str], rows: Iterable[Sequence[str | Markup]]) -> Markup:
    """A table whose first column names the rows."""
    return Markup(
        '<div class="scroll" tabindex="0"><table class="figures"><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>"
    ).format(
        _join(Markup('<th scope="col">{}</th>').format(name) for name in head),
        _join(
            Markup('<tr><th scope="row">{}</th>{}</tr>').format(
                row[0], _join(Markup("<td>{}</td>").format(value) for value in row[1:])
            )
            for row in rows
        ),
    )


def measure_name(name: str, words: Words) -> str:
    """A measure as it is called in the page's language."""
    return words.measures.get(name, name)


def download_html(address: str, names: Mapping[str, str], label: str, tag: str) -> Markup:
    """Links to files by what they are called; ``address`` holds ``{}`` for the key."""
    links = (
        Markup('<a href="{}" download>{}</a>').format(address.format(key), name)
        for key, name in names.items()
    )
    return Markup('<p class="downloads" lang="{}">{} {}</p>').format(
        tag, label, Markup(" ").join(links)
    )


def _files(name: str, words: Words) -> Markup:
    folder = f"evaluation/runs/{quote(name, safe='')}"
    links = (
        Markup('<a href="{}/{}?download=1" download>{}</a>').format(folder, file, kind)
        for file, kind in zip(REPORTS, ("HTML", "Markdown", "CSV", "XLSX"), strict=True)
    )
    return Markup(
        '<p class="downloads"><a href="{}/{}" target="_blank" rel="noopener">{}</a>'
        "<span>{}</span> {}</p>"
    ).format(folder, REPORTS[0], words.open_report, words.files, Markup(" ").join(links))


def _groups(title: str, run: Run, key: Callable[[Outcome], str], words: Words) -> Markup:
    """A table by group, if there is more than one."""
    names = [name for name in _GROUP_MEASURES if name in run.outcomes[0].measures]
    groups = grouped(run.outcomes, key, names)
    if len(groups) == 1:
        return Markup("")
    rows = (
        [
            words.none if group == "–" else group,
            str(sum((key(o) or "–") == group for o in run.outcomes)),
            *(percent(each[name].value if name in each else None) for name in names),
        ]
        for group, each in groups.items()
    )
    return table_html([title, words.count, *(measure_name(n, words) for n in names)], rows)


def _with_interval(found: Mean | None) -> Markup:
    if found is None:
        return Markup("–")
    return Markup("{} <small>{}</small>").format(percent(found.value), interval(found))


def _when(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")


def _time(seconds: float) -> str:
    whole = round(seconds)
    clock = f"{whole % _HOUR // _MINUTE:02}:{whole % _MINUTE:02}"
    return f"{whole // _HOUR}:{clock}" if whole >= _HOUR else clock


def _join(parts: Iterable[Markup]) -> Markup:
    return Markup().join(parts)
