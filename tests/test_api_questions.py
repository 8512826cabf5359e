"""Harder questions as programs put them: a whole section, and reports that disagree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from app.assistant import Assistant
from index.encoder import Encoder
from index.pipeline import ingest
from settings import load_settings
from tests.serving import served
from tests.test_disagreement import FIRST, OTHER, SECOND
from tests.test_disagreement import QUESTION as DISAGREED
from tests.test_sections import LAKES

SECTION = ("总结第二章", "summarise chapter 二")


@pytest.fixture(scope="module")
def address(
    encoder: Encoder, no_settings: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    folder, home = tmp_path_factory.mktemp("harder"), tmp_path_factory.mktemp("harder-library")
    texts = {"湖泊.md": LAKES, "a.md": FIRST, "b.md": SECOND.format(sentence=OTHER)}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    ready = Assistant(load_settings(no_settings, {}, home=home))
    results = ingest([folder], ready.library, encoder, ready.settings)
    assert {result.outcome for result in results} == {"added"}
    ready.close()
    with served(home) as (_, found):
        yield found


def completed(address: str, question: str, stream: bool) -> tuple[str, list[Any], dict[str, Any]]:
    """Text, annotations and the whole answer of a completion by the official client."""
    messages: list[Any] = [{"role": "user", "content": question}]
    with openai.OpenAI(base_url=f"{address}/v1", api_key="none", timeout=300) as client:
        made: Any = client.chat.completions.create(model="youju", messages=messages, stream=stream)
        if not stream:
            message = made.choices[0].message
            noted = [note.model_dump() for note in message.annotations]
            return message.content, noted, made.youju
        chunks = list(made)
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
        return text, chunks[-1].choices[0].delta.annotations, chunks[-1].youju


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("question", SECTION)
def test_a_section_is_read_as_a_whole(address: str, question: str, stream: bool) -> None:
    text, noted, row = completed(address, question, stream)
    assert not row["refused"]
    assert all(said in text for said in ("45 个", "8.6 亿元"))
    assert not any(other in text for other in ("12 个。湖泊面积", "31 种"))
    assert {tuple(c["headings"][-2:]) for c in row["citations"]} == {
        ("第二章 水质", "第一节 监测"),
        ("第二章 水质", "第二节 治理"),
    }
    assert all(citation["status"] == "verbatim" for citation in row["citations"])
    assert len(noted) >= len(row["citations"]) > 1
    for note in noted:
        assert "<mark" in httpx.get(note["url_citation"]["url"], timeout=60).text


@pytest.mark.parametrize("stream", [False, True])
def test_reports_that_disagree_are_both_told(address: str, stream: bool) -> None:
    text, noted, row = completed(address, DISAGREED, stream)
    told(row)
    assert all(said in text for said in ("4.5 亿元", "5.1 亿元", "青湾市统计局", "蓝鲸研究院"))
    assert {note["url_citation"]["title"] for note in noted} == {
        "青湾市数字产业年报",
        "青湾市投资分析",
    }


def test_the_other_interface_tells_both_too(address: str) -> None:
    response = httpx.post(f"{address}/api/ask", json={"question": DISAGREED}, timeout=300)
    assert response.status_code == 200
    told(response.json())


def told(row: dict[str, Any]) -> None:
    """Both figures, each with who says so, when, and the words that define it."""
    lines = [note for note in row["notes"] if note.startswith("“")]
    assert len(lines) == 2
    first = next(line for line in lines if "4.5 亿元" in line)
    second = next(line for line in lines if "5.1 亿元" in line)
    assert "青湾市统计局" in first and "2023-03" in first
    assert "蓝鲸研究院" in second and "2023-06" in second and "在建" in second
    assert {c["publisher"] for c in row["citations"]} >= {"青湾市统计局", "蓝鲸研究院"}
