"""Answers and conversations of every shape, for hypothesis."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, get_type_hints

from hypothesis import strategies as st

from app.conversations.turn import Turn
from app.synthesizer import compose
from records import Answer, Cell, Citation, Hit, Passage, Span, Status

# What Markdown, Word and the export itself might take for their own.
_NASTY = "\\`*_[]()<>&~|$#+-=.!:\"'{}“”《》⟦⟧ \n\t\r\x00\x0b\x85\u2028\u3000\u202e\ufeff\ufffe1234"
nasty_text = st.text(st.one_of(st.characters(), st.sampled_from(_NASTY)))
said = nasty_text.filter(lambda text: bool(text.strip()))
document_ids = st.text("0123456789abcdef", min_size=12, max_size=12)
spans = st.tuples(st.integers(0, 900), st.integers(0, 90)).map(lambda p: Span(p[0], p[0] + p[1]))
scores = st.floats(-10, 10).map(lambda score: round(score, 4))

citations = st.builds(
    Citation,
    document_id=document_ids,
    quote=said,
    span=spans,
    title=said,
    headings=st.lists(nasty_text, max_size=2).map(tuple),
    status=st.sampled_from(Status),
)


@st.composite
def passages(draw: st.DrawFn) -> Passage:
    """A passage whose text has the length of its span and whose cells lie within."""
    text, start = draw(nasty_text), draw(st.integers(0, 900))
    ends = sorted(draw(st.lists(st.integers(0, len(text)), max_size=4)))
    cells = tuple(
        Cell(draw(nasty_text), Span(start + a, start + b))
        for a, b in zip(ends[::2], ends[1::2], strict=False)
    )
    made = st.builds(
        Passage,
        document_id=document_ids,
        span=st.just(Span(start, start + len(text))),
        text=st.just(text),
        headings=st.lists(nasty_text, max_size=2).map(tuple),
        cells=st.just(cells),
    )
    return draw(made)


hits = st.builds(
    Hit,
    passage=passages(),
    score=scores,
    similarity=st.none() | scores,
    relevance=st.none() | scores,
)
_OWN: dict[str, st.SearchStrategy[Any]] = {
    "citations": st.lists(citations, max_size=3).map(tuple),
    "hits": st.lists(hits, max_size=3).map(tuple),
    "confidence": st.floats(0, 1),
    "timings_ms": st.dictionaries(st.text(max_size=5), st.floats(0, 1e6), max_size=3),
}
_HINTS = get_type_hints(Answer)
# Every field of the record, one that was added later too.
answers = st.builds(
    Answer, **{f.name: _OWN.get(f.name, st.from_type(_HINTS[f.name])) for f in fields(Answer)}
)


def whole_numbers(text: str, start: int, end: int) -> str:
    """The part of ``text``, grown so that it cuts no number."""
    while start and text[start].isdigit() and (text[start - 1].isdigit() or text[start - 1] == "."):
        start -= 1
    while end < len(text) and text[end - 1].isdigit() and (text[end].isdigit() or text[end] == "."):
        end += 1
    return text[start:end]


@st.composite
def quoting_answers(draw: st.DrawFn) -> Answer:
    """An answer of quotes as ``QuotingSynthesizer`` composes it."""
    drawn = draw(st.lists(citations, min_size=1, max_size=3))
    cited = tuple(
        Citation(
            number=number,
            document_id=each.document_id,
            title=each.title,
            path="/a.pdf",
            page=None,
            headings=each.headings,
            quote=each.quote,
            span=each.span,
            status=Status.VERBATIM,
        )
        for number, each in enumerate(drawn, start=1)
    )
    quote = cited[0].quote
    start = draw(st.integers(0, len(quote) - 1))
    end = draw(st.integers(start + 1, len(quote)))
    short = whole_numbers(quote, start, end)
    short = short if short.strip() else quote
    return Answer("?", compose(short, cited), short, citations=cited, confidence=0.5)


@st.composite
def turns(draw: st.DrawFn) -> Turn:
    """A turn as the store gives it back: answered, declined or failed."""
    declined = st.just(Answer("?", "没有", refused=True))
    return Turn(
        question=draw(said),
        understood=draw(st.just("") | said),
        answer=draw(st.none() | declined | quoting_answers()),
        settings="0123456789ab",
        error=("坏了", "broken"),
        number=1,
        asked_at="2026-11-22T10:00:00.000000+00:00",
    )
