"""What the check of a generated answer found, as HTML; ``Markup.format`` escapes it."""

from __future__ import annotations

from markupsafe import Markup

from app.claim_words import failures, remarks
from app.messages import Messages
from records import Answer


def checks_html(answer: Answer, messages: Messages) -> Markup:
    """What failed, struck out, each with the reason; then what holds in an unexpected way."""
    failed = Markup().join(
        Markup("<li><del>{}</del>{}</li>").format(text, _reason(reason))
        for text, reason in failures(answer, messages)
    )
    noted = Markup().join(
        Markup("<li>{}{}</li>").format(text, _reason(reason))
        for text, reason in remarks(answer, messages)
    )
    return _list("unverified", messages.unverified, failed) + _list(
        "remarks", messages.remarks, noted
    )


def _reason(reason: str) -> Markup:
    return Markup('<span class="reason">{}</span>').format(reason) if reason else Markup()


def _list(kind: str, title: str, items: Markup) -> Markup:
    if not items:
        return Markup()
    return Markup('<div class="{}"><p>{}</p><ul>{}</ul></div>').format(kind, title, items)
