"""What a PDF loses on its way to text: nothing but what belongs to its pages."""

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.draft import Draft
from ingest.pdf.ideographs import ORDINARY
from ingest.pdf.reader import read_pdf

DOCUMENTS = Path(__file__).parent / "documents"
CORPUS = Path(__file__).parent.parent / "corpus" / "数字城市产业投资与格局.pdf"
OTHER_FORMS = {("⼾", "户"), ("⻚", "页"), ("\x02", "-")}
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
    DOCUMENTS / "notes.pdf": ["1", "2"],
    **{
        DOCUMENTS / f"{name}.pdf": []
        for name in ("columns", "double", "forms", "monthly", "notes_beside", "single", "web")
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
            assert digit or character == normal or (raw, character) in OTHER_FORMS


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
    assert (
        read_pdf(page_file([content]), max_pages=1).source.text.split() == " ".join(lines).split()
    )


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
    ("with_header", "of"), [(2, 2), (3, 4), (3, 6), (2, 3), (3, 9)], ids=lambda n: str(n)
)
def test_headers_recur_on_half_of_the_pages(with_header: int, of: int) -> None:
    lines = ["The report"] * with_header + [
        f"Title of part {'ABCDEFG'[n]}" for n in range(of - with_header)
    ]
    many = 2 * with_header >= of and (with_header >= 3 or of == 2)
    assert pages_lose([[(800, line)] for line in lines]) == ["The report"] * (with_header * many)


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
