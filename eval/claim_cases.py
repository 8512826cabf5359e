"""True and altered claims made from documents by simple code, to measure the gate with.

A true claim is a sentence or a row said otherwise; an altered one has one thing in it
changed. Nothing of ``app/claims`` is used, so that its errors are not shared.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

from eval.claim_nouns import other_nouns
from eval.claim_restated import FIGURE, YEAR, restated
from index.words import bigrams
from ingest.sentences import sentences
from ingest.split import split
from records import Document, Kind, Passage
from settings import SplitSettings

OTHERS = 4


@dataclass(frozen=True, slots=True)
class Case:
    """A claim with its mark, the passages it is put to, and whether it is true of them."""

    kind: str
    true: bool
    answer: str
    passages: tuple[Passage, ...]

    @property
    def half(self) -> str:
        """``tune`` or ``test``, by the claim's text."""
        return ("tune", "test")[crc32(self.answer.encode()) % 2]


@dataclass(frozen=True, slots=True)
class Source:
    """A sentence of a passage, and the document's other sentences."""

    text: str
    passage: Passage
    document: str
    others: tuple[str, ...]


_TITLE = re.compile(r"《[^《》]{4,60}》")
_QUOTED = re.compile(r"“[^“”]{2,20}”")
_PLACES = (
    "北京 上海 天津 重庆 广东 广州 深圳 杭州 温州 南京 苏州 无锡 成都 长沙 长春 济南 青岛 江苏"
    " 浙江 湖南"
    " 湖北 河南 山东 四川 福建 安徽 贵州 海南 广西 珠海 武汉 合肥 宁波 厦门 东莞 青湾市 白石市"
    " 临江市"
).split()
_PLACE = re.compile("|".join(_PLACES))
_ORGANISATIONS = (
    "华为 阿里 腾讯 京东 科大讯飞 中兴通讯 中软国际 中国电子 中国电信 中国移动 中国联通 华润集团"
    " 大众集团 上海数据集团 上海数据交易所 中国信息通信研究院 工业和信息化部 国家数据局"
    " 北京市通信管理局 国家智慧城市标准化总体组 日照市大数据发展局 欧洲电信标准协会"
).split()
_ORGANISATION = re.compile("|".join(_ORGANISATIONS))
_LATIN = re.compile(r"(?<![A-Za-z0-9])[A-Z][A-Za-z0-9]{1,10}(?![A-Za-z0-9])")
_TURNS = (
    "增长/下降 增加/减少 上升/下降 提高/降低 提升/降低 回落/上升 扩大/缩小 下降/增长 减少/增加"
    " 降低/提高"
    " 下滑/上涨 多于/少于 少于/多于 高于/低于 低于/高于 减慢/加快 加快/减慢"
).split()
_BOUNDS = (
    "超过/不足 近/超过 以上/以下 不足/超过 至少/至多 不低于/不高于 突破/不足 低于/高于".split()
)
_UNITS = (
    "万亿元/亿元 亿元/万元 万元/亿元 亿元/万亿元 万家/家 万户/户 %/个百分点 个百分点/% 公里/米"
    " 万吨/吨 倍/%"
    " 万人次/人次 亿千瓦时/万千瓦时 万千瓦/千瓦 万亿/亿 亿吨/万吨 万人/人 万辆/辆 GW/MW 米/公里"
).split()
_NEGATED = (
    "达到/没有达到 位于/并非位于 建成/未建成 发布/未发布 处于/不处于 包括/不包括 采用/没有采用"
    " 集中/没有集中"
    " 推动/没有推动 居全国/并未居全国 建立/没有建立 开展/没有开展 印发/未印发 提出/没有提出"
    " 形成/尚未形成"
    " 完成/尚未完成 负责/不负责 成为/没有成为 属于/不属于 正式/尚未正式 明确/没有明确 覆盖/没有覆盖"
).split()
_HAN_FIGURE = re.compile(r"[二三四五六七八九](?=[个家项种类级大座条]|阶段)")


def cases(documents: Sequence[Document], seed: int = 1) -> list[Case]:
    """All claims of the documents, true and altered, the same for the same seed."""
    draw = random.Random(seed)
    made: dict[tuple[str, str], Case] = {}
    for document in documents:
        passages = split(document, SplitSettings())
        for case in (*_of_prose(document, passages, draw), *_of_rows(passages, draw)):
            made.setdefault((case.kind, case.answer.rsplit("[", 1)[0]), case)
    return list(made.values())


def _of_prose(
    document: Document, passages: Sequence[Passage], draw: random.Random
) -> Iterator[Case]:
    prose = [p for p in passages if p.kind in (Kind.PROSE, Kind.FOOTNOTE)]
    said = [(span.of(p.text), p) for p in prose for span in sentences(p.text)]
    texts = tuple(text for text, _ in said)
    for text, passage in said:
        if not 12 <= len(text) <= 160 or "…" in text or text[-1] not in "。；":
            continue
        source = Source(text, passage, document.text, texts)
        for kind, claim in restated(text, draw):
            yield _case(kind, True, claim, passage, passages, draw)
        for kind, claim in _altered(source, draw):
            if claim not in document.text:
                yield _case(kind, False, claim, passage, passages, draw)


def _case(
    kind: str, true: bool, claim: str, passage: Passage, passages: Sequence[Passage],
    draw: random.Random,
) -> Case:  # fmt: skip
    """The claim beside its own passage and those that resemble it."""
    given = list(beside(claim, [passage], passages))
    draw.shuffle(given)
    mark = f"[{given.index(passage) + 1}]"
    body = claim.rstrip("。；")
    return Case(kind, true, f"{body}{mark}。", tuple(given))


def beside(claim: str, own: Sequence[Passage], passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """``own``, then the other passages that share the most pairs of characters with ``claim``."""
    pairs = set(bigrams(claim))
    rest = [p for p in passages if p not in own]
    rest.sort(key=lambda p: -len(pairs & set(bigrams(p.text))))
    return (*own, *rest[:OTHERS])


def _altered(source: Source, draw: random.Random) -> Iterator[tuple[str, str]]:
    text = source.text
    for match in FIGURE.finditer(text):
        figure = match.group()
        at = draw.choice([i for i, c in enumerate(figure) if c.isdigit()])
        digit = draw.choice([d for d in "123456789" if d != figure[at]])
        yield "digit", _put(text, match, figure[:at] + digit + figure[at + 1 :])
    for match in _HAN_FIGURE.finditer(text):
        other = draw.choice([c for c in "三四五六七八九" if c != match.group()])
        yield "digit", _put(text, match, other)
    for match in YEAR.finditer(text):
        year = int(match.group()) + draw.choice((-3, -2, -1, 1, 2))
        yield "year", _put(text, match, str(year))
    yield from _swapped("unit", text, _UNITS, r"(?<=[0-9]) ?{}")
    yield from _swapped("direction", text, _TURNS, "{}")
    yield from _swapped("bound", text, _BOUNDS, r"{}(?= ?[0-9三七])|(?<=[0-9%个家]){}")
    yield from _swapped("negation", text, _NEGATED, "{}")
    yield from other_nouns(text, source.passage.text, source.document, draw)
    yield from _other_names(source, draw)
    yield from _other_figures(source, draw)


def _swapped(kind: str, text: str, pairs: Sequence[str], shape: str) -> Iterator[tuple[str, str]]:
    for pair in pairs:
        old, new = pair.split("/")
        match = re.search(shape.replace("{}", re.escape(old)), text)
        if match:
            yield kind, _put(text, match, match.group().replace(old, new))


def _other_names(source: Source, draw: random.Random) -> Iterator[tuple[str, str]]:
    """A name replaced by one of its kind, from the document, and from the passage itself."""
    for pattern in (_TITLE, _QUOTED, _PLACE, _ORGANISATION, _LATIN):
        matches = list(pattern.finditer(source.text))
        for where, text in ((" nearby", source.passage.text), ("", source.document)):
            alike = sorted(n for n in set(pattern.findall(text)) if n not in source.text)
            if matches and alike:
                altered = _put(source.text, draw.choice(matches), draw.choice(alike))
                yield f"name{where} ({_NAMED[pattern]})", altered
    places = list(_PLACE.finditer(source.text))
    for one, other in pairwise(places):
        between = source.text[one.end() : other.start()]
        if one.group() != other.group() and re.search("[，；]", between):
            yield "names exchanged", _exchanged(source.text, one, other)


_NAMED = {
    _TITLE: "title",
    _QUOTED: "quoted",
    _PLACE: "place",
    _ORGANISATION: "organisation",
    _LATIN: "Latin",
}
_COUNTED = re.compile(
    r"(?<![A-Za-z0-9.])[0-9]+(?:\.[0-9]+)? ?(?P<unit>万亿元|亿元|万家|家|个|项|%|吨|公里)"
)


def _other_figures(source: Source, draw: random.Random) -> Iterator[tuple[str, str]]:
    """The figure of another sentence or clause with the same unit: another subject's."""
    here = sentences(source.passage.text)
    neighbours = tuple(span.of(source.passage.text) for span in here)
    found = list(_COUNTED.finditer(source.text))
    for match in found:
        for kind, texts in (("subject", source.others), ("subject nearby", neighbours)):
            figures = {
                other.group()
                for text in texts
                for other in _COUNTED.finditer(text)
                if other["unit"] == match["unit"]
                and other.group().replace(" ", "") not in source.text.replace(" ", "")
            }
            if figures:
                yield kind, _put(source.text, match, draw.choice(sorted(figures)))
    for one, other in pairwise(found):
        if one["unit"] == other["unit"] and one.group() != other.group():
            yield "figures exchanged", _exchanged(source.text, one, other)


def _exchanged(text: str, one: re.Match[str], other: re.Match[str]) -> str:
    """Two things of a sentence, each in the other's place."""
    between = text[one.end() : other.start()]
    return text[: one.start()] + other.group() + between + one.group() + text[other.end() :]


def _put(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]


def _of_rows(passages: Sequence[Passage], draw: random.Random) -> Iterator[Case]:
    rows = [p for p in passages if p.cells and len(p.cells) > 1]
    for row in rows:
        label = row.cell_texts[0]
        for cell, said in list(zip(row.cells, row.cell_texts, strict=True))[1:]:
            if not cell.column or len(said) > 80:
                continue
            say: Callable[[str], str] = _saying(label, cell.column)
            yield _case("row", True, say(said), row, passages, draw)
            other = _elsewhere(row, cell.column, said, rows)
            if other:
                yield _case("row swapped", False, say(draw.choice(other)), row, passages, draw)
            digits = FIGURE.search(said)
            if digits:
                altered = _put(
                    said, digits, str(int(digits.group()[0]) % 9 + 1) + digits.group()[1:]
                )
                yield _case("row digit", False, say(altered), row, passages, draw)


def _saying(label: str, column: str) -> Callable[[str], str]:
    unit = re.search(r"[（(]([^（）()]+)[）)]$", label)
    if re.fullmatch(r"(?:19|20)[0-9]{2}", column) and unit:
        return lambda said: f"{column} 年的{label[: unit.start()]}为 {said} {unit[1]}。"
    own = re.search(r"[（(]([^（）()]+)[）)]$", column)
    if own:
        return lambda said: f"{label}的{column[: own.start()]}为 {said} {own[1]}。"
    return lambda said: f"{label}的{column}是{said.rstrip('。')}。"


def _elsewhere(row: Passage, column: str, said: str, rows: Sequence[Passage]) -> list[str]:
    """What other cells say in the same column, or the same row where columns are years."""
    same = [p for p in rows if p.header == row.header and p.cell_texts[0] != row.cell_texts[0]]
    texts = {
        text
        for p in same
        for cell, text in zip(p.cells, p.cell_texts, strict=True)
        if cell.column == column and len(text) < 80
    }
    if re.fullmatch(r"(?:19|20)[0-9]{2}", column):
        texts |= set(row.cell_texts[1:])
    return sorted(text for text in texts if text != said and text not in said)
