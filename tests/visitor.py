"""A visitor of the page without a browser: sends what a browser would send, and what none would."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

import httpx


class Visitor:
    """One session on a running page. ``address`` has no slash at the end."""

    def __init__(self, address: str) -> None:
        self.client = httpx.Client(base_url=address, timeout=180)
        self._config: dict[str, Any] | None = None
        self.session = secrets.token_hex(8)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.client.close()

    @property
    def config(self) -> dict[str, Any]:
        """What the page is made of."""
        if self._config is None:
            self._config = self.client.get("/config").raise_for_status().json()
        return self._config

    def sign_in(self, name: str, password: str) -> httpx.Response:
        return self.client.post("/login", data={"username": name, "password": password})

    def send(self, name: str, data: bytes) -> httpx.Response:
        """Upload a file; the response lists where it lies."""
        return self.client.post("/gradio_api/upload", files={"files": (name, data)})

    def event(
        self, elem_id: str, event: str, said: object = None, values: Sequence[object] = ()
    ) -> dict[str, Any]:
        """What a browser sends when something happens to a component, or inside of it.

        ``values`` are the first of what the handler gets; the rest is as the page began.
        """
        components = {c["id"]: c for c in self.config["components"]}
        (named,) = (i for i, c in components.items() if c["props"].get("elem_id") == elem_id)
        function, source = next(
            (function, target)
            for function in self.config["dependencies"]
            for target, name in function["targets"]
            if name == event and target in _within(self.config["layout"], named)
        )
        usual = [components[i]["props"].get("value") for i in function["inputs"]]
        return {
            "fn_index": function["id"],
            "trigger_id": source,
            "session_hash": self.session,
            "data": [*values, *usual[len(values) :]],
            "event_data": said,
        }

    def join(self, body: dict[str, Any]) -> httpx.Response:
        """Put an event into the page's queue."""
        return self.client.post("/gradio_api/queue/join", json=body)

    def outcome(self) -> dict[str, Any]:
        """The message that ends the event that was joined last."""
        address = "/gradio_api/queue/data"
        with self.client.stream("GET", address, params={"session_hash": self.session}) as stream:
            for line in stream.iter_lines():
                message = json.loads(line.removeprefix("data: ")) if line else {}
                if message.get("msg") in ("process_completed", "unexpected_error"):
                    return dict(message)
        raise AssertionError("the stream ended early")

    def bring_in(self, files: Sequence[tuple[str, bytes]]) -> str:
        """Upload files on the Documents tab; what the page says of them in the end."""
        said = []
        for name, data in files:
            response = self.send(name, data)
            path = response.json()[0] if response.status_code == 200 else None
            said.append({"name": name, "size": len(data), "path": path})
        self.join(self.event("drop", "upload", {"files": said})).raise_for_status()
        outcome = self.outcome()
        assert outcome["success"], outcome
        return json.dumps(outcome["output"], ensure_ascii=False)


def _within(layout: dict[str, Any], root: int, inside: bool = False) -> set[int]:
    """The component ``root`` and everything that the layout puts inside of it."""
    inside = inside or layout["id"] == root
    found = {layout["id"]} if inside else set()
    return found.union(*(_within(child, root, inside) for child in layout.get("children") or ()))
