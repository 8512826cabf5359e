"""Every table row of corpus/ is retrieved first by a question about it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.assistant import Assistant
from app.gate import locate
from app.questions import load_questions
from eval.gold import check_evidence
from index.encoder import Encoder
from index.pipeline import ingest
from ingest.split import split
from records import Document, Kind, Span
from settings import load_settings

CHECKOUT = Path(__file__).resolve().parent.parent
QUESTIONS = load_questions(CHECKOUT / "eval" / "questions" / "rows.jsonl")


@pytest.fixture(scope="module")
def reading(
    encoder: Encoder, no_settings: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assistant]:
    """An assistant over corpus/."""
    home = tmp_path_factory.mktemp("corpus")
    ready = Assistant(load_settings(no_settings, environment={}, home=home))
    list(ingest([CHECKOUT / "corpus"], ready.library, encoder, ready.settings))
    yield ready
    ready.close()


@pytest.fixture(scope="module")
def documents(reading: Assistant) -> dict[str, Document]:
    """The documents of corpus/ by the names of their files."""
    entries = reading.library.store.entries()
    return {Path(entry.path).name: reading.document(entry.id) for entry in entries}


def asked_for(documents: dict[str, Document]) -> dict[str, tuple[str, Span]]:
    """Document and place of the evidence of each question by its id."""
    placed = {}
    for question in QUESTIONS:
        document = documents[question.document]
        (quote,) = question.evidence
        placed[question.id] = (document.id, next(iter(locate(quote, document.text))))
    return placed


def test_each_row_is_asked_for(documents: dict[str, Document]) -> None:
    assert check_evidence(QUESTIONS, {n: d.text for n, d in documents.items()}) == []
    places = list(asked_for(documents).values())
    settings = load_settings(environment={}).split
    rows = [
        passage
        for document in documents.values()
        for passage in split(document, settings)
        if passage.kind is Kind.TABLE
    ]
    assert len(rows) > 50
    for row in rows:
        assert any(row.document_id == of and row.span.contains(at) for of, at in places), row.text


def test_a_question_about_a_row_finds_it_first(
    reading: Assistant, documents: dict[str, Document]
) -> None:
    missed = []
    for question in QUESTIONS:
        document_id, place = asked_for(documents)[question.id]
        hits = reading.search(question.question)
        first = hits[0].passage if hits else None
        if not first or first.document_id != document_id or not first.span.contains(place):
            missed.append((question.id, question.question, first and first.text))
    assert missed == []
