"""Tables made up by code, with questions about their cells, in the manner of report readers.

Who or what a row is about, the columns and the numbers are drawn at random, so that nothing
can be known but by reading the table. A question is put to a row, as a passage of a library is
one; the other rows don't answer it, nor does the table when it is asked for a row, a year or a
column that it doesn't have.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from eval.training.sources import Paragraph, Question, document
from ingest.split import split
from ingest.writer import Writer
from records import Cell, Document, Passage, Span
from settings import SplitSettings

SOURCE = "tables"
_LONGEST = 400

_PLACES = (
    "北京市 上海市 广东省 江苏省 浙江省 山东省 四川省 湖北省 湖南省 河南省 福建省"
    " 安徽省 陕西省 重庆市 天津市 辽宁省 江西省 云南省 贵州省 海南省 深圳市 杭州市 成都市 南京市"
    " 武汉市 苏州市 青岛市 西安市 厦门市 宁波市 无锡市 长沙市 合肥市"
    " 东部地区 中部地区 西部地区 东北地区"
).split()
_TRADES = (
    "装备制造 生物医药 新能源汽车 集成电路 电子信息 现代物流 绿色建筑 智慧农业 金融科技 医疗器械"
    " 新材料 航空航天 节能环保 软件服务 文化旅游 食品加工 纺织服装 石油化工 钢铁冶金 跨境电商"
).split()
_FIRMS = [
    a + b
    for a in "华岳 中科 云启 海川 东方 博远 金桥 瑞安 天成 恒通 明德 宏图 星河 北辰".split()
    for b in "科技 股份 集团 信息 智能".split()
]
_MEASURES = {
    "企业数量": "家", "市场规模": "亿元", "投资额": "亿元", "产值": "亿元", "营业收入": "亿元",
    "净利润": "万元", "从业人数": "万人", "研发投入": "亿元", "专利授权量": "件", "出货量": "万台",
    "用户规模": "万户", "占比": "%", "同比增速": "%", "市场份额": "%", "项目数量": "个",
    "贷款余额": "亿元", "用电量": "亿千瓦时", "覆盖率": "%", "平均得分": "分",
    "建筑面积": "万平方米",
}  # fmt: skip
_FIELDS = (
    "数据流通 智慧交通 公共数据 人工智能 数字政府 绿色低碳 养老服务 工业互联网 知识产权".split()
)
_BODIES = (
    "市发展改革委 市经济和信息化局 市数据局 市住房城乡建设局 市交通运输局 市卫生健康委 省农业农村厅"
    " 省生态环境厅 市政务服务中心 省通信管理局 中国信通院 国家电网 中国联通 市财政局 省科技厅"
).split()
_PAPERS = ("管理办法", "实施方案", "行动计划", "暂行规定", "指导意见", "若干措施")
_DUTIES = (
    "建立统一的登记平台", "开展分级分类管理", "设立专项引导基金", "培育一批示范企业",
    "明确主管部门职责", "建设区域共享中心", "完善安全审查制度", "推动跨部门协同",
    "鼓励社会资本参与", "实行目标责任考核", "开放应用场景", "组织第三方评估",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Rows of cells, the first one the header, and a caption."""

    caption: str
    rows: tuple[tuple[str, ...], ...]


def tables(number: int, draw: random.Random) -> Iterator[Question]:
    """Questions about so many tables: some that a row answers, a near miss, and other rows."""
    for _ in range(number):
        make = draw.choice(
            (_by_measure, _by_year, _of_years, _of_papers, _of_tasks, _down_years, _across_years)
        )
        yield from make(draw)


def _by_measure(draw: random.Random) -> Iterator[Question]:
    """A row for each place, trade or firm, a column for each measure."""
    kind, names = draw.choice((("地区", _PLACES), ("行业", _TRADES), ("企业", _FIRMS)))
    rows = draw.sample(names, draw.randint(4, 9))
    measures = draw.sample(sorted(_MEASURES), draw.randint(2, 4))
    year = draw.randint(2009, 2025)
    named = [f"{m}（{_MEASURES[m]}）" if draw.random() < 0.6 else m for m in measures]
    cells = [[_number(draw, m) for m in measures] for _ in rows]
    sheet = _Sheet(
        f"表 {draw.randint(1, 30)} {year} 年各{kind}发展情况",
        ((kind, *named), *((r, *c) for r, c in zip(rows, cells, strict=True))),
    )
    asked = [
        "{row}的{column}是多少？",
        f"{year}年{{row}}{{column}}有多少？",
        f"{{row}}{year}年的{{column}}",
        "{row}，{column}达到了多少？",
    ]
    other_row = draw.choice([n for n in names if n not in rows])
    other_measure = draw.choice([m for m in sorted(_MEASURES) if m not in measures])
    misses = [
        draw.choice(asked).format(row=other_row, column=draw.choice(measures)),
        draw.choice(asked).format(row=draw.choice(rows), column=other_measure),
        f"{_other(year, (year,), draw)}年{draw.choice(rows)}的{draw.choice(measures)}是多少？",
    ]
    which = {"地区": "哪个地区", "行业": "哪个行业", "企业": "哪家企业"}[kind]

    def question(row: int, column: int) -> tuple[str, int]:
        value = cells[row][column]
        unique = sum(c[column] == value for c in cells) == 1
        if unique and draw.random() < 0.25:
            unit = _MEASURES[measures[column]]
            return f"{which}的{measures[column]}是{value}{unit}？", 0
        text = draw.choice(asked).format(row=rows[row], column=measures[column])
        return text, column + 1

    yield from _asked(sheet, len(rows), len(measures), question, misses, draw)


def _by_year(draw: random.Random) -> Iterator[Question]:
    """A row for each year, a column for each measure."""
    first = draw.randint(2005, 2018)
    years = [first + i for i in range(draw.randint(4, 8))]
    trade = draw.choice(_TRADES)
    measures = draw.sample(sorted(_MEASURES), draw.randint(1, 3))
    named = [f"{m}（{_MEASURES[m]}）" for m in measures]
    sheet = _Sheet(
        f"表 {draw.randint(1, 30)} {trade}产业历年情况",
        (
            ("年份", *named),
            *(
                (f"{y}{draw.choice(('年', ''))}", *(_number(draw, m) for m in measures))
                for y in years
            ),
        ),
    )
    asked = ["{}年{}产业的{}是多少？", "{}年，{}{}有多少？", "{}年{}领域{}"]

    def question(row: int, column: int) -> tuple[str, int]:
        return draw.choice(asked).format(years[row], trade, measures[column]), column + 1

    misses = [
        draw.choice(asked).format(_other(years[-1], years, draw), trade, draw.choice(measures))
    ]
    yield from _asked(sheet, len(years), len(measures), question, misses, draw)


def _of_years(draw: random.Random) -> Iterator[Question]:
    """A row for each place, trade or firm, a column for each year; one measure in the caption."""
    names = draw.choice((_PLACES, _TRADES, _FIRMS))
    rows = draw.sample(names, draw.randint(3, 7))
    first = draw.randint(2008, 2021)
    years = [first + i for i in range(draw.randint(2, 4))]
    measure = draw.choice(sorted(_MEASURES))
    sheet = _Sheet(
        f"表 {draw.randint(1, 30)} {measure}（单位：{_MEASURES[measure]}）",
        (
            ("名称", *(f"{y}年" for y in years)),
            *((r, *(_number(draw, measure) for _ in years)) for r in rows),
        ),
    )
    asked = ["{1}年{0}的{2}是多少？", "{0}在{1}年的{2}有多少？", "{0}{1}年{2}"]

    def question(row: int, column: int) -> tuple[str, int]:
        return draw.choice(asked).format(rows[row], years[column], measure), column + 1

    other = draw.choice([n for n in names if n not in rows])
    misses = [
        draw.choice(asked).format(draw.choice(rows), _other(years[-1], years, draw), measure),
        draw.choice(asked).format(other, draw.choice(years), measure),
    ]
    yield from _asked(sheet, len(rows), len(years), question, misses, draw)


def _down_years(draw: random.Random) -> Iterator[Question]:
    """A row for each year: which is the greatest, and how two of them compare."""
    years, trade, (measure, other), figures = _series(draw)
    named = f"{measure}（{_MEASURES[measure]}）" if draw.random() < 0.6 else measure
    sheet = _Sheet(
        f"{draw.choice('表图')} {draw.randint(1, 30)} {trade}{measure}走势",
        (("年份", named), *((f"{y}年", text) for y, text in zip(years, figures, strict=True))),
    )
    rows = [_paragraph(passage) for passage in split(_document(sheet), SplitSettings())]
    text, at, free = _comparing(draw, years, figures, f"{trade}{measure}")
    span = rows[at].cells[1].span
    yield Question(f"{rows[at].id}-most", text, rows[at], (span,), (span.of(rows[at].text),))
    miss, _, _ = _comparing(draw, years, figures, f"{trade}{other}")
    yield Question(f"{rows[at].id}-miss", miss, rows[at], ())
    if free:
        left = rows[draw.choice(free)]
        yield Question(f"{left.id}-other", text, left, ())


def _across_years(draw: random.Random) -> Iterator[Question]:
    """A column for each year, a row for a measure: the same questions, and which year it was."""
    years, trade, measures, figures = _series(draw)
    said = {measures[0]: figures} | {m: [_number(draw, m) for _ in years] for m in measures[1:]}
    sheet = _Sheet(
        f"表 {draw.randint(1, 30)} {years[0]}—{years[-1]} 年{trade}情况",
        (
            (draw.choice(("年份", "指标", "")), *map(str, years)),
            *((f"{m}（{_MEASURES[m]}）", *row) for m, row in said.items()),
        ),
    )
    row, other = (_paragraph(passage) for passage in split(_document(sheet), SplitSettings()))
    asked = f"{draw.choice((trade, ''))}{measures[0]}"
    text, at, _ = _comparing(draw, years, figures, asked)
    if figures.count(figures[at]) == 1 and draw.random() < 0.3:
        text = f"哪一年的{asked}{draw.choice(('是', '为', '只有', '达到'))}{figures[at]}？"
    span = row.cells[at + 1].span
    yield Question(f"{row.id}-most", text, row, (span,), (span.of(row.text),))
    yield Question(f"{other.id}-other", text, other, ())
    absent = draw.choice([m for m in sorted(_MEASURES) if m not in measures])
    miss, _, _ = _comparing(draw, years, figures, f"{trade}{absent}")
    yield Question(f"{row.id}-miss", miss, row, ())


def _series(draw: random.Random) -> tuple[list[int], str, list[str], list[str]]:
    """Years, a trade, two measures, and a figure of the first measure for each year."""
    first = draw.randint(2005, 2019)
    years = [first + i for i in range(draw.randint(4, 8))]
    measures = draw.sample(sorted(_MEASURES), 2)
    return years, draw.choice(_TRADES), measures, [_number(draw, measures[0]) for _ in years]


def _comparing(
    draw: random.Random, years: Sequence[int], figures: Sequence[str], what: str
) -> tuple[str, int, list[int]]:
    """A question that compares, which year's figure answers it, and which don't by themselves."""
    values = [float(text.replace(",", "")) for text in figures]
    if draw.random() < 0.5:
        least = draw.random() < 0.4
        at = values.index(min(values) if least else max(values))
        way = draw.choice(("最低", "最少", "垫底") if least else ("最高", "最多", "最大", "最猛"))
        asked = ["哪一年的{what}{way}？", "{what}{way}的是哪年", "{what}在哪年{way}，是多少？"]
        asked += ["历年{what}里{way}的那年是多少？", "{one}到{other}年，{what}{way}的一年"]
        text = draw.choice(asked)
        said = text.format(what=what, way=way, one=years[0], other=years[-1])
        return said, at, []
    one = draw.randrange(len(years) - 1)
    other = draw.randrange(one + 1, len(years))
    asked = [
        "和{one}年相比，{other}年的{what}是升还是降？",
        "{other}年{what}比{one}年多了还是少了？",
        "{other}年的{what}较{one}年高出多少？",
        "{what}，{one}年和{other}年相差多少？",
    ]
    if other == one + 1:
        asked += ["{other}年的{what}比上一年多了还是少了？", "{other}年{what}比前一年多多少？"]
    at = other
    if draw.random() < 0.3:
        asked = ["{one}和{other}，哪年{what}更高？", "{one}年与{other}年哪一年的{what}更多"]
        at = max(one, other, key=values.__getitem__)
    text = draw.choice(asked).format(what=what, one=years[one], other=years[other])
    return text, at, [i for i in range(len(years)) if i not in (one, other)]


def _of_papers(draw: random.Random) -> Iterator[Question]:
    """Which place issued which document, and what it says: cells of text."""
    cities = draw.sample([p for p in _PLACES if p[-1] in "市省"], draw.randint(3, 5))
    papers = [f"{c}{draw.choice(_FIELDS)}{draw.choice(_PAPERS)}" for c in cities]
    duties = ["，".join(draw.sample(_DUTIES, draw.randint(1, 2))) for _ in cities]
    named = [paper.removeprefix(city) for paper, city in zip(papers, cities, strict=True)]
    sheet = _Sheet(
        f"表 {draw.randint(1, 30)} 各地政策汇总",
        (("地区", "文件名称", "主要内容"), *zip(cities, papers, duties, strict=True)),
    )

    def question(row: int, column: int) -> tuple[str, int]:
        city, duty = cities[row], duties[row]
        unique = sum(set(d.split("，")) & set(duty.split("，")) != set() for d in duties) == 1
        choices = [
            (f"{city}的文件叫什么名称？", 1),
            (f"{city}出台了什么政策文件？", 1),
            (f"{city}的《{named[row]}》主要内容是什么？", 2),
            (f"{city.rstrip('省市')}在文件里提出了什么？", 2),
        ]
        if unique:
            said = draw.choice(duty.split("，"))
            choices += [(f"哪个地方提出要{said}？", 0), (f"{said}写在哪份文件里？", 1)] * 2
        return draw.choice(choices)

    other = draw.choice([p for p in _PLACES if p[-1] in "市省" and p not in cities])
    unused = [d for d in _DUTIES if not any(d in duty for duty in duties)]
    misses = [f"{other}出台了什么政策文件？", f"哪个地方提出要{draw.choice(unused)}？"]
    yield from _asked(sheet, len(cities), 2, question, misses, draw)


def _of_tasks(draw: random.Random) -> Iterator[Question]:
    """Who is to do what until when, and where it has been done: columns in any order."""
    names = draw.choice((_FIELDS, _TRADES))
    rows = draw.sample(names, draw.randint(3, 6))
    first = draw.choice(("领域", "任务", "板块", "重点方向", "要素"))
    bodies = draw.sample(_BODIES, len(rows))
    said: dict[str, list[str]] = {
        draw.choice(("牵头单位", "牵头方", "主管部门", "责任单位")): bodies,
        draw.choice(("主要任务", "定位", "职责", "重点工作", "优点")): [
            "，".join(draw.sample(_DUTIES, draw.randint(1, 2))) for _ in rows
        ],
        draw.choice(("完成时间", "时间", "启动时间")): [
            f"{draw.randint(2012, 2027)}年{draw.randint(1, 12)}月" for _ in rows
        ],
        draw.choice(("代表地区", "试点地区", "典型地区")): [
            "、".join(draw.sample(_PLACES, draw.randint(2, 4))) for _ in rows
        ],
        draw.choice(("代号", "编号", "标准号")): [
            f"{draw.choice(('GB/T', 'SAC/TC', 'YD', 'DB'))} {draw.randint(20, 9999)}" for _ in rows
        ],
    }
    columns = draw.sample(list(said), draw.randint(2, 4))
    caption = draw.choice(("重点任务分工", "发展情况一览", "典型案例", "工作安排", "基本情况"))
    sheet = _Sheet(
        f"表 {draw.randint(1, 30)} {draw.choice(('各领域', '数字产业', '产业', '全市'))}{caption}",
        ((first, *columns), *zip(rows, *(said[column] for column in columns), strict=True)),
    )
    asked = [
        "{row}的{column}是什么？",
        "{row}{column}是什么",
        "{caption}中，{row}的{column}是什么？",
    ]

    def question(row: int, column: int) -> tuple[str, int]:
        name = columns[column]
        cell = said[name][row]
        if said[name].count(cell) == 1 and draw.random() < 0.25:
            return f"{name}为{cell}的是哪个{first}？", 0
        choices = [text.format(row=rows[row], column=name, caption=caption) for text in asked]
        if cell in bodies:
            choices += [f"{rows[row]}由谁{name[:2]}？", f"哪个部门是{rows[row]}的{name}？"]
        if name in ("代表地区", "试点地区", "典型地区"):
            choices += [f"{rows[row]}的{name}有哪些？"] * 2
        return draw.choice(choices), column + 1

    unknown = draw.choice([n for n in names if n not in rows])
    misses = [draw.choice(asked).format(row=unknown, column=columns[0], caption=caption)]
    if absent := [column for column in said if column not in columns]:
        misses.append(
            draw.choice(asked).format(row=draw.choice(rows), column=absent[0], caption=caption)
        )
    yield from _asked(sheet, len(rows), len(columns), question, misses, draw)


def _asked(
    sheet: _Sheet,
    rows: int,
    columns: int,
    question: Callable[[int, int], tuple[str, int]],
    misses: Sequence[str],
    draw: random.Random,
) -> Iterator[Question]:
    """Two questions on cells drawn at random, each put to its row and to another, and a miss."""
    passages = split(_document(sheet), SplitSettings(maximum=_LONGEST))
    paragraphs = [_paragraph(passage) for passage in passages]
    for number in range(2):
        row = draw.randrange(rows)
        said, column = question(row, draw.randrange(columns))
        paragraph = paragraphs[row]
        other = paragraphs[draw.choice([i for i in range(rows) if i != row])]
        span = paragraph.cells[column].span
        yield Question(
            f"{paragraph.id}-{number}", said, paragraph, (span,), (span.of(paragraph.text),)
        )
        yield Question(f"{other.id}-{number}-other", said, other, ())
    nearest = draw.choice(paragraphs)
    yield Question(f"{nearest.id}-miss", draw.choice(misses), nearest, ())


def _document(sheet: _Sheet) -> Document:
    """A document that is nothing but the table."""
    writer = Writer()
    caption = writer.write_line(sheet.caption)
    writer.note_table([writer.write_row(row) for row in sheet.rows], 1, caption)
    return replace(
        document(Paragraph(sheet.caption, SOURCE, "", writer.text, "train")),
        tables=tuple(writer.tables),
    )


def _paragraph(passage: Passage) -> Paragraph:
    """A row's passage; its cells count from the row's start."""
    start = passage.span.start
    cells = tuple(
        Cell(cell.column, Span(cell.span.start - start, cell.span.end - start))
        for cell in passage.cells
    )
    return Paragraph(passage.id, SOURCE, passage.header, passage.text, "train", cells)


def _number(draw: random.Random, measure: str) -> str:
    unit = _MEASURES[measure]
    if unit in ("%", "分"):
        return f"{draw.uniform(0.5, 99):.1f}"
    if unit in ("家", "件", "个"):
        return str(draw.randint(3, 9999))
    value = draw.uniform(1, 9000)
    return draw.choice((f"{value:.0f}", f"{value:.1f}", f"{value:.2f}", f"{value:,.2f}"))


def _other(year: int, known: Sequence[int], draw: random.Random) -> int:
    return draw.choice([y for y in range(year - 12, year + 6) if y not in known])
