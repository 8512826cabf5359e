"""The command line as a user runs it: real processes, real files, exit codes."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.assistant import Assistant
from app.doctor import examine
from app.messages import CHINESE, ENGLISH
from app.printing import Progress, print_results
from index.pipeline import Outcome, Result
from records import Status
from settings import CHECKOUT

YOUJU = [sys.executable, "-m", "youju"]
QUESTION = "2022 年青湾市数字产业投资规模是多少？"
HAN = re.compile("[一-龥]")


def environment_of(home: Path, **changes: str) -> dict[str, str]:
    """The environment of a user who has set nothing but the home of the library."""
    inherited = {name: value for name, value in os.environ.items() if name[:6] != "YOUJU_"}
    return inherited | {"YOUJU_HOME": str(home)} | changes


def youju(
    *arguments: object, home: Path, prefix: tuple[str, ...] = (), **environment: str
) -> subprocess.CompletedProcess[str]:
    """A run of the command line that reads no youju.toml, unless ``arguments`` name one."""
    defaults = () if "--settings" in arguments else ("--settings", os.devnull)
    return subprocess.run(
        [*prefix, *YOUJU, *map(str, arguments), *defaults],
        cwd=CHECKOUT,
        env=environment_of(home, **environment),
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
    assert CHINESE.status[Status.ALTERED] in forged.stdout
    assert "逐字一致" in forged.stdout
    english = youju("verify", answers, home=home, YOUJU_LANGUAGE="en")
    assert ENGLISH.status[Status.ALTERED] in english.stdout


def test_documents_are_listed_shown_and_removed(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(home, copy)
    entries = json.loads(youju("docs", "list", "--json", home=copy).stdout)
    assert {entry["title"] for entry in entries} == {"青湾市数字产业年报", "白石省智慧交通报告"}
    first = entries[0]["id"]
    shown = json.loads(youju("docs", "show", first, "--json", home=copy).stdout)
    assert shown["outline"] and shown["passages"]
    edit = ("--title", "改过的标题", "--publisher", "青湾市统计局", "--date", "2019-05")
    assert "改过的标题" in youju("docs", "edit", first, *edit, home=copy).stderr
    said = shown["passages"][0]["text"][:30]
    within = youju("search", said, "--publisher", "青湾", "--until", "2019", "--json", home=copy)
    assert {hit["document_id"] for hit in json.loads(within.stdout)} == {first}
    nobody = youju("search", "投资", "--publisher", "无此单位", home=copy)
    assert (nobody.returncode, "无此单位" in nobody.stderr) == (1, True)
    assert youju("docs", "edit", first, home=copy).returncode == 2
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


def test_doctor_reports_a_missing_package_without_opening_what_needs_it() -> None:
    def unopened() -> Assistant:
        raise AssertionError("a package is missing")

    *sound, missing = examine(unopened, ["pytest", "no-such-package"])
    assert all(finding.healthy for finding in sound)
    assert missing.subject == "no-such-package"
    assert not missing.healthy
    assert "make install" in missing.remedy


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
        (["ask", " "], 2),
        (["docs", "list"], 1),
        (["no-such-command"], 2),
        (["search", "甲", "--top", "0"], 2),
        (["ask", "\udcff\udcfe"], 2),  # bytes that are no UTF-8
        (["ask", "甲", "--settings", "no-such-file.toml"], 1),
    ],
)
def test_what_goes_wrong_is_said_in_a_line(tmp_path: Path, arguments: list[str], code: int) -> None:
    done = youju(*arguments, home=tmp_path / "home")
    assert done.returncode == code
    assert done.stdout == ""
    assert done.stderr.strip() and "Traceback" not in done.stderr


def test_messages_come_in_english_when_asked(home: Path, tmp_path: Path) -> None:
    done = youju("docs", "show", "abc", home=home, YOUJU_LANGUAGE="en")
    assert "no document has the id abc" in done.stderr
    (tmp_path / "bad.pdf").write_bytes(b"no pdf")
    done = youju("ingest", tmp_path / "bad.pdf", home=tmp_path / "home", YOUJU_LANGUAGE="en")
    assert "✗ bad.pdf" in done.stdout
    assert not HAN.search(done.stdout)


def test_a_refusal_is_in_the_language_of_the_settings(home: Path) -> None:
    done = youju("ask", "火星的面积有多大？", "--json", home=home, YOUJU_LANGUAGE="en")
    assert json.loads(done.stdout)["answer"] == ENGLISH.refusal


def test_before_the_language_is_known_both_are_spoken(tmp_path: Path) -> None:
    done = youju("doctor", home=tmp_path, YOUJU_LANGUAGE="fr")
    assert done.returncode == 1
    assert "设置有误" in done.stderr and "bad settings" in done.stderr


def test_an_unknown_document_is_named(home: Path) -> None:
    for command in ("ask", "search"):
        done = youju(command, QUESTION, "--doc", "0123456789ab", home=home)
        assert done.returncode == 1
        assert done.stdout == ""
        assert "0123456789ab" in done.stderr and "Traceback" not in done.stderr


def test_what_the_disk_refuses_is_said_in_a_line(home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "library.sqlite").write_bytes(b"no database" * 1000)
    (tmp_path / "q.jsonl").write_text(json.dumps({"question": QUESTION}), encoding="utf-8")
    nowhere = tmp_path / "no-such-folder"
    for named, done in (
        (tmp_path / "file", youju("docs", "list", home=tmp_path / "file")),
        (tmp_path / "damaged", youju("docs", "list", home=tmp_path / "damaged")),
        (nowhere, youju("ask", QUESTION, home=home, YOUJU_DICTIONARY=str(nowhere))),
        (nowhere, youju("batch", tmp_path / "q.jsonl", "-o", nowhere / "a.jsonl", home=home)),
    ):
        assert done.returncode == 1
        assert done.stdout == ""
        assert len(done.stderr.splitlines()) == 1
        assert str(named) in done.stderr


def test_a_reader_that_has_seen_enough_ends_it_quietly(home: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*YOUJU, "docs", "list", "--json", "--settings", os.devnull],
        cwd=CHECKOUT,
        env=environment_of(home),
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writing)
    assert done.returncode == 1
    assert done.stderr == ""


def test_an_interrupt_is_said_in_a_line(tmp_path: Path) -> None:
    pipe = tmp_path / "questions.jsonl"
    os.mkfifo(pipe)
    waiting = subprocess.Popen(
        [*YOUJU, "batch", pipe, "-o", tmp_path / "a.jsonl", "--settings", os.devnull],
        cwd=CHECKOUT,
        env=environment_of(tmp_path / "home"),
        stderr=subprocess.PIPE,
        text=True,
        # A job in the background inherits an ignored SIGINT, and Python then leaves it so.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    with pipe.open("w"):  # opens when the command has opened it, and then waits to read
        waiting.send_signal(signal.SIGINT)
        _, complaint = waiting.communicate(timeout=60)
    assert waiting.returncode == 130
    assert complaint.startswith("✗ ")
    assert "interrupted" in complaint and "Traceback" not in complaint


def test_results_are_printed_as_they_come_and_survive_what_follows(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def results() -> Iterator[Result]:
        yield Result(Path("坏\x1b[31m.pdf"), Outcome.REFUSED, reason="坏了", english="broken")
        assert "坏\\x1b[31m.pdf  refused:broken" in capsys.readouterr().out
        yield Result(Path("好.md"), Outcome.ADDED, passages=3)
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        print_results(results(), as_json=False, english=True)
    assert capsys.readouterr().out == "✓ 好.md  added (3 passages)\n"


def test_results_as_json_survive_what_follows(capsys: pytest.CaptureFixture[str]) -> None:
    def results() -> Iterator[Result]:
        yield Result(Path("好.md"), Outcome.ADDED, passages=3)
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        print_results(results(), as_json=True, english=False)
    assert json.loads(capsys.readouterr().out)[0]["path"] == "好.md"


def test_bars_let_standard_output_reach_its_file(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress() as progress:
        progress.file(Path("好.md"), 1, 2)
        sys.stdout.write("a line\n")
        assert capsys.readouterr().out == "a line\n"


def test_make_hands_a_question_over_as_it_was_typed(tmp_path: Path) -> None:
    shutil.copy(CHECKOUT / "Makefile", tmp_path)
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("pyproject.toml", "constraints.txt", ".venv/bin/python", ".venv/installed"):
        (tmp_path / name).touch()
    # It holds a document, and tells what it is asked.
    (programs / "youju").write_text('#!/bin/sh\necho "$*" | sed \'s/.*list.*/"id"/\'\n')
    (programs / "youju").chmod(0o755)
    question = "“甲”\"乙\" '丙' `touch run` $(touch run) $(shell touch run) $HOME $$ #?"
    done = subprocess.run(
        ["make", "-s", "ask", f"Q={question}"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout == f"ask -- {question}\n", done.stderr
    assert not (tmp_path / "run").exists()


def can_unshare() -> bool:
    """Whether this machine lets us run a process without any network interface."""
    probe = [*ALONE, "true"]
    return bool(shutil.which("unshare")) and subprocess.run(probe).returncode == 0


# A network of its own, in which there is nothing but the loopback.
ALONE = (
    *("unshare", "--net", "--map-root-user"),
    *("sh", "-c", 'ip link set lo up && exec "$@"', "sh"),
)
REACH_OUT = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)"
OPEN_PAGE = """
import re, subprocess, sys, urllib.request
server = subprocess.Popen(sys.argv[1:], stderr=subprocess.PIPE, text=True)
address = next(filter(None, (re.search("http://.+", line) for line in server.stderr)))
with urllib.request.urlopen(address[0]) as page:
    print(page.read().decode())
server.terminate()
server.wait()
"""


def test_everything_works_with_the_network_cut_off(reports: Path, tmp_path: Path) -> None:
    if not can_unshare() and not os.environ.get("CI"):
        pytest.skip("needs unshare --net and ip")
    reaching_out = [*ALONE, sys.executable, "-c", REACH_OUT]
    alone = subprocess.run(reaching_out, capture_output=True, text=True)
    assert "unreachable" in alone.stderr
    home, answers = tmp_path / "home", tmp_path / "answers.jsonl"
    questions = tmp_path / "questions.jsonl"
    questions.write_text(json.dumps({"question": QUESTION}), encoding="utf-8")
    # Nothing unpacked or downloaded earlier is at hand.
    cache = {"YOUJU_ENCODER__CACHE": str(tmp_path / "cache"), "HF_HOME": str(tmp_path / "hub")}

    def offline(*arguments: object, prefix: tuple[str, ...] = ALONE) -> str:
        done = youju(*arguments, home=home, prefix=prefix, **cache)
        assert done.returncode == 0, done.stderr
        return done.stdout

    offline("ingest", reports)
    assert "4.5 亿元" in offline("ask", QUESTION)
    assert "8600" in offline("search", "公交车")
    offline("batch", questions, "-o", answers)
    assert "4.5 亿元" in answers.read_text(encoding="utf-8")
    offline("verify", answers)
    offline("doctor")
    page = offline("serve", "--port", "0", prefix=(*ALONE, sys.executable, "-c", OPEN_PAGE))
    assert CHINESE.title in page
