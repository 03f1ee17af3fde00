"""The log as producers in other processes see it: the same calls, answered by the process that writes it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from viewtrail.errors import LogBusy, ViewtrailError
from viewtrail.event import Event
from viewtrail.log import Receipt
from viewtrail.log.checkpoint import Checkpoint, parse
from viewtrail.store.writer_frames import (
    NAME,
    Gone,
    parts_of,
    raised,
    reachable,
    receive,
    same_user,
    send,
)

PIECE: Final = 2_000
"""Events a request: the writer's largest group."""

LONGEST_WAIT: Final = 60.0
"""Seconds that one `wait` may take."""


class RemoteLog:
    """Appends to the log of `home` through its running writer; may be used by many threads at once.

    What a call has returned is on disk. Every call is safe to repeat, and is repeated once by itself when the
    writer was started anew meanwhile. LogBusy when the writer's queue stays full or no writer answers.
    `patience` is how many seconds to wait for a writer to be there.
    """

    def __init__(self, home: Path, *, patience: float = 0.0) -> None:
        self._path = Path(home) / NAME
        self._patience = patience
        self._lock = threading.Lock()
        self._idle: list[socket.socket] = []
        self._closed = False
        self._give_back(self._connect())

    def append(
        self,
        events: Sequence[Event],
        *,
        received: int | None = None,
        backfill: bool = False,
        skew: int = 0,
        masked: bool = False,
    ) -> list[Receipt]:
        """As `Log.append`; `received` is the writer's clock where it is None or later than that clock."""
        receipts: list[Receipt] = []
        for start in range(0, len(events), PIECE):
            parts = parts_of(events[start : start + PIECE])
            told = self._ask("append", parts, received, backfill, skew, masked)
            receipts += [Receipt(*one) for one in told]
        return receipts

    def put_aside(self, at: int, items: Sequence[tuple[str, str, bytes]]) -> None:
        """As `Log.put_aside`."""
        self._ask("put_aside", at, [tuple(item) for item in items])

    def checkpoint(self) -> Checkpoint:
        """As `Log.checkpoint`: signed when it returns."""
        return parse(self._ask("checkpoint"), str(self._path))

    def latest_checkpoint(self) -> Checkpoint | None:
        """The last one signed."""
        note = self._ask("latest_checkpoint")
        return parse(note, str(self._path)) if note else None

    @property
    def size(self) -> int:
        """Entries on disk."""
        return int(self._ask("size"))

    def wait(self, size: int, timeout: float) -> int:
        """The size as soon as the log has more than `size` entries, or as it is after `timeout` seconds."""
        return int(self._ask("wait", size, min(timeout, LONGEST_WAIT)))

    def drain(self) -> None:
        """Take nothing from outside any more (503, come again later); local producers go on."""
        self._ask("drain")

    def close(self) -> None:
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for wire in idle:
            wire.close()

    def __enter__(self) -> RemoteLog:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, *request: Any) -> Any:
        if self._closed:
            raise ViewtrailError("this connection to the log's writer was closed")
        try:
            return self._asked(self._take(), request)
        except Gone:
            self._drop_idle()  # they were made to the writer that is gone
        try:
            return self._asked(self._connect(), request)
        except Gone as error:
            step = "do the same again: what was acknowledged is safe"
            told = f"the log's writer ended: {error}"
            raise ViewtrailError(told, where=str(self._path), next=step) from error

    def _asked(self, wire: socket.socket, request: tuple[Any, ...]) -> Any:
        try:
            send(wire, request)
            told = receive(wire)
        except BaseException:
            wire.close()  # half a request or answer may be on it
            raise
        self._give_back(wire)
        if told[0] == "ok":
            return told[1]
        raise raised(told)

    def _take(self) -> socket.socket:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._connect()

    def _give_back(self, wire: socket.socket) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(wire)
                return
        wire.close()

    def _drop_idle(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for wire in idle:
            wire.close()

    def _connect(self) -> socket.socket:
        until = time.monotonic() + self._patience
        while True:
            try:
                return _connected(self._path)
            except OSError as error:
                if time.monotonic() >= until:
                    told, step = "no process that writes this log answers", "start `viewtrail serve`"
                    raise LogBusy(told, where=str(self._path), next=step) from error
            time.sleep(0.05)


def _connected(path: Path) -> socket.socket:
    wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with reachable(path) as address:
            wire.connect(address)
        if not same_user(wire):
            raise PermissionError(f"{path} belongs to another user's process")
    except BaseException:
        with suppress(OSError):
            wire.close()
        raise
    return wire


__all__ = ["RemoteLog"]
