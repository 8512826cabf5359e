from hypothesis import given
from hypothesis import strategies as st

from ingest.outline import find_headings, levels


def outline(text: str) -> list[tuple[int, str]]:
    return [(heading.level, heading.span.of(text)) for heading in find_headings(text)]


def test_the_usual_styles_from_chapter_to_bracket() -> None:
    text = "第一章 总则\n第一节 目的\n一、范围\n正文一句。\n（一）对象\n(二) 例外\n第二章 附则\n"
    assert outline(text) == [
        (1, "第一章 总则"),
        (2, "第一节 目的"),
        (3, "一、范围"),
        (4, "（一）对象"),
        (4, "(二) 例外"),
        (1, "第二章 附则"),
    ]


def test_without_chapters_the_comma_style_is_the_top() -> None:
    assert outline("前言\n一、天气\n（一）雨\n十二、风\n") == [
        (1, "前言"),
        (1, "一、天气"),
        (2, "（一）雨"),
        (1, "十二、风"),
    ]


def test_decimals_go_by_depth() -> None:
    text = "1 总述\n1.1 背景\n1.1.1 人口\n1.2 方法\n2 结果\n2.1 数据\n"
    assert [level for level, _ in outline(text)] == [1, 2, 3, 2, 1, 2]
    assert outline("第一章 果园\n1.1 苹果\n1.2 梨\n") == [
        (1, "第一章 果园"),
        (2, "1.1 苹果"),
        (2, "1.2 梨"),
    ]


def test_what_only_looks_like_a_heading() -> None:
    for line in (
        "一是加快种树，二是保护水源。",
        "一、这里其实是一整句话，说完了。",
        "（一）每年春天种树；",
        "1.8 万亿元",
        "3.14 是圆周率",
        "图 1 果树分布",
        "表 2 历年产量",
        "1、买种子",
        "2023年的夏天",
        "第一次到果园",
        "一、天气........3",
        "（一）雨……12",
    ):
        assert outline(f"果园里有树。\n{line}\n树上有果。\n") == [], line


def test_a_heading_is_its_line_without_the_indent() -> None:
    text = "\u3000\u3000一、天气 \r\n下雨了。"
    (heading,) = find_headings(text)
    assert heading.span.of(text) == "一、天气"


def test_levels_of_known_titles() -> None:
    assert levels(["一、天气", "(一)雨", "无号标题"]) == (1, 2, 1)


@given(
    st.lists(
        st.sampled_from(["一、天气", "（一）雨", "1.1 风", "下雨了。", "", "第二章 云", "前 言"])
    )
)
def test_headings_are_whole_lines_in_order(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = find_headings(text)
    assert [h.span for h in found] == sorted(h.span for h in found)
    assert all(heading.span.of(text) in lines and heading.level >= 1 for heading in found)
