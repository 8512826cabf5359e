"""Nouns of one kind, of which none may be said for another, and those that may."""

from __future__ import annotations

_RIVALS = tuple(
    frozenset(row.split())
    for row in (
        "投资 融资 收入 利润 产值 成本 税收 贷款 补贴 债务 出口 进口 消费 支出 预算 市值 营收",
        "企业 政府 机构 高校 居民 协会 银行 医院 农户 学校 联盟 军队 公众 用户 部门 国企 央企 民企",
        "产量 销量 库存 产能 订单 用户数 专利数 就业 人口 面积 价格 数量 规模 增速 比重",
        "企业 产业",
        "东部 西部 中部 南部 北部 东北 西北 西南 东南 华东 华南 华北 华中",
        "交通 教育 医疗 农业 工业 能源 旅游 金融 养老 制造业 服务业 物流 文化 环保 零售 水务",
    )
)
_SAME = tuple(
    frozenset(row.split())
    for row in (
        "企业 公司 厂商 商家 企业数",
        "居民 市民 群众 百姓 民众 公众 老百姓",
        "政府 官方 当局",
        "机构 单位 组织 主体",
        "部门 机关 单位",
        "用户 客户 使用者 消费者",
        "高校 大学 院校 学校",
        "领域 方面 范围 板块 行业 层面",
        "地区 区域 地方 各地 地域 区",
        "模式 方式 形式 路径 途径 办法 方法 做法 手段 举措 措施",
        "规模 体量 总量 总额 总规模 额",
        "数量 总数 数目 个数 数",
        "比例 比重 占比 份额 百分比",
        "增速 增长率 增幅 涨幅 速度",
        "收入 营收 营业收入 进账",
        "阶段 时期 期 时段 周期",
        "问题 难题 困难 挑战 堵点 障碍 瓶颈 困境 难点 痛点 不足",
        "情况 状况 现状 形势 局面 态势",
        "趋势 方向 走势 走向 势头",
        "目标 目的 任务",
        "能力 水平 实力 本领",
        "特点 特征 特色 特性 优势 亮点",
        "作用 功能 功效 效果 成效 成果 影响 效应",
        "基础 根基 底座 支撑 条件 前提",
        "体系 系统 框架 架构 格局 机制 制度",
        "政策 文件 规定 办法 法规 措施",
        "中国 我国 国内 全国",
        "报告 本报告 文件 资料 材料 研究",
        "原因 因素 缘由 理由",
        "需求 需要 要求 诉求",
        "价值 意义 效益 好处",
        "核心 关键 重点 重心 中心 焦点",
        "平台 载体",
        "过程 进程 历程",
        "网络 互联网 网",
        "建议 意见 对策",
        "巨头 龙头 头部 领军",
        "城市 都市 市",
        "差异 差别 差距 区别 不同",
        "世界 全球 国际",
        "出台 印发 发布 推出 公布 制定 颁布 下发",
        "着力 大力 努力 积极 致力 加力",
    )
)


def rivals(one: str, other: str) -> bool:
    """Whether both are nouns of one kind and differ in meaning, as 投资 and 融资."""
    return any(one in kind and other in kind for kind in _RIVALS) and not same(one, other)


def same(one: str, other: str) -> bool:
    """Whether one may be said for the other: a synonym, or short for it, as 信通院."""
    return any(one in kind and other in kind for kind in _SAME) or _short(one, other)


def _short(one: str, other: str) -> bool:
    """Whether all characters of the shorter stand in the longer, in order."""
    shorter, longer = sorted((one, other), key=len)
    letters = iter(longer)
    return all(letter in letters for letter in shorter)
