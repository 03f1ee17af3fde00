"""Counts of a day: different records in any 40 minutes and in the day, as they rose."""

from __future__ import annotations

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewtrail.measure.clocks import MINUTE, SECOND
from viewtrail.measure.counts import (
    ENDLESS,
    OPENED,
    WINDOW,
    Mark,
    Span,
    Tally,
    busiest,
    distinct,
    longest_run,
    sweep,
    waiting,
)

Steps = list[tuple[int, str]]
steps = st.lists(st.tuples(st.integers(0, 45 * 60), st.sampled_from("abcdefgh")), max_size=60)


def told(walked: Steps) -> list[tuple[int, str]]:
    """(µs, key) from (seconds since the last one, key)."""
    now, found = 0, []
    for wait, key in walked:
        now += wait * SECOND
        found.append((now, key))
    return found


def most(seen: list[tuple[int, str]]) -> int:
    """Different keys in any 40 minutes, both ends counted, by looking at every window."""
    return max((len({k for t, k in seen if end - WINDOW <= t <= end}) for end, _ in seen), default=0)


@given(steps)
def test_a_span_counts_as_looking_at_every_window_does(walked: Steps) -> None:
    span, seen = Span(), told(walked)
    for place, (t, key) in enumerate(seen):
        before = (span.day, span.most)
        rose = span.add(t, key)
        now = seen[: place + 1]
        assert (span.day, span.most) == (len({k for _, k in now}), most(now))
        assert rose == ((span.day, span.most) != before)


@given(steps, st.integers(0, 60 * 45 * 60))
def test_what_a_count_was_before_a_moment_can_still_be_asked(walked: Steps, second: int) -> None:
    span, seen, t = Span(), told(walked), second * SECOND
    for when, key in seen:
        span.add(when, key)
    earlier = [one for one in seen if one[0] < t]
    assert span.before(t) == (len({k for _, k in earlier}), most(earlier))


@pytest.mark.parametrize(("wait", "together"), [(WINDOW, 2), (WINDOW + 1, 1), (0, 2)])
def test_forty_minutes_apart_are_still_together_and_a_microsecond_more_is_not(
    wait: int, together: int
) -> None:
    span = Span()
    span.add(0, "a")
    span.add(wait, "b")
    assert (span.day, span.most) == (2, together)


def test_the_window_is_forty_minutes() -> None:
    assert WINDOW == 40 * MINUTE


def test_a_record_opened_again_counts_once_and_stays_in_the_window() -> None:
    span = Span()
    for t, key in [(0, "a"), (30, "a"), (60, "b")]:
        span.add(t * MINUTE, key)
    assert (span.day, span.most) == (2, 2)


@given(st.lists(st.tuples(st.integers(0, 45 * 60), st.integers(0, 9)), max_size=40), st.integers(0, 10**5))
def test_a_tally_sums_what_is_not_told_apart(walked: list[tuple[int, int]], second: int) -> None:
    tally, now, seen = Tally(), 0, []
    for wait, weight in walked:
        now += wait * SECOND
        assert tally.add(now, weight) == (weight > 0)
        seen.append((now, weight))

    def expected(of: list[tuple[int, int]]) -> tuple[int, int]:
        windows = (
            sum(w for t, w in of if end - WINDOW <= t <= end) for end in dict.fromkeys(t for t, _ in of)
        )
        return sum(w for _, w in of), max(windows, default=0)

    assert (tally.day, tally.most) == expected(seen)
    assert tally.before(second * SECOND) == expected([one for one in seen if one[0] < second * SECOND])


def marks(*seen: tuple[int, str]) -> list[Mark]:
    return [Mark(m * MINUTE, OPENED, key, 1, n, ("/crm", str(n))) for n, (m, key) in enumerate(seen)]


def test_records_are_told_apart_by_their_id_and_calls_each_for_itself() -> None:
    again = marks((0, "a"), (1, "a"), (2, "b"))
    assert sweep(again).day == 2
    assert distinct(again).day == 3


def test_the_busiest_forty_minutes_are_found() -> None:
    seen = marks((0, "a"), (100, "b"), (110, "c"), (120, "d"), (300, "e"), (310, "f"))
    assert busiest(seen) == (100 * MINUTE, 120 * MINUTE)


@given(steps.filter(bool))
def test_the_busiest_forty_minutes_hold_as_many_as_any(walked: Steps) -> None:
    seen = told(walked)
    start, end = busiest([Mark(t, OPENED, key, 1, n, ("/crm", str(n))) for n, (t, key) in enumerate(seen)])
    assert end - start <= WINDOW
    assert len({k for t, k in seen if start <= t <= end}) == most(seen)


@given(st.lists(st.booleans()))
def test_the_longest_run(short: list[bool]) -> None:
    assert longest_run(short) == max((len(list(run)) for one, run in groupby(short) if one), default=0)


# -- what is waiting --------------------------------------------------------------------------------


def test_what_is_answered_for_leaves_the_count_again() -> None:
    opened = [(n * MINUTE, f"r-{n}", (n + 2) * MINUTE) for n in range(30)]
    assert waiting(opened) == (2, 2, 2, 2), "opened and called, opened and called"
    left = [(n * MINUTE, f"r-{n}", ENDLESS) for n in range(30)]
    assert waiting(left) == (30, 30, 30, 30)


def test_the_most_that_ever_waited_is_kept() -> None:
    opened = [(n * MINUTE, f"r-{n}", 20 * MINUTE) for n in range(10)]
    later = [(50 * MINUTE, "r-50", ENDLESS)]
    assert waiting([*opened, *later]) == (10, 10, 1, 1)


def test_a_record_opened_twice_waits_for_the_later_answer() -> None:
    twice = [(0, "r-1", 5 * MINUTE), (MINUTE, "r-1", ENDLESS), (10 * MINUTE, "r-2", ENDLESS)]
    assert waiting(twice) == (2, 2, 2, 2)


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 9), st.integers(1, 90)), max_size=40))
def test_waiting_is_what_counting_by_hand_gives(told: list[tuple[int, int, int]]) -> None:
    marks = [(t * MINUTE, key, (t + more) * MINUTE) for t, key, more in sorted(told)]
    most = whole = 0
    for place, (now, _, _) in enumerate(marks):
        before = marks[: place + 1]
        open_keys = {key for _, key, until in before if until > now}
        last = {key: max(t for t, other, _ in before if other == key) for key in open_keys}
        whole = max(whole, len(open_keys))
        most = max(most, sum(last[key] >= now - WINDOW for key in open_keys))
    found = waiting(marks)
    assert (found.day, found.most) == (whole, most)
