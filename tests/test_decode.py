import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errors import CorruptFile
from ingest.decode import decode, reads_as_chinese

CHINESE = "城市里的灯一盏一盏亮起来，约有 1.8 万盏。\r\n第二天，灯又灭了。\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_chinese_text_in_its_usual_encodings(encoding: str) -> None:
    assert decode(CHINESE.encode(encoding)) == CHINESE


def test_utf_16_without_mark_and_without_a_zero_byte() -> None:
    text = "河水清且涟漪不稼不穑胡取禾三百廛兮" * 4
    for encoding in ("utf-16-le", "utf-16-be"):
        data = text.encode(encoding)
        assert b"\x00" not in data
        assert decode(data) == text


def test_the_mark_goes_and_nothing_else() -> None:
    assert decode(codecs.BOM_UTF8 + "甲".encode()) == "甲"
    assert decode(codecs.BOM_UTF16_BE + "甲".encode("utf-16-be")) == "甲"


def test_other_alphabets() -> None:
    for text in ("Привет, мир. ", "こんにちは、世界。", "한국어 문장입니다. "):
        assert decode((text * 5).encode()) == text * 5


def test_an_empty_file_is_empty_text() -> None:
    assert decode(b"") == ""


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 4,
        b"PK\x03\x04\x14\x00\x06\x00" + bytes(range(255, 0, -1)) * 4,
        b"\x00" * 100,
    ],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(CorruptFile) as caught:
        decode(data)
    assert str(len(data)) in str(caught.value)
    assert str(len(data)) in caught.value.english


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("stray", ["\x02", "\x1a", "\x00", "\x7f"])
def test_a_stray_control_character_does_not_matter(encoding: str, stray: str) -> None:
    for text in (CHINESE + stray, "annual report 2023, 12 pages, 数据" + stray, stray + CHINESE):
        assert decode(text.encode(encoding)) == text


def test_figures_in_gb18030_are_not_taken_for_utf_16() -> None:
    text = "".join(f"{year},{year * 7 % 1000},产量\r\n" for year in range(1990, 2024)) + "\x1a"
    assert decode(text.encode("gb18030")) == text
    assert decode(b"year,harvest\r\n1999,12\r\n2000,14\r\n\x1a") == (
        "year,harvest\r\n1999,12\r\n2000,14\r\n\x1a"
    )


def test_many_control_characters_are_refused() -> None:
    with pytest.raises(CorruptFile):
        decode(("果园" + "\x02" * 8).encode())


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1))
def test_utf_8_always_comes_back(text: str) -> None:
    assert decode(text.encode()) == text


@given(
    st.text(st.sampled_from("的一是在不了有和人这中大为上个国我以要他时来用们，。 \n0123456789"))
)
def test_utf_16_and_gb18030_come_back(text: str) -> None:
    assert decode(("果园，" + text).encode("gb18030")) == "果园，" + text
    assert decode(text.encode("utf-16")) == text
    assert decode(("果园里有很多树，" + text + "\x1a").encode("gb18030")) == (
        "果园里有很多树，" + text + "\x1a"
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_broken_byte_is_told_with_its_place(encoding: str, end: str) -> None:
    start = f"城市里的灯，一盏一盏亮起来。{end}约有 1.8 万盏。{end}第三行".encode(encoding)
    data = start + b"\xff" + f"，还是第三行。{end}".encode(encoding.removesuffix("-sig"))
    with pytest.raises(CorruptFile) as caught:
        decode(data)
    assert f"第 3 行（文件的第 {len(start) + 1} 个字节，ff）" in str(caught.value)
    assert f"line 3 (byte {len(start) + 1} of the file, ff)" in caught.value.english
    assert data[len(start)] == 0xFF


@pytest.mark.parametrize("cut", [1, 2])
def test_text_that_ends_inside_a_character_is_told(cut: int) -> None:
    data = (CHINESE + "完").encode()[:-cut]
    with pytest.raises(CorruptFile, match=r"UTF-8 编码，但有 1 处坏字节，第一处在第 3 行"):
        decode(data)
    with pytest.raises(CorruptFile, match="UTF-16"):
        decode(CHINESE.encode("utf-16")[:-1])


def test_control_characters_are_told_with_their_place() -> None:
    with pytest.raises(CorruptFile) as caught:
        decode(("果园\n里" + "\x00" * 8).encode())
    assert "8 个控制字符，第一个（U+0000）在第 2 行（文件的第 11 个字节）" in str(caught.value)
    assert "line 2 (byte 11 of the file)" in caught.value.english


def test_traditional_text_in_big5_is_not_taken_for_damaged() -> None:
    text = (
        "數位經濟發展報告，臺灣數位經濟規模達到六兆元，同比增長百分之五。其中，半導體產業占比最高。"
    )
    assert decode((text * 3).encode("big5")) == text * 3


def test_what_reads_as_chinese() -> None:
    assert reads_as_chinese("1.8 万亿元。")
    assert reads_as_chinese("數位經濟發展報告，規模達到六兆元。")
    for other in ("", "plain", "élève à Genève", "Ôªø", CHINESE.encode().decode("iso8859-1")):
        assert not reads_as_chinese(other)
