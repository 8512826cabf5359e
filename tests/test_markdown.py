from time import process_time

from hypothesis import example, given
from hypothesis import strategies as st

from ingest.draft import Draft
from ingest.markdown import read_markdown
from records import Kind

SAMPLE = """---
title: "示例报告"
publisher: 示例院
date: 2024-03
---
# 大标题

第一段说到数字城市，
换行之后继续 English
words here[^1]，见[链接](http://a.example/b_(c))。**重要。**后面 &amp; \\*星\\*。

- 项目一
- 项目**二**
  续行

> 引用一行

表1 投资规模

| 年份 | 规模 | 备注 |
|---|--:|---|
| 2021 | 1.5 万亿元 | a\\|b |
| 2022 | **1.8** 万亿元[^2] | |

![图一](x.png)

## 二级标题
```python
x = 1  # **不是强调**
```
<div align="center">网页<b>文字</b></div>

第一行\x20\x20
第二行

[^1]: 来源
[^2]: 另一个来源：某某。
"""


def read(text: str) -> Draft:
    return read_markdown(text.encode())


def test_lines_that_each_name_what_they_tell_stay_apart() -> None:
    told = "发布单位：青湾市产业研究院\n发布日期：2023 年 5 月"
    text = read(f"# 蓝皮书\n\n{told}\n\n口径：按收入\n计算。\n").source.text
    assert text == f"蓝皮书\n{told}\n口径：按收入计算。"


def test_the_sample_reads_well() -> None:
    draft = read(SAMPLE)
    assert draft.source.text.split("\n") == [
        "大标题",
        "第一段说到数字城市，换行之后继续 English words here¹，见链接。重要。后面 & *星*。",
        "- 项目一",
        "- 项目二续行",
        "引用一行",
        "表1 投资规模",
        "年份\t规模\t备注",
        "2021\t1.5 万亿元\ta|b",
        "2022\t1.8 万亿元²\t",
        "二级标题",
        "x = 1  # **不是强调**",
        "网页文字",
        "第一行",
        "第二行",
        "¹ 来源",
        "² 另一个来源：某某。",
    ]
    assert (draft.title, draft.publisher, draft.date) == ("示例报告", "示例院", "2024-03")


def test_headings_tables_and_footnotes_are_found() -> None:
    draft = read(SAMPLE)
    text = draft.source.text
    assert [(each.level, each.span.of(text)) for each in draft.outline] == [
        (1, "大标题"),
        (2, "二级标题"),
    ]
    (table,) = draft.tables
    assert [[cell.of(text) for cell in row] for row in table.rows] == [
        ["年份", "规模", "备注"],
        ["2021", "1.5 万亿元", "a|b"],
        ["2022", "1.8 万亿元²", ""],
    ]
    assert table.caption and table.caption.of(text) == "表1 投资规模"
    assert table.header_rows == 1
    assert [(each.kind, each.span.of(text)) for each in draft.blocks] == [
        (Kind.FOOTNOTE, "¹ 来源"),
        (Kind.FOOTNOTE, "² 另一个来源：某某。"),
    ]


def test_title_is_the_first_heading_without_front_matter() -> None:
    assert read("前言\n\n# 甲 *乙*\n").title == "甲 乙"
    assert read("没有标题").title == ""


def test_two_tables_in_a_row_stay_two() -> None:
    table = "| a | b |\n|---|---|\n| 1 | 2 |\n"
    draft = read(f"{table}\n{table}")
    assert [len(each.rows) for each in draft.tables] == [2, 2]


def test_windows_line_ends_and_byte_order_mark() -> None:
    draft = read("\ufeff# 题\r\n\r\n甲，\r\n乙。\r\n\r\n| a | b |\r\n|---|---|\r\n| 1 | 2 |\r\n")
    assert draft.source.text == "题\n甲，乙。\na\tb\n1\t2"


def test_a_character_keeps_its_own_place() -> None:
    text = "[链接](链接.md) 链接"
    source = read(text).source
    assert source.text == "链接 链接"
    assert source.origins == (1, 2, 11, 12, 13)


PIECES = st.sampled_from(
    [
        *(
            "# ",
            "## ",
            "**",
            "*",
            "`",
            "- ",
            "1. ",
            "> ",
            "    ",
            "  \n",
            "```\n",
            "---\n",
            "===\n",
        ),
        *("| a | b |\n|---|---|\n| c | d |\n", "[^1]", "[^1]: 注", "[甲](b)", "![图](c)", "<br>"),
        *("<div>", "</div>", "<!-- x -->", "&amp;", "&nbsp;", "\\*", "\\", "|", "~~", "\t"),
        *(
            "[a]: http://b\n",
            "[a]",
            "\r\n",
            "\r",
            "\ufeff",
            "\u2028",
            "<http://a.b>",
            "]",
            "(",
            "![",
        ),
    ]
)
TEXT = st.text("数字城市，。“”AB1 \n", max_size=12)
PLANTED = "据测算2022年投资规模为1.8万亿元。"


@given(st.lists(PIECES | TEXT, max_size=30), st.lists(PIECES | TEXT, max_size=10))
@example(["[^1]: 注\n", "![a"], ["](b)"])
def test_every_character_comes_from_the_file(before: list[str], after: list[str]) -> None:
    draft = read("".join(before) + f"\n\n</div>\n\n{PLANTED}\n\n" + "".join(after))
    source = draft.source
    assert all(a < b for a, b in zip(source.origins, source.origins[1:], strict=False))
    assert len(source.text) == len(source.origins)
    for origin, character in zip(source.origins, source.text, strict=True):
        raw = source.raw[origin]
        assert (
            character == raw
            or character in "\n\t "
            or (raw.isdigit() and character in "⁰¹²³⁴⁵⁶⁷⁸⁹")
            or raw == "&"
        )
    spans = [each.span for each in draft.outline]
    spans += [each.span for each in draft.tables]
    spans += [each.span for each in draft.blocks]
    assert all(span.end <= len(source.text) and len(span) for span in spans)


MARKS = st.sampled_from(["**", "*", "", "`", "~~"])


@given(st.lists(st.tuples(MARKS, TEXT), max_size=8), st.sampled_from(["", "# ", "- ", "> ", "1. "]))
def test_a_planted_sentence_survives(around: list[tuple[str, str]], prefix: str) -> None:
    context = "\n\n".join(f"{mark}{text.strip()}{mark}" for mark, text in around)
    draft = read(f"{context}\n\n{prefix}{PLANTED}\n\n{context}")
    start = draft.source.text.index(PLANTED)
    raw = draft.source.raw
    positions = draft.source.origins[start : start + len(PLANTED)]
    assert "".join(raw[position] for position in positions) == PLANTED
    assert positions[-1] - positions[0] == len(PLANTED) - 1


def test_a_long_table_is_read_row_by_row() -> None:
    rows = 3_000
    before = process_time()
    draft = read("| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * rows)
    spent = process_time() - before
    (table,) = draft.tables
    assert len(table.rows) == rows + 1
    assert spent < 10


def test_characters_without_width_are_deleted() -> None:
    draft = read(
        "---\ntitle: 题\u200b目\n---\n# 一\u200b级\n\n1\u200d.8\ufeff万亿\n\n"
        "|甲\u200b|乙|\n|--|--|\n|\u200b1|2\u2060|\n\n```\n代\u200b码\n```\n<p>网\u200b页</p>\n"
    )
    text = draft.source.text
    assert text == "一级\n1.8万亿\n甲\t乙\n1\t2\n代码\n网页"
    assert draft.title == "题目"
    (table,) = draft.tables
    assert [[cell.of(text) for cell in row] for row in table.rows] == [["甲", "乙"], ["1", "2"]]
    assert all(
        draft.source.raw[at] == text[i]
        for i, at in enumerate(draft.source.origins[:4])
        if text[i] != "\n"
    )
