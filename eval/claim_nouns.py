"""A noun of a claim put for another of its kind, to measure the gate with.

The nouns are those that jieba's tagger finds; nothing of ``app/claims`` is used.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import lru_cache

_TAGS = ("n", "nz", "nt", "vn")
# Nouns that say so little that one may well stand for another.
_LIGHT = frozenset(
    "方面 领域 情况 问题 过程 程度 水平 作用 方式 模式 形式 内容 特点 特征 阶段 时期 趋势 方向"
    " 基础 条件 环境 背景 体系 工作 活动 需求 能力 优势 力量 有关 相关 关键 重点 核心 全面 整体"
    " 全国 我国 中国 国内 总体 全球 结果 报告 事情 原因 意义 目标 区域 地区 成效 效果 影响 发展"
    " 建设 本节 资料".split()
)
# Of a row none can be said for another; they need not stand in the document.
_KINDS = tuple(
    row.split()
    for row in (
        "投资 融资 收入 利润 产值 成本 税收 贷款 补贴 债务",
        "投资规模 市场规模 人口规模 收入规模",
        "企业 政府 高校 居民 协会 银行 医院 农户 军队",
        "华为 腾讯 百度 京东 阿里 小米",
        "产量 销量 库存 用户数 专利数 就业人数",
        "交通 教育 医疗 农业 能源 旅游 金融 养老",
    )
)


def other_nouns(
    text: str, passage: str, document: str, draw: random.Random
) -> Iterator[tuple[str, str]]:
    """Kind and text of up to two claims: a noun of the passage put in, and one of its own kind."""
    nouns = [word for word, _ in _nouns(text)]
    others = sorted({w for w, _ in _nouns(passage)} - set(nouns))
    pairs = [(n, o) for n in nouns for o in others if o not in text and not _kin(n, o)]
    if pairs:
        old, new = draw.choice(pairs)
        yield "noun", _put(text, old, new, draw)
    alike = [
        (old, new)
        for kind in _KINDS
        for old in kind
        if old in nouns or (len(old) > 3 and old in text)
        for new in kind
        if new not in text
    ]
    if alike:
        old, new = draw.choice(alike)
        yield (
            ("noun of its kind" if new in document else "noun unheard of"),
            _put(text, old, new, draw),
        )


def _kin(one: str, other: str) -> bool:
    """Whether one may be short for the other, or part of it."""
    short, long = sorted((one, other), key=len)
    letters = iter(long)
    return all(letter in letters for letter in short)


def _put(text: str, old: str, new: str, draw: random.Random) -> str:
    starts = [i for i in range(len(text)) if text.startswith(old, i)]
    at = draw.choice(starts)
    return text[:at] + new + text[at + len(old) :]


@lru_cache(maxsize=4096)
def _nouns(text: str) -> tuple[tuple[str, str], ...]:
    """The nouns of two characters and more with their tags, in order."""
    from jieba import posseg

    return tuple(
        (pair.word, pair.flag)
        for pair in posseg.cut(text)
        if pair.flag in _TAGS and len(pair.word) > 1 and pair.word not in _LIGHT
    )
