"""When a running loop keeps a snapshot: when it is worth its time, and when there is time for it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from app.living import Told, until, views
from viewtrail.app import live_aside, live_pace

FIRST = 1_769_000_000_000_000


class Watched:
    """A loop on a log, with a stopwatch that the test moves, and the snapshots that it kept so far."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(live_aside, "MANY", 20)
        monkeypatch.setattr(live_aside, "SOME", 5)
        for module in (live_aside, live_pace):
            monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: self.running))
        self.running, self.opened, self.kept = 1_000.0, 0, 0
        self.at_work, self.folder = Told(path), path / "state"

    def hear(self, count: int) -> bool:
        """So many openings arrive and are folded: whether a snapshot was begun."""
        at = FIRST + self.opened * 1_000_000
        events = views("A-1", count, first=self.opened, at=at + count * 1_000_000)
        self.at_work.hear(events, at + count * 1_000_000)
        self.opened += count
        self.at_work.settle()
        return self.at_work.live.aside._saving is not None

    def writing_takes(self, seconds: float) -> None:
        """The snapshot that was begun is there so much later."""
        self.kept += 1
        until(lambda: self.written() == self.kept)
        self.running += seconds
        until(self.is_over)

    def written(self) -> int:
        return len([one for one in self.folder.glob("*") if one.suffix == ".snapshot"])

    def is_over(self) -> bool:
        self.at_work.live.round()
        return self.at_work.live.aside._saving is None


def test_what_took_long_to_write_is_not_written_again_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = Watched(tmp_path, monkeypatch)
    assert not loop.hear(10)
    assert loop.hear(30)
    loop.writing_takes(2.0)
    assert not loop.hear(30)
    loop.running += 2.0 * live_aside.SHARE - 1.0
    assert not loop.hear(1)
    loop.running += 2.0
    assert loop.hear(1)
    loop.at_work.stop()


def test_a_rush_is_no_time_for_it_unless_it_never_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = Watched(tmp_path, monkeypatch)
    monkeypatch.setattr(live_pace, "RUSH", 20)
    for _ in range(8):
        loop.running += 1.0
        assert not loop.hear(30)
    loop.running += live_aside.SELDOM
    assert loop.hear(30)
    loop.at_work.stop()
