"""An exported conversation as Markdown (CommonMark 0.31).

What is read is what a renderer would show: HTML, which could hide or add text, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.conversations.blocks import Block, Style, shown, unshown
from errors import QuestionsError

_PREFIX = {Style.TITLE: "# ", Style.QUESTION: "## ", Style.SECTION: "### "}
_HEADINGS = {"h1": Style.TITLE, "h2": Style.QUESTION, "h3": Style.SECTION}
# What is markup anywhere (of CommonMark, of tables, strike-through and formulas), and what is
# only at the start of a line.
_MARKUP = re.compile(r"([\\`*_\[\]<>&~|$#])")
_AT_START = re.compile(r"^([0-9]{0,9})([+\-=]|(?<=[0-9])[.)](?=\s|$))", re.MULTILINE)
_EDGE = re.compile(r"^[^\S\n]+|[^\S\n]+$", re.MULTILINE)
_LINE_ENDS = re.compile(r"\n+")


def to_markdown(blocks: Iterable[Block]) -> str:
    """The text of the file."""
    return "\n\n".join(map(_written, blocks)) + "\n"


def from_markdown(text: str) -> list[Block]:
    """The blocks that a reader of the rendered file sees.

    A block that ``to_markdown`` never writes counts as TEXT. Raises QuestionsError for HTML
    and images.
    """
    blocks: list[Block] = []
    quoted: list[str] = []
    depth, style = 0, Style.TEXT
    for token in MarkdownIt("commonmark").parse(text):
        if token.type in ("html_block", "html_inline"):
            raise _not_plain(token.content)
        if token.type == "blockquote_open":
            depth += 1
        elif token.type == "blockquote_close":
            depth -= 1
            if not depth:
                blocks.append(Block(Style.QUOTE, "\n\n".join(quoted)))
                quoted = []
        elif token.type == "heading_open":
            style = _HEADINGS.get(token.tag, Style.TEXT)
        elif token.type == "heading_close":
            style = Style.TEXT
        elif said := _visible(token):
            if depth:
                quoted.append(said)
            else:
                blocks.append(Block(style, said))
    return blocks


def _written(block: Block) -> str:
    heading = _PREFIX.get(block.style)
    text = _escaped(block.text, one_line=heading is not None)
    if block.style is Style.QUOTE:
        return "> " + text.replace("\n", "\n> ")
    return (heading or "") + text


def _escaped(text: str, one_line: bool) -> str:
    """``text`` so that a renderer shows exactly it; line ends as breaks, in headings as spaces."""
    escaped = _MARKUP.sub(r"\\\1", shown(text))
    escaped = _EDGE.sub(lambda found: _entities(found[0]), escaped)
    escaped = _AT_START.sub(r"\1\\\2", escaped)
    return _LINE_ENDS.sub(
        lambda found: (
            _entities(found[0])
            if one_line or found.start() == 0 or found.end() == len(escaped)
            else "\\\n" + _entities(found[0][1:])
        ),
        escaped,
    )


def _entities(text: str) -> str:
    return "".join(f"&#{ord(character)};" for character in text)


def _visible(token: Token) -> str:
    if token.type in ("fence", "code_block"):
        return unshown(token.content)
    if token.type != "inline":
        return ""
    return unshown("".join(_pieces(token.children or ())))


def _pieces(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("html_inline", "image"):
            raise _not_plain(token.content)
        yield "\n" if token.type in ("softbreak", "hardbreak") else token.content


def _not_plain(said: str) -> QuestionsError:
    return QuestionsError(
        f"导出文件里有 HTML 或图片（{said[:40]!r}），无法确定读者看到的是什么。"
        "请核对原来的导出文件。",
        f"the export holds HTML or an image ({said[:40]!r}), so what a reader sees isn't certain: "
        "verify the original export.",
    )
