"""The documents are those of make_documents.py."""

import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from errors import EncryptedFile, OversizedFile
from ingest.draft import Draft
from ingest.pdf.ideographs import ORDINARY
from ingest.pdf.reader import read_pdf, rectangles
from records import Kind
from tests.make_documents import (
    CITIES,
    CROSSING,
    FILLER,
    LIGATURES,
    MONTHS,
    PLANTED,
    PROSE,
)

DOCUMENTS = Path(__file__).parent / "documents"
CORPUS = Path(__file__).parent.parent / "corpus" / "数字城市产业投资与格局.pdf"
# What each file loses, line by line; everything else that pdfium gives must be kept.
LEFT_OUT = {
    CORPUS: [
        line
        for page in range(1, 8)
        for line in ("数字城市产业投资与格局 有据项目摘编", f"第 {page} 页，共 7 页")
    ],
    DOCUMENTS / "report.pdf": [
        "示例城市产业报告（2024 年）",
        "目录",
        "一、总体态势 .............................................. 1",
        "（一）投资规模 ........................................... 1",
        "（二）重点城市 ........................................... 2",
        "二、结论 .................................................. 4",
        "第 1 页",
        "示例城市产业报告（2024 年）",
        "第 2 页",
        "示例城市产业报告（2024 年）",
        "城市 投资（亿元） 说明",
        "第 3 页",
        "示例城市产业报告（2024 年）",
        # The hyphen where a word is parted at a line's end.
        "\x02",
        "第 4 页",
    ],
    DOCUMENTS / "cards.pdf": ["1", "2", "3", "4"],
    **{
        DOCUMENTS / f"{name}.pdf": []
        for name in ("columns", "double", "forms", "monthly", "single", "web")
    },
}


def escaped(text: str) -> str:
    """A string's content in PDF syntax."""
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def page_file(contents: list[str], font: str = "Helvetica") -> bytes:
    """A PDF with these content streams as A4 pages; /F1 is the font. pdfium needs no more."""
    numbers = range(3, 3 + len(contents))
    kids = " ".join(f"{2 * number} 0 R" for number in numbers)
    objects = {
        1: "<</Type/Catalog/Pages 2 0 R>>",
        2: f"<</Type/Pages/Count {len(contents)}/Kids[{kids}]/MediaBox[0 0 595 842]"
        "/Resources<</Font<</F1 3 0 R>>>>>>",
        3: f"<</Type/Font/Subtype/Type1/BaseFont/{font}/Encoding/WinAnsiEncoding>>",
    }
    for number, content in zip(numbers, contents, strict=True):
        stream = f"<</Length {len(content)}>>stream\n{content}\nendstream"
        objects[2 * number] = f"<</Type/Page/Parent 2 0 R/Contents {2 * number + 1} 0 R>>"
        objects[2 * number + 1] = stream
    body = "\n".join(f"{number} 0 obj\n{text}\nendobj" for number, text in objects.items())
    return f"%PDF-1.4\n{body}\ntrailer<</Root 1 0 R>>\n%%EOF\n".encode("latin-1")


def data(name: str) -> bytes:
    return (DOCUMENTS / f"{name}.pdf").read_bytes()


@cache
def report() -> Draft:
    return read_pdf(data("report"), max_pages=10)


def lines() -> list[str]:
    return report().source.text.split("\n")


def test_every_character_comes_from_pdfium() -> None:
    source = report().source
    document = pdfium.PdfDocument(data("report"))
    texts = [page.get_textpage().get_text_range() for page in document]
    assert [len(page) for page in source.raw.split("\f")] == [len(text) for text in texts]
    assert all(a < b for a, b in zip(source.origins, source.origins[1:], strict=False))
    for origin, character in zip(source.origins, source.text, strict=True):
        assert character == source.raw[origin] or character in "\n\t ¹"


def left_out(draft: Draft) -> Iterator[str]:
    """What was deleted from each line of the raw text."""
    kept, position = set(draft.source.origins), 0
    for line in draft.source.raw.splitlines(keepends=True):
        deleted = (c for at, c in enumerate(line, position) if at not in kept)
        position += len(line)
        if found := "".join(deleted).strip(" \r\n\f"):
            yield found


@pytest.mark.parametrize("path", LEFT_OUT, ids=lambda path: path.stem)
def test_nothing_is_lost_but_what_belongs_to_the_pages(path: Path) -> None:
    assert list(left_out(read_pdf(path.read_bytes(), max_pages=10))) == LEFT_OUT[path]


@pytest.mark.parametrize("path", LEFT_OUT, ids=lambda path: path.stem)
def test_every_character_is_the_files_or_its_ordinary_form(path: Path) -> None:
    source = read_pdf(path.read_bytes(), max_pages=10).source
    for origin, character in zip(source.origins, source.text, strict=True):
        raw = source.raw[origin]
        if character != raw and not (raw.isspace() and character in " \t\n"):
            normal = unicodedata.normalize("NFKC", raw)
            digit = raw.isdigit() and character in "⁰¹²³⁴⁵⁶⁷⁸⁹"
            assert (
                digit
                or character == normal
                or (raw, character) in {("⼾", "户"), ("\x02", "-"), ("⻚", "页")}
            )


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


def test_ordinary_forms_are_single_and_ordinary_themselves() -> None:
    for code, character in ORDINARY.items():
        assert len(character) == 1 and ord(character) not in ORDINARY
        assert unicodedata.name(chr(code)).startswith(("CJK", "KANGXI"))


NARROW = "all willing billion illegal skiing III VIII 1111 33000 1,111,111 (((a))) ...... wwii !!"


@pytest.mark.parametrize("scale", [100, 75, 50])
@pytest.mark.parametrize("font", ["Helvetica", "Times-Roman", "Courier"])
@pytest.mark.parametrize("size", [7, 12, 20])
@pytest.mark.parametrize("one_by_one", [False, True])
def test_equal_narrow_letters_side_by_side_are_all_kept(
    scale: int, font: str, size: int, one_by_one: bool
) -> None:
    """Also where a program prints one letter after the other, as browsers do."""
    letters = list(NARROW) if one_by_one else [NARROW]
    shown = "".join(f"({escaped(each)}) Tj " for each in letters)
    content = f"BT /F1 {size} Tf {scale} Tz 40 500 Td {shown}ET"
    assert read_pdf(page_file([content], font), max_pages=1).source.text == NARROW


@pytest.mark.parametrize("shift", [0, 0.1, 0.3, 0.5])
@pytest.mark.parametrize("up", [0, 0.3])
def test_lines_printed_over_again_are_read_once(shift: float, up: float) -> None:
    """All lines, then all of them again, so that pdfium doesn't notice itself."""
    lines = ["The billion is still all his.", "111 of 33000 will tell, i. e. III."]
    places = [(0.0, 0.0), (shift, up)]
    content = " ".join(
        f"BT /F1 12 Tf {40 + x} {500 + y - 20 * row} Td ({escaped(line)}) Tj ET"
        for x, y in places
        for row, line in enumerate(lines)
    )
    assert read_pdf(page_file([content]), max_pages=1).source.text.split() == " ".join(lines).split()


def printed_file(pages: list[list[tuple[float, str]]]) -> bytes:
    """A file of such pages: heights in points and what is printed there."""
    return page_file(
        [
            " ".join(
                f"BT /F1 11 Tf 72 {height} Td ({escaped(text)}) Tj ET" for height, text in page
            )
            for page in pages
        ]
    )


def body(number: int) -> list[tuple[float, str]]:
    """Twelve lines of text that differ from page to page."""
    return [
        (740 - 16 * row, f"Row {row} of part {number * 7} says {row * number}.")
        for row in range(12)
    ]


def pages_lose(furniture: list[list[tuple[float, str]]]) -> list[str]:
    pages = [[*lines, *body(number)] for number, lines in enumerate(furniture, 1)]
    return list(left_out(read_pdf(printed_file(pages), max_pages=20)))


@pytest.mark.parametrize(
    "label", ["{}", "- {} -", "Page {}", "{}/4", "Page {} of 4", "| {}", "Annual report   Page {}"]
)
def test_page_numbers_are_left_out(label: str) -> None:
    numbers = [label.format(page) for page in range(1, 5)]
    assert [" ".join(each.split()) for each in pages_lose([[(30, n)] for n in numbers])] == [
        " ".join(number.split()) for number in numbers
    ]


def test_headers_of_odd_and_even_pages_are_left_out() -> None:
    names = ["The report", "The institute"] * 3
    assert pages_lose([[(800, name)] for name in names]) == names


@pytest.mark.parametrize(
    "lines",
    [
        ["Population: 100", "Population: 113", "Population: 126", "Population: 139"],
        ["Annual growth of 2018", "Annual growth of 2019", "Annual growth of 2020"],
        ["Source: yearbook 2020", "Source: yearbook 2021", "Source: yearbook 2022"],
        ["12", "7", "31", "5"],
        ["Case 1", "Case 2", "Case 3", "Case 4"],
        ["Twice only", "Twice only", "Something else", "And else"],
    ],
    ids=lambda lines: str(lines[0]),
)
@pytest.mark.parametrize("height", [800, 30])
def test_lines_that_tell_something_are_kept(lines: list[str], height: int) -> None:
    assert pages_lose([[(height, line)] for line in lines]) == []


def test_the_first_line_of_the_text_is_kept_though_it_repeats() -> None:
    """It stands no farther from the next line than all lines do."""
    assert pages_lose([[(756, "Overview")] for _ in range(4)]) == []


def test_lines_with_dots_and_numbers_are_no_contents_by_themselves() -> None:
    rows = ["Rent ........ 500", "Power ........ 300", "And so on ......", "Water ........ 1"]
    page = [(700.0 - 16 * number, row) for number, row in enumerate(rows)]
    assert list(left_out(read_pdf(printed_file([page]), max_pages=1))) == []


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
    found = rectangles(data("report"), source.origins[start : start + len(PLANTED)])
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
    assert rectangles(data("single"), []) == ()


def test_a_single_page_keeps_its_only_line() -> None:
    draft = read_pdf(data("single"), max_pages=1)
    assert draft.source.text == "只有一段的文件，没有页眉。"
    assert draft.title == ""


def test_encrypted_and_long_files_are_refused() -> None:
    with pytest.raises(EncryptedFile):
        read_pdf(data("encrypted"), max_pages=1)
    with pytest.raises(OversizedFile, match="4 页"):
        read_pdf(data("report"), max_pages=3)
