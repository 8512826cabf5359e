"""A language model's endpoint on loopback that says what it is told to, and misbehaves at will."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[[BaseHTTPRequestHandler], None]


class ScriptedModel:
    """Gives the replies of ``script`` in order, the last one again and again.

    ``requests`` are the bodies received, ``headers`` those of each request.
    """

    def __init__(self) -> None:
        self.script: list[Reply] = []
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.over = threading.Event()
        model = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                model.requests.append(json.loads(body))
                model.headers.append(dict(self.headers.items()))
                self.close_connection = True
                place = min(len(model.requests), len(model.script)) - 1
                model.script[place](self)

            def end_headers(self) -> None:
                self.send_header("connection", "close")
                super().end_headers()

            def do_GET(self) -> None:
                model.requests.append({"path": self.path})
                self.send_error(404)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass  # the client hung up, as it should

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        """The base address."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def prompt(self, number: int = -1) -> str:
        """The user's message of a request."""
        return str(self.requests[number]["messages"][-1]["content"])

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def hangs(self, said: str = "") -> Reply:
        """Says something, if anything, then nothing more until the server stops."""

        def reply(handler: BaseHTTPRequestHandler) -> None:
            _begin(handler)
            if said:
                _event(handler, _chunk(said))
            self.over.wait()

        return reply


@contextmanager
def scripted_model() -> Iterator[ScriptedModel]:
    """A running one."""
    model = ScriptedModel()
    model.start()
    try:
        yield model
    finally:
        model.stop()


def says(text: str, reason: str | None = "stop", piece: int = 3) -> Reply:
    """Streams ``text`` in pieces of a few characters."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        _begin(handler)
        for start in range(0, len(text), piece):
            _event(handler, _chunk(text[start : start + piece]))
        if reason is not None:
            _event(handler, _chunk("", reason))
        _event(handler, "[DONE]")

    return reply


def sends(
    status: int, body: str = "", content_type: str = "application/json", **headers: str
) -> Reply:
    """One plain answer; ``retry_after`` becomes Retry-After."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        data = body.encode()
        handler.send_response(status)
        handler.send_header("content-type", content_type)
        handler.send_header("content-length", str(len(data)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(data)

    return reply


def fails(status: int, code: str = "", **headers: str) -> Reply:
    """An error in OpenAI's form."""
    return sends(status, json.dumps({"error": {"message": "no", "code": code}}), **headers)


def streams(*events: str) -> Reply:
    """These events as they are."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        _begin(handler)
        for event in events:
            _event(handler, event)

    return reply


def repeats(line: str) -> Reply:
    """A line again and again, until the client hangs up."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        _begin(handler)
        while True:
            handler.wfile.write(f"{line}\n\n".encode())

    return reply


def resets(said: str = "") -> Reply:
    """Says something, if anything, then resets the connection."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        if said:
            _begin(handler)
            _event(handler, _chunk(said))
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()

    return reply


def endless(text: str) -> Reply:
    """The same text for ever, in proper events."""
    return repeats(f"data: {_chunk(text)}")


def _begin(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("content-type", "text/event-stream")
    handler.end_headers()


def _event(handler: BaseHTTPRequestHandler, data: str) -> None:
    handler.wfile.write(f"data: {data}\n\n".encode())
    handler.wfile.flush()


def _chunk(text: str, reason: str | None = None) -> str:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": reason}
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return json.dumps({**chunk, "choices": [choice]})
