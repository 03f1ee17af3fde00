"""What waits for the writer: parts and other work in the order they came, never more than may wait."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final

from viewtrail.errors import LogBusy, ViewtrailError
from viewtrail.log import Part
from viewtrail.log.log import GROUP

IDLE: Final = 1.0
"""Seconds after which the writer looks at the clock though nobody has come."""


class QueueFull(LogBusy):
    """More is waiting to be written than may wait."""


@dataclass(slots=True)
class Job:
    """A part to append, or something else to do on the writing thread in its turn; `weight` in events."""

    work: Part | Callable[[], Any]
    done: Future[Any]
    weight: int

    def answer(self) -> None:
        """Do what is no part. Raises what it raised when it is about the log, after telling who waits."""
        assert not isinstance(self.work, Part)
        try:
            self.done.set_result(self.work())
        except Exception as error:
            self.done.set_exception(error)
            if isinstance(error, ViewtrailError | OSError):
                raise


class WriterQueue:
    """Many put, one takes. `waiting`: events that were put and are not finished."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._jobs: deque[Job] = deque()
        self._lock = threading.Lock()
        self._filled = threading.Condition(self._lock)
        self._emptied = threading.Condition(self._lock)
        self._refusal: ViewtrailError | None = None
        self.waiting = 0

    def put(self, work: Part | Callable[[], Any], weight: int, patience: float) -> Future[Any]:
        """The future of this work. QueueFull when there is no room within `patience` seconds."""
        job = Job(work, Future(), weight)
        job.done.set_running_or_notify_cancel()  # whoever stops waiting does not stop the write
        with self._lock:
            if weight and not self._emptied.wait_for(lambda: self._has_room(weight), patience):
                told = f"{self.waiting:,} events wait to be written, as many as may"
                raise QueueFull(told, next="try again in a second")
            if self._refusal is not None:
                raise self._refusal
            self._jobs.append(job)
            self.waiting += weight
            self._filled.notify()
        return job.done

    def _has_room(self, weight: int) -> bool:
        if self._refusal is not None:
            return True  # to be told so
        return self.waiting == 0 or self.waiting + weight <= self._room

    def take(self) -> list[Job] | None:
        """All that waits, up to a group; [] when it is time to look at the clock, None at the end.

        What comes while a group is being written shares the next write: nobody waits for company.
        """
        with self._lock:
            if not self._jobs and self._refusal is None:
                self._filled.wait(timeout=IDLE)
            if not self._jobs:
                return [] if self._refusal is None else None
            jobs = [self._jobs.popleft()]
            events = jobs[0].weight
            while isinstance(jobs[0].work, Part) and self._jobs and isinstance(self._jobs[0].work, Part):
                events += self._jobs[0].weight
                if events > GROUP:
                    break
                jobs.append(self._jobs.popleft())
            return jobs

    def finished(self, jobs: list[Job]) -> None:
        """There is room again for as much as these had."""
        with self._lock:
            self.waiting -= sum(job.weight for job in jobs)
            self._emptied.notify_all()

    def refuse(self, error: ViewtrailError, *, drop: bool) -> None:
        """Nothing more is let in, for this reason; what waits is told it too (`drop`), or is still taken."""
        with self._lock:
            self._refusal = error
            left = list(self._jobs) if drop else []
            if drop:
                self._jobs.clear()
                self.waiting -= sum(job.weight for job in left)
            self._filled.notify_all()
            self._emptied.notify_all()
        for job in left:
            job.done.set_exception(error)
