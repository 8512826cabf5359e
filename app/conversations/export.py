"""A conversation as a file to keep and to send: Markdown or DOCX, by the name's suffix."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.citing import reference
from app.conversations.blocks import Block, Style
from app.conversations.turn import Conversation, Turn
from app.conversations.wording import WORDING, Mode, Wording
from app.messages import MESSAGES, Language
from app.printing import place
from records import Answer, Citation, Passage

SUFFIXES = (".md", ".docx")
# Between paragraphs, so that joining them by empty lines gives the text again.
_PARAGRAPHS = re.compile(r"(?<=\S)\n\n(?=\S)")


def write_export(
    path: Path, conversation: Conversation, turns: Sequence[Turn], language: Language = "zh"
) -> None:
    """Write the conversation in the format that ``path``'s suffix names, one of ``SUFFIXES``."""
    blocks = list(blocks_of(conversation, turns, language))
    partial = path.with_name(f"{path.name}.partial")
    if path.suffix.lower() == ".docx":
        from app.conversations.word import to_word

        partial.write_bytes(to_word(blocks))
    else:
        from app.conversations.markdown import to_markdown

        partial.write_bytes(to_markdown(blocks).encode())
    partial.replace(path)


def blocks_of(
    conversation: Conversation, turns: Sequence[Turn], language: Language = "zh"
) -> Iterator[Block]:
    """All that the file shows. ``app.conversations.reading`` reads the citations back out of it."""
    words = WORDING[language]
    yield Block(Style.TITLE, conversation.title.strip() or words.untitled)
    yield Block(Style.TEXT, words.about.format(count=len(turns), date=conversation.created[:10]))
    for number, turn in enumerate(turns, start=1):
        yield Block(Style.QUESTION, f"{number}. {turn.question}")
        if turn.understood and turn.understood != turn.question:
            yield Block(Style.TEXT, words.understood + turn.understood)
        yield Block(Style.TEXT, _circumstances(turn, words))
        yield from _outcome(turn, language)


def _circumstances(turn: Turn, words: Wording) -> str:
    mode = _mode(turn.answer)
    facts = [turn.asked_at[:16].replace("T", " ") + " UTC", words.modes[mode]]
    if turn.answer is not None and mode is not Mode.DECLINED:
        facts.append(words.confidence.format(percent=round(turn.answer.confidence * 100)))
    if turn.settings:
        facts.append(words.settings.format(fingerprint=turn.settings))
    return " · ".join(facts)


def _mode(answer: Answer | None) -> Mode:
    if answer is None:
        return Mode.FAILED
    if answer.refused:
        return Mode.DECLINED
    return Mode.GENERATED if answer.mode == "generated" else Mode.QUOTED


def _outcome(turn: Turn, language: Language) -> Iterator[Block]:
    words = WORDING[language]
    if turn.answer is None:
        error = turn.error[language == "en"] if turn.error else ""
        yield Block(Style.TEXT, error or words.no_answer)
        return
    for paragraph in filter(None, _PARAGRAPHS.split(turn.answer.text)):
        ours = words.note if paragraph in turn.answer.notes else ""
        yield Block(Style.TEXT, ours + paragraph)
    if turn.answer.citations:
        yield Block(Style.SECTION, words.citations)
        for citation in turn.answer.citations:
            yield from _cited(citation, turn.asked_at[:10], language)
            yield from _row(turn.answer.passage_of(citation), words)
    if turn.answer.unverified:
        yield Block(Style.SECTION, words.unverified)
        for claim in filter(None, turn.answer.unverified):
            yield Block(Style.TEXT, claim)


def _cited(citation: Citation, cited_on: str, language: Language) -> Iterator[Block]:
    words = WORDING[language]
    yield Block(Style.TEXT, f"[{citation.number}] {place(citation, language == 'en')}")
    yield Block(Style.QUOTE, citation.quote)
    yield Block(
        Style.TEXT,
        words.place.format(
            document=citation.document_id,
            start=citation.span.start,
            end=citation.span.end,
            status=MESSAGES[language].status[citation.status],
        ),
    )
    yield Block(Style.TEXT, words.reference + reference(citation, cited_on))


def _row(passage: Passage | None, words: Wording) -> Iterator[Block]:
    """A table's row with its caption and columns, from which a number may have its unit."""
    if passage is not None and passage.cells:
        said = "；".join(filter(None, (*passage.header.split("\n"), passage.sentence)))
        yield Block(Style.TEXT, words.row + said)
