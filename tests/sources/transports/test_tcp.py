"""Lines over TCP: on disk as they come, from whom they may come, and nothing endless."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

import pytest

from viewtrail.errors import BadInput
from viewtrail.sources.transports.line_spool import LONGEST
from viewtrail.sources.transports.tcp import LineServer


@pytest.fixture
def serve(tmp_path):
    servers = []

    def start(**more) -> LineServer:
        servers.append(LineServer("127.0.0.1", 0, tmp_path / "in" / "spool.log", **more))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def send(server: LineServer, *parts: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        for part in parts:
            connection.sendall(part)


def until(what: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not what():
        assert time.monotonic() < end, "waited ten seconds"
        time.sleep(0.02)


def test_lines_are_on_disk_whole_and_readable_by_their_owner_alone(serve, tmp_path):
    server, spool = serve(), tmp_path / "in" / "spool.log"
    send(server, b"Call 1,a\nCall", b" 2,b\n", b"Call 3,c")
    until(lambda: spool.read_bytes() == b"Call 1,a\nCall 2,b\nCall 3,c\n")
    assert spool.stat().st_mode & 0o777 == 0o600


def test_only_those_who_may_connect_are_heard(serve, tmp_path):
    server = serve(peers=frozenset({"192.0.2.1"}))
    send(server, b"Call 1,a\n")
    until(lambda: server.refused)
    assert (tmp_path / "in" / "spool.log").read_bytes() == b""


def test_a_line_without_an_end_is_cut_off(serve, tmp_path):
    server = serve()
    with pytest.raises(OSError):  # noqa: PT011  # the connection is closed under us
        send(server, *[b"x" * LONGEST] * 200)
    until(lambda: server.refused)
    assert (tmp_path / "in" / "spool.log").read_bytes() == b""


def test_the_spool_is_emptied_only_when_all_of_it_was_read(serve, tmp_path):
    server, spool = serve(), tmp_path / "in" / "spool.log"
    send(server, b"Call 1,a\n")
    until(lambda: spool.stat().st_size)
    assert not server.trim(3)
    assert server.trim(9)
    send(server, b"Call 2,b\n")
    until(lambda: spool.read_bytes() == b"Call 2,b\n")


def test_a_port_that_is_taken_is_said(serve, tmp_path):
    with pytest.raises(BadInput, match="cannot be listened on"):
        LineServer("127.0.0.1", serve().port, tmp_path / "other.log")


def test_it_ends_at_once_and_leaves_no_thread(serve):
    before = set(threading.enumerate())
    server = serve()
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(b"Call 1,a\n")

        def mine() -> set[threading.Thread]:
            return {one for one in set(threading.enumerate()) - before if one.name == "tcp lines"}

        until(lambda: len(mine()) == 2)  # one listens, one receives
        begun = time.monotonic()
        server.close()
        assert mine() == set()
        assert time.monotonic() - begun < 4


def test_what_was_refused_is_said_once(serve):
    server = serve(peers=frozenset({"192.0.2.1"}))
    assert server.said() == []
    send(server)
    until(lambda: server.refused)
    assert server.said() == ["1 connections refused or cut off"]
    assert server.said() == []
