"""Questions written for this, not made by code, as analysts and civil servants would put them.

They are asked of passages of news, which are named by digest and place and not copied here,
and of passages in the manner of industry reports, which were made up for this and hold no
facts. About a quarter are near misses: on the subject of the passage, but not answered by it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eval.training.made import articles
from eval.training.sources import Paragraph, Question, identified, part_of
from records import Span

SOURCE = "written"
FOLDER = Path(__file__).parent / "written"
_HELD_OUT = 0.16


def written(news: Path) -> Iterator[Question]:
    """All the questions; those on news only where the file ``news`` is there.

    Raises ValueError for an answer that doesn't lie in its passage.
    """
    texts = {identified(text): text for text in articles(news)} if news.exists() else {}
    for path in sorted(FOLDER.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            raw = json.loads(line)
            if "text" in raw:
                yield from _questions(raw, raw["title"], raw["text"])
            elif raw["article"] in texts:
                yield from _questions(raw, "", Span(*raw["span"]).of(texts[raw["article"]]))


def _questions(raw: dict[str, Any], title: str, text: str) -> Iterator[Question]:
    digest = identified(text)
    paragraph = Paragraph(f"{SOURCE}-{digest}", SOURCE, title, text, part_of(digest, _HELD_OUT))
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
