"""Nothing leaves the machine, and the log tells neither secrets nor texts: one long session."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from settings import CHECKOUT
from tests.test_command_line import ALONE, REACH_OUT, can_unshare
from tests.whole_session import ASKED, SECRETS

# Python runs this in every process that is started below: what is connected to is written down.
NOTE_ADDRESSES = """
import os, sys
def note(event, given):
    address = None
    if event in ("socket.connect", "socket.sendto") and isinstance(given[1], tuple):
        address = given[1][0]
    elif event == "socket.getaddrinfo":
        address = given[0]
    if address:
        with open(os.environ["NOTED_ADDRESSES"], "a") as file:
            file.write(f"{address}\\n")
sys.addaudithook(note)
"""
LOCAL = {"127.0.0.1", "localhost", "::1", "0.0.0.0", "b'127.0.0.1'", "b'localhost'"}


@pytest.fixture(scope="module")
def session(
    reports: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[int, list[str], set[str]]:
    """Packets without a way out, the lines of the log, and the addresses asked for."""
    if not can_unshare() and not os.environ.get("CI"):
        pytest.skip("needs unshare --net and ip")
    folder = tmp_path_factory.mktemp("session")
    (folder / "sitecustomize.py").write_text(NOTE_ADDRESSES)
    (folder / "noted").touch()
    paths = os.pathsep.join([str(folder), str(CHECKOUT)])
    variables = {**os.environ, "PYTHONPATH": paths, "NOTED_ADDRESSES": str(folder / "noted")}
    run = [*ALONE, sys.executable, "-m", "tests.whole_session"]
    words = [folder / "home", reports, folder / "errors"]
    done = subprocess.run(
        [*run, *map(str, words)], env=variables, cwd=CHECKOUT, capture_output=True, text=True
    )
    errors = (folder / "errors").read_text(encoding="utf-8")
    assert done.returncode == 0, done.stderr + errors
    return int(done.stdout), errors.splitlines(), set((folder / "noted").read_text().split())


def test_what_counts_packets_counts_them() -> None:
    """A program that does reach out is caught by both ways of looking."""
    if not can_unshare() and not os.environ.get("CI"):
        pytest.skip("needs unshare --net and ip")
    program = (
        f"import contextlib\nfrom tests.whole_session import unreachable\n"
        f"with contextlib.suppress(OSError):\n    {REACH_OUT}\nprint(unreachable())"
    )
    run = [*ALONE, sys.executable, "-c", program]
    done = subprocess.run(run, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert int(done.stdout) > 0


def test_nothing_reaches_out(session: tuple[int, list[str], set[str]]) -> None:
    """Counted by the kernel, native code included; and by Python, by address."""
    packets, _, addresses = session
    assert addresses - LOCAL == set()
    assert addresses & LOCAL
    assert packets == 0


def test_the_log_of_a_session_holds_no_secret_and_no_text(
    session: tuple[int, list[str], set[str]],
) -> None:
    log = "\n".join(session[1])
    escaped = [json.dumps(secret)[1:-1] for secret in SECRETS]
    for secret in (*SECRETS, *escaped, "秘密港", "吞吐量", "数字产业"):
        assert secret not in log, secret
    assert "Traceback" not in log


def test_the_log_of_a_session_tells_what_happened(
    session: tuple[int, list[str], set[str]],
) -> None:
    rows = [json.loads(line) for line in session[1] if line.startswith("{")]
    ours = [row for row in rows if row["logger"].startswith("youju")]
    questions = [row for row in ours if row["event"] == "question"]
    assert {row["by"] for row in questions} == {"command", "page", "program"}
    for row in questions:
        assert len(row["id"]) == 12 and row["hits"] > 0 and row["ms"]["total"] > 0
        assert {"outcome", "refused", "mode", "notice"} < row.keys()
    files = [row for row in ours if row["event"] == "file"]
    assert [row["outcome"] for row in files] == ["added", "added", "added", "refused"]
    uploads = [row for row in ours if row["event"] == "upload"]
    assert [row["stage"] for row in uploads] == ["done", "refused"]
    failures = [row for row in ours if row["event"] == "sign-in failed"]
    assert [(row["user"], row["known"]) for row in failures] == [("lin", True), ("", False)]
    refused = {(row["status"], row["code"]) for row in ours if row["event"] == "request refused"}
    assert {(401, "invalid_token"), (422, "question_too_long"), (403, "page"), (404, "page")} <= (
        refused
    )
    assert any(row["level"] == "error" and "ValueError" in row["error"] for row in ours)
    assert ASKED


def test_chromas_own_server_is_never_started() -> None:
    """Only its embedded client is used: nothing of its server is imported, nothing listens."""
    program = (
        "import socket, sys, tempfile\n"
        "bound = []\n"
        "sys.addaudithook(lambda e, given: bound.append(given) if e == 'socket.bind' else None)\n"
        "from pathlib import Path\n"
        "from index.vectors import VectorIndex\n"
        "with tempfile.TemporaryDirectory() as folder:\n"
        "    index = VectorIndex(Path(folder))\n"
        "    len(index)\n"
        "    sockets = [line.split()[3] for kind in ('tcp', 'tcp6')\n"
        "               for line in open(f'/proc/self/net/{kind}').readlines()[1:]]\n"
        "    index.close()\n"
        "print([name for name in sys.modules if name.startswith('chromadb.server')"
        " or name in ('uvicorn', 'fastapi')], bound, sockets.count('0A'))\n"
    )
    words = [sys.executable, "-c", program]
    if can_unshare():
        words = [*ALONE, *words]
    done = subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ("[] [] 0" if can_unshare() else done.stdout.strip())
    assert done.stdout.startswith("[] []")
