"""This process's own spool: each event on disk with one write, bounded, the least valuable given up first.

What holds on return of `put`:
1. The event is in the page cache: kill -9 does not lose it; `sync` makes it survive the machine.
2. Numbers are given in the order of writing, from 1 for each boot; a number that never arrives is a loss.
3. Where the disk hangs, the event waits in memory and is counted as waiting: what kill -9 takes of these,
   the next process tells.
4. When there is no room, whole files of less valuable events go, then the event itself; each is counted.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import deque
from pathlib import Path
from typing import Final

from viewtrail.capture.adopted import bytes_beside
from viewtrail.capture.chain import Chain
from viewtrail.capture.folder import LEDGER, Folder, file_chains, memory_chains
from viewtrail.capture.ledger import Ledger
from viewtrail.capture.lock import Lock
from viewtrail.capture.worth import CLASSES

PATIENCE_S: Final = 0.25
"""A request waits this long for another thread's write: longer than a busy host takes to let that thread
finish, so it passes only where the disk hangs. Then the event waits in memory for the keeper."""

WAITING: Final = 2_000
"""Events that may wait in memory for a write that hangs."""

SYNC_S: Final = 1.0
"""Between two fsyncs in the background: what a crash of the machine, not of the process, may cost."""

BESIDE_S: Final = 5.0
"""Between two looks at how much of the spool's bound other processes use."""

MEMORY_BYTES: Final = 8 * 1024 * 1024
"""The bound while the folder cannot be written and events are held in memory."""


class Spool(Folder):
    """The spool of this process under `root`. Safe among threads; not to be used after a fork."""

    def __init__(self, root: Path, source: str, boot: str, most_bytes: int) -> None:
        self.problem = ""
        self._lock: Lock | None = None
        chains, ledger = memory_chains(), Ledger(None)
        try:
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = Lock.make(root, boot, source)
            chains, ledger = file_chains(self._lock.path), Ledger(self._lock.path / LEDGER)
        except OSError as error:
            self.problem = f"{root}: {error.strerror}; events are held in memory"
            most_bytes = min(most_bytes, MEMORY_BYTES)
        super().__init__(source, boot, chains, ledger)
        self._root = root
        self._most_bytes = most_bytes
        self._beside = 0
        self._next = 1
        self._waiting: deque[tuple[str, bytes, int, bool]] = deque(maxlen=WAITING)
        self._put = 0
        self._synced = threading.Condition()
        self._synced_upto = 0
        self._wake = threading.Event()
        self._ended = False
        self._keeper: threading.Thread | None = None

    @property
    def waiting(self) -> int:
        """Events in memory because the disk hangs: the only ones that kill -9 takes; they are counted."""
        return len(self._waiting)

    @property
    def in_memory(self) -> bool:
        return self._lock is None

    @property
    def over(self) -> int:
        """Bytes by which the spool of all processes is longer than it may be."""
        return self.held_bytes + self._beside - self._most_bytes

    @property
    def last_number(self) -> int:
        return self._next - 1

    def start(self) -> None:
        """The keeper: fsync each second and on demand, writes that had to wait, how much others use."""
        self._keeper = threading.Thread(target=self._keep, name="viewtrail-spool", daemon=True)
        self._keeper.start()

    def put(self, worth: str, event: bytes, at: int, *, numbered: bool = True) -> bool:
        """Keep `event` (its JSON object), made at `at` (µs). False: it was lost, and is counted."""
        if not self.lock.acquire(timeout=PATIENCE_S):
            return self._wait(worth, event, at, numbered)
        try:
            return self._keep_one(worth, event, at, numbered)
        finally:
            self.lock.release()

    def _wait(self, worth: str, event: bytes, at: int, numbered: bool) -> bool:
        if len(self._waiting) >= WAITING:
            self.lose("disk", 1, at, at)
            return False
        self.ledger.wait(at)  # on a page that outlives the process: killed now, the next one tells it
        self._waiting.append((worth, event, at, numbered))
        self._wake.set()
        return True

    def _keep_one(self, worth: str, event: bytes, at: int, numbered: bool) -> bool:
        number = self._next
        if numbered:
            self._next += 1
            event = b'{"sequence":"%s.%d",' % (self.boot.encode(), number) + event[1:]
        line = b"%d %s\n" % (number, event)
        if self.over + len(line) > 0 and not self._make_room(worth, len(line)):
            self.lose("spool-full", 1, at, at)
            return False
        if not self._append(self.chains[worth], line, at, worth):
            self.lose("disk", 1, at, at)
            return False
        self._put += 1
        return True

    def _append(self, chain: Chain, line: bytes, at: int, worth: str) -> bool:
        for _ in range(2):
            try:
                chain.append(line, at)
                return True
            except OSError as error:
                self.problem = f"{self._root}: {error.strerror}"
                if not self._give_up(worth, "disk"):
                    break
        return False

    def _make_room(self, worth: str, size: int) -> bool:
        while self.over + size > 0:
            if not self._give_up(worth, "spool-full"):
                return False
        return True

    def _give_up(self, worth: str, why: str) -> bool:
        """One file of the least valuable class below `worth` goes. Within a class the newest event goes:
        what was kept so far stays whole, and the gap is one."""
        return any(self.give_up(name, why) for name in CLASSES[: CLASSES.index(worth)])

    def sync(self, timeout: float) -> bool:
        """True when everything put so far is on the disk itself; False: not within `timeout` seconds."""
        if self.in_memory:
            return False
        with self._synced:
            upto = self._put
            self._wake.set()
            return self._synced.wait_for(lambda: self._synced_upto >= upto, timeout)

    def _keep(self) -> None:
        looked = 0.0
        while not self._ended:
            self._wake.wait(SYNC_S)
            self._wake.clear()
            self._write_waiting()
            self._sync_now()
            if time.monotonic() - looked > BESIDE_S:
                looked = time.monotonic()
                self.look_beside()

    def look_beside(self) -> None:
        """How much of the bound other processes, living and dead, use now."""
        with contextlib.suppress(OSError):
            self._beside = 0 if self.in_memory else bytes_beside(self._root, self.boot)

    def _write_waiting(self) -> None:
        with self.lock:
            while self._waiting:
                self._keep_one(*self._waiting.popleft())
                self.ledger.waited()

    def _sync_now(self) -> None:
        with self.lock:
            upto = self._put
            fds = [fd for chain in self.chains.values() for fd in chain.unsynced()]
        good = True
        for fd in fds:
            try:
                os.fsync(fd)
            except OSError as error:
                good, self.problem = False, f"{self._root}: fsync: {error.strerror}"
            finally:
                os.close(fd)
        if good and not self.in_memory:
            with self._synced:
                self._synced_upto = upto
                self._synced.notify_all()

    def forget(self) -> None:
        """In a forked child: this spool is the parent's. Close our copies, touch nothing."""
        self._ended = True
        for chain in self.chains.values():
            chain.close()
        self.ledger.close()
        if self._lock is not None:
            self._lock.forget()

    def close(self) -> None:
        """On disk, unlocked; gone when nothing is left to deliver. What is held in memory is lost."""
        self._ended = True
        if self._keeper is not None:  # it uses the files that are closed below; a disk that hangs holds it
            self._wake.set()
            self._keeper.join(SYNC_S)
        self._write_waiting()
        if not self.in_memory:
            self._sync_now()
        with self.lock:
            empty = self.empty
            for chain in self.chains.values():
                chain.close()
            self.ledger.close()
            if self._lock is not None:
                with contextlib.suppress(OSError):
                    self._lock.release(remove=empty)
                self._lock = None
