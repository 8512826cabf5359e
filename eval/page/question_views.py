"""A question's outcome as HTML, two of them side by side, and a drafted question.

Pure functions; ``Markup.format`` escapes whatever is put in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

from app.gate import locate
from app.messages import Messages
from app.questions import Question
from app.source import source_link
from eval.compare import SIGNIFICANT, Comparison
from eval.marking import marked
from eval.page.run_views import measure_name, table_html
from eval.page.words import Words, said
from eval.printing import interval
from eval.review import Review, Verdict
from eval.run import Outcome
from eval.statistics import Difference
from records import Document, Span

_AROUND = 160


def outcome_html(outcome: Outcome, messages: Messages) -> Markup:
    """A question: gold and answer side by side, what went wrong and where, passages found."""
    words = said(messages)
    name, explained = words.causes[outcome.cause]
    quotes = [*outcome.gold.evidence, *outcome.gold.alternatives]
    hits = outcome.answer.get("hits", ())
    passages = _join(_hit(hit, quotes, messages) for hit in hits)
    return Markup(
        '<article class="outcome" lang="{}"><h3 class="asked">{}</h3>'
        '<p class="cause {}"><b>{}</b> {}</p><div class="pair"><section>{}</section>'
        "<section>{}</section></div><h4>{}</h4>{}</article>"
    ).format(
        words.tag,
        outcome.gold.question,
        "right" if outcome.measures["correct"] == 1.0 else "wrong",
        name,
        explained,
        _gold(outcome.gold, words),
        answer_html(outcome, messages),
        words.passages if hits else words.no_passages,
        passages,
    )


def _gold(gold: Question, words: Words) -> Markup:
    if gold.answerable is None:
        said_gold = Markup('<p class="facts">{}</p>').format(words.unjudged)
    elif gold.answerable is False:
        said_gold = Markup('<p class="said">{}</p>').format(words.unanswerable)
    else:
        said_gold = Markup('<p class="said">{}</p>').format(" | ".join(gold.answers) or "–")
    parts = [
        _quotes(words.evidence, gold.evidence),
        _quotes(words.alternatives, gold.alternatives),
        Markup('<p class="facts">{} {}</p>').format(words.document, gold.document)
        if gold.document
        else Markup(""),
    ]
    return Markup("<h4>{}</h4>{}{}").format(words.gold, said_gold, _join(parts))


def _quotes(title: str, quotes: Sequence[str]) -> Markup:
    if not quotes:
        return Markup("")
    shown = _join(Markup("<blockquote>{}</blockquote>").format(quote) for quote in quotes)
    return Markup('<p class="facts">{}</p>{}').format(title, shown)


def answer_html(outcome: Outcome, messages: Messages, title: str = "") -> Markup:
    """What was answered, with its citations; or the refusal or the error."""
    words, row = said(messages), outcome.answer
    if outcome.error:
        body = Markup('<p class="said">{}</p><p class="notice">{}</p>').format(
            words.failed, outcome.error
        )
    elif row["refused"]:
        body = Markup('<p class="said">{}</p>{}').format(words.refused, _confidence(row, words))
    else:
        generated = row.get("mode") == "generated"
        body = Markup('<p class="said">{}</p>{}<p class="facts">{}</p>{}').format(
            row["answer"] if generated else row["short_answer"],
            _confidence(row, words),
            words.citations if row["citations"] else words.no_citations,
            _join(_citation(citation, messages) for citation in row["citations"]),
        )
    return Markup("<h4>{}</h4>{}").format(title or words.answer, body)


def _confidence(row: dict[str, Any], words: Words) -> Markup:
    return Markup('<p class="facts">{}</p>').format(
        words.confidence.format(
            percent=round(100 * row["confidence"]),
            milliseconds=round(row["timings_ms"].get("total", 0)),
        )
    )


def _citation(row: dict[str, Any], messages: Messages) -> Markup:
    return Markup(
        '<section class="card"><header><span class="number">{}</span><h3>{}</h3></header>{}'
        '<div class="passage"><mark>{}</mark></div>{}</section>'
    ).format(row["number"], row["title"], _place(row, messages), row["quote"], _link(row, messages))


def _hit(row: dict[str, Any], quotes: Sequence[str], messages: Messages) -> Markup:
    text = marked(row["text"], quotes)
    header = Markup("{}\n").format(row["header"]) if row.get("header") else ""
    return Markup(
        '<section class="card near"><header><h3>{}</h3></header>{}'
        '<div class="passage">{}{}</div>{}</section>'
    ).format(
        said(messages).rank.format(rank=row["rank"]),
        _place(row, messages),
        header,
        text,
        _link(row, messages),
    )


def _place(row: dict[str, Any], messages: Messages) -> Markup:
    page = said(messages).page.format(page=row["page"]) if row.get("page") else ""
    path = " › ".join(row.get("headings", ()))
    return Markup('<p class="path">{}</p>').format(" · ".join(filter(None, (page, path))))


def _link(row: dict[str, Any], messages: Messages) -> Markup:
    return source_html(row["document_id"], Span(row["start"], row["end"]), messages)


def source_html(document_id: str, span: Span, messages: Messages) -> Markup:
    """The link to the original with ``span`` marked."""
    return Markup(
        '<p class="links"><a class="source-link" href="{}" target="_blank" rel="noopener">{}</a>'
        "</p>"
    ).format(source_link(document_id, span, messages), said(messages).open_source)


def comparison_html(found: Comparison, messages: Messages) -> Markup:
    """The differences with their intervals and p, and the questions that flipped."""
    words = said(messages)
    head = [words.measure, words.difference, words.interval, "p", words.adjusted, words.count]
    rows = (_difference_row(name, each, words) for name, each in found.differences.items())
    flips = _join(_flipped(before, after, found, messages) for before, after in found.flipped)
    title = words.flipped.format(count=len(found.flipped)) if found.flipped else words.none_flipped
    return Markup(
        '<section class="comparison" lang="{}"><h3>{} → {}</h3>{}<h3>{}</h3>{}</section>'
    ).format(words.tag, found.first.name, found.second.name, table_html(head, rows), title, flips)


def _difference_row(name: str, each: Difference, words: Words) -> list[str | Markup]:
    shown: str | Markup = measure_name(name, words)
    if each.adjusted < SIGNIFICANT and each.mean.value:
        kind = "worse" if each.mean.value < 0 else "better"
        note = words.worse if each.mean.value < 0 else words.better
        shown = Markup('{} <small class="{}">{}</small>').format(shown, kind, note)
    return [
        shown,
        f"{100 * each.mean.value:+.1f}",
        interval(each.mean),
        f"{each.p:.3f}",
        f"{each.adjusted:.3f}",
        str(each.mean.count),
    ]


def _flipped(before: Outcome, after: Outcome, found: Comparison, messages: Messages) -> Markup:
    words = said(messages)
    better = bool(after.measures["correct"])
    return Markup(
        '<article class="outcome flip"><h4 class="asked"><small class="{}">{}</small> {}</h4>'
        '<p class="facts">{} {}</p>'
        '<div class="pair"><section>{}</section><section>{}</section></div></article>'
    ).format(
        "better" if better else "worse",
        words.turned_right if better else words.turned_wrong,
        before.gold.question,
        words.gold,
        " | ".join(before.gold.answers) or words.unanswerable,
        answer_html(before, messages, found.first.name),
        answer_html(after, messages, found.second.name),
    )


def review_html(review: Review, document: Document | None, messages: Messages) -> Markup:
    """How far the review is, and the current question's quote in its ``document``."""
    words, question = said(messages), review.current
    if question is None:
        return Markup("")
    verdict = review.verdicts[review.at]
    return Markup(
        '<section class="review" lang="{}"><p class="facts">{}</p>'
        '<p><b class="verdict {}">{}</b> <span class="kind">{}</span></p>{}</section>'
    ).format(
        words.tag,
        words.drafted.format(
            at=review.at + 1,
            count=len(review.questions),
            accepted=review.count(Verdict.ACCEPTED),
            rejected=review.count(Verdict.REJECTED),
            open=review.count(Verdict.OPEN),
        ),
        verdict.value,
        words.verdicts[verdict],
        question.kind,
        _context(question, document, messages),
    )


def _context(question: Question, document: Document | None, messages: Messages) -> Markup:
    words = said(messages)
    if question.answerable is False:
        return Markup('<p class="facts">{}</p>').format(words.draft_unanswerable)
    places = locate(question.evidence[0], document.text) if document else ()
    if document is None or not places:
        return Markup('<p class="facts">{}</p>').format(words.quote_missing)
    place, text = places[0], document.text
    start, end = max(place.start - _AROUND, 0), min(place.end + _AROUND, len(text))
    return Markup(
        '<section class="card"><header><h3>{}</h3></header><p class="path">{}</p>'
        '<div class="passage">{}{}<mark>{}</mark>{}{}</div>{}</section>'
    ).format(
        document.title,
        " › ".join(document.headings_at(place.start)) or words.quote,
        "…" if start else "",
        text[start : place.start],
        place.of(text),
        text[place.end : end],
        "…" if end < len(text) else "",
        source_html(document.id, place, messages),
    )


def _join(parts: Iterable[Markup]) -> Markup:
    return Markup().join(parts)
