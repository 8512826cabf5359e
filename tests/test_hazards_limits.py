"""Limits of the running page: sizes, numbers, askers at once, passwords. See docs/security.md."""

from __future__ import annotations

import hmac
import json
import os
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import SecretStr
from starlette.datastructures import Headers

from app import accounts
from app.accounts import SignIn, hashed
from app.api.access import Access
from app.assistant import AT_ONCE, Assistant
from app.page.gradio_offline import gr
from app.page.server import running
from app.upload_folder import INCOMING
from errors import YoujuError
from eval.page.tab import evaluation
from index.encoder import Encoder
from settings import PageSettings
from tests.serving import QUESTION, TOKEN, served
from tests.visitor import Visitor

SMALL = {"max_upload_megabytes": 1, "max_uploads": 2}
ASKERS = 100


@pytest.fixture
def crowded(assistant: Assistant) -> Iterator[str]:
    """A page at which no more than eight may wait."""
    with served(assistant.settings.home, max_queue=8) as (_, address):
        yield address


def test_gradio_is_set_to_let_nothing_in_and_nothing_out(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, Any] = {}
    launch, queue = gr.Blocks.launch, gr.Blocks.queue

    def launched(page: Any, **given: Any) -> Any:
        told.update(given, analytics=page.analytics_enabled)
        return launch(page, **given)

    def queued(page: Any, **given: Any) -> Any:
        told.update(given)
        return queue(page, **given)

    monkeypatch.setattr(gr.Blocks, "launch", launched)
    monkeypatch.setattr(gr.Blocks, "queue", queued)
    settings = assistant.settings.page.model_copy(update={"port": 0})
    with running(assistant, settings):
        pass
    home = assistant.settings.home
    expected = {
        "server_name": "127.0.0.1",
        "share": False,
        "show_error": False,
        "max_file_size": 200_000_000,
        "max_size": 32,
        "default_concurrency_limit": AT_ONCE,
        "api_open": False,
        "allowed_paths": [],
        "enable_monitoring": False,
        "mcp_server": False,
        "ssr_mode": False,
        "analytics": False,
    }
    assert {name: told[name] for name in expected} == expected
    kept = {str(path) for path in home.iterdir() if path.name != INCOMING}
    assert set(told["blocked_paths"]) == kept and kept
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"


def test_gradio_is_of_a_version_without_known_holes() -> None:
    assert tuple(map(int, version("gradio").split(".")[:2])) >= (6, 21)


def test_oversized_and_too_many_uploads_are_refused(encoder: Encoder, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with served(home, page=SMALL) as (assistant, address), Visitor(address) as visitor:
        assistant.encoder = encoder
        assert visitor.send("大.txt", b"x" * 1_000_001).status_code == 413
        assert visitor.send("更大.txt", b"x" * 2_100_000).status_code == 413
        pieces = (b"x" for _ in range(3))
        unknown = visitor.client.post("/gradio_api/upload", content=pieces)
        assert unknown.status_code == 411
        said = visitor.bring_in([(f"{n}.txt", f"第 {n} 份".encode()) for n in range(4)])
        assert "2 个没有上传" in said
        assert assistant.library.store.document_count() == 2
        statuses = [visitor.send(f"{n}.txt", os.urandom(900_000)).status_code for n in range(4)]
        assert statuses == [200, 200, 200, 503]
        assert sum(f.stat().st_size for f in (home / INCOMING).rglob("*")) < 4_000_000
        for file in (home / INCOMING).rglob("*"):  # forgotten since yesterday
            os.utime(file, (file.stat().st_mtime - 90_000,) * 2)
        assert visitor.send("新.txt", b"x" * 900_000).status_code == 200
        assert visitor.client.get("/health").status_code == 200


def test_a_hundred_askers_are_answered_or_turned_away(crowded: str) -> None:
    """Programs: a few wait, the rest hears 503 and when to come again."""

    def ask(number: int) -> httpx.Response:
        with httpx.Client(base_url=crowded, timeout=180) as client:
            return client.post("/api/ask", json={"question": QUESTION})

    with ThreadPoolExecutor(ASKERS) as pool:
        responses = list(pool.map(ask, range(ASKERS)))
    statuses = Counter(response.status_code for response in responses)
    assert set(statuses) == {200, 503}, statuses
    assert statuses[200] >= AT_ONCE
    for response in responses:
        if response.status_code == 200:
            assert "4.5 亿元" in response.json()["short_answer"]
        else:
            assert int(response.headers["Retry-After"]) > 0
    assert httpx.get(f"{crowded}/health").status_code == 200
    assert "youju_questions_waiting 0" in httpx.get(f"{crowded}/metrics").text


def test_a_hundred_visitors_are_answered_or_turned_away(crowded: str) -> None:
    """The page: Gradio's queue and the line are bounded, and what they took is answered."""
    with Visitor(crowded) as first:
        config = first.config

    def ask(number: int) -> str:
        with Visitor(crowded) as visitor:
            visitor._config = config
            joined = visitor.join(visitor.event("composer", "submit", None, [QUESTION]))
            if joined.status_code != 200:
                return str(joined.status_code)
            return json.dumps(visitor.outcome()["output"], ensure_ascii=False)

    with ThreadPoolExecutor(ASKERS) as pool:
        said = list(pool.map(ask, range(ASKERS)))
    refused = [each for each in said if each == "503" or "个在排队" in each]
    answered = [each for each in said if "4.5 亿元" in each]
    assert len(refused) + len(answered) == ASKERS
    assert refused and len(answered) >= AT_ONCE
    assert httpx.get(f"{crowded}/health").status_code == 200


def test_slow_clients_keep_nobody_else_waiting(crowded: str) -> None:
    """Clients that send half a request, or never read their answer, and stay."""
    where = urlsplit(crowded).hostname, urlsplit(crowded).port
    body = json.dumps({"question": QUESTION, "stream": True}).encode()
    head = b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    length = b"Content-Length: %d\r\n\r\n" % len(body)
    with ExitStack() as stack:
        for number in range(ASKERS):
            slow = stack.enter_context(socket.create_connection(where))
            if number % 3 == 0:
                slow.sendall(b"GET / HTTP/1.1\r\nHost: x")
            elif number % 3 == 1:
                slow.sendall(head % b"/api/ask" + length + body[:5])
            else:
                slow.sendall(head % b"/gradio_api/upload" + b"Content-Length: 900000\r\n\r\nx")
        with httpx.Client(base_url=crowded, timeout=60) as client:
            assert client.get("/health").status_code == 200
            answer = client.post("/api/ask", json={"question": QUESTION})
            assert "4.5 亿元" in answer.json()["short_answer"]
            assert client.get("/").status_code == 200
    assert httpx.get(f"{crowded}/health").status_code == 200


@pytest.fixture(scope="module")
def doors(assistant: Assistant) -> Iterator[str]:
    """A page that others could reach: who wants in signs in."""
    users = {"lin": hashed("竹石"), "wang": hashed("流水")}
    settings = PageSettings(host="0.0.0.0", port=0, users=users)
    with running(assistant, settings, [evaluation(assistant)]) as address:
        yield address.rstrip("/").replace("0.0.0.0", "127.0.0.1")


def test_without_signing_in_nothing_is_to_be_had(doors: str, assistant: Assistant) -> None:
    (entry, *_) = assistant.library.store.entries()
    with Visitor(doors) as stranger:
        client = stranger.client
        paths = (
            *(f"/source/{entry.id}", f"/source/{entry.id}/pages/1.png", "/conversations/x.md"),
            *("/gradio_api/queue/data?session_hash=x", "/gradio_api/queue/status", "/config"),
            *("/gradio_api/info", "/gradio_api/upload_progress?upload_id=x", "/metrics"),
            *("/api/documents", "/v1/models", "/mcp", "/runs/x/report.md", "/"),
        )
        for path in paths:
            response = client.get(path, follow_redirects=False)
            assert entry.title not in response.text and entry.id not in response.text, path
            assert response.status_code in (303, 401, 404, 405) or path == "/", path
        assert stranger.send("a.md", b"x").status_code == 401
        joined = {"fn_index": 1, "data": [], "session_hash": "x"}
        assert stranger.join(joined).status_code == 401
        cookies = {"access-token-x": "lin", "access-token-unsecure-x": "lin"}
        assert client.get("/config", cookies=cookies).status_code == 401


def test_five_wrong_passwords_close_a_name_and_no_other(doors: str) -> None:
    with Visitor(doors) as guesser:
        assert guesser.sign_in("lin", "竹石").status_code == 303
        with ThreadPoolExecutor(12) as pool:
            codes = list(pool.map(lambda n: guesser.sign_in("lin", f"x{n}").status_code, range(12)))
        assert set(codes) == {400}
        assert guesser.sign_in("lin", "竹石").status_code == 400
        assert guesser.sign_in("wang", "流水").status_code == 303
    with Visitor(doors) as known:
        known.sign_in("wang", "流水")
        assert known.client.get("/config").status_code == 200


def test_of_many_guesses_at_once_no_more_than_five_are_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    checked: list[str] = []
    stored = hashed("竹石")

    def refusing(given: str, kept: str) -> bool:
        checked.append(given)
        return False

    monkeypatch.setattr(accounts, "matches", refusing)
    door = SignIn({"lin": stored}, clock=lambda: 0.0)
    with ThreadPoolExecutor(20) as pool:
        assert not any(pool.map(lambda n: door("lin", str(n)), range(20)))
    assert len(checked) == 5


def test_secrets_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every token is compared in full, whichever fits; an unknown name is hashed as a known one."""
    compared: list[tuple[Any, Any]] = []
    compare = hmac.compare_digest

    def noting(one: Any, other: Any) -> bool:
        compared.append((one, other))
        return compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", noting)
    access = Access([SecretStr(TOKEN), SecretStr("another-token-of-tests"), SecretStr("x" * 20)])
    access.caller(Headers({"authorization": f"Bearer {TOKEN}"}))
    assert len(compared) == 3 and all(len(a) == len(b) for a, b in compared)
    compared.clear()
    door = SignIn({"lin": hashed("竹石")})
    for name in ("lin", "nobody"):
        assert not door(name, "wrong")
    assert len(compared) == 2


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "youju.example"])
def test_beyond_this_machine_nobody_comes_in_without_signing_in(
    assistant: Assistant, host: str
) -> None:
    with pytest.raises(YoujuError, match="youju password"):
        running(assistant, PageSettings(host=host, port=0)).__enter__()
