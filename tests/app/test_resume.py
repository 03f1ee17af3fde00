"""A replay that goes on from a snapshot says what a replay of everything says."""

from __future__ import annotations

from pathlib import Path

from viewtrail.app.home import Home, open_home
from viewtrail.app.replay import replay
from viewtrail.event import Event
from viewtrail.store.projections import read_projections
from viewtrail.stories import only

LATER = 4_000_000_000_000_000


def put(home: Home, events: list[Event]) -> None:
    with home.writer() as log:
        log.append(events, received=LATER, backfill=True)
        log.checkpoint()


def test_restart_and_rest_is_the_full_fold(tmp_path: Path) -> None:
    events = sorted(only("forty_seven_in_an_hour", history_days=0).events, key=lambda one: one.time)
    home = open_home(tmp_path / "home")
    half = len(events) * 2 // 3
    put(home, events[:half])
    assert replay(home).spared == 0
    put(home, events[half:])
    resumed = replay(home)
    assert resumed.spared == half
    bytes_resumed = read_projections(home.path)
    whole = replay(home, fresh=True)
    assert whole.spared == 0
    assert read_projections(home.path) == bytes_resumed
    assert whole.found.transitions == resumed.found.transitions


def test_history_that_became_known_earlier_is_folded_from_the_start(tmp_path: Path) -> None:
    events = sorted(only("forty_seven_in_an_hour", history_days=0).events, key=lambda one: one.time)
    home = open_home(tmp_path / "home")
    put(home, events[200:])
    replay(home)
    put(home, events[:200])
    second = replay(home)
    assert second.spared == 0
    assert [f.id for f in second.found.findings] == [f.id for f in replay(home, fresh=True).found.findings]
