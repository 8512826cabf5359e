"""Whatever is done in whatever order, the library holds what a dict would hold."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from index.lexical import WORDS
from index.library import Library
from index.search import HybridSearch
from records import Document
from settings import RetrievalSettings, load_settings
from tests.samples import make_batch, make_document, vector_of
from tests.test_library import MANIFEST, ROADS, WATER, assert_whole

NAMES = ("a.txt", "b.txt", "c.txt", "d.txt")
TEXTS = (WATER, ROADS, "临江市有码头 9 座。", "数据要素市场。\n数商 40 家。")


class TextEncoder:
    """The vectors of tests.samples, for questions."""

    name = "test"

    def encode_question(self, text: str) -> object:
        return vector_of(text)


@dataclass(frozen=True)
class Kept:
    """What the dict knows of a document: by which name and text it came, and what was said."""

    came_as: str
    text: str
    title: str

    @property
    def document(self) -> Document:
        return make_document(self.text, self.came_as)


class Twin(RuleBasedStateMachine):
    """Paths to documents, in a dict and in a library."""

    home: Path

    def __init__(self) -> None:
        super().__init__()
        shutil.rmtree(self.home, ignore_errors=True)
        self.model: dict[str, Kept] = {}
        self.open()

    def open(self) -> None:
        self.library = Library(load_settings(environment={}, home=self.home), MANIFEST)

    def put(self, name: str, text: str) -> None:
        kept = Kept(name, text, name)
        for path, other in list(self.model.items()):  # the same content lies at one place
            if other.document.id == kept.document.id:
                del self.model[path]
        self.library.put(kept.document, make_batch(kept.document))
        self.model[kept.document.path] = kept

    def any_path(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.model)))

    @rule(name=st.sampled_from(NAMES), text=st.sampled_from(TEXTS))
    def add_or_update(self, name: str, text: str) -> None:
        self.put(name, text)
        self.library.catch_up()

    @rule(name=st.sampled_from(NAMES), text=st.sampled_from(TEXTS))
    def die_before_the_indexes_follow(self, name: str, text: str) -> None:
        self.put(name, text)
        self.reopen()

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        self.library.remove(self.model.pop(self.any_path(data)).document.id)

    @precondition(lambda self: self.model)
    @rule(data=st.data(), name=st.sampled_from(NAMES))
    def move(self, data: st.DataObject, name: str) -> None:
        old, new = self.any_path(data), f"/elsewhere/{name}"
        if new not in self.model:
            self.library.store.move(self.model[old].document.id, new)
            self.model[new] = self.model.pop(old)

    @precondition(lambda self: self.model)
    @rule(data=st.data(), title=st.sampled_from(["旧题", "新题"]))
    def edit(self, data: st.DataObject, title: str) -> None:
        path = self.any_path(data)
        self.library.store.describe(self.model[path].document.id, title, "", "")
        self.model[path] = replace(self.model[path], title=title)

    @rule()
    def rebuild_indexes(self) -> None:
        self.library.rebuild_indexes()

    @rule()
    def reopen(self) -> None:
        self.library.close()
        self.open()

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def ask_in_some_documents(self, data: st.DataObject) -> None:
        paths = data.draw(st.lists(st.sampled_from(sorted(self.model)), min_size=1, unique=True))
        ids = [self.model[path].document.id for path in paths]
        passage = make_batch(self.model[paths[0]].document).passages[0]
        words = self.library.segmenter.content_words(passage.text)
        by_words = self.library.lexical.search(WORDS, words, 50, ids)
        by_vector = self.library.vectors.search(vector_of(passage.text), 50, ids)
        search = HybridSearch(self.library, TextEncoder(), RetrievalSettings())  # type: ignore[arg-type]
        exactly = search.near(vector_of(passage.text), 50, ids)
        assert passage.id in by_words and passage.id in by_vector
        for found in (by_words, by_vector, exactly):
            assert {key.split(":")[0] for key in found} <= set(ids)
        assert len(exactly) == self.library.store.count(ids)
        assert next(iter(exactly.values())) > 0.999
        assert passage.id in {hit.passage.id for hit in search.hits(passage.text, 50, ids)}

    @invariant()
    def the_same_documents(self) -> None:
        stored = {entry.path: (entry.id, entry.title) for entry in self.library.store.entries()}
        assert stored == {path: (k.document.id, k.title) for path, k in self.model.items()}
        assert_whole(self.library)

    def teardown(self) -> None:
        self.library.close()


def test_the_library_behaves_as_a_dict(tmp_path: Path) -> None:
    machine = type("Here", (Twin,), {"home": tmp_path / "home"})
    run_state_machine_as_test(
        machine,
        settings=hypothesis_settings(
            max_examples=8,
            stateful_step_count=10,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
