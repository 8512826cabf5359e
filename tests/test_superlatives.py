"""What is most or least among the things that a sentence counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reader.superlatives import greatest
from index.folding import plain
from records import Span

EQUIPMENT = (
    "在前道设备中，刻蚀设备的价值占比为 22%，沉积设备为 22.5%，光刻设备为 24%，其余为 31.5%。"
)
COUNTRIES = "我国用时约 21 年，而法国用了 115 年，美国用了 69 年，日本用了 25 年。"
CASES = "全省共立案环境案件402起，同比增长 8%，采矿案件683起，同比下降 2%，捕捞案件158起。"


@pytest.mark.parametrize(
    ("question", "sentence", "part", "most"),
    [
        ("哪一种设备的价值占比最大？", EQUIPMENT, "刻蚀设备", "光刻设备"),
        ("占比最低的设备是什么？", EQUIPMENT, "光刻设备", "刻蚀设备"),
        ("占比最大的设备占多少？", EQUIPMENT, "24%", "24%"),
        ("除光刻设备外哪种占比最大？", EQUIPMENT, "刻蚀设备", "刻蚀设备"),
        ("法国、美国、日本里哪个用的时间最长？", COUNTRIES, "日本", "法国"),
        ("美国和日本哪个用的时间更短？", COUNTRIES, "美国", "日本"),
        ("哪一类案件最多？", CASES, "捕捞案件", "采矿案件"),
        ("哪一类案件最多？", "环境案件402起，采矿案件402起，捕捞案件1起。", "采矿", "采矿"),
        ("哪一类案件最多？", CASES[:-1] + "。”侦破‘12.6’案。", "捕捞案件", "采矿案件"),
        ("哪种最重？", "甲重 3 吨，乙长 5 米，丙卖 7 元。", "甲", "甲"),
        (
            "哪个省最多？",
            "广东省最多，达 5000 家，江苏省 400 家、浙江省 300 家、安徽省 200 家。",
            "广东省",
            "广东省",
        ),
        (
            "哪个省产值最高？",
            "广东省 1.2 万亿元，江苏省 9000 亿元、浙江省 8000 亿元、安徽省 7000 亿元。",
            "广东省",
            "广东省",
        ),
        ("哪个省最多？", "广东省 1,200 家，江苏省 900 家，浙江省 300 家。", "江苏省", "广东省"),
        ("最高人民法院发布了哪些案件？", CASES, "捕捞案件", "捕捞案件"),
        ("占比最大的设备由哪家公司生产？", EQUIPMENT + "阿斯麦生产光刻设备。", "阿斯麦", "阿斯麦"),
        ("设备由谁制造？", EQUIPMENT, "刻蚀设备", "刻蚀设备"),
    ],
)
def test_what_is_most_is_found_among_what_is_counted(
    question: str, sentence: str, part: str, most: str
) -> None:
    start = sentence.index(part)
    answer = Span(start, start + len(part))
    found = greatest(plain(question), sentence, Span(0, len(sentence)), answer)
    assert found.of(sentence) == most


@given(st.text(alphabet="甲乙丙占为约12.%，、。的 \n", max_size=60), st.data())
def test_an_answer_stays_within_its_sentence(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    sentence = Span(start, data.draw(st.integers(start, len(text))))
    answer = Span(sentence.start, data.draw(st.integers(sentence.start, sentence.end)))
    found = greatest("哪个占比最大?", text, sentence, answer)
    assert sentence.contains(found)
    assert found == answer or found.of(text).strip()
