from __future__ import annotations

from pathlib import Path

import jieba
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.folding import fold
from index.words import Segmenter, bigrams
from ingest import dictionary
from ingest.dictionary import tokenizer
from settings import load_settings


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter(load_settings(environment={}).dictionary)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("數字城市", "数字城市"),
        ("２０２２年", "2022年"),
        ("Ｆ５Ｇ", "F5G"),
        ("超过 30%³。", "超过 30%。"),
    ],
)
def test_spellings_of_one_thing_fold_alike(one: str, two: str) -> None:
    assert fold(one) == fold(two)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("装机277.57GW", {"277.57", "277.57gw"}),
        ("达 1.8 万亿元，", {"1.8", "1.8万亿元"}),
        ("达1.8万亿元", {"1.8", "1.8万亿元"}),
        ("2022 年底", {"2022", "2022年"}),
        ("占比超过 70%。", {"70", "70%"}),
        ("F5G-A 光网", {"f5g-a", "f5g"}),
        ("GB/T 33356-2016 标准", {"gb/t", "33356-2016"}),
        ("数\n字城市", {"数字城市", "城市"}),
    ],
)
def test_numbers_units_and_codes_are_words(
    segmenter: Segmenter, text: str, expected: set[str]
) -> None:
    assert expected <= set(segmenter.words(text))


def test_search_mode_gives_long_words_and_their_parts(segmenter: Segmenter) -> None:
    assert {"数字城市", "数字", "城市"} <= set(segmenter.words("我国數字城市建设"))


def test_the_dictionary_is_the_one_that_jieba_makes_of_its_file() -> None:
    plain = jieba.Tokenizer()
    frequencies, total = plain.gen_pfdict(plain.get_dict_file())
    own = tokenizer()
    assert (own.FREQ, own.total) == (frequencies, total)


def test_a_kept_dictionary_is_the_same_and_a_damaged_one_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = dictionary._made()
    monkeypatch.setattr(dictionary, "_kept_in", tmp_path / "cache")
    assert dictionary._read.__wrapped__() == known
    (file,) = (tmp_path / "cache").iterdir()
    assert dictionary._kept(file) == known
    whole = file.read_bytes()
    other = bytes([whole[100_000] ^ 255])
    for damaged in (b"", whole[:-1], whole[:100_000] + other + whole[100_001:]):
        file.write_bytes(damaged)
        assert dictionary._kept(file) is None
        assert dictionary._read.__wrapped__() == known
        assert dictionary._kept(file) == known


def test_a_dictionary_that_cannot_be_kept_is_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(dictionary, "_kept_in", tmp_path / "file")
    assert dictionary._read.__wrapped__() == dictionary._made()


def test_the_dictionary_knows_domain_terms(segmenter: Segmenter) -> None:
    assert "可信数据空间" in segmenter.words("打造可信数据空间枢纽")


def test_a_greeting_or_a_function_word_carries_no_content(segmenter: Segmenter) -> None:
    assert segmenter.content_words("是多少？有哪些？") == []


def test_pairs_follow_each_run_of_characters() -> None:
    assert bigrams("数据要素，A市") == ["数据", "据要", "要素", "市"]


@given(st.text(alphabet="数据要素 2022年1.8亿元，。abcGW%", max_size=60))
def test_words_are_clean_and_repeatable(segmenter: Segmenter, text: str) -> None:
    words = segmenter.words(text)
    assert words == segmenter.words(text)
    assert all(word and not any(c.isspace() for c in word) for word in words)
    assert set(segmenter.content_words(text)) <= set(words)


def test_the_name_follows_the_dictionary(tmp_path: Path) -> None:
    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    one.write_text("数字城市 100 n\n", encoding="utf-8")
    two.write_text("数商 100 n\n", encoding="utf-8")
    assert Segmenter(one).name != Segmenter(two).name


def test_words_added_to_one_tokenizer_are_in_no_other() -> None:
    one, two = tokenizer(), tokenizer()
    one.add_word("云帆科技园区")
    assert list(one.cut("云帆科技园区")) == ["云帆科技园区"]
    assert list(two.cut("云帆科技园区")) != ["云帆科技园区"]
