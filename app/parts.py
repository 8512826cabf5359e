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
_LETTER = r"[^，,。？?！!、；;：:和与跟同及\s的]"
_NAME = rf"{_LETTER}{{1,15}}?(?:\s?(?:[0-9]{{4}}\s?)?年(?:底|末)?{_LETTER}{{0,15}}?)?\s?"
_EACH = "各自?(?=[是有为占达管由属指叫做采提包含扮])"
_SEVERAL = re.compile(
    rf"(?:其中)?(?P<names>{_NAME}(?:{_NAMES_APART}\s?{_NAME})+)"
    rf"(?P<rest>\s?(?:的|在|分别|各自|{_EACH}|[，,][^，,]{{1,12}}?(?:分别|{_EACH})|相比|之间|有(?:什么|何|哪些)(?:不同|区别|差异|差别|分别)).*)"
)
_APART = re.compile(rf"分别(?![？?。]?$)|各自|{_EACH}")
_TOLD_APART = re.compile(r"^(?:请|麻烦|帮我)?分别(?:说明|介绍|解释|概括|列出|讲讲|说说)(?:一下)?")
_COMPARING = re.compile(r"^(?:请|帮我)?(?:比较|对比)(?:一下)?|(?:比较|对比)(?:一下)?$")
_COMPARED = re.compile(
    r"(?:之间)?(?:相比)?[，,]?有(?:什么|何|哪些)(?:不同|区别|差异|差别|分别)[？?。]?$"
)
_ASKS = re.compile(r"多[少高长大久远快重]|啥|几|哪|什么|谁|何|怎|如何|是否|为什么")
_ASKS_BY_NAME = re.compile(r"哪[些个家]|什么|多少|几[个家]|谁")
_WHICH = re.compile(r"[，,；;]\s*(?:谁|哪)")
_CLAUSES = re.compile(r"\S[，,；;]")
_PERIOD = re.compile(r"(?:19|20)[0-9]{2}\s?年?(?:底|末)?")
_ORDINAL = re.compile(r"第[一二三四五六七八九十]")
_LATIN = re.compile(r"[A-Za-z0-9.\-+]+")
_COUNT = re.compile(r"(?<=[^第])[两二三四]个?[家地市县区国省州块片种类]")
_DOES = re.compile(
    "扶持|发展|建设|推[进动行]|打造|培育|实施|开展|制定|出台|发布|采[取用]|支持|布局"
)
_SHORT = 3


@dataclass(frozen=True, slots=True)
class Part:
    """One of the things that are asked about, and the question about it alone."""

    name: str
    question: str


def parts(question: str, segmenter: Segmenter) -> tuple[Part, ...]:
    """The questions that a question about several things consists of; empty for any other.

    Only where it says so: 分别, 各是, or 比较, 有什么不同 with things of one kind: places, years,
    Latin names, or names that end alike. Which of two is more, 谁更高, is one question.
    """
    comparing = _COMPARING.search(question) or _COMPARED.search(question)
    if not comparing and not _APART.search(question):
        return ()
    found = _SEVERAL.search(_TOLD_APART.sub("", _COMPARING.sub("", question)).strip())
    if found is None:
        return ()
    listed, *measure = _COUNT.split(found["names"], maxsplit=1)
    names = [_unquoted(name.strip()) for name in re.split(_NAMES_APART, listed)]
    names, shared = _completed(names)
    measure = [*shared, *measure]
    if not 2 <= len(names) <= MOST_PARTS or not all(names) or len(set(names)) < len(names):
        return ()
    if any(map(_ASKS_BY_NAME.search, names)):
        return ()
    if not _APART.search(question) and not _alike(names, segmenter):
        return ()
    before = found.string[: found.start()]
    rest = _APART.sub("", _COMPARED.sub("", found["rest"])).strip()
    if rest in ("", "的") or _WHICH.search(rest) or len(_CLAUSES.findall(rest)) > 1:
        return ()
    if not measure and not rest.startswith("的") and _more_than_a_name(names):
        return ()
    ask = "" if _ASKS.search(before + rest) else "是什么"
    bare, *more = re.split("[？?。]", rest.strip("，,"))
    if not bare:
        return ()
    of_each = (Part(name, f"{before}{name}{''.join(measure)}{bare}{ask}？") for name in names)
    further = (each.strip() for each in more if _ASKS.search(each))
    return (*of_each, *(Part(each, f"{each}？") for each in further))


def _unquoted(name: str) -> str:
    """A name of “甲、乙” without the mark that stands in it alone."""
    return name.strip("“”") if name.count("“") != name.count("”") else name


def _completed(names: list[str]) -> tuple[list[str], list[str]]:
    """What the first or the last name alone says of all: put to the others, or told apart.

    数商数量 2013 年和 2023 年; 第一、第二梯队; 2021 年和 2022 年投资规模; 广州、深圳 2022 年底;
    北京和深圳扶持数商.
    """
    *others, last = names
    year, first, ordinal = _PERIOD.match(last), _PERIOD.search(names[0]), _ORDINAL.match(last)
    if year and all(map(_PERIOD.fullmatch, others)):
        return [*others, year.group()], [last[year.end() :]]
    if first and first.end() == len(names[0]) and all(map(_PERIOD.fullmatch, names[1:])):
        subject = names[0][: first.start()]
        return [names[0], *(f"{subject}{name}" for name in names[1:])], []
    if ordinal and all(map(_ORDINAL.fullmatch, others)):
        return [*(f"{name}{last[ordinal.end() :]}" for name in others), last], []
    year = _PERIOD.search(last)
    if year and year.end() == len(last) and not any(map(_PERIOD.search, others)):
        return [*others, last[: year.start()].strip()], [year.group()]
    place = next((last[:n] for n in (4, 3, 2) if last[:n] in places()), "")
    if place and _DOES.match(last, len(place)) and all(name in places() for name in others):
        return [*others, place], [last[len(place) :]]
    return names, []


def _more_than_a_name(names: Sequence[str]) -> bool:
    """Whether the last one runs on: 甲县、乙县、丙县教师持证率."""
    return len(names[-1]) > 2 * max(map(len, names[:-1])) + 1


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
        alone = _ASKS.search(part.name) or part.name.endswith("呢")  # no question is said again
        short.append(answer.short_answer if alone else f"{part.name}：{answer.short_answer}")
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
