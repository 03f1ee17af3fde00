"""Following a folder: every file once, whatever it is called later, and nothing lost in silence."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from viewtrail.app.follow_folder import FolderFollower
from viewtrail.app.home import Home, open_home
from viewtrail.errors import ViewtrailError

SECOND = 1_000_000
NOW = 1_772_500_000 * SECOND


def opening(number: int) -> str:
    told = {
        "specversion": "1.0", "id": f"v{number}", "source": "/crm", "type": "record.viewed",
        "time": "2026-03-02T09:14:03+02:00", "subject": f"L-{number}", "data": {"agent": "a-117"},
    }  # fmt: skip
    return json.dumps(told) + "\n"


@pytest.fixture
def home(tmp_path) -> Home:
    return open_home(tmp_path / "home")


@pytest.fixture
def inbox(tmp_path) -> Path:
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox"


def run(home: Home, inbox: Path, now: int = NOW, **more: object) -> list[str]:
    """What became of the files that are complete, one follower's whole life."""
    with home.writer() as log:
        asked = {"kind": None, "mapping": None, "quiet": 0, **more}
        follower = FolderFollower(home, log, inbox, **asked)
        while follower.step(now):
            pass
        told = [
            f"{one.file}: {one.added} added, {one.repeated} repeated, {one.set_aside} aside"
            for one in follower.done
        ]
        return told + follower.said


def entries(home: Home) -> list:
    with home.reader() as log:
        return list(log.read())


def test_each_file_is_read_once_over_restarts(home, inbox):
    (inbox / "a.jsonl").write_text(opening(1) + opening(2))
    assert run(home, inbox) == ["a.jsonl: 2 added, 0 repeated, 0 aside"]
    assert run(home, inbox) == []
    (inbox / "b.jsonl").write_text(opening(2) + opening(3))
    assert run(home, inbox) == ["b.jsonl: 1 added, 1 repeated, 0 aside"], "files may overlap"


def test_a_file_that_was_rotated_and_packed_is_not_read_again(home, inbox):
    (inbox / "a.jsonl").write_text(opening(1))
    run(home, inbox)
    (inbox / "a.jsonl.1.gz").write_bytes(gzip.compress((inbox / "a.jsonl").read_bytes()))
    (inbox / "a.jsonl").unlink()
    assert run(home, inbox) == ["a.jsonl.1.gz: holds what was read before"]
    assert run(home, inbox) == []


def test_what_was_there_at_first_is_history_and_what_comes_is_live(home, inbox):
    (inbox / "a.jsonl").write_text(opening(1))
    run(home, inbox)
    (inbox / "b.jsonl").write_text(opening(2))
    run(home, inbox)
    assert [logged.entry.backfill for logged in entries(home)] == [True, False]


def test_what_cannot_be_read_is_kept_and_stops_nothing(home, inbox):
    (inbox / "a.jsonl").write_text(opening(1) + "{rubbish\n")
    (inbox / "b.bin").write_bytes(b"\x00\x01\x02")
    (inbox / "c.jsonl").write_text(opening(2))
    told = run(home, inbox)
    assert sorted(told) == [
        "a.jsonl: 1 added, 0 repeated, 1 aside",
        "b.bin: 0 added, 0 repeated, 1 aside",
        "c.jsonl: 1 added, 0 repeated, 0 aside",
    ]
    with home.reader() as log:
        assert [one.place for one in log.set_aside()] == ["a.jsonl:2", "b.bin"]
    assert run(home, inbox) == ["b.bin: 0 added, 0 repeated, 1 aside"], "tried again after a restart"
    with home.reader() as log:
        assert len(log.set_aside()) == 2, "and kept once"


def test_a_crash_before_it_was_written_down_reads_the_file_again_and_adds_nothing(home, inbox):
    (inbox / "a.jsonl").write_text(opening(1))
    run(home, inbox)
    [state] = (home.path / "follow").glob("*.json")
    state.unlink()
    assert run(home, inbox) == ["a.jsonl: 0 added, 1 repeated, 0 aside"]


def test_a_state_that_cannot_be_read_is_said(home, inbox):
    run(home, inbox)
    [state] = (home.path / "follow").glob("*.json")
    state.write_text("{")
    with pytest.raises(ViewtrailError, match="move it away"):
        run(home, inbox)
