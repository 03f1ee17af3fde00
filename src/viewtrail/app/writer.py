"""The one writer at work: many producers hand in parts, one thread writes them by the group and signs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from viewtrail.app.missing_numbers import added, left_open
from viewtrail.app.writer_clock import ServerClock
from viewtrail.app.writer_queue import Job, QueueFull, WriterQueue
from viewtrail.errors import LogBusy, LogDamaged, ViewtrailError
from viewtrail.event import Event
from viewtrail.log import Log, Part, Receipt
from viewtrail.log.checkpoint import Checkpoint
from viewtrail.log.log import GROUP
from viewtrail.log.ready import Ready

SIGN_AFTER: Final = 60.0
"""Seconds after which what was added is signed, however little it is."""

HEARTBEAT: Final = 3_600.0
"""Seconds after which a log that nobody added to says so itself and is signed: silence must show."""

DISK_ASKED: Final = 0.5
"""Seconds for which an answer about free disk space holds."""


_FORESEEN: Final = (ViewtrailError, OSError)
_FATAL: Final = (LogDamaged, LogBusy)
_logger: Final = logging.getLogger(__name__)


class DiskLow(ViewtrailError):
    """The disk's reserve is reached: nothing from outside is taken any more."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`queue` events may wait; `reserve` bytes of disk stay free; a signature at least each `sign_every`."""

    queue: int
    reserve: int
    sign_every: int


class Writer:
    """Owns an open `Log` and the only thread that touches it. Every future is answered after the commit.

    `clock` is the wall clock (µs), `free` says how many bytes the disk has left. After LogDamaged, or when
    another process has taken the log, it writes nothing any more: `broken` says why, `on_broken` is called.
    """

    def __init__(
        self,
        log: Log,
        limits: Limits,
        *,
        clock: Callable[[], int],
        free: Callable[[], int],
        on_broken: Callable[[], None] = lambda: None,
        running: Callable[[], float] = monotonic,
    ) -> None:
        self._log = log
        self._limits = limits
        self._clock = ServerClock(clock, last=log.storage.meta("received"))
        self._running = running
        self._free = free
        self._on_broken = on_broken
        self._queue = WriterQueue(limits.queue)
        self._leaving = False
        self._grown = threading.Condition()
        self._disk = (running() - DISK_ASKED, 0)
        self._numbers = left_open(log, self._clock.now())
        self._unsaid: list[Event] = []
        self.broken: ViewtrailError | None = None
        self.signed = log.latest_checkpoint()
        self._signed_at = running()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    # -- for producers, from any thread

    @property
    def tenant_key(self) -> bytes:
        """For a process beside this one that makes events ready: digests and pseudonyms are made with it."""
        return self._log.tenant_key

    @property
    def size(self) -> int:
        """Entries on disk."""
        return self._log.size

    @property
    def waiting(self) -> int:
        """Events handed in and not yet on disk."""
        return self._queue.waiting

    def now(self) -> int:
        """The server's clock: it never goes back."""
        return self._clock.now()

    def submit(
        self,
        events: Sequence[Event],
        *,
        aside: Sequence[tuple[str, str, bytes]] = (),
        received: int | None = None,
        backfill: bool = False,
        skew: int = 0,
        masked: bool = False,
        patience: float = 0.0,
        ready: Ready | None = None,
    ) -> Future[list[Receipt]]:
        """At most 2,000 events and what came with them, as one; the future has their receipts when on disk.
        `ready` are the same events where they were made ready already.

        QueueFull when there is no room within `patience` seconds; DiskLow at the reserve, which the house's
        own entries (`masked`) may use. A `received` later than the clock counts as now.
        """
        if not masked:
            self.check_disk()
        now = self.now()
        at = now if received is None else min(received, now)
        part = Part(events, at, backfill, skew, masked, aside, ready)
        return self._queue.put(part, max(1, len(events) + len(aside)), patience)

    def do(self, work: Callable[[Log], Any]) -> Future[Any]:
        """Something else that needs the log, done in its turn."""
        return self._queue.put(lambda: work(self._log), 0, 0.0)

    def would(self, events: Sequence[Event], *, skew: int = 0) -> Future[list[Receipt]]:
        """What `submit` would answer; nothing is written."""
        part = Part(events, self.now(), skew=skew)
        return self._queue.put(lambda: self._log.would(part), len(events), 0.0)

    def checkpoint(self) -> Future[Checkpoint]:
        """The log signed as it is when the turn comes."""
        return self._queue.put(self._sign, 0, 0.0)

    def wait(self, size: int, timeout: float) -> int:
        """The size as soon as it is more than `size`, or as it is after `timeout` seconds."""
        with self._grown:
            self._grown.wait_for(lambda: self._log.size > size or self._leaving, timeout)
        return self._log.size

    def wake(self) -> None:
        """Nobody waits for growth any more: this process is about to end."""
        with self._grown:
            self._leaving = True
            self._grown.notify_all()

    def check_disk(self) -> None:
        """DiskLow when the reserve is reached."""
        asked, free = self._disk
        if self._running() - asked >= DISK_ASKED:
            free = self._free()
            self._disk = self._running(), free
        reserve = self._limits.reserve
        if free < reserve:
            told = f"the disk has {free >> 20:,} MiB left, its reserve is {reserve >> 20:,}"
            raise DiskLow(told, next="make room, then send the same again")

    def close(self) -> None:
        """What waits is written, the log signed and closed."""
        self.wake()
        self._queue.refuse(LogBusy("the log is being closed", next="try again when it is open"), drop=False)
        self._thread.join()
        self._log.close()

    # -- the writing thread

    def _run(self) -> None:
        while self.broken is None:
            jobs = self._queue.take()
            if jobs is None:
                break
            try:
                if jobs:
                    self._work(jobs)
                self._keep_time()
            except Exception as error:
                self._stop_if_fatal(error)
        if self.broken is None:
            self._try_to_sign()

    def _work(self, jobs: list[Job]) -> None:
        try:
            if isinstance(jobs[0].work, Part):
                self._append(jobs)
            else:
                jobs[0].answer()
        finally:
            self._queue.finished(jobs)

    def _append(self, jobs: list[Job]) -> None:
        parts = [job.work for job in jobs if isinstance(job.work, Part)]
        try:
            self._note_step()
            told = self._log.append_parts(parts)
        except Exception as error:
            if len(jobs) > 1 and not isinstance(error, _FORESEEN):
                self._one_by_one(jobs)
                return
            for job in jobs:
                job.done.set_exception(error)
            if isinstance(error, _FORESEEN):
                raise
            return
        for job, receipts in zip(jobs, told, strict=True):
            job.done.set_result(receipts)
        with self._grown:
            self._grown.notify_all()
        self._note_numbers(parts, told)

    def _one_by_one(self, jobs: list[Job]) -> None:
        """A part that cannot be written for a reason nobody foresaw must not fail the others."""
        failed: Exception | None = None
        for job in jobs:
            try:
                self._append([job])
            except _FORESEEN as error:
                failed = error
        if failed is not None:
            raise failed

    def _note_numbers(self, parts: list[Part], told: list[list[Receipt]]) -> None:
        """Of what arrives now; history comes in any order, `verify` counts it."""
        now = self._clock.now()
        for part, receipts in zip(parts, told, strict=True):
            if not part.backfill and not part.masked:
                self._numbers.note(added(part, receipts), now)

    def _note_step(self) -> None:
        stepped = self._clock.stepped()
        if stepped is not None:
            self._tell([stepped])

    def _tell(self, own: list[Event]) -> None:
        """Entries of the writer's own."""
        self._log.append(own, received=self._clock.now(), masked=True)
        with self._grown:
            self._grown.notify_all()

    def _keep_time(self) -> None:
        """Look again at what was written, and sign when it is time to."""
        log, since = self._log, self._running() - self._signed_at
        log.look_again(2 * GROUP)
        self._unsaid += self._numbers.due(self._clock.now())
        if self._unsaid:
            self._tell(self._unsaid)
            self._unsaid = []
        new = log.size - (self.signed.size if self.signed else 0)
        if since >= HEARTBEAT and not new:
            self._tell([self._clock.heartbeat()])
            new = 1
        if new >= self._limits.sign_every or (new and since >= SIGN_AFTER):
            self._sign()

    def _sign(self) -> Checkpoint:
        self.signed = self._log.checkpoint()
        self._signed_at = self._running()
        return self.signed

    def _try_to_sign(self) -> None:
        try:
            if self._log.size:
                self._sign()
        except Exception as error:
            self._stop_if_fatal(error)

    def _stop_if_fatal(self, error: Exception) -> None:
        """A disk that could not be written to may come back: whoever waited was told, and the next write
        reads back first. After anything else nothing is written any more."""
        if isinstance(error, _FORESEEN) and not isinstance(error, _FATAL):
            return
        if not isinstance(error, ViewtrailError):
            _logger.error("the writer stopped", exc_info=error)
            error = ViewtrailError(
                f"the writer stopped: {error!r}", next="start it again; tell us how it came"
            )
        self.broken = error
        self._queue.refuse(error, drop=True)
        self._on_broken()


__all__ = ["DiskLow", "Limits", "QueueFull", "Writer"]
