"""Reading-comprehension sets become paragraphs and questions, in simplified characters.

Everything is held out by title: no title is both trained on and judged with. Half of what is
held out (``tune``) may be looked at when choosing, the other half (``test``) is for figures.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from index.folding import simplified
from ingest.split import split
from records import Cell, Document, Passage, Span
from settings import SplitSettings

SQUAD2 = "squad2_zh_dev"
DRCD = ("drcd_dev", "drcd_test")
CMRC = "cmrc2018_trial"
_HELD_OUT = {SQUAD2: 0.12, CMRC: 0.25, DRCD[0]: 0.08, DRCD[1]: 0.08}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text that questions are about; ``part`` is ``train``, ``tune`` or ``test``.

    ``cells`` are those of the table's row that the text is, else empty.
    """

    id: str
    source: str
    title: str
    text: str
    part: str
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """``answers`` are where the paragraph answers it, empty when it doesn't."""

    id: str
    text: str
    paragraph: Paragraph
    answers: tuple[Span, ...]
    references: tuple[str, ...] = ()


def part_of(title: str, share: float) -> str:
    """``tune`` or ``test`` for ``share`` of all titles, else ``train``; the same every time."""
    draw = int.from_bytes(sha256(title.encode()).digest()[:4]) / 2**32
    return "train" if draw >= share else "tune" if draw < share / 2 else "test"


def identified(text: str) -> str:
    """The first digits of a text's SHA-256."""
    return sha256(text.encode()).hexdigest()[:12]


def read(folder: Path, name: str) -> Iterator[Question]:
    """The questions of one SQuAD-shaped file whose answers stand where it says."""
    data = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["data"]
    for article in data:
        for number, raw in enumerate(article["paragraphs"]):
            text = simplified(raw["context"])
            if len(text) != len(raw["context"]):
                continue
            title = simplified(article.get("title", ""))
            paragraph = Paragraph(
                f"{name}-{number}-{identified(text)}",
                name,
                title,
                text,
                part_of(title, _HELD_OUT.get(name, 1.0)),
            )
            for each in raw["qas"]:
                question = _question(each, paragraph)
                if question is not None:
                    yield question


def _question(raw: dict[str, Any], paragraph: Paragraph) -> Question | None:
    """None when the answer is not where the file says."""
    text = simplified(str(raw["question"])).strip()
    identifier = f"{paragraph.id}-{raw['id']}"
    if raw.get("is_impossible"):
        return Question(identifier, text, paragraph, ())
    references = tuple(dict.fromkeys(simplified(str(a["text"])) for a in raw["answers"]))
    spans = []
    for answer in raw["answers"]:
        wanted, start = simplified(str(answer["text"])), int(answer["answer_start"])
        if wanted and paragraph.text.startswith(wanted, max(start, 0)):
            spans.append(Span(start, start + len(wanted)))
    if not spans:
        return None
    return Question(identifier, text, paragraph, tuple(dict.fromkeys(spans)), references)


def passages(paragraph: Paragraph) -> tuple[Passage, ...]:
    """The paragraph split as a document of the library would be."""
    return split(document(paragraph), SplitSettings())


def document_id(paragraph: Paragraph) -> str:
    """The id of the paragraph's document."""
    return identified(paragraph.id)


def document(paragraph: Paragraph) -> Document:
    """The paragraph as a document of its own."""
    digest = sha256(paragraph.id.encode()).hexdigest()
    return Document(
        id=document_id(paragraph),
        path=f"{paragraph.id}.txt",
        sha256=digest,
        title=paragraph.title,
        raw=paragraph.text,
        text=paragraph.text,
        origins=tuple(range(len(paragraph.text))),
    )
