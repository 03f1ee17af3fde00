"""The Monday after the stories: what has happened by nine, and what the day will bring."""

from __future__ import annotations

import pytest

from viewtrail.stories import BEGINS, NAMES, tell_this_morning


@pytest.mark.slow
def test_it_is_cut_at_nine_and_nothing_is_lost_or_told_twice() -> None:
    told, rest = tell_this_morning(history_days=35)
    assert max(event.time for event in told.events) < BEGINS <= rest[0].time
    assert [event.time for event in rest] == sorted(event.time for event in rest)
    ids = {(event.source, event.id) for event in [*told.events, *rest]}
    assert len(ids) == len(told.events) + len(rest)
    assert {episode.name for episode in told.episodes} == set(NAMES)
    swept = [event for event in rest if event.type == "record.viewed" and event.data["agent"] == "a-109"]
    assert len(swept) >= 80
