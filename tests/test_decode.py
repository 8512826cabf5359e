import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errors import CorruptFile
from ingest.decode import decode

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
