from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from starlette.datastructures import Headers

from app.accounts import hashed
from app.api.access import Access, interfaces_words, why_closed
from app.api.asking import Asked, Asking
from app.api.rate import Rate
from app.api.refusals import Refused
from app.api.rows import AnswerRow
from app.assistant import AT_ONCE, Assistant
from app.contract import answer_row, hit_row
from app.page.desk import Desk
from app.page.server import running
from app.page.talk import Talk
from app.scope import Scope
from settings import ApiSettings, PageSettings, load_settings
from tests.serving import NO_FILE, QUESTION, TOKEN, UNANSWERED, Counted, served

JSON = {"Content-Type": "application/json"}
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def home(assistant: Assistant) -> Path:
    return assistant.settings.home


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[tuple[Counted, str]]:
    with served(home) as found:
        yield found


@pytest.fixture(scope="module")
def client(server: tuple[Counted, str]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server[1], timeout=120) as client:
        yield client


@pytest.fixture(scope="module")
def locked(home: Path) -> Iterator[httpx.Client]:
    """A server that wants a token."""
    with (
        served(home, tokens=[TOKEN, "another-token-of-the-tests"]) as (_, address),
        httpx.Client(base_url=address, timeout=120) as client,
    ):
        yield client


def said(response: httpx.Response) -> dict[str, Any]:
    """The error, which must be told in both languages and hold no trace of the program."""
    error: dict[str, Any] = response.json()["error"]
    assert error["chinese"] and error["english"]
    assert error["message"] == f"{error['chinese']} {error['english']}"
    assert "Traceback" not in response.text
    return error


def without_times(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "timings_ms"}


def test_a_question_gets_the_row_that_the_command_line_prints(
    client: httpx.Client, assistant: Assistant
) -> None:
    response = client.post("/api/ask", json={"question": f" {QUESTION} "})
    assert response.status_code == 200
    expected = json.loads(json.dumps(answer_row(assistant.ask(QUESTION))))
    assert without_times(response.json()) == without_times(expected)
    assert response.json().keys() == expected.keys()
    assert AnswerRow.model_fields.keys() <= expected.keys()
    assert response.json()["citations"]


def test_a_question_without_an_answer_is_refused(client: httpx.Client) -> None:
    row = client.post("/api/ask", json={"question": UNANSWERED}).json()
    assert row["refused"] and not row["citations"] and row["hits"]


def test_passages_are_found(client: httpx.Client, assistant: Assistant) -> None:
    response = client.post("/api/search", json={"question": "投资规模", "top": 2})
    expected = [hit_row(hit) for hit in assistant.search("投资规模", 2)]
    assert response.json() == {"hits": json.loads(json.dumps(expected))}


def test_documents_are_listed_and_described(client: httpx.Client, assistant: Assistant) -> None:
    listed = client.get("/api/documents").json()["documents"]
    assert [row["id"] for row in listed] == [e.id for e in assistant.library.store.entries()]
    row = client.get(f"/api/documents/{listed[0]['id']}").json()
    document = assistant.document(row["id"])
    assert row["title"] == document.title
    assert [heading["title"] for heading in row["outline"]] == [
        heading.span.of(document.text).strip() for heading in document.outline
    ]
    assert row["outline"]


def test_a_question_can_be_put_to_some_documents(
    client: httpx.Client, assistant: Assistant
) -> None:
    (other,) = (e.id for e in assistant.library.store.entries() if "交通" in e.title)
    row = client.post("/api/ask", json={"question": QUESTION, "documents": [other]}).json()
    assert {hit["document_id"] for hit in row["hits"]} <= {other}
    assert not any("4.5 亿元" in citation["quote"] for citation in row["citations"])


@pytest.mark.parametrize(
    "request_line",
    [("GET", "/api/documents/none", None), ("POST", "/api/ask", {"documents": ["none"]})],
)
def test_an_unknown_document_is_named(
    client: httpx.Client, request_line: tuple[str, str, dict[str, Any] | None]
) -> None:
    method, path, body = request_line
    sent = {"json": {"question": QUESTION, **body}} if body else {}
    response = client.request(method, path, **sent)  # type: ignore[arg-type]
    assert response.status_code == 404
    assert "none" in said(response)["chinese"] and "none" in said(response)["english"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "missing"),
        (b"{", 422, "json_invalid"),
        (b"[" * 100_000, 400, "bad_request"),
        (b"[]", 422, "model_attributes_type"),
        (b"1" * 10_000, 400, "bad_request"),
        (b"{}", 422, "missing"),
        (b'{"question": null}', 422, "string_type"),
        (b'{"question": 7}', 422, "string_type"),
        (b'{"question": ["x"]}', 422, "string_type"),
        (b'{"question": "x", "more": 1}', 422, "extra_forbidden"),
        (b'{"question": "x", "documents": "x"}', 422, "tuple_type"),
        (b'{"question": "x", "documents": [1]}', 422, "string_type"),
        (b'{"question": " \\n"}', 422, "empty_question"),
        ('{"question": "%s"}' % ("问" * 501), 422, "question_too_long"),
        (b'{"question": "\\ud800"}', 422, "not_text"),
        (b'{"question": "x", "documents": ["\\udfff"]}', 422, "not_text"),
        ('{"question": "\\ud800"}'.encode("utf-16"), 422, "not_text"),
        (b'{"question": "\xff"}', 422, "not_text"),
        (b'{"question": "' + b"x" * 300_000 + b'"}', 413, "body_too_large"),
        (b"x" * 9_000_000, 413, "body_too_large"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_bad_request_is_explained(
    client: httpx.Client, body: bytes, status: int, code: str
) -> None:
    response = client.post("/api/ask", content=body, headers=JSON)
    assert (response.status_code, said(response)["code"]) == (status, code)


def test_a_body_of_unknown_length_is_measured_too(client: httpx.Client) -> None:
    pieces = (b"x" * 1000 for _ in range(300))
    response = client.post("/api/ask", content=pieces, headers=JSON)
    assert response.status_code == 413


def test_emoji_spelt_as_surrogate_pairs_are_text(client: httpx.Client) -> None:
    body = b'{"question": "\\ud83d\\ude00", "top": 1}'
    assert client.post("/api/search", content=body, headers=JSON).status_code == 200


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/none"), ("PUT", "/api/ask")])
def test_what_does_not_exist_is_said_in_json(client: httpx.Client, method: str, path: str) -> None:
    response = client.request(method, path)
    assert response.status_code in (404, 405)
    assert path in said(response)["chinese"]


@pytest.mark.parametrize("path", ["/api/documents", "/v1/models", "/api/docs"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:7860"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "localhost@evil.example"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:1"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
def test_a_page_of_another_site_gets_nothing(
    client: httpx.Client, path: str, headers: dict[str, str]
) -> None:
    response = client.get(path, headers=headers)
    if path == "/api/docs":  # it holds nothing of the library
        assert response.status_code == 200
    else:
        assert response.status_code == 403
        assert next(iter(headers)) in said(response)["english"]
    assert not [name for name in response.headers if name.startswith("access-control")]


def test_a_form_of_another_site_gets_nothing(client: httpx.Client) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "text/json", ""):
        response = client.post(
            "/api/ask", content=b'{"question": "x"}', headers={"Content-Type": kind}
        )
        assert response.status_code == 415
        said(response)
    assert client.options("/api/ask").status_code == 405


def test_the_page_itself_and_programs_may_ask(client: httpx.Client) -> None:
    own = str(client.base_url).rstrip("/")
    port = client.base_url.port
    for headers in (
        {},
        {"Origin": own, "Sec-Fetch-Site": "same-origin"},
        {"Host": f"localhost:{port}"},
        {"Host": f"[::1]:{port}"},
    ):
        assert client.get("/api/documents", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "header", [None, TOKEN, "Bearer", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer 令"]
)
@pytest.mark.parametrize("path", ["/api/documents", "/v1/models", "/mcp", "/v1/none"])
def test_without_its_token_a_caller_gets_nothing(
    locked: httpx.Client, path: str, header: str | None
) -> None:
    headers = {} if header is None else {b"Authorization": header.encode()}
    response = locked.get(path, headers=headers)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert TOKEN not in response.text
    said(response)


def test_with_a_token_a_caller_may_come_from_anywhere(locked: httpx.Client) -> None:
    for token in (TOKEN, "another-token-of-the-tests"):
        bearer = {"Authorization": f"bearer {token}", "Host": "youju.example"}
        assert locked.get("/api/documents", headers=bearer).status_code == 200


def test_the_description_needs_no_token(locked: httpx.Client) -> None:
    openapi = locked.get("/api/openapi.json").json()
    page = locked.get("/api/docs").text
    for path in ("/api/ask", "/api/search", "/api/documents", "/v1/chat/completions"):
        assert path in openapi["paths"]
        assert f"{path}</code>" in page
    assert "history" in page and "429" in page
    assert "src=" not in page and "://" not in page


def test_beyond_loopback_there_are_no_interfaces_without_tokens(assistant: Assistant) -> None:
    with running(
        assistant, PageSettings(host="0.0.0.0", port=0, users={"lin": hashed("竹石")})
    ) as address:
        response = httpx.get(f"{address}api/documents")
        assert "documents" not in response.text or response.status_code == 404
        assert httpx.get(f"{address}v1/models").status_code == 404
    for host in ("0.0.0.0", "::", "192.168.1.7", "youju.example"):
        page = PageSettings(host=host)
        assert why_closed(ApiSettings(), page)
        assert not why_closed(ApiSettings(tokens=[SecretStr(TOKEN)]), page)
        chinese, english = interfaces_words(ApiSettings(), page, "http://x/")
        assert "YOUJU_API__TOKENS" in chinese and "YOUJU_API__TOKENS" in english
    for host in ("127.0.0.1", "127.8.9.1", "localhost", "::1", "[::1]"):
        page = PageSettings(host=host)
        assert not why_closed(ApiSettings(), page)
        assert why_closed(ApiSettings(enabled=False), page)
        assert "http://x/mcp" in interfaces_words(ApiSettings(), page, "http://x/")[0]
        assert why_closed(ApiSettings(), PageSettings(host=host, users={"lin": "x"}))


def test_too_many_requests_are_told_when_to_come_again(home: Path) -> None:
    with (
        served(home, requests_per_minute=2, tokens=[TOKEN]) as (_, address),
        httpx.Client(base_url=address) as client,
    ):
        statuses = [client.get("/v1/models", headers=BEARER).status_code for _ in range(3)]
        assert statuses == [200, 200, 429]
        late = client.get("/v1/models", headers=BEARER)
        assert 0 < int(late.headers["Retry-After"]) <= 60
        assert said(late)["code"] == "rate_limit_exceeded"
        guesses = [client.get("/v1/models").status_code for _ in range(3)]
        assert guesses == [401, 401, 429]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 40)), max_size=60), st.integers(1, 5))
def test_no_caller_exceeds_the_rate(requests: list[tuple[str, float]], limit: int) -> None:
    now = 0.0
    rate = Rate(limit, lambda: now)
    served_at: dict[str, list[float]] = {"a": [], "b": []}
    for caller, pause in requests:
        now += pause
        recent = [moment for moment in served_at[caller] if moment > now - 60]
        wait = rate.wait(caller)
        assert (wait > 0) == (len(recent) == limit)
        if wait:  # and then, not before, there is room again
            assert wait == pytest.approx(recent[0] + 60 - now)
        else:
            served_at[caller].append(now)


def test_callers_who_have_gone_are_forgotten() -> None:
    now = 0.0
    rate = Rate(1, lambda: now)
    for number in range(25_000):
        now += 0.001
        rate.wait(str(number))
    assert len(rate._times) <= 10_000


@given(st.text(min_size=16, max_size=40), st.text(max_size=40))
def test_only_the_token_itself_is_accepted(token: str, other: str) -> None:
    access = Access([SecretStr(token)])

    def admitted(given: str) -> bool:
        header = f"Bearer {given}".encode("utf-8", "replace").decode("latin-1")
        try:
            access.caller(Headers({"authorization": header}))
        except Refused as error:
            assert error.status == 401
            return False
        return True

    assert not admitted(other) or other.strip() == token


def test_twenty_callers_and_the_page_never_crowd_the_assistant(
    server: tuple[Counted, str], client: httpx.Client
) -> None:
    assistant, _ = server
    assistant.most = 0

    def from_a_program(number: int) -> str:
        row = client.post("/api/ask", json={"question": QUESTION}).json()
        return str(row["short_answer"])

    def from_the_page(number: int) -> str:
        *_, last = Desk(assistant).ask(QUESTION, Scope(), Talk(), "")
        answer = last.turns[-1].answer
        assert answer
        return answer.short_answer

    with ThreadPoolExecutor(24) as pool:
        asked = [pool.submit(from_a_program, n) for n in range(20)]
        asked += [pool.submit(from_the_page, n) for n in range(4)]
        assert {job.result() for job in asked} == {assistant.ask(QUESTION).short_answer}
    assert 0 < assistant.most <= AT_ONCE


def test_when_too_many_wait_the_rest_is_turned_away(home: Path) -> None:
    waiting = 1
    with (
        served(home, max_queue=waiting) as (assistant, address),
        httpx.Client(base_url=address, timeout=120) as client,
        ThreadPoolExecutor(8) as pool,
    ):
        taken = ExitStack()
        for _ in range(AT_ONCE):
            taken.enter_context(assistant.line.turn())
        jobs = [
            pool.submit(client.post, "/api/search", json={"question": "投资"}) for _ in range(6)
        ]
        refused = 6 - AT_ONCE - waiting
        try:
            first = [job.result() for job in islice(as_completed(jobs, timeout=60), refused)]
        finally:
            taken.close()
        assert {response.status_code for response in first} == {503}
        assert {int(response.headers["Retry-After"]) > 0 for response in first} == {True}
        assert said(first[0])["code"] == "busy"
        statuses = sorted(job.result().status_code for job in jobs)
        assert statuses == [200] * (AT_ONCE + waiting) + [503] * refused


def test_a_stream_that_nobody_reads_holds_no_place(assistant: Assistant) -> None:
    async def asked() -> str:
        asking = Asking(assistant, PageSettings())
        async with (
            asking.stream(Asked(QUESTION)),
            asking.stream(Asked(QUESTION)),
            asking.stream(Asked(QUESTION)),
        ):
            return (await asking.answer(Asked(QUESTION))).short_answer

    assert anyio.run(asked) == assistant.ask(QUESTION).short_answer


def test_an_empty_library_says_how_to_fill_it(tmp_path: Path) -> None:
    with served(tmp_path / "home") as (_, address):
        response = httpx.post(f"{address}/api/ask", json={"question": QUESTION})
        assert response.status_code == 503
        assert "youju ingest" in said(response)["chinese"]
        assert httpx.get(f"{address}/api/documents").json() == {"documents": []}


def test_a_library_of_other_settings_says_what_to_do(assistant: Assistant) -> None:
    split = {"maximum": assistant.settings.split.maximum - 1}
    other = Assistant(load_settings(NO_FILE, {}, home=assistant.settings.home, split=split))
    with running(other, PageSettings(port=0)) as address:
        response = httpx.post(f"{address}api/ask", json={"question": QUESTION})
    other.close()
    assert response.status_code == 503
    assert "youju docs rebuild" in said(response)["english"]


def test_of_an_unexpected_error_nothing_is_told(
    server: tuple[Counted, str], client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object) -> None:
        raise RuntimeError("/a/secret/path")

    monkeypatch.setattr(server[0].library, "check", broken)
    response = httpx.post(f"{server[1]}/api/ask", json={"question": QUESTION})
    assert response.status_code == 500
    assert "secret" not in response.text
    said(response)
