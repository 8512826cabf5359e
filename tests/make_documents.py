"""Rebuild tests/documents: ``python tests/make_documents.py``, with typst, a font and qpdf.

The results are kept in the repository, so that the tests need none of these.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

FOLDER = Path(__file__).parent / "documents"
FONT = "Noto Serif CJK SC"

PROSE = (
    "数字城市是城市数字化转型的整体形态，它以数据为关键要素，"
    "以基础设施为底座，以智能中枢为核心，把治理、服务和产业放在同一张蓝图里推进。"
)
# Stands in the middle of the paragraph that crosses the first page break.
PLANTED = "据测算，2022年示例市的产业投资规模达到1.8万亿元，同比增长7.5%。"
FILLER = "各地在规划、建设、运营三个环节上的做法并不相同，需要分类比较。"

CROSSING = f"{PROSE}{FILLER * 3}{PROSE}{PLANTED}{FILLER}{PROSE}{FILLER}"

REPORT = f"""
#set document(title: "元数据里的题目", author: "示例研究院", date: none)
#set text(font: "{FONT}", size: 10.5pt, lang: "zh", region: "cn")
#set page(
  width: 148mm, height: 210mm, margin: 20mm,
  header: text(size: 8pt)[示例城市产业报告（2024年）],
  footer: context align(center, text(size: 8pt)[第 #counter(page).display() 页]),
)
#set par(first-line-indent: (amount: 2em, all: true), justify: true, leading: 0.8em, spacing: 0.8em)
#show heading.where(level: 1): it => block(text(size: 15pt, it.body))
#show heading.where(level: 2): it => block(text(size: 12.5pt, it.body))

#align(center, text(size: 22pt, weight: "bold")[示例城市产业\\ 发展报告])

#outline(title: [目录])

= 一、总体态势

{PROSE}

{FILLER}{FILLER}

== （一）投资规模

{CROSSING}

== （二）重点城市

下表列出各城市的投资。

#align(center)[表1 各城市投资规模]
#table(
  columns: (1fr, 1fr, 2fr),
  table.header([城市], [投资（亿元）], [说明]),
  ..range(1, 25).map(i => (
    [第#i\\城], [#(i * 12.5)], [第#i\\城的说明文字，写得长一些以便在单元格里换行。],
  )).flatten()
)

= 二、结论

{FILLER}The report uses open-source software and well-documented interfaces throughout its work.
{PROSE}示例市的增速为75%#footnote[示例数据，不代表真实情况。]。

#table(
  columns: (1fr, 1fr, 2fr), stroke: none,
  table.hline(), [年份], [规模（万亿元）], [说明],
  table.hline(), [2021], [1.7], [有所回落，原因写得长一些，以便在单元格里换行，看看读得对不对。],
  [2022], [1.8], [企稳回升], table.hline(),
)

#for year in range(2018, 2023) [#box(width: 15mm)[#text(size: 9pt)[#year]]]
"""

SINGLE = f"""
#set text(font: "{FONT}", size: 12pt)
#set page(width: 148mm, height: 210mm, margin: 20mm)
只有一段的文件，没有页眉。
"""

DOUBLE = f"""
#set text(font: "{FONT}", size: 12pt)
#set page(width: 148mm, height: 210mm, margin: 20mm)
#place(dx: 0.2pt)[假粗体的一行]
假粗体的一行

正常的一行
"""

COLUMNS = f"""
#set text(font: "{FONT}", size: 10pt, lang: "zh")
#set page(width: 210mm, height: 150mm, margin: 15mm, columns: 2)
#set par(first-line-indent: (amount: 2em, all: true), justify: true, leading: 0.8em, spacing: 0.8em)
{PROSE}{FILLER}

{FILLER}{PROSE}
#colbreak()
{PROSE}{FILLER}{FILLER}
"""

SCAN = """
#set page(width: 100mm, height: 100mm)
#rect(width: 50mm, height: 50mm, fill: gray)
"""

# One page for each city: the first rows of the pages differ in their numbers only.
CITIES = "甲乙丙丁"
CARDS = f"""
#set text(font: "{FONT}", size: 11pt, lang: "zh", region: "cn")
#set page(width: 148mm, height: 210mm, margin: 20mm, numbering: "1")
""" + "\n#pagebreak()\n".join(
    f"= 城市{city}概况\n人口：{100 + number * 13}万人\n\n生产总值：{1000 + number}亿元\n\n"
    f"城市{city}的增速为{number}.5%。"
    f"#footnote[数据来源：国家统计局，《统计公报》，{2018 + number}年。]"
    for number, city in enumerate(CITIES)
)

MONTHS = [
    f"{2000 + i // 12}年{i % 12 + 1}月 {1000 + i * 7} {i % 10}.{i * 3 % 7}%" for i in range(90)
]
# A table without rules over several pages, with neither header nor footer.
MONTHLY = f"""
#set text(font: "{FONT}", size: 11pt, lang: "zh", region: "cn")
#set page(width: 148mm, height: 210mm, margin: 20mm)
#table(columns: 3, stroke: none, {"".join(f"[{cell}], " for row in MONTHS for cell in row.split())})
"""

LIGATURES = "The office is efficient, file flow is affluent and difficult."
FORMS = f"""
#set text(font: "{FONT}", size: 11pt)
#set page(width: 148mm, height: 210mm, margin: 20mm)
= ⼀、⽹⻚打印

{LIGATURES}

⼈⼯智能⽤⼾有２亿⼈。
"""

# As browsers print columns: paragraphs without indent, below text of the full width.
WEB = f"""
#set text(font: "{FONT}", size: 10pt, lang: "zh")
#set page(width: 210mm, height: 297mm, margin: 15mm)
#set par(justify: false, leading: 0.8em, spacing: 1.6em)
{PROSE}{FILLER}{PROSE}

#columns(2)[
{PROSE * 3}

{FILLER}短段。
#colbreak()
{FILLER}{PROSE * 2}
]

{FILLER * 4}{PROSE * 3}
"""

NOTE = "按登记企业的营业收入计算，不含港澳台地区。"
# Paragraphs that go on overleaf, with footnotes in between.
NOTES = f"""
#set text(font: "{FONT}", size: 10.5pt, lang: "zh", region: "cn")
#set page(width: 148mm, height: 110mm, margin: 15mm, numbering: "1")
#set par(first-line-indent: (amount: 2em, all: true), justify: true, leading: 0.8em, spacing: 0.8em)

= 一、产业规模

{FILLER}

{PROSE}{PLANTED}#footnote[{NOTE}]{PROSE}#footnote[第二条注。]{FILLER * 2}

{PROSE}{FILLER}#footnote[第三条注，{NOTE * 2}]{PROSE * 3}
"""
# The same in two columns of one page, with a note that fills its last line, in print that is
# only a little smaller.
FULL_NOTE = ("按登记企业的营业收入计算而不含港澳台地区" * 3)[:52]
NOTES_BESIDE = f"""
#set text(font: "{FONT}", size: 10pt, lang: "zh", region: "cn")
#set page(width: 210mm, height: 120mm, margin: 15mm, columns: 2)
#set par(first-line-indent: (amount: 2em, all: true), justify: true, leading: 0.8em, spacing: 0.8em)
#show footnote.entry: set text(size: 9pt)
{PROSE}{FILLER}

{PROSE * 3}#footnote[{FULL_NOTE}]{PROSE * 2}{FILLER}
"""

SOURCES = {
    "notes": NOTES,
    "notes_beside": NOTES_BESIDE,
    "report": REPORT,
    "single": SINGLE,
    "double": DOUBLE,
    "columns": COLUMNS,
    "scan": SCAN,
    "cards": CARDS,
    "monthly": MONTHLY,
    "forms": FORMS,
    "web": WEB,
}


def main() -> None:
    """Write every document."""
    FOLDER.mkdir(exist_ok=True)
    for name, source in SOURCES.items():
        (FOLDER / f"{name}.pdf").write_bytes(_compiled(source))
    single = FOLDER / "single.pdf"
    encrypt = ["qpdf", "--encrypt", "geheim", "geheim", "256", "--", str(single)]
    subprocess.run([*encrypt, str(FOLDER / "encrypted.pdf")], check=True)


def _compiled(source: str) -> bytes:
    import typst

    return bytes(typst.compile(source.encode(), format="pdf"))


if __name__ == "__main__":
    main()
