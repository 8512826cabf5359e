"""Files entering the library: added, unchanged, updated, moved, duplicate, refused."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.printing import result_line
from errors import LibraryMismatch
from index.encoder import Encoder
from index.library import Library, manifest_of
from index.pipeline import Outcome, Result, encode, ingest, rebuild
from index.search import HybridSearch
from index.words import Segmenter
from ingest.split import split
from settings import Settings, SplitSettings
from tests.samples import make_document


@pytest.fixture
def library(settings: Settings, encoder: Encoder) -> Iterator[Library]:
    opened = open_library(settings, encoder)
    yield opened
    opened.close()


def open_library(settings: Settings, encoder: Encoder) -> Library:
    return Library(settings, manifest_of(settings, encoder.name, Segmenter(settings.dictionary)))


def test_the_life_of_a_file(
    settings: Settings, encoder: Encoder, library: Library, tmp_path: Path
) -> None:
    def run() -> list[tuple[str, Outcome]]:
        results = ingest([tmp_path / "in"], library, encoder, settings)
        return [(result.path.name, result.outcome) for result in results]

    folder = tmp_path / "in"
    folder.mkdir()
    report = folder / "report.txt"
    report.write_text("青湾港 2022 年吞吐量为 4100 万吨。", encoding="utf-8")
    assert run() == [("report.txt", Outcome.ADDED)]
    generation = library.store.generation()
    assert run() == [("report.txt", Outcome.UNCHANGED)]
    assert library.store.generation() == generation

    report.write_text("青湾港 2022 年吞吐量为 4200 万吨。", encoding="utf-8")
    assert run() == [("report.txt", Outcome.UPDATED)]
    report.rename(folder / "renamed.txt")
    assert run() == [("renamed.txt", Outcome.MOVED)]
    (folder / "twin.txt").write_bytes((folder / "renamed.txt").read_bytes())
    assert ("twin.txt", Outcome.DUPLICATE) in run()

    entries = library.store.entries()
    assert [Path(entry.path).name for entry in entries] == ["renamed.txt"]
    assert "4200" in library.store.document(entries[0].id).text


def test_content_that_left_all_files_leaves_the_library(
    settings: Settings, encoder: Encoder, library: Library, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    one, two = folder / "one.txt", folder / "two.txt"
    one.write_text("青湾港有 12 个泊位。", encoding="utf-8")
    two.write_text("白石港有 30 个泊位。", encoding="utf-8")
    list(ingest([folder], library, encoder, settings))
    two.write_bytes(one.read_bytes())
    outcomes = [result.outcome for result in ingest([folder], library, encoder, settings)]
    assert outcomes == [Outcome.UNCHANGED, Outcome.DUPLICATE]
    assert [Path(entry.path).name for entry in library.store.entries()] == ["one.txt"]
    one.unlink()  # the content now lies in two.txt alone
    assert [r.outcome for r in ingest([folder], library, encoder, settings)] == [Outcome.MOVED]
    assert [Path(entry.path).name for entry in library.store.entries()] == ["two.txt"]


def test_a_corrected_manifest_corrects_the_library(
    settings: Settings, encoder: Encoder, library: Library, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("青湾港有 12 个泊位。", encoding="utf-8")
    manifest = tmp_path / "manifest.csv"
    for title in ("旧题", "新题"):
        manifest.write_text(f"file,title,date\na.txt,{title},2023-05\n", encoding="utf-8")
        list(ingest([tmp_path], library, encoder, settings))
        (entry,) = library.store.entries()
        assert (entry.title, entry.date) == (title, "2023-05")
        assert library.store.document(entry.id).title == title


def test_new_domain_terms_need_no_encoding(
    settings: Settings, encoder: Encoder, library: Library, reports: Path, tmp_path: Path
) -> None:
    list(ingest([reports], library, encoder, settings))
    library.close()
    terms = tmp_path / "terms.txt"
    terms.write_text("北斗定位终端 1000 n\n", encoding="utf-8")
    changed = settings.model_copy(update={"dictionary": terms})
    other = open_library(changed, encoder)
    generation = other.store.generation()
    assert rebuild(other, encoder, changed) == 2
    other.check()
    assert other.store.generation() == generation
    assert other.lexical.search("words", ["北斗定位终端"], 5)
    other.close()


def test_a_bad_file_costs_a_line_and_nothing_else(
    settings: Settings, encoder: Encoder, library: Library, tmp_path: Path
) -> None:
    (tmp_path / "good.txt").write_text("青湾港有 12 个泊位。", encoding="utf-8")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    (tmp_path / "table.xyz").write_bytes(b"1,2")
    names = ["broken.pdf", "empty.txt", "good.txt", "table.xyz"]
    paths = [*(tmp_path / name for name in names), tmp_path / "missing.txt"]
    results = {result.path.name: result for result in ingest(paths, library, encoder, settings)}
    assert results.pop("good.txt").outcome is Outcome.ADDED
    assert set(results) == {"broken.pdf", "empty.txt", "table.xyz", "missing.txt"}
    assert all(refused(result) for result in results.values())
    assert len(library.store.entries()) == 1


def refused(result: Result) -> bool:
    return result.outcome is Outcome.REFUSED and bool(result.reason)


def test_progress_is_told_for_files_and_passages(
    settings: Settings, encoder: Encoder, library: Library, reports: Path
) -> None:
    files: list[tuple[str, int, int]] = []
    passages: list[tuple[int, int]] = []
    results = ingest(
        [reports],
        library,
        encoder,
        settings,
        lambda path, number, total: files.append((path.name, number, total)),
        lambda done, total: passages.append((done, total)),
    )
    counts = [result.passages for result in results]
    assert [(number, total) for _, number, total in files] == [(1, 2), (2, 2)]
    assert [total for done, total in passages if done == total] == [sum(counts)]


def test_other_split_settings_need_a_rebuild_and_get_one(
    settings: Settings, encoder: Encoder, library: Library, reports: Path
) -> None:
    list(ingest([reports], library, encoder, settings))
    before = library.store.count()
    library.close()
    finer = settings.model_copy(update={"split": SplitSettings(minimum=10, maximum=40)})
    other = open_library(finer, encoder)
    with pytest.raises(LibraryMismatch, match="docs rebuild"):
        list(ingest([reports], other, encoder, finer))
    assert rebuild(other, encoder, finer) == 2
    other.check()
    assert other.store.count() > before
    assert len(other.vectors) == len(other.lexical) == other.store.count()
    other.close()


def test_an_interrupted_rebuild_leaves_the_library_as_it_was(
    settings: Settings, encoder: Encoder, library: Library, reports: Path
) -> None:
    list(ingest([reports], library, encoder, settings))
    before = library.store.count()
    library.close()
    finer = settings.model_copy(update={"split": SplitSettings(minimum=10, maximum=40)})
    other = open_library(finer, encoder)

    def stop(path: Path, number: int, total: int) -> None:
        if number == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(other, encoder, finer, stop)
    with pytest.raises(LibraryMismatch, match="docs rebuild"):
        other.check()
    with_old_settings = open_library(settings, encoder)
    with_old_settings.check()
    assert with_old_settings.store.count() == len(with_old_settings.vectors) == before
    with_old_settings.close()
    assert rebuild(other, encoder, finer) == 2
    other.check()
    assert other.store.count() == len(other.vectors) > before
    assert not list(settings.home.glob("rebuild*"))
    other.close()


def test_questions_are_answered_while_documents_come_and_go(
    settings: Settings, encoder: Encoder, library: Library, reports: Path
) -> None:
    list(ingest([reports], library, encoder, settings))
    search = HybridSearch(library, encoder, settings.retrieval)
    extra = make_document("临江市有码头 9 座。", "extra.txt")
    batch = encode(split(extra, settings.split), encoder)

    def change(times: int) -> None:
        for _ in range(times):
            library.put(extra, batch)
            library.remove(extra.id)

    def ask(question: str) -> set[str]:
        return {hit.passage.text for _ in range(10) for hit in search.hits(question)[:1]}

    questions = ["公交车有多少辆？", "青湾市的数字企业有多少家？", "临江市的车位"] * 2
    with ThreadPoolExecutor() as pool:
        writer = pool.submit(change, 5)
        found = list(pool.map(ask, questions))
        writer.result()
    assert all(len(texts) == 1 for texts in found)
    assert "8600" in found[0].pop()


def test_pages_that_could_not_be_read_are_told_with_what_was_added() -> None:
    result = Result(Path("a.pdf"), Outcome.ADDED, "0", 17, "有 1 页只有图像。", "1 page(s).")
    assert result_line(result, english=False) == "✓ a.pdf  已导入（17 段）。有 1 页只有图像。"
    assert result_line(result, english=True) == "✓ a.pdf  added (17 passages). 1 page(s)."
