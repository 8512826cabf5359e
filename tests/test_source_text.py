import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.source_text import SourceText
from records import Span


@st.composite
def edits(draw: st.DrawFn, length: int) -> tuple[list[Span], dict[int, str]]:
    bounds = st.integers(0, length)
    pairs = draw(st.lists(st.tuples(bounds, bounds), max_size=4))
    spans = [Span(min(pair), max(pair)) for pair in pairs]
    positions = st.integers(0, max(0, length - 1))
    replace = draw(st.dictionaries(positions, st.sampled_from("\n 〔〕¹"), max_size=4))
    return spans, replace if length else {}


@given(st.data(), st.text(max_size=40))
def test_chains_of_edits_keep_track_of_the_raw_text(data: st.DataObject, raw: str) -> None:
    source = SourceText.of(raw)
    replaced: dict[int, str] = {}
    for _ in range(3):
        delete, replace = data.draw(edits(len(source.text)))
        replaced |= {source.origins[position]: new for position, new in replace.items()}
        before = source
        source = source.edit(delete, replace)
        assert set(source.origins) <= set(before.origins)
    assert source.raw == raw
    assert len(source.text) == len(source.origins)
    assert list(source.origins) == sorted(set(source.origins))
    for character, origin in zip(source.text, source.origins, strict=True):
        assert character == replaced.get(origin, raw[origin])


def test_replacing_goes_before_deleting() -> None:
    source = SourceText.of("甲 乙").edit([Span(0, 2)], {1: "\n"})
    assert source.text == "\n乙"
    assert source.origins == (1, 2)


@pytest.mark.parametrize("replace", [{0: ""}, {0: "二字"}, {2: "丙"}, {-1: "丙"}])
def test_only_one_for_one(replace: dict[int, str]) -> None:
    with pytest.raises(ValueError, match="one for one"):
        SourceText.of("甲乙").edit(replace=replace)
