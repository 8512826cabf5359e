import hashlib
import io
import pickle
import zipfile
from dataclasses import replace
from itertools import accumulate, pairwise
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from errors import CorruptFile, EmptyFile, EncryptedFile, FileRefused, OversizedFile, UnknownFormat
from ingest.draft import Draft
from ingest.noise.controls import CONTROL, without_controls
from ingest.reading import OLE_ENCRYPTED, OLE_MAGIC, read_document, unread_pages
from ingest.source_text import SourceText
from records import Heading, Span
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
        *(
            (f"a.{kind}", (DOCUMENTS / f"encrypted.{kind}").read_bytes(), EncryptedFile, "密码")
            for kind in ("docx", "pptx", "xlsx")
        ),
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


@pytest.mark.parametrize(
    ("name", "data"), [("a.pdf", REPORT[:2000]), ("a.docx", word_file("甲")[:500])]
)
def test_damage_is_told_in_plain_words_and_what_a_library_said_by_its_kind_alone(
    name: str, data: bytes, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(CorruptFile) as caught:
        read_document(tmp_path / name, SETTINGS)
    refused = pickle.loads(pickle.dumps(caught.value))  # as it comes from the process that reads
    assert not any(each.isascii() and each.isalpha() for each in str(refused))
    assert refused.fault == type(caught.value.__cause__).__name__
    assert refused.fault not in refused.english == caught.value.english


@pytest.mark.parametrize(
    ("ocr", "available", "words"),
    [
        (True, False, "pip install"),
        (True, True, "没有认出文字"),
        (False, True, r"ingest\.ocr"),
        (False, False, r"ingest\.ocr"),
    ],
)
def test_a_pdf_without_text_tells_what_would_help(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ocr: bool, available: bool, words: str
) -> None:
    path = tmp_path / "空白.pdf"
    canvas = Canvas(str(path))
    canvas.showPage()
    canvas.save()
    monkeypatch.setattr("ingest.pdf.recognition.available", lambda: available)
    with pytest.raises(EmptyFile, match=words):
        read_document(path, IngestSettings(ocr=ocr))


def test_a_pdf_that_only_its_owner_may_change_is_read(tmp_path: Path) -> None:
    path = tmp_path / "限制.pdf"
    encrypted = StandardEncryption("", ownerPassword="geheim", canPrint=0, canCopy=0)
    canvas = Canvas(str(path), encrypt=encrypted)
    canvas.drawString(72, 700, "Investment rose to 42.5.")
    canvas.save()
    assert "42.5" in read_document(path, SETTINGS).text


def half_scanned(path: Path) -> None:
    """Three pages: text, an image, nothing at all."""
    canvas = Canvas(str(path))
    canvas.drawString(72, 700, "Investment rose to 42.5 in the second year.")
    canvas.showPage()
    canvas.drawInlineImage(Image.new("L", (20, 20), 128), 72, 500, 200, 200)
    canvas.showPage()
    canvas.showPage()
    canvas.save()


@pytest.mark.parametrize(
    ("ocr", "available", "words"),
    [(True, False, "pip install"), (True, True, "没有认出文字"), (False, True, "ingest.ocr")],
)
def test_pages_that_are_only_an_image_are_told_and_the_others_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ocr: bool, available: bool, words: str
) -> None:
    path = tmp_path / "半扫描.pdf"
    half_scanned(path)
    monkeypatch.setattr("ingest.pdf.recognition.available", lambda: available)
    monkeypatch.setattr("ingest.pdf.recognition.recognised", lambda *_: None)
    document = read_document(path, IngestSettings(ocr=ocr))
    assert "42.5" in document.text and document.unread == (2,) and len(document.pages) == 3
    chinese, english = unread_pages(document, ocr)
    assert "有 1 页只有图像" in chinese and "第 2 页" in chinese and words in chinese
    assert "1 page(s)" in english and document.id in chinese and document.id in english
    assert unread_pages(replace(document, unread=()), ocr) == ("", "")
    many = unread_pages(replace(document, unread=tuple(range(1, 31))), ocr)[0]
    assert "有 30 页" in many and "、10 页等" in many


def test_an_image_without_text_costs_the_other_pages_nothing(tmp_path: Path) -> None:
    pytest.importorskip("rapidocr")
    path = tmp_path / "半扫描.pdf"
    half_scanned(path)
    document = read_document(path, SETTINGS)
    assert "42.5" in document.text and document.unread == (2,)


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


def test_a_manifest_that_cannot_be_read_refuses_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(SENTENCE, encoding="utf-8")
    (tmp_path / "manifest.csv").write_bytes(b"file,sha256\na.txt,\xff\n")
    with pytest.raises(CorruptFile, match="读不了清单"):
        read_document(path, SETTINGS)
    sha256 = hashlib.sha256(b"other").hexdigest()
    (tmp_path / "manifest.csv").write_text(f"file,sha256\na.txt,{sha256}\n", encoding="utf-8")
    with pytest.raises(CorruptFile, match="文件与清单不符"):
        read_document(path, SETTINGS)


@pytest.mark.parametrize("name", ["a\udcb1.txt", "a\x1b.txt", "长" * 300 + ".txt"])
def test_an_unusable_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileRefused) as caught:
        read_document(tmp_path / name, SETTINGS)
    assert str(caught.value).encode() and "\x1b" not in str(caught.value)


CONTROLS = "\x02\x1b\x9b"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "一、概\x1b况\n城市里\x1b[31m的灯\x02亮了。\x1a"),
        ("a.txt", "一、概\x9b况\n城市里[31m的灯亮了。\x1b"),
        ("a.md", "# 概\x1b况\n\n城市里\x1b[31m的灯\x02亮了。\n\n|甲\x02|乙|\n|--|--|\n|1\x9b|2|\n"),
        (
            "a.html",
            "<title>概\x1b况</title><h1>概\x02况</h1><p>城市里\x1b[31m的灯亮了。"
            "<h2>\x02</h2><table><tr><td>甲\x9b<td>乙<tr><td>1<td>2</table>",
        ),
    ],
)
def test_control_characters_go_and_every_span_follows(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    document = read_document(path, SETTINGS)
    assert "城市里[31m的灯亮了。" in document.text
    assert not any((c < " " and c not in "\t\n") or "\x7f" <= c <= "\x9f" for c in document.text)
    assert [heading.span.of(document.text).strip("一、") for heading in document.outline] == [
        "概况"
    ]
    assert document.title == ("a" if name == "a.txt" else "概况")
    for table in document.tables:
        cells = [[cell.of(document.text) for cell in row] for row in table.rows]
        assert cells == [["甲", "乙"], ["1", "2"]]
    assert [document.raw[at] for at in document.origins if document.raw[at] in CONTROLS] == []


def test_c1_controls_go_from_word_files(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(word_file("城市里\x9b31m的灯\x85亮了。"))
    assert read_document(path, SETTINGS).text == "城市里31m的灯 亮了。"


@given(
    st.lists(
        st.text(st.sampled_from("甲乙 1\x02\x0c\x1b\x85\x9b\r"), max_size=6), min_size=1, max_size=8
    ),
    st.lists(st.integers(0, 7)),
)
def test_removing_controls_keeps_the_invariants(lines: list[str], headings: list[int]) -> None:
    text = "\n".join(lines)
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    spans = [
        Span(starts[at], starts[at] + len(lines[at]))
        for at in sorted(set(headings))
        if at < len(lines) and lines[at]
    ]
    draft = Draft(SourceText.of(text), outline=tuple(Heading(1, span) for span in spans))
    cleaned = without_controls(draft)
    source = cleaned.source
    assert not CONTROL.search(source.text)
    assert all(a < b for a, b in pairwise(source.origins))
    for character, origin in zip(source.text, source.origins, strict=True):
        assert character == text[origin] or (character == " " and text[origin].isspace())
    expected = [CONTROL.sub(lambda c: " " if c[0].isspace() else "", s.of(text)) for s in spans]
    assert [h.span.of(source.text) for h in cleaned.outline] == [e for e in expected if e]


def test_publisher_and_date_stand_on_the_cover(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    body = "各地推进数字城市建设，投资平稳。" * 5
    path.write_text(
        f"# 青湾市年报\n\n青湾市统计局\n\n2023年4月\n\n## 一、投资\n\n{body}\n", "utf-8"
    )
    document = read_document(path, IngestSettings())
    assert (document.publisher, document.date) == ("青湾市统计局", "2023年4月")
    path.write_text(
        f"# 青湾市年报\n\n## 一、投资\n\n青湾市统计局\n\n2023年4月\n\n{body}\n", "utf-8"
    )
    document = read_document(path, IngestSettings())
    assert (document.publisher, document.date) == ("", "")
