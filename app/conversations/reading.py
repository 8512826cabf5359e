"""The citations of an exported conversation, read back from what a person sees in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.conversations.blocks import Block, Style
from app.conversations.wording import WORDING, Mode
from app.gate import locate
from errors import QuestionsError, YoujuError
from records import Citation, Span, Status

_MODES = {said: mode for words in WORDING.values() for mode, said in words.modes.items()}
_CIRCUMSTANCES = re.compile(r"[0-9-]{10} [0-9:]{5} UTC · (" + "|".join(_MODES) + r")(?: · .+)?")
_UNDERSTOOD = tuple(words.understood for words in WORDING.values())
_CITATIONS = {words.citations for words in WORDING.values()}
_UNVERIFIED = {words.unverified for words in WORDING.values()}
_SOURCE = re.compile(r"\[([0-9]{1,4})\] (.+)", re.DOTALL)
_PLACE = re.compile(
    r"(?:文档|Document) ([0-9a-f]{12}) · (?:字符|characters) ([0-9]{1,9}):([0-9]{1,9}) · .+"
)
_REFERENCE = tuple(words.reference for words in WORDING.values())
_ROW = tuple(words.row for words in WORDING.values())
_NOTE = tuple(words.note for words in WORDING.values())
_QUOTED_IN_NOTE = re.compile(r"“([^“”]+)”[^“”\[]*\[([0-9]{1,4})\]")
_WITH_UNIT = re.compile(r"([-+−]?[0-9][0-9.,]*) (\S+)")
_IN_NUMBER = re.compile(r"[0-9]\.?$"), re.compile(r"\.?[0-9]")
_MARK = re.compile(r" ?\[([0-9]{1,4})\]$")
_MARKS = re.compile(r"\[([0-9]{1,4})\]")


@dataclass(slots=True)
class _Turn:
    """The blocks of one turn, by the part that they stand in."""

    number: str
    answer: list[Block] = field(default_factory=list)
    citations: list[Block] = field(default_factory=list)
    unverified: list[Block] = field(default_factory=list)


def read_export(path: Path) -> Iterator[tuple[str, Citation]]:
    """(number of the turn, citation) of what an export shows as quoted, in order.

    That is every citation listed, and what an answer made of sentences of the documents says
    that isn't in its citations' words. Raises QuestionsError for a file that can't be read, is
    no export, or was changed so that it doesn't say where a quote stands.
    """
    try:
        blocks = _reader(path)(path.read_bytes())
    except YoujuError:
        raise
    except Exception as error:  # whatever a damaged file makes the libraries raise
        raise QuestionsError(
            f"读不了导出文件 {path}：{error}。请给出 youju conversations export 写出的文件。",
            f"can't read the export {path}: {error}. Name a file of youju conversations export.",
        ) from error
    turns = _turns(blocks)
    if not turns:
        raise QuestionsError(
            f"{path} 不是导出的对话。请给出 youju conversations export 写出的文件。",
            f"{path} is no exported conversation: name a file of youju conversations export.",
        )
    return ((turn.number, citation) for turn in turns for citation in _quoted(turn))


def _reader(path: Path) -> Callable[[bytes], list[Block]]:
    if path.suffix.lower() == ".docx":
        from app.conversations.word import from_word

        return from_word
    from app.conversations.markdown import from_markdown

    return lambda data: from_markdown(data.decode("utf-8-sig"))


def _turns(blocks: Sequence[Block]) -> list[_Turn]:
    turns: list[_Turn] = []
    part: list[Block] = []
    for block in blocks:
        if block.style is Style.QUESTION:
            turns.append(_Turn(block.text.partition(".")[0]))
            part = turns[-1].answer
        elif block.style is Style.SECTION and turns:
            part = _part(turns[-1], block.text)
        elif turns:
            part.append(block)
    return turns


def _part(turn: _Turn, title: str) -> list[Block]:
    if title in _CITATIONS:
        return turn.citations
    if title in _UNVERIFIED:
        return turn.unverified
    raise _changed(turn.number, title)


def _quoted(turn: _Turn) -> Iterator[Citation]:
    citations = list(_listed(turn))
    mode, text = _said(turn)
    numbers = [citation.number for citation in citations]
    answered = mode in (Mode.QUOTED, Mode.GENERATED)
    if len(set(numbers)) < len(numbers) or bool(citations) != answered:
        raise _changed(turn.number, str(numbers))
    yield from citations
    if mode is Mode.QUOTED:
        yield from _strays(text, citations, _rows(turn))
    elif mode is Mode.GENERATED:
        unknown = {int(mark) for mark in _MARKS.findall(text)} - set(numbers)
        if unknown:
            raise _changed(turn.number, "".join(f"[{number}]" for number in sorted(unknown)))


def _listed(turn: _Turn) -> Iterator[Citation]:
    """The list of citations, in which nothing else may stand."""
    blocks = [block for block in turn.citations if not _begins(block, _REFERENCE + _ROW)]
    for start in range(0, len(blocks), 3):
        source, quote, place = (*blocks[start : start + 3], None, None)[:3]
        named = _match(_SOURCE, source, Style.TEXT)
        standing = _match(_PLACE, place, Style.TEXT)
        if not named or not standing or quote is None or quote.style is not Style.QUOTE:
            raise _changed(turn.number, blocks[start].text)
        document, first, last = standing.groups()
        if int(first) > int(last):
            raise _changed(turn.number, standing[0])
        yield Citation(
            number=int(named[1]),
            document_id=document,
            title=named[2],
            path="",
            page=None,
            headings=(),
            quote=quote.text,
            span=Span(int(first), int(last)),
            status=Status.NOT_FOUND,
        )


def _match(pattern: re.Pattern[str], block: Block | None, style: Style) -> re.Match[str] | None:
    return pattern.fullmatch(block.text) if block and block.style is style else None


def _begins(block: Block, words: tuple[str, ...]) -> bool:
    return block.style is Style.TEXT and block.text.startswith(words)


def _rows(turn: _Turn) -> dict[int, str]:
    """What the list says of the table's row that a citation, by its number, quotes."""
    rows, number = {}, 0
    for block in turn.citations:
        if source := _match(_SOURCE, block, Style.TEXT):
            number = int(source[1])
        elif _begins(block, _ROW):
            rows[number] = block.text
    return rows


def _said(turn: _Turn) -> tuple[Mode, str]:
    """How the answer came about, and its text."""
    blocks = list(turn.answer)
    if blocks and blocks[0].text.startswith(_UNDERSTOOD):
        blocks.pop(0)
    found = _match(_CIRCUMSTANCES, blocks[0] if blocks else None, Style.TEXT)
    if not found:
        raise _changed(turn.number, blocks[0].text if blocks else "")
    quote = next((block for block in blocks if block.style is Style.QUOTE), None)
    if quote:
        raise _changed(turn.number, quote.text)
    return _MODES[found[1]], "\n\n".join(block.text for block in blocks[1:])


def _strays(
    text: str, citations: Sequence[Citation], rows: Mapping[int, str]
) -> Iterator[Citation]:
    """What an answer of quotes says that no citation of it says, each as a citation to check."""
    for paragraph in text.split("\n\n"):
        if paragraph.startswith(_NOTE):
            yield from _misquoted(paragraph, citations)
            continue
        marked = _MARK.search(paragraph)
        own = [c for c in citations if marked and c.number == int(marked[1])]
        words = _bare(_MARK.sub("", paragraph) if own else paragraph)
        quotes = [citation.quote for citation in own]
        told = [(citation.quote, rows.get(citation.number, "")) for citation in own]
        if not (
            not words
            or _stands(words, quotes)
            or _stands(_bare(paragraph), [citation.quote for citation in citations])
            or any(_stands_with_unit(words, quote, row) for quote, row in told)
        ):
            yield replace((*own, *citations)[0], quote=words)


def _misquoted(note: str, citations: Sequence[Citation]) -> Iterator[Citation]:
    """What our own words say that a citation says, and it doesn't."""
    by_number = {citation.number: citation for citation in citations}
    for said, number in _QUOTED_IN_NOTE.findall(note):
        citation = by_number.get(int(number), citations[0])
        if not _stands(said, [citation.quote]):
            yield replace(citation, quote=said)


def _bare(paragraph: str) -> str:
    return paragraph.strip("“” \n")


def _stands(words: str, quotes: Sequence[str]) -> bool:
    """Whether a quote holds the words, and not as a part of another number."""
    return any(
        not (words[0].isdigit() and _IN_NUMBER[0].search(quote[: place.start]))
        and not (words[-1].isdigit() and _IN_NUMBER[1].match(quote[place.end :]))
        for quote in quotes
        for place in locate(words, quote)
    )


def _stands_with_unit(words: str, quote: str, row: str) -> bool:
    """Whether the words are a number of the quote and a unit that the row's table names."""
    parts = _WITH_UNIT.fullmatch(words)
    return parts is not None and _stands(parts[1], [quote]) and bool(locate(parts[2], row))


def _changed(turn: str, said: str) -> QuestionsError:
    return QuestionsError(
        f"导出文件的第 {turn} 轮被改过，看不出引文与位置的对应（在“{said[:60]}”处）。"
        "请重新导出这个对话。",
        f"question {turn} of the export was changed, so that quotes and places can't be told "
        f"(at “{said[:60]}”): export the conversation anew.",
    )
