"""Lines fetched over TCP from a system that listens (3CX's passive socket), connected to again and again.

What is sent while nobody is connected may be lost: 3CX does not say that it keeps it. So the time of the last
moment connected is kept in a file beside the spool, over a restart too, and each stretch without a connection
is given to be told.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from viewtrail.sources.transports.line_spool import LineSpool, end

FIRST_S: Final = 1.0
"""Seconds before the first try to connect again: a telephone system's service restarts in a few."""

LAST_S: Final = 60.0
"""Seconds between tries at most: a telephone system that comes back is heard within a minute."""

CONNECT_S: Final = 10.0
"""Seconds for a connection to be made: across a company's network it takes less than one."""

ALIVE: Final = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4}
"""The other side is asked for a sign of life after a minute and given up after two: no call ends at night."""

SHORT: Final = 30_000_000
"""µs without a connection that are not told: a line is written when a call ends, and a restart ends none."""

MARK_EVERY: Final = 5_000_000
"""µs between two notes of being connected: so much longer a stretch may seem after a crash."""


class LineCaller:
    """Stays connected to `host`:`port` and appends whole lines to `spool`. `clock` gives µs since 1970."""

    def __init__(self, host: str, port: int, spool: Path, *, clock: Callable[[], int]) -> None:
        self.place = f"tcp://{host}:{port}"
        self._to = (host, port)
        self._spool = LineSpool(spool)
        self._mark = spool.with_suffix(".connected")
        self._clock = clock
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._open: socket.socket | None = None
        self._news: list[str] = []
        self._since: int | None = None  # not connected since; None: connected
        self._missed: list[tuple[int, int]] = []
        self._marked = self._read()
        self._thread = threading.Thread(target=self._stay, name="tcp lines", daemon=True)
        self._thread.start()

    def said(self) -> list[str]:
        """What happened to the connection since this was asked last."""
        with self._lock:
            news, self._news = self._news, []
        return news

    def missed(self) -> list[tuple[int, int]]:
        """Stretches (from, to; µs) in which nothing could be heard. Call `told` when they are in the log."""
        with self._lock:
            return list(self._missed)

    def told(self) -> None:
        """What `missed` gave is told; note, now and then, that we are connected."""
        with self._lock:
            self._missed.clear()
            now = self._clock()
            if self._open is not None and now - self._marked >= MARK_EVERY:
                self._write(now)

    def trim(self, read: int) -> bool:
        """Empty the spool if all of it (`read` bytes) was read and kept; whether it was."""
        return self._spool.trim(read)

    def close(self) -> None:
        """End the connection; what was received stays in the spool, and no thread is left."""
        self._stop.set()
        self._spool.closing()
        with self._lock:
            one, self._open = self._open, None
            if one is not None:
                end(one)
                if not self._missed:
                    self._write(self._clock())
        self._thread.join()
        self._spool.close()

    def _stay(self) -> None:
        wait, why = FIRST_S, ""
        while not self._stop.is_set():
            try:
                one = socket.create_connection(self._to, timeout=CONNECT_S)
            except OSError as error:
                if str(error) != why:
                    why = str(error)
                    self._say(f"{self.place}: not connected ({why}); tried again until it is")
            else:
                begun = self._clock()
                if self._connected(one, begun):
                    self._spool.receive(one)
                self._lost(one)
                why = ""
                if self._clock() - begun >= LAST_S * 1_000_000:  # else it is one that hangs up at once
                    wait = FIRST_S
            self._stop.wait(wait)
            wait = min(2 * wait, LAST_S)

    def _connected(self, one: socket.socket, at: int) -> bool:
        one.settimeout(None)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in ALIVE.items():
            if hasattr(socket, name):
                one.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
        with self._lock:
            if self._stop.is_set():
                return False
            self._open = one
            since = self._marked if self._since is None else self._since
            self._since = None
            if since and at - since >= SHORT:
                self._missed.append((since, at))
            elif not since:
                self._write(at)  # the first time ever: before it nothing was promised
            self._news.append(f"{self.place}: connected")
            return True

    def _lost(self, one: socket.socket) -> None:
        with self._lock:
            if self._open is one:
                self._open, self._since = None, self._clock()
                if not self._stop.is_set():
                    self._news.append(f"{self.place}: the connection has ended; it is made again")
        one.close()

    def _say(self, what: str) -> None:
        with self._lock:
            self._news.append(what)

    def _read(self) -> int:
        """When we were connected last; 0 if never."""
        try:
            return self._mark.stat().st_mtime_ns // 1_000
        except FileNotFoundError:
            return 0

    def _write(self, at: int) -> None:
        self._marked = at
        self._mark.touch(mode=0o600)
        os.utime(self._mark, ns=(at * 1_000, at * 1_000))
