"""Conversations and judgements as files, as pages of the chat page's server."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.assistant import Assistant
from app.conversations.export import write_export
from app.conversations.feedback import FeedbackLog
from app.conversations.question_set import question_rows, write_question_rows
from app.conversations.store import Conversations
from app.messages import Language
from app.page.visitors import owner_of
from errors import ConversationNotFound

_TYPES = {
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def export_routes(assistant: Assistant) -> list[Route]:
    """The routes to be added to the page's server.

    ``/conversations/ID.md`` and ``.docx``; ``/feedback.jsonl``, what the visitor thought of
    answers as a draft of a question set.
    """
    kept = Conversations(assistant.settings.home)
    return [
        Route("/conversations/{name}", partial(_export, kept)),
        Route("/feedback.jsonl", partial(_feedback, assistant)),
    ]


async def _feedback(assistant: Assistant, request: Request) -> Response:
    data = await run_in_threadpool(_judgements, assistant, owner_of(request))
    headers = {"Content-Disposition": 'attachment; filename="feedback.jsonl"'}
    return Response(data, media_type="application/jsonl", headers=headers)


def _judgements(assistant: Assistant, owner: str) -> bytes:
    given = FeedbackLog(assistant.settings.home).of(owner)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "feedback.jsonl"
        write_question_rows(path, question_rows(given, assistant.document))
        return path.read_bytes()


async def _export(kept: Conversations, request: Request) -> Response:
    identifier, _, suffix = request.path_params["name"].rpartition(".")
    language: Language = "en" if request.query_params.get("lang") == "en" else "zh"
    if suffix not in _TYPES:
        return Response("404", status_code=404)
    try:
        title, data = await run_in_threadpool(
            _file, kept, owner_of(request), identifier, suffix, language
        )
    except ConversationNotFound as error:
        said = error.english if language == "en" else str(error)
        return Response(said, status_code=404, media_type="text/plain; charset=utf-8")
    name = quote(f"{title}.{suffix}", safe="")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(data, media_type=_TYPES[suffix], headers=headers)


def _file(
    kept: Conversations, owner: str, identifier: str, suffix: str, language: Language
) -> tuple[str, bytes]:
    conversation = kept.conversation(owner, identifier)
    turns = kept.turns(owner, identifier)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"conversation.{suffix}"
        write_export(path, conversation, turns, language)
        return conversation.title, path.read_bytes()
