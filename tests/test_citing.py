"""Citations by GB/T 7714—2015, against references made by hand."""

from __future__ import annotations

import pytest

from app.citing import reference
from records import Citation, Span, Status


def cited(path: str, title: str, publisher: str, date: str, page: int | None) -> Citation:
    return Citation(
        1, "a" * 12, title, path, page, (), "句", Span(0, 1), Status.VERBATIM, publisher, date
    )


REPORT = "数字城市产业研究报告（2023 年）"


@pytest.mark.parametrize(
    ("citation", "expected"),
    [
        (
            cited("/r.pdf", REPORT, "中国信息通信研究院", "2024-03", 12),
            "中国信息通信研究院. 数字城市产业研究报告（2023 年）[R]. 2024: 12.",
        ),
        (
            cited("/r.PDF", REPORT, "", "2024 年 3 月", 12),
            "数字城市产业研究报告（2023 年）[R]. [出版者不详], 2024: 12.",
        ),
        (
            cited("/r.pdf", "Smart Cities.", "", "2023", None),
            "Smart Cities[R]. [s.n.], 2023.",
        ),
        (cited("/r.pdf", REPORT, "", "", 3), f"{REPORT}[R]. [出版者不详]: 3."),
        (cited("/r.docx", "年报", "示例省数据局", "", None), "示例省数据局. 年报[R]."),
        (cited("/r.txt", "年报", "示例省数据局", "", 2), "示例省数据局. 年报[R]: 2."),
        (
            cited("/r.xlsx", "各市\n停车位", "白石省交通厅", "2023-06-30", None),
            "白石省交通厅. 各市 停车位[DB]. 2023.",
        ),
        (cited("/r.csv", "各市停车位", "", "去年", None), "各市停车位[DB]. [出版者不详]."),
    ],
)
def test_references_are_as_made_by_hand(citation: Citation, expected: str) -> None:
    assert reference(citation) == expected


@pytest.mark.parametrize(
    ("publisher", "date", "cited_on", "expected"),
    [
        ("交通局", "2024-5-6", "2026-11-23", "交通局. 停车年报[EB/OL]. (2024-05-06)[2026-11-23]."),
        ("交通局", "2024-05", "", "交通局. 停车年报[EB/OL]. (2024-05)."),
        ("", "", "2026-11-23", "停车年报[EB/OL]. [2026-11-23]."),
        ("", "", "", "停车年报[EB/OL]."),
    ],
)
def test_a_web_page_has_its_dates_in_brackets(
    publisher: str, date: str, cited_on: str, expected: str
) -> None:
    assert reference(cited("/a.html", "停车年报", publisher, date, None), cited_on) == expected
