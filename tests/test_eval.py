"""The audit and the weights' grid, on hand-worked cases and a real library."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import docx
import pytest

from app.assistant import Assistant
from app.contract import answer_row, citation_row
from app.questions import Question
from eval import audit
from eval.weights import depth, grid
from index.encoder import Encoder
from index.pipeline import ingest
from ingest.split import split
from records import Citation, Document, Passage, Status
from settings import CHECKOUT, load_settings
from tests.samples import INVESTMENT, TRANSPORT, make_document

TEXT = "甲有 3 座桥。乙有 5 座桥。丙有 7 座桥。"
GOLD = Question(
    "q", "桥？", evidence=("甲有 3", "丙有 7"), alternatives=("乙有 5",), answerable=True
)


def test_the_grid_holds_all_weights_that_sum_to_one() -> None:
    weights = list(grid(0.25))
    assert len(weights) == len(set(weights)) == 15  # (4 + 2 choose 2)
    assert all(sum(each) == pytest.approx(1) and min(each) >= 0 for each in weights)


def test_depth_counts_the_hits_that_are_needed() -> None:
    document = make_document(TEXT)
    ids = [f"{document.id}:{start}-{start + 8}" for start in (0, 8, 16)]
    assert depth(GOLD, [ids[0], ids[2], ids[1]], [document], 10) == 2
    assert depth(GOLD, [ids[1]], [document], 10) == 1
    assert depth(GOLD, [ids[0]], [document], 10) == 11


def test_the_audit_passes_the_true_and_finds_the_forged(
    assistant: Assistant, tmp_path: Path
) -> None:
    def run(row: dict[str, Any]) -> subprocess.CompletedProcess[str]:
        file = tmp_path / "answers.jsonl"
        file.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
        command = [sys.executable, "-m", "eval.audit", str(file), str(assistant.settings.home)]
        return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True)

    row = answer_row(assistant.ask("公交车有多少辆？"), "q") | {"question": "甲\u2028乙"}
    assert run(row).returncode == 0
    row["citations"][0]["start"] += 1
    forged = run(row)
    assert forged.returncode == 1
    assert "differs" in forged.stdout


HTML = """<!DOCTYPE html><html><head><title>港口</title><script>"99 座"</script></head><body>
<h1>港口年报</h1>
<p>2022 年，A&amp;B 港的<b>吞</b>吐量为 1<i>.</i>8 亿吨<sup>1</sup>，增长 7.5%。</p>
<table><tr><th>港<th>泊位<tr><td>南港<td>35<tr><td>北港<td>47</table></body></html>"""


def write_docx(path: Path) -> None:
    document = docx.Document()
    document.add_heading("桥梁年报", 1)
    paragraph = document.add_paragraph("2022 年，全省新建")
    paragraph.add_run(" 35 座桥").bold = True
    paragraph.add_run("2").font.superscript = True
    paragraph.add_run("，投资 1.8 亿元。")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ["市", "桥", "白石市", "47"], strict=True):
        cell.text = text
    document.save(str(path))


@pytest.fixture(scope="module")
def audited(
    encoder: Encoder, no_settings: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[list[dict[str, Any]], Path]]:
    """A library of one file of each format: every passage as a citation, and the database."""
    folder, home = tmp_path_factory.mktemp("formats"), tmp_path_factory.mktemp("home")
    shutil.copy(CHECKOUT / "tests" / "documents" / "report.pdf", folder)
    write_docx(folder / "桥.docx")
    (folder / "港.html").write_text(HTML, encoding="utf-8")
    (folder / "投资.md").write_text(INVESTMENT, encoding="utf-8")
    (folder / "交通.txt").write_text(TRANSPORT, encoding="gb18030")
    ready = Assistant(load_settings(no_settings, environment={}, home=home))
    results = list(ingest([folder], ready.library, encoder, ready.settings))
    assert [(r.outcome, r.reason) for r in results if r.outcome != "added"] == []
    database = home / "library.sqlite"
    rows: dict[str, tuple[list[dict[str, Any]], Path]] = {}
    for entry in ready.library.store.entries():
        document = ready.document(entry.id)
        passages = split(document, ready.settings.split)
        citations = [citation_row(whole(document, passage)) for passage in passages]
        rows[Path(entry.path).suffix] = citations, database
    ready.close()
    return rows


def whole(document: Document, passage: Passage) -> Citation:
    page = document.page_of(passage.span.start)
    return Citation(
        1, document.id, "", "", page, (), passage.text, passage.span, status=Status.VERBATIM
    )


def copy_of(file: Path) -> sqlite3.Connection:
    memory = sqlite3.connect(":memory:")
    with closing(sqlite3.connect(file)) as database:
        database.backup(memory)
    return memory


FORMATS = [".pdf", ".docx", ".html", ".md", ".txt"]


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("poppler", [True, False])
def test_the_audit_passes_every_passage_of_every_format(
    audited: dict[str, tuple[list[dict[str, Any]], Path]],
    suffix: str,
    poppler: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not poppler:
        monkeypatch.setattr(shutil, "which", lambda name: None)
    audit._pdf.cache_clear()
    audit._readings.cache_clear()
    citations, file = audited[suffix]
    database = copy_of(file)
    assert citations
    for citation in citations:
        assert audit.faults(citation, database) == []


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_audit_finds_a_digit_forged_in_quote_and_library(
    audited: dict[str, tuple[list[dict[str, Any]], Path]], suffix: str
) -> None:
    citations, file = audited[suffix]
    database = copy_of(file)
    citation = next(c for c in citations if "2022" in c["quote"])
    database.execute("UPDATE documents SET text = replace(text, '2022', '2027')")
    database.execute("UPDATE documents SET raw = replace(raw, '2022', '2027')")
    forged = citation | {"quote": citation["quote"].replace("2022", "2027")}
    found = audit.faults(forged, database)
    assert any("does not say" in fault or "is not the file" in fault for fault in found)


def test_the_audit_finds_a_wrong_page_and_a_changed_file(
    audited: dict[str, tuple[list[dict[str, Any]], Path]], tmp_path: Path
) -> None:
    citations, file = audited[".pdf"]
    database = copy_of(file)
    wrong = citations[-1] | {"page": citations[-1]["page"] - 1}
    assert any("it starts on page" in fault for fault in audit.faults(wrong, database))
    other = tmp_path / "other.pdf"
    other.write_bytes(b"%PDF-")
    database.execute("UPDATE documents SET path = ? WHERE path LIKE '%.pdf'", [str(other)])
    assert "its file has changed" in audit.faults(citations[-1], database)


@pytest.mark.parametrize(
    ("line", "text", "stands"),
    [
        ("增长 7.5%。", "增\n长7.5 %。", True),
        ("35 座", "135 座", False),
        ("35 座", "1.35 座", False),
        ("35", "35.7", False),
        ("35³，", "353，", True),
        ("35³，", "35，", True),
        ("data", "da-\nta", True),
        ("青", "⻘", True),
        ("青", "清", False),
    ],
)
def test_how_a_line_of_a_quote_is_looked_for(line: str, text: str, stands: bool) -> None:
    assert (audit._pattern(line).search(text) is not None) is stands
