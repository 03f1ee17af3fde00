"""How far ahead a sender's clock is: estimated from when it says that it sent, kept with the entries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from log.some_events import MONDAY, SECOND
from viewtrail.event import rfc3339
from viewtrail.store import open_reader
from viewtrail.web.intake.answers import Refused
from viewtrail.web.intake.skew import Skew
from web.intake.running import Running, opening


def sent(ahead: int) -> bytes:
    return rfc3339(MONDAY + ahead).encode()


def test_a_clock_ahead_or_behind_is_told_in_milliseconds() -> None:
    assert Skew().note("crm", sent(90 * SECOND), MONDAY) == 90_000
    assert Skew().note("crm", sent(-3_600 * SECOND - 123_456), MONDAY) == -3_600_100


def test_the_time_a_request_travels_is_no_clock() -> None:
    assert Skew().note("crm", sent(-900_000), MONDAY) == 0
    assert Skew().note("crm", None, MONDAY) == 0


def test_the_request_that_travelled_fastest_tells_most() -> None:
    skew = Skew()
    assert skew.note("crm", sent(5 * SECOND), MONDAY) == 5_000
    assert skew.note("crm", sent(-20 * SECOND), MONDAY) == 5_000, "this one waited on its way"
    assert skew.note("pbx", sent(-20 * SECOND), MONDAY) == -20_000, "another sender has another clock"


def test_a_clock_that_was_put_right_is_believed_after_some_requests() -> None:
    skew = Skew()
    skew.note("crm", sent(60 * SECOND), MONDAY)
    assert [skew.note("crm", sent(0), MONDAY) for _ in range(16)][-1] == 0


@pytest.mark.parametrize("told", [b"yesterday", b"2026-03-02T09:14:03", b"", b"\xff", b"1772442843"])
def test_a_time_that_is_none_is_refused(told: bytes) -> None:
    with pytest.raises(Refused, match="the header Sent"):
        Skew().note("crm", told, MONDAY)


def test_it_is_kept_with_the_entries(intake: Running) -> None:
    ahead = (datetime.now(UTC) + timedelta(minutes=2)).isoformat()
    answer = intake.post([opening(800_000)], headers={"sent": ahead})
    with open_reader(intake.home) as reader:
        entry = reader.entry(answer.json()["results"][0]["index"]).entry
    assert 100_000 < entry.skew <= 120_000
