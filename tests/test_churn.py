"""Much replacing, and narrow choices: where an approximate index of vectors loses what it holds."""

from __future__ import annotations

import numpy as np
import pytest

from index.exact import nearest
from index.library import Library
from index.search import EXACT, HybridSearch
from index.store import Batch, Vectors
from records import Passage, Span
from settings import RetrievalSettings, Settings
from tests.samples import make_document
from tests.test_library import MANIFEST
from tests.test_library_machine import TextEncoder

DOCUMENTS, EACH, DIMENSION, ROUNDS = 15, 16, 384, 20


def clustered(rng: np.random.Generator, centres: Vectors, count: int) -> Vectors:
    """Unit vectors in heaps, as those of reports on few subjects are."""
    chosen = centres[rng.integers(len(centres), size=count)]
    vectors = chosen + 0.5 * rng.normal(size=chosen.shape)
    unit: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


def batch_of(document_id: str, vectors: Vectors) -> Batch:
    passages = (Passage(document_id, Span(n, n + 1), "数") for n in range(len(vectors)))
    return Batch(tuple(passages), vectors)


def test_after_much_replacing_every_passage_finds_itself(settings: Settings) -> None:
    rng = np.random.default_rng(7)
    centres = rng.normal(size=(8, DIMENSION)).astype(np.float32)
    library = Library(settings, MANIFEST)
    for number in range(DOCUMENTS):
        enter(library, f"{number}.txt", 0, clustered(rng, centres, EACH))
    for round_ in range(1, ROUNDS + 1):
        for number in rng.choice(DOCUMENTS, DOCUMENTS // 3, replace=False):
            enter(library, f"{number}.txt", round_, clustered(rng, centres, EACH))
        library.catch_up()
    assert library.store.count() == len(library.vectors) == DOCUMENTS * EACH
    for entry in library.store.entries():
        passages, vectors = library.store.batch(entry.id)
        for passage, vector in zip(passages, vectors, strict=True):
            assert passage.id in library.vectors.search(vector, 1)
            assert passage.id in library.vectors.search(vector, 1, [entry.id])
    library.close()


def enter(library: Library, name: str, round_: int, vectors: Vectors) -> None:
    document = make_document("数" * EACH + str(round_), name)
    library.put(document, batch_of(document.id, vectors))


def test_an_index_that_has_dropped_more_than_it_holds_is_built_anew(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.derived._LONG", EACH + 1)
    rng = np.random.default_rng(8)
    library = Library(settings, MANIFEST)
    sizes = []
    for round_ in range(6):
        vectors = rng.normal(size=(EACH, 8)).astype(np.float32)
        enter(library, "a.txt", round_, vectors)
        library.catch_up()
        sizes.append(library._vectors._version.dropped)  # type: ignore[union-attr]
    assert sizes == [0, EACH, 0, EACH, 0, EACH]
    library.close()


def test_a_narrow_choice_is_compared_exactly(settings: Settings) -> None:
    rng = np.random.default_rng(9)
    library = Library(settings, MANIFEST)
    for number in range(4):
        enter(library, f"{number}.txt", 0, rng.normal(size=(EACH, 8)).astype(np.float32))
    search = HybridSearch(library, TextEncoder(), RetrievalSettings())  # type: ignore[arg-type]
    one = library.store.entries()[2].id
    wanted, vectors = library.store.vectors_of([one])
    question = rng.normal(size=8).astype(np.float32)
    cosines = vectors @ question / np.linalg.norm(vectors, axis=1) / np.linalg.norm(question)
    found = search.near(question, 5, [one])
    assert list(found) == [wanted[row] for row in np.argsort(-cosines)[:5]]
    assert list(found.values()) == pytest.approx(sorted(cosines)[:-6:-1], abs=1e-6)
    assert not library._vectors._index  # Chroma was not even opened
    assert search.near(question, 5, ["unknown"]) == {}
    library.close()


def test_a_wide_choice_is_left_to_the_index(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert EXACT >= 1000
    monkeypatch.setattr("index.search.EXACT", EACH)
    rng = np.random.default_rng(10)
    library = Library(settings, MANIFEST)
    for number in range(3):
        enter(library, f"{number}.txt", 0, rng.normal(size=(EACH, 8)).astype(np.float32))
    search = HybridSearch(library, TextEncoder(), RetrievalSettings())  # type: ignore[arg-type]
    ids = [entry.id for entry in library.store.entries()][:2]
    found = search.near(rng.normal(size=8).astype(np.float32), 5, ids)
    assert len(found) == 5 and {key.split(":")[0] for key in found} <= set(ids)
    assert library._vectors._index is not None
    library.close()


def test_vectors_without_length_are_near_to_nothing() -> None:
    vectors = np.array([[0, 0], [1, 0], [0, 2]], np.float32)
    found = nearest(np.array([3, 0], np.float32), ["nil", "same", "across"], vectors, 5)
    assert found == {"same": 1.0, "across": 0.0}
    assert nearest(np.zeros(2, np.float32), ["same"], vectors[1:2], 5) == {}
    assert nearest(np.zeros(2, np.float32), [], vectors[:0], 5) == {}
