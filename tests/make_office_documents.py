"""Rebuild the files of other formats in tests/documents, and what each is expected to be read as.

``python -m tests.make_office_documents`` writes ``name.suffix`` and ``name.suffix.expected``.
The expectations are to be read by a person before they are kept.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import docx
import pptx
from docx.document import Document as WordDocument
from openpyxl import Workbook
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.presentation import Presentation
from pptx.util import Cm

from ingest.reading import read_document
from records import Document
from settings import IngestSettings

FOLDER = Path(__file__).parent / "documents"

MARKDOWN = """# 示例省数据要素年报

发布单位：示例省数据局

## 一、总体情况

2023 年，示例省数据产业规模达到 860 亿元[^1]，同比增长 12.4%。

| 地区 | 规模（亿元） | 占比 |
| --- | ---: | ---: |
| 甲市 | 420 | 48.8% |
| 乙市 | 310 | 36.0% |

- 甲市以交易平台为主
- 乙市以数据加工为主

[^1]: 按登记企业营业收入计算。
"""

HTML = """<!doctype html><html lang="zh"><head><meta charset="utf-8">
<title>示例市发布智慧停车年报</title><meta name="author" content="示例市交通局">
<meta property="article:published_time" content="2024-05-06"></head><body>
<nav><a href="/">首页</a> <a href="/news">新闻</a></nav>
<main><h1>示例市发布智慧停车年报</h1>
<p>截至 2023 年底，示例市接入车位 <b>18.6</b> 万个。</p>
<h2>分区情况</h2>
<table><caption>表 1 各区车位</caption>
<tr><th rowspan="2">区</th><th colspan="2">车位（个）</th></tr>
<tr><th>路内</th><th>路外</th></tr>
<tr><td>东区</td><td>3,200</td><td>41,000</td></tr>
<tr><td>西区</td><td>2,150</td><td>38,600</td></tr></table>
<p style="display:none">看不见的一段。</p></main>
<footer>版权所有</footer></body></html>
"""

TEXT = """示例市低空经济发展报告

示例研究院
2024 年 6 月

一、发展现状

示例市现有低空经济企业 137 家，其中整机制造企业 9 家，
运营服务企业 64 家。

（一）基础设施

全市建成起降点 58 个，通信覆盖率达到 91%。

二、主要问题

标准不统一，空域审批时间长。
"""

CSV = "地区,2022年,2023年\n甲市,1.5,2.25\n乙市,,3\n"


def word() -> WordDocument:
    """Headings, a table with merged cells, a list."""
    document = docx.Document()
    document.core_properties.title = "示例园区产业分析"
    document.add_heading("示例园区产业分析", level=0)
    document.add_heading("一、企业结构", level=1)
    document.add_paragraph("园区共有企业 312 家，2023 年实现营收 96.5 亿元。")
    document.add_paragraph("表 1 企业分布")
    rows = (
        ("板块", "类别", "企业数（家）"),
        ("制造", "装备", "58"),
        ("", "材料", "41"),
        ("服务", "物流", "37"),
    )
    table = document.add_table(rows=0, cols=3)
    for row in rows:
        cells = table.add_row().cells
        for cell, text in zip(cells, row, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    document.add_heading("二、建议", level=1)
    for text in ("引进链主企业", "建设公共实验室"):
        document.add_paragraph(text, style="List Bullet")
    return document


def slides() -> Presentation:
    """A title slide, a slide with a table and notes, a slide with a chart."""
    deck = pptx.Presentation()
    deck.core_properties.title = "示例港季度简报"
    first = deck.slides.add_slide(deck.slide_layouts[0])
    first.shapes.title.text = "示例港季度简报"
    first.placeholders[1].text = "示例港务集团 2024 年第一季度"
    second = deck.slides.add_slide(deck.slide_layouts[5])
    second.shapes.title.text = "航线"
    rows = (("航线", "班次"), ("近洋", "126"), ("远洋", "48"))
    table = second.shapes.add_table(3, 2, Cm(2), Cm(5), Cm(12), Cm(4)).table
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    second.notes_slide.notes_text_frame.text = "远洋班次含 6 班加班船。"
    third = deck.slides.add_slide(deck.slide_layouts[5])
    third.shapes.title.text = "吞吐量"
    data = CategoryChartData()  # type: ignore[no-untyped-call]
    data.categories = ["1 月", "2 月", "3 月"]
    data.add_series("吞吐量（万吨）", (310, 275.5, 342))  # type: ignore[no-untyped-call]
    place = Cm(2), Cm(5), Cm(14), Cm(8)
    third.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *place, data)
    return deck


def book() -> Workbook:
    """Two tables on one sheet, and a sheet that nobody sees."""
    made = Workbook()
    sheet = made.active
    sheet.title = "能耗"
    for row in (
        ["表 1 各区能耗（单位：万吨标准煤）"],
        ["区", "2022 年", "2023 年", "登记日期"],
        ["东区", 12.5, 11.84, date(2024, 1, 15)],
        ["西区", 8, 8.25, date(2024, 1, 18)],
        ["来源：示例市统计局"],
        [],
        ["指标", "占比"],
        ["清洁能源", 0.3175],
    ):
        sheet.append(row)
    sheet["C3"].number_format = sheet["C4"].number_format = "0.0"
    sheet["B8"].number_format = "0.0%"
    hidden = made.create_sheet("草稿")
    hidden.append(["不可见"])
    hidden.sheet_state = "hidden"
    return made


def described(document: Document) -> str:
    """What a document was read as, for people: facts, outline, then the text with its tables."""
    text = document.text
    lines = [
        f"title: {document.title}",
        f"publisher: {document.publisher}",
        f"date: {document.date}",
        f"pages: {len(document.pages)}",
        *(f"{'#' * h.level} {h.span.of(text)}" for h in document.outline),
        *(f"{block.kind}: {block.span.of(text)}" for block in document.blocks),
    ]
    for table in document.tables:
        lines.append(f"table: {table.caption.of(text) if table.caption else ''}")
        for number, row in enumerate(table.rows):
            cells = " | ".join(cell.of(text) for cell in row)
            mark = "=" if number < table.header_rows else "-"
            place = f" @ {table.places[number]}" if table.places else ""
            lines.append(f"{mark} {cells}{place}")
    return "\n".join([*lines, "text:", text, ""])


def main() -> None:
    """Write the files, and beside every file of the folder what it was read as."""
    for name, text in {
        "yearbook.md": MARKDOWN,
        "parking.html": HTML,
        "aviation.txt": TEXT,
        "regions.csv": CSV,
    }.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    for name, made in {"park.docx": word(), "port.pptx": slides(), "energy.xlsx": book()}.items():
        made.save(str(FOLDER / name))
    for path in readable():
        document = read_document(path, IngestSettings(ocr=False))
        expected = path.with_name(f"{path.name}.expected")
        expected.write_text(described(document), encoding="utf-8")


def readable() -> list[Path]:
    """The documents that hold text."""
    without = {".expected"}
    return sorted(
        path
        for path in FOLDER.iterdir()
        if path.suffix not in without and path.stem not in ("encrypted", "scan")
    )


if __name__ == "__main__":
    main()
