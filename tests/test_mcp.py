from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

from app.assistant import Assistant
from settings import CHECKOUT
from tests.serving import QUESTION, TOKEN, UNANSWERED, Counted, served

BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def home(assistant: Assistant) -> Path:
    return assistant.settings.home


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[tuple[Counted, str]]:
    with served(home, tokens=[TOKEN]) as found:
        yield found


def command(home: Path) -> list[str]:
    return [sys.executable, "-m", "youju", "mcp", "--home", str(home)]


@asynccontextmanager
async def over_http(address: str, mode: str) -> AsyncIterator[Client]:
    async with (
        create_mcp_http_client(headers=BEARER) as http,
        Client(streamable_http_client(f"{address}/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


async def use(client: Client, assistant: Assistant) -> None:
    """Ask, look the citation up, search; each mistake is explained."""
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert tools.keys() == {"ask", "search", "open_source"}
    assert all(tool.output_schema and tool.description for tool in tools.values())

    answer = await client.call_tool("ask", {"question": QUESTION})
    expected = assistant.ask(QUESTION)
    row = structured(answer)
    assert row["answer"] == expected.text
    (cited, *_) = row["citations"]
    assert cited["quote"] == expected.citations[0].quote
    assert expected.text in text(answer)
    assert f"[1] 《{cited['title']}》" in text(answer)

    place = {key: cited[key] for key in ("document_id", "start", "end")}
    source = await client.call_tool("open_source", place)
    stored = assistant.document(cited["document_id"]).text
    found = structured(source)
    assert found["quote"] == cited["quote"] == stored[cited["start"] : cited["end"]]
    assert found["before"] + found["quote"] + found["after"] in stored
    assert found["headings"] == cited["headings"]
    assert f"【{cited['quote']}】" in text(source)

    hits = await client.call_tool("search", {"question": "投资规模", "top": 2})
    passages = [hit.passage for hit in assistant.search("投资规模", 2)]
    assert [hit["text"] for hit in structured(hits)["hits"]] == [p.text for p in passages]
    assert all(passage.sentence in text(hits) for passage in passages)

    refusal = await client.call_tool("ask", {"question": UNANSWERED})
    assert structured(refusal)["refused"]
    assert "最接近的段落" in text(refusal)

    for name, wrong, said in (
        ("ask", {"question": " "}, "请先输入问题"),
        ("ask", {"question": "问" * 501}, "501"),
        ("ask", {}, "question"),
        ("ask", {"question": QUESTION, "documents": ["none"]}, "none"),
        ("search", {"question": "x", "top": 0}, "top"),
        ("open_source", {"document_id": "none", "start": 0, "end": 1}, "none"),
        ("open_source", {**place, "end": len(stored) + 1}, str(len(stored))),
        ("open_source", {**place, "end": place["start"]}, str(place["start"])),
        ("open_source", {**place, "start": -1}, "start"),
    ):
        mistaken = await client.call_tool(name, wrong)
        assert mistaken.is_error and said in text(mistaken), (name, wrong)
        assert "Traceback" not in text(mistaken)


def structured(result: Any) -> dict[str, Any]:
    assert not result.is_error, result
    row: dict[str, Any] = result.structured_content
    return row


def text(result: Any) -> str:
    return str(result.content[0].text)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_tools_over_http(server: tuple[Counted, str], assistant: Assistant, mode: str) -> None:
    async def run() -> None:
        async with over_http(server[1], mode) as client:
            await use(client, assistant)

    anyio.run(run)


def test_the_tools_over_standard_input_and_output(home: Path, assistant: Assistant) -> None:
    program, *arguments = command(home)
    started = StdioServerParameters(command=program, args=arguments, cwd=CHECKOUT)

    async def run() -> None:
        async with Client(started) as client:
            await use(client, assistant)

    anyio.run(run)


def test_standard_output_holds_nothing_but_the_protocol(home: Path) -> None:
    def call(number: int, method: str, params: dict[str, Any]) -> str:
        return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params})

    hello = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }
    ready = json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"})
    search = {"name": "search", "arguments": {"question": "投资", "top": 1}}
    half = call(3, "tools/call", {"name": "ask", "arguments": {"question": "\ud800"}})
    lines = [call(1, "initialize", hello), ready, "no JSON", half]
    lines += [call(2, "tools/call", search)]
    with subprocess.Popen(
        command(home), cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin and process.stdout
        process.stdin.write("".join(f"{line}\n" for line in lines))
        process.stdin.flush()
        received = []
        for line in process.stdout:
            received.append(json.loads(line))
            if received[-1].get("id") == 2:
                break
        process.stdin.close()
        rest = process.stdout.read()
        assert process.wait() == 0
    assert all(message["jsonrpc"] == "2.0" for message in received)
    introduced = next(message for message in received if message.get("id") == 1)
    assert introduced["result"]["serverInfo"]["version"] == version("youju")
    assert "投资" in received[-1]["result"]["content"][0]["text"]
    assert not rest.strip() or all(json.loads(line) for line in rest.splitlines())


def test_without_its_token_a_client_gets_nothing(server: tuple[Counted, str]) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    accept = {"Accept": "application/json, text/event-stream"}
    response = httpx.post(f"{server[1]}/mcp", json=body, headers=accept)
    assert response.status_code == 401
    elsewhere = {**accept, **BEARER, "Host": "youju.example", "Origin": "http://chat.example"}
    admitted = httpx.post(f"{server[1]}/mcp", json=body, headers=elsewhere)
    assert len(admitted.json()["result"]["tools"]) == 3


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"[" * 100_000, b'{"jsonrpc":"2.0","id":1,"method":"none"}', b"7"]
)
def test_hostile_messages_are_answered(server: tuple[Counted, str], body: bytes) -> None:
    headers = {**BEARER, "Accept": "application/json", "Content-Type": "application/json"}
    response = httpx.post(f"{server[1]}/mcp", content=body, headers=headers)
    assert response.status_code in (200, 400, 404, 406)
    assert "Traceback" not in response.text
    assert "error" in response.json()


def test_no_stream_is_held_open(server: tuple[Counted, str]) -> None:
    headers = {**BEARER, "Accept": "text/event-stream"}
    assert httpx.get(f"{server[1]}/mcp", headers=headers).status_code == 405
