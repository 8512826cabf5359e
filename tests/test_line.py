"""Standing in line: in order, few at once, no more than may wait."""

from __future__ import annotations

import threading
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect

from app.assistant import AT_ONCE, Assistant
from app.line import Line
from app.messages import CHINESE
from app.page.desk import Desk
from app.page.talk import Talk
from app.scope import Scope
from errors import QueueFull
from tests.serving import QUESTION, served
from tests.test_page import ask, browser, browser_test, opened

__all__ = ["browser"]

ASKERS = 20


@given(st.integers(1, 3), st.lists(st.booleans(), max_size=12))
def test_positions_count_those_who_came_before(at_once: int, leaves: list[bool]) -> None:
    """Some come, some leave; each of the others is told his place among those who are left."""
    line = Line(at_once)
    standing = []
    for leaving in leaves:
        place = ExitStack()
        standing.append((place, place.enter_context(line.place())))
        if leaving:
            standing.pop(0)[0].close()
    assert line.waiting == max(0, len(standing) - at_once)
    for number, (_, positions) in enumerate(standing):
        assert next(positions) == max(0, number - at_once + 1)
    for place, _ in standing:
        place.close()
    assert line.waiting == 0


def test_everybody_is_served_once_and_in_order() -> None:
    line, served_numbers, ready = Line(1), list[int](), threading.Event()
    with line.turn():
        threads = []
        for number in range(30):

            def stand(number: int = number) -> None:
                with line.place() as positions:
                    assert next(positions) == number + 1
                    ready.set()
                    assert list(positions)[-1] == 0
                    served_numbers.append(number)

            threads.append(threading.Thread(target=stand))
            ready.clear()
            threads[-1].start()
            assert ready.wait(60)
    for thread in threads:
        thread.join(60)
    assert served_numbers == list(range(30))


def test_when_the_line_is_full_the_next_is_told_so() -> None:
    line = Line(1)
    with line.turn(), line.place(1), pytest.raises(QueueFull, match="1 个在排队") as told:
        line.place(1).__enter__()
    assert "1 questions are waiting" in told.value.english
    with line.turn():
        assert line.waiting == 0


def test_on_the_page_one_who_waits_sees_his_place_and_can_leave(assistant: Assistant) -> None:
    desk = Desk(assistant)
    with ExitStack() as busy:
        for _ in range(AT_ONCE):
            busy.enter_context(assistant.line.turn())
        first = desk.ask(QUESTION, Scope(), Talk(), "")
        second = desk.ask(QUESTION, Scope(), Talk(), "")
        next(first), next(second)
        assert [next(first).position, next(second).position] == [1, 2]
        del first  # as the page lets go of what nobody waits for
        assert next(second).position == 1
    *_, last = second
    assert last.turns[-1].answer and last.position == 0
    assert assistant.line.waiting == 0


@browser_test
def test_twenty_visitors_see_their_places_and_are_answered_in_order(
    browser: Browser, assistant: Assistant
) -> None:
    with (
        served(assistant.settings.home) as (counted, address),
        ExitStack() as windows,
        ExitStack() as busy,
        ExitStack() as first_free,
    ):
        pages: list[Page] = []
        for _ in range(ASKERS):
            visit = opened(browser, address)
            pages.append(next(visit))
            windows.callback(lambda visit=visit: list(visit))  # type: ignore[misc]
        # what the page asks by itself, for its suggestions, stands in the line, too
        expect(pages[-1].locator("#examples button").first).to_contain_text("？")
        counted.asked.clear()
        for _ in range(AT_ONCE - 1):  # so that they are answered one by one, and noted in order
            busy.enter_context(counted.line.turn())
        first_free.enter_context(counted.line.turn())
        for number, page in enumerate(pages, start=1):
            ask(page, f"{QUESTION}（{number}）")
            place = CHINESE.talk.waiting.format(position=number)
            expect(page.locator(".searching")).to_have_text(place)
        first_free.close()
        for page in pages:
            expect(page.locator(".short")).to_be_visible()
        numbers = [int(question.split("（")[1][:-1]) for question in counted.asked]
        assert numbers == list(range(1, ASKERS + 1))


def test_who_finds_the_line_full_is_told_on_the_page(assistant: Assistant) -> None:
    with served(assistant.settings.home, max_queue=1) as (counted, _), ExitStack() as busy:
        for _ in range(AT_ONCE):
            busy.enter_context(counted.line.turn())
        busy.enter_context(counted.line.place())
        *_, last = Desk(counted).ask(QUESTION, Scope(), Talk(), "")
        error = last.turns[-1].error
        assert error and "在排队" in error[0]
