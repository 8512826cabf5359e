"""What the benchmarks read: news, repeated with changes as often as needed."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import count
from pathlib import Path

from errors import QuestionsError
from records import Document
from settings import CHECKOUT

NEWS = CHECKOUT.parent / "shared" / "data" / "news_part_1.txt"
_DIGIT = re.compile(r"[0-9]")
_SHORTEST = 100


def articles(news: Path = NEWS) -> list[str]:
    """The articles of a file with one a line, or of our own corpus when there is none."""
    lines = news.read_text(encoding="utf-8").splitlines() if news.exists() else _own_paragraphs()
    found = [line.strip() for line in lines if len(line) >= _SHORTEST]
    if not found:
        raise QuestionsError(
            f"{news} 里没有长于 {_SHORTEST} 字的行。请换一个文件，每行一篇文章。",
            f"no line of {news} has {_SHORTEST} characters: name a file with an article a line.",
        )
    return found


def _own_paragraphs() -> list[str]:
    reports = (CHECKOUT / "corpus").glob("[!R]*.md")
    return [part for report in reports for part in report.read_text("utf-8").split("\n\n")]


def varied(found: Sequence[str]) -> Iterator[str]:
    """The articles, round after round without end; from the second round on with other digits.

    A round has an order of its own, so that no two documents made of several are alike.
    """
    for number in count():
        order = random.Random(number)
        for article in order.sample(found, len(found)):
            yield _other_digits(article, order) if number else article


def _other_digits(text: str, source: random.Random) -> str:
    return _DIGIT.sub(lambda _: str(source.randrange(10)), text)


def document_of(text: str, name: str) -> Document:
    """A document without a file: its text was not cleaned, its content is its name's."""
    digest = sha256(f"{name}\n{text}".encode()).hexdigest()
    return Document(
        id=digest[:12],
        path=f"{name}.txt",
        sha256=digest,
        title=name,
        raw=text,
        text=text,
        origins=tuple(range(len(text))),
    )
