"""``/api``: questions, search and documents as plain JSON, described in /api/docs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from fastapi.security import HTTPBearer

from app.api.asking import Asked, Asking
from app.api.docs_page import docs_html
from app.api.rows import (
    AnswerRow,
    AskRequest,
    DocumentDetail,
    DocumentList,
    ErrorBody,
    SearchRequest,
    SearchResult,
    document_row,
    outline_rows,
)
from app.contract import answer_row, hit_row

ERRORS: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorBody, "description": "令牌缺少或不对 token missing or wrong"},
    403: {"model": ErrorBody, "description": "别的网站的网页 another site's page"},
    413: {"model": ErrorBody, "description": "请求太大 body too large"},
    422: {"model": ErrorBody, "description": "参数不合要求 bad parameters"},
    429: {"model": ErrorBody, "description": "请求太频繁 too many requests"},
    503: {"model": ErrorBody, "description": "忙，或资料库不可用 busy, or no library"},
}
MISSING: dict[int | str, dict[str, Any]] = {
    404: {"model": ErrorBody, "description": "没有这份文档 no such document"}
}
DOCS = "/api/docs"
OPENAPI = "/api/openapi.json"

token = HTTPBearer(auto_error=False, description="设置的令牌之一 one of the tokens that were set")
router = APIRouter(prefix="/api", responses=ERRORS, dependencies=[Depends(token)])


def asking(request: Request) -> Asking:
    """What the routes ask through."""
    found: Asking = request.app.state.asking
    return found


Desk = Annotated[Asking, Depends(asking)]


@router.post("/ask", summary="提问 Ask a question", response_model=AnswerRow, responses=MISSING)
async def ask(asked: AskRequest, desk: Desk) -> dict[str, Any]:
    """带引用的答案；资料库里没有答案时 `refused` 为真。

    The cited answer; `refused` is true when the library holds none.
    """
    answer = await desk.answer(Asked(asked.question.strip(), asked.documents, asked.history))
    return answer_row(answer)


@router.post(
    "/search", summary="查找段落 Find passages", response_model=SearchResult, responses=MISSING
)
async def search(asked: SearchRequest, desk: Desk) -> dict[str, Any]:
    """与问题最相关的段落，最好的在前。The passages nearest to a question, best first."""
    hits = await desk.search(asked.question.strip(), asked.top, asked.documents)
    return {"hits": [hit_row(hit) for hit in hits]}


@router.get("/documents", summary="文档列表 List documents", response_model=DocumentList)
async def documents(desk: Desk) -> DocumentList:
    """资料库里的全部文档。All documents of the library."""
    entries = await to_thread.run_sync(desk.assistant.library.store.entries)
    return DocumentList(documents=[document_row(entry) for entry in entries])


@router.get(
    "/documents/{document_id}",
    summary="一份文档 One document",
    response_model=DocumentDetail,
    responses=MISSING,
)
async def document(document_id: str, desk: Desk) -> dict[str, Any]:
    """一份文档的信息和目录。What is known about a document, and its outline."""

    def found() -> dict[str, Any]:
        entry = desk.assistant.library.store.entry(document_id)
        outline = outline_rows(desk.assistant.document(document_id))
        return {**asdict(entry), "outline": outline}

    return await to_thread.run_sync(found)


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    """The interfaces' description for people, made from openapi.json."""
    return HTMLResponse(docs_html(request.app.openapi(), OPENAPI))
