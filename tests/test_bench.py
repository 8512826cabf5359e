"""The benchmarks' own arithmetic, and one measurement in a process of its own."""

from __future__ import annotations

import json
import math
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.assistant import Assistant
from eval.bench.cold import child
from eval.bench.comparison import again_table, ingest_table, percentile, short_files, written
from eval.bench.fitting import exponent
from eval.bench.generated import VectorSource
from eval.bench.growth import Measured, reports, write
from eval.bench.plots import Curve, bars, lines
from eval.bench.quality import Asked, public_set, recall
from eval.bench.recipe import batches_of, tokens
from eval.bench.texts import articles, varied
from ingest.split import split
from settings import SplitSettings

ARTICLES = [f"第 {number} 篇，青湾港 2022 年吞吐量为 4100 万吨。" * 8 for number in range(5)]


@given(
    power=st.floats(-2, 3),
    factor=st.floats(0.01, 100),
    sizes=st.lists(st.integers(1, 10**6), min_size=2, max_size=6, unique=True),
)
def test_the_exponent_of_a_power_law_is_found(
    power: float, factor: float, sizes: list[int]
) -> None:
    values = [factor * size**power for size in sizes]
    assert exponent(sizes, values) == pytest.approx(power, abs=1e-6)


def test_one_size_has_no_exponent() -> None:
    assert math.isnan(exponent([1000], [2.0]))


def test_percentiles_are_values_that_were_measured() -> None:
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile(range(100), 0.95) == 95
    assert percentile([7], 0.99) == 7


def test_vectors_lie_near_real_ones_and_are_the_same_in_every_run() -> None:
    real = np.eye(384, dtype=np.float32)[:3]
    vectors = VectorSource(real).take(50)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert (vectors @ real.T).max(axis=1).min() > 0.9
    np.testing.assert_array_equal(vectors, VectorSource(real).take(50))


def test_articles_come_again_with_other_digits() -> None:
    texts = list(islice(varied(ARTICLES), 10))
    assert sorted(texts[:5]) == sorted(ARTICLES)
    assert len(set(texts)) == 10
    assert {text.translate({ord(d): "0" for d in "123456789"}) for text in texts} == {
        text.translate({ord(d): "0" for d in "123456789"}) for text in ARTICLES
    }


def test_without_news_the_corpus_serves(tmp_path: Path) -> None:
    found = articles(tmp_path / "none.txt")
    written(found, 3, tmp_path / "in")
    assert len(found) > 20
    assert len(list((tmp_path / "in").iterdir())) == 3


def test_a_public_set_names_the_file_of_each_answer(tmp_path: Path) -> None:
    paragraph = {
        "context": "港口有泊位 9 个。",
        "qas": [
            {"id": "1", "question": "几个？", "answers": [{"text": "9 个", "answer_start": 6}]}
        ],
    }
    source = tmp_path / "set.json"
    source.write_text(json.dumps({"data": [{"paragraphs": [paragraph]}]}), encoding="utf-8")
    (asked,) = public_set(source, 5, tmp_path / "files")
    assert asked.evidence == ("9 个",)
    assert "泊位" in (tmp_path / "files" / asked.file).read_text(encoding="utf-8")


def test_recall_wants_all_evidence_whole_and_in_its_file() -> None:
    asked = [Asked("?", "a.txt", ("4100 万吨", "12 个")), Asked("?", "b.txt", ("甲乙",))]
    hits = [
        [("a.txt", "有 4100\n万吨"), ("a.txt", "有 12 个")],
        [("a.txt", "甲乙"), ("b.txt", "甲")],
    ]
    assert recall(asked, hits, 1) == 0
    assert recall(asked, hits, 2) == 0.5


def test_pictures_are_well_formed_and_hold_every_name() -> None:
    for picture in (
        lines([Curve("甲 <1>", [1, 10], [2, 30]), Curve("乙", [1, 10], [1, 1])], "x", "y"),
        bars([("甲 <1>", 3.0), ("乙", 1.0)], "字"),
    ):
        root = etree.fromstring(picture.encode())
        assert {"甲 <1>", "乙"} <= {str(text) for text in root.itertext()}


def test_growth_is_written_with_its_exponents(tmp_path: Path) -> None:
    rows = [
        Measured(10**power, *(float(value * 2**power) for value in range(1, 11)))
        for power in (3, 4)
    ]
    write(rows, tmp_path)
    text = (tmp_path / "growth.md").read_text(encoding="utf-8")
    assert "| 1,000 | 10,000 |" in text
    assert text.count("| 0.30 |") == 10  # log10 of 2
    etree.parse(tmp_path / "pictures" / "growth.svg")


def test_a_report_of_growth_has_passages() -> None:
    document = next(reports(ARTICLES))
    assert len(split(document, SplitSettings())) > 10


def test_a_cold_process_measures_our_retrieval(assistant: Assistant, tmp_path: Path) -> None:
    questions = tmp_path / "questions.json"
    questions.write_text(json.dumps(["公交车有多少辆？", "数字企业有多少家？"]), encoding="utf-8")
    figures = child("retrieve", assistant.settings.home, questions=str(questions))
    assert figures["opening"] > 0
    assert len(figures["times"]) == 1
    assert len(figures["encoding"]) == 2
    assert figures["memory"] > 2**20
    with pytest.raises(RuntimeError, match="retrieve failed"):
        child("retrieve", assistant.settings.home, questions=str(tmp_path / "none.json"))


def test_tokens_are_counted_as_the_model_reads_them() -> None:
    short, long = "港口", "青湾港的吞吐量。" * 200
    alone = {name: tokens([[name]]) for name in (short, long)}
    assert alone[short]["all"] == alone[short]["read"] == alone[short]["run"] < 10
    assert alone[long]["read"] == alone[long]["run"] == 512 < alone[long]["all"]
    both = tokens([[short, long]])
    assert both["run"] == 1024
    assert both["read"] == 512 + alone[short]["read"]


def test_batches_are_those_of_like_length() -> None:
    groups = [["短", "长" * 9] * 32, ["甲"]]
    batches = batches_of(groups)
    assert [len(batch) for batch in batches] == [32, 32, 1]
    assert {len(set(batch)) for batch in batches} == {1}


def test_a_comparison_says_what_the_model_had_to_do() -> None:
    ours = {"all": 900, "read": 900, "run": 1000}
    theirs = {"all": 1250, "read": 1000, "run": 1100}
    figures = {"ingest": 2.0, "bare": 1.0, "again": 0.1, "memory": 2**20}
    own = {**figures, "characters": 10, "documents": 1, "tokens": ours}
    other = {**figures, "ingest": 5.0, "tokens": theirs}
    said, table = ingest_table({"youju": [own], "bfloat16": [other], "float32": [other]})
    assert "1,000 tokens" in said[-1] and "1,100" in said[-1] and "20%" in said[-1]
    assert [row[2] for row in table[1:]] == ["1.00", "2.50", "2.50"]


def test_unchanged_files_are_brought_in_twice_and_encoded_once(tmp_path: Path) -> None:
    short_files(ARTICLES, 7, tmp_path / "in")
    texts = {file.read_text(encoding="utf-8") for file in (tmp_path / "in").iterdir()}
    assert len(texts) == 7
    first, again = again_table(tmp_path / "in", tmp_path / "home")[1:]
    assert float(again[1]) <= float(first[1])
    assert len(list((tmp_path / "home").glob("library.sqlite"))) == 1
