"""A question set drafted from documents by code, for a person to review.

Questions on prose come from ``eval.training.made``, those on tables ask for a cell of a row.
Each has a quote that stands exactly once in its document; the near misses ask for another
year, place or name, or for a row that the table doesn't have.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from app.gate import locate
from app.questions import Question
from eval.training import made
from eval.training.cases import with_another_year
from eval.training.sources import Paragraph
from ingest.sentences import sentences
from ingest.split import split
from records import Document, Kind, Passage, Span, covering
from settings import SplitSettings

UNANSWERABLE = "unanswerable"
_SHARE = 0.25  # of the questions can't be answered
_SHORTEST_CELL = 2
# Between 汉字 and figures or Latin text; what is looked for is found with and without.
_NEEDLESS_SPACE = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")
_KINDS = ("amount", "date", "title", "list", "definition")


def draft(documents: Sequence[Document], most: int, seed: int = 1) -> list[Question]:
    """At most ``most`` questions, a quarter of them unanswerable; the same for the same seed.

    They are drawn evenly from the documents and alternate between the halves tune and test.
    """
    draw = random.Random(seed)
    maker = made.QuestionMaker(seed, varied=False)
    texts = "\n".join(document.text for document in documents)
    answerable, misses = [], []
    for document in documents:
        found = [*_of_prose(document, maker), *_of_rows(document, draw)]
        good = [q for q in found if q.answerable and _once(q, document)]
        answerable.append(draw.sample(good, len(good)))
        named = (with_another_year(q.question, texts) for q in good)
        other = [_miss(text) for text in named if text]
        misses += [q for q in found if not q.answerable] + other
    wanted = round(most * _SHARE)
    chosen = draw.sample(misses, min(wanted, len(misses)))
    chosen += _evenly(answerable, most - len(chosen))
    unique = list({question.question: question for question in chosen}.values())
    return [
        replace(question, id=f"d{number:03}", split=("tune", "test")[number % 2])
        for number, question in enumerate(sorted(unique, key=lambda q: q.document), start=1)
    ]


def _of_prose(document: Document, maker: made.QuestionMaker) -> Iterator[Question]:
    for passage in split(document, SplitSettings()):
        if passage.kind is not Kind.PROSE:
            continue
        text = _NEEDLESS_SPACE.sub("", passage.text)
        for asked in maker.questions(Paragraph(passage.id, made.SOURCE, "", text, "train"), 4):
            if not asked.answers:
                yield _miss(asked.text)
                continue
            (answer,) = asked.answers
            kind = asked.id.rpartition("-")[2]
            if kind not in _KINDS or len(locate(answer.of(text), document.text)) > 1:
                continue
            around = covering([s for s in sentences(text) if s.overlaps(answer)])
            yield Question(
                "",
                asked.text,
                kind,
                answerable=True,
                answers=(answer.of(text),),
                evidence=(around.of(text),),
                document=Path(document.path).name,
            )


def _of_rows(document: Document, draw: random.Random) -> Iterator[Question]:
    rows = [p for p in split(document, SplitSettings()) if len(p.cells) > 1 and p.cells[0].column]
    for row in rows:
        label, *cells = row.cell_texts
        column, said = draw.choice(list(zip(row.cells[1:], cells, strict=True)))
        if not column.column or len(said) < _SHORTEST_CELL or _shared(row, rows):
            continue
        ask = "是多少" if said[:1].isdigit() else "是什么"
        caption = row.header.split("\n")[0]
        where = f"“{caption}”中，" if caption else ""
        yield Question(
            "",
            f"{where}{label}的{column.column}{ask}？",
            "table",
            answerable=True,
            answers=(said,),
            evidence=(row.text,),
            document=Path(document.path).name,
        )
        others = {p.cell_texts[0] for p in rows if p.header != row.header}
        absent = sorted(name for name in others if name not in row.text)
        if caption and absent:
            yield _miss(f"{where}{draw.choice(absent)}的{column.column}{ask}？")


def _shared(row: Passage, rows: Sequence[Passage]) -> bool:
    """Whether another row of the same table begins with the same cell."""
    same = [p for p in rows if p.header == row.header and p.cell_texts[0] == row.cell_texts[0]]
    return len(same) > 1


def _miss(text: str) -> Question:
    return Question("", text, UNANSWERABLE, answerable=False)


def _once(question: Question, document: Document) -> bool:
    """Whether each quote stands in the document exactly once, and holds the answer."""
    (quote,) = question.evidence
    places: tuple[Span, ...] = locate(quote, document.text)
    return len(places) == 1 and all(answer in quote for answer in question.answers)


def _evenly(groups: Sequence[list[Question]], most: int) -> list[Question]:
    """So many of the questions, in turn one of each document."""
    chosen: list[Question] = []
    for depth in range(max(map(len, groups), default=0)):
        for group in groups:
            if depth < len(group) and len(chosen) < most:
                chosen.append(group[depth])
    return chosen
