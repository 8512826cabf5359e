import marshal
import tempfile
from itertools import pairwise
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import dictionary
from ingest.decode import decode
from ingest.noise.cleaning import Cleaned, clean
from ingest.noise.doubling import doubled_runs
from ingest.noise.page_numbers import _jieba, find_page_numbers, tears_word
from records import Kind

SUBSTITUTES = set("\n 〔〕⁰¹²³⁴⁵⁶⁷⁸⁹")
PROSE = (
    "村里的果园去年种下了许多新树，农技站派人来教大家修剪枝条，老人和孩子都来帮忙。"
    "春天开花的时候，山坡上一片雪白，游客沿着小路慢慢往上走，拍照的人很多。"
    "到了秋天，苹果和梨装满了仓库，合作社把它们卖到城里的超市，价格比往年高出两成。"
    "冬天修渠引水，大家商量来年再开一片荒地，种上耐旱的枣树和核桃，修一条能走车的路。"
    "第二年雨水少，渠里的水救了半个果园，村民都说这条渠修得值，还要再往山上接一段。"
    "学校的老师带学生来果园上课，认识虫子和草药，写下每棵树的高矮和果子的数目。"
)


def cut_into_blocks(text: str, length: int = 60) -> str:
    parts = [text[start : start + length] for start in range(0, len(text), length)]
    return "\n".join(f"{number}、{part}" for number, part in enumerate(parts, 1))


def check_origins(raw: str, cleaned: Cleaned) -> None:
    source = cleaned.source
    assert source.raw == raw
    assert list(source.origins) == sorted(set(source.origins))
    for character, origin in zip(source.text, source.origins, strict=True):
        assert character == raw[origin] or character in SUBSTITUTES


def text_of(raw: str) -> str:
    cleaned = clean(raw)
    check_origins(raw, cleaned)
    return cleaned.source.text


def test_block_numbers_go_and_their_halves_join() -> None:
    assert text_of(cut_into_blocks(PROSE)) == PROSE


def test_lines_broken_at_a_fixed_width_join() -> None:
    lines = [PROSE[start : start + 30] for start in range(0, len(PROSE), 30)]
    wrapped = "一、概况\n" + "\n".join(lines) + "\n　　新的一段。\n二、收成\n1、苹果\n"
    assert text_of(wrapped) == f"一、概况\n{PROSE}\n　　新的一段。\n二、收成\n1、苹果\n"


def test_lines_of_a_poem_stay() -> None:
    poem = "山上的树一年一年长高\n河里的水一天一天流远\n" * 5
    assert text_of(poem) == poem


def test_a_genuine_list_stays() -> None:
    items = "\n".join(f"{n}、{PROSE[s : s + 70]}。" for n, s in enumerate((0, 50, 100), 1))
    for text in (items, "1、苹果\n2、梨\n3、桃\n", f"果园的规矩：\n{items}\n以上。"):
        assert text_of(text) == text


TIDY = """果园年度报告

一、概况
果园天天有人，看看这边，走走那边，大家商量商量再动手。1616 年种下的老树还在。

二、收成
收成分三类：1、苹果；2、梨；3、桃。面积 1.8 万亩，附近 4 省（市）都来买，共 12 个品种。
目录里列出了概况、收成和展望三部分，见第 2 页。
形形色色的果子摆满了货架，一个个又大又红。版权归果园所有。

    表 1 产量
  苹果 12 吨
"""


def test_tidy_text_stays_as_it_is() -> None:
    cleaned = clean(TIDY)
    assert cleaned.source.text == TIDY
    assert (cleaned.headings, cleaned.tables, cleaned.blocks) == ((), (), ())


def test_carriage_returns_and_controls_go() -> None:
    assert text_of("\u200b甲\r\n乙\x00\r丙\x0c丁") == "甲\n乙\n丙\n丁"
    assert text_of("甲\x1b[31m乙\x9b\x02丙\x85丁\x1a") == "甲[31m乙丙\n丁"


def test_the_footer_of_a_site_goes() -> None:
    footer = "\n©2001-2009 某某网络有限公司 版权所有\n客服电话:123-4567 投诉电话:765-4321\n"
    assert text_of("果园里有树。" + footer) == "果园里有树。\n"
    assert text_of("果园里有树。\n客服电话:123-4567\n") == "果园里有树。\n客服电话:123-4567\n"


def test_a_bold_lead_printed_twice_begins_a_paragraph() -> None:
    lead, second = "果园面积稳步扩大，品种更加丰富。", "游客数量连年增长，收入随之提高。"
    raw = f"去年风调雨顺。{lead}{lead}新种了枣树。{second}{second}路也修好了。"
    assert text_of(raw) == f"去年风调雨顺。\n{lead}新种了枣树。\n{second}路也修好了。"


def test_bold_printed_run_by_run() -> None:
    raw = "前前 言言 果园很大。育苗时期(育苗时期(2001 年年-2005 年):年):从无到有，慢慢来。"
    raw += "“育、种、收育、种、收”一体化一体化的办法逐步形成。的办法逐步形成。果农天天商量。"
    assert text_of(raw) == (
        "前言\n果园很大。\n育苗时期(2001 年-2005 年):从无到有，慢慢来。"
        "“育、种、收”一体化的办法逐步形成。果农天天商量。"
    )


@pytest.mark.parametrize(
    "text",
    [
        "大家天天商量商量，一个个高高兴兴，1616 年的树还在。",
        "加油加油，好的好的，研究研究再说。",
        "一个地方一个地方地看，年年岁岁花相似。",
    ],
)
def test_reduplication_is_meant(text: str) -> None:
    assert doubled_runs(text) == ()
    assert text_of(text) == text


CONTENTS = (
    "目目 录录 一、果园的历史.1(一)早年:从荒山到果园.1(二)近年:从果园到公园.2 二、果园的未来.3 "
)


def test_contents_go_and_lead_to_the_headings() -> None:
    body = (
        "一、果园的历史(一)(一)早年:从荒山到果园早年:从荒山到果园 山上本来没有树。"
        "(二)(二)近年:从果园到公园近年:从果园到公园 后来游客来了。二、果园的未来 大家还在想。"
    )
    cleaned = clean(cut_into_blocks("果园的故事。" + CONTENTS + body + PROSE))
    text = cleaned.source.text
    assert [span.of(text) for span in cleaned.headings] == [
        "一、果园的历史",
        "(一)早年:从荒山到果园",
        "(二)近年:从果园到公园",
        "二、果园的未来",
    ]
    assert text.startswith(
        "果园的故事。\n一、果园的历史\n(一)早年:从荒山到果园\n山上本来没有树。\n"
        "(二)近年:从果园到公园\n后来游客来了。"
    )
    assert text.endswith("二、果园的未来\n大家还在想。" + PROSE)


def paged(lost_second_digit: bool) -> tuple[str, str]:
    """Noisy and readable text of 14 pages, each ending inside a word, with real numbers."""
    noisy, readable = "", ""
    for page in range(1, 15):
        number = str(page)[0] if lost_second_digit else str(page)
        first = (
            f"这一年果园种了 {page % 4 + 2} 个品种，附近 5 省（市）都来买，" + PROSE[: 50 + page]
        )
        noisy += f"{first}。农技站继续推广新技 {number} 术。"
        readable += f"{first}。农技站继续推广新技术。"
    return noisy, readable


@pytest.mark.parametrize("lost_second_digit", [False, True])
def test_page_numbers_go_and_real_numbers_stay(lost_second_digit: bool) -> None:
    noisy, readable = paged(lost_second_digit)
    assert text_of(noisy) == readable


@pytest.mark.parametrize("last", [9, 999])
@pytest.mark.parametrize("count", [700, 4_000, 80_000])
def test_thousands_of_lone_numbers_take_no_long_time(last: int, count: int) -> None:
    text = "".join(f"农技站推广新技 {n % last + 1} 术，" for n in range(count))
    before = process_time()
    found = find_page_numbers(text)
    assert process_time() - before < 6
    numbers = [int(span.of(text)) for span in found]
    assert last == 9 or numbers == sorted(numbers)


def test_jieba_leaves_no_cache_in_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "jieba.cache").write_bytes(marshal.dumps(({"新技": 1, "术": 1}, 2)))
    dictionary._read.cache_clear()
    _jieba.cache_clear()
    assert tears_word("推广新技", "术。")
    assert [path.name for path in tmp_path.iterdir()] == ["jieba.cache"]


def test_a_footnote_in_the_flow_is_bracketed() -> None:
    noisy, readable = paged(lost_second_digit=False)
    noisy = noisy.replace("推广新技 3 术", "推广新技 1 见农技站的手册。3 术")
    third = noisy.index("3 术")
    mark = noisy.rindex("许多新树", 0, third) + len("许多新树")
    noisy = noisy[:mark] + "1" + noisy[mark:]
    cleaned = clean(noisy)
    check_origins(noisy, cleaned)
    text = cleaned.source.text
    assert "推广新技〔¹ 见农技站的手册。〕术。" in text
    assert text.count("许多新树¹，") == 1
    (note,) = cleaned.blocks
    assert (note.kind, note.span.of(text)) == (Kind.FOOTNOTE, "¹ 见农技站的手册。")
    assert text.replace("〔¹ 见农技站的手册。〕", "").replace("¹", "") == readable


def test_a_flattened_table_keeps_caption_header_and_cells() -> None:
    table = (
        "表 1 果园的品种 产地产地 品种名称品种名称 "
        "山东 红富士苹果与国光苹果 河北 鸭梨与雪花梨(试种)新疆 香梨与无核白葡萄 "
        "产地产地 品种名称品种名称 陕西 秦冠苹果与临潼石榴 来源:果园整理 "
    )
    lead = "品种逐年增多，品质稳步提升。"
    raw = cut_into_blocks(PROSE + " " + table + lead + lead + PROSE)
    cleaned = clean(raw)
    check_origins(raw, cleaned)
    text = cleaned.source.text
    (found,) = cleaned.tables
    assert found.caption is not None and found.caption.of(text) == "表 1 果园的品种"
    assert [[cell.of(text) for cell in row] for row in found.rows] == [
        ["产地", "品种名称"],
        ["山东", "红富士苹果与国光苹果"],
        ["河北", "鸭梨与雪花梨(试种)"],
        ["新疆", "香梨与无核白葡萄"],
        ["陕西", "秦冠苹果与临潼石榴"],
        ["来源:果园整理"],
    ]
    assert "\n表 1 果园的品种\n产地 品种名称\n山东 " in text
    assert text.count("品种名称") == 1


def test_chart_labels_and_captions_are_figures() -> None:
    chart = "0.51.01.52.02.53.02001年2002年2003年 来源:果园整理 图 1 历年产量 "
    lead = "产量逐年提高，品质稳步提升。"
    raw = cut_into_blocks(PROSE + " " + chart + lead + lead + PROSE)
    cleaned = clean(raw)
    text = cleaned.source.text
    assert [(block.kind, block.span.of(text)) for block in cleaned.blocks] == [
        (Kind.FIGURE, "0.51.01.52.02.53.02001年2002年2003年"),
        (Kind.FIGURE, "来源:果园整理\n图 1 历年产量"),
    ]
    assert "年\n来源:果园整理\n图 1 历年产量\n产量逐年提高" in text


@given(st.text(st.sampled_from("一二、。（）() 果园目录图表1234.5\n\r言年“”,:"), max_size=120))
@settings(max_examples=150)
def test_any_text_keeps_its_origins(raw: str) -> None:
    check_origins(raw, clean(raw))


@given(
    st.lists(st.integers(0, len(PROSE) - 1), min_size=3, max_size=9),
    st.sampled_from(
        ["前前 言言 ", "一二一二", CONTENTS, " 2 ", "表 1 甲 乙乙 丙丙 来源:丁 ", "图 1 甲"]
    ),
    st.booleans(),
)
@settings(max_examples=60)
def test_noise_in_any_place_keeps_the_invariants(
    places: list[int], noise: str, blocks: bool
) -> None:
    raw = PROSE
    for place in sorted(places, reverse=True):
        sentence = PROSE[place : place + 12]
        raw = raw[:place] + noise + sentence + sentence + raw[place:]
    raw = cut_into_blocks(raw) if blocks else raw
    cleaned = clean(raw)
    check_origins(raw, cleaned)
    text = cleaned.source.text
    for span in cleaned.headings:
        assert span.of(text).strip()
    for block in cleaned.blocks:
        assert block.span.end <= len(text)
    for table in cleaned.tables:
        cells = [cell for row in table.rows for cell in row]
        assert all(a.end <= b.start for a, b in pairwise(cells))


REPORTS = sorted((Path(__file__).parents[2] / "shared" / "corpus").glob("*.txt"))


@pytest.mark.report
@pytest.mark.skipif(not REPORTS, reason="the report isn't beside the checkout")
def test_the_report_comes_out_readable() -> None:
    raw = decode(REPORTS[0].read_bytes())
    cleaned = clean(raw)
    check_origins(raw, cleaned)
    text = cleaned.source.text
    for readable in (
        "利用互联网、物联网等技术开展行业应用。",
        "充电体验安全快捷、充电设施远程维护",
        "济南、天津、北京、上海",
        "上海、北京、浙江、江苏 4 省(市)",
        "以上 5 省(市)构成",
        "等 7 大关键要素",
        "以主题业务重构优化业务流程",
        "当前我国形成了 3 种不同模式",
        "致力成为数字〔¹ 不包括香港特别行政区、澳门特别行政区和台湾地区数据。〕城市领域",
        "年均增长率超过 30%³。",
        "\n³数据来源:全国数商产业发展报告 2023\n",
        "\n一是集中 1 对 1 模式,即统一授权",
        "\n产业萌芽期(2008 年-2013 年):国外",
        "\n科技巨头数字城市业务相对收窄。受企业战略",
        "一是“算、存、运”一体化服务体系正逐步构建。",
        "三是互联网产品适老化与无障碍改造进入加速阶段。",
    ):
        assert readable in text
    for noise in ("版权所有", "客服电话", "转变.4", "一网统管一网统管", ".27"):
        assert noise not in text
    assert len(cleaned.headings) == 14
    assert [len(table.rows) for table in cleaned.tables] == [6, 11, 11]
    footnotes = [block for block in cleaned.blocks if block.kind is Kind.FOOTNOTE]
    assert [block.span.of(text)[0] for block in footnotes] == list("¹²³⁴⁵")
