"""Names in a text: titles, quoted terms, Latin names, places, organisations, ranks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from app.claims.words import Word, is_nominal, is_own_name, is_place, words
from index.words import STOP_WORDS
from records import Span


class NameKind(StrEnum):
    """How a name was recognised."""

    TITLE = "title"
    QUOTED = "quoted"
    LATIN = "latin"
    PLACE = "place"
    ORGANISATION = "organisation"
    RANK = "rank"


TOPICAL = (NameKind.PLACE, NameKind.ORGANISATION, NameKind.RANK)
"""The kinds of names whose figures are told apart by them."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name, without quotation marks, and its place with them."""

    text: str
    kind: NameKind
    span: Span


_TITLE = re.compile(r"《([^《》\n]{1,80})》")
_QUOTED = re.compile(r"[“\"「『]([^“”\"「」『』\n]{1,40})[”\"」』]")
_LATIN = re.compile(
    r"[A-Za-z][A-Za-z0-9]*(?:[.\-+&/_][A-Za-z0-9]+)*\+?(?:(?<=[A-Z]{2}) [0-9][0-9.\-]*(?![0-9]"
    r"| ?[万亿个家项年款种余多%]))?"
    r"|(?<![0-9.])[0-9]+(?:\.[0-9]+)?[A-Z](?:-[A-Z])?(?![A-Za-z0-9])"
)
_POINTER = re.compile(r"(?:图表|[表图]) ?[0-9]+(?:[-.][0-9]+)*|[0-9]+ ?对 ?(?:[0-9]+|[A-Z])")
_RANK = re.compile(
    r"第[一二三四五六七八九十]+(?:梯队|阶段|产业|方阵)"
    r"|(?:萌芽|探索|成长|成熟|起步|导入|培育|爆发|调整|衰退|转型|试点|推广)(?:期|阶段)"
    r"|(?:国家|省|地市|地|市|区县|县|乡镇|街道|村|社区|区)级(?!别|联)"
    r"|(?:业务|统集|应用|数据|平台|感知|网络|设施|支撑|决策|执行|(?<=在)基|(?<=，)基)层(?!面|级|次)"
)
_LATIN_UNITS = frozenset(
    (
        "gw mw kw kwh mwh gwh twh km m cm mm kg t gb tb pb eb zb mb kb pct bp hz ghz mhz ms nm b"
    ).split()
)
_SUFFIXES = (
    "公司 集团 大学 学院 研究院 研究所 委员会 管理局 大数据局 银行 协会 学会 联盟 交易所 法院"
    " 检察院"
    " 总局 总署 事务所 基金会 实验室 出版社 医院 通信院 信通院 经信局 数据局 发改委 财政部"
    " 工信部 商务部"
    " 改革委 卫健委 工信厅 经信厅 财政厅 科技厅 财政局 税务局 公安局 统计局 民政局 监管局"
    " 总体组 教育部 科技部 交通部 工业和信息化部 银保监局 证监会 国资委 网信办"
).split()
_COMPANIES = re.compile(
    "国家?发展改革委|发展改革委|华为|阿里|腾讯|百度|京东|小米|美团|字节跳动|滴滴|网易|科大讯飞|商汤|海康威视|大华|浪潮"
    "|中兴通讯|中软国际|中国电子|中国电信|中国移动|中国联通|中国铁塔|中国广电|国家电网|南方电网"
    "|中国石化|中国石油|中国中车|中国建筑|中国交建|中国电建|中国中铁|中国铁建|比亚迪|宁德时代"
    "|中芯国际|特斯拉|谷歌|微软|英伟达|亚马逊|思科"
)
_BY_LENGTH = sorted(_SUFFIXES, key=len, reverse=True)
_SUFFIX = re.compile("|".join(_BY_LENGTH))
# Two characters and 省, 市, 县 or 区 where a clause or an item of a list begins.
_ADMINISTERED = re.compile(
    r"(?:(?<![一-鿿])"
    r"|(?<=[和与及在比是年末底由据]))(?![各全本该两多大中小每其])[一-鿿](?![城地都省园街社小县郊景片辖校矿库灾城级个])[一-鿿]"
    r"(?:[省市县](?![场区民值长级内外直属])|区(?![域间块别分位县]))"
)
_REGION = re.compile(
    "(?:[东西]?[南北中]|[东西])部(?![委门队])(?:地区)?|东北(?:地区)?(?!角|风|方向)"
)
_NO_NAMES = frozenset(
    (
        "中国 我国 全国 国内 全省 全市 自治区 直辖市 中华人民共和国 大陆"
        " 世界 全球 国外 中华 新区 市区 地区 城区"
        " 城市 都市 城镇 山区 湾区 新城 古城 高原 平原 江湖"
    ).split()
)
_JOINERS = frozenset(
    (
        "的 和 与 及 、 ， 由 在 是 为 等 对 向 被 把 从 了 有 所 各 该 其 多 家 个 ， 。 ： （ ）"
        " ；"
    ).split()
)


@lru_cache(maxsize=4096)
def names(text: str) -> tuple[Name, ...]:
    """The names of ``text``, spelled as ``aligned`` spells it, in order; none overlap."""
    found: list[Name] = []
    for name in (
        *_delimited(text),
        *_latin(text),
        *_organisations(text),
        *_places(text),
        *_ranks(text),
    ):
        if not any(name.span.overlaps(other.span) for other in found):
            found.append(name)
    return tuple(sorted(found, key=lambda name: name.span))


def _delimited(text: str) -> Iterator[Name]:
    for pattern, kind in ((_TITLE, NameKind.TITLE), (_QUOTED, NameKind.QUOTED)):
        for match in pattern.finditer(text):
            yield Name(match[1].strip(), kind, Span(*match.span()))


def _latin(text: str) -> Iterator[Name]:
    for match in _POINTER.finditer(text):
        yield Name(match.group(), NameKind.LATIN, Span(*match.span()))
    for match in _LATIN.finditer(text):
        word = match.group()
        after_digit = match.start() and text[match.start() - 1] in "0123456789 万亿"
        if len(word) == 1 or (word.lower() in _LATIN_UNITS and after_digit):
            continue
        yield Name(word, NameKind.LATIN, Span(*match.span()))


def _organisations(text: str) -> Iterator[Name]:
    """Known companies, and words before a suffix, as far back as two characters that carry it.

    Of a word that ends with one, such as 华润集团, what stands before it must be a name, or a
    place before the word: 上海数据交易所.
    """
    for match in _COMPANIES.finditer(text):
        yield Name(match.group(), NameKind.ORGANISATION, Span(*match.span()))
    cut = words(text)
    for ahead, word in pairwise((Word("", Span(0, 0)), *cut)):
        suffix = next((s for s in _BY_LENGTH if word.text.endswith(s)), "")
        stem = word.text.removesuffix(suffix)
        if suffix and (is_own_name(stem) or (stem and is_place(ahead.text))):
            yield Name(word.text, NameKind.ORGANISATION, word.span)
    for match in _SUFFIX.finditer(text):
        before = [word for word in cut if word.span.end <= match.start()]
        start = match.start()
        for word in reversed(before):
            if word.span.end != start or not _part_of_name(word):
                break
            start = word.span.start
            if match.start() - start >= 2:
                break
        if start < match.start():
            yield Name(text[start : match.end()], NameKind.ORGANISATION, Span(start, match.end()))


def _ranks(text: str) -> Iterator[Name]:
    for match in _RANK.finditer(text):
        yield Name(match.group(), NameKind.RANK, Span(*match.span()))


def _part_of_name(word: Word) -> bool:
    return (
        is_nominal(word.text)
        and word.text not in _JOINERS
        and word.text not in STOP_WORDS
        and all("\u3400" <= c <= "\u9fff" or c.isalnum() for c in word.text)
        and not word.text.isdigit()
    )


def _places(text: str) -> Iterator[Name]:
    for match in (*_REGION.finditer(text), *_ADMINISTERED.finditer(text)):
        if match.group() not in _NO_NAMES:
            yield Name(place_stem(match.group()), NameKind.PLACE, Span(*match.span()))
    for word in words(text):
        if is_place(word.text) and word.text not in _NO_NAMES:
            yield Name(place_stem(word.text), NameKind.PLACE, word.span)


def place_stem(place: str) -> str:
    """广东省 and 广东 are one: without the last character that says what sort of place it is."""
    place = place.removesuffix("地区") or place
    return place[:-1] if len(place) > 2 and place[-1] in "省市区县州" else place


def holds(text: str, name: Name) -> bool:
    """Whether ``text`` has the name, whatever white space, case and quotation marks are."""
    wanted, held = _bare(name.text), _bare(text)
    if name.kind is NameKind.ORGANISATION:
        wanted, held = wanted.replace("企业", "公司"), held.replace("企业", "公司")
    if name.kind is not NameKind.LATIN:
        return wanted in held
    pattern = re.compile(rf"(?<![a-z0-9]){re.escape(wanted)}(?![a-z]|(?<=[0-9])[0-9])")
    return any(pattern.search(spelled) for spelled in (held, text.lower()))


@lru_cache(maxsize=4096)
def _bare(text: str) -> str:
    return re.sub(r"[\s“”\"「」『』]", "", text).lower()
