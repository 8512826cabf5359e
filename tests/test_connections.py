"""Clients that send or read too slowly, against the running page."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import urlsplit

import httpx
import pytest

from app.assistant import Assistant
from app.page import connections
from eval.bench.machine import peak_memory
from tests.serving import QUESTION, served

LOOK = 0.3
HEAD = b"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
BODY = json.dumps({"question": QUESTION}).encode()
REQUEST = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY
GONE = (ConnectionError, BrokenPipeError)


@pytest.fixture
def page(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A page that looks at its connections three times a second."""
    monkeypatch.setattr(connections, "LOOK", LOOK)
    with served(assistant.settings.home) as (_, address):
        yield address


def opened(page: str) -> socket.socket:
    """A connection to the page, without a request."""
    there = socket.create_connection((urlsplit(page).hostname, urlsplit(page).port))
    there.settimeout(60)
    return there


def ended(there: socket.socket) -> bool:
    """Whether the page ends the connection without an answer."""
    try:
        return there.recv(1000) == b""
    except GONE:
        return True


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET / HTTP/1.1\r\nHost: x", REQUEST[:-5]],
    ids=["nothing", "half a head", "half a body"],
)
def test_who_does_not_go_on_sending_is_cut_off(page: str, sent: bytes) -> None:
    with opened(page) as there:
        there.sendall(sent)
        started = time.monotonic()
        assert ended(there)
        assert time.monotonic() - started < 30
    assert "4.5 亿元" in asked(page)


def test_who_sends_byte_by_byte_is_cut_off_and_the_others_are_answered(page: str) -> None:
    """Each byte in time, all of them too few."""

    def trickle(number: int) -> bool:
        with opened(page) as there:
            try:
                for byte in REQUEST * 10:  # more than is ever sent
                    there.sendall(bytes([byte]))
                    time.sleep(LOOK / 4)
            except GONE:
                return True
        return False

    with ThreadPoolExecutor(20) as pool:
        slow = [pool.submit(trickle, number) for number in range(20)]
        assert "4.5 亿元" in asked(page)
        assert all(future.result() for future in slow)


def test_who_never_reads_is_cut_off_and_costs_no_memory(page: str, assistant: Assistant) -> None:
    """Requests without end on one connection, of whose answers none is read."""
    (entry, *_) = assistant.library.store.entries()
    request = b"GET /source/%s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % entry.id.encode()
    before = peak_memory()
    with ExitStack() as stack:
        greedy = [stack.enter_context(opened(page)) for _ in range(10)]
        for there in greedy:
            there.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            there.setblocking(False)
        gone: set[socket.socket] = set()
        latest = time.monotonic() + 300
        while len(gone) < len(greedy) and time.monotonic() < latest:
            for there in set(greedy) - gone:
                try:
                    there.send(request * 50)
                except BlockingIOError:
                    continue
                except GONE:
                    gone.add(there)
            time.sleep(0.01)
        assert len(gone) == len(greedy)
    assert peak_memory() - before < 200_000_000
    assert "4.5 亿元" in asked(page)


def test_a_head_without_end_is_refused(page: str) -> None:
    with opened(page) as there:
        there.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX: ")
        with pytest.raises(GONE):
            for _ in range(1000):
                there.sendall(b"y" * 100_000)


def test_who_waits_for_his_answer_is_not_cut_off(page: str) -> None:
    """Longer than a client may stand still, between requests that come at once."""
    with httpx.Client(base_url=page, timeout=60) as client:
        with client.stream("GET", "/gradio_api/heartbeat/waiting") as beats:
            pieces = beats.iter_raw()
            next(pieces)
            latest = time.monotonic() + LOOK * connections.LOOKS * 3
            while time.monotonic() < latest:
                next(pieces)
        assert beats.status_code == 200


def test_one_connection_too_many_ends_one_that_waits_for_its_client(
    page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MOST", 20)
    monkeypatch.setattr(connections, "LOOK", 600.0)
    with ExitStack() as stack:
        idle = [stack.enter_context(opened(page)) for _ in range(60)]
        assert "4.5 亿元" in asked(page)
        assert all(ended(there) for there in idle[:20])


def asked(page: str) -> str:
    """The short answer that a client without fault gets."""
    with httpx.Client(base_url=page, timeout=120) as client:
        return str(client.post("/api/ask", json={"question": QUESTION}).json()["short_answer"])
