import hashlib
from pathlib import Path
from time import process_time

import pytest

from errors import CorruptFile
from ingest.manifest import Entry, manifest_entry

HEADER = "file,title,publisher,date,source,licence,sha256\n"


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "报告.txt"
    path.write_text("正文", encoding="utf-8")
    return path


def manifest(document: Path, text: str, encoding: str = "utf-8") -> None:
    (document.parent / "manifest.csv").write_text(text, encoding=encoding)


def test_no_manifest_and_no_line_give_none(document: Path) -> None:
    assert manifest_entry(document) is None
    manifest(document, HEADER + "别的.txt,甲,,,,,\n")
    assert manifest_entry(document) is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_line_is_read(document: Path, encoding: str) -> None:
    sha256 = hashlib.sha256("正文".encode()).hexdigest()
    line = f'报告.txt,"题目，带逗号,的",院,2024-03,https://example.org,CC BY 4.0,{sha256.upper()}\n'
    manifest(document, HEADER + line, encoding)
    assert manifest_entry(document) == Entry(
        file="报告.txt",
        title="题目，带逗号,的",
        publisher="院",
        date="2024-03",
        source="https://example.org",
        licence="CC BY 4.0",
        sha256=sha256.upper(),
    )


def test_all_columns_but_file_are_optional(document: Path) -> None:
    manifest(document, "备注,file\n无,报告.txt\n")
    assert manifest_entry(document) == Entry("报告.txt")


def test_the_first_of_two_lines_counts_and_controls_go(document: Path) -> None:
    manifest(document, "file,title\n报告.txt,甲\x1b[31m乙\n报告.txt,丙\n")
    assert manifest_entry(document) == Entry("报告.txt", "甲[31m乙")


def test_a_changed_manifest_is_read_anew(document: Path) -> None:
    manifest(document, "file,title\n报告.txt,甲\n")
    assert manifest_entry(document) == Entry("报告.txt", "甲")
    manifest(document, "file,title\n报告.txt,甲乙\n")
    assert manifest_entry(document) == Entry("报告.txt", "甲乙")


def test_a_manifest_is_parsed_once_for_all_its_files(tmp_path: Path) -> None:
    lines = "".join(f"{number}.txt,题目 {number}\n" for number in range(2000))
    (tmp_path / "manifest.csv").write_text("file,title\n" + lines, encoding="utf-8")
    before = process_time()
    for number in range(2000):
        assert manifest_entry(tmp_path / f"{number}.txt") == Entry(
            f"{number}.txt", f"题目 {number}"
        )
    assert process_time() - before < 3  # parsed for each file: a minute


def test_a_changed_file_is_refused(document: Path) -> None:
    manifest(document, HEADER + f"报告.txt,,,,,,{'0' * 64}\n")
    found = hashlib.sha256(document.read_bytes()).hexdigest()
    with pytest.raises(CorruptFile, match=r"文件与清单不符.*000000000000") as caught:
        manifest_entry(document, found)
    assert "update its sha256" in caught.value.english
    manifest(document, HEADER + f"报告.txt,甲,,,,,{found.upper()}\n")
    entry = manifest_entry(document, found)
    assert entry is not None and entry.title == "甲"


def test_a_manifest_without_the_column_or_not_in_utf8_is_refused(document: Path) -> None:
    manifest(document, "name,title\n报告.txt,甲\n")
    with pytest.raises(CorruptFile, match="没有 file 一列"):
        manifest_entry(document)
    manifest(document, HEADER + "报告.txt,甲,,,,,\n", "gb18030")
    with pytest.raises(CorruptFile, match="UTF-8"):
        manifest_entry(document)
