"""Questions about several things at once, answered for each: 比较广东和北京的授权运营模式."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

from index.words import Segmenter
from ingest.dictionary import places
from records import Answer, Citation, Hit

MOST_PARTS = 4

_NAMES_APART = r"(?:[、和与跟同及]|以及)"
_NAME = r"[^，。？?！!、；;：:和与跟同及\s的]{1,15}?\s?(?:年(?:底|末)?)?"
_SEVERAL = re.compile(
    rf"(?P<names>{_NAME}(?:{_NAMES_APART}\s?{_NAME})+)"
    r"(?P<rest>\s?(?:的|在|分别|各自?(?=[是有为占达])|相比|之间|有什么不同|有何不同|有什么区别|谁|哪个).*)"
)
_APART = re.compile(r"分别|各自|各(?=[是有为占达])")
_COMPARING = re.compile(r"^(?:请|帮我)?(?:比较|对比)(?:一下)?|(?:比较|对比)(?:一下)?$")
_COMPARED = re.compile(
    r"(?:之间)?(?:相比)?[，,]?(?:有(?:什么|何|哪些)(?:不同|区别|差异|差别)|(?:谁|哪个)更?[^，。？?]*)[？?。]?$"
)
_ASKS = re.compile(r"多少|几|哪|什么|谁|何|怎|如何|是否|为什么")
_PERIOD = re.compile(r"(?:19|20)[0-9]{2}\s?年?(?:底|末)?")
_LATIN = re.compile(r"[A-Za-z0-9.\-+]+")
_SHORT = 3


@dataclass(frozen=True, slots=True)
class Part:
    """One of the things that are asked about, and the question about it alone."""

    name: str
    question: str


def parts(question: str, segmenter: Segmenter) -> tuple[Part, ...]:
    """The questions that a question about several things consists of; empty for any other.

    Only where it says so: 分别, 各是, or 比较, 有什么不同 with things of one kind: places, years,
    Latin names, or names that end alike.
    """
    comparing = _COMPARING.search(question) or _COMPARED.search(question)
    if not comparing and not _APART.search(question):
        return ()
    found = _SEVERAL.search(_COMPARING.sub("", question).strip())
    if found is None:
        return ()
    names = [name.strip() for name in re.split(_NAMES_APART, found["names"])]
    if not 2 <= len(names) <= MOST_PARTS or not all(names) or len(set(names)) < len(names):
        return ()
    if not _APART.search(question) and not _alike(names, segmenter):
        return ()
    before = found.string[: found.start()]
    rest = _APART.sub("", _COMPARED.sub("", found["rest"])).strip()
    if rest in ("", "的"):
        return ()
    ask = "" if _ASKS.search(before + rest) else "是什么"
    bare = rest.rstrip("？?。")
    return tuple(Part(name, f"{before}{name}{bare}{ask}？") for name in names)


def _alike(names: Sequence[str], segmenter: Segmenter) -> bool:
    for kind in (_PERIOD, _LATIN):
        if all(kind.fullmatch(name) for name in names):
            return True
    if all(any(word in places() for word, _ in segmenter.tokens(name)[:1]) for name in names):
        return True
    ending = 1 if max(map(len, names)) <= _SHORT else 2
    return len({name[-ending:] for name in names}) == 1


def joined(
    question: str, answered: Sequence[tuple[Part, Answer]], unanswered: str, refusal: str
) -> Answer:
    """One answer of those to the parts: what is said of each, then the quotes.

    ``unanswered`` is said, filled in with the name, of a part without an answer; where none
    has one, ``refusal`` is all that is said.
    """
    ranked = together([answer.hits for _, answer in answered])
    given = [answer for _, answer in answered if not answer.refused]
    spent: Counter[str] = Counter()
    for _, answer in answered:
        spent.update(answer.timings_ms)
    if not given:
        surest = max(answer.confidence for _, answer in answered)
        return Answer(
            question, refusal, refused=True, confidence=surest, hits=ranked, timings_ms=dict(spent)
        )
    citations = _numbered(given)
    said: list[str] = []
    short: list[str] = []
    for part, answer in answered:
        if answer.refused:
            said.append(unanswered.format(name=part.name))
            continue
        mark = citations[_key(answer.citations[0])].number
        said.append(f"{part.name}：{answer.short_answer} [{mark}]")
        short.append(f"{part.name}：{answer.short_answer}")
    quotes = [f"“{citation.quote}” [{citation.number}]" for citation in citations.values()]
    return Answer(
        question=question,
        text="\n\n".join([*said, *quotes]),
        short_answer="；".join(short),
        confidence=min(answer.confidence for answer in given),
        citations=tuple(citations.values()),
        unverified=tuple(claim for answer in given for claim in answer.unverified),
        hits=ranked,
        timings_ms=dict(spent),
        notes=tuple(said),
    )


def together(found: Sequence[Sequence[Hit]]) -> tuple[Hit, ...]:
    """The hits of several searches, in turn one of each, every passage once, ranked anew."""
    turns = chain.from_iterable(zip_longest(*found))
    distinct = {hit.passage.id: hit for hit in reversed([hit for hit in turns if hit])}
    return tuple(
        replace(hit, rank=rank) for rank, hit in enumerate(reversed(distinct.values()), start=1)
    )


def _key(citation: Citation) -> tuple[str, int, int]:
    return citation.document_id, citation.span.start, citation.span.end


def _numbered(answers: Sequence[Answer]) -> dict[tuple[str, int, int], Citation]:
    """The citations of all answers, each once, numbered from 1 in their order."""
    found: dict[tuple[str, int, int], Citation] = {}
    for answer in answers:
        for citation in answer.citations:
            number = found[_key(citation)].number if _key(citation) in found else len(found) + 1
            found[_key(citation)] = replace(citation, number=number)
    return found
