"""Answers as JSON, one line each: what the command line, files and other programs see."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from errors import QuestionsError
from records import (
    Address,
    Answer,
    Cell,
    Citation,
    Claim,
    Fault,
    Finding,
    Hit,
    Kind,
    Notice,
    Passage,
    Span,
    Status,
    Support,
)


def answer_row(answer: Answer, identifier: str = "") -> dict[str, Any]:
    """One line of ANSWERS.jsonl; keys may be added to it, never taken away."""
    return {
        "id": identifier,
        "question": answer.question,
        "answer": answer.text,
        "short_answer": answer.short_answer,
        "refused": answer.refused,
        "confidence": answer.confidence,
        "citations": [citation_row(citation) for citation in answer.citations],
        "unverified": list(answer.unverified),
        "hits": [hit_row(hit) for hit in answer.hits],
        "mode": answer.mode,
        "understood": answer.understood,
        "timings_ms": answer.timings_ms,
        "claims": [claim_row(claim) for claim in answer.claims],
        "notice": answer.notice.value,
        "notes": list(answer.notes),
    }


def claim_row(claim: Claim) -> dict[str, Any]:
    """A claim of a generated answer as JSON; ``citations`` are numbers of citations."""
    return {
        "text": claim.text,
        "support": claim.support.value,
        "citations": list(claim.citations),
        "findings": [
            {"fault": finding.fault.value, "said": finding.said, "found": finding.found}
            for finding in claim.findings
        ],
    }


def citation_row(citation: Citation) -> dict[str, Any]:
    """A citation as JSON; ``start`` and ``end`` count code points of the stored text."""
    return {
        "number": citation.number,
        "document_id": citation.document_id,
        "title": citation.title,
        "path": citation.path,
        "page": citation.page,
        "headings": list(citation.headings),
        "quote": citation.quote,
        "start": citation.span.start,
        "end": citation.span.end,
        "status": citation.status.value,
        "publisher": citation.publisher,
        "date": citation.date,
        "address": asdict(citation.address),
    }


def hit_row(hit: Hit) -> dict[str, Any]:
    """A hit as JSON, best rank 1; a rank is null where that list missed the passage."""
    passage = hit.passage
    return {
        "passage_id": passage.id,
        "document_id": passage.document_id,
        "text": passage.text,
        "score": round(hit.score, 4),
        "start": passage.span.start,
        "end": passage.span.end,
        "rank": hit.rank,
        "dense_rank": hit.dense_rank,
        "lexical_rank": hit.lexical_rank,
        "similarity": None if hit.similarity is None else round(hit.similarity, 4),
        "relevance": None if hit.relevance is None else round(hit.relevance, 4),
        "page": passage.page,
        "headings": list(passage.headings),
        "header": passage.header,
        "cells": [
            {"column": cell.column, "text": text, "start": cell.span.start, "end": cell.span.end}
            for cell, text in zip(passage.cells, passage.cell_texts, strict=True)
        ],
        "kind": passage.kind.value,
    }


def answer_of(row: Mapping[str, Any]) -> Answer:
    """The answer that ``answer_row`` made ``row`` of; keys of other versions may be absent.

    A row rounds the hits' score, similarity and relevance to 4 decimals and so does the answer
    that comes back; everything else is as it was. Raises KeyError, TypeError and ValueError for
    what is no such row.
    """
    return Answer(
        question=row["question"],
        text=row["answer"],
        short_answer=row.get("short_answer", ""),
        refused=row.get("refused", False),
        confidence=row.get("confidence", 0.0),
        citations=tuple(map(_citation, row["citations"])),
        unverified=tuple(row.get("unverified", ())),
        hits=tuple(map(_hit, row.get("hits", ()))),
        timings_ms=dict(row.get("timings_ms", {})),
        mode=row.get("mode", "extractive"),
        claims=tuple(map(_claim, row.get("claims", ()))),
        understood=row.get("understood", ""),
        notice=Notice(row.get("notice", "")),
        notes=tuple(row.get("notes", ())),
    )


def _hit(row: Mapping[str, Any]) -> Hit:
    return Hit(
        passage=Passage(
            document_id=row["document_id"],
            span=Span(row["start"], row["end"]),
            text=row["text"],
            headings=tuple(row.get("headings", ())),
            page=row.get("page"),
            kind=Kind(row.get("kind", Kind.PROSE)),
            header=row.get("header", ""),
            cells=tuple(
                Cell(cell["column"], Span(cell["start"], cell["end"]))
                for cell in row.get("cells", ())
            ),
        ),
        score=row["score"],
        rank=row["rank"],
        dense_rank=row.get("dense_rank"),
        lexical_rank=row.get("lexical_rank"),
        similarity=row.get("similarity"),
        relevance=row.get("relevance"),
    )


def _claim(row: Mapping[str, Any]) -> Claim:
    return Claim(
        text=row["text"],
        support=Support(row["support"]),
        citations=tuple(row.get("citations", ())),
        findings=tuple(
            Finding(Fault(finding["fault"]), finding["said"], finding.get("found", ""))
            for finding in row.get("findings", ())
        ),
    )


def read_citations(path: Path) -> Iterator[tuple[str, Citation]]:
    """(answer id, citation) of every citation in an ANSWERS.jsonl, in order.

    Raises QuestionsError for a file that can't be read or a line that is malformed.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionsError(
            f"读不了答案文件 {path}：{error}。请给出 youju batch 写出的 JSONL 文件。",
            f"can't read the answer file {path}: {error}. Name a JSONL file of youju batch.",
        ) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            citations = [_citation(item) for item in row["citations"]]
        except (ValueError, TypeError, KeyError) as error:
            raise QuestionsError(
                f"{path} 第 {number} 行不是一条答案：{error!r}。请用 youju batch 重新生成。",
                f"{path}, line {number} is not an answer: {error!r}. Write it with youju batch.",
            ) from error
        for citation in citations:
            yield str(row.get("id") or number), citation


def _citation(row: Mapping[str, Any]) -> Citation:
    return Citation(
        number=int(row["number"]),
        document_id=str(row["document_id"]),
        title=str(row.get("title", "")),
        path=str(row.get("path", "")),
        page=row.get("page"),
        headings=tuple(row.get("headings", ())),
        quote=str(row["quote"]),
        span=Span(int(row["start"]), int(row["end"])),
        status=Status(row.get("status", Status.NOT_FOUND)),
        publisher=str(row.get("publisher", "")),
        date=str(row.get("date", "")),
        address=_address(row.get("address", {})),
    )


def _address(row: Mapping[str, Any]) -> Address:
    return Address(
        page=row.get("page"),
        line=row.get("line", 0),
        table=row.get("table", 0),
        row=row.get("row", 0),
        cells=row.get("cells", ""),
    )
