"""A snapshot spares a fold and is never believed over the log."""

from __future__ import annotations

from pathlib import Path

import pytest

from replay.told import history, replay
from viewtrail.settings import Settings
from viewtrail.store.snapshots import FOLDER, Snapshot, load, save
from viewtrail.stories import only
from viewtrail.watch import Loop

KEY = bytes(range(32))


@pytest.fixture(scope="module")
def kept() -> Snapshot:
    entries = history(only("forty_seven_in_an_hour", history_days=0).events)
    loop, transitions = replay(entries)
    assert transitions
    return Snapshot(loop, transitions, len(entries), True)


def test_what_was_saved_comes_back(kept: Snapshot, tmp_path: Path) -> None:
    save(tmp_path, KEY, kept)
    found = load(tmp_path, KEY, Loop(Settings()), kept.size)
    assert found is not None
    assert (list(found.transitions), found.size, found.history) == (kept.transitions, kept.size, True)
    assert found.loop.findings() == kept.loop.findings()


def test_another_key_other_settings_and_a_shorter_log_are_passed_over(kept: Snapshot, tmp_path: Path) -> None:
    save(tmp_path, KEY, kept)
    assert load(tmp_path, bytes(32), Loop(Settings()), kept.size) is None
    assert load(tmp_path, KEY, Loop(Settings(budget=2.0)), kept.size) is None
    assert load(tmp_path, KEY, Loop(Settings()), kept.size - 1) is None


def test_one_flipped_bit_is_never_unpickled(kept: Snapshot, tmp_path: Path) -> None:
    place = save(tmp_path, KEY, kept)
    content = bytearray(place.read_bytes())
    content[len(content) // 2] ^= 1
    place.write_bytes(bytes(content))
    assert load(tmp_path, KEY, Loop(Settings()), kept.size) is None


def test_only_two_are_kept(kept: Snapshot, tmp_path: Path) -> None:
    for size in (10, 20, 30):
        save(tmp_path, KEY, Snapshot(kept.loop, kept.transitions, size, True))
    assert len(list((tmp_path / FOLDER).iterdir())) == 2
