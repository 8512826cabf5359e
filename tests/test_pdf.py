"""The documents are those of make_documents.py."""

import io
from functools import cache
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from errors import EncryptedFile, OversizedFile
from ingest.draft import Draft
from ingest.pdf.reader import read_pdf, rectangles
from records import Kind
from tests.make_documents import (
    CITIES,
    CROSSING,
    FILLER,
    FULL_NOTE,
    LIGATURES,
    MONTHS,
    NOTE,
    PLANTED,
    PROSE,
)

DOCUMENTS = Path(__file__).parent / "documents"


def data(name: str) -> bytes:
    return (DOCUMENTS / f"{name}.pdf").read_bytes()


@cache
def report() -> Draft:
    return read_pdf(data("report"), max_pages=10)


def lines() -> list[str]:
    return report().source.text.split("\n")


@pytest.mark.parametrize("name", ["report", "notes"])
def test_every_character_comes_from_pdfium(name: str) -> None:
    source = read_pdf(data(name), max_pages=10).source
    document = pdfium.PdfDocument(data(name))
    texts = [page.get_textpage().get_text_range() for page in document]
    assert [len(page) for page in source.raw.split("\f")] == [len(text) for text in texts]
    assert len(set(source.origins)) == len(source.text)
    pages = [source.raw.count("\f", 0, origin) for origin in source.origins]
    assert pages == sorted(pages)
    for origin, character in zip(source.origins, source.text, strict=True):
        assert character == source.raw[origin] or character in "\n\t ¹²³"


def test_running_lines_page_numbers_and_contents_are_left_out() -> None:
    text = report().source.text
    assert "示例城市产业报告（2024年）" not in text.replace(" ", "")
    assert "第1页" not in text.replace(" ", "")
    assert "目录" not in text and "....." not in text
    assert text.count("一、总体态势") == 1


def test_paragraphs_are_whole_across_lines_and_pages() -> None:
    assert PROSE in lines()
    assert FILLER * 2 in lines()
    crossing = next(line for line in lines() if PLANTED in line)
    assert crossing == CROSSING
    start = report().source.text.index(crossing)
    first, second = report().pages[:2]
    assert first.start <= start < first.end < start + len(crossing) <= second.end


def test_pages_cover_the_text() -> None:
    pages = report().pages
    assert [page.start for page in pages] == [0, *(page.end for page in pages[:-1])]
    assert pages[-1].end == len(report().source.text)
    assert "二、结论" in pages[3].of(report().source.text)


def test_title_and_headings() -> None:
    draft = report()
    assert draft.title == "示例城市产业发展报告"
    assert [(each.level, each.span.of(draft.source.text)) for each in draft.outline] == [
        (1, "一、总体态势"),
        (2, "（一）投资规模"),
        (2, "（二）重点城市"),
        (1, "二、结论"),
    ]


def test_a_table_across_pages_is_one_with_one_header() -> None:
    draft = report()
    text = draft.source.text
    whole = draft.tables[0]
    rows = [[cell.of(text) for cell in row] for row in whole.rows]
    assert rows[0] == ["城市", "投资（亿元）", "说明"]
    assert rows[1:] == [
        [f"第{i}城", f"{i * 12.5:g}", f"第{i}城的说明文字，写得长一些以便在单元格里换行。"]
        for i in range(1, 25)
    ]
    assert whole.caption and whole.caption.of(text) == "表1 各城市投资规模"
    assert whole.span.of(text).split("\n")[3] == "\t".join(rows[3])


def test_a_table_with_rules_only() -> None:
    draft = report()
    ruled = draft.tables[1]
    assert [[cell.of(draft.source.text) for cell in row] for row in ruled.rows] == [
        ["年份", "规模（万亿元）", "说明"],
        ["2021", "1.7", "有所回落，原因写得长一些，以便在单元格里换行，看看读得对不对。"],
        ["2022", "1.8", "企稳回升"],
    ]


def test_footnotes_their_marks_and_axis_numbers() -> None:
    draft = report()
    text = draft.source.text
    assert "示例市的增速为75%¹。" in text
    blocks = {each.kind: each.span.of(text) for each in draft.blocks}
    assert blocks[Kind.FOOTNOTE] == "¹示例数据，不代表真实情况。"
    assert blocks[Kind.FIGURE] == "2018 2019 2020 2021 2022"


def test_a_paragraph_parted_by_footnotes_is_whole_and_each_stays_on_its_page() -> None:
    draft = read_pdf(data("notes"), max_pages=5)
    text = draft.source.text
    assert text.split("\n") == [
        "一、产业规模",
        FILLER,
        f"{PROSE}{PLANTED}¹{PROSE}²{FILLER * 2}",
        f"¹{NOTE}",
        "²第二条注。",
        f"{PROSE}{FILLER}³{PROSE * 3}",
        f"³第三条注，{NOTE * 2}",
    ]
    assert [block.span.of(text)[0] for block in draft.blocks] == ["¹", "²", "³"]
    first, second = draft.pages
    assert first.of(text).endswith("把治理、服务和产业放在同一张蓝图")
    assert second.of(text).startswith("里推进。")
    for sought, pages in (("第二条注", {1}), (f"{PROSE}{FILLER}³", {1, 2}), ("第三条注", {2})):
        at = text.index(sought)
        found = rectangles(
            data("notes"), draft.source.raw, draft.source.origins[at : at + len(sought)]
        )
        assert {page for page, _ in found} == pages


def test_a_note_at_a_columns_foot_neither_parts_the_text_nor_swallows_it() -> None:
    draft = read_pdf(data("notes_beside"), max_pages=5)
    assert draft.source.text.split("\n") == [
        PROSE + FILLER,
        f"¹{FULL_NOTE}",
        f"{PROSE * 3}¹{PROSE * 2}{FILLER}",
    ]


def test_a_hyphenated_word_is_joined() -> None:
    assert "open-source software and welldocumented interfaces" in report().source.text


def test_text_printed_twice_in_place_is_read_once() -> None:
    text = read_pdf(data("double"), max_pages=1).source.text
    assert text == "假粗体的一行\n正常的一行"


def test_letters_of_a_ligature_are_all_kept() -> None:
    assert LIGATURES in read_pdf(data("forms"), max_pages=1).source.text


def test_radicals_read_as_ordinary_characters() -> None:
    draft = read_pdf(data("forms"), max_pages=1)
    assert draft.title == "一、网页打印"
    assert draft.source.text.endswith("\n人工智能用户有２亿人。")
    assert "⽹⻚" in draft.source.raw


def test_rows_at_the_edges_of_pages_are_kept() -> None:
    text = read_pdf(data("monthly"), max_pages=4).source.text
    assert "".join(text.split()) == "".join("".join(MONTHS).split())


def test_pages_that_differ_in_numbers_only_keep_them() -> None:
    """Also the footnotes, whose marks and years count like page numbers."""
    text = read_pdf(data("cards"), max_pages=4).source.text.split("\n")
    assert text == [
        line
        for number, city in enumerate(CITIES)
        for line in (
            f"城市{city}概况",
            f"人口：{100 + number * 13}万人",
            f"生产总值：{1000 + number}亿元",
            f"城市{city}的增速为{number}.5%。{'¹²³⁴'[number]}",
            f"{'¹²³⁴'[number]}数据来源：国家统计局，《统计公报》，{2018 + number}年。",
        )
    ]


def test_narrow_columns_below_wide_text_are_joined() -> None:
    assert read_pdf(data("web"), max_pages=1).source.text.split("\n") == [
        PROSE + FILLER + PROSE,
        PROSE * 3,
        FILLER + "短段。",
        FILLER + PROSE * 2,
        FILLER * 4 + PROSE * 3,
    ]


def test_two_columns_are_read_one_after_the_other() -> None:
    text = read_pdf(data("columns"), max_pages=1).source.text
    assert text.split("\n") == [PROSE + FILLER, FILLER + PROSE, PROSE + FILLER + FILLER]


def test_a_planted_sentence_is_found_where_it_is_printed() -> None:
    """pdfium's own search says where the sentence's first words stand."""
    source = report().source
    start = source.text.index(PLANTED)
    found = rectangles(data("report"), source.raw, source.origins[start : start + len(PLANTED)])
    assert {page for page, _ in found} == {1}
    assert len(found) in (2, 3)
    text_page = pdfium.PdfDocument(data("report"))[0].get_textpage()
    match = text_page.search("据测算").get_next()
    assert match
    left, bottom, right, top = text_page.get_charbox(match[0])
    _, box = found[0]
    assert box[0] == pytest.approx(left, abs=2)
    assert box[1] <= bottom and top <= box[3] and right < box[2]
    # The sentence ends before the filler that follows it on its last line.
    following = text_page.search("各地在", index=match[0]).get_next()
    assert following
    assert found[-1][1][2] <= text_page.get_charbox(following[0])[0] + 1


def test_no_positions_give_no_rectangles() -> None:
    assert rectangles(data("single"), "", []) == ()


def test_a_single_page_keeps_its_only_line() -> None:
    draft = read_pdf(data("single"), max_pages=1)
    assert draft.source.text == "只有一段的文件，没有页眉。"
    assert draft.title == ""


def test_encrypted_and_long_files_are_refused() -> None:
    with pytest.raises(EncryptedFile):
        read_pdf(data("encrypted"), max_pages=1)
    with pytest.raises(OversizedFile, match="4 页"):
        read_pdf(data("report"), max_pages=3)


def test_a_scanned_page_is_recognised_and_its_places_are_the_printed_ones() -> None:
    pytest.importorskip("rapidocr")
    document = pdfium.PdfDocument(data("report"))
    pages = [page.render(scale=200 / 72).to_pil().convert("L") for page in list(document)[:2]]
    file = io.BytesIO()
    pages[0].save(file, "PDF", resolution=200, save_all=True, append_images=pages[1:])
    scan = file.getvalue()
    assert read_pdf(scan, max_pages=2).source.text.strip() == ""

    source = read_pdf(scan, max_pages=2, recognise=True).source
    assert FILLER in source.text
    start = source.text.index("据测算")
    sought = "据测算，2022年示例市"
    assert source.text[start : start + len(sought)] == sought
    ((page, box),) = rectangles(scan, source.raw, source.origins[start : start + len(sought)])
    printed = report().source
    at = printed.text.index(sought)
    ((expected_page, expected),) = rectangles(
        data("report"), printed.raw, printed.origins[at : at + len(sought)]
    )
    assert page == expected_page
    assert box == pytest.approx(expected, abs=6)
