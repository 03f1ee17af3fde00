"""With the real intake: what a CRM says is in the log, proven complete, whatever was killed on the way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from capture.real_intake import Intake, intake, viewtrail
from capture.test_kill import host, said_until_killed
from viewtrail.capture import Client, NotLogged

Clients = Callable[..., Client]


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Intake]:
    with intake(tmp_path / "home") as found:
        yield found


def complete(real: Intake) -> None:
    real.stop()
    told = viewtrail(real.home, "verify")
    assert told.returncode == 0, told.stdout + told.stderr
    assert "completeness: good" in told.stdout


def test_an_event_is_in_the_log_within_seconds(real: Intake, clients: Clients) -> None:
    client = clients(real.url, key=real.key)
    began = time.monotonic()
    id = client.viewed("a-117", "L-20931", record_kind="lead", via="list")
    while id not in [event["id"] for event in real.events()]:
        assert time.monotonic() - began < 5
        time.sleep(0.05)
    (event,) = [event for event in real.events() if event["id"] == id]
    assert event["data"]["agent"].startswith("a-")
    assert event["data"]["agent"] != "a-117", "the log keeps a pseudonym"
    client.close()
    complete(real)


def test_what_every_call_tells_is_taken(real: Intake, clients: Clients) -> None:
    from capture.test_client import CALLS

    client = clients(real.url, key=real.key)
    said = [call(client) for call in CALLS.values()]
    with client.reveal("a-1", "L-1", "phone", proof="acknowledged") as reveal:
        assert reveal.id in [event["id"] for event in real.events()], "in the log before it is shown"
    assert client.flush(10)
    assert {*said, reveal.id} <= {event["id"] for event in real.events()}
    assert client.health()["set_aside"] == 0
    complete(real)


def test_an_intake_killed_and_started_again_loses_nothing(real: Intake, clients: Clients) -> None:
    client, said = clients(real.url, key=real.key), []
    more = threading.Event()

    def talk() -> None:
        while not more.wait(0.002):
            said.append(client.viewed("a-1", f"L-{len(said)}"))

    thread = threading.Thread(target=talk)
    thread.start()
    for _ in range(2):
        time.sleep(0.4)
        real.stop(kill=True)
        time.sleep(0.2)
        real.start()
    more.set()
    thread.join()
    until = time.monotonic() + 60
    while not client.flush(1):
        assert time.monotonic() < until, client.health()
    assert [e["id"] for e in real.events() if e["type"] == "record.viewed"] == said
    complete(real)


def test_hosts_killed_at_any_moment_leave_a_complete_log(
    real: Intake, clients: Clients, tmp_path: Path
) -> None:
    spool, said = tmp_path / "spool", set[str]()
    for round in range(3):
        said |= said_until_killed(host(real.url, spool, 10**9, real.key), 20, 0.1 * round)
    client = clients(real.url, key=real.key)
    client.start()
    until = time.monotonic() + 60
    while not (client.flush(0.2) and len([p for p in spool.iterdir() if p.is_dir()]) <= 1):
        assert time.monotonic() < until, client.health()
    client.close()
    assert said <= {event["id"] for event in real.events()}
    complete(real)


def test_a_key_that_was_taken_back_keeps_everything_and_says_so(real: Intake, clients: Clients) -> None:
    client = clients(real.url, key="vt_nobody-made-this-one")
    client.viewed("a-1", "L-1")
    assert not client.flush(1.0)
    told = client.health()
    assert "the key is refused (401" in told["problem"]
    assert told["pending"] == 2
    with pytest.raises(NotLogged), client.reveal("a-1", "L-1", "phone", proof="acknowledged"):
        pytest.fail("shown")


def test_a_source_that_the_key_does_not_cover_keeps_everything(real: Intake, clients: Clients) -> None:
    client = clients(real.url, key=real.key, source="/telephony")
    client.called("a-1", "L-1")
    assert not client.flush(1.0)
    assert "403" in client.health()["problem"]
    assert client.health()["pending"] == 2
