import io
import zipfile
from collections.abc import Callable

import docx
import pytest
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from errors import OversizedFile
from ingest.docx import read_docx
from ingest.draft import Draft
from ingest.office import check_archive
from records import Kind

NOTES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:footnotes {}>
<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>
<w:footnote w:id="2"><w:p><w:r><w:footnoteRef/><w:t>示例数据。</w:t></w:r></w:p></w:footnote>
</w:footnotes>"""


def saved(fill: Callable[[WordDocument], None]) -> bytes:
    document = docx.Document()
    fill(document)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def read(fill: Callable[[WordDocument], None]) -> Draft:
    return read_docx(saved(fill))


def report(document: WordDocument) -> None:
    document.sections[0].header.paragraphs[0].text = "页眉"
    document.add_heading("数字城市报告", 0)
    document.add_heading("一、总体", 1)
    paragraph = document.add_paragraph("第一段，")
    paragraph.add_run("粗体").bold = True
    paragraph.add_run("。")
    document.add_paragraph("表1 规模")
    table = document.add_table(3, 3)
    for number, cell in enumerate(table._cells):
        cell.text = f"格{number}"
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(1, 0).merge(table.cell(2, 0))
    document.add_heading("（一）分节", 2)
    document.add_paragraph("结尾。")


def test_paragraphs_and_tables_come_in_order() -> None:
    draft = read(report)
    assert draft.source.text.split("\n") == [
        "数字城市报告",
        "一、总体",
        "第一段，粗体。",
        "表1 规模",
        "格0\t格1格2\t",
        "格3格6\t格4\t格5",
        "\t格7\t格8",
        "（一）分节",
        "结尾。",
    ]
    assert draft.title == "数字城市报告"
    assert draft.source.raw == draft.source.text


def test_headings_and_tables_are_found() -> None:
    draft = read(report)
    text = draft.source.text
    assert [(each.level, each.span.of(text)) for each in draft.outline] == [
        (1, "一、总体"),
        (2, "（一）分节"),
    ]
    (table,) = draft.tables
    assert [[cell.of(text) for cell in row] for row in table.rows] == [
        ["格0", "格1格2", ""],
        ["格3格6", "格4", "格5"],
        ["", "格7", "格8"],
    ]
    assert table.caption and table.caption.of(text) == "表1 规模"


def test_numbered_lines_are_headings_where_no_style_says_so() -> None:
    def fill(document: WordDocument) -> None:
        for line in ("一、总体态势", "正文一段，说得长一些。", "二、结论", "又一段正文。"):
            document.add_paragraph(line)

    draft = read(fill)
    assert [each.span.of(draft.source.text) for each in draft.outline] == [
        "一、总体态势",
        "二、结论",
    ]


def test_an_outline_level_makes_a_heading() -> None:
    def fill(document: WordDocument) -> None:
        paragraph = document.add_paragraph("自定义标题")
        level = OxmlElement("w:outlineLvl")
        level.set(qn("w:val"), "2")
        paragraph._p.get_or_add_pPr().append(level)
        document.add_paragraph("正文。")

    draft = read(fill)
    assert [(each.level, each.span.of(draft.source.text)) for each in draft.outline] == [
        (3, "自定义标题")
    ]


def test_deleted_text_is_left_out_and_text_boxes_are_read_once() -> None:
    def fill(document: WordDocument) -> None:
        paragraph = document.add_paragraph("留下")
        box = "<w:txbxContent><w:p><w:r><w:t>框内</w:t></w:r></w:p></w:txbxContent>"
        names = nsdecls("w") + (
            ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        )
        paragraph._p.append(
            parse_xml(
                f"<w:r {names}><mc:AlternateContent><mc:Choice>{box}</mc:Choice>"
                f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
            )
        )
        paragraph._p.append(
            parse_xml(f"<w:del {names}><w:r><w:delText>删去</w:delText></w:r></w:del>")
        )
        paragraph._p.append(parse_xml(f"<w:ins {names}><w:r><w:t>新增</w:t></w:r></w:ins>"))

    assert read(fill).source.text == "留下新增\n框内"


def test_footnotes_follow_at_the_end() -> None:
    def fill(document: WordDocument) -> None:
        paragraph = document.add_paragraph("增速为75%")
        paragraph._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="2"/></w:r>'))
        paragraph.add_run("。")
        document.add_paragraph("下一段。")

    part = zipfile.ZipFile(io.BytesIO(saved(fill)))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in part.namelist():
            data = part.read(name)
            if name == "word/_rels/document.xml.rels":
                kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
                relation = f'<Relationship Id="rN" Type="{kind}/footnotes" Target="footnotes.xml"/>'
                data = data.replace(b"</Relationships>", f"{relation}</Relationships>".encode())
            archive.writestr(name, data)
        archive.writestr("word/footnotes.xml", NOTES.format(nsdecls("w")))
    draft = read_docx(stream.getvalue())
    assert draft.source.text == "增速为75%¹。\n下一段。\n¹ 示例数据。"
    assert [(each.kind, each.span.of(draft.source.text)) for each in draft.blocks] == [
        (Kind.FOOTNOTE, "¹ 示例数据。")
    ]


def test_an_archive_that_unpacks_to_too_much_is_refused() -> None:
    data = saved(report)
    check_archive(data, 200)
    with pytest.raises(OversizedFile, match="解压后有"):
        check_archive(data, 0.01)


def test_a_raised_digit_is_no_part_of_the_number_before_it() -> None:
    file = docx.Document()
    paragraph = file.add_paragraph("占比超过 30%")
    paragraph.add_run("3").font.superscript = True
    paragraph.add_run("。")
    target = io.BytesIO()
    file.save(target)
    assert read_docx(target.getvalue()).source.text == "占比超过 30%³。"


def test_a_nested_table_stands_apart_from_the_number_before_it() -> None:
    def fill(document: WordDocument) -> None:
        table = document.add_table(2, 2)
        for number, cell in enumerate(table._cells):
            cell.text = f"{number}80"
        cell = table.cell(1, 1)
        cell.add_paragraph("亿元")
        inner = cell.add_table(1, 2)
        inner.cell(0, 0).text, inner.cell(0, 1).text = "嵌套a", "嵌套b"
        cell.add_paragraph("末")

    draft = read(fill)
    assert draft.source.text == "080\t180\n280\t380亿元 嵌套a 嵌套b 末"
    (table,) = draft.tables
    assert [len(row) for row in table.rows] == [2, 2]


@pytest.mark.parametrize(
    ("property_title", "title"),
    [
        ("绿色算力白皮书", "绿色算力白皮书"),
        ("  标题党的 兴衰\u200b ", "标题党的 兴衰"),
        *(
            (name, "")
            for name in (
                *("", "Word Document", "文档1", "Document12", "新建 Microsoft Word 文档"),
                *("Microsoft Word - 报告.doc", "无标题", "Untitled 1", "PowerPoint 演示文稿"),
                *("文字文稿1", "标题", "幻灯片 1"),
            )
        ),
    ],
)
def test_a_title_property_counts_unless_a_program_put_it_there(
    property_title: str, title: str
) -> None:
    def fill(document: WordDocument) -> None:
        document.core_properties.title = property_title
        document.add_paragraph("正文。")

    assert read(fill).title == title


def test_the_author_is_a_user_name_and_no_publisher() -> None:
    def fill(document: WordDocument) -> None:
        document.core_properties.author = "zhangsan"
        document.add_paragraph("正文。")

    assert read(fill).publisher == ""


def test_characters_without_width_are_deleted() -> None:
    def fill(document: WordDocument) -> None:
        document.add_heading("题\u200b目", 0)
        document.add_paragraph("1\u200d.8\ufeff万\u00ad亿元")
        document.add_table(1, 2).cell(0, 0).text = "格\u200b0"

    draft = read(fill)
    assert draft.source.text == "题目\n1.8万亿元\n格0\t"
    assert draft.title == "题目"
