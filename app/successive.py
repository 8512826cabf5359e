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
from app.reader.asked import TIMES, Asked
from app.reader.constraints import COMMA, demands
from app.reader.ranks import ranks
from app.reader.spans import UNIT
from app.reader.units import SOME
from index.words import Segmenter
from records import Answer

_FEW = rf"{SOME}(?<![没数])几(?![乎经何度率十百]|千(?![瓦克米])|大[^，,？?]*谁)"
_MANY = r"多少|(?<![没许很众诸更最太不])多[大高长久远快重深]"
_WHAT = r"(?<!没)(?<!没有)什么"
_WHICH = r"哪(?!怕)|[谁啥]|(?<!任)何"
_ASKED = re.compile(
    rf"{_FEW}|{_MANY}|{_WHAT}|{_WHICH}|怎[样么]|如何|还是(?![不没会要能很太难最])[^，,]"
)
_WANTED = re.compile(
    rf"(?:百分之(?:几|多少)|(?:多少|{_FEW})(?:{UNIT.pattern})?|{_MANY}|{_WHAT}(?:时候|时间|地方|人)?"
    r"|哪(?!怕)[一些几两三]{0,2}(?:[个家位种款座所条部份届批类级支本天年月日里]|项(?!目)|地(?!方))?"
    r"|[谁啥]|(?<!任)何[时地处年月]?)+"
)
_TOPIC_ENDS = re.compile(rf"[为凭]什么|为[何啥]|怎|\w了?还是|{_FEW}|{_MANY}|{_WHAT}|{_WHICH}")
_REASON = re.compile(r"[为凭]什么|为[何啥]|怎|如何")
_LEANS = re.compile(r"^(?:它|其|他|那|这|该|分别|都|各|多的|少的|比|较|同比|谁|哪个)")
_CONDITION = re.compile("^(?:无论|不管|不论|哪怕|关于|针对|对于)")
_OPEN = re.compile(r"(?:(?<!哪)里|[中上下后内]|(?<!小)时|(?<!时)间|不少|多了)$")
_ELSE = re.compile(r"(?!理由|原因)[^，,]{1,16}呢")
# What asks for no more than how much or by how much that is.
_BARE = re.compile(
    rf"(?:[是有为达占约]|达到|数值|具体|大约)*"
    rf"(?:多少|(?:相?差|[高多低少]出?)了?(?:大约|约)?多少(?:{UNIT.pattern})?)"
)
_THAT_YEAR = re.compile("当年|[那该]年|比")
_POLITE = re.compile(
    r"^(?:[你您]好|请问一?下?|麻烦问?一?下?|想问一?下?)[，,\s]*|[，,。！!？?\s]*(?:谢谢|多谢)[你您]?[！!。\s]*$"
)
_QUOTED = re.compile(
    r"《[^《》]*》|“[^“”]*”|「[^「」]*」|『[^『』]*』|\"[^\"]*\"|（[^（）]*）|\([^()]*\)"
)
_NEXT = re.compile(
    rf"(?:[，；;？?]|{COMMA})\s*(?:以及|并且|而且|还有|又|另外|那么)?(?=\S)"
    r"|(?:、|(?<=\S)(?:以及|还有))(?=[^\s哪谁何几啥])(?!什么|多少)"
)
_LONGEST_ANSWER = 24
_LONGEST = 60  # characters that the reader is sure to read of a question


def successive(
    question: str, segmenter: Segmenter, ask: Callable[[str], Answer]
) -> tuple[Part, ...]:
    """The questions of a sentence that asks one thing after the other; empty for any other.

    ``ask`` is asked them; empty where it has no answer to the first or none to all of the
    others, or where the next is only how much that is.
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
    asked = [_next(first, answer, piece, segmenter) for piece in later]
    if not all(asked) or all(ask(each).refused for each in asked):
        return ()
    return (Part(first, f"{first}？"), *map(Part, later, asked))


def _pieces(question: str) -> list[str]:
    """The parts of a question that ask something, each with what leads up to it."""
    bare = _POLITE.sub("", question.strip()).rstrip(" ？?。")
    unquoted = _unquoted(bare)
    pieces: list[str] = []
    start = 0
    for apart in [*_NEXT.finditer(unquoted), None]:
        end = apart.start() if apart else len(bare)
        said = unquoted[start:end].strip()
        if _asks(said, bool(pieces)):
            pieces.append(bare[start:end].strip())
            start = apart.end() if apart else len(bare)
    return pieces if start == len(bare) else []


def _asks(said: str, behind: bool) -> bool:
    """Whether a piece asks something; ``behind`` another it may be but a question word."""
    if _CONDITION.search(said) or _OPEN.search(said):
        return False
    if behind and _ELSE.fullmatch(said):
        return True
    return bool(_ASKED.search(said)) and (behind or not _WANTED.fullmatch(said))


def _unquoted(text: str) -> str:
    """``text`` with a mark for each character of what is quoted or in brackets."""
    return _QUOTED.sub(lambda quoted: "□" * len(quoted.group()), text)


def _next(first: str, answer: Answer, piece: str, segmenter: Segmenter) -> str:
    """What is asked in ``piece``, made to stand alone; empty where it can't be."""
    if _ELSE.fullmatch(piece) and not _ASKED.search(piece):
        alone = stand_alone(f"{piece}？", [f"{first}？"], segmenter)
        return alone if len(alone) > len(piece) + 1 else ""
    piece = piece.removesuffix("呢")
    found = "" if answer.notes else _beside(first, answer.short_answer, piece)
    return found if found and _as_asked(first, found, piece) else _of_subject(first, piece)


def _beside(first: str, answer: str, piece: str) -> str:
    """``piece`` beside what was found ``first``, in the place of what that asks for."""
    wanted = list(_WANTED.finditer(_unquoted(first)))
    if len(wanted) != 1 or _REASON.search(first) or len(answer) > _LONGEST_ANSWER:
        return ""
    before, rest = first[: wanted[0].start()], first[wanted[0].end() :]
    twice = next(n for n in range(len(rest), -1, -1) if answer.endswith(rest[:n]))
    found = f"{before}{answer}{rest[twice:]}，{piece}？"  # 9 起 for 几 of 几起
    return found if len(found) <= _LONGEST else ""


def _as_asked(first: str, found: str, piece: str) -> bool:
    """Whether ``found`` demands of an answer what ``piece`` does, and no other thing or time."""
    alone, beside = demands(f"{piece}？"), demands(found)
    if (alone.asked, alone.unit) != (beside.asked, beside.unit):
        return False
    dated = demands(f"{first}？").asked in TIMES and alone.asked is Asked.AMOUNT
    if dated and not _THAT_YEAR.search(piece):
        return False
    if _alike(first, piece):
        return False
    same = {each.group() for each in _WANTED.finditer(first)}
    return not any(
        each.group() in same and each.group()[0] in "谁哪" for each in _WANTED.finditer(piece)
    )


def _alike(first: str, piece: str) -> bool:
    """Whether both name a time, a rank, or something of one kind: the one instead of the other."""
    kinds = ({name.kind for name in names(each)} for each in (first, piece))
    return bool(
        (periods(first) and periods(piece))
        or (ranks(first) and ranks(piece))
        or set.intersection(*kinds)
    )


def _of_subject(first: str, piece: str) -> str:
    """What is asked in ``piece``, of what ``first`` is about."""
    ends = _TOPIC_ENDS.search(_unquoted(first))
    topic = first[: ends.start()].rstrip("都共约是有为占达在到的从由") if ends else ""
    subject = "".join(w.text for w in takewhile(lambda w: is_noun(w.text), words(first)))
    subject = "" if names(subject) or periods(subject) else subject
    if periods(piece) and topic and not names(piece):
        for period in reversed(periods(topic)):
            topic = topic[: period.span.start] + topic[period.span.end :]
        return f"{topic.strip()}{piece}？"
    if names(piece) or periods(piece) or (ranks(first) and ranks(piece)):
        return f"{piece if subject in piece else f'{subject}{piece}'}？"
    if topic and not _LEANS.search(piece) and not _REASON.search(piece):
        begins = next(iter(words(piece)), None)
        return f"{topic}{'的' if begins and is_noun(begins.text) else ''}{piece}？"
    return ""
