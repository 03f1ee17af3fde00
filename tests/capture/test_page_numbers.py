"""Numbers of a page's signals: what is missing for good is told once, what comes late is not."""

from __future__ import annotations

import json
import random

from hypothesis import given
from hypothesis import strategies as st

from viewtrail.capture.page_numbers import HIGHEST, LOST_AFTER, MOST_HOLES, PageNumbers, said

LATER = 10 * LOST_AFTER


def heard(*numbers: int, page: str = "p", table: PageNumbers | None = None) -> PageNumbers:
    table = table or PageNumbers()
    for at, number in enumerate(numbers):
        table.apply(said(page, number, at))
    return table


def lost(table: PageNumbers, now: int = LATER) -> list[tuple[str, int, int]]:
    return [(page, hole.first, hole.last) for page, hole in table.due(now)]


def test_a_number_that_never_comes_is_told_once_after_five_minutes():
    table = heard(1, 2, 5)
    assert lost(table, LOST_AFTER) == []
    assert lost(table) == [("p", 3, 4)]
    assert lost(table) == []


def test_one_that_comes_late_or_twice_is_no_loss():
    assert lost(heard(1, 3, 2)) == []
    assert lost(heard(1, 2, 2, 1, 3)) == []
    assert lost(heard(1, 6, 4)) == [("p", 2, 3), ("p", 5, 5)]


def test_what_was_before_the_first_that_was_heard_is_not_known():
    assert lost(heard(57, 58)) == []


def test_each_page_counts_for_itself():
    table = heard(1, 3, page="p")
    assert lost(heard(1, 2, 3, page="q", table=table)) == [("p", 2, 2)]


def test_made_up_numbers_and_crowds_of_pages_are_bounded():
    assert lost(heard(1, HIGHEST + 1)) == []
    assert len(lost(heard(*range(1, 1_000, 2)))) == MOST_HOLES
    small = PageNumbers(most=10)
    for number in range(100):
        heard(1, 3, page=f"p{number}", table=small)
    assert len(lost(small)) == 10


@given(st.sets(st.integers(1, 60), min_size=1), st.randoms(use_true_random=False))
def test_whatever_the_order_what_is_lost_is_what_did_not_come(numbers: set[int], chance: random.Random):
    order = sorted(numbers)
    near = [order[i : i + 3] for i in range(0, len(order), 3)]  # several processes: a little out of order
    for few in near:
        chance.shuffle(few)
    told = {
        n for _, first, last in lost(heard(*(n for few in near for n in few))) for n in range(first, last + 1)
    }
    missing = set(range(min(numbers), max(numbers) + 1)) - numbers
    assert told <= missing
    if len(missing) < MOST_HOLES:
        first_heard = near[0][0]
        assert told >= {n for n in missing if n > first_heard}


@given(st.lists(st.integers(1, 30), max_size=30), st.integers(0, 30))
def test_a_table_comes_back_from_its_lines(numbers: list[int], at: int):
    whole = heard(*numbers)
    again = PageNumbers()
    for line in heard(*numbers[:at]).lines():
        again.apply(json.loads(json.dumps(line)))
    for place, number in enumerate(numbers[at:], at):
        again.apply(said("p", number, place))
    assert lost(again) == lost(whole)


def test_a_table_that_is_carried_over_after_newer_lines_knows_both():
    old = heard(1, 2, 4)
    new = heard(7, 8)
    for line in old.lines():
        new.apply(line)
    assert lost(new) == [("p", 3, 3), ("p", 5, 6)]
