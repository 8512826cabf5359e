import html
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.draft import Draft
from ingest.html.reader import read_html

SAMPLE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>题目 &amp; 甲</title>
<style>p { color: red }</style></head><body>
<header>页头</header><nav><ul><li>导航一<li>导航二</ul></nav>
<article><header><h1>大 标题</h1></header>
<p>第一段文字，
换行 English
words &lt;b&gt; AT&T&nbsp;x&#8217;s<p>第二段<br>续<script>if (a<b) { "</p>" }</script>
<h2>二级</h2>
<table><caption>表1 <b>规模</b></caption><tr><th>年份<th>规模<th>备注
<tr><td>2021</td><td><p>1.5</p><p>万亿元</p></td><td></td></tr><tr><td>2022<td>1.8<td>增长</table>
<form>搜索<input><button>去</button></form><!-- 注释 -->
<pre>甲
  乙</pre></article><footer>版权所有</footer></body></html>"""
PLANTED = "据测算2022年投资规模为1.8万亿元。"


def read(text: str) -> Draft:
    return read_html(text.encode())


def test_the_sample_reads_well() -> None:
    draft = read(SAMPLE)
    assert draft.source.text.split("\n") == [
        "大 标题",
        "第一段文字，换行 English words <b> AT&T x’s",
        "第二段",
        "续",
        "二级",
        "表1 规模",
        "年份\t规模\t备注",
        "2021\t1.5万亿元\t",
        "2022\t1.8\t增长",
        "甲",
        "乙",
    ]
    assert draft.title == "题目 & 甲"


def test_headings_and_tables_are_found() -> None:
    draft = read(SAMPLE)
    text = draft.source.text
    assert [(each.level, each.span.of(text)) for each in draft.outline] == [
        (1, "大 标题"),
        (2, "二级"),
    ]
    (table,) = draft.tables
    assert [[cell.of(text) for cell in row] for row in table.rows] == [
        ["年份", "规模", "备注"],
        ["2021", "1.5万亿元", ""],
        ["2022", "1.8", "增长"],
    ]
    assert table.caption and table.caption.of(text) == "表1 规模"
    assert table.header_rows == 1
    assert text[table.span.start : table.span.end].startswith("年份")


def test_an_entity_stands_at_its_ampersand() -> None:
    source = read("<p>a&lt;b&#x4e2d;&unknown;c").source
    assert source.text == "a<b中&unknown;c"
    assert source.raw[source.origins[1]] == source.raw[source.origins[3]] == "&"
    assert source.origins[2] == source.raw.index("b")


def test_a_layout_table_is_no_table() -> None:
    page = "<table><tr><td>左<td><table><tr><td>1<td>2<tr><td>3<td>4</table></table>"
    (table,) = read(page).tables
    assert len(table.rows) == 2


def test_a_page_that_is_all_form_is_read() -> None:
    assert PLANTED in read(f"<form><nav>导航</nav><p>{PLANTED}</p></form>").source.text


def test_the_declared_encoding_is_used() -> None:
    page = f'<meta http-equiv="Content-Type" content="text/html; charset=gb2312"><p>{PLANTED}〇'
    assert read_html(page.encode("gb18030")).source.text == f"{PLANTED}〇"
    assert read_html(page.encode("utf-16")).source.text == f"{PLANTED}〇"


PIECES = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<div>",
            "</div>",
            "<br>",
            "<br/>",
            "<h1>",
            "</h1>",
            "<h2>",
            "</h3>",
            "<li>",
        ),
        *(
            "<table>",
            "</table>",
            "<tr>",
            "</tr>",
            "<td>",
            "</td>",
            "<th>",
            "<caption>",
            "</caption>",
        ),
        *(
            "<b>",
            "</b>",
            "<pre>",
            "</pre>",
            "<a href='x>y'>",
            "</a>",
            "<!-- c -->",
            "<!",
            "<?x?>",
            "<",
        ),
        *(
            "<nav>",
            "</nav>",
            "<form>",
            "</form>",
            "<article>",
            "</article>",
            "<header>",
            "</header>",
        ),
        *("&amp;", "&nbsp;", "&#65;", "&#x4e2d;", "&", "&;", "&#", "&NotEqualTilde;", "\r\n", "\r"),
        *(
            "<script>a<b</script>",
            "<title>t</title>",
            "<svg><title>x</title></svg>",
            "<![CDATA[x]]>",
        ),
    ]
)
TEXT = st.text("数字城市，。“”AB1 \n\t", max_size=12)


@given(st.lists(PIECES | TEXT, max_size=40))
def test_every_character_comes_from_the_page(pieces: list[str]) -> None:
    draft = read("".join(pieces))
    source = draft.source
    assert all(a < b for a, b in zip(source.origins, source.origins[1:], strict=False))
    assert len(source.text) == len(source.origins)
    for origin, character in zip(source.origins, source.text, strict=True):
        raw = source.raw[origin]
        assert character == raw or raw == "&" or character in "\n\t "
    for table in draft.tables:
        cells = [cell for row in table.rows for cell in row]
        assert all(a.end <= b.start for a, b in pairwise(cells))
        assert all(table.span.contains(cell) for cell in cells)


@given(
    st.lists(st.sampled_from(["<p>", "<div>", "<b>", "<td>", "<h2>", "<li>"]) | TEXT, max_size=20)
)
def test_a_planted_sentence_survives(pieces: list[str]) -> None:
    context = "".join(map(html.escape, pieces[::2])) + "".join(pieces[1::2])
    draft = read(f"{context}<p>{PLANTED}</p>{context}")
    start = draft.source.text.index(PLANTED)
    raw_start = draft.source.origins[start]
    assert draft.source.raw[raw_start : raw_start + len(PLANTED)] == PLANTED


def test_a_raised_digit_is_no_part_of_the_number_before_it() -> None:
    assert read("<p>达到 2022<sup>1</sup> 亿元，面积 5 m<sup>2</sup></p>").source.text == (
        "达到 2022¹ 亿元，面积 5 m²"
    )


def test_a_page_of_unclosed_tags_is_read_in_one_go() -> None:
    before = process_time()
    text = read("<b>甲</i>" * 30_000).source.text
    assert text == "甲" * 30_000
    assert process_time() - before < 10  # every open tag looked at for every text: minutes


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252", "us-ascii", "latin1"])
@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_chinese_page_that_declares_a_latin_encoding(declared: str, encoding: str) -> None:
    page = f'<meta charset="{declared}"><title>算力年报</title><p>{PLANTED}</p>'
    draft = read_html(page.encode(encoding))
    assert (draft.title, draft.source.text) == ("算力年报", PLANTED)


def test_a_latin_page_stays_latin() -> None:
    text = "Le marché des données a progressé de 12 % : élèves, créances, coûts."
    page = f"<meta charset=iso-8859-1><p>{text}</p>"
    assert read_html(page.encode("iso-8859-1")).source.text == text


@pytest.mark.parametrize("declared", ["gbk", "gb2312", "big5", "utf-16", "no-such-name", "hex"])
def test_valid_utf_8_goes_before_a_wrong_declaration(declared: str) -> None:
    page = f"<meta charset={declared}><p>{PLANTED * 2}</p>"
    assert read_html(page.encode()).source.text == PLANTED * 2


def test_a_few_bytes_that_are_utf_8_by_chance_stay_in_the_declared_encoding() -> None:
    page = "<meta charset=gbk><p>12 元".encode("gbk")
    assert page.decode("utf-8") != page.decode("gbk")
    assert read_html(page).source.text == "12 元"


@pytest.mark.parametrize(
    "attribute",
    [
        "hidden",
        "hidden=hidden",
        "style='display:none'",
        "style='color:red; DISPLAY : None !important'",
        "style='visibility:hidden'",
        "aria-hidden=true",
    ],
)
@pytest.mark.parametrize("tag", ["p", "div", "span", "h2", "section", "b"])
def test_what_a_page_hides_is_left_out(tag: str, attribute: str) -> None:
    hidden = f"<{tag} {attribute}>密<b>密</b><p>密</p></{tag}>"
    if tag == "p":
        hidden = f"<p {attribute}>密<b>密</b>"  # any block ends it
    draft = read(f"<p>{PLANTED}</p>{hidden}<p>看得见的后文。</p>")
    assert draft.source.text == f"{PLANTED}\n看得见的后文。"
    assert not draft.outline


@pytest.mark.parametrize(
    "attribute",
    [
        "style='display:none;display:block'",
        "style='backface-visibility:hidden'",
        "style='visibility:visible'",
        "style='none:display'",
        "aria-hidden=false",
        "class=hidden",
    ],
)
def test_what_is_shown_is_kept(attribute: str) -> None:
    assert read(f"<p {attribute}>{PLANTED}</p>").source.text == PLANTED


def test_a_hidden_cell_goes_and_a_veiled_one_keeps_its_column() -> None:
    corner = "<table><tr><th {}>密</th><th>2022<th>2023<tr><td>广东<td>20<td>25</table>"
    for attribute in ("style=visibility:hidden", "aria-hidden=true"):
        assert read(corner.format(attribute)).source.text == "\t2022\t2023\n广东\t20\t25"
    page = "<table><tr><td>甲<td hidden>密<td>乙<tr hidden><td>密<td>密<tr><td>1<td>2</table>后"
    draft = read(page)
    assert draft.source.text == "甲\t乙\n1\t2\n后"
    assert [len(row) for row in draft.tables[0].rows] == [2, 2]


def test_a_page_that_is_veiled_until_a_script_runs_is_read() -> None:
    veil = "style='visibility: hidden; opacity: 0;'"
    page = f"<h1>题目</h1><div {veil}><p>{PLANTED}</p></div>"
    assert read(page).source.text == f"题目\n{PLANTED}"
    assert read(f"<body style='display:none'><p>{PLANTED}").source.text == PLANTED


def test_characters_without_width_are_deleted() -> None:
    draft = read(
        "<title>题\u200b目</title><h1>题&#8203;目\ufeff</h1><p>1\u200d.8&ZeroWidthSpace;万&shy;亿"
    )
    assert draft.source.text == "题目\n1.8万亿"
    assert draft.title == "题目"


def test_what_follows_a_paragraph_that_a_block_ended_is_on_its_own_line() -> None:
    assert read("<p>甲<div>乙</div>丙</p>丁").source.text == "甲\n乙\n丙\n丁"


def test_a_title_is_no_text_and_that_of_a_picture_no_title() -> None:
    draft = read(f"<svg><title>图标</title></svg><title>题目</title><p>{PLANTED}</p>")
    assert (draft.title, draft.source.text) == ("题目", PLANTED)


def test_publisher_and_date_stand_in_the_metadata() -> None:
    head = (
        '<meta name="SiteName" content="青湾市政府">'
        '<meta name="ContentSource" content="青湾市统计局">'
        '<meta name="PubDate" content="2024-03-01 10:20:00"><meta name="keywords" content="投资">'
    )
    draft = read(f"<head>{head}</head><body><p>{PLANTED}</p></body>")
    assert (draft.publisher, draft.date) == ("青湾市统计局", "2024-03-01")
    graph = '<meta property="og:site_name" content="新湾网"><meta name="date" content="昨天">'
    draft = read(f"<head>{graph}</head><body><p>{PLANTED}</p></body>")
    assert (draft.publisher, draft.date) == ("新湾网", "")
    draft = read(f"<body><p>{PLANTED}</p></body>")
    assert (draft.publisher, draft.date) == ("", "")
