from ingest.assembly import Line, assemble
from ingest.rows import rows as rows_of
from records import Kind, Span

# Lines stand at 0:3, 4:7, 8:11, 12:13 and 14:17; a line break follows each but the last.
RAW = "表1题\na\tb\nc\td\n注\ne\tf"
CELLS = (Span(0, 1), Span(2, 3))


def line(start: int, end: int, table: int = 0, kind: Kind = Kind.PROSE, level: int = 0) -> Line:
    characters = [(at, RAW[at]) for at in range(start, end)]
    return Line(characters, level=level, kind=kind, table=table, cells=CELLS if table else ())


def test_lines_are_put_below_each_other() -> None:
    draft = assemble(RAW, [line(0, 3, level=1), line(4, 7, table=1), line(8, 11, table=1)])
    assert draft.source.text == "表1题\na\tb\nc\td"
    assert draft.source.origins == tuple(range(11))
    assert [each.span for each in draft.outline] == [Span(0, 3)]
    (table,) = draft.tables
    assert table.span == Span(4, 11) and table.caption == Span(0, 3) and table.header_rows == 1
    assert table.rows == ((Span(4, 5), Span(6, 7)), (Span(8, 9), Span(10, 11)))


def test_a_table_interrupted_by_a_footnote_goes_on_under_the_same_header() -> None:
    note = line(12, 13, kind=Kind.FOOTNOTE)
    rows = [line(4, 7, table=1), line(8, 11, table=1), note, line(14, 17, table=1)]
    draft = assemble(RAW, [line(0, 3), *rows])
    assert [(each.span, each.header_rows, each.caption) for each in draft.tables] == [
        (Span(4, 11), 1, Span(0, 3)),
        (Span(14, 17), 1, Span(0, 3)),
    ]
    first, rest = draft.tables
    assert rest.rows == (first.rows[0], (Span(14, 15), Span(16, 17)))
    (row,) = rows_of(draft.source.text, rest, len(RAW))
    assert [(cell.column, cell.span) for cell in row.cells] == [
        ("a", Span(14, 15)),
        ("b", Span(16, 17)),
    ]
    assert [each.span for each in draft.blocks] == [Span(12, 13)]


def test_a_line_put_before_what_it_parts_has_a_break_of_its_own() -> None:
    parted = Line([*line(4, 7).characters, *line(14, 17).characters])
    draft = assemble(RAW, [line(0, 3), line(12, 13, kind=Kind.FOOTNOTE), parted])
    assert draft.source.text == "表1题\n注\na\tbe\tf"
    assert draft.source.origins == (*range(4), 12, 13, 4, 5, 6, 14, 15, 16)


def test_a_break_is_put_where_markup_stood() -> None:
    draft = assemble("a*b", [Line([(0, "a")]), Line([(2, "b")])])
    assert (draft.source.text, draft.source.origins) == ("a\nb", (0, 1, 2))
