"""Lines fetched from a system that listens: through its restarts, and what was missed is told."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable

import pytest

from viewtrail.sources.transports import tcp_out
from viewtrail.sources.transports.tcp_out import SHORT, LineCaller

SECOND = 1_000_000


class Telephones:
    """A telephone system that listens, as 3CX does with its passive socket; it may stop and come back."""

    def __init__(self, port: int = 0) -> None:
        self.server = socket.create_server(("127.0.0.1", port))
        self.server.settimeout(10)
        self.port = self.server.getsockname()[1]
        self.to: socket.socket | None = None

    def connected(self) -> None:
        self.hang_up()
        self.to, _ = self.server.accept()

    def send(self, lines: bytes) -> None:
        assert self.to is not None
        self.to.sendall(lines)

    def hang_up(self) -> None:
        if self.to is not None:
            self.to.close()

    def stop(self) -> None:
        self.hang_up()
        self.server.close()


class Clock:
    def __init__(self) -> None:
        self.now = 1_772_500_000 * SECOND

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def telephones():
    made = []

    def make(port: int = 0) -> Telephones:
        made.append(Telephones(port))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.setattr(tcp_out, "FIRST_S", 0.05)
    monkeypatch.setattr(tcp_out, "LAST_S", 0.2)
    callers = []

    def start(port: int, clock: Callable[[], int]) -> LineCaller:
        callers.append(LineCaller("127.0.0.1", port, tmp_path / "in" / "spool.log", clock=clock))
        return callers[-1]

    yield start
    for one in callers:
        one.close()


def until(what: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not what():
        assert time.monotonic() < end, "waited ten seconds"
        time.sleep(0.02)


def test_lines_of_a_system_that_listens_are_on_disk(telephones, call, tmp_path):
    pbx, spool = telephones(), tmp_path / "in" / "spool.log"
    caller = call(pbx.port, Clock())
    pbx.connected()
    pbx.send(b"Call 1,a\r\nCall")
    pbx.send(b" 2,b\r\n")
    until(lambda: spool.read_bytes() == b"Call 1,a\r\nCall 2,b\r\n")
    assert caller.said() == [f"{caller.place}: connected"]
    assert caller.missed() == []


def test_it_connects_again_when_the_other_side_comes_back_and_says_what_it_missed(telephones, call, tmp_path):
    pbx, clock, spool = telephones(), Clock(), tmp_path / "in" / "spool.log"
    caller = call(pbx.port, clock)
    pbx.connected()
    pbx.send(b"Call 1,a\n")
    until(lambda: spool.stat().st_size)
    begun = clock.now
    pbx.stop()
    until(lambda: any("has ended" in line for line in caller.said()))
    until(lambda: any("not connected" in line for line in caller.said()))
    clock.now += 10 * 60 * SECOND
    again = telephones(pbx.port)
    again.connected()
    until(caller.missed)
    assert caller.missed() == [(begun, clock.now)]
    caller.told()
    assert caller.missed() == []
    again.send(b"Call 2,b\n")
    until(lambda: spool.read_bytes() == b"Call 1,a\nCall 2,b\n")


def test_a_restart_of_the_other_side_is_no_gap(telephones, call):
    pbx, clock = telephones(), Clock()
    caller = call(pbx.port, clock)
    pbx.connected()
    pbx.stop()
    until(lambda: any("has ended" in line for line in caller.said()))
    clock.now += SHORT - 1
    telephones(pbx.port).connected()
    until(lambda: any(line.endswith(": connected") for line in caller.said()))
    assert caller.missed() == []


def test_what_went_by_while_we_ourselves_were_away_is_missed_too(telephones, call):
    pbx, clock = telephones(), Clock()
    caller = call(pbx.port, clock)
    pbx.connected()
    until(caller.said)
    stopped = clock.now
    caller.close()
    clock.now += 3_600 * SECOND
    caller = call(pbx.port, clock)
    pbx.connected()
    until(caller.missed)
    assert caller.missed() == [(stopped, clock.now)]
    caller.close()  # not told yet: the next start says it again
    clock.now += SECOND
    caller = call(pbx.port, clock)
    pbx.connected()
    until(caller.missed)
    assert caller.missed() == [(stopped, clock.now)]


def test_the_first_connection_ever_has_missed_nothing(telephones, call):
    pbx = telephones()
    caller = call(pbx.port, Clock())
    pbx.connected()
    until(caller.said)
    assert caller.missed() == []


def test_nobody_there_is_said_once_and_tried_again(telephones, call):
    pbx = telephones()
    pbx.stop()
    caller = call(pbx.port, Clock())
    news: list[str] = []

    def heard() -> bool:
        news.extend(caller.said())
        return bool(news)

    until(heard)
    time.sleep(0.5)  # several tries
    heard()
    assert [line for line in news if "not connected" in line] == news[:1]
    telephones(pbx.port).connected()


def test_it_ends_at_once_and_leaves_no_thread(telephones, call):
    pbx = telephones()
    before = set(threading.enumerate())
    caller = call(pbx.port, Clock())
    pbx.connected()
    (thread,) = (one for one in set(threading.enumerate()) - before if one.name == "tcp lines")
    begun = time.monotonic()
    caller.close()
    assert not thread.is_alive()
    assert time.monotonic() - begun < 5


def test_a_full_disk_makes_the_sender_wait_and_loses_nothing(telephones, call, tmp_path, monkeypatch):
    pbx, spool = telephones(), tmp_path / "in" / "spool.log"
    real, full = os.write, threading.Event()
    full.set()

    def write(file: int, data: bytes) -> int:
        if full.is_set() and data.startswith(b"Call"):
            raise OSError(28, "No space left on device")
        return real(file, data)

    monkeypatch.setattr("viewtrail.sources.transports.line_spool.FULL_S", 0.02)
    monkeypatch.setattr("viewtrail.sources.transports.line_spool.os.write", write)
    call(pbx.port, Clock())
    pbx.connected()
    pbx.send(b"Call 1,a\n")
    pbx.send(b"Call 2,b\n")
    time.sleep(0.2)
    assert spool.read_bytes() == b""
    full.clear()
    until(lambda: spool.read_bytes() == b"Call 1,a\nCall 2,b\n")
