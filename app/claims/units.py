"""Units of measure, how they convert, and which classifiers say the same."""

from __future__ import annotations

from fractions import Fraction

# Each line is a dimension: its units with the factor to the first one.
_DIMENSIONS = (
    "元=1 人民币=1 块钱=1 角=1/10 分钱=1/100",
    "美元=1 美金=1",
    "欧元=1", "港元=1 港币=1", "日元=1", "英镑=1",
    "%=1 ‰=1/10 成=10 百分之=1",
    "个百分点=1 百分点=1 个pct=1 pct=1",
    "个基点=1 基点=1 bp=1",
    "倍=1",
    "番=1",
    "米=1 m=1 公里=1000 千米=1000 km=1000 厘米=1/100 cm=1/100 毫米=1/1000 mm=1/1000 里=500"
    " 海里=1852 微米=1/1000000 nm=1/1000000000 纳米=1/1000000000",
    "平方米=1 m2=1 ㎡=1 平米=1 平方公里=1000000 平方千米=1000000 km2=1000000 公顷=10000"
    " 亩=2000/3",
    "立方米=1 m3=1 立方=1",
    "克=1 g=1 公斤=1000 千克=1000 kg=1000 吨=1000000 t=1000000 斤=500",
    "升=1 L=1 毫升=1/1000",
    "瓦时=1 千瓦时=1000 kWh=1000 度电=1000 MWh=1000000 兆瓦时=1000000 GWh=1000000000"
    " 吉瓦时=1000000000 TWh=1000000000000",
    "瓦=1 W=1 千瓦=1000 kW=1000 KW=1000 兆瓦=1000000 MW=1000000 吉瓦=1000000000 GW=1000000000",
    "B=1 KB=1000 MB=1000000 GB=1000000000 TB=1000000000000 PB=1000000000000000"
    " EB=1000000000000000000 ZB=1000000000000000000000",
    "bps=1 Kbps=1000 Mbps=1000000 Gbps=1000000000 Tbps=1000000000000",
    "Flops=1 PFlops=1000000000000000 EFlops=1000000000000000000 FLOPS=1 PFLOPS=1000000000000000"
    " EFLOPS=1000000000000000000 EFLOP/s=1000000000000000000",
    "Hz=1 kHz=1000 MHz=1000000 GHz=1000000000",
    "秒=1 秒钟=1 s=1 毫秒=1/1000 ms=1/1000 微秒=1/1000000 分钟=60 小时=3600 个小时=3600",
    "天=1 日=1 周=7 个星期=7",
    "个月=1 年=12 周年=12 个季度=3",
    "℃=1 °C=1 摄氏度=1",
    "人次=1", "人=1 名=1 位=1", "户=1", "岁=1", "车次=1 班次=1", "标准箱=1 TEU=1", "股=1", "票=1",
    "次=1", "级=1", "第=1", "点=1", "线=1", "维=1", "代=1", "期=1", "页=1",
)  # fmt: skip
UNITS: dict[str, tuple[str, Fraction]] = {}
for _line in _DIMENSIONS:
    _pairs = [pair.split("=") for pair in _line.split()]
    UNITS |= {name: (_pairs[0][0], Fraction(factor)) for name, factor in _pairs}

# 个 and 大 count anything, and people count companies by 家, 个 or nothing at all.
GENERIC = frozenset(("", "个", "大", "人", "户", "次"))
CLASSIFIERS = (
    "家 项 座 所 款 处 部 条 件 台 套 只 张 种 类 门 支 批 辆 艘 架 个 大 块 段 层 宗 起 篇 本 份"
    " 例 幅 颗 株 头 匹 场 届 届次 方面 部分 维度 环节 阶段 步 轮 根 间 栋 幢 片 笔 单 本书"
).split()
for _name in CLASSIFIERS:
    UNITS[_name] = (_name, Fraction(1))


def compatible(claimed: str, found: str) -> bool:
    """Whether two canonical units can count the same things."""
    if claimed == found:
        return True
    if claimed in ("", "个", "大"):
        return found in GENERIC or found in CLASSIFIERS
    if found in ("", "个", "大"):
        return claimed in GENERIC or claimed in CLASSIFIERS
    return False
