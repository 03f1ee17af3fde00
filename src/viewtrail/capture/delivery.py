"""Brings the spool to the intake, in a thread of its own; an event goes only once it is acknowledged.

What an answer means:
1. 200 with one result for each event: added and repeated are in the log; the rest is set aside, here too.
2. 413, 400, 422: half as many at a time, until the one event that is meant is alone, and set aside.
3. 429 and 503: come again when told. 507: the log's disk is full, come again in a minute.
4. 401, 403 and whatever says that key or address is wrong: all is kept, tried each minute, told.
5. No answer, or one that is not the intake's: kept, tried again with growing, jittered pauses.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import logging
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from viewtrail.capture.adopted import Adopted, adopt
from viewtrail.capture.folder import Batch, Folder
from viewtrail.capture.post import Intake, Reply
from viewtrail.capture.set_aside import SetAside
from viewtrail.capture.spool import Spool
from viewtrail.capture.worth import LEAST, VIEWS

MOST: Final = 100
"""Events in a request. The host's threads wait while this one works: so it works briefly, and often."""

MOST_BYTES: Final = 512 * 1024
TIMEOUT_S: Final = 10.0
LINGER_S: Final = 0.1
"""After the first event, so that those of the same moment travel together."""

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 60.0
KEPT_PAUSE_S: Final = 60.0
"""Where only a person can help (key, address, full disk): often enough to notice that somebody did."""

LONGEST_RETRY_AFTER_S: Final = 300.0
ADOPT_S: Final = 15.0
"""Between two looks for what dead processes left."""

_log: Final = logging.getLogger("viewtrail.capture")


class Delivery:
    """The delivering thread of one process. `problem` says in a sentence why it does not deliver, or ""."""

    def __init__(self, spool: Spool, intake: Intake, aside: SetAside, root: Path) -> None:
        self._spool = spool
        self._intake = intake
        self._aside = aside
        self._root = root
        self._adopted: list[Adopted] = []
        self._most = MOST
        self._pause = 0.0
        self._not_before = 0.0
        self._looked = -ADOPT_S
        self._awake = threading.Event()
        self._idle = False
        self._ended = False
        self._ending = threading.Lock()
        self._out = False
        "The thread has left its loop: it uses nothing any more."
        self._then: Callable[[], None] | None = None
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self.problem = ""
        self.sent = 0
        self.last_sent: float | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="viewtrail-delivery", daemon=True)
        self._thread.start()

    def poke(self) -> None:
        """There is something to deliver. Nearly always a look at one flag."""
        if self._idle:
            self._idle = False
            self._awake.set()

    @property
    def retry_in(self) -> float:
        return max(0.0, self._not_before - time.monotonic())

    @property
    def adopted(self) -> int:
        return sum(folder.pending for folder in self._adopted)

    def flush(self, timeout: float) -> bool:
        """True when this process's spool was empty within `timeout` seconds. A pause that the server asked
        for holds; one of our own after a failure is cut short."""
        if self.problem and self._pause:
            self._not_before = 0.0
        self._idle = False
        self._awake.set()
        with self._changed:
            return self._changed.wait_for(lambda: not self._spool.pending, timeout)

    def close(self, then: Callable[[], None]) -> None:
        """Stop, and `then` close what was delivered from.

        Where the thread still waits for an answer after a second, it uses all of that and closes it itself
        once it has heard. If the process ends before, its lock falls and the next one adopts the folder.
        """
        self._ended = True
        self._awake.set()
        if self._thread is not None:
            self._thread.join(1.0)
            with self._ending:
                if not self._out:
                    self._then = then
                    return
        self._close(then)

    def _close(self, then: Callable[[], None]) -> None:
        for folder in self._adopted:
            folder.close()
        self._intake.close()
        then()

    def forget(self) -> None:
        """In a forked child: connection and adopted folders are the parent's."""
        self._ended = True
        self._intake.close()
        for folder in self._adopted:
            folder.close(forget=True)

    def _run(self) -> None:
        while not self._ended:
            try:
                self._adopt()
                if not self._deliver():
                    self._rest()
            except Exception as error:  # this thread may not end while the host lives
                self._failed(f"{type(error).__name__}: {error}", LONGEST_PAUSE_S)
                _log.exception("the delivering thread goes on after")
        with self._ending:
            self._out, then = True, self._then
        if then is not None:
            self._close(then)

    def _rest(self) -> None:
        wait = self.retry_in
        if not wait:
            self._idle = True
            if self._spool.pending:  # put between our look and the flag
                self._idle = False
            wait = ADOPT_S if self._idle else LINGER_S
        self._awake.wait(wait)
        self._awake.clear()
        if not self._ended and self._spool.pending and not self.retry_in:
            time.sleep(LINGER_S)

    def _adopt(self) -> None:
        if time.monotonic() - self._looked < ADOPT_S or self._spool.in_memory:
            return
        self._looked = time.monotonic()
        ours = frozenset({self._spool.boot, *(folder.boot for folder in self._adopted)})
        with contextlib.suppress(OSError):
            self._adopted += adopt(self._root, self._spool.source, ours)
        self._make_room()

    def _make_room(self) -> None:
        """What dead processes left counts towards the bound: of it, too, the least valuable goes first."""
        self._spool.look_beside()
        over = self._spool.over
        for name in (LEAST, VIEWS):
            for folder in self._adopted:
                before = folder.held_bytes
                with folder.lock:
                    while over > before - folder.held_bytes and folder.give_up(name, "spool-full"):
                        pass
                over -= before - folder.held_bytes

    def _deliver(self) -> bool:
        """One batch of each folder; False: there is nothing to do now."""
        if self.retry_in:
            return False
        busy = False
        for folder in [*self._adopted, self._spool]:
            if not self.problem or not folder.pending:
                folder.tell_gaps(time.time_ns() // 1_000)
            if folder.pending and not self._ended:
                busy = True
                if not self._send(folder):
                    return False
            if isinstance(folder, Adopted) and folder.empty:
                folder.close()
                self._adopted.remove(folder)
        return busy

    def _send(self, folder: Folder) -> bool:
        batch = folder.take(self._most, MOST_BYTES)
        try:
            if not batch.events:  # nothing but what a crash garbled
                batch.acknowledge()
                return True
            reply = self._intake.post("/v1/events", b"[" + b",".join(batch.events) + b"]", TIMEOUT_S)
            good = self._judge(reply, batch)
        except (OSError, http.client.HTTPException, ValueError) as error:
            good = self._failed(f"no answer from the intake: {type(error).__name__}: {error}")
        finally:
            folder.release()
        with self._changed:
            self._changed.notify_all()
        return good

    def _judge(self, reply: Reply, batch: Batch) -> bool:
        match reply.status:
            case 200 | 207:
                results = results_of(reply.body, len(batch))
                if results is None:
                    return self._failed(f"{reply.status} without a result for each event; is it the intake?")
                return self._delivered(batch, results)
            case 413 | 400 | 422 if not _said(reply):
                return self._failed(f"the address answers {reply.status}: is this the intake?", KEPT_PAUSE_S)
            case 413 | 400 | 422 if len(batch) > 1:
                self._most = max(1, len(batch) // 2)
                return True
            case 413 | 400 | 422:
                self._set_aside(batch.events[0], f"{reply.status}: {_said(reply)}")
                batch.acknowledge()
                return True
            case 429 | 503:
                return self._failed(f"the intake is busy ({reply.status})", reply.retry_after)
            case 507:
                wait = max(KEPT_PAUSE_S, reply.retry_after or 0)
                return self._failed("the log's disk is full (507)", wait)
            case 401 | 403:
                told = _said(reply) or "no reason given"
                return self._failed(f"the key is refused ({reply.status}: {told})", KEPT_PAUSE_S)
            case status if status >= 500:
                told = _said(reply) or "no reason given"
                return self._failed(f"the intake fails ({status}: {told})", reply.retry_after)
            case status:
                return self._failed(f"the address answers {status}: is this the intake?", KEPT_PAUSE_S)

    def _delivered(self, batch: Batch, results: list[dict[str, Any]]) -> bool:
        for event, result in zip(batch.events, results, strict=True):
            if result.get("outcome") not in ("added", "repeated"):
                self._set_aside(event, f"{result.get('outcome')}: {result.get('why') or 'no reason given'}")
        self.sent += len(batch)
        self.last_sent = time.time()
        self._most = min(MOST, self._most * 2)
        self._pause = 0.0
        if self.problem:
            _log.warning("delivering again; it did not because %s", self.problem)
            self.problem = ""
        batch.acknowledge()
        return True

    def _set_aside(self, event: bytes, why: str) -> None:
        if not self._aside.count:
            _log.warning("an event was set aside (further ones are counted in health()): %s", why)
        if not self._aside.keep(event, why):
            now = time.time_ns() // 1_000
            self._spool.lose("no-room-aside", 1, now, now)

    def _failed(self, why: str, wait: float | None = None) -> bool:
        """Keep everything, wait `wait` seconds or a growing while; half to all of it, so that many hosts
        do not come back at once."""
        if not self.problem:
            _log.warning("events are kept in the spool: %s", why)
        self.problem = why
        if wait is None:
            self._pause = min(LONGEST_PAUSE_S, self._pause * 2 or FIRST_PAUSE_S)
            wait = self._pause * random.uniform(0.5, 1.0)
        else:
            self._pause = 0.0
            wait = min(wait, LONGEST_RETRY_AFTER_S) * random.uniform(1.0, 1.1)
        self._not_before = time.monotonic() + wait
        return False


def results_of(body: bytes, count: int) -> list[dict[str, Any]] | None:
    """The results, one for each event in their order; None: this is no acknowledgement."""
    try:
        told = json.loads(body)
        results = told["results"]
        if len(results) != count or not all(isinstance(one, dict) and "outcome" in one for one in results):
            return None
        return list(results)
    except (ValueError, TypeError, KeyError):
        return None


def _said(reply: Reply) -> str:
    """The intake's reason; "": something else that stands at this address has answered."""
    try:
        told = json.loads(reply.body)
        return str(told["error"])[:300]
    except (ValueError, TypeError, KeyError):
        return ""
