"""A company without one of its feeds: the feed is gone, the rest is untouched."""

from __future__ import annotations

import pytest

from viewtrail.errors import BadInput
from viewtrail.stories import FEEDS, Told, without


@pytest.mark.parametrize("feed", list(FEEDS))
def test_a_feed_is_dropped_and_nothing_else(told: Told, feed: str) -> None:
    left = without(told.events, feed)
    dropped = [event for event in told.events if event.type in FEEDS[feed]]
    assert dropped
    assert len(left) == len(told.events) - len(dropped)
    assert not {event.type for event in left} & FEEDS[feed]


def test_without_values_no_record_says_its_band(told: Told) -> None:
    assert not any("value_band" in event.data for event in without(told.events, "values"))


def test_an_unknown_feed_is_refused(told: Told) -> None:
    with pytest.raises(BadInput, match="no feed is called 'weather'"):
        without(told.events, "weather")
