"""What goes wrong while events are sent: killed, full, slow, stopped. Nothing acknowledged is ever lost."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from log.some_events import viewed
from viewtrail.errors import LogDamaged, ViewtrailError
from viewtrail.store import open_reader, verify_home
from viewtrail.store.remote_log import RemoteLog
from web.intake.running import Running, openings, outcomes, running

Acknowledged = dict[str, int]


def entries(home: Path) -> dict[str, int]:
    with open_reader(home) as reader:
        return {one.entry.event.id: one.index for one in reader.read()}


def posting(intake: Running, number: int, told: Acknowledged, stop: threading.Event) -> threading.Thread:
    """A producer that sends batches of its own and notes each index it is told, until it is stopped."""

    def post() -> None:
        with httpx.Client(base_url=intake.url, headers=intake.client.headers, timeout=20) as client:
            batch = 0
            while not stop.is_set():
                first = number * 1_000_000 + batch * 20
                try:
                    answer = client.post("/v1/events", json=openings(20, first))
                except httpx.HTTPError:
                    return
                if answer.status_code == 200:
                    told.update((one["id"], one["index"]) for one in answer.json()["results"])
                batch += 1

    thread = threading.Thread(target=post)
    thread.start()
    return thread


def while_posting(intake: Running, seconds: float, then: Callable[[], Any]) -> Acknowledged:
    """What eight producers were told until `then` had happened to the writer, at work for some time."""
    told, stop = Acknowledged(), threading.Event()
    threads = [posting(intake, number, told, stop) for number in range(8)]
    while len(told) < 300 and threads[0].is_alive():
        time.sleep(0.01)
    time.sleep(seconds)
    then()
    stop.set()
    for thread in threads:
        thread.join(60)
    return told


def test_a_writer_killed_again_and_again_has_everything_it_acknowledged(tmp_path: Path) -> None:
    home, chance, told = tmp_path / "home", random.Random(9), Acknowledged()
    secret = ""
    for turn in range(3):
        with running(home, secret=secret) as intake:
            secret = intake.client.headers["authorization"].split()[1]
            if turn:
                again = openings(20)
                assert set(outcomes(intake.post(again))) == {"repeated"}
            told |= while_posting(intake, chance.uniform(0.0, 0.2), intake.kill)
        kept = entries(home)
        assert all(kept[id] == index for id, index in told.items())
        assert verify_home(home).integrity.good
    assert len(told) >= 300
    with running(home, secret=secret) as intake:
        intake.stop()
    report = verify_home(home)
    assert report.integrity.good
    assert report.size == len(entries(home))


def test_a_full_queue_is_429_and_the_same_again_is_taken_later(tmp_path: Path) -> None:
    with running(tmp_path / "home", queue_events=50) as intake:
        answers = list[httpx.Response]()
        intake.process.send_signal(signal.SIGSTOP)  # nothing is written meanwhile: all of it comes at once

        def post(number: int) -> None:
            answers.append(
                httpx.post(
                    f"{intake.url}/v1/events", json=openings(40, number * 40), headers=head, timeout=60
                )
            )

        head = dict(intake.client.headers)
        threads = [threading.Thread(target=post, args=(number,)) for number in range(12)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        intake.process.send_signal(signal.SIGCONT)
        for thread in threads:
            thread.join(60)
        statuses = {answer.status_code for answer in answers}
        assert statuses == {200, 429}
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert refused.headers["retry-after"] == "1"
        assert "events wait to be written" in refused.json()["error"]
        acknowledged = 40 * sum(answer.status_code == 200 for answer in answers)
        assert len(entries(intake.home)) == acknowledged + 1, "of what was refused nothing is there"
        for number in range(12):
            while intake.post(openings(40, number * 40)).status_code == 429:
                time.sleep(0.05)
        assert len(entries(intake.home)) == 12 * 40 + 1


def test_a_long_body_waits_for_room_by_itself(tmp_path: Path) -> None:
    with running(tmp_path / "home", queue_events=50) as intake:
        answer = intake.post(openings(9_000))
        assert answer.json()["accepted"] == 9_000


def test_at_the_reserve_of_the_disk_it_is_507_and_our_own_entries_are_taken(tmp_path: Path) -> None:
    with running(tmp_path / "home", disk_reserve_mib=1 << 40) as intake:
        answer = intake.post(openings(3))
        assert answer.status_code == 507
        assert "its reserve is" in answer.json()["error"]
        assert answer.headers["retry-after"]
        ready = intake.client.get("/ready")
        assert (ready.status_code, ready.json()["status"]) == (503, "not ready")
        assert intake.client.get("/health").status_code == 200
        with RemoteLog(intake.home) as log:
            with pytest.raises(ViewtrailError, match="its reserve is"):
                log.append([viewed(1)])
            assert log.append([viewed(2, source="viewtrail")], masked=True)[0].outcome == "added"
            assert log.checkpoint().size == log.size
        assert entries(intake.home).keys() & {"e-0", "e-1", "e-2"} == {"e-2"}


def test_a_disk_that_takes_no_more_is_told_and_after_making_room_it_goes_on(tmp_path: Path) -> None:
    with running(tmp_path / "home") as intake:
        assert intake.post(openings(100)).json()["accepted"] == 100
        wal = (intake.home / "log.db-wal").stat().st_size
        intake.file_limit(wal + 20_000)
        refused = [intake.post(openings(500, 1_000 + 500 * turn)) for turn in range(3)]
        assert {answer.status_code for answer in refused} <= {503, 507}, [one.text for one in refused]
        assert all("lost" in answer.text or "safe" in answer.text for answer in refused)
        intake.file_limit(-1)
        for turn in range(3):
            assert intake.post(openings(500, 1_000 + 500 * turn)).json()["accepted"] == 500
        intake.stop()
    kept = entries(intake.home)
    assert len(kept) == 1 + 100 + 1_500
    assert verify_home(intake.home).integrity.good


def beside(pid: int) -> list[int]:
    """The processes that this one has started."""
    found = list[int]()
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += map(int, (task / "children").read_text().split())
    return found


def test_the_process_that_reads_long_bodies_may_die_and_nobody_notices(tmp_path: Path) -> None:
    with running(tmp_path / "home") as intake:
        assert beside(intake.process.pid) == []
        assert intake.post(openings(1_000)).json()["accepted"] == 1_000
        (reader,) = beside(intake.process.pid)
        for turn in range(1, 4):
            os.kill(reader, signal.SIGKILL)
            assert intake.post(openings(1_000, 1_000 * turn)).json()["accepted"] == 1_000
            assert intake.post(openings(1_000, 1_000 * turn)).json()["accepted"] == 1_000
            (reader,) = beside(intake.process.pid)
        intake.kill()
        deadline = time.monotonic() + 20
        while Path(f"/proc/{reader}").exists() and time.monotonic() < deadline:
            if " Z" in Path(f"/proc/{reader}/stat").read_text():
                break
            time.sleep(0.05)
        else:
            assert not Path(f"/proc/{reader}").exists(), "it ends with the one it works for"
    assert len(entries(tmp_path / "home")) == 4_001


def test_drained_it_takes_nothing_from_outside_and_still_writes_for_the_house(tmp_path: Path) -> None:
    with running(tmp_path / "home") as intake, RemoteLog(intake.home) as log:
        log.drain()
        answer = intake.post(openings(2))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert intake.client.get("/ready").json()["status"] == "draining"
        assert log.append([viewed(1)])[0].outcome == "added"
        assert log.checkpoint().size == log.size


def test_where_the_lock_was_taken_away_the_later_writer_stays_and_the_log_does_not_fork(
    tmp_path: Path,
) -> None:
    with running(tmp_path / "home") as first:
        secret = first.client.headers["authorization"].split()[1]
        assert first.post(openings(20)).json()["accepted"] == 20
        (first.home / "log.lock").unlink()
        with running(first.home, secret=secret) as second:
            assert second.post(openings(20, 20)).json()["accepted"] == 20
            late = first.post(openings(20, 40))
            assert late.status_code == 503
            assert first.process.wait(20) == 3
            assert first.process.stderr is not None
            assert "another process has opened the log" in first.process.stderr.read()
            assert second.post(openings(60)).json()["accepted"] == 60
            with RemoteLog(first.home) as log:
                assert log.size == 61
            second.stop()
    assert len(entries(first.home)) == 61
    assert verify_home(first.home).exit_code == 0


def test_a_log_that_is_not_the_one_signed_ends_the_process_with_a_clear_line(tmp_path: Path) -> None:
    with running(tmp_path / "home") as intake:
        assert intake.post(openings(3)).json()["accepted"] == 3
        (intake.home / "checkpoint").write_text("somebody else's\n")
        with RemoteLog(intake.home) as log, pytest.raises(LogDamaged, match="not a checkpoint"):
            log.checkpoint()
        assert intake.process.wait(20) == 3
        assert intake.process.stderr is not None
        said = intake.process.stderr.read()
        assert "viewtrail: stopped: " in said
        assert "run `viewtrail verify`" in said


def test_stopped_in_order_it_answers_what_had_begun_and_signs(tmp_path: Path) -> None:
    with running(tmp_path / "home") as intake:
        said = list[str]()
        told = while_posting(intake, 0.1, lambda: said.append(intake.stop()))
        assert len(told) >= 300
        kept = entries(intake.home)
        assert all(kept[id] == index for id, index in told.items())
        assert f"{len(kept):,} entries, {len(kept):,} signed" in said[0]
    assert verify_home(intake.home).integrity.good
