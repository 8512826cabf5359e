"""``/v1``: OpenAI's chat completions, answered from the library.

The last message of the user is the question, the ones before it are the dialogue's history.
Parameters that only a language model could heed are passed over. Beside OpenAI's own keys a
response holds ``youju``, the whole answer of ``app.contract``, and the message holds
``annotations``: where its marks stand and what they lead to.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from typing import Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field, StrictBool
from starlette.responses import Response

from app.api.asking import Asked
from app.api.events import AnswerStream
from app.api.refusals import Refused
from app.api.rest import ERRORS, Desk, token
from app.api.rows import DocumentIds
from app.contract import answer_row
from app.marks import marks
from app.messages import CHINESE
from app.source import source_link
from records import Answer

MODEL = "youju"
CORRECTED = "\n\n以上有误，更正如下。The above is withdrawn; the answer is:\n\n"

router = APIRouter(prefix="/v1", responses=ERRORS, dependencies=[Depends(token)])


class Message(BaseModel):
    """A message of the dialogue; of its parts only text is understood."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[dict[str, Any]] | None = None


class StreamOptions(BaseModel):
    """What a stream holds beside the answer."""

    include_usage: StrictBool | None = None


class ResponseFormat(BaseModel):
    """The form of the answer's text."""

    type: Literal["text"]


class ChatRequest(BaseModel):
    """What is understood of OpenAI's request, and ``documents``: ids of those to look in."""

    model: str
    messages: list[Message] = Field(min_length=1, max_length=1000)
    n: Literal[1] | None = None
    stream: StrictBool | None = None
    stream_options: StreamOptions | None = None
    response_format: ResponseFormat | None = None
    documents: DocumentIds = ()


@router.get("/models", summary="模型列表 List models")
async def models() -> dict[str, Any]:
    """只有一个：`youju`。There is one: `youju`."""
    return {"object": "list", "data": [_model()]}


@router.get("/models/{model}", summary="一个模型 One model")
async def model(model: str) -> dict[str, Any]:
    """模型 `youju`。The model `youju`."""
    _check_model(model)
    return _model()


@router.post("/chat/completions", summary="聊天补全 Chat completions", response_model=None)
async def complete(asked: ChatRequest, request: Request, desk: Desk) -> Response | dict[str, Any]:
    """与 OpenAI 的聊天补全兼容，可流式输出。Compatible with OpenAI's, streaming or not."""
    _check_model(asked.model)
    questions = [_text(m) for m in asked.messages if m.role == "user"]
    if not questions:
        raise Refused(
            422,
            "no_question",
            "messages 里没有 role 为 user 的消息。请加上要问的问题。",
            "No message has the role user: add the question.",
            "messages",
        )
    question = Asked(questions[-1].strip(), asked.documents, tuple(questions[:-1]))
    desk.check(question.question)
    completion = Completion(str(request.base_url), [_text(m, strict=False) for m in asked.messages])
    if asked.stream:
        counted = bool(asked.stream_options and asked.stream_options.include_usage)
        return AnswerStream(desk, question, lambda answers: completion.chunks(answers, counted))
    return await completion.whole(await desk.answer(question))


class Completion:
    """One completion: what is the same in all its chunks, and the forms it is sent in."""

    def __init__(self, base: str, prompt: Sequence[str]) -> None:
        """``base`` is the server's address, for links; ``prompt`` the texts that were sent."""
        self._base = base
        self._prompt = prompt
        self._id = f"chatcmpl-{uuid.uuid4().hex}"
        self._created = int(time.time())

    async def whole(self, answer: Answer) -> dict[str, Any]:
        """The finished answer as ``chat.completion``."""
        message = {
            "role": "assistant",
            "content": answer.text,
            "refusal": None,
            "annotations": url_citations(answer, self._base),
        }
        return {
            **self._head("chat.completion"),
            "choices": [_choice("stop", message=message)],
            "usage": await to_thread.run_sync(usage, self._prompt, answer.text),
            "youju": answer_row(answer, self._id),
        }

    async def chunks(
        self, answers: AsyncIterable[Answer], counted: bool
    ) -> AsyncIterator[dict[str, Any]]:
        """The growing answer as ``chat.completion.chunk``: text, then annotations, then usage."""
        yield self._chunk({"role": "assistant", "content": ""})
        sent, last = "", None
        async for last in answers:
            if last.text.startswith(sent):  # else it waits for the finished answer
                if len(last.text) > len(sent):
                    yield self._chunk({"content": last.text[len(sent) :]})
                sent = last.text
        if last is None:
            return
        before = ""
        if last.text != sent:
            before = sent + CORRECTED
            yield self._chunk({"content": CORRECTED + last.text})
        marked = url_citations(last, self._base, len(before))
        row = answer_row(last, self._id)
        yield self._chunk({"annotations": marked}, finish_reason="stop", youju=row)
        if counted:
            tokens = await to_thread.run_sync(usage, self._prompt, before + last.text)
            yield {**self._head("chat.completion.chunk"), "choices": [], "usage": tokens}

    def _chunk(
        self, delta: dict[str, Any], finish_reason: str | None = None, **more: Any
    ) -> dict[str, Any]:
        choice = _choice(finish_reason, delta=delta)
        return {**self._head("chat.completion.chunk"), "choices": [choice], **more}

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self._id, "object": kind, "created": self._created, "model": MODEL}


def _choice(finish_reason: str | None, **said: dict[str, Any]) -> dict[str, Any]:
    return {"index": 0, **said, "logprobs": None, "finish_reason": finish_reason}


def url_citations(answer: Answer, base: str, offset: int = 0) -> list[dict[str, Any]]:
    """OpenAI's ``url_citation`` of each mark; indexes count code points, the end exclusive.

    ``offset`` is where in the message the answer's text begins.
    """
    cited = {citation.number: citation for citation in answer.citations}
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": offset + span.start,
                "end_index": offset + span.end,
                "title": cited[number].title,
                "url": base + source_link(cited[number].document_id, cited[number].span, CHINESE),
            },
        }
        for span, number in marks(answer.text, answer.citations)
    ]


def usage(prompt: Sequence[str], text: str) -> dict[str, int]:
    """Tokens of what was sent and of the message, as the bundled encoder cuts them.

    The passages that were read are not counted: they are the library's, not the caller's.
    """
    from app.reader.tokens import tokenize

    asked, answered = sum(len(tokenize(said)) for said in prompt), len(tokenize(text))
    return {
        "prompt_tokens": asked,
        "completion_tokens": answered,
        "total_tokens": asked + answered,
    }


def _text(message: Message, strict: bool = True) -> str:
    """The text of a message. Raises Refused if ``strict`` and there is something else in it."""
    if not isinstance(message.content, list):
        return message.content or ""
    texts = [part.get("text") for part in message.content if part.get("type") == "text"]
    understood = [text for text in texts if isinstance(text, str)]
    if strict and len(understood) < len(message.content):
        raise Refused(
            422,
            "text_only",
            "messages 里有图片、声音或文件；有据只接受文字。请去掉它们。",
            "A message holds a picture, sound or file; Youju takes text only: leave it out.",
            "messages",
        )
    return "\n".join(understood)


def _model() -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}


def _check_model(name: str) -> None:
    if name != MODEL:
        raise Refused(
            404,
            "model_not_found",
            f"没有模型“{name[:100]}”。请用 {MODEL}。",
            f'There is no model "{name[:100]}": use {MODEL}.',
            "model",
        )
