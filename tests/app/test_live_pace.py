"""When much comes in, the loop takes fewer turns and longer ones; when it is over, as many as before."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from viewtrail.app import live_pace
from viewtrail.app.live_loop import PIECE
from viewtrail.app.live_pace import BREATH, LONG_BREATH, RUSH, Pace


def test_a_rush_is_seen_within_a_second_or_two_and_so_is_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    running, size = 50.0, 7_000_000
    monkeypatch.setattr(live_pace, "time", SimpleNamespace(monotonic=lambda: running))
    pace = Pace(size)
    for rate, breath in ((2_000, BREATH), (RUSH + 500, LONG_BREATH), (50_000, LONG_BREATH), (500, BREATH)):
        for _ in range(24):
            running += 0.1
            size += rate // 10
            pace.look(size)
        assert pace.breath == breath, f"{rate:,} entries a second"


def test_up_to_two_thousand_a_second_the_promise_of_two_seconds_holds_and_so_it_breathes_shortly() -> None:
    assert RUSH > 2_000
    assert PIECE / LONG_BREATH > RUSH, "and whoever sends a little more than that is followed"
