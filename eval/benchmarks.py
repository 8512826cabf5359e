"""Public reading-comprehension sets, in the shape of SQuAD, DRCD and CMRC 2018, as question sets.

Each paragraph becomes a document of a library, so that one run measures finding the paragraph,
reading it when it is given, and both together.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.assistant import Assistant
from app.questions import Question
from app.reader.reader import Reader
from errors import QuestionsError
from eval.comprehension import exact_match, f1
from eval.measures import Gold, Measures
from index.pipeline import encode
from ingest.split import split
from records import Document, Hit, Passage, Span

OnDocument = Callable[[int, int], None]


def read_benchmark(path: Path) -> tuple[list[Document], list[Gold]]:
    """The paragraphs as documents, and the questions with the places of their answers.

    Raises QuestionsError when the file has another shape, or an answer does not stand where it
    says.
    """
    try:
        articles = json.loads(path.read_text(encoding="utf-8-sig"))["data"]
        pairs = [
            (_document(paragraph["context"], article.get("title", ""), path.stem), paragraph["qas"])
            for article in articles
            for paragraph in article["paragraphs"]
        ]
        golds = [gold for document, asked in pairs for gold in _golds(document, asked)]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise QuestionsError(
            f"{path} 不是 SQuAD 格式的数据（{error!r}）。应有 data、paragraphs、context、qas。",
            f"{path} is not shaped like SQuAD ({error!r}): it needs data, paragraphs, context, "
            "qas.",
        ) from error
    return list({document.id: document for document, _ in pairs}.values()), golds


def is_benchmark(path: Path) -> bool:
    """Whether the file's name says that it is such a set."""
    return path.suffix.lower() == ".json"


def thinned(golds: list[Gold], most: int) -> list[Gold]:
    """At most so many of the questions, spread evenly over the file; all of them for 0."""
    if not 0 < most < len(golds):
        return golds
    return [golds[i * len(golds) // most] for i in range(most)]


def fill(
    assistant: Assistant,
    documents: Iterable[Document],
    on_document: OnDocument = lambda done, total: None,
) -> None:
    """Bring in the documents that the library doesn't hold yet."""
    with assistant.library.writing():
        assistant.library.check()
        held = {entry.id for entry in assistant.library.store.entries()}
        missing = [document for document in documents if document.id not in held]
        for number, document in enumerate(missing, start=1):
            passages = split(document, assistant.settings.split)
            assistant.library.put(document, encode(passages, assistant.encoder))
            on_document(number, len(missing))
        assistant.library.catch_up()


def read_in_own(reader: Reader, question: str, document: Document) -> str:
    """The short answer to ``question``, read from the whole document."""
    passage = Passage(document.id, Span(0, len(document.text)), document.text)
    return reader.read(question, [Hit(passage, 1.0, 1)]).short_answer


def own_paragraph(assistant: Assistant, gold: Gold) -> Measures:
    """Exact match and F1 of what is read when the right paragraph is given."""
    names = "exact, own paragraph", "f1, own paragraph"
    if not gold.places:
        return dict.fromkeys(names)
    document = assistant.document(gold.places[0][0])
    said = read_in_own(assistant.reader, gold.question.question, document)
    accepted = gold.question.answers
    return dict(zip(names, (exact_match(said, accepted), f1(said, accepted)), strict=True))


def _document(text: str, title: str, source: str) -> Document:
    digest = sha256(f"{source}\n{title}\n{text}".encode()).hexdigest()
    return Document(
        id=digest[:12],
        path=f"{source}-{digest[:12]}.txt",
        sha256=digest,
        title=title or source,
        raw=text,
        text=text,
        origins=tuple(range(len(text))),
    )


def _golds(document: Document, asked: list[dict[str, Any]]) -> Iterator[Gold]:
    for row in asked:
        answers = [] if row.get("is_impossible") else row["answers"]
        said = tuple(dict.fromkeys(str(answer["text"]) for answer in answers))
        spans = []
        for answer in answers:
            start, text = int(answer["answer_start"]), str(answer["text"])
            if start >= 0 and document.text.startswith(text, start):
                spans.append(Span(start, start + len(text)))
        question = Question(
            id=str(row["id"]),
            question=str(row["question"]),
            answerable=bool(answers),
            answers=said,
            document=document.path,
        )
        places = [((document.id, span),) for span in dict.fromkeys(spans)]
        yield Gold(question, tuple(places[:1]), tuple(places[1:]))
