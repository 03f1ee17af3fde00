"""A hole in a source's numbers is told when it stays, and again when it is filled."""

import random

from hypothesis import given
from hypothesis import strategies as st

from log.some_events import MONDAY, SECOND
from viewtrail.app.missing_numbers import GRACE, MOST, MissingNumbers, from_log
from viewtrail.event import Event
from viewtrail.log.numbering import runs

LATER = MONDAY + GRACE


def seen(*numbers: int | str, found: MissingNumbers | None = None, now: int = MONDAY) -> MissingNumbers:
    found = found or MissingNumbers()
    for number in numbers:
        found.seen("/crm", str(number), now, now)
    return found


def told(events: list[Event]) -> list[tuple[str | None, str, int]]:
    return [(event.subject, event.data["why"], event.data["lost"]) for event in events]


def test_a_hole_is_told_once_after_the_grace() -> None:
    found = seen(1, 2, 5)
    assert found.due(LATER - 1) == []
    (event,) = found.due(LATER)
    assert told([event]) == [("3-4", "numbers-missing", 2)]
    assert (event.source, event.type, event.data["feed"]) == ("viewtrail", "capture.gap", "/crm")
    assert found.due(LATER + GRACE) == []


def test_what_only_came_in_another_order_is_no_hole() -> None:
    assert seen(1, 5, 3, 4, 2, 6).due(LATER) == []


def test_a_hole_that_is_filled_later_is_told_to_be_filled() -> None:
    found = seen(1, 4)
    assert told(found.due(LATER)) == [("2-3", "numbers-missing", 2)]
    seen(2, found=found)
    assert found.due(LATER) == []
    seen(2, 3, found=found)
    assert told(found.due(LATER)) == [("2-3", "numbers-came-late", 0)]
    assert found.due(LATER + GRACE) == []


def test_each_start_of_a_source_counts_anew() -> None:
    found = seen("boot7.1", "boot7.2", "boot8.1", "boot8.4")
    assert told(found.due(LATER)) == [("boot8.2-3", "numbers-missing", 2)]


def test_a_number_that_begins_again_and_one_that_is_none_are_left_alone() -> None:
    assert seen(5_000, 1, 2, "no number", 5_001).due(LATER) == []


def test_a_source_without_order_is_told_once_and_then_left_alone() -> None:
    chance = random.Random(7)
    found = seen(*sorted(chance.sample(range(10**9), MOST + 2)))
    (event,) = found.due(MONDAY)
    assert event.data["why"] == "numbers-have-no-order"
    seen(*(2 * 10**9 + n for n in chance.sample(range(10**9), 50)), found=found)
    assert found.due(LATER) == []


def test_the_span_is_that_of_the_events_beside_the_hole() -> None:
    found = MissingNumbers()
    found.seen("/crm", "1", MONDAY + 9 * SECOND, MONDAY)
    found.seen("/crm", "3", MONDAY, MONDAY)
    (event,) = found.due(LATER)
    assert (event.data["from"], event.data["to"]) == (MONDAY, MONDAY + 9 * SECOND)


def test_after_a_restart_old_holes_are_not_told_again_and_fresh_ones_with_the_same_id() -> None:
    entries = [("/crm", "1", MONDAY, MONDAY), ("/crm", "3", MONDAY, MONDAY)]
    assert from_log(entries, MONDAY + 3 * GRACE).due(MONDAY + 3 * GRACE) == []
    (again,) = from_log(entries, MONDAY + GRACE).due(MONDAY + GRACE)
    (first,) = seen(1, 3).due(LATER)
    assert again.id == first.id


@given(st.permutations(range(1, 15)), st.sets(st.integers(2, 13), max_size=6))
def test_in_whatever_order_they_come_the_lost_ones_are_those_that_never_came(
    order: list[int], lost: set[int]
) -> None:
    found = seen(*[number for number in order if number not in lost])
    came = [number for number in order if number not in lost]
    inside = {number for number in lost if came[0] < number < max(came)}  # it counts from the first it sees
    assert sum(event.data["lost"] for event in found.due(LATER)) == len(inside)


_NUMBERS = st.lists(
    st.tuples(
        st.sampled_from(["/crm", "/pbx"]),
        st.sampled_from(["{}", "boot7.{}", "n{}"]),
        st.integers(1, 9),
        st.booleans(),
    ),
    max_size=30,
)


@given(st.lists(_NUMBERS, max_size=4))
def test_numbers_by_the_run_say_what_they_say_one_by_one(
    batches: list[list[tuple[str, str, int, bool]]],
) -> None:
    one_by_one, by_the_run = MissingNumbers(), MissingNumbers()
    for turn, batch in enumerate(batches):
        now = MONDAY + turn * SECOND
        told = [(source, shape.format(n) if given else None, now + n) for source, shape, n, given in batch]
        for source, sequence, time in told:
            if sequence is not None:
                one_by_one.seen(source, sequence, time, now)
        by_the_run.note(runs(*map(list, zip(*told, strict=True))) if told else [], now)
    assert by_the_run.due(LATER + GRACE) == one_by_one.due(LATER + GRACE)


def test_a_source_that_counts_up_is_one_run() -> None:
    assert runs(["/crm"] * 3, ["7", "8", "9"], [1, 2, 3]) == [("/crm", "", 7, 9, 1, 3)]
    assert runs(["/crm"] * 3, ["7", "9", "x"], [1, 2, 3]) == [
        ("/crm", "", 7, 7, 1, 1),
        ("/crm", "", 9, 9, 2, 2),
    ]
    assert runs(["/crm", "/pbx"], ["b.1", "b.2"], [1, 2]) == [
        ("/crm", "b.", 1, 1, 1, 1),
        ("/pbx", "b.", 2, 2, 2, 2),
    ]
    assert runs(["/crm"] * 2, ["", "1"], [1, 2]) == [("/crm", "", 1, 1, 2, 2)]
