"""What a visitor can do about a turn, as buttons in the conversation's HTML.

A click on a button with ``data-act`` reaches ``asking`` with the button's data: page.js.
"""

from __future__ import annotations

from markupsafe import Markup

from app.conversations.feedback import Rating, Reason
from app.conversations.turn import Turn
from app.messages import Messages


def actions_html(turn: Turn, messages: Messages, rating: Rating | None, last: bool) -> Markup:
    """The row of buttons below a turn; the last one can be asked again or edited."""
    buttons = Markup()
    if turn.answer is not None:
        buttons += _button("up", turn, messages.talk.useful, pressed=rating is Rating.UP)
        buttons += _reasons(turn, messages, rating is Rating.DOWN)
    if last:
        buttons += _button("again", turn, messages.talk.again)
        buttons += _button("edit", turn, messages.talk.edit)
    return Markup('<div class="actions" role="group" aria-label="{}">{}</div>').format(
        messages.talk.actions, buttons
    )


def _button(act: str, turn: Turn, words: str, pressed: bool | None = None) -> Markup:
    state = "" if pressed is None else Markup(' aria-pressed="{}"').format(str(pressed).lower())
    return Markup('<button type="button" data-act="{}" data-turn="{}"{}>{}</button>').format(
        act, turn.number, state, words
    )


def _reasons(turn: Turn, messages: Messages, pressed: bool) -> Markup:
    """A thumb down, which opens to ask for the reason."""
    choices = Markup().join(
        Markup('<label><input type="radio" name="reason-{}" value="{}"{}> {}</label>').format(
            turn.number, reason, Markup(" checked") if number == 0 else "", words
        )
        for number, (reason, words) in enumerate(messages.talk.reasons.items())
    )
    return Markup(
        '<details class="judged"><summary class="{}">{}</summary><div class="reasons">{}'
        '<input type="text" maxlength="500" aria-label="{}" placeholder="{}">{}</div></details>'
    ).format(
        "pressed" if pressed else "",
        messages.talk.not_useful,
        choices,
        messages.talk.comment,
        messages.talk.comment,
        _button("down", turn, messages.talk.send),
    )


def reason_of(text: object) -> Reason:
    """The reason that a button's data names; OTHER for anything unknown."""
    try:
        return Reason(str(text))
    except ValueError:
        return Reason.OTHER
