"""A day on a time axis: marks stand where things were done, for as long as they took."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from viewtrail.measure.clocks import HOUR, MINUTE, micros
from viewtrail.store.asking_rows import Row
from viewtrail.web.timeline import MOST_LINES, WIDTH, fitted, timeline, zoomed

NINE = micros(datetime(2026, 3, 2, 9, tzinfo=UTC))


def row(type: str, t: int, **more: object) -> Row:
    told = dict.fromkeys(
        "agent subject record_kind via dwell_s active_s field reason talk_s answered direction rows amount "
        "currency value_band".split()
    )
    return Row(index=t // MINUTE, known=t, time=t, type=type, source="/crm", data={}, **{**told, **more})  # type: ignore[arg-type]


def test_a_view_is_as_long_as_it_lasted_and_a_call_as_its_talk() -> None:
    drawn = timeline(
        [row("record.viewed", NINE, dwell_s=360.0), row("call.ended", NINE + 30 * MINUTE, talk_s=60.0)],
        NINE,
        NINE + HOUR,
        "UTC",
    )
    assert [lane.name for lane in drawn.lanes] == ["opened", "calls"]
    assert drawn.lanes[0].marks[0].width == pytest.approx(WIDTH / 10)
    assert drawn.lanes[1].marks[0].x == pytest.approx(WIDTH / 2)


def test_nothing_reaches_beyond_the_axis_and_a_moment_can_still_be_seen() -> None:
    long, short = row("record.viewed", NINE + 59 * MINUTE, dwell_s=3600.0), row("contact.revealed", NINE)
    drawn = timeline([long, short], NINE, NINE + HOUR, "UTC")
    for lane in drawn.lanes:
        for mark in lane.marks:
            assert 0 <= mark.x < WIDTH
            assert mark.width > 1
            assert mark.x + mark.width <= WIDTH + 2


def test_a_view_whose_end_was_lost_is_marked_as_at_least_so_long() -> None:
    drawn = timeline([row("record.viewed", NINE, dwell_s=8.0, dwell_is_least=True)], NINE, NINE + HOUR, "UTC")
    assert not drawn.lanes[0].marks[0].open


@pytest.mark.parametrize("hours", [1, 3, 9, 24])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "Europe/Nicosia"])
def test_the_axis_has_round_times_of_the_agents_clock_and_not_too_many(hours: int, zone: str) -> None:
    drawn = timeline([], NINE, NINE + hours * HOUR, zone)
    assert 2 <= len(drawn.lines) <= MOST_LINES + 1
    assert all(int(line.text[3:]) % 5 == 0 for line in drawn.lines)


def test_zooming_in_and_out_stays_within_the_day() -> None:
    day = (NINE - 5 * HOUR, NINE + 19 * HOUR)
    near = zoomed(NINE, NINE + HOUR, day)
    assert near["in"] == (NINE + 15 * MINUTE, NINE + 45 * MINUTE)
    assert near["out"] == (NINE - 30 * MINUTE, NINE + 90 * MINUTE)
    whole = zoomed(*day, day)
    assert whole["out"] is None
    assert whole["earlier"] is None
    for span in (near["earlier"], near["later"], whole["in"]):
        assert span is not None
        assert day[0] <= span[0] < span[1] <= day[1]


def test_the_day_is_shown_from_the_first_act_to_the_last_in_whole_hours() -> None:
    rows = [
        row("record.viewed", NINE + 10 * MINUTE, dwell_s=5.0),
        row("call.ended", NINE + 170 * MINUTE, talk_s=900.0),
    ]
    assert fitted(rows, NINE - HOUR, NINE + 10 * HOUR) == (NINE, NINE + 4 * HOUR)
    assert fitted([], NINE, NINE + HOUR) == (NINE, NINE + HOUR)
