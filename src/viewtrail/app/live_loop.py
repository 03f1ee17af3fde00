"""The loop at work: follows the log, says what it finds, and keeps the projections current.

What must hold, and where it does:
 1. One loop on a home (`LoopLock`), and it alone writes the projections.
 2. The fold is that of `viewtrail replay`: entries in the order in which they became known. One that became
    known earlier than what was folded (history, imported while this runs) is left for a fold of all of it,
    made beside; what arrives meanwhile is folded and told all the same.
 3. Every transition is appended to the log once. Its id is made of what it says, so that repeating after a
    death at any moment adds nothing; what was not appended is found again at the next start (`unwritten`).
 4. Projections and snapshots are made from the log and never believed over it: losing them loses time.
"""

from __future__ import annotations

import gc
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from viewtrail.app.fold import Fold, few_collections, loaded, whole
from viewtrail.app.home import Home
from viewtrail.app.live_aside import Aside
from viewtrail.app.live_pace import BREATH, Pace
from viewtrail.app.live_showing import Showing
from viewtrail.app.live_telling import SOURCE, entry_of, unwritten
from viewtrail.errors import ViewtrailError
from viewtrail.event import Event
from viewtrail.finding import Transition
from viewtrail.log import LogReader
from viewtrail.measure.clocks import MINUTE
from viewtrail.store.live_projections import LiveProjections
from viewtrail.store.remote_log import RemoteLog

PIECE: Final = 2_000
"""Entries folded before they are shown: a tenth of a second of work, so that a backlog is seen to shrink."""

AT_ONCE: Final = 2_000
"""Entries appended at once: the writer's largest group."""

EVERY: Final = 5.0
"""Seconds between two words about how far a long fold is."""

IDLE: Final = 0.5
"""Seconds to wait for news before looking at the clock and at what runs beside."""

AGAIN: Final = 1.0
"""Seconds before asking a writer again that could not take an entry."""


class Live:
    """One loop at work on `home`; `now` is the wall clock (µs), `say` hears what a person may read."""

    def __init__(
        self,
        home: Home,
        log: RemoteLog,
        reader: LogReader,
        *,
        now: Callable[[], int],
        say: Callable[[str], None],
    ) -> None:
        self.home, self.log, self.reader, self.now, self.say = home, log, reader, now, say
        self.showing = Showing(LiveProjections(home.path))
        self.pace = Pace(reader.size)
        self.aside = Aside(home, reader, self.pace)
        self.pending: deque[Event] = deque()
        self.minute = 0
        self.retry_at = 0.0
        self.troubled = False
        self.spoke = time.monotonic()
        self.fold: Fold | None = None
        self.next = 0
        self.begin()

    def begin(self) -> None:
        """Fold what there is: from the last snapshot on, else all of it."""
        self.fold = None
        gc.unfreeze()
        gc.collect()  # the fold before is held together by its own references
        with few_collections():
            fold = self.fold = loaded(self.home, self.reader) or whole(self.home, self.reader, self._tell)
            self.next = fold.size
            self.aside.began(fold)
            while self.next < self.reader.size:
                self._take(fold, min(self.reader.size, self.next + PIECE))
        self.pending.clear()
        if not self.aside.behind:  # else it is known only when everything was folded
            self.pending.extend(unwritten(fold.transitions, fold.written.entries, self.now()))
        self.showing.all(fold, fold.made(self.home, self.reader))
        self.aside.folded(fold)
        gc.freeze()
        gc.set_threshold(500_000, 50, 50)
        spared = f", {fold.spared:,} of them before" if fold.spared else ""
        self.say(f"loop ready: {self.next:,} entries folded{spared}, {len(fold.told):,} findings")

    def _tell(self, done: int, total: int) -> None:
        if time.monotonic() - self.spoke > EVERY:
            self.spoke = time.monotonic()
            self.say(f"folding the log: {done:,} of {total:,} entries")

    # -- rounds -------------------------------------------------------------------------------------

    def run(self, stopped: Callable[[], bool]) -> None:
        """Rounds until `stopped`; then what is in the log by then, and a snapshot."""
        while not stopped():
            if not self.round():
                self.wait()
            else:
                time.sleep(self.pace.breath)
        self.drain()

    def round(self) -> bool:
        """Fold what is new, show it, append what it caused; whether there was anything."""
        size = self.reader.size
        self.pace.look(size)
        found = self.next < size
        if found:
            self._fold(min(size, self.next + PIECE))
        self.tick()
        self.write()
        if self.aside.ready():
            self.say("history was imported: all of it was folded again")
            self.begin()
            found = True
        return found

    def _fold(self, stop: int) -> None:
        assert self.fold is not None
        out, people = self._take(self.fold, stop)
        self.showing.more(self.fold, self.fold.made(self.home, self.reader), people=people)
        self.pending.extend(map(entry_of, out))
        self.aside.folded(self.fold)

    def _take(self, fold: Fold, stop: int) -> tuple[list[Transition], bool]:
        """Fold the entries up to `stop`: (what they caused, whether one of them was about a person)."""
        out: list[Transition] = []
        people, last = False, None
        for logged in self.reader.read(self.next, stop):
            if logged.known < fold.loop.now:
                self.aside.skipped()
                continue
            last = logged
            out += fold.take(logged)
            people = people or logged.entry.event.type.startswith("agent.")
        self.next = stop
        if not self.aside.behind:
            fold.size = stop
            fold.history = last.entry.backfill if last is not None else fold.history
        return out, people

    def tick(self) -> None:
        """Each minute one entry: a day closes when its time has come, also when nobody does anything."""
        minute = self.now() // MINUTE
        if minute > self.minute:
            self.minute = minute
            data = {"actor_kind": "system", "feed": "loop"}
            self.pending.append(Event(SOURCE, f"tick-{minute}", "clock.ticked", minute * MINUTE, data))

    def write(self) -> None:
        """Append what is to be told. A writer that is away or full is asked again; nothing is forgotten."""
        while self.pending and time.monotonic() >= self.retry_at:
            events = [self.pending[n] for n in range(min(AT_ONCE, len(self.pending)))]
            try:
                receipts = self.log.append(events, masked=True)
            except (ViewtrailError, OSError) as error:
                self.retry_at = time.monotonic() + AGAIN
                if not self.troubled:
                    self.say(f"{len(self.pending):,} entries wait for the writer: {error}")
                self.troubled = True
                return
            self.troubled = False
            for event, receipt in zip(events, receipts, strict=True):
                self.pending.popleft()
                if receipt.outcome in ("conflict", "set-aside"):
                    self.say(f"{event.type} {event.id} did not enter the log: {receipt.why}")

    def wait(self) -> None:
        """Until the log grows, or half a second."""
        try:
            self.log.wait(self.next, IDLE)
        except (ViewtrailError, OSError):
            time.sleep(BREATH * 5)

    # -- the end ------------------------------------------------------------------------------------

    def drain(self, patience: float = 10.0) -> None:
        """Fold and tell what is in the log by now, as far as a writer takes it, and keep the state."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            if self.round():
                continue
            if not self.pending and self.next == self.reader.size:
                break  # its own last words are in the log, and folded
            time.sleep(BREATH)
        if self.fold is not None:
            self.aside.end(self.fold)
        self.showing.close()
