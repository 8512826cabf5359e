from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reader.causes import cause
from records import Span


@pytest.mark.parametrize(
    ("text", "found", "wanted"),
    [
        ("前文。中部各省都在第二梯队，因此中部最具潜力。", "最具潜力", "中部各省都在第二梯队"),
        ("由于道路施工，公交绕行，乘客减少。", "公交绕行", "由于道路施工"),
        ("乘客减少，由于道路施工。后文。", "乘客减少", "由于道路施工"),
        ("由于道路施工，公交绕行。", "道路施工", "道路施工"),
        ("供给在质量上的问题，已经是流通的堵点，要求越来越高。", "流通的堵点", "流通的堵点"),
        ("另一件事，因此停办；使设计与建设衔接。", "衔接", "衔接"),
        ("由于 2,300 户搬迁，公交绕行。", "绕行", "由于 2,300 户搬迁"),
    ],
)
def test_the_cause_of_what_was_found(text: str, found: str, wanted: str) -> None:
    start = text.index(found)
    assert cause(text, Span(start, start + len(found))).of(text) == wanted


@given(st.text("甲乙，。因此由于所以 1", min_size=1, max_size=30), st.data())
def test_a_cause_is_the_span_or_something_beside_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(text))))
    found = cause(text, span)
    assert found == span or not found.overlaps(span)
