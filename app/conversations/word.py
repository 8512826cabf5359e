"""An exported conversation as a Word document (DOCX, ECMA-376).

What is read is what Word shows: deleted text is left out and inserted text kept, hidden text is
refused. Text hidden by colour, or behind a picture, isn't recognised.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor

from app.conversations.blocks import Block, Style, shown, unshown
from errors import QuestionsError
from ingest.office import check_archive

_STYLES = {
    Style.TITLE: "Title",
    Style.QUESTION: "Heading 1",
    Style.SECTION: "Heading 2",
    Style.TEXT: "Normal",
    Style.QUOTE: "Quote",
}
_SIZES = {Style.TITLE: 20, Style.QUESTION: 15, Style.SECTION: 12, Style.TEXT: 11, Style.QUOTE: 11}
_FONT = "微软雅黑"
_BREAKS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
# Properties are no text, and what was deleted or stands there as an alternative isn't seen.
_UNSEEN = {
    qn("w:pPr"),
    qn("w:rPr"),
    qn("w:del"),
    qn("w:moveFrom"),
    qn("w:rt"),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}
_HIDING = (qn("w:vanish"), qn("w:webHidden"))
_MAX_MEGABYTES = 200


def to_word(blocks: Iterable[Block]) -> bytes:
    """The content of the file."""
    document = docx.Document()
    _dress(document)
    for block in blocks:
        document.add_paragraph(shown(block.text), style=_STYLES[block.style])
        if block.style is Style.TITLE:
            document.core_properties.title = shown(block.text)[:255]
    document.core_properties.author = "Youju 有据"
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def from_word(data: bytes) -> list[Block]:
    """The blocks that a reader of the document sees; tables and the like count as TEXT.

    Raises QuestionsError for hidden text; what a damaged file makes the libraries raise passes
    through.
    """
    check_archive(data, _MAX_MEGABYTES)
    document = docx.Document(io.BytesIO(data))
    _check_nothing_hidden(document)
    named = {name: style for style, name in _STYLES.items()}
    styles = {style.style_id: named.get(style.name, Style.TEXT) for style in document.styles}
    blocks = []
    for element in document.element.body:
        text = unshown("".join(_pieces(element)))
        if text:
            blocks.append(Block(styles.get(_style_id(element), Style.TEXT), text))
    return blocks


def _dress(document: WordDocument) -> None:
    """Fonts that have 汉字, quotes set apart by their indent instead of italics."""
    for style, name in _STYLES.items():
        worn = document.styles[name]
        worn.font.name, worn.font.size = _FONT, Pt(_SIZES[style])
        fonts: Any = worn.element.rPr.rFonts
        for key in list(fonts.attrib):
            if key.endswith("Theme"):
                del fonts.attrib[key]
        fonts.set(qn("w:eastAsia"), _FONT)
        worn.font.color.rgb = RGBColor(0x22, 0x22, 0x22)
    quote = document.styles[_STYLES[Style.QUOTE]]
    quote.font.italic = False
    quote.paragraph_format.left_indent = Cm(0.8)


def _style_id(element: BaseOxmlElement) -> str:
    """The id of a paragraph's style; that of plain paragraphs where it names none."""
    if element.tag != qn("w:p"):
        return ""
    named = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return "" if named is None else str(named.get(qn("w:val")))


def _pieces(element: BaseOxmlElement) -> Iterator[str]:
    for child in element:
        if child.tag == qn("w:t"):
            yield child.text or ""
        elif child.tag in _BREAKS:
            yield _BREAKS[child.tag]
        elif child.tag not in _UNSEEN:
            yield from _pieces(child)


def _check_nothing_hidden(document: WordDocument) -> None:
    for root in (document.element, document.styles.element):
        for tag in _HIDING:
            if any(found.get(qn("w:val")) not in ("0", "false", "off") for found in root.iter(tag)):
                raise QuestionsError(
                    "导出文件里有隐藏文字，无法确定读者看到的是什么。请核对原来的导出文件。",
                    "the export holds hidden text, so what a reader sees isn't certain: "
                    "verify the original export.",
                )
