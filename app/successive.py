"""Questions that ask one thing after the other, such as 装了多少，比上年增长百分之几.

What is asked later is asked beside what was found first (装了 1,186 万千瓦，比上年增长百分之几):
that says what it is about, and leads to the sentence that says both. Press et al. 2023 (arXiv
2210.03350) let a model ask itself so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import takewhile

from app.claims.names import names
from app.claims.periods import periods
from app.claims.words import is_noun, words
from app.follow_up import stand_alone
from app.parts import MOST_PARTS, Part
from app.reader.spans import UNIT
from index.words import Segmenter
from records import Answer

_COUNTED = r"多少|(?<![近前这那后数好没十])几(?![乎经何度])|哪[些几]|什么(?!时候)"
_ASKED = re.compile(rf"{_COUNTED}|(?<!没)多[大高长久远]|[哪谁啥何]|什么|怎[样么]|如何|还是[^，,]")
_ASKED_OF_ONE = re.compile(rf"[为凭]什么|为[何啥]|怎么[会还就这才]|\w了?还是|{_COUNTED}|[哪谁啥]")
_REASON = re.compile(r"[为凭]什么|为[何啥]|怎|如何")
_LEANS = re.compile(r"^(?:它|其|他|那|这|该|分别|都|各|多的|少的|比|较|同比|谁|哪个)")
_BARE = re.compile(r"(?:[是有为达占]|达到|数值)*(?:多少|几何)")
_VERB = re.compile(r"[有是在占达由属]")
_OPEN = re.compile(r"(?:[里中上下后内]|(?<!小)时|(?<!时)间|不少|多了)$")
_ELSE = re.compile(r"[^，,]{1,16}呢")
_NEXT = re.compile(
    r"[，,；;？?、]\s*(?:以及|并且|而且|还有|又|另外|那么)?(?=\S)|(?<=\S)(?:以及|还有)(?=\S)"
)
_WANTED = re.compile(
    rf"(?:百分之(?:几|多少)|(?:多少|几)(?:{UNIT.pattern})?|哪[一些几两三]{{0,2}}[个家位种款座所条项天年月日地里]?"
    r"|什么(?:时候|时间|地方|人)?|[谁啥]|何[时地处年月]?|多[大高长久远])+"
)
_QUOTED = re.compile(r"《[^《》]*》|“[^“”]*”")
_LONGEST_ANSWER = 24
_LONGEST = 60  # characters that the reader is sure to read of a question


def successive(
    question: str, segmenter: Segmenter, ask: Callable[[str], Answer]
) -> tuple[Part, ...]:
    """The questions of a sentence that asks one thing after the other; empty for any other.

    ``ask`` is asked the first; empty where it has no answer, or where the next is only how
    much that is.
    """
    pieces = _pieces(question)
    if not 2 <= len(pieces) <= MOST_PARTS:
        return ()
    first, *later = pieces
    if any(_BARE.fullmatch(piece) for piece in later):
        return ()
    answer = ask(f"{first}？")
    if answer.refused:
        return ()
    asked = [
        stand_alone(f"{piece}？", [f"{first}？"], segmenter)
        if _ELSE.fullmatch(piece)
        else _beside(first, answer.short_answer, piece)
        for piece in later
    ]
    if not all(asked):
        return ()
    return (Part(first, f"{first}？"), *map(Part, later, asked))


def _pieces(question: str) -> list[str]:
    """The parts of a question that ask something, each with what leads up to it."""
    bare = question.strip().rstrip(" ？?。")
    unquoted = _QUOTED.sub(lambda quoted: "□" * len(quoted.group()), bare)
    pieces: list[str] = []
    start = 0
    for apart in [*_NEXT.finditer(unquoted), None]:
        end = apart.start() if apart else len(bare)
        said = unquoted[start:end].strip()
        asks = _ASKED.search(said) and not _OPEN.search(said)
        if asks or (pieces and _ELSE.fullmatch(said)):
            pieces.append(bare[start:end].strip())
            start = apart.end() if apart else len(bare)
    return pieces if start == len(bare) else []


def _beside(first: str, answer: str, piece: str) -> str:
    """What is asked in ``piece``, beside what was found ``first``; empty where it can't be."""
    wanted = list(_WANTED.finditer(first))
    if len(wanted) == 1 and not _REASON.search(first) and len(answer) <= _LONGEST_ANSWER:
        before, rest = first[: wanted[0].start()], first[wanted[0].end() :]
        twice = next(n for n in range(len(rest), -1, -1) if answer.endswith(rest[:n]))
        found = f"{before}{answer}{rest[twice:]}，{piece}？"  # 9 起 for 几 of 几起
        if len(found) <= _LONGEST:
            return found
    return _of_subject(first, piece)


def _of_subject(first: str, piece: str) -> str:
    """What is asked in ``piece``, of what ``first`` is about."""
    asked = _ASKED_OF_ONE.search(first)
    topic = first[: asked.start()].rstrip("都共约是有为占达在到的从由") if asked else ""
    subject = "".join(w.text for w in takewhile(lambda w: is_noun(w.text), words(first)))
    subject = "" if names(subject) or periods(subject) else subject
    if names(piece) or periods(piece):
        return f"{piece if subject in piece else f'{subject}{piece}'}？"
    if topic and not _LEANS.search(piece) and not _REASON.search(piece):
        return f"{topic}{'' if _VERB.match(piece) else '的'}{piece}？"
    return ""
