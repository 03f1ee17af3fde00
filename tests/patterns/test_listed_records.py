"""A book looked through page by page and never opened; lists that are work; one that loads itself again."""

from __future__ import annotations

import pytest

from patterns.told import HISTORY, Desk, at, book_of, ordinary, today
from viewtrail.stories.small_desk import MINUTE, SECOND

NAME = "listed-records"
PAGES = 40
COUNT = "listed:day"


def example() -> Desk:
    return ordinary().lists("a-1", PAGES, today("17:00"))


def counter_example() -> Desk:
    """As many pages, by somebody who puts lists together every day."""
    desk = ordinary()
    for n in range(HISTORY):
        desk.lists("a-1", 32 + n % 2 * 4, at(n, "17:00"), each=50)
    return desk.lists("a-1", PAGES, today("17:00"), each=50)


def named(desk: Desk, page: int, t: int, each: int = 50, known: int | None = None) -> Desk:
    """A page of a list that names its records."""
    shown = [f"r-shown-{n}" for n in range(page * each, (page + 1) * each)]
    return desk.say("list.viewed", t, known=known, agent="a-1", list="all", rows=8000, records=shown)


def test_a_book_looked_through_page_by_page_is_told_of() -> None:
    desk = example()
    (finding,) = desk.fold().findings
    assert (finding.agent, finding.pattern, finding.status) == ("a-1", NAME, "confirmed")
    entries = {entry.index: entry.entry.event for entry in desk.entries()}
    assert {entries[index].type for index in finding.entries} == {"list.viewed"}
    assert "looked at 39 lists and results of searches between 17:00 and 17:02" in finding.claim
    assert "hardly anything was opened: some 7,800 records in a day" in finding.claim


def test_it_is_told_of_while_it_goes_on() -> None:
    told = example().fold()
    assert told.transitions[0].kind == "opened"
    assert told.transitions[0].at < today("17:01")


def test_somebody_whose_work_it_is_may_go_on() -> None:
    assert counter_example().fold().findings == []


def test_searches_count_as_lists_do() -> None:
    desk = ordinary()
    for n in range(PAGES):
        desk.say("search.performed", today("17:00") + n * 5 * SECOND, agent="a-1", rows=200)
    assert [finding.pattern for finding in desk.fold().findings] == [NAME]


def test_pages_of_fifty_from_which_records_are_opened_are_how_records_are_found() -> None:
    desk = ordinary()
    for n, record in enumerate(book_of("a-1", 0, PAGES)):
        desk.lists("a-1", 1, today("14:00") + n * MINUTE, each=50)
        desk.opens("a-1", [record], today("14:00") + n * MINUTE + 10 * SECOND, 0, via="list")
    assert desk.fold().findings == []


def test_one_own_client_opened_between_large_pages_hides_only_a_quarter_of_each() -> None:
    desk = ordinary()
    for n, record in enumerate(book_of("a-1", 0, PAGES)):
        desk.lists("a-1", 1, today("14:00") + n * MINUTE)
        desk.opens("a-1", [record], today("14:00") + n * MINUTE + 10 * SECOND, 0, via="list")
        desk.say("search.performed", today("14:00") + n * MINUTE + 20 * SECOND, agent="a-1", rows=1)
    (finding,) = desk.fold().standing(NAME)
    assert 100 < finding.counts[COUNT].seen < 120


@pytest.mark.parametrize("names", [True, False])
def test_a_list_that_loads_itself_again_all_day_is_one_list(names: bool) -> None:
    desk = ordinary()
    for n in range(400):
        t = today("09:00") + n * MINUTE
        if names:
            named(desk, 0, t)
        else:
            desk.lists("a-1", 1, t)
    assert desk.fold().findings == []


def test_named_records_count_each_once_whatever_the_list_says_it_has() -> None:
    desk = ordinary()
    for page in [*range(PAGES), *range(PAGES)]:
        named(desk, page, today("17:00") + len(desk.said) * 5 * SECOND)
    (finding,) = desk.fold().findings
    assert finding.counts[COUNT].seen == PAGES


def test_a_list_that_only_says_how_long_it_is_counts_one_page() -> None:
    desk = ordinary().say("list.viewed", today("17:00"), agent="a-1", list="all", rows=250_000)
    desk.say("search.performed", today("17:01"), agent="a-1", rows=1)
    assert desk.fold().findings == []


@pytest.mark.parametrize(("declared", "told"), [(None, True), (200, False), (60, True)])
def test_declared_work_accounts_for_fifty_rows_with_each_record(declared: int | None, told: bool) -> None:
    desk = example()
    if declared is not None:
        desk.declare("a-1", HISTORY, at(HISTORY - 1, "16:00"), records_expected=declared)
    assert [finding.pattern for finding in desk.fold().findings] == [NAME] * told


def test_pages_told_late_and_out_of_order_come_to_the_same() -> None:
    desk, late = ordinary(), ordinary()
    times = [today("17:00") + page * 5 * SECOND for page in range(PAGES)]
    for page, t in enumerate(times):
        named(desk, page // 2, t, each=100)
    for page, t in reversed(list(enumerate(times))):
        named(late, page // 2, t, each=100, known=t + 3 * 60 * MINUTE)
    one, other = (each.fold().standing(NAME)[0] for each in (desk, late))
    assert one.counts[COUNT] == other.counts[COUNT]
    assert one.counts[COUNT].seen == 40


def test_a_newcomer_has_a_plain_limit() -> None:
    desk = ordinary().joins("a-9", today("08:00")).lists("a-9", PAGES, today("17:00"))
    (finding,) = desk.fold().findings
    assert (finding.agent, finding.pattern, finding.tier) == ("a-9", NAME, "limit")


def test_a_newcomer_who_looks_round_is_below_it() -> None:
    desk = ordinary().joins("a-9", today("08:00")).lists("a-9", 10, today("17:00"))
    assert desk.fold().findings == []
