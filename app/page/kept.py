"""The kept conversations as HTML: to be opened, exported, renamed and deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from app.conversations.turn import Conversation
from app.messages import Messages


def kept_html(
    kept: Sequence[Conversation], chosen: str, messages: Messages, judged: bool = False
) -> Markup:
    """The list, newest first; ``chosen`` is the id of the open one.

    ``judged``: the visitor has judged answers, and can have that as a file.
    """
    words = messages.talk
    if not kept:
        return Markup('<p class="kept none" lang="{}">{}</p>').format(
            messages.tag, words.no_conversations
        )
    return Markup('<ul class="kept" lang="{}">{}</ul>{}').format(
        messages.tag,
        Markup().join(_item(one, one.id == chosen, messages) for one in kept),
        Markup('<p class="exports"><a href="feedback.jsonl" download>{}</a></p>').format(
            words.judgements
        )
        if judged
        else "",
    )


def _item(conversation: Conversation, chosen: bool, messages: Messages) -> Markup:
    day = datetime.fromisoformat(conversation.updated).astimezone().strftime("%Y-%m-%d")
    return Markup(
        '<li><button type="button" data-act="open" data-id="{}"{}>{}<small>{}</small></button></li>'
    ).format(
        conversation.id,
        Markup(' aria-current="true"') if chosen else "",
        conversation.title or messages.talk.untitled,
        messages.talk.turns.format(count=conversation.turns, date=day),
    )


def exports_html(conversation_id: str, messages: Messages) -> Markup:
    """Links to the open conversation as files; nothing while none is kept."""
    if not conversation_id:
        return Markup()
    language = "en" if messages.tag == "en" else "zh"
    links = Markup(" ").join(
        Markup('<a href="conversations/{}.{}?lang={}" download>{}</a>').format(
            conversation_id, suffix, language, name
        )
        for suffix, name in (("md", "Markdown"), ("docx", "Word"))
    )
    return Markup('<p class="exports" lang="{}">{} {}</p>').format(
        messages.tag, messages.talk.export_as, links
    )
