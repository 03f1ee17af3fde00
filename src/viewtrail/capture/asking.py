"""Questions to the server that a request waits for, with a deadline that holds whatever the network does."""

from __future__ import annotations

import http.client
import queue
import threading
from collections.abc import Callable
from typing import Final

from viewtrail.capture.post import Intake, Reply

THREADS: Final = 4
"""Questions at once. When all are waiting for a server that hangs, the next one is not asked at all."""


class _Question:
    def __init__(self, path: str, body: bytes, timeout: float) -> None:
        self.path, self.body, self.timeout = path, body, timeout
        self.answered = threading.Event()
        self.reply: Reply | None = None


class Asking:
    """A few threads with a connection each. A socket's timeout is for one step of it, and looking up a name
    has none: therefore the request waits for a thread, and not for the socket."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._todo: queue.SimpleQueue[_Question | None] = queue.SimpleQueue()
        self._free = threading.Semaphore(THREADS)
        self._started = 0
        self._lock = threading.Lock()

    def ask(self, path: str, body: bytes, deadline: float) -> Reply | None:
        """The reply, or None when there is none within `deadline` seconds (it may still arrive there)."""
        if not self._free.acquire(blocking=False):
            return None
        question = _Question(path, body, deadline)
        self._start_one()
        self._todo.put(question)
        return question.reply if question.answered.wait(deadline) else None

    def _start_one(self) -> None:
        with self._lock:
            if self._started < THREADS:
                self._started += 1
                work: Callable[[], None] = self._work
                threading.Thread(target=work, name="viewtrail-asking", daemon=True).start()

    def _work(self) -> None:
        intake = self._intake.another()
        while (question := self._todo.get()) is not None:
            try:
                question.reply = intake.post(question.path, question.body, question.timeout)
                question.answered.set()
            except (OSError, http.client.HTTPException, ValueError):
                question.answered.set()
            finally:
                self._free.release()
        intake.close()

    def close(self) -> None:
        with self._lock:
            for _ in range(self._started):
                self._todo.put(None)
            self._started = 0
