"""Times of a table: read by the minute, they are what each is read by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from viewtrail.errors import BadInput
from viewtrail.sources.times import Clock, time_reader

FORMAT = "%d/%m/%Y %H:%M:%S"
# Around the Sunday on which an hour comes twice, and the one on which an hour is missing
NEAR = [datetime(2026, 10, 25, 2, 58), datetime(2026, 3, 29, 2, 58), datetime(2026, 3, 2, 9, 14)]  # noqa: DTZ001  # wall clocks


def answer(read, cell):
    try:
        return read(cell).isoformat()
    except BadInput as error:
        return str(error)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(NEAR), st.integers(0, 7200), st.sampled_from(["", "x", "0", "\u0663"]))
    ),
    st.sampled_from(["set-aside", "first", "second"]),
)
def test_a_time_is_the_same_whatever_was_read_before_it(cells, ambiguous):
    clock = Clock(FORMAT, ZoneInfo("Asia/Nicosia"), False, ambiguous)
    read = time_reader(clock)
    for start, seconds, more in cells:
        cell = f"{start + timedelta(seconds=seconds):{FORMAT}}{more}"
        assert answer(read, cell) == answer(time_reader(clock), cell)
