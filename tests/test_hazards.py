"""Files and the running page: what visitors ask for, send and name. See docs/security.md."""

from __future__ import annotations

import http.client
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from app.assistant import Assistant
from app.conversations.store import Conversations
from app.conversations.turn import Turn
from app.upload_folder import INCOMING, UPLOADS, arrived, clean_name
from index.encoder import Encoder
from index.pipeline import ingest
from ingest.worker import reading_process
from tests import bombs
from tests.serving import QUESTION, served
from tests.visitor import Visitor

SECRET = "青湾港的秘密吞吐量为 4100 万吨。"
MEBIBYTE = 1 << 20
_reached: set[str] = set()


def _note_address(event: str, given: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo":
        _reached.add(str(given[0]))
    elif event in ("socket.connect", "socket.sendto") and isinstance(given[1], tuple):
        _reached.add(str(given[1][0]))


@pytest.fixture(scope="module")
def noted() -> None:
    """From here on every address that this process reaches out to is noted."""
    sys.addaudithook(_note_address)


@pytest.fixture(scope="module")
def place(
    assistant: Assistant, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory, noted: None
) -> Iterator[tuple[Assistant, str]]:
    """A library with an upload and a conversation, and the address of its page."""
    home = tmp_path_factory.mktemp("hazards") / "home"
    shutil.copytree(assistant.settings.home, home)
    with served(home) as (ready, address):
        ready.encoder = encoder
        with Visitor(address) as visitor:
            assert "done" in visitor.bring_in([("秘密.md", SECRET.encode())])
        kept = Conversations(home)
        kept.add_turn("", kept.start("").id, Turn(QUESTION))
        kept.close()
        yield ready, address


@pytest.fixture
def visitor(place: tuple[Assistant, str]) -> Iterator[Visitor]:
    with Visitor(place[1]) as visitor:
        yield visitor


def raw(address: str, path: str) -> tuple[int, bytes]:
    """What the server says to exactly this path, which no library has tidied up."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.putrequest("GET", path)
    connection.endheaders()
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, body


def targets(home: Path) -> list[Path]:
    """Files that nobody may fetch: the machine's and all of the library's own."""
    own = [file for file in home.rglob("*") if file.is_file()]
    assert {"library.sqlite", "conversations.sqlite", "chroma.sqlite3", "秘密.md"} <= {
        file.name for file in own
    }
    return [Path("/etc/passwd"), Path("/proc/self/environ"), *own]


@pytest.mark.parametrize(
    "route",
    [
        *("/gradio_api/file={}", "/gradio_api/file/{}", "/file={}", "/gradio_api/proxy={}"),
        *("/static/{}", "/assets/{}", "/svelte/{}", "/gradio_api/custom_component/1/a/b/{}"),
        *("/gradio_api/stream/x/y/1/{}", "/source/{}", "/conversations/{}", "/{}", "//{}"),
    ],
)
def test_no_file_of_the_machine_or_of_the_library_is_served(
    place: tuple[Assistant, str], route: str
) -> None:
    home = place[0].settings.home
    up = "../" * 12
    for file in targets(home):
        path = quote(str(file))
        inside = f"{up}{path.lstrip('/')}"
        dotted = inside.replace("../", "%2e%2e/")
        encoded = inside.replace("/", "%2f")
        twice = encoded.replace("%", "%25")
        for spelt in (path, inside, dotted, encoded, twice, f"{path}%00.png", f"file:{path}"):
            status, body = raw(place[1], route.format(spelt))
            assert status in (303, 400, 403, 404, 405), (route, spelt, status)
            start = file.read_bytes()[:16] if file.stat().st_size > 16 else b"root:"
            assert start not in body and SECRET.encode() not in body


def test_what_gradio_could_do_beyond_the_page_is_closed(visitor: Visitor) -> None:
    gets = ("proxy=http://192.0.2.1/", "file=http://192.0.2.1/", "vibe-code", "dev/reload", "runs")
    for path in (*gets, "openapi.json", "token", "deep_link", "call/predict/x"):
        assert visitor.client.get(f"/gradio_api/{path}").status_code == 404, path
    for path in ("/monitoring", "/monitoring/summary", "/openapi.json"):
        assert visitor.client.get(path).status_code == 404, path
    posts = ("run/other", "api/predict", "call/predict", "component_server", "vibe-edit")
    for path in (*posts, "process_recording", "stream/x"):
        assert visitor.client.post(f"/gradio_api/{path}", json={}).status_code == 404, path
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        assert visitor.client.request(method, "/gradio_api/upload").status_code in (404, 405)


@pytest.mark.parametrize(
    "path", ["http://192.0.2.1/x", "/etc/passwd", "../../library.sqlite", "", None, 7, ["x"]]
)
def test_no_event_makes_the_server_fetch_an_address_or_a_file(
    place: tuple[Assistant, str], visitor: Visitor, path: object
) -> None:
    """A file's data, wherever it stands in an event, may name what was uploaded and no other."""
    named = {"path": path, "url": path, "meta": {"_type": "gradio.FileData"}}
    for body in (
        visitor.event("drop", "upload", {"files": []}, [named]),
        visitor.event("drop", "upload", {"files": []}, [[{"deep": [named]}]]),
        visitor.event("drop", "upload", {"files": [named]}),
    ):
        assert visitor.join(body).status_code == 403
        assert visitor.client.post("/gradio_api/run/predict", json=body).status_code == 403
    assert not _reached - {"127.0.0.1", "localhost", "::1", "0.0.0.0"}


def test_an_events_data_is_bounded_and_must_be_json(visitor: Visitor) -> None:
    route = "/gradio_api/queue/join"
    assert visitor.client.post(route, content=b"x" * 1_100_000).status_code == 413
    for content in (b"{", b"[" * 100_000, b"\xff"):
        assert visitor.client.post(route, content=content).status_code == 400
    assert visitor.client.get("/health").status_code == 200


NAMES = [
    "../../../../etc/cron.d/youju.md",
    "..%2f..%2f..%2f丙.md",
    "/etc/甲.md",
    "C:\\Windows\\乙.md",
    "长" * 300 + ".md",
    "a" * 300 + ".md",
    "年报\u202egpj.md",
    "年报\0.md",
    ".丁.md",
    "CON.md",
    "<img src=x onerror=alert(1)>.md",
    "a\r\nSet-Cookie: x=1.md",
]


def test_files_of_any_name_are_kept_below_the_home_by_what_they_hold(
    place: tuple[Assistant, str], visitor: Visitor
) -> None:
    home = place[0].settings.home
    before = {path for path in home.parent.rglob("*") if not path.is_relative_to(home)}
    files = [(name, f"# 文件\n\n这是第 {n} 个。".encode()) for n, name in enumerate(NAMES)]
    files.append((NAMES[0], b"another of the same name"))
    visitor.bring_in(files)
    uploads = [file for file in (home / UPLOADS).rglob("*") if file.is_file()]
    assert len(uploads) >= len(NAMES)
    for file in uploads:
        assert file.resolve().is_relative_to(home.resolve() / UPLOADS) and not file.is_symlink()
        assert clean_name(file.name) == file.name and "\u202e" not in file.name
        assert len(file.parent.name) == 64 and len(file.relative_to(home).parts) == 3
    assert {path for path in home.parent.rglob("*") if not path.is_relative_to(home)} == before
    assert not Path("/etc/cron.d/youju.md").exists()


def test_a_symlink_among_what_was_sent_leads_nowhere(place: tuple[Assistant, str]) -> None:
    home = place[0].settings.home
    link = home / INCOMING / "link.txt"
    link.symlink_to("/etc/passwd")
    inside = home / INCOMING / "inside.txt"
    inside.symlink_to(home / "library.sqlite")
    assert arrived(home, str(link)) is None
    assert arrived(home, str(inside)) is None
    for path in (link, inside):
        path.unlink()


def test_what_is_uploaded_is_not_handed_out_again(visitor: Visitor) -> None:
    (path,) = visitor.send("evil.html", b"<script>alert(1)</script>").json()
    assert visitor.client.get(f"/gradio_api/file={path}").status_code == 404


class Peak:
    """The most memory that the reading process of uploads has held, in bytes."""

    def __init__(self, assistant: Assistant) -> None:
        page, own = assistant.settings.page, assistant.settings.ingest
        least = min(own.max_memory_megabytes, page.max_upload_memory_megabytes)
        self._process = reading_process(own.model_copy(update={"max_memory_megabytes": least}))

    def now(self) -> int:
        child = self._process._child
        try:
            status = Path(f"/proc/{child.process.pid if child else 0}/status").read_text()
        except OSError:
            return 0
        rows = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        return int(rows.get("VmHWM", "0").split()[0]) * 1024


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and limits on memory")
@pytest.mark.parametrize(
    ("name", "make", "words"),
    [
        ("压缩炸弹.docx", bombs.zeros, "压缩比"),
        ("套压.pdf", bombs.twice_deflated, "内存|没有文字|进程意外结束"),
        ("段落.docx", bombs.million_paragraphs, "内存|进程意外结束|损坏"),
        ("实体.docx", bombs.laughs, "损坏"),
        ("嵌套.docx", bombs.nested, "损坏"),
    ],
)
def test_a_bomb_costs_a_message_and_no_more(
    place: tuple[Assistant, str], visitor: Visitor, name: str, make: Any, words: str
) -> None:
    assistant = place[0]
    peak = Peak(assistant)
    visitor.bring_in([("平常.md", "# 平常\n\n一份平常的文件。".encode())])
    plain, most = peak.now(), [0]
    path = visitor.send(name, make()).json()[0]
    said = {"files": [{"name": name, "size": 1, "path": path}]}
    visitor.join(visitor.event("drop", "upload", said)).raise_for_status()
    done: list[dict[str, Any]] = []
    waiting = Thread(target=lambda: done.append(visitor.outcome()))
    waiting.start()
    while waiting.is_alive():
        most[0] = max(most[0], peak.now())
        waiting.join(0.02)
    shown = json.dumps(done[0]["output"], ensure_ascii=False)
    assert any(word in shown for word in words.split("|")), shown[:2000]
    assert most[0] - plain < 1024 * MEBIBYTE, (most[0] - plain) // MEBIBYTE
    assert visitor.client.get("/health").status_code == 200
    entries = assistant.library.store.entries()
    assert name not in {Path(entry.path).name for entry in entries}


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'[x](javascript:alert(3))"


def test_hostile_titles_metadata_cells_and_names_are_text_wherever_they_are_shown(
    place: tuple[Assistant, str], visitor: Visitor, encoder: Encoder, tmp_path: Path
) -> None:
    assistant = place[0]
    file = tmp_path / "<img src=y onerror=alert(4)>.md"
    table = f"| 地区 | {HOSTILE} |\n| --- | --- |\n| {HOSTILE} | 30.5 |\n"
    file.write_text(f"# {HOSTILE}\n\n## {HOSTILE}\n\n正文{HOSTILE}\n\n{table}", encoding="utf-8")
    list(ingest([file], assistant.library, encoder, assistant.settings))
    (entry,) = (e for e in assistant.library.store.entries() if e.path == str(file.resolve()))
    assistant.library.store.describe(entry.id, HOSTILE, HOSTILE, HOSTILE)
    shown = [visitor.client.get(f"/source/{entry.id}?start=0&end=9").text]
    for said in ({"act": "sort", "value": HOSTILE}, {"act": "open", "value": entry.id}):
        body = visitor.event("documents", "select", said)
        visitor.join(body).raise_for_status()
        shown.append(json.dumps(visitor.outcome().get("output", {})["data"][-1]))
    for text in shown:
        assert "<script>alert" not in text and "<img src" not in text
        assert 'href="javascript' not in text
    assert "&lt;script&gt;alert(1)" in shown[0]
