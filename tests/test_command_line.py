"""The command line as a user runs it: real processes, real files, exit codes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from settings import CHECKOUT

YOUJU = [sys.executable, "-m", "app"]
QUESTION = "2022 年青湾市数字产业投资规模是多少？"


def youju(
    *arguments: object, home: Path | None = None, prefix: tuple[str, ...] = (), **environment: str
) -> subprocess.CompletedProcess[str]:
    place = {} if home is None else {"YOUJU_HOME": str(home)}
    return subprocess.run(
        [*prefix, *YOUJU, *map(str, arguments)],
        cwd=CHECKOUT,
        env=os.environ | place | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture(scope="module")
def home(reports: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("home")
    done = youju("ingest", reports, home=place)
    assert done.returncode == 0, done.stderr
    assert "投资.md" in done.stdout
    return place


def test_ask_prints_the_answer_and_its_place(home: Path) -> None:
    done = youju("ask", QUESTION, home=home)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("4.5 亿元 [1]")
    assert "《青湾市数字产业年报》" in done.stdout
    assert "逐字一致" in done.stdout


def test_json_keeps_the_contract(home: Path) -> None:
    row = json.loads(youju("ask", QUESTION, "--json", home=home).stdout)
    assert set(row) >= {
        *("id", "question", "answer", "short_answer", "refused", "confidence"),
        *("citations", "unverified", "hits", "mode", "timings_ms"),
    }
    assert set(row["citations"][0]) >= {
        *("number", "document_id", "title", "path", "page", "headings"),
        *("quote", "start", "end", "status"),
    }
    assert set(row["hits"][0]) >= {"passage_id", "document_id", "text", "score", "start", "end"}
    citation = row["citations"][0]
    text = youju("docs", "show", citation["document_id"], "--text", home=home).stdout
    assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_search_lists_passages(home: Path) -> None:
    rows = json.loads(youju("search", "北斗定位终端", "--top", "2", "--json", home=home).stdout)
    assert "8600" in rows[0]["text"]
    assert "8600" in youju("search", "北斗定位终端", home=home).stdout


def test_batch_then_verify_then_a_forgery(home: Path, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    lines = [
        {"id": "a", "question": QUESTION},
        {"question": "公交车有多少辆？"},
        {"question": "你好"},
    ]
    questions.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    answers = tmp_path / "answers.jsonl"
    done = youju("batch", questions, "-o", answers, home=home)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]
    assert [(row["id"], row["refused"]) for row in rows] == [
        ("a", False),
        ("2", False),
        ("3", True),
    ]
    assert youju("verify", answers, home=home).returncode == 0
    answers.write_text(answers.read_text(encoding="utf-8").replace("4.5", "4.6"), encoding="utf-8")
    forged = youju("verify", answers, home=home)
    assert forged.returncode == 1
    assert "与原文不同" in forged.stdout


def test_documents_are_listed_shown_and_removed(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(home, copy)
    entries = json.loads(youju("docs", "list", "--json", home=copy).stdout)
    assert {entry["title"] for entry in entries} == {"青湾市数字产业年报", "白石省智慧交通报告"}
    first = entries[0]["id"]
    shown = json.loads(youju("docs", "show", first, "--json", home=copy).stdout)
    assert shown["outline"] and shown["passages"]
    assert youju("docs", "remove", first, home=copy).returncode == 0
    assert len(json.loads(youju("docs", "list", "--json", home=copy).stdout)) == 1
    gone = youju("docs", "show", first, home=copy)
    assert gone.returncode == 1
    assert first in gone.stderr and "Traceback" not in gone.stderr


def test_doctor_finds_a_sound_library_in_order(home: Path) -> None:
    done = youju("doctor", "--json", home=home)
    assert done.returncode == 0, done.stdout
    findings = {finding["subject"]: finding for finding in json.loads(done.stdout)}
    assert all(finding["healthy"] for finding in findings.values())
    assert "torch" in findings and "encoder" in findings


def test_a_refused_file_gives_exit_code_one_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("青湾港有 12 个泊位。", encoding="utf-8")
    (tmp_path / "bad.pdf").write_bytes(b"no pdf")
    done = youju("ingest", tmp_path / "good.txt", tmp_path / "bad.pdf", home=tmp_path / "home")
    assert done.returncode == 1
    assert "✓ good.txt" in done.stdout and "✗ bad.pdf" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["ask", "你好吗？"], 1),  # an empty library
        (["verify", "no-such-file.jsonl"], 1),
        (["batch", "no-such-file.jsonl", "-o", "x"], 1),
        (["ask"], 2),
        (["no-such-command"], 2),
        (["search", "甲", "--top", "0"], 2),
        (["ask", "甲", "--settings", "no-such-file.toml"], 1),
    ],
)
def test_what_goes_wrong_is_said_in_a_line(tmp_path: Path, arguments: list[str], code: int) -> None:
    done = youju(*arguments, home=tmp_path / "home")
    assert done.returncode == code
    assert done.stdout == ""
    assert done.stderr.strip() and "Traceback" not in done.stderr


def test_messages_come_in_english_when_asked(tmp_path: Path) -> None:
    done = youju("docs", "show", "abc", home=tmp_path / "home", YOUJU_LANGUAGE="en")
    assert "no document has the id abc" in done.stderr


def can_unshare() -> bool:
    """Whether this machine lets us run a process without any network interface."""
    unshare = shutil.which("unshare")
    probe = [unshare or "", "--net", "--map-root-user", "true"]
    return bool(unshare) and subprocess.run(probe, capture_output=True).returncode == 0


@pytest.mark.skipif(not can_unshare(), reason="needs unshare --net")
def test_everything_works_with_the_network_cut_off(reports: Path, tmp_path: Path) -> None:
    cut_off = ("unshare", "--net", "--map-root-user")
    alone = subprocess.run(
        [
            *cut_off,
            sys.executable,
            "-c",
            "import socket; socket.create_connection(('127.0.0.1', 9))",
        ],
        capture_output=True,
        text=True,
    )
    assert "unreachable" in alone.stderr  # not even the loopback is up
    cache = {"YOUJU_ENCODER__CACHE": str(tmp_path / "cache"), "HF_HOME": str(tmp_path / "hub")}
    for arguments in (["ingest", reports], ["ask", QUESTION], ["search", "公交"], ["doctor"]):
        done = youju(*arguments, home=tmp_path / "home", prefix=cut_off, **cache)
        assert done.returncode == 0, done.stderr
    assert "4.5 亿元" in youju("ask", QUESTION, home=tmp_path / "home", prefix=cut_off).stdout
