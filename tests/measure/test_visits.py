"""Visits and how long records stayed open."""

from __future__ import annotations

from viewtrail.measure.clocks import MINUTE
from viewtrail.measure.counts import OPENED, REVEALED, Mark
from viewtrail.measure.kept import KEPT
from viewtrail.measure.visits import Dwells, Visit, largest_visit, usual_dwell_ms, visits


def opening(minute: int, record: str, visit: str | None = None, kind: str = OPENED) -> Mark:
    return Mark(minute * MINUTE, kind, record, 1, minute, ("/crm", f"e{minute}"), None, None, visit)


def test_named_visits_are_taken_as_they_are() -> None:
    marks = [opening(1, "r1", "a"), opening(90, "r2", "a"), opening(91, "r3", "b"), opening(92, "r3", "b")]
    assert visits(marks) == [Visit(MINUTE, 90 * MINUTE, 2), Visit(91 * MINUTE, 92 * MINUTE, 1)]


def test_without_names_a_long_pause_parts_them() -> None:
    marks = [opening(1, "r1"), opening(31, "r2"), opening(62, "r3")]
    assert [visit.records for visit in visits(marks)] == [2, 1]


def test_the_order_of_the_marks_does_not_matter_and_other_acts_are_left_out() -> None:
    marks = [opening(5, "r2", "a"), opening(1, "r1", "a"), opening(3, "r9", "a", REVEALED)]
    assert largest_visit(marks) == Visit(MINUTE, 5 * MINUTE, 2)


def test_nobody_home() -> None:
    assert largest_visit([]) is None
    assert usual_dwell_ms([], Dwells()) is None


def test_dwell_is_the_median_of_what_is_known() -> None:
    marks = [opening(n, f"r{n}") for n in range(1, 5)]
    known = Dwells()
    for name, milliseconds in (("e1", 4_000), ("e2", 6_000), ("e4", 90_000)):
        known.tell(("/crm", name), milliseconds, MINUTE)
    assert usual_dwell_ms(marks, known) == (6_000, 3)


def test_dwell_times_are_kept_while_their_day_can_change_and_no_longer() -> None:
    known = Dwells()
    known.tell(("/crm", "e1"), 4_000, KEPT)
    known.tell(("/crm", "e2"), 4_000, 2 * KEPT)
    assert known.get(("/crm", "e1")) == 4_000
    known.tell(("/crm", "e3"), 4_000, 4 * KEPT)
    known.tell(("/crm", "e4"), 4_000, 6 * KEPT)
    assert known.get(("/crm", "e1")) is None


def test_a_lower_bound_is_not_how_long_it_was() -> None:
    """The end was lost after four seconds: whether the record was open for an hour, nobody knows."""
    known = Dwells()
    known.tell(("/crm", "e1"), 4_000, MINUTE, complete=False)
    known.tell(("/crm", "e2"), 30_000, MINUTE)
    assert usual_dwell_ms([opening(1, "r1"), opening(2, "r2")], known) == (30_000, 1)
