"""Characters printed again over themselves, which is how some programs print bold."""

from __future__ import annotations

from collections import defaultdict

from ingest.pdf.page import Page

# Points: nothing is printed over from farther away.
REACH = 6.0
# Shares of the character's width that both cover, and of its height for a small shift.
COVERED, NUDGE, RAISED = 0.7, 0.04, 0.1


def overprinted(page: Page) -> set[int]:
    """The indexes of characters whose ink covers that of the same character before."""
    seen: defaultdict[tuple[str, int, int], list[int]] = defaultdict(list)
    found = set()
    for index, character in enumerate(page.text):
        if character.isspace() or index in page.generated:
            continue
        column, row = int(page.inks[index].left // REACH), int(page.baselines[index] // REACH)
        near = [(character, column + x, row + y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
        if any(_covers(page, index, other) for key in near for other in seen.get(key, ())):
            found.add(index)
        else:
            seen[near[4]].append(index)
    return found


def _covers(page: Page, index: int, other: int) -> bool:
    """Whether two equal characters are one for the eye.

    Never within one printing operation: there a ligature's letters share one place.
    """
    if page.operations[index] == page.operations[other]:
        return False
    here, there, height = page.inks[index], page.inks[other], page.boxes[index].height
    if (
        abs(page.baselines[index] - page.baselines[other]) > RAISED * height
        or abs(height - page.boxes[other].height) > RAISED * height
    ):
        return False
    width = max(here.right - here.left, there.right - there.left)
    common = min(here.right, there.right) - max(here.left, there.left)
    return common > COVERED * width or abs(here.left - there.left) < NUDGE * height
