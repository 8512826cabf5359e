"""What reads passages and finds the answer in them: a seam, and its simplest filling."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from index.search import LONGEST_QUESTION, HybridSearch, coverage
from ingest.split import sentences
from records import Hit, Passage, Span, covering


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stretch of a hit's passage that carries the answer; ``span`` counts in the document."""

    hit: Hit
    span: Span

    @property
    def quote(self) -> str:
        """The characters of the document in ``span``."""
        start = self.hit.passage.span.start
        return Span(self.span.start - start, self.span.end - start).of(self.hit.passage.text)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found. ``evidence`` is best first; ``confidence`` lies in 0..1."""

    evidence: tuple[Evidence, ...] = ()
    short_answer: str = ""
    confidence: float = 0.0


class Reader(Protocol):
    """What finds the answer to a question in the passages retrieved for it."""

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        """The answer's evidence, short form and probability; empty when there are no hits."""


_AMOUNT = re.compile(
    r"(?:约有?|近|超过|超|逾|不足|不到)?\s?[0-9][0-9.,]*\s?[多余]?\s?"
    r"(?:万亿元|亿元|万元|元|个百分点|%|‰|[万亿]?(?:个|家|户|项|款|种|座|省|类|名|件|倍|人|次|公里|辆))"
)
_DATE = re.compile(r"(?<![0-9—–~～至-])[0-9]{4}\s?年(?:\s?[0-9]{1,2}\s?月)?(?:\s?[0-9]{1,2}\s?日)?")
_NAME = re.compile(r"《[^》]+》|“[^”]+”")
_ASKS = (
    (re.compile(r"何时|什么时候|什么时间|哪一?年|哪个月|几月"), _DATE),
    (re.compile(r"多少|几[个家项种款类座省户]|占比|比例|比重|百分之几|规模"), _AMOUNT),
    (re.compile(r"叫什么|什么名|哪[个份部项].{0,4}(?:文件|政策|计划|方案|办法)"), _NAME),
)
_UNIT = re.compile(r"(?:多少|几)\s?([万亿]?[个家户项款种座省类名件倍人次辆元])")
_LABEL = re.compile(r"[图表]\s?[0-9]+[^。！？；]*")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_NEAR_BEST = 0.5
_MISSING_NUMBER = 0.5
_SURE_SIMILARITY = 0.94


class SentenceReader:
    """Picks the sentences that hold most of the question's words, weighed by their rarity.

    Without a model: confidence is the mean of how much of the question the passage of the
    best sentence holds and how near its vector is, halved when a number is missing there.
    """

    def __init__(self, search: HybridSearch, max_evidence: int) -> None:
        self._search = search
        self._max_evidence = max_evidence

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        """See Reader."""
        words = self._search.library.segmenter.content_words(question[:LONGEST_QUESTION])
        weights = self._search.weights(words) if hits else {}
        scored = sorted(self._scored(question, weights, hits), key=lambda pair: -pair[0])
        if not scored:
            return Reading()
        best_score, best = scored[0]
        chosen = [e for score, e in scored if score >= _NEAR_BEST * best_score]
        return Reading(
            evidence=_joined(chosen[: self._max_evidence]),
            short_answer=short_answer(question, best.quote),
            confidence=self._confidence(question, weights, best),
        )

    def _scored(
        self, question: str, weights: Mapping[str, float], hits: Sequence[Hit]
    ) -> list[tuple[float, Evidence]]:
        segment = self._search.library.segmenter.words
        scored = []
        for hit in hits:
            around = set(segment(f"{hit.passage.context}\n{hit.passage.text}"))
            within = coverage(weights, around)
            for span in sentences(hit.passage.text):
                if _is_label(span.of(hit.passage.text), hit.passage):
                    continue
                own = coverage(weights, set(segment(span.of(hit.passage.text))))
                start = hit.passage.span.start
                evidence = Evidence(hit, Span(start + span.start, start + span.end))
                fits = answers_plainly(question, evidence.quote)
                scored.append((own + 0.5 * within + 0.25 / hit.rank + 0.5 * fits, evidence))
        return scored

    def _confidence(self, question: str, weights: Mapping[str, float], best: Evidence) -> float:
        passage = best.hit.passage
        around = f"{passage.context}\n{passage.text}"
        held = coverage(weights, set(self._search.library.segmenter.words(around)))
        floor = self._search.settings.similarity_floor
        nearness = ((best.hit.similarity or 0.0) - floor) / (_SURE_SIMILARITY - floor)
        missing = set(_NUMBER.findall(question)) - set(_NUMBER.findall(around))
        confidence = (held + min(1.0, max(0.0, nearness))) / 2
        return confidence * (_MISSING_NUMBER if missing else 1.0)


def _is_label(sentence: str, passage: Passage) -> bool:
    """Whether ``sentence`` is a caption, a table's header or a heading: nothing it says."""
    plain = "".join(sentence.split())
    labels = (*passage.headings, passage.header.replace("｜", ""))
    return bool(_LABEL.fullmatch(sentence)) or any(
        plain in "".join(each.split()) for each in labels
    )


def answers_plainly(question: str, sentence: str) -> bool:
    """Whether ``question`` asks for a date, amount or name and ``sentence`` holds a new one."""
    return short_answer(question, sentence) != sentence


def short_answer(question: str, sentence: str) -> str:
    """The date, amount or quoted name in ``sentence`` that ``question`` plainly asks for.

    Falls back on the whole sentence. What the question itself names is not an answer to it;
    what follows the question's own numbers (2023 年) goes before what stands ahead of them.
    """
    pattern = next((found for asks, found in _ASKS if asks.search(question)), None)
    after = max((sentence.rfind(number) for number in _NUMBER.findall(question)), default=0)
    unit = _UNIT.search(question)
    fresh = [
        match
        for match in (pattern.finditer(sentence) if pattern else ())
        if match.group().strip() not in question
        and match.group().endswith(unit.group(1) if unit and pattern is _AMOUNT else "")
    ]
    best = min(fresh, key=lambda match: (match.start() < after, match.start()), default=None)
    return best.group().strip() if best else sentence


def _joined(chosen: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Neighbouring sentences of one passage become one piece; the order of the best stays."""
    joined: list[Evidence] = []
    for evidence in chosen:
        for i, other in enumerate(joined):
            gap = max(evidence.span.start, other.span.start) - min(
                evidence.span.end, other.span.end
            )
            if other.hit.passage.id == evidence.hit.passage.id and gap <= 1:
                joined[i] = Evidence(other.hit, covering([other.span, evidence.span]))
                break
        else:
            joined.append(evidence)
    return tuple(joined)
