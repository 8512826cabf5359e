"""Each file of tests/documents is read as the text beside it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.reading import read_document
from ingest.split import split
from settings import IngestSettings, SplitSettings
from tests.make_office_documents import described, readable

DOCUMENTS = readable()


@pytest.mark.parametrize("path", DOCUMENTS, ids=[path.name for path in DOCUMENTS])
def test_a_document_is_read_as_expected(path: Path) -> None:
    document = read_document(path, IngestSettings(ocr=False))
    expected = path.with_name(f"{path.name}.expected").read_text(encoding="utf-8")
    assert described(document) == expected


@pytest.mark.parametrize("path", DOCUMENTS, ids=[path.name for path in DOCUMENTS])
def test_each_row_that_says_something_is_a_passage(path: Path) -> None:
    document = read_document(path, IngestSettings(ocr=False))
    starts = {passage.span.start for passage in split(document, SplitSettings())}
    for table in document.tables:
        for row in table.rows[table.header_rows :]:
            if any(cell.of(document.text).strip() for cell in row):
                assert any(row[0].start <= start <= row[-1].end for start in starts)
