"""Whatever the server answers: nothing is lost, nothing is told twice, and health says what is wrong."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from capture.keeping import Kept, Told, serving
from viewtrail.capture import Client, delivery, spool

Clients = Callable[..., Client]


def say(client: Client, count: int, start: int = 0) -> list[str]:
    return [client.viewed("a-1", f"L-{n}") for n in range(start, start + count)]


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes minutes in life takes parts of a second here; the way through the code is the same."""
    monkeypatch.setattr(delivery, "FIRST_PAUSE_S", 0.05)
    monkeypatch.setattr(delivery, "LONGEST_PAUSE_S", 0.2)
    monkeypatch.setattr(delivery, "KEPT_PAUSE_S", 0.3)
    monkeypatch.setattr(delivery, "ADOPT_S", 0.1)
    monkeypatch.setattr(spool, "BESIDE_S", 0.1)


def test_events_arrive_in_order_compressed_and_with_the_time_of_sending(client: Client, kept: Kept) -> None:
    ids = say(client, 600)
    assert client.flush()
    assert [e["id"] for e in kept.acts] == ids
    request = next(one for one in kept.requests if "content-encoding" in one)
    assert request["authorization"].startswith("Bearer vt_")
    assert request["content-encoding"] == "gzip"
    assert request["content-type"] == "application/cloudevents-batch+json"
    assert request["sent"].endswith("Z")


REFUSALS: dict[str, Told] = {
    "busy": (429, {"error": "the queue is full"}, {"Retry-After": "0"}),
    "draining": (503, {"error": "draining"}, {"Retry-After": "0"}),
    "disk full": (507, {"error": "the disk reserve is reached"}, {}),
    "key refused": (401, {"error": "no such key"}, {}),
    "key of another source": (403, {"error": "not for this source"}, {}),
    "broken": (500, {"error": "it broke"}, {}),
    "a proxy's page": (200, b"<html>please sign in</html>", {}),
    "too few results": (200, {"accepted": 1, "results": []}, {}),
    "not there": (404, b"<html>no such page</html>", {}),
    "a proxy's refusal": (400, b"<html>bad request</html>", {}),
    "moved": (302, b"", {"Location": "/sign-in"}),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_a_refusal_keeps_everything_says_so_and_ends(what: str, client: Client, kept: Kept) -> None:
    kept.always = REFUSALS[what]
    ids = say(client, 20)
    kept.wait(lambda k: k.requests and client.health()["problem"])
    told = client.health()
    assert (told["delivering"], told["pending"], told["sent"]) == (False, 21, 0)
    kept.always = None
    kept.wait(lambda k: len(k.acts) == 20)
    assert client.flush()
    assert [e["id"] for e in kept.acts] == ids
    assert client.health()["delivering"]


def test_retry_after_is_kept_to(client: Client, kept: Kept) -> None:
    kept.answers = [(429, {"error": "busy"}, {"Retry-After": "1"})]
    began = time.monotonic()
    say(client, 3)
    client.flush(0.1)  # asking for more haste does not overrule the server
    kept.wait(lambda k: len(k.acts) == 3)
    assert time.monotonic() - began >= 1.0
    assert len(kept.requests) == 2


def test_a_batch_that_is_too_long_is_sent_in_parts(client: Client, kept: Kept) -> None:
    kept.most = 10
    ids = say(client, 100)
    assert client.flush()
    assert [e["id"] for e in kept.acts] == ids


def test_the_one_event_that_is_refused_is_set_aside_and_the_others_arrive(
    client: Client, kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = kept._keep

    def picky(event: dict[str, Any]) -> dict[str, Any]:
        bad = event.get("subject") == "L-7"
        return {"id": event["id"], "outcome": "set-aside", "why": "an hour ahead"} if bad else good(event)

    monkeypatch.setattr(kept, "_keep", picky)
    ids = say(client, 20)
    assert client.flush()
    assert [e["id"] for e in kept.acts] == [id for n, id in enumerate(ids) if n != 7]
    assert client.health()["set_aside"] == 1
    told = json.loads((tmp_path / "spool" / "set-aside.jsonl").read_text())
    assert (told["event"]["subject"], told["why"]) == ("L-7", "set-aside: an hour ahead")


def test_a_batch_that_is_no_batch_to_the_server_is_narrowed_down_to_the_event_it_means(
    client: Client, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = kept.answer

    def strict(path: str, headers: Any, body: bytes) -> Told:
        import gzip

        raw = gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body
        bad = b'"subject":"L-7"' in raw
        return (422, {"error": "what is that?"}, {}) if bad else answer(path, headers, body)

    monkeypatch.setattr(kept, "answer", strict)
    ids = say(client, 40)
    assert client.flush()
    assert [e["id"] for e in kept.acts] == [id for n, id in enumerate(ids) if n != 7]
    assert client.health()["last_set_aside"] == "422: what is that?"


def test_a_server_that_goes_and_comes_back_misses_nothing(clients: Clients) -> None:
    with serving() as kept:
        client = clients(kept.url)
        ids = say(client, 50)
        assert client.flush()
    ids += say(client, 500, 50)
    assert not client.flush(0.3)
    assert "no answer from the intake" in client.health()["problem"]
    with serving(kept, kept.port):
        assert client.flush(10)
        ids += say(client, 50, 550)
        assert client.flush()
    assert [e["id"] for e in kept.acts] == ids
    assert kept.holes() == {client.health()["boot"]: []}


def test_an_answer_that_is_lost_on_its_way_tells_nothing_twice(client: Client, kept: Kept) -> None:
    keep, lost = kept.answer, []

    def forgetful(path: str, headers: Any, body: bytes) -> Told:
        told = keep(path, headers, body)
        if not lost:
            lost.append(told)
            raise ConnectionAbortedError("kept, and hung up before the answer")
        return told

    kept.answer = forgetful  # type: ignore[method-assign]
    ids = say(client, 30)
    kept.wait(lambda _: client.flush(0.5))
    assert [e["id"] for e in kept.acts] == ids
    assert client.health()["set_aside"] == 0


def test_a_full_spool_tells_its_gap_when_the_server_is_back(clients: Clients) -> None:
    kept = Kept()
    with serving(kept):
        pass
    client = clients(kept.url, spool_bytes=1_000_000)
    for n in range(8_000):
        client.viewed("a-1", f"L-{n}")
    revealed = [client.revealed("a-1", f"L-{n}", "phone") for n in range(50)]
    lost = client.health()["lost"]["spool-full"]
    assert lost > 1_000
    with serving(kept, kept.port):
        assert client.flush(10)
        kept.wait(lambda k: k.gaps() == lost)
    assert set(revealed) <= set(kept.events), "reveals are the last to go"
    numbers = sum(len(holes) for holes in kept.holes().values())
    assert numbers == lost, "and each event lost is a number missing"
    gap = kept.of("capture.gap")[0]["data"]
    assert gap["from"] < gap["to"]


def test_what_dead_processes_left_counts_towards_the_bound_and_gives_way_to_reveals(clients: Clients) -> None:
    kept = Kept()
    with serving(kept):
        pass
    for _ in range(3):
        left = clients(kept.url)
        say(left, 2_000)
        left.close(0.0)
    client = clients(kept.url, spool_bytes=1_000_000)
    client.start()
    boot = client._boot
    assert boot is not None
    kept.wait(lambda _: 0 < boot.delivery.adopted < 6_000 and boot.spool.over <= 0)
    revealed = [client.revealed("a-1", f"L-{n}", "phone") for n in range(50)]
    with serving(kept, kept.port):
        assert client.flush(10)
        kept.wait(lambda k: client.flush(0.1) and not boot.delivery.adopted)
        assert set(revealed) <= set(kept.events)
        # What a process says when it starts may be among what gave way, one event for each of the four.
        kept.wait(lambda k: 0 <= k.gaps() + len(k.of("record.viewed")) - 6_000 <= 4, seconds=60)
        lost = 6_000 - len(kept.of("record.viewed"))
        assert 1_000 < lost < 5_000, "as much as is needed, and no more"


def test_a_slow_server_never_holds_up_a_call(client: Client, kept: Kept) -> None:
    kept.slow_s = 1.0
    times = []
    for n in range(400):
        began = time.perf_counter()
        client.viewed("a-1", f"L-{n}")
        times.append(time.perf_counter() - began)
        time.sleep(0.002)
    assert sorted(times)[200] < 0.001
    kept.slow_s = 0.0
    assert client.flush(10)
    assert len(kept.acts) == 400


def test_many_threads_number_their_events_without_a_hole(client: Client, kept: Kept) -> None:
    def work(name: int) -> None:
        for n in range(250):
            client.viewed(f"a-{name}", f"L-{n}")

    threads = [threading.Thread(target=work, args=(name,)) for name in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.flush(20)
    assert len(kept.acts) == 4_000
    assert kept.holes() == {client.health()["boot"]: []}


def test_closing_delivers_and_leaves_nothing_behind(client: Client, kept: Kept, tmp_path: Path) -> None:
    say(client, 10)
    assert client.close(5.0)
    assert len(kept.acts) == 10
    assert [*(tmp_path / "spool").iterdir()] == []


def test_what_a_process_could_not_deliver_the_next_one_does(clients: Clients) -> None:
    kept = Kept()
    with serving(kept):
        pass
    first = clients(kept.url)
    ids = say(first, 30)
    assert not first.close(0.1)
    with serving(kept, kept.port):
        clients(kept.url).start()
        kept.wait(lambda k: len(k.acts) == 30)
    assert [e["id"] for e in kept.acts] == ids


def test_a_client_closed_while_the_server_is_slow_lets_go_of_its_spool(clients: Clients, kept: Kept) -> None:
    kept.slow_s = 1.6
    client = clients(kept.url)
    say(client, 1)
    boot = client._boot
    assert boot is not None
    time.sleep(0.3)  # its first delivery is on the way by now
    client.close(0.0)
    end = time.monotonic() + 30
    while boot.spool._lock is not None:
        assert time.monotonic() < end, "nobody else could adopt what this one left"
        time.sleep(0.02)
