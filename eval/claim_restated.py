"""True claims made from a sentence: the same said otherwise."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

# A note's mark, 〔1〕 or [1], is no figure: the gate reads it as a citation, as it should.
FIGURE = re.compile(
    r"(?<![A-Za-z0-9.\-第表图/〔［\[【])[0-9]+(?:\.[0-9]+)?(?![0-9A-Za-z.\-—/]| ?[年月日A-Z]| ?对)"
)
YEAR = re.compile(r"(?<![0-9.\-])20[0-9]{2}(?= ?年)")
# What a writer puts for what, and the meaning stays.
_OTHERWISE = (
    ("达到了?", "为"),
    ("较上年", "比上年"),
    ("超过 ?([0-9.]+ ?%)", r"在 \1 以上"),
    ("(?:约为|约) ?(?=[0-9])", "大约 "),
    ("发布(?=《)", "推出"),
    ("印发(?=《)", "出台"),
    ("推动", "促进"),
    ("目前", "当前"),
    ("包括", "涵盖"),
    ("积极", "大力"),
    ("逐步", "逐渐"),
    ("已经?(?=[形建成])", "业已"),
    ("率先", "最先"),
    ("我国", "中国"),
    ("领域", "方面"),
    ("不断", "持续"),
    ("企业数量", "企业数"),
    ("日益", "越来越"),
    ("显著", "明显"),
    ("例如，", ""),
    ("首批", "第一批"),
    ("共有", "有"),
    ("着力", "努力"),
    ("(?<=[，。])已", "目前已"),
    ("使", "让"),
    ("快速", "迅速"),
)
# Nouns for which a writer may put another; the gate's own tables have less than half of them.
_SYNONYMS = (
    "地区/区域 差异/差别 居民/市民 趋势/走势 目标/目的 热情/积极性 呼声/声音 堵点/卡点 初衷/本意"
    " 桥梁/纽带 格局/局面 难题/问题 赛道/领域 底座/根基 优势/长处 场景/情形 路径/途径 经验/做法"
    " 市场需求/需求 重点/重心 潜力/潜能 担忧/顾虑 热点/焦点 成效/效果 巨头/龙头 资金/经费"
    " 抓手/着力点 主体/参与者 引擎/动力 热潮/浪潮 企业/公司 定义/界定 空间/余地 范式/样板"
    " 瓶颈/短板 特点/特征 业态/经营形态 理念/思路 举措/办法 工具/手段 价值/作用 功能/用途"
    " 用户/使用者"
).split()
_DELIMITED = re.compile(r"《[^《》]*》|“[^“”]*”")
_CONVERSIONS: tuple[tuple[str, str, int], ...] = (
    ("万亿元", "亿元", 10_000), ("亿元", "万元", 10_000), ("万家", "家", 10_000),
    ("万户", "户", 10_000), ("万亿元", "万元", 100_000_000), ("公里", "米", 1000),
    ("万吨", "吨", 10_000), ("万人次", "人次", 10_000), ("亿吨", "万吨", 10_000),
    ("万人", "人", 10_000), ("万千瓦", "千瓦", 10_000),
)  # fmt: skip


def restated(text: str, draw: random.Random) -> Iterator[tuple[str, str]]:
    """The ways in which a sentence may be said and stay true, each with its kind."""
    yield "verbatim", text
    figures = FIGURE.search(text)
    wide = text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789%"})
    if wide != text:
        yield "full width", wide
    if figures:
        yield "no spaces", re.sub(r"(?<=[^A-Za-z]) | (?=[^A-Za-z])", "", text)
    yield from _converted(text)
    vague = re.sub(r"(?:大约|约为|约|近)(?= ?[0-9])", "", text)
    if vague != text:
        yield "约 dropped", vague
    lead = draw.choice(("总体来看，", "此外，", "根据资料，", "同时，", "值得注意的是，"))
    yield "connector", lead + text
    clauses = re.split(r"，", text.rstrip("。；"))
    if len(clauses) > 1:
        longest = max(clauses, key=lambda clause: (bool(FIGURE.search(clause)), len(clause)))
        if len(longest) > 9:
            yield "one clause", longest + "。"
    if len(clauses) == 2 and len(YEAR.findall(text)) < 2 and len(FIGURE.findall(text)) < 2:
        yield "clauses swapped", f"{clauses[1]}，{clauses[0]}。"
    yield from _said_otherwise(text, draw)
    if "是" in text and len(clauses) > 2:
        yield "shortened", "，".join(clauses[:2]) + "。"


def _said_otherwise(text: str, draw: random.Random) -> Iterator[tuple[str, str]]:
    said = text
    for old, new in _OTHERWISE:
        said = re.sub(old, new, said)
    if said != text:
        yield "other words", said
    plain = _DELIMITED.sub("", text)
    pairs = [pair.split("/") for pair in _SYNONYMS]
    fitting = [(noun, other) for noun, other in pairs if noun in plain and other not in text]
    if fitting:
        noun, other = draw.choice(fitting)
        pieces = re.split(f"({_DELIMITED.pattern})", text)
        yield (
            "noun's synonym",
            "".join(
                piece if at % 2 else piece.replace(noun, other) for at, piece in enumerate(pieces)
            ),
        )


def _converted(text: str) -> Iterator[tuple[str, str]]:
    for unit, other, factor in _CONVERSIONS:
        pattern = re.compile(
            rf"(?<![0-9.,、和至—] )(?<![0-9.,、和至—])([0-9]+(?:\.[0-9]+)?) ?{unit}(?!元)"
        )
        if pattern.search(text):
            yield "unit converted", _multiplied(pattern, text, factor, other)
    for match in re.finditer(r"(?<![0-9.—])(?!19|20)[0-9]{4,}(?![0-9.—]| ?[年版])", text):
        grouped = f"{int(match.group()):,}"
        yield "thousands", text[: match.start()] + grouped + text[match.end() :]


def _multiplied(pattern: re.Pattern[str], text: str, factor: int, unit: str) -> str:
    return pattern.sub(lambda match: f"{_times(match[1], factor)} {unit}", text)


def _times(figure: str, factor: int) -> str:
    whole, _, decimals = figure.partition(".")
    scaled = int(whole + decimals) * factor
    value = scaled / 10 ** len(decimals)
    return f"{int(value):,}" if value == int(value) else f"{value:f}".rstrip("0")
