"""What a hook received, on disk before it is acknowledged, and read from there as any log that is followed.

1. A post is one line of `HOME/hooks/NAME.posts` (0600), synced: only then is it acknowledged.
2. A thread reads the lines, joins those of one call and has its events written; the rows of calls that go on
   are kept by the follower. A crash anywhere reads the same lines again, and adds nothing.
3. Once all of it is read the file is emptied: telephone numbers do not stay there.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from viewtrail.app.follow import Follower
from viewtrail.app.home import Home
from viewtrail.app.hooks import Hook
from viewtrail.app.refusals import HOOKS
from viewtrail.app.writer import Writer
from viewtrail.errors import ViewtrailError
from viewtrail.event import Event
from viewtrail.log import Receipt

FOLDER: Final = HOOKS

MOST: Final = 64 << 20
"""Bytes that may wait to be read, a day of calls of a large brokerage; beyond it posts have to come again."""

REMEMBERED: Final = 20_000
"""Posts of a hook that are known when they come again: an hour of a large brokerage, and vendors try for
less. One that comes later is read again: told differently by it alone, a call is a conflict in the log."""

EVERY: Final = 0.5
"""Seconds between two looks at what came."""

PATIENCE: Final = 10.0
"""Seconds that a hook waits for room in the writer's queue; after a failure, before it tries again."""

_logger: Final = logging.getLogger(__name__)


class Backlog(ViewtrailError):
    """More waits to be read than may be."""


class _Through:
    """The running writer as a log to append to, for the follower."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def append(self, events: Sequence[Event], **how: Any) -> list[Receipt]:
        return self._writer.submit(events, patience=PATIENCE, **how).result()

    def put_aside(self, at: int, items: Sequence[tuple[str, str, bytes]]) -> None:
        self._writer.submit((), aside=items, received=at, patience=PATIENCE).result()


class Feed:
    """One hook's posts. `keep` may be called from any thread, `step` from one."""

    def __init__(self, home: Home, hook: Hook, writer: Writer) -> None:
        self.hook = hook
        self._home, self._log = home, _Through(writer)
        self._path = home.path / FOLDER / f"{hook.name}.posts"
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self._closed = False
        self._heard: dict[bytes, None] = {}
        self._follower: Follower | None = None
        self._retry = 0
        self._end_line()
        if os.fstat(self._file).st_size == 0:
            self.step(writer.now())  # the end of nothing was reached: what comes from now on is live

    def keep(self, line: bytes) -> None:
        """Put one post, without line ends, on disk; Backlog when too much waits, OSError when it fails."""
        told = hashlib.sha256(line).digest()
        with self._lock:
            if told in self._heard:  # sent again, because the vendor did not hear the answer
                return
            if self._closed or os.fstat(self._file).st_size + len(line) >= MOST:
                raise Backlog("too many posts wait to be read", next="send the same again later")
            self._write(line + b"\n")
            self._remember(told)

    def _end_line(self) -> None:
        """What a power cut left without its end was not acknowledged, and is no part of what comes next."""
        size = os.fstat(self._file).st_size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            self._write(b"\n")

    def _write(self, line: bytes) -> None:
        """All of it or nothing: half a line would spoil the one after it."""
        size = os.fstat(self._file).st_size
        try:
            if os.write(self._file, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fdatasync(self._file)
        except OSError:
            os.ftruncate(self._file, size)
            raise

    def _remember(self, told: bytes) -> None:
        """Anybody's objects may be alike and mean two things; a telephone system's posts are numbered."""
        if self.hook.kind != "jsonl":
            self._heard[told] = None
            if len(self._heard) > REMEMBERED:
                del self._heard[next(iter(self._heard))]

    def step(self, now: int) -> None:
        """Read what is new and tell what is complete; after a failure, from what was last kept, later."""
        with self._reading:
            if self._closed or now < self._retry:
                return
            try:
                follower = self._following()
                while follower.step(now):
                    pass
                self._empty(follower)
            except (ViewtrailError, OSError) as error:
                _logger.warning("hook %s: %s; tried again in %d s", self.hook.name, error, PATIENCE)
                self._retry = now + round(PATIENCE * 1_000_000)
                self._let_go()

    def close(self) -> None:
        """What was received and not yet told stays for the next start."""
        with self._reading, self._lock:
            self._let_go()
            self._closed = True
            os.close(self._file)

    def _following(self) -> Follower:
        if self._follower is None:
            hook = self.hook
            self._follower = Follower(
                self._home,
                self._log,  # type: ignore[arg-type]  # of a log it appends and puts aside alone
                self._path,
                kind=hook.kind,
                mapping=hook.rules,
                settle=hook.settle,
            )
        return self._follower

    def _empty(self, follower: Follower) -> None:
        read = follower.tail.position.offset
        with self._lock:
            if not read or os.fstat(self._file).st_size != read:
                return
            os.ftruncate(self._file, 0)
        follower.tail.begin_again()

    def _let_go(self) -> None:
        if self._follower is not None:
            self._follower.close()
            self._follower = None


class Feeds:
    """The feeds of all hooks, and the thread that reads them."""

    def __init__(self, home: Home, writer: Writer, hooks: Callable[[], Sequence[Hook]]) -> None:
        self._home, self._writer, self._hooks = home, writer, hooks
        self._feeds: dict[str, Feed] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._said = ""
        self._thread = threading.Thread(target=self._run, name="hooks", daemon=True)
        self._thread.start()

    def of(self, hook: Hook) -> Feed:
        """The feed of this hook; made anew when the hook was made anew."""
        with self._lock:
            feed = self._feeds.get(hook.name)
            if feed is None or feed.hook != hook:
                if feed is not None:
                    feed.close()
                feed = self._feeds[hook.name] = Feed(self._home, hook, self._writer)
            return feed

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        for feed in self._feeds.values():
            feed.close()

    def _run(self) -> None:
        while not self._stop.wait(EVERY):
            try:
                hooks = self._hooks()
            except ViewtrailError as error:
                if str(error) != self._said:
                    self._said = str(error)
                    _logger.warning("hooks: %s", error)
                continue
            for hook in hooks:
                self.of(hook)
            for feed in list(self._feeds.values()):  # of a hook that was removed as well: what came is told
                feed.step(self._writer.now())


def waiting(home: Path, name: str) -> int:
    """Bytes that a hook received and that are not read yet."""
    try:
        return (home / FOLDER / f"{name}.posts").stat().st_size
    except FileNotFoundError:
        return 0
