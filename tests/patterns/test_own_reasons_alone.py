"""Only what one did oneself accounts for it: told of where it has no precedent, and silent on honest days."""

from __future__ import annotations

from copy import deepcopy

import pytest

from patterns.told import TODAY, Desk, at, book_of, ordinary, others_of, today
from viewtrail.finding import Finding

PATTERN = "own-reasons-alone"
MINUTE = 60_000_000
HALF = MINUTE // 2


def rung(desk: Desk, n: int = TODAY, count: int = 60, ring: float = 11) -> Desk:
    """Colleagues' clients one after another, each rung just long enough to count as a call."""
    desk.opens("a-1", others_of("a-1", count), at(n, "10:00"), 39)
    return desk.calls("a-1", others_of("a-1", count), at(n, "10:00") + HALF, 39, answered=False, ring=ring)


def example() -> Desk:
    return rung(ordinary())


def counter_example() -> Desk:
    return rung(ordinary()).declare("a-1", TODAY, at(TODAY - 1, "16:00"))


def told(desk: Desk) -> list[Finding]:
    desk.say("clock.ticked", at(TODAY + 1, "09:00"), agent="system")
    return desk.fold().standing(PATTERN)


def test_ringing_each_of_a_list_does_not_hide_it() -> None:
    (found,) = told(example())
    assert found.agent == "a-1"
    assert "opened 60 different records" in found.claim
    assert "the agent's own calls, changes or callbacks are the only reason on file" in found.claim
    assert len(found.records) == 60


def changed(count: int) -> Desk:
    """So many of the colleagues' clients given another status, one after another."""
    desk = ordinary().opens("a-1", others_of("a-1", count), today("10:00"), 39)
    for n, record in enumerate(others_of("a-1", count)):
        t = today("10:00") + n * (39 * MINUTE // count) + 1_000_000
        desk.say("status.changed", t, record, agent="a-1", field="status")
    return desk


CHANGED = "many of the records were changed"


@pytest.mark.parametrize("count", [79, 81, 100])
def test_eighty_and_some_more_changed_by_hand_are_a_clean_up(count: int) -> None:
    """Every change stands in the CRM's own history: a fake that shows there, and honest work without."""
    assert changed(count).fold().standing() == []


def test_a_clean_up_of_twice_as_many_is_one_that_somebody_can_declare() -> None:
    (part_of,) = changed(145).fold().standing()
    parts = {part.factor: part.amount for part in part_of.contributions}
    assert -1.5 < parts[CHANGED] < 0
    (found,) = changed(160).fold().standing()
    assert CHANGED not in {part.factor for part in found.contributions}


def ten_a_day(days: int, *, new: bool) -> Desk:
    """Ten of the colleagues' clients rung each day, other ones each time or always the same."""
    desk = ordinary()
    for n in range(days):
        some = others_of("a-1", 10 * days)[10 * n : 10 * n + 10] if new else others_of("a-1", 10)
        start = at(TODAY - days + 1 + n, "10:00")
        desk.opens("a-1", some, start, 39)
        desk.calls("a-1", some, start + HALF, 39, answered=False, ring=11)
    return desk


def test_ten_a_day_for_three_weeks_add_up() -> None:
    (found,) = told(ten_a_day(15, new=True))
    assert "150 different records for which the own calls, changes or callbacks are the only" in found.claim
    assert "on 15 days" in found.claim


def test_the_same_ten_every_day_have_been_taken_over() -> None:
    assert told(ten_a_day(15, new=False)) == []


def test_calling_the_own_clients_is_the_trade() -> None:
    mine = book_of("a-1")[:60]
    desk = ordinary().opens("a-1", mine, today("10:00"), 39)
    assert told(desk.calls("a-1", mine, today("10:00") + HALF, 39, talk=90)) == []


def test_a_minute_with_each_client_is_work() -> None:
    desk = ordinary().opens("a-1", others_of("a-1", 60), today("10:00"), 90)
    assert told(desk.calls("a-1", others_of("a-1", 60), today("10:00") + 80_000_000, 90, talk=60)) == []


def test_a_list_that_the_manager_declared_is_asked_for() -> None:
    assert told(counter_example()) == []


def test_a_day_of_cover_for_a_colleague_is_a_favour() -> None:
    assert told(rung(ordinary(), count=29)) == []


def test_a_newcomer_is_asked_by_a_plain_limit_at_the_days_close() -> None:
    desk = ordinary().joins("a-9", today("08:00"))
    for count, told_of in ((99, []), (110, ["limit"])):
        new = deepcopy(desk).opens("a-9", others_of("a-1", count), today("10:00"), 60)
        new.calls("a-9", others_of("a-1", count), today("10:00") + HALF, 60, answered=False, ring=11)
        assert [found.tier for found in told(new)] == told_of


def test_where_reasons_cannot_be_seen_no_limit_asks_for_them() -> None:
    """A loan office whose assignments nobody connected: newcomers work on ninety applications a day."""
    desk = ordinary(silent=("record.assigned",)).joins("a-9", today("08:00"))
    desk.opens("a-9", others_of("a-1", 130), today("10:00"), 80)
    for n, record in enumerate(others_of("a-1", 130)):
        desk.say("status.changed", today("10:00") + n * HALF + 1_000_000, record, agent="a-9", field="status")
    assert told(desk) == []


def test_who_works_so_every_day_is_usual() -> None:
    """A cold caller whose lists are not connected: the number is their own precedent."""
    desk = ordinary()
    for n in range(TODAY - 25, TODAY):
        rung(desk, n, 55)
    assert told(rung(desk)) == []


def called_back(days: int, *, by: str = "a-1", owner: str = "others") -> Desk:
    """Ten clients a day opened for a callback that was entered an hour before, by whoever it was."""
    desk = ordinary()
    some = others_of("a-1", 10 * days) if owner == "others" else book_of("a-1") * 10
    for n in range(days):
        start = at(TODAY - days + 1 + n, "10:00")
        mine = some[10 * n : 10 * n + 10]
        for number, record in enumerate(mine):
            due = start + number * HALF
            desk.say("task.due", due - 60 * MINUTE, record, agent="a-1", by=by, due_at=due)
        desk.opens("a-1", mine, start, 39)
    return desk


def test_callbacks_set_for_oneself_on_colleagues_clients_add_up() -> None:
    """Ten a day are anybody's; for three weeks, on others' clients and without a call, they are not."""
    (found,) = told(called_back(15))
    assert "150 different records for which the own calls, changes or callbacks are the only" in found.claim


def test_callbacks_that_a_manager_set_are_asked_for() -> None:
    assert told(called_back(15, by="m-1")) == []


def test_callbacks_for_the_own_clients_are_the_trade() -> None:
    assert told(called_back(15, owner="own")) == []


def test_a_callback_that_became_a_call_of_a_minute_is_work() -> None:
    desk = called_back(15)
    for n in range(15):
        start = at(TODAY - 14 + n, "10:00")
        desk.calls("a-1", others_of("a-1", 150)[10 * n : 10 * n + 10], start + 80_000_000, 39, talk=60)
    assert told(desk) == []
