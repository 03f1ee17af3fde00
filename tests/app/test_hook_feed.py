"""A hook's posts on disk: a line is whole or not there, the same again is one, and a backlog has an end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.test_follow import NOW, SECOND, brokerage
from sources.connectors import test_yeastar as yeastar
from viewtrail.app import hook_feed
from viewtrail.app.home import Home
from viewtrail.app.hook_feed import Backlog, Feed
from viewtrail.app.hooks import Hook
from viewtrail.app.writer import Limits, Writer

HOOK = Hook("pbx", "yeastar", yeastar.MAPPING, "yeastar", "s", "", "", "https://x", NOW, 1.0)
LATER = NOW + 3_600 * SECOND


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return brokerage(tmp_path)


@pytest.fixture
def writer(home: Home) -> Iterator[Writer]:
    one = Writer(home.own_log(), Limits(1_000, 0, 1_000), clock=lambda: LATER, free=lambda: 1 << 40)
    yield one
    one.close()


def path(home: Home) -> Path:
    return home.path / "hooks" / "pbx.posts"


def entries(home: Home) -> int:
    with home.reader() as log:
        return log.size


def test_a_post_is_read_once_and_does_not_stay(home, writer):
    feed = Feed(home, HOOK, writer)
    before = entries(home)
    for _ in range(3):
        feed.keep(yeastar.event().strip().encode())
    assert path(home).read_text() == yeastar.event()
    feed.step(LATER)
    assert path(home).read_bytes() == b""
    feed.step(LATER + 2 * SECOND)
    assert entries(home) == before + 1
    feed.close()


def test_half_a_line_of_a_power_cut_spoils_nothing(home, writer):
    Feed(home, HOOK, writer).close()
    path(home).write_bytes(b'{"type": 30012, "sn": "36')
    feed = Feed(home, HOOK, writer)
    before = entries(home)
    feed.keep(yeastar.event().strip().encode())
    feed.step(LATER)
    feed.step(LATER + 2 * SECOND)
    assert entries(home) == before + 1
    with home.reader() as log:
        assert [one.place for one in log.set_aside()] == ["pbx.posts:1"]
    feed.close()


def test_a_backlog_asks_to_come_again(home, writer, monkeypatch):
    monkeypatch.setattr(hook_feed, "MOST", 1_000)
    feed = Feed(home, HOOK, writer)
    for number in (1, 2):
        feed.keep(yeastar.event(call_id=f"1772436843.{number}").strip().encode())
    with pytest.raises(Backlog):
        feed.keep(yeastar.event(call_id="1772436843.3").strip().encode())
    feed.step(LATER)
    feed.keep(yeastar.event(call_id="1772436843.77").strip().encode())
    feed.close()
    with pytest.raises(Backlog):
        feed.keep(b"{}")


def test_a_writer_that_takes_nothing_now_loses_nothing(home, writer):
    feed = Feed(home, HOOK, writer)
    feed.keep(yeastar.event(status="ODD").strip().encode())
    writer.close()
    feed.step(LATER)
    assert path(home).read_bytes() != b"", "it is read again later"
    feed.close()
    again = Writer(home.own_log(), Limits(1_000, 0, 1_000), clock=lambda: LATER, free=lambda: 1 << 40)
    feed = Feed(home, HOOK, again)
    feed.step(LATER + 60 * SECOND)
    with home.reader() as log:
        assert len(log.set_aside()) == 1
    feed.close()
    again.close()
