"""What rests: nobody touched it for a fortnight before the day, in whatever order that was told."""

from __future__ import annotations

from itertools import permutations
from random import Random

from viewtrail.measure.clocks import DAY, HOUR
from viewtrail.measure.resting import RECENT, RESTED, LastWork

TODAY = 20_000 * DAY + 4 * HOUR
"""A cut at four in the morning."""


def told(*moments: int) -> LastWork:
    work = LastWork()
    for t in moments:
        work.touched("r", t)
    return work


def test_a_record_rests_when_nobody_touched_it_for_a_fortnight() -> None:
    assert told(TODAY - RESTED - HOUR).rests("r", TODAY, TODAY)
    assert not told(TODAY - RESTED + HOUR).rests("r", TODAY, TODAY)


def test_one_call_yesterday_is_enough_to_wake_it() -> None:
    assert not told(TODAY - 90 * DAY, TODAY - HOUR).rests("r", TODAY, TODAY)


def test_of_a_record_not_heard_of_before_nothing_is_known() -> None:
    assert not LastWork().rests("r", TODAY, TODAY)
    assert not told(TODAY + HOUR).rests("r", TODAY, TODAY), "today's own opening is no past"


def test_what_is_done_today_wakes_nothing_up_for_today() -> None:
    """Else the first of two looks at it would excuse the second."""
    assert told(TODAY - 30 * DAY, TODAY + HOUR, TODAY + 2 * HOUR).rests("r", TODAY, TODAY)
    assert not told(TODAY - 30 * DAY, TODAY + HOUR).rests("r", TODAY + DAY, TODAY + DAY)


def test_what_happened_between_midnight_and_the_cut_was_yesterday() -> None:
    night = TODAY - 2 * HOUR
    assert not told(TODAY - 30 * DAY, night, TODAY + HOUR).rests("r", TODAY, TODAY)


def test_the_order_in_which_it_is_told_makes_no_difference() -> None:
    moments = (TODAY - 40 * DAY, TODAY - 3 * DAY, TODAY - 3 * DAY + HOUR, TODAY + HOUR)
    days = [TODAY + n * DAY for n in range(-4, 3)]
    answers = {tuple(told(*order).rests("r", d, d) for d in days) for order in permutations(moments)}
    assert len(answers) == 1


def test_what_rested_while_its_owner_was_away_did_not_rest() -> None:
    """Back from three weeks of leave: whom one called on the last day before it is still the work."""
    away = told(TODAY - 21 * DAY)
    assert away.rests("r", TODAY, TODAY)
    assert not away.rests("r", TODAY, TODAY - 20 * DAY)


def test_it_stays_small_and_answers_for_every_day_that_can_still_change() -> None:
    chance = Random(7)
    moments = sorted(TODAY - chance.randrange(60 * DAY) for _ in range(400))
    work = told(*moments)
    assert len(work.moments["r"]) <= RECENT // DAY + 2
    for back in range(4):
        day = TODAY - back * DAY
        before = [t for t in moments if t < day]
        assert work.rests("r", day, day) == (day - before[-1] > RESTED)
