"""Files of the library that are damaged, gone, or somebody else's."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from errors import LibraryDamaged
from index.lexical import WORDS
from index.library import Library
from index.search import HybridSearch
from index.store import Store
from settings import RetrievalSettings, Settings
from tests.samples import make_batch, make_document, vector_of
from tests.test_library import MANIFEST, ROADS, WATER, assert_whole, put
from tests.test_library_machine import TextEncoder

FILES = (
    "lexical.generation",
    "lexical/*/meta.json",
    "lexical/*/.managed.json",
    "lexical/*/*.fast",
    "lexical/*/*.fieldnorm",
    "lexical/*/*.idx",
    "lexical/*/*.pos",
    "lexical/*/*.store",
    "lexical/*/*.term",
    "vectors.generation",
    "vectors/*/chroma.sqlite3",
    "vectors/*/*/data_level0.bin",
    "vectors/*/*/header.bin",
    "vectors/*/*/index_metadata.pickle",
    "vectors/*/*/length.bin",
    "vectors/*/*/link_lists.bin",
)
DAMAGES: dict[str, Callable[[bytes, bytes], bytes | None]] = {
    "empty": lambda own, other: b"",
    "half": lambda own, other: own[: len(own) // 2],
    "deleted": lambda own, other: None,
    "noise": lambda own, other: os.urandom(len(own)),
    "noise in the middle": lambda own, other: spoiled(own),
    "zeros": lambda own, other: bytes(len(own)),
    "another library's": lambda own, other: other,
}
LONG = "\n".join(f"临江市第 {number} 号码头全长 {number * 7} 米。" for number in range(45))
SHORT = "\n".join(f"海港区第 {number} 号仓库长 {number * 3} 米。" for number in range(30))


def spoiled(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + os.urandom(min(300, len(data) - middle)) + data[middle + 300 :]


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two libraries with other documents."""
    from settings import load_settings

    places = tmp_path_factory.mktemp("a"), tmp_path_factory.mktemp("b")
    for home, texts in zip(places, [(WATER, LONG), (ROADS, SHORT)], strict=True):
        library = Library(load_settings(environment={}, home=home), MANIFEST)
        put(library, *(make_document(text, f"{n}.txt") for n, text in enumerate(texts)))
        library.close()
    return places


def only(home: Path, pattern: str) -> Path:
    return sorted(home.glob(pattern))[0]


def test_the_files_that_are_tried_are_all_there_are(homes: tuple[Path, Path]) -> None:
    there = {path for path in homes[0].rglob("*") if path.is_file() and path.suffix != ".lock"}
    tried = {path for pattern in FILES for path in homes[0].glob(pattern)}
    assert {path.name for path in there - tried} == {"library.sqlite", "writer.json"}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("file", FILES)
def test_an_index_with_a_damaged_file_is_built_anew(
    settings: Settings, homes: tuple[Path, Path], file: str, damage: str
) -> None:
    shutil.copytree(homes[0], settings.home, copy_function=shutil.copy2)
    place, other = only(settings.home, file), only(homes[1], file)
    new = DAMAGES[damage](place.read_bytes(), other.read_bytes())
    if new is None:
        place.unlink()
    else:
        place.write_bytes(new)
    said: list[str] = []
    library = Library(settings, MANIFEST, lambda chinese, english: said.append(english))
    assert answers(library) == {WATER}
    assert_whole(library)
    name = file.partition("/")[0].removesuffix(".generation")
    assert [line for line in said if "anew" in line] == [line for line in said if name in line]
    assert len(said) <= 1
    library.close()
    library = Library(settings, MANIFEST, lambda chinese, english: said.append(english))
    before = list(said)
    assert_whole(library)
    assert said == before  # once is enough
    library.close()


def answers(library: Library) -> set[str]:
    search = HybridSearch(library, TextEncoder(), RetrievalSettings())  # type: ignore[arg-type]
    hits = search.hits("青湾市的供水管网全长多少公里？")
    return {hit.passage.text for hit in hits[:1]}


def test_an_undamaged_copy_is_taken_as_it_is(settings: Settings, homes: tuple[Path, Path]) -> None:
    shutil.copytree(homes[0], settings.home, copy_function=shutil.copy2)
    said: list[str] = []
    library = Library(settings, MANIFEST, lambda chinese, english: said.append(english))
    assert_whole(library)
    assert said == []
    library.close()


def test_an_index_that_fails_while_it_is_asked_is_built_anew(
    settings: Settings, homes: tuple[Path, Path]
) -> None:
    shutil.copytree(homes[0], settings.home, copy_function=shutil.copy2)
    library = Library(settings, MANIFEST)
    library.catch_up()
    for file in settings.home.glob("vectors/*/chroma.sqlite3"):
        file.write_bytes(os.urandom(file.stat().st_size))
    assert answers(library) == {WATER}
    library.close()


STORE_DAMAGES: dict[str, Callable[[bytes, bytes], bytes | None]] = {
    **{name: DAMAGES[name] for name in ("empty", "half", "deleted", "noise", "zeros")},
    "noise after the first page": lambda own, other: own[:4096] + os.urandom(len(own) - 4096),
}


@pytest.mark.parametrize("damage", STORE_DAMAGES)
def test_a_damaged_store_is_named_and_left_alone(
    settings: Settings, homes: tuple[Path, Path], damage: str
) -> None:
    shutil.copytree(homes[0], settings.home, copy_function=shutil.copy2)
    file = settings.home / "library.sqlite"
    new = STORE_DAMAGES[damage](file.read_bytes(), b"")
    if new is None:
        file.unlink()
    else:
        file.write_bytes(new)
    with pytest.raises(LibraryDamaged, match=r"library\.sqlite.*备份") as raised:
        Library(settings, MANIFEST)
    assert "restore a backup" in raised.value.english
    assert (file.read_bytes() if file.exists() else None) == new
    assert sorted(settings.home.glob("*/*/chroma.sqlite3"))


def test_a_store_of_many_megabytes_is_looked_through_on_demand(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.schema.CHECKED_BYTES", 0)
    file = settings.home / "library.sqlite"
    library = Library(settings, MANIFEST)
    put(library, make_document(LONG, "long.txt"))
    library.close()
    store = Store(file)
    store.check()
    store.close()
    data = bytearray(file.read_bytes())
    data[-8192:] = os.urandom(8192)
    file.write_bytes(data)
    with pytest.raises(LibraryDamaged):
        Store(file).check()


def test_vectors_that_lost_their_way_are_mended(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index whose vectors are not the store's any more: what Chroma's issue 7758 looks like."""
    library = Library(settings, MANIFEST)
    document = make_document(LONG, "long.txt")
    put(library, document)
    batch = make_batch(document)
    astray = batch._replace(vectors=-batch.vectors[::-1])
    library.vectors._enter(astray)
    assert library.vectors.missing(batch) > len(batch.passages) // 2
    put(library, make_document(ROADS, "roads.txt"))  # the next change looks, and finds it out
    assert library.vectors.missing(batch) == 0
    assert_whole(library)
    library.close()


def test_a_few_lost_vectors_cost_no_new_index(settings: Settings) -> None:
    library = Library(settings, MANIFEST)
    document = make_document(LONG, "long.txt")
    put(library, document)
    batch = make_batch(document)
    library.vectors._enter(batch._replace(passages=batch.passages[:3], vectors=-batch.vectors[:3]))
    said: list[str] = []
    library._vectors._announce = lambda chinese, english: said.append(english)
    put(library, make_document(ROADS, "roads.txt"))
    assert said == []
    assert_whole(library)
    assert library.lexical.search(WORDS, ["码头"], 3)
    assert next(iter(library.vectors.search(vector_of(batch.passages[0].text), 1).values())) > 0.99
    library.close()
