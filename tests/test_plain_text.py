from pathlib import Path

import pytest

from errors import CorruptFile
from ingest.plain_text import read_plain_text
from ingest.split import split
from records import Document, Kind, Span
from settings import SplitSettings

TIDY = """果园发展研究报告（2001 年）
某某果树研究院
2002年3月

前言
果园很大，树很多。

一、收成
（一）苹果
苹果收了 12 吨。
（二）梨
梨收了 8 吨。
"""


def test_a_tidy_file_gives_title_cover_and_outline() -> None:
    draft = read_plain_text(TIDY.encode("gb18030"))
    assert draft.source.text == TIDY
    assert (draft.title, draft.publisher, draft.date) == (
        "果园发展研究报告（2001 年）",
        "某某果树研究院",
        "2002年3月",
    )
    assert [(h.level, h.span.of(TIDY)) for h in draft.outline] == [
        (1, "前言"),
        (1, "一、收成"),
        (2, "（一）苹果"),
        (2, "（二）梨"),
    ]


def test_a_file_without_a_cover_claims_none() -> None:
    draft = read_plain_text("果园里有树，树上有果。\n秋天到了。\n".encode())
    assert (draft.title, draft.publisher, draft.date) == ("", "", "")
    assert read_plain_text("果园的一年\n秋天到了。\n".encode()).title == "果园的一年"


def test_windows_line_ends() -> None:
    assert read_plain_text(TIDY.replace("\n", "\r\n").encode("utf-16")).source.text == TIDY


def test_no_text_is_refused() -> None:
    with pytest.raises(CorruptFile):
        read_plain_text(bytes(range(256)) * 8)


REPORTS = sorted((Path(__file__).parents[2] / "shared" / "corpus").glob("*.txt"))


@pytest.mark.report
@pytest.mark.skipif(not REPORTS, reason="the report isn't beside the checkout")
def test_the_report_is_split_without_loss() -> None:
    draft = read_plain_text(REPORTS[0].read_bytes())
    source = draft.source
    assert draft.title == "数字城市产业研究报告(2023 年)"
    assert draft.date == "2024年3月"
    assert draft.publisher.startswith("中国信息通信研究院")
    document = Document(
        id="0123456789ab",
        path=REPORTS[0].name,
        sha256="0" * 64,
        title=draft.title,
        raw=source.raw,
        text=source.text,
        origins=source.origins,
        outline=draft.outline,
        tables=draft.tables,
        blocks=draft.blocks,
    )
    passages = split(document, SplitSettings())
    covered: set[int] = set()
    spans: list[Span] = [passage.span for passage in passages]
    spans += [heading.span for heading in draft.outline]
    spans += [cell for table in draft.tables for cell in table.rows[0]]
    spans += [table.caption for table in draft.tables if table.caption]
    for span in spans:
        covered.update(range(span.start, span.end))
    assert not "".join(c for i, c in enumerate(source.text) if i not in covered).strip()
    assert max(len(passage.text) for passage in passages) <= 350
    prose = [passage for passage in passages if passage.kind is Kind.PROSE]
    assert sum(len(passage.text) >= 150 for passage in prose) > 0.8 * len(prose)
    levels = [heading.level for heading in draft.outline]
    assert levels[:4] == [1, 1, 2, 2]
    assert all(p.header for p in passages if p.kind is Kind.TABLE)
