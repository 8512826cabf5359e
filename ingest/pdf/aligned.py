"""Tables without any rules: rows whose cells stand in columns below a header.

Columns side by side may as well be prose, a list of names, a cover or the labels of a chart.
So each condition here errs on the side of prose, which stays searchable and says nothing wrong.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby, pairwise

from ingest.assembly import titled
from ingest.pdf.contents import TITLE
from ingest.pdf.lines import PrintedLine
from ingest.pdf.page import Page
from ingest.pdf.paragraphs import CLOSE_LINES, LABEL
from ingest.pdf.rules import Row, columns, rows
from ingest.pdf.tables import Grid

# In heights of a line: the gap that parts columns, the way down from a caption, and how much
# the tops or the middles of the cells of a row may differ.
GAP, BELOW_CAPTION, LEVEL = 0.8, 4.0, 0.35
SAME_SIZE = 0.15
# The space between rows, in that between the lines of a cell.
CLOSER = 1.15
# Rows of a table with its header, below a caption and without one.
ROWS, ROWS_ALONE, COLUMNS_ALONE = 3, 4, 3
LONGEST_NAME = 20

NUMBER = re.compile(r"[-+−(（]?\d[\d.,，]*[^\d.,，]{0,3}|[-–—]+")
NO_NAME = re.compile(r"[。；！？，：:;]|页[码次]|^[^A-Za-z㐀-䶿一-鿿]*$")
COUNTING = re.compile(r"序号|编号|排名|名次|位次|年|月|日期|时间")
FIGURE = re.compile(r"图\s*\d")


def aligned_tables(lines: Sequence[PrintedLine]) -> list[Grid]:
    """The tables among lines of a file that belong to no other table, in order.

    Their rows, three at least with the header, have the same gaps, and each has a cell in the
    first column. Above the header stands a caption, or it is the header of the table on the page
    before; or else there are three columns at least, no cell is empty, and a column holds
    numbers below a name.
    """
    found: list[Grid] = []
    for _, group in groupby(lines, key=lambda line: line.page.number):
        page, at = list(group), 0
        while at < len(page):
            end = _end(page, at)
            grid = _grid(page[at:end])
            if grid and _is_table(grid, page[:at], page[end:], found):
                found.append(grid)
                at = end
            else:
                at += 1
    return found


def _end(page: Sequence[PrintedLine], at: int) -> int:
    """Where the lines end that have the gaps of the row that begins at ``at``."""
    end = at + 1
    while end < len(page) and _beside(page[end - 1], page[end]):
        end += 1
    gaps = len(_columns(page[at:end]))
    while gaps and end < len(page) and _follows(page[at:end], page[end]):
        if len(_columns(page[at : end + 1])) != gaps:
            break
        end += 1
    return end


def _beside(line: PrintedLine, following: PrintedLine) -> bool:
    return (
        abs(line.last - following.first) < LEVEL * line.size and following.box.left > line.box.right
    )


def _follows(lines: Sequence[PrintedLine], following: PrintedLine) -> bool:
    """Whether a line is near enough, in the same print, and neither caption nor source."""
    size, lowest = lines[0].size, min(line.last for line in lines)
    return (
        lowest - following.first < CLOSE_LINES * size
        and following.first < lines[0].first
        and abs(following.size - size) < SAME_SIZE * size
        and LABEL.match(following.text) is None
    )


def _columns(lines: Sequence[PrintedLine]) -> list[float]:
    return columns(lines[0].page, [index for line in lines for index in line.inked], GAP)


def _grid(lines: Sequence[PrintedLine]) -> Grid | None:
    """The lines as rows and columns, if they make them without doubt.

    What follows in the first column alone, as the next paragraph may, is no row.
    """
    page, starts = lines[0].page, _columns(lines)
    if not starts or LABEL.match(lines[0].text):
        return None
    found = list(rows(page, [index for line in lines for index in line.inked], starts))
    while found and not any(found[-1][1:]):
        found.pop()
    sound = all(_level(page, row) for row in found) and _parted(page, found)
    if len(found) < 2 or not all(found[0]) or not sound:
        return None
    grid = Grid(
        page,
        page.boxes[found[0][0][0]].left,
        page.boxes[found[0][-1][-1]].right,
        tuple(found),
    )
    named = all(len(name) <= LONGEST_NAME and not NO_NAME.search(name) for name in grid.row(0))
    return grid if named else None


def _level(page: Page, row: Row) -> bool:
    """Whether a row has a label and something beside it, on one height with it."""
    cells = [[page.boxes[index] for index in cell] for cell in row if cell]
    tops = [max(box.top for box in cell) for cell in cells]
    middles = [
        (top + min(box.bottom for box in cell)) / 2 for top, cell in zip(tops, cells, strict=True)
    ]
    apart = min(max(tops) - min(tops), max(middles) - min(middles))
    return bool(row[0]) and len(cells) > 1 and apart < LEVEL * cells[0][0].height


def _parted(page: Page, found: Sequence[Row]) -> bool:
    """Whether lines within a cell stand closer than rows do: else they may be of either row."""
    heights = [[[page.baselines[index] for index in cell] for cell in row if cell] for row in found]
    inside = max(
        (
            one - other
            for row in heights
            for cell in row
            for one, other in pairwise(cell)
            if one - other > LEVEL * page.boxes[found[0][0][0]].height
        ),
        default=0.0,
    )
    between = min(
        (min(map(min, row)) - max(map(max, following)) for row, following in pairwise(heights)),
        default=0.0,
    )
    return between > CLOSER * inside


def _is_table(
    grid: Grid,
    above: Sequence[PrintedLine],
    below: Sequence[PrintedLine],
    before: Sequence[Grid],
) -> bool:
    if any(grid.continues(other) and grid.row(0) == other.row(0) for other in before):
        return True
    if titled([line.text for line in above]):
        top = max(grid.page.boxes[index].top for index in grid.rows[0][0])
        near = above[-1].box.bottom - top < BELOW_CAPTION * above[-1].size
        return near and len(grid.rows) >= ROWS
    contents = bool(above) and TITLE.fullmatch(above[-1].text.strip()) is not None
    figure = bool(below) and FIGURE.match(below[0].text) is not None
    return not contents and not figure and _speaks_for_itself(grid)


def _speaks_for_itself(grid: Grid) -> bool:
    """Whether names stand above labels and numbers, no column mixes them, no cell is empty."""
    names, *body = (grid.row(number) for number in range(len(grid.rows)))
    labels, *others = (
        [bool(NUMBER.fullmatch(cell)) for cell in column] for column in zip(*body, strict=True)
    )
    return (
        len(names) >= COLUMNS_ALONE
        and len(grid.rows) >= ROWS_ALONE
        and all(map(all, body))
        and not any(map(NUMBER.fullmatch, names))
        and (COUNTING.search(names[0]) is not None or not any(labels))
        and any(map(all, others))
        and all(all(column) or not any(column) for column in others)
    )
