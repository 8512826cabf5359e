"""Questions and claims written for this, not made by code.

Questions as analysts and civil servants would put them, claims as a language model would make
them. They are on passages of news and of an encyclopedia, which are named by digest and place
and not copied here, and on passages in the manner of industry reports and of an encyclopedia,
which were made up for this and hold no facts. A third of the questions are near misses: on the
subject of the passage, but not answered by it. Half of the claims are not borne out by it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.training.made import SOURCE as NEWS
from eval.training.made import articles
from eval.training.sources import CMRC, DRCD, Paragraph, Question, identified, part_of, read
from records import Span

SOURCE = "written"
FOLDER = Path(__file__).parent / "written"
_HELD_OUT = 0.16


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that says something of what ``paragraph`` says, rightly where it ``holds``."""

    text: str
    paragraph: Paragraph
    holds: bool


def written(data: Path) -> Iterator[Question]:
    """All the questions; those on other people's texts only where these are in ``data``.

    Raises ValueError for an answer that doesn't lie in its passage.
    """
    for raw, paragraph in _rows(data):
        yield from _questions(raw, paragraph)


def claims(data: Path) -> Iterator[Claim]:
    """All the claims; those on other people's texts only where these are in ``data``."""
    for raw, paragraph in _rows(data):
        for each in raw.get("claims", ()):
            yield Claim(each["claim"], paragraph, each["true"])


def of_part(questions: Sequence[Question], part: str, as_written: bool) -> list[Question]:
    """The questions of a part that were written for training, or all the others."""
    return [
        question
        for question in questions
        if question.paragraph.part == part and as_written is (question.paragraph.source == SOURCE)
    ]


def _rows(data: Path) -> Iterator[tuple[dict[str, Any], Paragraph]]:
    """What was written on each passage, and the passage."""
    file = data / f"{NEWS}.txt"
    news = {identified(text): text for text in articles(file)} if file.exists() else {}
    trained = _trained(data)
    for path in sorted(FOLDER.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            raw = json.loads(line)
            if "text" in raw:
                yield raw, _paragraph(raw["title"], raw["text"])
            elif raw["article"] in news:
                yield raw, _paragraph("", Span(*raw["span"]).of(news[raw["article"]]))
            elif raw["article"] in trained:
                whole = trained[raw["article"]]
                text = Span(*raw["span"]).of(whole.text)
                yield raw, _paragraph(whole.title, text, whole.part)


def _trained(data: Path) -> dict[str, Paragraph]:
    """The paragraphs of the reading sets that are trained on, by their texts' digests."""
    names = [name for name in (*DRCD, CMRC) if (data / f"{name}.json").exists()]
    paragraphs = (question.paragraph for name in names for question in read(data, name))
    return {identified(each.text): each for each in paragraphs if each.part == "train"}


def _paragraph(title: str, text: str, part: str = "") -> Paragraph:
    digest = identified(text)
    part = part or part_of(digest, _HELD_OUT)
    return Paragraph(f"{SOURCE}-{digest}", SOURCE, title, text, part)


def _questions(raw: dict[str, Any], paragraph: Paragraph) -> Iterator[Question]:
    text = paragraph.text
    for number, each in enumerate(raw["questions"]):
        answers = [Span(*each["answer"])] if each["answer"] else []
        if any(answer.end > len(text) for answer in answers):
            raise ValueError(
                f"the answer {each['answer']} to {each['question']} lies behind the passage's end"
            )
        yield Question(
            f"{paragraph.id}-{number}",
            each["question"],
            paragraph,
            tuple(answers),
            tuple(answer.of(text) for answer in answers),
        )
