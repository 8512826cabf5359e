"""Files are read and encoded ahead of their turn; what is stored is the same as without."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from errors import ModelError
from index import kept, preparation
from index.ahead import Ahead
from index.encoder import Encoder, Progress, Vectors
from index.kept import KeptVectors
from index.library import Library, manifest_of
from index.pipeline import KEPT, Outcome, ingest
from index.preparation import texts_of
from index.words import Segmenter
from settings import CHECKOUT, Settings


class DigestEncoder:
    """Vectors that follow from the text alone, whatever is encoded beside it."""

    name = "digest"

    def __init__(self) -> None:
        self.calls: list[int] = []

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.calls.append(len(texts))
        for done in range(1, len(texts) + 1):
            if progress:
                progress(done, len(texts))
        return np.stack([self.encode_question(text) for text in texts])

    def encode_question(self, text: str) -> Vectors:
        seed = int.from_bytes(sha256(text.encode()).digest()[:4], "big")
        vector = np.random.default_rng(seed).standard_normal(8).astype(np.float32)
        unit: Vectors = vector / np.linalg.norm(vector)
        return unit


def open_library(settings: Settings, encoder: Encoder) -> Library:
    return Library(settings, manifest_of(settings, encoder.name, Segmenter(settings.dictionary)))


def stored(library: Library) -> list[tuple[str, str, list[tuple[str, bytes]]]]:
    """All that the store holds but times and generations: id, file name, passages, vectors."""
    found = []
    for entry in sorted(library.store.entries(), key=lambda entry: entry.path):
        passages, vectors = library.store.batch(entry.id)
        pairs = zip(passages, vectors, strict=True)
        found.append(
            (entry.id, Path(entry.path).name, [(p.id + p.text, v.tobytes()) for p, v in pairs])
        )
    return found


def write(folder: Path, number: int, content: int) -> None:
    """A file of one of a few contents; 0 is empty and will be refused, -1 is no file."""
    text = "\n".join(f"青湾港第 {content} 号泊位长 {line} 米。" for line in range(content))
    folder.mkdir(exist_ok=True)
    path = folder / f"{number:02}.txt"
    if content < 0:
        path.unlink(missing_ok=True)
    else:
        path.write_text(text, encoding="utf-8")


contents = st.lists(st.integers(-1, 4), min_size=1, max_size=8)


@given(rounds=st.lists(contents, min_size=1, max_size=3))
@hypothesis_settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_stored_is_what_comes_one_by_one(
    rounds: list[list[int]], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparation, "GROUP_PASSAGES", 6)
    encoder = DigestEncoder()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "in"
        folder.mkdir()
        homes = [
            open_library(settings.model_copy(update={"home": Path(temporary) / name}), encoder)
            for name in ("together", "single")
        ]
        together, single = homes
        for numbers in rounds:
            for number, content in enumerate(numbers):
                write(folder, number, content)
            outcomes = [
                (result.path.name, result.outcome, result.passages)
                for result in ingest([folder], together, encoder, settings)
            ]
            singly = [
                (result.path.name, result.outcome, result.passages)
                for path in sorted(folder.iterdir())
                for result in ingest([path], single, encoder, settings)
            ]
            assert outcomes == singly
            assert stored(together) == stored(single)
        for library in homes:
            assert len(library.vectors) == len(library.lexical) == library.store.count()
            library.close()


def test_small_documents_are_encoded_together(settings: Settings, tmp_path: Path) -> None:
    encoder = DigestEncoder()
    library = open_library(settings, encoder)
    for number in range(5):
        write(tmp_path / "in", number, number + 1)
    (tmp_path / "in" / "02.txt").write_bytes(b"")  # refused in the midst
    results = list(ingest([tmp_path / "in"], library, encoder, settings))
    assert [r.outcome for r in results] == ["added", "added", "refused", "added", "added"]
    assert encoder.calls == [sum(result.passages for result in results)]
    library.close()


def test_content_that_left_meanwhile_is_read_after_all(settings: Settings, tmp_path: Path) -> None:
    encoder = DigestEncoder()
    library = open_library(settings, encoder)
    folder = tmp_path / "in"
    folder.mkdir()
    write(folder, 1, 1)
    write(folder, 2, 2)
    list(ingest([folder], library, encoder, settings))
    write(folder, 2, 1)  # so the content 2 leaves, when this one's turn comes
    write(folder, 3, 2)
    outcomes = [result.outcome for result in ingest([folder], library, encoder, settings)]
    assert outcomes == [Outcome.UNCHANGED, Outcome.DUPLICATE, Outcome.ADDED]
    library.close()


def test_what_was_told_stays_when_nobody_listens_any_more(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparation, "GROUP_PASSAGES", 1)
    encoder = DigestEncoder()
    library = open_library(settings, encoder)
    for number in range(8):
        write(tmp_path / "in", number, number + 1)
    before = threading.active_count()
    results = ingest([tmp_path / "in"], library, encoder, settings)
    assert isinstance(results, Generator)
    told = [next(results), next(results)]
    results.close()
    assert threading.active_count() == before
    assert {entry.id for entry in library.store.entries()} == {r.document_id for r in told}
    again = [result.outcome for result in ingest([tmp_path / "in"], library, encoder, settings)]
    assert again == [Outcome.UNCHANGED] * 2 + [Outcome.ADDED] * 6
    library.close()


def test_an_encoder_that_fails_ends_it_and_what_was_told_stays(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparation, "GROUP_PASSAGES", 1)

    class Failing(DigestEncoder):
        def encode_passages(
            self, texts: Sequence[str], progress: Progress | None = None
        ) -> Vectors:
            if len(self.calls) == 2:
                raise ModelError("坏了", "broken")
            return super().encode_passages(texts, progress)

    encoder = Failing()
    library = open_library(settings, encoder)
    for number in range(5):
        write(tmp_path / "in", number, number + 1)
    told = []
    with pytest.raises(ModelError, match="坏了"):
        for result in ingest([tmp_path / "in"], library, encoder, settings):
            told.append(result.document_id)
    assert {entry.id for entry in library.store.entries()} == set(told)
    with library.writing(patience=0):  # the lock is free again
        assert len(told) == 2
    library.close()


_KILLED = """
import json, os, signal, sys
from pathlib import Path
from index import kept, preparation
from index.pipeline import ingest
from settings import load_settings
from tests.test_overlap import DigestEncoder, open_library
preparation.GROUP_PASSAGES = 3
home, folder, settings_file, limit = sys.argv[1:]
settings = load_settings(Path(settings_file), environment={}, home=Path(home))
encoder = DigestEncoder()
library = open_library(settings, encoder)
for number, result in enumerate(ingest([Path(folder)], library, encoder, settings)):
    print(result.document_id, flush=True)
    if number == int(limit):
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("limit", [0, 3])
def test_what_was_told_outlives_a_kill(
    settings: Settings, no_settings: Path, tmp_path: Path, limit: int
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(8):
        write(folder, number, number + 1)
    arguments = [str(settings.home), str(folder), str(no_settings), str(limit)]
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, *arguments], cwd=CHECKOUT, capture_output=True, text=True
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    told = done.stdout.split()
    assert len(told) == limit + 1
    encoder = DigestEncoder()
    library = open_library(settings, encoder)
    assert {entry.id for entry in library.store.entries()} == set(told)
    for identifier in told:
        for passage, vector in zip(*library.store.batch(identifier), strict=True):
            assert next(iter(library.vectors.search(vector, 1))) == passage.id
    assert len(library.lexical) == library.store.count()
    outcomes = [result.outcome for result in ingest([folder], library, encoder, settings)]
    assert outcomes == [Outcome.UNCHANGED] * len(told) + [Outcome.ADDED] * (8 - len(told))
    library.close()


def test_items_come_in_order_and_one_waits_at_most() -> None:
    made: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(20):
            made.append(number)
            yield number

    with Ahead(numbers()) as ahead:
        for number, item in enumerate(ahead):
            assert item == number
            assert len(made) <= number + 3  # in use, waiting, being handed over
        assert list(ahead) == []
    assert made == list(range(20))


def test_what_making_raises_is_raised_after_the_items_before() -> None:
    def numbers() -> Iterator[int]:
        yield 1
        raise ValueError("2")

    with Ahead(numbers()) as ahead:
        assert next(ahead) == 1
        with pytest.raises(ValueError, match="2"):
            next(ahead)
        assert list(ahead) == []


_KILLED_WITHIN = """
import os, signal, sys
from pathlib import Path
from index import kept
from index.pipeline import ingest
from settings import load_settings
from tests.test_overlap import DigestEncoder, open_library
kept.SLICE = 3
home, folder, settings_file = sys.argv[1:]
settings = load_settings(Path(settings_file), environment={}, home=Path(home))

class Killed(DigestEncoder):
    def encode_passages(self, texts, progress=None):
        if len(self.calls) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().encode_passages(texts, progress)

encoder = Killed()
list(ingest([Path(folder)], open_library(settings, encoder), encoder, settings))
"""


@pytest.mark.parametrize("damaged", [False, True])
def test_a_long_document_goes_on_behind_the_slices_that_were_encoded_before_a_kill(
    settings: Settings,
    no_settings: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    damaged: bool,
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    sections = [f"# 第 {at} 号泊位\n\n青湾港第 {at} 号泊位长 {at} 米。" for at in range(11)]
    (folder / "泊位.md").write_text("\n\n".join(sections), encoding="utf-8")
    arguments = [str(settings.home), str(folder), str(no_settings)]
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED_WITHIN, *arguments], cwd=CHECKOUT, capture_output=True
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    left = list((settings.home / KEPT).iterdir())
    assert len(left) == 2
    if damaged:
        left[0].write_bytes(left[0].read_bytes()[:-1])
    monkeypatch.setattr(kept, "SLICE", 3)
    encoder = DigestEncoder()
    library = open_library(settings, encoder)
    assert library.store.is_empty()
    heard: list[tuple[int, int]] = []
    (result,) = ingest(
        [folder], library, encoder, settings, on_passages=lambda *done: heard.append(done)
    )
    total = result.passages
    assert total > 9
    assert sum(encoder.calls) == total - (3 if damaged else 6)
    assert heard[-1] == (total, total) and {of for _, of in heard} == {total}
    passages, vectors = library.store.batch(result.document_id)
    for text, vector in zip(texts_of(passages), vectors, strict=True):
        assert np.array_equal(vector, encoder.encode_question(text))
    assert not (settings.home / KEPT).exists()
    library.close()


def test_what_is_kept_of_a_document_that_never_came_is_dropped_with_the_next(
    settings: Settings, tmp_path: Path
) -> None:
    store = KeptVectors(settings.home / KEPT)
    encoder = DigestEncoder()
    store.encode("0" * 12, [f"旧的第 {n} 句" for n in range(kept.SLICE + 1)], encoder)
    assert len(list((settings.home / KEPT).iterdir())) == 2
    library = open_library(settings, encoder)
    folder = tmp_path / "in"
    folder.mkdir()
    write(folder, 1, 2)
    list(ingest([folder], library, encoder, settings))
    assert not (settings.home / KEPT).exists()
    library.close()
