"""The log, the metrics and the health of a running server: what they tell and what never."""

from __future__ import annotations

import json
import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts import hashed
from app.assistant import AT_ONCE, Assistant
from app.logs import JsonLines, TextLines, set_up
from app.metrics import Metrics, counting
from app.page.desk import Desk
from app.page.server import running
from app.page.talk import Talk
from app.scope import Scope
from app.watching import watched
from records import Answer
from settings import LogSettings, PageSettings, load_settings
from tests.serving import NO_FILE, QUESTION, TOKEN, UNANSWERED, Counted, served

BEARER = {"Authorization": f"Bearer {TOKEN}"}
EVENTS = logging.getLogger("youju.tests")
SAMPLE = re.compile(r'[a-z_]+(\{([a-z]+="[^"\n]*",?)+\})? (-?[0-9.e+-]+)')


@pytest.fixture(scope="module")
def home(assistant: Assistant) -> Path:
    return assistant.settings.home


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[tuple[Counted, str]]:
    with served(home) as found:
        yield found


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """Everything is logged as JSON for the time of a test."""
    set_up(LogSettings(level="debug", form="json"))
    yield capsys
    set_up(LogSettings())


def samples(text: str) -> dict[str, float]:
    """Metrics by name and labels, read as Prometheus' text format says."""
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            assert SAMPLE.fullmatch(line), line
            name, _, value = line.rpartition(" ")
            found[name] = float(value)
    return found


def rows(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_health_tells_the_state_of_the_library(server: tuple[Counted, str]) -> None:
    assistant, address = server
    store = assistant.library.store
    response = httpx.get(f"{address}/health")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ready",
        "generation": store.generation(),
        "documents": 2,
        "passages": store.count(),
    }
    foreign = httpx.get(f"{address}/health", headers={"Host": "evil.example"})
    assert (foreign.status_code, foreign.json()) == (200, {"status": "ready"})


def test_who_may_not_use_the_interfaces_learns_no_more_than_that_it_is_ready(home: Path) -> None:
    users = PageSettings(host="0.0.0.0", port=0, users={"lin": hashed("竹石")})
    for tokens in ([], [TOKEN]):
        locked = Assistant(load_settings(NO_FILE, {}, home=home, api={"tokens": tokens}))
        with running(locked, users) as address:
            url = address.replace("0.0.0.0", "127.0.0.1").rstrip("/")
            assert httpx.get(f"{url}/health").json() == {"status": "ready"}
            assert httpx.get(f"{url}/metrics").status_code == 401
            known = httpx.get(f"{url}/health", headers=BEARER).json()
            assert ("passages" in known) == bool(tokens)
            expected = 200 if tokens else 401
            assert httpx.get(f"{url}/metrics", headers=BEARER).status_code == expected
        locked.close()


def test_without_interfaces_the_server_can_still_be_watched(home: Path) -> None:
    with served(home, enabled=False) as (_, address):
        assert httpx.get(f"{address}/health").status_code == 200
        assert httpx.get(f"{address}/metrics").status_code == 200
        assert httpx.get(f"{address}/v1/models").status_code == 404


def test_a_library_that_is_not_ready_is_503(home: Path, tmp_path: Path) -> None:
    split = {"maximum": 349}
    other = Assistant(load_settings(NO_FILE, {}, home=home, split=split))
    with running(other, PageSettings(port=0)) as address:
        response = httpx.get(f"{address}health")
        assert response.status_code == 503
        assert "docs rebuild" in response.json()["error"]["english"]
    other.close()
    with served(tmp_path / "home") as (_, address):
        with sqlite3.connect(tmp_path / "home" / "library.sqlite") as database:
            database.execute("DROP TABLE passages")
        database.close()
        response = httpx.get(f"{address}/health")
        assert response.status_code == 503
        assert str(tmp_path) not in response.text


def test_metrics_count_what_happened(server: tuple[Counted, str]) -> None:
    assistant, address = server
    with httpx.Client(base_url=address, timeout=60) as client:
        before = samples(client.get("/metrics").text)
        client.post("/api/ask", json={"question": QUESTION})
        client.post("/api/ask", json={"question": UNANSWERED})
        client.post("/api/ask", json={"question": ""})
        list(Desk(assistant).ask(QUESTION, Scope(), Talk(), ""))
        client.get("/gradio_api/file=/etc/passwd")
        response = client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    after = samples(response.text)
    for name, more in {
        'youju_questions_total{by="program",outcome="answered"}': 1,
        'youju_questions_total{by="program",outcome="refused"}': 1,
        'youju_questions_total{by="page",outcome="answered"}': 1,
        'youju_refused_requests_total{status="422",code="empty_question"}': 1,
        'youju_refused_requests_total{status="404",code="page"}': 1,
        'youju_question_stage_seconds_count{stage="total"}': 3,
        'youju_question_stage_seconds_bucket{stage="total",le="+Inf"}': 3,
    }.items():
        assert after[name] - before.get(name, 0) == more, name
    assert after["youju_library_documents"] == 2
    assert after["youju_library_passages"] == assistant.library.store.count()
    assert after["youju_questions_waiting"] == 0
    with ExitStack() as busy, httpx.Client(base_url=address, timeout=60) as client:
        for _ in range(AT_ONCE + 3):
            busy.enter_context(assistant.line.place())
        assert samples(client.get("/metrics").text)["youju_questions_waiting"] == 3
    assert QUESTION not in response.text


@given(st.lists(st.floats(0, 200_000), max_size=20))
def test_a_histogram_is_cumulative_and_counts_everything(milliseconds: list[float]) -> None:
    with counting() as metrics:
        for each in milliseconds:
            EVENTS.info("question", extra={"facts": {"ms": {"read": each}}})
    found = samples(metrics.text({}))
    steps = [value for name, value in found.items() if "_bucket" in name]
    assert steps == sorted(steps)
    if milliseconds:
        name = "youju_question_stage_seconds"
        assert steps[-1] == found[f'{name}_count{{stage="read"}}'] == len(milliseconds)
        assert found[f'{name}_sum{{stage="read"}}'] == pytest.approx(
            sum(milliseconds) / 1000, abs=1e-5
        )


@given(st.text())
def test_no_label_can_break_a_line(text: str) -> None:
    metrics = Metrics()
    record = EVENTS.makeRecord("youju", logging.INFO, "", 0, "upload", (), None)
    record.facts = {"stage": text}
    metrics.emit(record)
    (line,) = [x for x in metrics.text({}).split("\n") if x.startswith("youju_uploads_total{")]
    assert line.endswith('"} 1')


@given(st.text(), st.dictionaries(st.sampled_from("abcd"), st.text()))
def test_an_event_is_one_line_in_either_form(message: str, facts: dict[str, str]) -> None:
    record = EVENTS.makeRecord("youju.tests", logging.INFO, "", 0, "%s", (message,), None)
    record.facts = {f"x{name}": value for name, value in facts.items()}
    (line,) = JsonLines().format(record).split("\n")
    row = json.loads(line)
    assert row["event"] == message and {"time", "level", "logger"} < row.keys()
    assert all(row[f"x{name}"] == value for name, value in facts.items())
    assert TextLines().format(record).isprintable()


def test_an_exception_is_told_by_its_types_and_places_never_by_its_words(
    logged: pytest.CaptureFixture[str],
) -> None:
    try:
        try:
            raise OSError(28, "No space left on device", "/home/lin/机密.txt")
        except OSError as error:
            raise KeyError("青湾市的秘密") from error
    except KeyError:
        EVENTS.exception("broken")
        logging.getLogger("elsewhere").error("reading %s failed", "青湾市的秘密", exc_info=True)
    ours, theirs = rows(logged.readouterr().err)
    assert ours["error"] == "KeyError < OSError (No space left on device)"
    assert "test_monitoring.py" in str(ours["places"])
    assert theirs["event"] == "reading %s failed"
    assert "秘密" not in json.dumps([ours, theirs], ensure_ascii=False)


def test_a_question_that_fails_or_is_left_is_told_too(logged: pytest.CaptureFixture[str]) -> None:
    def failing() -> Iterator[Answer]:
        yield Answer("问", "答")
        raise RuntimeError("问")

    with pytest.raises(RuntimeError):
        list(watched(failing(), "page"))
    left = watched(failing(), "page")
    next(left)
    del left
    failed, stopped = rows(logged.readouterr().err)
    assert (failed["outcome"], failed["error"], failed["level"]) == (
        "failed",
        "RuntimeError",
        "warning",
    )
    assert (stopped["outcome"], stopped["level"]) == ("stopped", "info")


def test_the_level_decides_what_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    for level, count in (("error", 1), ("warning", 2), ("info", 3)):
        set_up(LogSettings(level=level))
        for say in (EVENTS.error, EVENTS.warning, EVENTS.info):
            say("x")
        assert len(capsys.readouterr().err.splitlines()) == count
    set_up(LogSettings())
