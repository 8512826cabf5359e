from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import anyio
import httpx
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api import asking
from app.api.asking import Asked
from app.api.chat import CORRECTED, Completion
from app.assistant import AT_ONCE, Assistant
from app.marks import marks
from app.reader.tokens import tokenize
from records import Answer, Citation, Span, Status
from tests.serving import QUESTION, UNANSWERED, Counted, served

USER = {"role": "user", "content": QUESTION}


@pytest.fixture(scope="module")
def server(assistant: Assistant) -> Iterator[tuple[Counted, str]]:
    with served(assistant.settings.home) as found:
        yield found


@pytest.fixture(scope="module")
def client(server: tuple[Counted, str]) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(
        base_url=f"{server[1]}/v1", api_key="none", max_retries=0, timeout=120
    ) as client:
        yield client


def complete(client: openai.OpenAI, **more: Any) -> Any:
    return client.chat.completions.create(**{"model": "youju", "messages": [USER], **more})


def test_the_model_is_listed(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["youju"]
    assert client.models.retrieve("youju").id == "youju"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt")


def test_an_answer_with_its_citations(client: openai.OpenAI, assistant: Assistant) -> None:
    completion = complete(client)
    expected = assistant.ask(QUESTION)
    (choice,) = completion.choices
    text = choice.message.content
    assert text == expected.text
    assert choice.finish_reason == "stop"
    assert completion.youju["citations"][0]["quote"] == expected.citations[0].quote
    noted = [note.url_citation for note in choice.message.annotations]
    assert len(noted) == len(re.findall(r"\[[0-9]\]", text)) > 0
    for note in noted:
        number = int(text[note.start_index : note.end_index].strip("[]"))
        cited = expected.citations[number - 1]
        assert note.title == cited.title
        assert f"<mark>{cited.quote}" in httpx.get(note.url).text.replace(' id="quote"', "")
    assert completion.usage.prompt_tokens == len(tokenize(QUESTION))
    assert completion.usage.completion_tokens == len(tokenize(text))
    assert completion.usage.total_tokens == len(tokenize(QUESTION)) + len(tokenize(text))


def test_a_stream_is_the_same_answer_in_pieces(client: openai.OpenAI) -> None:
    whole = complete(client)
    chunks = list(complete(client, stream=True, stream_options={"include_usage": True}))
    pieces = [c.choices[0].delta.content or "" for c in chunks if c.choices]
    assert "".join(pieces) == whole.choices[0].message.content
    assert sum(map(bool, pieces)) > 1
    assert chunks[0].choices[0].delta.role == "assistant"
    *_, last, counted = chunks
    assert last.choices[0].finish_reason == "stop"
    assert last.choices[0].delta.annotations == [
        note.model_dump() for note in whole.choices[0].message.annotations
    ]
    assert last.youju["citations"] == whole.youju["citations"]
    assert counted.usage == whole.usage
    assert len({chunk.id for chunk in chunks}) == 1


def test_usage_is_streamed_only_when_asked_for(client: openai.OpenAI) -> None:
    for options in ({}, {"stream_options": {"include_usage": False}}):
        assert all(chunk.choices for chunk in complete(client, stream=True, **options))


def test_a_refusal_is_an_answer_without_citations(client: openai.OpenAI) -> None:
    for stream in (False, True):
        found = complete(client, messages=[{"role": "user", "content": UNANSWERED}], stream=stream)
        last = list(found)[-1] if stream else found
        assert last.youju["refused"]
        said = last.choices[0].delta if stream else last.choices[0].message
        assert said.annotations == []
        assert last.choices[0].finish_reason == "stop"


def test_the_last_message_of_the_user_is_the_question(client: openai.OpenAI) -> None:
    dialogue = [
        {"role": "system", "content": "Answer in verse."},
        {"role": "user", "content": UNANSWERED},
        {"role": "assistant", "content": "没有找到。"},
        {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
        {"role": "assistant", "content": None, "tool_calls": []},
    ]
    assert complete(client, messages=dialogue).youju["question"] == QUESTION


def test_earlier_questions_are_handed_on(
    client: openai.OpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Asked] = []

    def noting(assistant: Assistant, asked: Asked) -> Iterator[Answer]:
        seen.append(asked)
        yield Answer(asked.question, "好")

    monkeypatch.setattr(asking, "answers_to", noting)
    earlier = [
        {"role": "user", "content": "一？"},
        {"role": "assistant", "content": "1"},
        {"role": "user", "content": "二？"},
        {"role": "assistant", "content": "2"},
    ]
    complete(client, messages=[*earlier, USER], extra_body={"documents": ["d"]})
    assert seen == [Asked(QUESTION, ("d",), ("一？", "二？"))]


def test_what_only_a_language_model_could_heed_is_passed_over(client: openai.OpenAI) -> None:
    tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
    completion = complete(
        client,
        temperature=0.3,
        top_p=0.5,
        seed=7,
        max_tokens=5,
        stop=["。"],
        user="u",
        n=1,
        tools=[tool],
        response_format={"type": "text"},
        extra_body={"unheard_of": {"x": [1]}},
    )
    assert completion.youju["short_answer"]


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"messages": []}, "messages"),
        ({"messages": "x"}, "messages"),
        ({"messages": [{"role": "system", "content": "x"}]}, "messages"),
        ({"messages": [{"role": "king", "content": "x"}]}, "messages.0.role"),
        ({"messages": [{"role": "user", "content": 7}]}, "messages.0.content"),
        ({"messages": [{"role": "user"}]}, "question"),
        ({"messages": [{"role": "user", "content": " "}]}, "question"),
        ({"messages": [{"role": "user", "content": "问" * 501}]}, "question"),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": 1}]}]}, "messages"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]},
            "messages",
        ),
        ({"n": 2}, "n"),
        ({"stream": "true"}, "stream"),
        ({"stream_options": {"include_usage": 1}, "stream": True}, "stream_options"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"extra_body": {"documents": "x"}}, "documents"),
    ],
    ids=str,
)
def test_a_wrong_parameter_is_named(
    client: openai.OpenAI, wrong: dict[str, Any], param: str
) -> None:
    with pytest.raises(openai.BadRequestError) as raised:
        complete(client, **wrong)
    assert str(raised.value.param).startswith(param)
    assert raised.value.type == "invalid_request_error"
    assert isinstance(raised.value.body, dict) and raised.value.body["chinese"]


def test_another_model_is_not_found(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as raised:
        complete(client, model="gpt-9")
    assert (raised.value.code, raised.value.param) == ("model_not_found", "model")


@pytest.mark.parametrize("stream", [False, True])
def test_what_goes_wrong_at_once_has_its_own_status(client: openai.OpenAI, stream: bool) -> None:
    with pytest.raises(openai.NotFoundError) as raised:
        complete(client, stream=stream, extra_body={"documents": ["none"]})
    assert raised.value.code == "document_not_found"


@pytest.mark.parametrize("error", [RuntimeError("/a/secret"), OSError("/a/secret")])
def test_what_goes_wrong_in_a_stream_ends_it_with_an_error(
    client: openai.OpenAI, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def breaking(assistant: Assistant, asked: Asked) -> Iterator[Answer]:
        yield Answer(asked.question, "前半")
        raise error

    monkeypatch.setattr(asking, "answers_to", breaking)
    received = []
    with pytest.raises(openai.APIError) as raised:
        for chunk in complete(client, stream=True):
            received.append(chunk.choices[0].delta.content)
    assert received == ["", "前半"]
    assert "secret" not in str(raised.value)


def test_streams_that_are_left_give_their_places_back(
    server: tuple[Counted, str], client: openai.OpenAI
) -> None:
    assistant, _ = server
    for _ in range(3 * AT_ONCE):
        stream = complete(client, stream=True)
        next(iter(stream))
        stream.close()
    body = {"model": "youju", "messages": [USER], "stream": True}
    for _ in range(3 * AT_ONCE):  # left before the first piece
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{server[1]}/v1/chat/completions", json=body, timeout=(9, 1e-3, 9, 9))
    assert complete(client).choices[0].message.content
    with assistant.line.turn(), assistant.line.turn():  # both places are free again
        pass


CITATIONS = tuple(
    Citation(n, "d", "题", "", None, (), quote, Span(0, len(quote)), Status.VERBATIM)
    for n, quote in ((1, "甲[2]乙"), (2, "丙"))
)


async def given_as(texts: Sequence[str]) -> AsyncIterator[Answer]:
    for text in texts:
        yield Answer("问", text, citations=CITATIONS)


def chunks_of(texts: Sequence[str]) -> list[dict[str, Any]]:
    async def collected() -> list[dict[str, Any]]:
        completion = Completion("http://x/", ["问"])
        return [chunk async for chunk in completion.chunks(given_as(texts), False)]

    return anyio.run(collected)


PIECES = st.sampled_from(["甲[2]乙", "[1]", "[2]", "[3]", "甲", "，", "\n\n", "😀"])
TEXTS = st.lists(st.lists(PIECES, max_size=4).map("".join), min_size=1, max_size=5)


@given(TEXTS, st.booleans())
def test_what_was_streamed_ends_with_the_finished_answer(texts: list[str], grow: bool) -> None:
    if grow:
        texts = ["".join(texts[:count]) for count in range(1, len(texts) + 1)]
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks_of(texts)]
    message = "".join(delta.get("content", "") for delta in deltas)
    assert message.endswith(texts[-1])
    assert (CORRECTED in message) == (message != texts[-1])
    if grow:
        assert message == texts[-1]
    for note in deltas[-1]["annotations"]:
        place = note["url_citation"]
        assert message[place["start_index"] : place["end_index"]] in ("[1]", "[2]")
        assert place["start_index"] >= len(message) - len(texts[-1])
    assert len(deltas[-1]["annotations"]) == len(list(marks(texts[-1], CITATIONS)))


def test_a_mark_in_a_quote_is_the_documents_own() -> None:
    text = "“甲[2]乙” [1]，丙[2][3]"
    assert [(span.of(text), number) for span, number in marks(text, CITATIONS)] == [
        ("[1]", 1),
        ("[2]", 2),
    ]
