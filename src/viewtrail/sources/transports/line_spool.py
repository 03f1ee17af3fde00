"""Lines that came over TCP, on disk before more is read: no stop loses what was received."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

LONGEST: Final = 64 << 10
"""Bytes of one line; a sender without line ends is cut off after so many."""

FULL_S: Final = 1.0
"""Seconds between two tries to write on a full disk; meanwhile nothing is read, so that the sender waits."""


class LineSpool:
    """A file to which whole lines of any number of connections are appended. Safe among threads."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self.too_long = 0  # connections ended because of a line without an end
        self.unwritten = 0  # bytes received that no disk took before the end

    def receive(self, one: socket.socket) -> None:
        """Keep what comes over `one` until the other side ends it, it breaks, or a line has no end."""
        rest = b""
        try:
            while block := one.recv(LONGEST):
                whole, end, rest = (rest + block).rpartition(b"\n")
                if end:
                    self.keep(whole + end)
                if len(rest) > LONGEST:
                    self.too_long += 1
                    return
        except OSError:
            pass  # the other side went away, or we are closing: what is whole is kept
        finally:
            if rest.strip() and len(rest) <= LONGEST:
                self.keep(rest + b"\n")  # a sender that closes without a last line end has said all

    def keep(self, lines: bytes) -> None:
        """On return `lines` are on disk; waits while it is full, and gives up only when the spool closes."""
        while lines:
            with self._lock:
                try:
                    written = os.write(self._file, lines)
                    os.fdatasync(self._file)
                    lines = lines[written:]
                except OSError:
                    if self._closing.is_set():
                        self.unwritten += len(lines)
                        return
            if lines:
                self._closing.wait(FULL_S)

    def trim(self, read: int) -> bool:
        """Empty the file if all of it (`read` bytes) was read and kept; whether it was."""
        with self._lock:
            if os.fstat(self._file).st_size != read:
                return False
            os.ftruncate(self._file, 0)
            return True

    def closing(self) -> None:
        """From now on nobody waits for room on the disk."""
        self._closing.set()

    def close(self) -> None:
        """When nobody receives any more; the file stays. Safe to repeat."""
        self.closing()
        with self._lock:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1


def end(one: socket.socket) -> None:
    """End a connection or a listener: closing alone does not wake a thread that waits in it."""
    with suppress(OSError):  # it has ended
        one.shutdown(socket.SHUT_RDWR)
    one.close()
