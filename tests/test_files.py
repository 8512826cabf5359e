import os
from pathlib import Path

import pytest

from errors import FileRefused, UnknownFormat
from ingest.files import find_files


def write(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("正文", encoding="utf-8")
    return path


def test_folders_are_walked_and_files_sorted(tmp_path: Path) -> None:
    expected = [write(tmp_path / name) for name in ("a.txt", "b/c.md", "b/d/e.PDF", "z.html")]
    found = find_files([tmp_path])
    assert found.files == tuple(path.resolve() for path in expected)
    assert found.refused == ()


@pytest.mark.parametrize(
    "name", [".git/x.txt", ".hidden.txt", "_sources/x.md", "_x.txt", "README.md", "manifest.csv"]
)
def test_what_is_no_document_is_left_out_of_folders(tmp_path: Path, name: str) -> None:
    write(tmp_path / name)
    found = find_files([tmp_path])
    assert found.files == ()
    assert found.refused == ()


def test_a_named_file_is_never_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / "README.md")
    assert find_files([path]).files == (path,)


def test_the_same_file_named_twice_appears_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt")
    assert find_files([path, tmp_path, tmp_path / "." / "a.txt"]).files == (path,)


def test_unknown_kinds_are_reported_with_what_to_do(tmp_path: Path) -> None:
    old, strange = write(tmp_path / "old.doc"), write(tmp_path / "data.bin")
    refused = dict(find_files([tmp_path]).refused)
    assert set(refused) == {old, strange}
    assert all(isinstance(reason, UnknownFormat) for reason in refused.values())
    assert "另存为 .docx" in str(refused[old]) and ".docx" in refused[old].english
    assert ".bin" in str(refused[strange]) and ".pdf" in str(refused[strange])


def test_a_missing_path_is_reported_and_the_rest_goes_on(tmp_path: Path) -> None:
    path, missing = write(tmp_path / "a.txt"), tmp_path / "没有.txt"
    found = find_files([missing, path])
    assert found.files == (path,)
    ((where, reason),) = found.refused
    assert where == missing and isinstance(reason, FileRefused) and str(missing) in str(reason)


def test_links_that_lead_out_are_not_followed(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside" / "x.txt")
    inside = write(tmp_path / "corpus" / "a.txt")
    (tmp_path / "corpus" / "out.txt").symlink_to(outside)
    (tmp_path / "corpus" / "loop").symlink_to(tmp_path / "corpus")
    (tmp_path / "corpus" / "same.txt").symlink_to(inside)
    found = find_files([tmp_path / "corpus"])
    assert found.files == (inside,)
    assert found.refused == ()


def test_a_name_that_is_not_utf_8_is_refused_and_shown(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    foreign = os.fsencode(tmp_path) + b"/" + "报告.txt".encode("gb18030")
    Path(os.fsdecode(foreign)).write_bytes("正文".encode())
    for start in (tmp_path, Path(os.fsdecode(foreign))):
        ((where, reason),) = find_files([start]).refused
        assert str(where).encode() and "\\udcb1\\udca8" in str(where)
        assert str(where) in str(reason) and "改名" in str(reason)
        assert str(where) in reason.english and "Rename" in reason.english
    assert find_files([tmp_path]).files == (tmp_path / "a.txt",)


def test_a_name_with_control_characters_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "a\x1b[31m.txt")
    ((where, reason),) = find_files([tmp_path]).refused
    assert where.name == "a\\x1b[31m.txt"
    assert "\x1b" not in str(reason) + reason.english


def test_what_the_file_system_rejects_is_refused(tmp_path: Path) -> None:
    loop = tmp_path / "loop.txt"
    loop.symlink_to(loop)
    for path in (loop, tmp_path / ("长" * 300 + ".txt")):
        ((_, reason),) = find_files([path]).refused
        assert "找不到文件" in str(reason)
