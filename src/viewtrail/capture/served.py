"""Served is not seen: tells of pages that nobody is known to have looked at, and of views without an end.

Beside them it tells what is known of the capture itself: signals that a page numbered and that never came,
and how many pages gave no sign of being seen, by kind of browser. Both say nothing of anybody.

With a folder, the worker processes of a host share what they know and a restart forgets nothing; without one,
the knowledge is this process's own, and closing tells as served what was still waiting.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol

from viewtrail.capture.browsers import HOUR, Counted
from viewtrail.capture.page_numbers import Hole, PageNumbers, said
from viewtrail.capture.sent_views import SentViews, Told, heard, left, sent
from viewtrail.capture.tokens import ViewToken, now
from viewtrail.capture.view_journal import Journal
from viewtrail.errors import ViewtrailError
from viewtrail.event.wire import rfc3339

EVERY: Final = 5.0
"""Seconds between two looks at what is overdue: `record.served` comes 30 to 35 seconds after the page."""


class Events(Protocol):
    """What is needed of the client that carries events away: it keeps what it was given."""

    @property
    def source(self) -> str:
        """The source that its events are told under."""

    def event(
        self,
        type: str,
        agent: str | None,
        subject: str | None = None,
        *,
        id: str | None = None,
        time: int | None = None,
        **data: Any,
    ) -> object:
        """One event; `time` in microseconds since 1970, the moment of the call if it is None."""


class Served:
    """What becomes of each page that was sent. Safe to use from several threads and after a fork."""

    def __init__(
        self,
        client: Events,
        *,
        folder: Path | None = None,
        every: float | None = EVERY,
        clock: Callable[[], int] = now,
    ) -> None:
        """`every` None: no thread of its own; the host calls `sweep`."""
        self._client = client
        self._clock = clock
        self._every = every
        self._table = SentViews(client.source)
        self._numbers = PageNumbers()
        self._reading = False
        self._life = secrets.token_hex(6)  # two lives of a process may count parts of one hour
        self._journal = Journal(folder) if folder is not None else None
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._process = -1
        self._thread: threading.Thread | None = None

    def sent(self, view: ViewToken, browser: str = "") -> None:
        """The page of this token goes out now. If no visible signal comes, `record.served` will say so.

        `browser` is the kind of browser that asked, for counts by kind.
        """
        self._note(sent(view.id, view.issued, view.agent, view.record, view.kind, view.data, browser))

    def said(self, page: str, number: int, at: int) -> None:
        """A page said something under this number; the name of a page holds in its session only."""
        self._note(said(page, number, at))

    def heard(self, view: ViewToken, opening: str, at: int, dwell: int = 0, active: int = 0) -> None:
        """A view of it is open (times in µs, durations in ms)."""
        self._note(heard(view.id, opening, view.agent, view.record, at, dwell, active))

    def left(self, view: ViewToken, opening: str) -> None:
        """The end of that view was told."""
        self._note(left(view.id, opening))

    def _note(self, line: list[Any]) -> None:
        with self._lock:
            if self._journal is not None:
                self._journal.append(line, self._clock())
            else:
                self._apply(line)
        self._awake()

    def _apply(self, line: list[Any]) -> None:
        self._table.apply(line)
        self._numbers.apply(line)

    def _awake(self) -> None:
        """Begin to look at what is overdue: at the first page of a process, which a server forks before."""
        if self._every is None or self._process == os.getpid():
            return
        self._process = os.getpid()
        self._thread = threading.Thread(target=self._watch, name="viewtrail-served", daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._stop.wait(self._every):
            # What could not be told stays in the table and is tried again at the next look.
            with contextlib.suppress(ViewtrailError, OSError):
                self.sweep()

    def sweep(self) -> int:
        """Tell what is overdue now; how many events that were."""
        with self._lock:
            at = self._clock()
            if self._journal is not None:
                if not self._journal.mine():
                    return 0
                if not self._reading:
                    self._reading, self._table.counts.since = True, at
                for line in self._journal.fresh():
                    self._apply(line)
            told = self._tell(at)
            if self._journal is not None:
                self._carry_over(self._journal, at)
            return told

    def _tell(self, at: int) -> int:
        count = 0
        for one in self._table.due(at):
            self._send(one)
            count += 1
        for page, hole in self._numbers.due(at):
            self._send(self._gap(page, hole))
            count += 1
        for counted in self._table.counts.due(at):
            self._send(self._counted(counted))
            count += 1
        return count

    def _gap(self, page: str, hole: Hole) -> Told:
        """Without from and to: one page's loss takes nothing off what is known of everybody's work."""
        lost = hole.last - hole.first + 1
        data = {"feed": self._client.source, "lost": lost, "why": "beacon-signals"}
        id = f"{page}.missing.{hole.first}-{hole.last}"
        return Told("capture.gap", None, page, id, hole.since, data)

    def _counted(self, one: Counted) -> Told:
        data = {
            "feed": self._client.source,
            "browser": one.browser,
            "from": rfc3339(one.hour),
            "to": rfc3339(one.hour + HOUR),
            "pages": one.pages,
            "unseen": one.unseen,
        }
        id = f"counted.{self._life}.{one.hour // HOUR}.{one.browser.replace(' ', '-')}"
        return Told("capture.counted", None, None, id, one.hour + HOUR, data)

    def _send(self, one: Told) -> None:
        self._client.event(one.type, one.agent, one.subject, id=one.id, time=one.time, **one.data)

    def _carry_over(self, journal: Journal, at: int) -> None:
        old = journal.old(at)
        if old:
            for line in (*self._table.lines(), *self._numbers.lines()):
                journal.append(line, at)
            journal.drop(old)

    def close(self) -> None:
        """Stop looking. Without a folder, what still waits is told as served now: the page did go out."""
        self._stop.set()
        if self._thread is not None and self._process == os.getpid():
            self._thread.join()
        with self._lock:
            if self._journal is None:
                for one in self._table.unseen():
                    self._send(one)
            for counted in self._table.counts.due(None):
                self._send(self._counted(counted))
            if self._journal is not None:
                self._journal.close()
