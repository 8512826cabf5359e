"""Questions in the manner of report readers, made by code from sentences of news.

A clause loses what is asked for, and with it some of its words and their order; the question
word depends on what was taken out: an amount, a date, a title, a list, a reason, a purpose, a
definition. A near miss is such a question with one of its constraints changed (another year,
another place, another name), so that the passage no longer answers it.
"""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.training.sources import Paragraph, Question, identified, part_of
from ingest.dictionary import tokenizer
from ingest.sentences import sentences_in
from records import Span

SOURCE = "news_part_1"
_HELD_OUT = 0.06
_LEAD = re.compile(r"^.{0,40}?正文：")
_CLAUSE = re.compile(r"[^，；。！？：\n]+")
_NUMBER = r"[0-9][0-9.,]*"
_UNIT = (
    r"(?:万亿元|亿美元|亿元|万元|美元|元|个百分点|%|‰|万亿|亿|万)?"
    r"(?:人次|平方米|平方公里|公里|公斤|千瓦时|千瓦|吨|亩|个|家|户|项|款|种|座|省|类|名|件|倍|人"
    r"|次|辆|条|套|台|所|处|米|岁|天|小时|分钟|张|支|部|起|例|批|期|届|场|艘|架)?"
)
_AMOUNT = re.compile(
    rf"(?:约|近|超过|超|逾|不足|达)?(?P<number>{_NUMBER})(?P<more>多|余)?(?P<unit>{_UNIT})"
)
_DATE = re.compile(
    r"[0-9]{4}年(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日)?|[0-9]{1,2}月[0-9]{1,2}日|今年[0-9]{1,2}月"
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}(?=年)")
_TITLE = re.compile(r"《[^《》]{2,40}》|“[^“”]{2,16}”")
_ITEM = r"[^，；。！？：、“”《》（）\s]{1,14}"
_LIST = re.compile(
    rf"(?P<lead>包括|包含|涉及|涵盖|分为|分别[是为]|有|是|由|围绕|聚焦|来自|推动|支持|加强|开展|提供)(?:了|着)?"
    rf"(?P<list>{_ITEM}(?:、{_ITEM}){{1,7}}(?:(?:和|及|以及|与){_ITEM})?)(?:等(?P<noun>[^，；。的、]{{2,8}})?)?(?=[，；。])"
)
_REASON = re.compile(r"(?:由于|因为|受)(?P<why>[^。；！？]{4,40})，(?P<what>[^。；！？]{6,40})")
_PURPOSE = re.compile(
    r"为(?:了|进一步)?(?P<why>[^。；！？，]{6,30})，(?P<what>[^。；！？，]{6,36})"
)
_DEFINITION = re.compile(
    r"(?P<what>[^，。；！？：的]{2,12})(?:是指|指的是|是一种|被称为)(?P<means>[^。；！？]{6,60})"
)
_ODD = re.compile(r"记者|[（）()“”]|电讯|本报|时[0-9]|^[和与及、]|新华社|人民网")
_FILLERS = frozenset(
    "了 的 也 还 已 已经 将 均 都 目前 其中 同时 此外 据 据悉 记者 获悉 了解到 近日"
    " 而 并 等 着 就".split()
)
_SWAPS = {
    "达到": ("是", "为", "有"), "达": ("是", "有"), "同比增长": ("增幅是", "增长了"),
    "举行": ("举办", "召开"), "发布": ("公布", "出台"), "占": ("占到",), "共有": ("一共有",),
    "企业": ("公司",), "位于": ("在",), "超过": ("超",), "开展": ("进行",), "建成": ("建好",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Made:
    """A question and where in the paragraph its answer stands."""

    text: str
    answer: Span
    kind: str


def articles(path: Path) -> list[str]:
    """The first 900 characters of each article of a file of news, one a line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_LEAD.sub("", line).strip()[:900] for line in lines]


class QuestionMaker:
    """Makes questions about a text, the same ones for the same seed.

    ``varied`` ones lose and change some words, so that a network can't go by them alone.
    """

    def __init__(self, seed: int, varied: bool = True) -> None:
        import jieba.posseg

        jieba.setLogLevel(logging.WARNING)
        self._varied = varied
        self._random = random.Random(seed)
        self._tag: Any = jieba.posseg.POSTokenizer(tokenizer())
        self._names: dict[str, list[str]] = {"nr": [], "ns": [], "nt": []}

    def paragraphs(self, path: Path, most: int) -> list[Paragraph]:
        """Stretches of 300 to 900 characters of so many articles drawn at random."""
        texts = articles(path)
        made = []
        for text in self._random.sample(texts, min(most, len(texts))):
            if len(text) >= 300:
                digest = identified(text)
                made.append(
                    Paragraph(f"{SOURCE}-{digest}", SOURCE, "", text, part_of(digest, _HELD_OUT))
                )
        return made

    def questions(self, paragraph: Paragraph, most: int) -> Iterator[Question]:
        """At most ``most`` questions that the paragraph answers, and near misses of some."""
        made = [
            each
            for sentence in sentences_in(paragraph.text, Span(0, len(paragraph.text)))
            if 12 <= len(sentence) <= 160
            for each in self._of(paragraph.text, sentence)
            if 9 <= len(each.text) <= 48 and not _ODD.search(each.text)
        ]
        self._random.shuffle(made)
        kinds: dict[str, int] = {}
        taken = 0
        for each in made:
            if taken >= most or kinds.get(each.kind, 0) >= 2:
                continue
            kinds[each.kind] = kinds.get(each.kind, 0) + 1
            taken += 1
            identifier = f"{paragraph.id}-{each.answer.start}-{each.kind}"
            answer = each.answer.of(paragraph.text)
            yield Question(identifier, each.text, paragraph, (each.answer,), (answer,))
            missed = self._near_miss(each.text, paragraph.text)
            if missed and self._random.random() < 0.7:
                yield Question(f"{identifier}-miss", missed, paragraph, ())

    def _of(self, text: str, sentence: Span) -> Iterator[_Made]:
        yield from self._patterns(text, sentence)
        for clause in _clauses(text, sentence):
            if 7 <= len(clause) <= 60:
                yield from self._amounts(text, sentence, clause)
                self._note_names(clause.of(text))

    def _amounts(self, text: str, sentence: Span, clause: Span) -> Iterator[_Made]:
        said = clause.of(text)
        for match in _DATE.finditer(said):
            ask = (
                "哪一年"
                if match.group().endswith("年")
                else self._random.choice(("什么时候", "何时", "哪天"))
            )
            answer = Span(clause.start + match.start(), clause.start + match.end())
            yield self._made(text, sentence, clause, answer, ask, "date")
        for match in _AMOUNT.finditer(_DATE.sub(lambda m: "年" * len(m.group()), said)):
            if not match["unit"] or (match.end() < len(said) and said[match.end()] in "年月日号"):
                continue
            start = (
                match.start()
                if self._random.random() < 0.5 or match["more"]
                else match.start("number")
            )
            answer = Span(clause.start + start, clause.start + match.end())
            unit = match["unit"] if match["unit"] not in ("%", "‰") else ""
            ask = self._random.choice(("多少", "多少" + unit, "多少" + unit))
            if match["unit"] in ("%", "‰"):
                ask = self._random.choice(("多少", "百分之几", "多大比例", "几成"))
            yield self._made(text, sentence, clause, answer, ask, "amount")
        for match in _TITLE.finditer(said):
            ask = "什么文件" if match.group()[0] == "《" and self._random.random() < 0.5 else "什么"
            answer = Span(clause.start + match.start(), clause.start + match.end())
            yield self._made(text, sentence, clause, answer, ask, "title")

    def _note_names(self, said: str) -> None:
        """Remember the names in ``said``, for near misses."""
        if self._random.random() < 0.3:
            for pair in self._tag.cut(said):
                if pair.flag in self._names and len(pair.word) >= 2:
                    self._names[pair.flag].append(pair.word)

    def _patterns(self, text: str, sentence: Span) -> Iterator[_Made]:
        said = sentence.of(text)

        def at(match: re.Match[str], group: str) -> Span:
            return Span(sentence.start + match.start(group), sentence.start + match.end(group))

        for match in _LIST.finditer(said):
            before = said[max(0, match.start() - 24) : match.start()]
            before = re.split(r"[，；。：]", before)[-1]
            noun = match["noun"] or ""
            ask = self._random.choice(
                (
                    f"{before}{match['lead']}哪些{noun}？",
                    f"{before}{match['lead']}哪几{'类' if not noun else '个'}{noun}？",
                )
            )
            if len(before) >= 4:
                yield _Made(self._worded(ask), at(match, "list"), "list")
        for match in _REASON.finditer(said):
            ask = self._random.choice(("{}的原因是什么？", "为什么{}？", "{}，这是为何？"))
            yield _Made(self._worded(ask.format(match["what"])), at(match, "why"), "reason")
        for match in _PURPOSE.finditer(said):
            ask = self._random.choice(("为什么{}？", "{}的目的是什么？", "{}是为了什么？"))
            yield _Made(self._worded(ask.format(match["what"])), at(match, "why"), "purpose")
        for match in _DEFINITION.finditer(said):
            ask = self._random.choice(("什么是{}？", "{}是什么意思？", "{}指的是什么？"))
            yield _Made(ask.format(match["what"]), at(match, "means"), "definition")

    def _made(
        self, text: str, sentence: Span, clause: Span, answer: Span, ask: str, kind: str
    ) -> _Made:
        start = clause.start
        if len(clause) < 16 and start > sentence.start and self._random.random() < 0.7:
            earlier = text[sentence.start : start]
            start -= len(re.split(r"(?<=[，；：])", earlier.rstrip("，；："))[-1]) + 1
            start = max(start, sentence.start)
        before, after = text[start : answer.start], text[answer.end : clause.end]
        worded = self._worded(f"{before}\x00{after}")
        if kind in ("amount", "date") and self._random.random() < 0.35 and not after:
            tail = {"amount": "是多少", "date": "是什么时候"}[kind]
            return _Made(worded.replace("\x00", "").strip("，") + tail + "？", answer, kind)
        return _Made(worded.replace("\x00", ask).strip("，") + "？", answer, kind)

    def _worded(self, text: str) -> str:
        """``text`` with some words dropped or swapped, sometimes its clauses the other way."""
        if not self._varied:
            return text
        words = []
        for word in (pair.word for pair in self._tag.cut(text)):
            drop = (
                0.6
                if word in _FILLERS
                else 0.06
                if "\x00" not in word and word not in "？，"
                else 0.0
            )
            if self._random.random() < drop and not re.search(r"[0-9]|哪|什么|多少|为", word):
                continue
            if word in _SWAPS and self._random.random() < 0.6:
                word = self._random.choice(_SWAPS[word])
            words.append(word)
        said = "".join(words)
        parts = said.rstrip("？").split("，")
        if len(parts) == 2 and self._random.random() < 0.25:
            said = "，".join(reversed(parts)) + ("？" if said.endswith("？") else "")
        return said

    def _near_miss(self, question: str, text: str) -> str | None:
        """The question with a year or a name that the paragraph doesn't hold; None without."""
        years = list(_YEAR.finditer(question))
        if years:
            match = self._random.choice(years)
            for step in self._random.sample((-3, -2, -1, 1, 2, 3), 6):
                other = str(int(match.group()) + step)
                if other not in text:
                    return question[: match.start()] + other + question[match.end() :]
        known = [
            (p.flag, p.word)
            for p in self._tag.cut(question)
            if p.flag in self._names and len(p.word) >= 2
        ]
        if not known:
            return None
        flag, word = self._random.choice(known)
        others = [
            n for n in self._sampled(self._names[flag]) if n not in text and n not in question
        ]
        return question.replace(word, others[0], 1) if others else None

    def _sampled(self, names: Sequence[str]) -> list[str]:
        return self._random.sample(names, min(len(names), 8))


def _clauses(text: str, sentence: Span) -> Iterator[Span]:
    for match in _CLAUSE.finditer(text, sentence.start, sentence.end):
        yield Span(match.start(), match.end())
