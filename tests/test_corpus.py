"""The digest in corpus/: its manifest, the shape of its files, and the facts they must hold."""

from __future__ import annotations

import csv
import hashlib
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pypdfium2
import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
PDF = "数字城市产业投资与格局.pdf"
DOCX = "数据要素流通与公共数据授权运营.docx"
MARKDOWN = "数字城市基础设施、应用运营与安全.md"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


MANIFEST = _rows(CORPUS / "manifest.csv")
FACTS = _rows(Path(__file__).with_name("corpus_facts.csv"))


@cache
def _pdf_pages() -> tuple[str, ...]:
    with pypdfium2.PdfDocument(CORPUS / PDF) as pdf:
        return tuple(page.get_textpage().get_text_range() for page in pdf)


@cache
def _docx_footnotes() -> tuple[str, ...]:
    relations = Document(str(CORPUS / DOCX)).part.rels.values()
    part = next(item.target_part for item in relations if item.reltype.endswith("/footnotes"))
    notes = etree.fromstring(part.blob).findall(qn("w:footnote"))
    return tuple("".join(note.itertext()) for note in notes if note.get(qn("w:type")) is None)


def _text(file: str) -> str:
    if file == PDF:
        return "\n".join(_pdf_pages())
    if file == DOCX:
        body = Document(str(CORPUS / DOCX)).element.body
        return "".join(node.text or "" for node in body.iter(qn("w:t"))) + "".join(
            _docx_footnotes()
        )
    return (CORPUS / file).read_text(encoding="utf-8")


@cache
def _squeezed(file: str) -> str:
    return re.sub(r"\s", "", _text(file))


def test_manifest_lists_exactly_the_documents() -> None:
    documents = {
        path.name
        for path in CORPUS.iterdir()
        if path.is_file()
        and not path.name.startswith(("_", ".", "README"))
        and path.name != "manifest.csv"
    }
    assert [row["file"] for row in MANIFEST] == [PDF, DOCX, MARKDOWN]
    assert documents == {PDF, DOCX, MARKDOWN}


@pytest.mark.parametrize("row", MANIFEST, ids=lambda row: row["file"])
def test_manifest_row_is_complete_and_true(row: dict[str, str]) -> None:
    assert list(row) == ["file", "title", "publisher", "date", "source", "licence", "sha256"]
    assert all(value.strip() for value in row.values())
    assert row["title"] in _text(row["file"])
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", row["date"])
    assert hashlib.sha256((CORPUS / row["file"]).read_bytes()).hexdigest() == row["sha256"]


def test_documents_name_their_source() -> None:
    for file in (PDF, DOCX, MARKDOWN):
        for part in ("中国信息通信研究院", "《数字城市产业研究报告（2023年）》", "2024年3月"):
            assert part in _squeezed(file)


def test_pdf_pages_carry_header_and_number() -> None:
    pages = _pdf_pages()
    assert 4 <= len(pages) <= 7
    for number, page in enumerate(pages, start=1):
        lines = [line.strip() for line in page.strip().splitlines()]
        assert lines[0] == "数字城市产业投资与格局 有据项目摘编"
        assert lines[-1] == f"第 {number} 页，共 {len(pages)} 页"


def test_pdf_table_crosses_a_page_and_repeats_its_header() -> None:
    header = "地区 政策名称 主要内容"
    pages = [number for number, page in enumerate(_pdf_pages()) if header in page]
    assert len(pages) == 2
    first, second = pages
    assert second == first + 1
    assert "表 5 各地数商发展政策" in _pdf_pages()[first]
    assert "浦东数商云港" in _pdf_pages()[first]
    assert "数据要素领军企业" in _pdf_pages()[second]


def test_pdf_chart_labels_agree_with_its_table() -> None:
    page = next(page for page in _pdf_pages() if "图 2 " in page)
    chart, table = page.split("图 2 2016", maxsplit=1)
    labels = re.findall(r"(\d\.\d)\s+(20\d\d) 年", chart)
    (years,) = re.findall(r"年份 ([\d ]+)", table)
    (values,) = re.findall(r"投资规模（万亿元） ([\d. ]+)", table)
    assert labels == list(zip(values.split(), years.split(), strict=True))
    assert len(labels) == 7


def test_docx_has_headings_tables_and_footnotes() -> None:
    document = Document(str(CORPUS / DOCX))
    styles = [paragraph.style.name for paragraph in document.paragraphs if paragraph.style]
    assert styles.count("Title") == 1
    assert styles.count("Heading 1") == 5
    assert styles.count("Heading 2") >= 10
    assert styles.count("Caption") == len(document.tables) == 3
    marks = document.element.body.iter(qn("w:footnoteReference"))
    assert [mark.get(qn("w:id")) for mark in marks] == ["1", "2", "3"]
    assert len(_docx_footnotes()) == 3


def test_digits_and_characters_are_spaced_alike() -> None:
    for file in (PDF, DOCX, MARKDOWN):
        text = re.sub(r"《[^》]*》|^\d(?=[一-鿿《])", "", _text(file), flags=re.MULTILINE)
        assert re.findall(r"[一-鿿][0-9]+[^\S\n]*[一-鿿]|[0-9][一-鿿]", text) == []


def test_fact_list_is_long_and_without_repeats() -> None:
    pairs = [(row["document"], row["phrase"]) for row in FACTS]
    assert len(pairs) == len(set(pairs)) >= 200
    assert {document for document, _ in pairs} == {PDF, DOCX, MARKDOWN}


@pytest.mark.parametrize("file", [PDF, DOCX, MARKDOWN])
def test_every_fact_stands_in_its_document(file: str) -> None:
    phrases = [row["phrase"] for row in FACTS if row["document"] == file]
    missing = [phrase for phrase in phrases if re.sub(r"\s", "", phrase) not in _squeezed(file)]
    assert missing == []


def test_check_notices_a_changed_document(tmp_path: Path) -> None:
    pytest.importorskip("typst")
    copy = tmp_path / "corpus"
    shutil.copytree(CORPUS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, str(copy / "_sources" / "build.py"), "--check"]
    assert subprocess.run(command, check=False).returncode == 0
    with (copy / MARKDOWN).open("a", encoding="utf-8") as file:
        file.write("x")
    changed = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")
    assert changed.returncode == 1
    assert MARKDOWN in changed.stdout
