import hashlib
import io
import zipfile
from pathlib import Path

import docx
import pytest

from errors import CorruptFile, EmptyFile, EncryptedFile, FileRefused, OversizedFile, UnknownFormat
from ingest.reading import OLE_ENCRYPTED, OLE_MAGIC, read_document
from settings import IngestSettings

DOCUMENTS = Path(__file__).parent / "documents"
SETTINGS = IngestSettings()
SENTENCE = "据测算，2022年示例市的产业投资规模达到1.8万亿元。"


def word_file(text: str) -> bytes:
    document = docx.Document()
    document.add_paragraph(text)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", SENTENCE.encode("gb18030")),
        ("a.txt", SENTENCE.encode("utf-16")),
        ("a.md", f"# 题\n\n{SENTENCE}".encode()),
        ("a.HTML", f"<p>{SENTENCE}</p>".encode()),
        ("a.docx", word_file(SENTENCE)),
        ("a.pdf", (DOCUMENTS / "report.pdf").read_bytes()),
    ],
)
def test_every_format_becomes_a_document(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    document = read_document(path, SETTINGS)
    assert SENTENCE[:-1] in document.text
    assert document.path == str(path.resolve())
    assert document.sha256 == hashlib.sha256(data).hexdigest()
    assert document.id == document.sha256[:12]
    assert len(document.origins) == len(document.text)
    assert all(a < b for a, b in zip(document.origins, document.origins[1:], strict=False))


def test_title_is_the_manifests_then_the_files_then_the_name(tmp_path: Path) -> None:
    path = tmp_path / "文件名.md"
    path.write_text("正文。", encoding="utf-8")
    assert read_document(path, SETTINGS).title == "文件名"
    path.write_text("# 自己的题目\n\n正文。", encoding="utf-8")
    assert read_document(path, SETTINGS).title == "自己的题目"
    line = "file,title,publisher,date\n文件名.md,清单的题目,某院,2024\n"
    (tmp_path / "manifest.csv").write_text(line, encoding="utf-8")
    document = read_document(path, SETTINGS)
    assert (document.title, document.publisher, document.date) == ("清单的题目", "某院", "2024")


def bomb() -> bytes:
    stream = io.BytesIO(word_file("炸弹"))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/zeros.xml", bytes(20_000_000))
    return stream.getvalue()


REPORT = (DOCUMENTS / "report.pdf").read_bytes()


@pytest.mark.parametrize(
    ("name", "data", "error", "words"),
    [
        ("a.txt", b"", EmptyFile, "0 字节"),
        ("a.txt", b" \n \n", EmptyFile, "没有可读的文字"),
        ("scan.pdf", (DOCUMENTS / "scan.pdf").read_bytes(), EmptyFile, "扫描件"),
        ("a.doc", b"text", UnknownFormat, "另存为 .docx"),
        ("a.xyz", b"text", UnknownFormat, ".xyz"),
        ("a.pdf", (DOCUMENTS / "encrypted.pdf").read_bytes(), EncryptedFile, "密码"),
        ("a.docx", OLE_MAGIC + bytes(600) + OLE_ENCRYPTED, EncryptedFile, "密码"),
        ("a.docx", OLE_MAGIC + bytes(600), CorruptFile, "Office 97-2003"),
        ("a.pdf", REPORT[:2000], CorruptFile, "损坏"),
        ("a.pdf", word_file("甲"), CorruptFile, "ZIP"),
        ("a.pdf", "不是 PDF".encode(), CorruptFile, "开头是"),
        ("a.docx", word_file("甲")[:500], CorruptFile, "损坏"),
        ("a.docx", REPORT, CorruptFile, "像是 PDF"),
        ("a.txt", REPORT, CorruptFile, "像是 PDF"),
        ("a.docx", bomb(), OversizedFile, "压缩比"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(
    tmp_path: Path, name: str, data: bytes, error: type[FileRefused], words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(error) as caught:
        read_document(path, SETTINGS)
    assert type(caught.value) is error
    assert words in str(caught.value)
    assert caught.value.english.isascii() or "…" in caught.value.english


def test_limits_are_those_of_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(REPORT)
    with pytest.raises(OversizedFile, match="4 页，超过上限 3 页"):
        read_document(path, IngestSettings(max_pages=3))
    with pytest.raises(OversizedFile, match=r"超过上限 0\.01 MB"):
        read_document(path, IngestSettings(max_file_megabytes=0.01))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="找不到文件"):
        read_document(tmp_path / "没有.txt", SETTINGS)
