"""Small documents of our own, for the tests."""

from __future__ import annotations

from hashlib import sha256
from zlib import crc32

import numpy as np

from app.questions import Question
from index.encoder import Vectors
from index.store import Batch
from ingest.split import split
from records import Document
from settings import SplitSettings

INVESTMENT = """# 青湾市数字产业年报

## 一、投资

2021 年，青湾市数字产业投资规模为 3.2 亿元。2022 年，青湾市数字产业投资规模达到 4.5 亿元，同比增长
40.6%。增长的主要原因是海港区新建了两座数据中心。

## 二、企业

截至 2022 年底，青湾市共有数字企业 1260 家，其中海港区占比超过 35%。

领军企业包括云帆科技、远山软件和蓝鲸数据。
"""
TRANSPORT = """# 白石省智慧交通报告

## 一、公交

白石省的公交车全部装有北斗定位终端，共计 8600 辆。乘客可以用“白石通”小程序查询到站时间。

## 二、停车

| 城市 | 车位 | 上线时间 |
| --- | --- | --- |
| 白石市 | 52000 个 | 2021 年 5 月 |
| 临江市 | 18000 个 | 2022 年 3 月 |
"""
HOSTILE_MARKUP = "<img src=x onerror=alert('题')>${alert(1)}{{2}}</script>"
# A question set on the two reports; the third question has an answer that isn't theirs.
SET = (
    Question(
        "bus",
        "白石省的公交车有多少辆？",
        "number",
        "test",
        True,
        ("8600 辆",),
        ("共计 8600 辆",),
        document="交通.md",
    ),
    Question("ship", "青湾市 2022 年造了多少艘轮船？", "unanswerable", "test", False),
    Question(
        "got wrong",
        "青湾市数字企业有多少家？",
        "number",
        "tune",
        True,
        (HOSTILE_MARKUP,),
        ("1260 家",),
    ),
)


def make_document(text: str, name: str = "a.txt", **fields: object) -> Document:
    """A document whose raw text is its text; its id follows from name and text."""
    digest = sha256(f"{name}\n{text}".encode()).hexdigest()
    return Document(
        id=digest[:12],
        path=f"/reports/{name}",
        sha256=digest,
        title=name,
        raw=text,
        text=text,
        origins=tuple(range(len(text))),
        **fields,  # type: ignore[arg-type]
    )


def make_batch(document: Document, dimension: int = 8) -> Batch:
    """The document's passages with unit vectors that follow from their text alone."""
    passages = split(document, SplitSettings(minimum=10, maximum=40))
    return Batch(passages, np.stack([vector_of(p.text, dimension) for p in passages]))


def vector_of(text: str, dimension: int = 8) -> Vectors:
    """A unit vector that depends on nothing but ``text``."""
    values = np.random.default_rng(crc32(text.encode())).normal(size=dimension)
    return (values / np.linalg.norm(values)).astype(np.float32)
