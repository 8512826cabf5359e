"""Tables of a PDF without any rules, and what looks like one but isn't."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
from reportlab.lib import colors
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import SimpleDocTemplate, Table, TableStyle

from ingest.draft import Draft
from ingest.pdf.reader import read_pdf, rectangles
from ingest.split import split
from records import Document, Kind, Passage
from settings import SplitSettings

FONT, SIZE, PITCH = "STSong-Light", 10.5, 18.0
registerFont(UnicodeCIDFont(FONT))
PROSE = "各地推进数字城市建设，投资平稳，企业增多，三个环节分别给出了办法，按同一口径填报。"
CAPTION = "表 1 平台用户"
# A row: texts with the points from the left at which they begin, or end if negative.
Row = Sequence[tuple[float, str]]


def row(*cells: str, first: float = 100, width: float = 110) -> Row:
    return [(first + width * at, text) for at, text in enumerate(cells) if text]


def printed(*pages: Sequence[Row | str]) -> bytes:
    """Pages of rows and lines of prose, from top to bottom, printed in this order."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(480, 680))
    for page in pages:
        canvas.setFont(FONT, SIZE)
        for number, line in enumerate(page):
            for x, text in [(60, line)] if isinstance(line, str) else line:
                left = x if x >= 0 else -x - stringWidth(text, FONT, SIZE)
                canvas.drawString(left, 620 - PITCH * number, text)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def read(*pages: Sequence[Row | str]) -> Draft:
    return read_pdf(printed(*pages), max_pages=9)


def tables(draft: Draft) -> list[list[list[str]]]:
    text = draft.source.text
    return [[[cell.of(text) for cell in row] for row in table.rows] for table in draft.tables]


def passages(draft: Draft) -> tuple[Passage, ...]:
    document = Document(
        id="0" * 12,
        path="a.pdf",
        sha256="0" * 64,
        title="",
        raw=draft.source.raw,
        text=draft.source.text,
        origins=draft.source.origins,
        pages=draft.pages,
        outline=draft.outline,
        tables=draft.tables,
        blocks=draft.blocks,
    )
    return split(document, SplitSettings())


USERS = [
    row("类别", "户数", "占比"),
    row("企业", "1,204", "71%"),
    row("机关", "286", "17%"),
    row("高校", "203", "12%"),
]
CELLS = [["类别", "户数", "占比"], ["企业", "1,204", "71%"], ["机关", "286", "17%"]]
CELLS += [["高校", "203", "12%"]]


def test_each_row_below_a_caption_is_a_passage_with_all_that_a_ruled_one_has() -> None:
    pdf = printed([PROSE], ["一、平台", PROSE, CAPTION, "（单位：户）", *USERS, PROSE])
    draft = read_pdf(pdf, max_pages=9)
    assert tables(draft) == [CELLS]
    found = [passage for passage in passages(draft) if passage.kind is Kind.TABLE]
    assert [passage.sentence for passage in found] == [
        "类别：企业；户数：1,204；占比：71%",
        "类别：机关；户数：286；占比：17%",
        "类别：高校；户数：203；占比：12%",
    ]
    assert {(p.header, p.headings, p.page) for p in found} == {
        (f"{CAPTION} （单位：户）", ("一、平台",), 2)
    }
    span = found[1].span
    places = rectangles(pdf, draft.source.raw, draft.source.origins[span.start : span.end])
    ((page, (left, bottom, right, top)),) = places
    assert (page, round(left)) == (2, 100)
    assert bottom < 620 - 6 * PITCH < top
    assert right == pytest.approx(320 + stringWidth("17%", FONT, SIZE), abs=2)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (USERS, CELLS),
        (
            [row("机构", "职能"), row("数据局", "统筹规划"), row("交易所", "撮合数据交易")],
            [["机构", "职能"], ["数据局", "统筹规划"], ["交易所", "撮合数据交易"]],
        ),
        (
            [
                [(100, "地区"), (-260, "规模（亿元）"), (-400, "增速")],
                [(100, "东区"), (-260, "1,031.5"), (-400, "3.9%")],
                [(100, "南部新区"), (-260, "8.1"), (-400, "-10.8%")],
            ],
            [
                ["地区", "规模（亿元）", "增速"],
                ["东区", "1,031.5", "3.9%"],
                ["南部新区", "8.1", "-10.8%"],
            ],
        ),
        (
            [row("地区", "站数", "备注"), row("东区", "", "在建"), row("西区", "5")],
            [["地区", "站数", "备注"], ["东区", "", "在建"], ["西区", "5", ""]],
        ),
    ],
)
def test_columns_below_a_caption_are_a_table(rows: list[Row], expected: list[list[str]]) -> None:
    assert tables(read([PROSE, CAPTION, *rows, "来源：市数据局。", PROSE])) == [expected]
    assert tables(read([PROSE, CAPTION, *rows, PROSE])) == [expected]
    assert tables(read([PROSE, CAPTION, *rows, "以上。"])) == [expected]


def test_names_above_labels_and_numbers_need_no_caption() -> None:
    draft = read([PROSE, *USERS, PROSE])
    assert tables(draft) == [CELLS]
    assert draft.tables[0].caption is None
    years = [
        row("年份", "企业", "规模"),
        *(row(f"{2020 + at}年", f"{at}家", "8") for at in range(3)),
    ]
    assert len(tables(read([PROSE, *years, PROSE]))[0]) == 4


def test_a_table_goes_on_below_its_header_on_the_next_page() -> None:
    draft = read([PROSE, CAPTION, *USERS], [USERS[0], row("医院", "77", "4%"), PROSE])
    assert tables(draft) == [[*CELLS, ["医院", "77", "4%"]]]
    assert draft.source.text.count("户数") == 1


def test_a_cell_of_two_lines_is_one_where_it_is_printed_as_one() -> None:
    """As word processors print: a cell to its end, then the next one."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(480, 680))
    canvas.setFont(FONT, SIZE)
    canvas.drawString(60, 620, CAPTION)
    for at, cells in enumerate(
        [("机构", "职能", "人数"), ("数据局", "统筹规划", "40"), ("交易所", "撮合", "9")]
    ):
        for column, text in enumerate(cells):
            canvas.drawString(100 + 110 * column, 590 - 30 * at, text)
            if at and column == 1:
                canvas.drawString(210, 577 - 30 * at, "并监督落实")
    canvas.save()
    assert tables(read_pdf(stream.getvalue(), max_pages=1)) == [
        [
            ["机构", "职能", "人数"],
            ["数据局", "统筹规划并监督落实", "40"],
            ["交易所", "撮合并监督落实", "9"],
        ]
    ]


HALF = PROSE[:16]
NO_TABLES: dict[str, list[Row | str]] = {
    "prose in two columns, printed line by line": [
        CAPTION,
        *[[(60, PROSE[at : at + 16]), (260, PROSE[at + 3 : at + 19])] for at in range(0, 18, 3)],
    ],
    "prose in two columns, printed one after the other": [
        CAPTION,
        [(60, HALF), (60, HALF)],
        *[[(60, HALF)]] * 4,
        *[[(260, HALF)]] * 4,
    ],
    "a table of contents": [
        "目  录",
        row("序号", "标题", "页"),
        *(row(f"第{at}章", f"第{at}章的标题", f"{at * 3}") for at in (1, 2, 3, 4)),
    ],
    "a table of contents with a header of its own": [
        PROSE,
        row("章节", "标题", "页码"),
        *(row(f"第{at}章", f"第{at}章的标题", f"{at * 3}") for at in (1, 2, 3, 4)),
    ],
    "references": [
        "参考文献",
        *(row(f"[{at}]", "李某某", f"20{at + 10}", width=60) for at in range(1, 6)),
    ],
    "the fields of a cover": [
        row("项目名称", "数字城市研究"),
        row("报告编号", "20231101"),
        row("委托单位", "示例市数据局"),
        row("页数", "120"),
    ],
    "fields of a cover in pairs": [
        row("项目名称", "数字城市研究", "密级", "公开"),
        row("报告编号", "20231101", "版本", "3"),
        row("项目负责人", "王某", "页数", "120"),
        row("完成日期", "2023年", "份数", "20"),
    ],
    "a list of names": [
        "编写人员",
        *(row(*names) for names in ("甲某 乙某 丙某".split(), "丁某 戊某 己某".split()) * 2),
    ],
    "the labels of a chart": [
        PROSE,
        row("规模", "出口", "进口"),
        *(row(f"{at}.8", f"{at * 2}.1", f"{at}.3") for at in range(1, 5)),
        "图 1 各年情况",
    ],
    "labels of a chart with names": [
        PROSE,
        row("规模", "出口", "进口"),
        *(row(f"城市{at}", f"{at * 2}.1", f"{at}.3") for at in range(1, 5)),
        "图 1 各市情况",
    ],
    "a list with wide gaps": [
        CAPTION,
        *([(100, f"{at}."), (130, f"第{at}项工作")] for at in range(1, 6)),
    ],
    "cells that go on where the next row may begin": [
        CAPTION,
        row("机构", "职能"),
        row("数据局", "统筹规划"),
        row("", "并监督落实"),
        row("交易所", "撮合交易"),
    ],
    "a label that may belong to the rows above and below": [
        CAPTION,
        row("分区", "城市", "户数"),
        row("", "东市", "12"),
        row("东部", "南市", "15"),
        row("", "北市", "19"),
    ],
    "names above several columns": [
        CAPTION,
        [(100, "地区"), (265, "2023年")],
        row("", "规模", "增速"),
        row("东区", "31", "3%"),
        row("西区", "38", "4%"),
    ],
    "two rows": [CAPTION, row("类别", "户数"), row("企业", "12"), PROSE],
    "rows far below the caption": [
        CAPTION,
        "",
        "",
        "",
        "",
        "",
        row("甲", "乙"),
        *[row("丙", "丁")] * 3,
    ],
    "columns that do not agree": [
        CAPTION,
        row("类别", "户数", "占比"),
        row("企业", "12", "3%", width=60),
        row("机关", "19", "4%", width=150),
        row("高校", "22", "5%", width=80),
    ],
}


@pytest.mark.parametrize("what", NO_TABLES)
def test_what_only_looks_like_a_table_stays_prose(what: str) -> None:
    draft = read([PROSE, *NO_TABLES[what], PROSE])
    assert tables(draft) == []
    shown = "".join(draft.source.text.split())
    said = [text for line in NO_TABLES[what] if not isinstance(line, str) for _, text in line]
    assert all("".join(text.split()) in shown for text in said)


def test_both_rows_of_a_header_are_left_out_where_they_are_printed_again() -> None:
    """A table with rules that goes on over the pages, its two header rows on each of them."""
    cities = [[f"第{at}市", f"{at}.5", f"{at % 7}%"] for at in range(1, 61)]
    stream = io.BytesIO()
    style = [
        ("FONT", (0, 0), (-1, -1), FONT, SIZE),
        ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
        ("SPAN", (1, 0), (2, 0)),
        ("SPAN", (0, 0), (0, 1)),
    ]
    header = [["地区", "2023年", ""], ["", "规模（亿元）", "增速"]]
    table = Table([*header, *cities], colWidths=[100] * 3, repeatRows=2, style=TableStyle(style))
    SimpleDocTemplate(stream, pagesize=(480, 680)).build([table])
    draft = read_pdf(stream.getvalue(), max_pages=9)
    assert len(draft.pages) > 2
    (rows,) = tables(draft)
    assert rows == [["地区", "2023年", ""], ["", "规模（亿元）", "增速"], *cities]
    assert draft.tables[0].header_rows == 2
    assert [draft.source.text.count(name) for name in ("地区", "2023年", "规模", "增速")] == [1] * 4
