"""Numbers of charts: read exactly as they were drawn, or not at all."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assistant import Assistant
from index.encoder import Encoder
from index.pipeline import ingest
from ingest.charts import points
from ingest.reading import read_document
from ingest.split import split
from records import Document, Kind
from settings import IngestSettings, Settings, SplitSettings
from tests.test_noise import PROSE, cut_into_blocks

YEARS = "2015年2016年2017年2018年2019年"
RUN = "1.22.63.13.02.90.01.02.03.04.0" + YEARS
TRUTH = {"2015年": "1.2", "2016年": "2.6", "2017年": "3.1", "2018年": "3.0", "2019年": "2.9"}


def read(run: str) -> dict[str, str]:
    return {point.year.of(run): point.value.of(run) for point in points(run)}


@pytest.mark.parametrize(
    "run",
    [
        RUN,
        YEARS + "1.22.63.13.02.90.01.02.03.04.0",
        "0.01.02.03.04.01.22.63.13.02.9" + YEARS,
        "1.22.63.13.02.901234" + YEARS,
        "1.22.63.13.02.90.00.51.01.52.02.53.03.5" + YEARS,
    ],
)
def test_a_run_that_can_be_read_in_one_way_gives_years_and_values(run: str) -> None:
    assert read(run) == TRUTH


@pytest.mark.parametrize(
    ("run", "why"),
    [
        ("1.22.63.13.02.9" + YEARS, "no axis"),
        ("2.63.13.02.90.01.02.03.04.0" + YEARS, "a value is missing"),
        ("1.22.63.13.02.92.80.01.02.03.04.0" + YEARS, "one too many"),
        ("1.22.63.13.02.91.11.21.31.41.50.01.02.03.04.0" + YEARS, "two series"),
        ("1.22.63.13.02.94.03.02.01.00.0" + YEARS, "an axis that falls: sorted by place"),
        ("1.22.63.13.02.90.01.02.03.0" + YEARS, "a value above the axis"),
        ("1.22.63.13.02.90.31.32.33.3" + YEARS, "an axis that begins at an odd place"),
        ("1.22.63.13.02.90.01.02.54.0" + YEARS, "steps that differ"),
        ("12.326.131.530.029.4010203040" + YEARS, "12.3 26.1, or 12.32 6.1"),
        ("1121314150102030" + YEARS, "1 12 13, or 11 2 13"),
        ("1.22.6-3.13.02.90.01.02.03.04.0" + YEARS, "a sign"),
        ("1.22.63.10.01.02.03.04.02015年2017年2016年", "years out of order"),
        ("1.22.63.13.02.90.01.02.03.04.0", "no years"),
        (YEARS, "nothing but years"),
        ("", "nothing"),
    ],
)
def test_where_in_doubt_nothing_is_read(run: str, why: str) -> None:
    assert read(run) == {}, why


@st.composite
def charts(draw: st.DrawFn) -> tuple[list[str], list[str], list[str]]:
    """Years, values and axis of a chart as a program would draw it."""
    count = draw(st.integers(3, 9))
    step = Decimal(draw(st.sampled_from([1, 2, 5, 25]))).scaleb(draw(st.integers(-2, 2)))
    low = step * draw(st.sampled_from([0, 0, 0, 1, 4]))
    ticks = [low + n * step for n in range(draw(st.integers(3, 8)))]
    decimals = draw(st.integers(0, 3))
    unit = Decimal(1).scaleb(-decimals)
    drawn = st.integers(int(-(-low // unit)), int(ticks[-1] // unit)).map(lambda n: n * unit)
    values = [f"{draw(drawn):.{decimals}f}" for _ in range(count)]
    shown = max(0, -int(step.as_tuple().exponent))
    axis = [f"{tick:.{shown}f}" for tick in ticks]
    if draw(st.booleans()):
        values, axis = ([_short(n) for n in each] for each in (values, axis))
    first = draw(st.integers(1990, 2020))
    return [f"{first + n}年" for n in range(count)], values, axis


def _short(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number


@given(charts(), st.booleans(), st.booleans())
def test_a_chart_is_read_as_it_was_drawn_or_not_at_all(
    chart: tuple[list[str], list[str], list[str]], axis_first: bool, years_first: bool
) -> None:
    years, values, axis = chart
    numbers = "".join(axis + values if axis_first else values + axis)
    run = "".join(years) + numbers if years_first else numbers + "".join(years)
    found = read(run)
    assert not found or found == dict(zip(years, values, strict=True))
    for point in points(run):
        before = sum(map(len, values[: years.index(point.year.of(run))]))
        start = len("".join(years)) * years_first + len("".join(axis)) * axis_first
        assert point.value.start == start + before


@given(charts(), st.data())
def test_a_chart_without_a_label_is_not_read(
    chart: tuple[list[str], list[str], list[str]], data: st.DataObject
) -> None:
    years, values, axis = chart
    del values[data.draw(st.integers(0, len(values) - 1))]
    assert read("".join(values + axis + years)) == {}


def report(
    folder: Path,
    caption: str = "图 1 2015-2019 年果园收成(单位:万吨)",
    said: str = "2017 年果园收成达到 3.1 万吨。",
    run: str = RUN,
) -> Document:
    """A text without lines, the chart's digits behind the section that they belong to."""
    lead = "产量逐年提高，品质稳步提升。"
    figure = f"来源:果园整理 {caption} 人手逐年增多，道路修到山顶。"
    chart = f"{said}{figure}{run} 来源:果园整理 图 2 果园的人手 "
    file = folder / "果园.txt"
    file.write_text(cut_into_blocks(PROSE + " " + chart + lead + lead + PROSE), encoding="utf-8")
    return read_document(file, IngestSettings())


def test_the_years_of_a_chart_are_rows_below_the_caption_of_its_figure(tmp_path: Path) -> None:
    document = report(tmp_path)
    passages = split(document, SplitSettings())
    rows = [p for p in passages if p.cells]
    assert [p.sentence for p in rows] == [f"年份：{y}；果园收成：{v}" for y, v in TRUTH.items()]
    assert {p.header for p in rows} == {"图 1 2015-2019 年果园收成(单位:万吨)"}
    assert all(p.kind is Kind.TABLE and p.span.of(document.text) == p.text for p in rows)
    assert RUN in [p.text for p in passages if p.kind is Kind.FIGURE]


@pytest.mark.parametrize(
    "otherwise",
    [
        {"caption": "图 1 2015-2020 年果园收成(单位:万吨)"},
        {"caption": "图 1 果园收成(单位:万吨)"},
        {"caption": "图 1 2015-2019 年果园收成"},
        {"said": "2017 年果园收成达到 3.1 亿元。"},
        {"said": "2017 年果园收成达到 13.1 万吨。"},
        {"said": "2016 年果园收成达到 3.1 万吨。"},
        {"run": RUN.replace("4.0", "4.5")},
    ],
)
def test_a_chart_of_which_it_is_not_certain_what_it_shows_has_no_rows(
    tmp_path: Path, otherwise: dict[str, str]
) -> None:
    passages = split(report(tmp_path, **otherwise), SplitSettings())
    assert not [p for p in passages if p.cells]
    assert any(p.text.startswith("1.22.63.1") for p in passages if p.kind is Kind.FIGURE)


def test_a_value_of_a_chart_is_answered_with_its_unit_and_cited(
    tmp_path: Path, settings: Settings, encoder: Encoder
) -> None:
    document = report(tmp_path)
    assistant = Assistant(settings)
    list(ingest([Path(document.path)], assistant.library, encoder, settings))
    try:
        answer = assistant.ask("2016 年果园收成是多少？")
        assert answer.short_answer == "2.6 万吨"
        best = answer.citations[0]
        assert best.quote == best.span.of(document.text)
        assert best.quote.startswith("2.63.1") and best.quote.endswith("2016年")
        assert assistant.ask("2013 年果园收成是多少？").refused
    finally:
        assistant.close()
