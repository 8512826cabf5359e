"""Title, publisher and date from the lines that stand before the first heading."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile

_MOST_LINES = 12
_LONGEST_LINE = 60
_DATE = re.compile(
    r"(?:19|20|二[〇○零])[\d〇○零一二三四五六七八九]{2} ?年"
    r"(?: ?[\d一二三四五六七八九十]{1,2} ?月)?(?: ?[\d一二三四五六七八九十]{1,3} ?日)?"
)
_DAY = r"(?P<date>(?:19|20)\d{2}(?:-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2}|年\d{1,2}月\d{1,2}日))"
_DATELINE = re.compile(
    rf"{_DAY}(?:\s\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?=$|[\s，,|])|(?=$|[\s，,|]{{1,3}}(?:正文|记者|来源|【)))"
)
_LABELLED = re.compile(rf"(?:发布|发表)?(?:日期|时间)\s?[:：]\s?{_DAY}(?=$|[\s，,|])")
_TITLE = re.compile(
    r"(?:报告|白皮书|蓝皮书|绿皮书|蓝图|规划|指南|方案|意见|办法|综述|年鉴|手册|分析|展望|评估)"
    r" ?(?:[（(《][^（()）]{1,20}[）)]|[—-].{1,20}|\d{4} ?年?版?)?$"
)
_PUBLISHER = re.compile(
    r"(?:研究院|研究所|研究中心|研究会|中心|公司|集团|大学|学院|委员会|协会|学会|联盟|智库|实验室|出版社|课题组|[部局厅])$"
)
_BY = (
    r"(?:(?:发布|编制|编写|主办|出品|起草|承担)(?:单位|机构|方)|来源|出品)"
    r"\s?[:：]\s?"
)
_PERSON = r"(?:作者|执笔|撰写)\s?[:：]\s?"
_ON = r"(?:发布|报告|编制|出版|完成|成文)?(?:日期|时间)\s?[:：]\s?"
_BY_PERSON = re.compile(_PERSON)
_LABEL = re.compile(rf"^(?P<by>{_BY})|^{_ON}|^{_PERSON}")
_BEFORE_LABEL = re.compile(rf"[\s|｜，,；;]+(?={_BY}|{_ON}|{_PERSON})")
_BEFORE_DATE = re.compile(rf"(?<![至到—–~-])[\s|｜，,]+(?={_DATE.pattern}$)")
_IN_BRACKETS = re.compile(r"^[（(](.+)[）)]$")
_LAST_LINES = 3
_NO_SIGNATURE = re.compile(
    r"[\t|。]|^(?:数据|资料|图片|信息)来源|^注|^(?:图表|[图表])\s?[0-9]|^[0-9•\-—](?!.*年.*月)"
    r"|^[一二三四五六七八九十]+、|^[（(][一二三四五六七八九十0-9]+[）)]"
)
_NO_TITLE = re.compile(r"[。；;，,：:、]$")


@dataclass(frozen=True, slots=True)
class Cover:
    """What the cover says; empty where it says nothing."""

    title: str = ""
    publisher: str = ""
    date: str = ""


def read_cover(text: str) -> Cover:
    """The cover in ``text``, which should end where the first section starts.

    The title is the first line that ends like the name of a report, else the first line if
    it is short and no sentence. Several publishers are joined by 、. A line may say several
    things, each with its label: 发布单位：甲研究院　发布时间：2024 年 3 月. The date may stand at
    the beginning of the text, as that of news does: 2023-08-10 16:20，正文.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    cover = []
    for line in lines[:_MOST_LINES]:
        if len(line) > _LONGEST_LINE or line.endswith("。"):
            break
        cover.append(line)
    titles = [line for line in cover if _TITLE.search(line)]
    if not titles and cover and cover[0] == lines[0] and not _NO_TITLE.search(cover[0]):
        titles = cover[:1]
    title = titles[0] if titles else ""
    publishers, dates = _facts([line for line in cover if line != title])
    dates += [found["date"] for line in lines[:1] if (found := _DATELINE.match(line))]
    dates += [found["date"] for line in lines[:_MOST_LINES] if (found := _LABELLED.match(line))]
    date = next((date for date in dates if "月" in date), dates[0] if dates else "")
    return Cover(title, "、".join(publishers), date)


def read_signature(text: str) -> Cover:
    """Publisher and date where the last lines of ``text`` are signed with both or a date alone.

    As reports of offices are: 甲市商务局 on the last line but one, 2025年7月22日 on the last.
    """
    lines = [line.strip() for line in text.rstrip().splitlines()[-_MOST_LINES:] if line.strip()]
    last = [*takewhile(_may_sign, reversed(lines[-_LAST_LINES:]))]
    publishers, dates = _facts(last[::-1])
    dates = [date for date in dates if "月" in date]
    return Cover("", "、".join(publishers), dates[-1]) if dates else Cover()


def _may_sign(line: str) -> bool:
    return len(line) <= _LONGEST_LINE and not _NO_SIGNATURE.search(line)


def _facts(lines: list[str]) -> tuple[list[str], list[str]]:
    """The publishers and the dates that ``lines`` consist of, with labels or without."""
    bare = [_IN_BRACKETS.sub(r"\1", line) for line in lines]
    pieces = [
        piece.strip("*_ ")
        for line in bare
        for labelled in _BEFORE_LABEL.split(line)
        for dated in _BEFORE_DATE.split(labelled)
        for piece in (dated.split() if _BY_PERSON.match(dated) else [dated])
    ]
    told = [(_LABEL.sub("", piece), _LABEL.match(piece)) for piece in pieces]
    publishers = [
        fact
        for fact, label in told
        if fact and ((label and label["by"]) or _PUBLISHER.search(fact))
    ]
    return publishers, [fact for fact, _ in told if _DATE.fullmatch(fact)]
