"""The writer at work: shared writes, a bounded queue, signatures in time, and failures that lose nothing."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from log.some_events import HOUR, MONDAY, SECOND, viewed
from viewtrail.app.writer import DiskLow, Limits, QueueFull, Writer
from viewtrail.errors import LogBusy, LogDamaged, ViewtrailError
from viewtrail.log import Log
from viewtrail.log.storage import Batch
from viewtrail.store import open_log, open_reader, verify_home

GIB = 1 << 30


@dataclass
class Bench:
    """A writer whose clocks and disk are ours."""

    writer: Writer
    log: Log
    wall: list[int]
    passed: list[float]
    free: list[int]
    broken: list[bool] = field(default_factory=list)

    def later(self, seconds: float) -> None:
        """Time passes, on every clock, and the writer has looked at it."""
        self.wall[0] += int(seconds * SECOND)
        self.passed[0] += seconds
        self.turn()

    def turn(self) -> None:
        """The writing thread has had its turn twice: what the first began is done."""
        for _ in range(2):
            self.writer.do(lambda log: log.size).result()

    def types(self) -> list[str]:
        return [logged.entry.event.type for logged in self.writer.do(lambda log: list(log.read())).result()]


@contextmanager
def at_work(home: Path, *, queue: int = 20_000, sign_every: int = 50_000) -> Iterator[Bench]:
    log = open_log(home)
    wall, passed, free, broken = [MONDAY + HOUR], [1_000.0], [100 * GIB], list[bool]()
    writer = Writer(
        log,
        Limits(queue, GIB, sign_every),
        clock=lambda: wall[0],
        free=lambda: free[0],
        on_broken=lambda: broken.append(True),
        running=lambda: passed[0],
    )
    # What the wall clock is held against has to pass with it.
    writer._clock._running = lambda: int(passed[0] * SECOND)
    writer._clock._seen = (wall[0], int(passed[0] * SECOND))
    try:
        yield Bench(writer, log, wall, passed, free, broken)
    finally:
        writer.close()


class Held:
    """The log's storage stops before each write until it is let go."""

    def __init__(self, log: Log) -> None:
        self.go, self.reached, self.writes = threading.Event(), threading.Event(), 0
        write: Callable[[Batch], None] = log.storage.write

        def held(batch: Batch) -> None:
            self.reached.set()
            assert self.go.wait(20)
            self.writes += 1
            write(batch)

        log.storage.write = held  # type: ignore[method-assign]


def test_many_producers_share_few_writes_and_each_has_its_own_receipts(tmp_path: Path) -> None:
    with at_work(tmp_path) as bench:
        held = Held(bench.log)
        first = bench.writer.submit([viewed(0)])
        assert held.reached.wait(20)
        rest = [bench.writer.submit([viewed(n), viewed(n)]) for n in range(1, 200)]
        assert not first.done(), "nothing is acknowledged before it is on disk"
        held.go.set()
        for n, done in enumerate(rest, start=1):
            receipts = done.result(20)
            assert [one.outcome for one in receipts] == ["added", "repeated"]
            assert {one.index for one in receipts} == {n}
        assert held.writes == 2
        assert bench.writer.size == 200
    assert verify_home(tmp_path).exit_code == 0


def test_a_group_is_no_larger_than_two_thousand_events(tmp_path: Path) -> None:
    with at_work(tmp_path) as bench:
        held = Held(bench.log)
        first = bench.writer.submit([viewed(0)])
        assert held.reached.wait(20)
        parts = [bench.writer.submit([viewed(n) for n in range(at, at + 900)]) for at in range(1, 4_501, 900)]
        held.go.set()
        assert all(len(done.result(20)) == 900 for done in parts)
        assert first.result().pop().index == 0
        assert held.writes == 1 + 3


def test_a_full_queue_refuses_at_once_or_waits_as_long_as_it_may(tmp_path: Path) -> None:
    with at_work(tmp_path, queue=10) as bench:
        held = Held(bench.log)
        bench.writer.submit([viewed(n) for n in range(50)])  # larger than the queue, which was empty
        assert held.reached.wait(20)
        with pytest.raises(QueueFull, match="50 events wait"):
            bench.writer.submit([viewed(100)])
        with pytest.raises(QueueFull):
            bench.writer.submit([viewed(100)], patience=0.05)
        threading.Timer(0.1, held.go.set).start()
        assert bench.writer.submit([viewed(100)], patience=20).result(20)[0].outcome == "added"
        assert bench.writer.size == 51


def test_at_the_disks_reserve_only_the_houses_own_entries_are_taken(tmp_path: Path) -> None:
    with at_work(tmp_path) as bench:
        bench.writer.submit([viewed(1)]).result()
        bench.free[0] = GIB - 1
        bench.later(1)
        with pytest.raises(DiskLow, match="1,023 MiB left, its reserve is 1,024"):
            bench.writer.submit([viewed(2)])
        own = viewed(3, source="viewtrail")
        assert bench.writer.submit([own], masked=True).result()[0].outcome == "added"
        bench.free[0] = 2 * GIB
        bench.later(1)
        assert bench.writer.submit([viewed(2)]).result()[0].outcome == "added"


def test_it_signs_after_a_minute_after_so_many_entries_and_at_the_end(tmp_path: Path) -> None:
    def signed(bench: Bench) -> int:
        return bench.writer.signed.size if bench.writer.signed else 0

    with at_work(tmp_path, sign_every=100) as bench:
        bench.writer.submit([viewed(1)]).result()
        bench.later(59)
        assert signed(bench) == 0
        bench.later(2)
        assert signed(bench) == 1
        bench.writer.submit([viewed(n) for n in range(2, 102)]).result()
        bench.turn()
        assert signed(bench) == 101
        bench.writer.submit([viewed(500)]).result()
    report = verify_home(tmp_path)
    assert (report.exit_code, report.size) == (2, 102), "a hole in the numbers and nothing else"
    with open_log(tmp_path) as log:
        last = log.latest_checkpoint()
        assert last is not None
        assert last.size == 102


def test_an_hour_of_silence_is_told_and_signed(tmp_path: Path) -> None:
    with at_work(tmp_path) as bench:
        bench.writer.submit([viewed(1)]).result()
        bench.later(61)
        bench.later(3_500)
        assert bench.types() == ["record.viewed"]
        bench.later(200)
        assert bench.types() == ["record.viewed", "clock.ticked"]
        assert bench.writer.signed is not None
        assert bench.writer.signed.size == 2


def test_a_clock_put_back_is_an_event_and_receipts_never_go_back(tmp_path: Path) -> None:
    with at_work(tmp_path) as bench:
        bench.writer.submit([viewed(1)]).result()
        bench.wall[0] -= HOUR // 2
        bench.writer.submit([viewed(2)]).result()
        bench.later(10)
        bench.writer.submit([viewed(3)]).result()
        logged = bench.writer.do(lambda log: [one.entry for one in log.read()]).result()
        assert [one.event.type for one in logged] == ["record.viewed", "clock.stepped"] + [
            "record.viewed"
        ] * 2
        assert {one.received for one in logged} == {MONDAY + HOUR}
        data = logged[1].event.data
        assert (data["from"], data["to"], data["why"]) == (MONDAY + HOUR // 2, MONDAY + HOUR, "back")


def test_a_receipt_in_the_future_counts_as_now(tmp_path: Path) -> None:
    with at_work(tmp_path) as bench:
        bench.writer.submit([viewed(1)], received=MONDAY + 400 * 24 * HOUR).result()
        bench.writer.submit([viewed(2)], received=MONDAY).result()
        received = bench.writer.do(lambda log: [one.entry.received for one in log.read()]).result()
        assert received == [MONDAY + HOUR] * 2


def test_a_number_that_stays_missing_is_told_and_told_again_when_it_comes(tmp_path: Path) -> None:
    with at_work(tmp_path) as bench:
        bench.writer.submit([viewed(0), viewed(2)]).result()
        bench.later(59)
        assert bench.types() == ["record.viewed"] * 2
        bench.later(2)
        assert bench.types() == ["record.viewed"] * 2 + ["capture.gap"]
        missing = verify_home(tmp_path).completeness.problems
        assert missing == ["/crm: number 2 is missing"], "counted from the numbers themselves, and once"
        bench.writer.submit([viewed(1)]).result()
        bench.turn()
        told = [one.entry.event.data for one in bench.writer.do(lambda log: list(log.read(2))).result()]
        assert [data.get("why") for data in told] == ["numbers-missing", None, "numbers-came-late"]
        assert told[0]["feed"] == "/crm"
    assert verify_home(tmp_path).exit_code == 0


def test_history_has_no_order_to_miss_anything_in(tmp_path: Path) -> None:
    with at_work(tmp_path) as bench:
        bench.writer.submit([viewed(0), viewed(9)], backfill=True).result()
        bench.later(100)
        assert bench.types() == ["record.viewed"] * 2


def test_whoever_waits_hears_of_growth(tmp_path: Path) -> None:
    with at_work(tmp_path) as bench:
        assert bench.writer.wait(0, 0.01) == 0
        heard = list[int]()
        waiting = threading.Thread(target=lambda: heard.append(bench.writer.wait(0, 20)))
        waiting.start()
        bench.writer.submit([viewed(1)]).result()
        waiting.join(20)
        assert heard == [1]


@pytest.mark.parametrize("reached_the_disk", [True, False])
def test_a_failed_write_is_told_to_all_of_its_group_and_the_next_reads_back_first(
    tmp_path: Path, reached_the_disk: bool
) -> None:
    with at_work(tmp_path) as bench:
        bench.writer.submit([viewed(0)]).result()
        write = bench.log.storage.write

        def failing(batch: Batch) -> None:
            if reached_the_disk:
                write(batch)
            raise OSError(5, "Input/output error")

        bench.log.storage.write = failing  # type: ignore[method-assign]
        lost = [bench.writer.submit([viewed(n)]) for n in (1, 2)]
        for done in lost:
            with pytest.raises(OSError, match="Input/output"):
                done.result(20)
        bench.log.storage.write = write  # type: ignore[method-assign]
        again = [bench.writer.submit([viewed(n)]).result(20)[0].outcome for n in (1, 2)]
        assert again == (["repeated"] * 2 if reached_the_disk else ["added"] * 2)
        assert bench.writer.size == 3
        assert not bench.broken
    assert verify_home(tmp_path).exit_code == 0


def test_a_part_that_nobody_foresaw_fails_alone(tmp_path: Path) -> None:
    with at_work(tmp_path) as bench:
        held = Held(bench.log)
        bench.writer.submit([viewed(0)])
        assert held.reached.wait(20)
        before = bench.writer.submit([viewed(1)])
        strange: Any = [object()]
        poison = bench.writer.submit(strange)
        after = bench.writer.submit([viewed(2)])
        held.go.set()
        assert before.result(20)[0].outcome == "added"
        with pytest.raises(AttributeError):
            poison.result(20)
        assert after.result(20)[0].outcome == "added"
        assert bench.writer.size == 3


def test_a_log_that_is_not_the_one_signed_is_written_to_no_more_and_says_so_to_everybody(
    tmp_path: Path,
) -> None:
    with at_work(tmp_path) as bench:
        bench.writer.submit([viewed(1)]).result()
        bench.writer.checkpoint().result(20)
        held = Held(bench.log)
        writing = bench.writer.submit([viewed(2)])
        assert held.reached.wait(20)
        signing, after = bench.writer.checkpoint(), bench.writer.submit([viewed(3)])
        (tmp_path / "checkpoint").write_text("somebody else's")
        held.go.set()
        assert writing.result(20)[0].outcome == "added"
        for done in (signing, after):
            with pytest.raises(LogDamaged, match="not a checkpoint"):
                done.result(20)
        bench.writer._thread.join(20)
        assert bench.broken == [True]
        with pytest.raises(LogDamaged):
            bench.writer.submit([viewed(999)])
        assert isinstance(bench.writer.broken, ViewtrailError)
    with open_reader(tmp_path) as reader:
        assert reader.size == 2


def test_what_waits_at_the_end_is_written_and_what_comes_after_is_refused(tmp_path: Path) -> None:
    with at_work(tmp_path) as bench:
        held = Held(bench.log)
        bench.writer.submit([viewed(0)])
        assert held.reached.wait(20)
        last = bench.writer.submit([viewed(1)])
        closing = threading.Thread(target=bench.writer.close)
        closing.start()
        held.go.set()
        closing.join(20)
        assert last.result()[0].outcome == "added"
        with pytest.raises(LogBusy, match="being closed"):
            bench.writer.submit([viewed(2)])
    assert verify_home(tmp_path).size == 2
