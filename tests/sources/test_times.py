"""Times of a table: read by the minute, they are what each is read by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viewtrail.errors import BadInput
from viewtrail.sources.times import Clock, shown, time_reader

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


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("zoe.k@client.test", "'xxx.x@xxxxxx.xxxx'"),
        ("+357 99 123456", "'+999 99 999999'"),
        ("99-123-456", "'99-999-999'"),
        (35799123456, "99999999999"),
        ("2026-03-02 25:00", "'2026-03-02 25:00'"),
        ("03/14/2026", "'03/14/2026'"),
        ("211", "'211'"),
        ("6s", "'6s'"),
    ],
)
def test_a_reason_shows_a_value_but_of_an_address_or_a_number_only_its_shape(cell, told):
    assert shown(cell) == told
