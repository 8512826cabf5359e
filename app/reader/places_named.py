"""The places and regions that a question or an answer names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.dictionary import places

_EVERYWHERE = frozenset({"中国", "全国", "我国"})
_REGIONS = frozenset("东部 中部 西部 沿海 内地 京津冀 珠三角 大湾区 成渝 环渤海".split())
# What jieba's list of places has besides places.
_NO_PLACES = frozenset(
    "城市 城镇 农村 外国 大国 海洋 平原 高原 山区 东西 南北 三角洲 新城 旧城 古城 新村 大街 中路"
    " 大桥 大坝 港湾 远洋 深海 深水 入口 上市 上台 上岗 上路 入门 加盟 建国 爱国 治安 城建 路桥"
    " 普及 波及 扎根 关联 串联 并联 中断 云集 罗列 铺平 广布 密封 加密 美化 新建 绕城 保鲜 珍藏"
    " 深度 长度 广度 中度 满意度 多角度 广义 福利 伦理 法典 契约 日志 美丽 青春 英雄 太阳 象牙"
    " 蓝牙 黑马 巴士 台风 滑坡 中考 中风 宜居 贵宾 嘉宾 英里 中西 兴旺".split()
)

_RANK = re.compile(r"(?<=..)(?:(?:壮族|回族|维吾尔)?自治区|特别行政区|新区|[省市区县州])$")

_RANKS = ("省", "市", "自治区", "特别行政区")


def named_places(words: Iterable[str]) -> frozenset[str]:
    """The names of places and regions among ``words``, without the 省, 自治区 or 市 at an end."""
    found = (word for word in words if word in places() or word in _REGIONS)
    return frozenset(_RANK.sub("", word) for word in found) - _EVERYWHERE - _NO_PLACES


def is_place(answer: str) -> bool:
    """Whether ``answer`` names but a city or a province: 上海 or 江苏省, and not 京东 or 长城."""
    name = _RANK.sub("", answer.strip())
    return any(f"{name}{rank}" in places() for rank in _RANKS)


def are_places(answer: str) -> bool:
    """Whether ``answer`` lists several places: 上海、北京 4 省."""
    parts = answer.split("、")
    return len(parts) > 1 and all(
        any(part.strip()[:length] in places() for length in (2, 3, 4)) for part in parts
    )
