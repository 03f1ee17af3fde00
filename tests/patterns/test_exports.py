"""A book exported by somebody who never does, by somebody who always does, and by a newcomer."""

from __future__ import annotations

from patterns.told import HISTORY, TODAY, Desk, at, ordinary, today

NAME = "exports"
ROWS = 600


def example() -> Desk:
    return ordinary().exports("a-1", ROWS, today("17:00"))


def counter_example() -> Desk:
    """The same rows by somebody who exports nearly as many every day."""
    desk = ordinary()
    for n in range(HISTORY):
        desk.exports("a-1", 250 + n % 2 * 50, at(n, "17:00"))
    return desk.exports("a-1", ROWS, today("17:00"))


def test_a_book_exported_by_somebody_who_never_exports() -> None:
    desk = example()
    (finding,) = desk.fold().findings
    assert (finding.agent, finding.pattern, finding.status) == ("a-1", NAME, "confirmed")
    entries = {entry.index: entry.entry.event for entry in desk.entries()}
    assert {entries[index].type for index in finding.entries} == {"export.created"}


def test_it_is_told_of_at_once() -> None:
    told = example().fold()
    assert (told.transitions[0].kind, told.transitions[0].at) == ("opened", today("17:00"))


def test_somebody_whose_work_it_is_may_go_on() -> None:
    assert counter_example().fold().findings == []


def test_one_small_report_is_nothing() -> None:
    assert ordinary().exports("a-1", 50, today("11:00")).fold().findings == []


def test_many_small_exports_are_as_much_as_a_large_one() -> None:
    desk = ordinary()
    for minute in range(18):
        desk.exports("a-1", 50, today(f"15:{minute + 10}"))
    (finding,) = desk.fold().standing(NAME)
    assert finding.counts["exports:day"].seen >= 18


def test_a_newcomer_has_a_plain_limit() -> None:
    desk = ordinary().joins("a-9", today("08:00")).exports("a-9", 900, today("17:00"))
    (finding,) = desk.fold().findings
    assert (finding.agent, finding.pattern, finding.tier) == ("a-9", NAME, "limit")


def test_a_newcomers_report_is_below_it() -> None:
    desk = ordinary().joins("a-9", today("08:00")).exports("a-9", 300, today("17:00"))
    assert desk.fold().findings == []


def portions(days: int, each: int, rows: int) -> Desk:
    """So many rows at a time, `each` times a day, on a desk where nobody exports."""
    desk = ordinary()
    desk.said = [one for one in desk.said if one[1].type != "export.created"]
    for n in range(days):
        for number in range(each):
            desk.exports("a-1", rows, at(TODAY - days + 1 + n, f"1{number}:20"))
    return desk


def test_portions_add_up_over_days() -> None:
    """Twice forty rows a day are told of on no day of their own, by somebody who never exports."""
    (found,) = portions(10, 2, 40).fold().standing(NAME)
    assert "exported 800 rows in 20 exports on 10 days" in found.claim
    assert "rows would be usual in these days" in found.claim
    assert len(found.entries) == 20


def test_a_weekly_report_is_no_run() -> None:
    desk = ordinary()
    for n in range(0, HISTORY, 5):
        desk.exports("a-1", 90, at(n, "16:00"))
    assert desk.exports("a-1", 90, today("16:00")).fold().findings == []


def test_a_finding_says_how_many_rows_there_were_and_not_how_many_blocks() -> None:
    (finding,) = ordinary().exports("a-1", ROWS + 1, today("17:00")).fold().standing(NAME)
    assert "exported 641 rows in 2 exports" in finding.claim, "601 and the forty of the morning"
