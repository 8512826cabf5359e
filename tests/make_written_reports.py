"""Rebuild tests/documents/written.pdf: ``python -m tests.make_written_reports``.

A report as it is written in Word and printed by LibreOffice: needs ``soffice`` and the font
Noto Serif CJK SC. The PDF is kept in the repository, so that the tests need neither.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import docx
from docx.document import Document as WordDocument
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

FONT = "Noto Serif CJK SC"
FOLDER = Path(__file__).parent / "documents"
PROSE = (
    "青湾市把数据作为新的生产要素，在采集、加工、流通三个环节上分别给出了办法，"
    "各区县按照同一套口径填报，市里每个季度汇总一次，年终由第三方机构核对。"
)
MORE = "从全年看，制造、物流和文旅三个行业的需求增长最快，合同金额占到全市的六成以上。"
CONTENTS = (
    ("第一章 总体情况", 2, 0),
    ("一、基本数据", 2, 1),
    ("（一）产业规模", 2, 2),
    ("第二章 重点领域", 3, 0),
    ("2.1 公共数据", 3, 1),
    ("2.2 数据交易", 4, 1),
)
REGIONS = tuple(
    (f"{name}区", f"{at * 7 + 31}.{at}", f"{at + 3}.{9 - at}")
    for at, name in enumerate("东西南北高新港湖")
)
TRADES = (("数据集", "412", "9.6"), ("数据接口", "1,037", "21.4"), ("数据报告", "88", "3.2"))


def report() -> WordDocument:
    """A cover with contents, two chapters with tables and footnotes, two columns."""
    document = docx.Document()
    style = document.styles["Normal"]
    style.font.size = Pt(10.5)
    _font(style.element)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(17), Cm(24)
    section.header.paragraphs[0].text = "青湾市数据产业发展报告（2024年）"
    _page_number(section.footer.paragraphs[0])
    _styled(document.add_paragraph("青湾市数据产业发展报告"), 22, centred=True)
    _styled(document.add_paragraph("青湾市数据研究院"), 12, centred=True)
    _styled(document.add_paragraph("2024年3月"), 12, centred=True)
    _styled(document.add_paragraph("目  录"), 14, centred=True)
    for title, page, level in CONTENTS:
        _contents_line(document, title, page, level)
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    _styled(document.add_paragraph("第一章 总体情况"), 16)
    _prose(document, PROSE + MORE)
    _styled(document.add_paragraph("一、基本数据"), 14)
    _prose(document, MORE + PROSE, note="按在地原则统计，不含外地分支机构。")
    _styled(document.add_paragraph("（一）产业规模"), 12)
    _prose(document, "2023年全市数据产业规模达到386.4亿元，比上年增长14.2%。各区情况见表1。")
    _caption(document, "表1 各区数据产业规模")
    table = _table(document, (("地区", "2023年", ""), ("", "规模（亿元）", "增速（%）"), *REGIONS))
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 0).merge(table.cell(1, 0))
    _prose(document, PROSE * 2)
    _styled(document.add_paragraph("第二章 重点领域"), 16)
    _styled(document.add_paragraph("2.1 公共数据"), 12)
    columns = document.add_section(WD_SECTION.CONTINUOUS)
    _columns(columns, 2)
    _prose(document, PROSE * 3, note="公共数据指机关履行职责时产生的数据。")
    _prose(document, MORE * 3)
    _columns(document.add_section(WD_SECTION.CONTINUOUS), 1)
    _styled(document.add_paragraph("2.2 数据交易"), 12)
    _prose(document, "场内交易的品种见表2，金额单位为亿元。")
    _caption(document, "表2 场内交易品种")
    _three_rules(_table(document, (("品种", "数量（个）", "金额"), *TRADES)))
    _prose(document, MORE)
    _caption(document, "表3 平台用户")
    _bare(
        _table(
            document,
            (
                ("类别", "户数", "占比"),
                ("企业", "1,204", "71%"),
                ("机关", "286", "17%"),
                ("高校", "203", "12%"),
            ),
        )
    )
    _prose(document, PROSE)
    return document


def _font(element: object, name: str = FONT) -> None:
    fonts = element.get_or_add_rPr().get_or_add_rFonts()  # type: ignore[attr-defined]
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia"):
        fonts.set(qn(script), name)


def _styled(paragraph: Paragraph, size: float, centred: bool = False) -> None:
    for run in paragraph.runs:
        run.font.size, run.font.bold = Pt(size), True
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _caption(document: WordDocument, text: str) -> None:
    paragraph = document.add_paragraph(text)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True


def _prose(document: WordDocument, text: str, note: str = "") -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    paragraph.paragraph_format.first_line_indent = Pt(21)
    paragraph.paragraph_format.space_after = Pt(0)
    head, _, tail = text.partition("。")
    paragraph.add_run(head)
    if note:
        _note(paragraph, note)
    paragraph.add_run(f"。{tail}")


def _note(paragraph: Paragraph, text: str) -> None:
    """A footnote; the part that holds them is made with the first one."""
    NOTES.append(text)

    run = paragraph.add_run()
    run.font.superscript = True
    mark = OxmlElement("w:footnoteReference")
    mark.set(qn("w:id"), str(len(NOTES)))
    run._r.append(mark)


NOTES: list[str] = []


def _page_number(paragraph: Paragraph) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run("— ")
    field = parse_xml(
        f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    )
    paragraph._p.append(field)
    paragraph.add_run(" —")


def _contents_line(document: WordDocument, title: str, page: int, level: int) -> None:
    paragraph = document.add_paragraph(f"{title}\t{page}")
    paragraph.paragraph_format.left_indent = Cm(0.7 * level)
    paragraph.paragraph_format.space_after = Pt(2)
    paragraph.paragraph_format.tab_stops.add_tab_stop(
        Cm(10.6), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS
    )


def _table(document: WordDocument, rows: Sequence[Sequence[str]]) -> docx.table.Table:
    table: docx.table.Table = document.add_table(
        rows=len(rows), cols=len(rows[0]), style="Table Grid"
    )
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
            cell.paragraphs[0].paragraph_format.space_after = Pt(0)
    return table


def _borders(table: docx.table.Table, **sides: str) -> None:
    table.style = "Normal Table"
    borders = "".join(
        f'<w:{side} w:val="{kind}" w:sz="8" w:color="000000"/>' for side, kind in sides.items()
    )
    table._tbl.tblPr.append(parse_xml(f"<w:tblBorders {nsdecls('w')}>{borders}</w:tblBorders>"))


def _three_rules(table: docx.table.Table) -> None:
    """三线表: a rule above, one below the header, one below."""
    _borders(table, top="single", bottom="single")
    for cell in table.rows[0].cells:
        cell._tc.get_or_add_tcPr().append(
            parse_xml(
                f"<w:tcBorders {nsdecls('w')}>"
                '<w:bottom w:val="single" w:sz="4" w:color="000000"/></w:tcBorders>'
            )
        )


def _bare(table: docx.table.Table) -> None:
    _borders(table)


def _columns(section: docx.section.Section, number: int) -> None:
    columns = section._sectPr.find(qn("w:cols"))
    if columns is None:
        columns = OxmlElement("w:cols")
        section._sectPr.append(columns)
    columns.set(qn("w:num"), str(number))


def _with_notes(path: Path, notes: Sequence[str]) -> None:
    """Put the footnotes into the file, which python-docx can't."""
    from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    document = docx.Document(str(path))
    body = "".join(
        f'<w:footnote w:id="{number}"><w:p><w:pPr><w:rPr><w:sz w:val="16"/></w:rPr></w:pPr>'
        '<w:r><w:rPr><w:vertAlign w:val="superscript"/><w:sz w:val="16"/></w:rPr>'
        "<w:footnoteRef/></w:r>"
        f'<w:r><w:rPr><w:sz w:val="16"/></w:rPr><w:t>{text}</w:t></w:r></w:p></w:footnote>'
        for number, text in enumerate(notes, start=1)
    )
    blob = f'<?xml version="1.0" encoding="UTF-8"?><w:footnotes {nsdecls("w")}>{body}</w:footnotes>'
    part = Part(
        PackURI("/word/footnotes.xml"),
        CONTENT_TYPE.WML_FOOTNOTES,
        blob.encode(),
        document.part.package,
    )
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    document.save(str(path))


def main() -> None:
    """Write the Word file, print it, and keep the PDF."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "written.docx"
        report().save(str(path))
        _with_notes(path, NOTES)
        command = [
            "soffice",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(FOLDER),
            str(path),
        ]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
