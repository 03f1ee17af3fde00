"""Lines that another system sends over TCP (3CX's active socket), written to a file that is then followed.

There is no password in that protocol: listen on an inner address, and name who may connect. What was received
is on disk before more is read, so a stop of either side loses nothing that was received.
"""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path
from typing import Final

from viewtrail.errors import BadInput

LONGEST: Final = 64 << 10
"""Bytes of one line; a sender without line ends is cut off after so many."""

MOST: Final = 16
"""Connections at once: a telephone system has one."""


class LineServer:
    """Listens and appends whole lines to `spool`; with `peers`, from these addresses alone."""

    def __init__(self, host: str, port: int, spool: Path, peers: frozenset[str] = frozenset()) -> None:
        self._spool = spool
        self._peers = peers
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self.refused = 0  # connections from elsewhere, and lines that were too long
        spool.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(spool, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._server = socket.create_server((host, port), backlog=MOST)
        except OSError as error:
            os.close(self._file)
            raise BadInput(
                f"cannot be listened on ({error.strerror})", where=f"tcp://{host}:{port}"
            ) from error
        self.port: int = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, name="tcp lines", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening; what was received stays in the spool."""
        self._server.close()
        with self._lock:
            open_now = list(self._open)
        for one in open_now:
            one.close()
        self._thread.join(timeout=5)
        os.close(self._file)

    def trim(self, read: int) -> bool:
        """Empty the spool if all of it (`read` bytes) was read and kept; whether it was."""
        with self._lock:
            if os.fstat(self._file).st_size != read:
                return False
            os.ftruncate(self._file, 0)
            return True

    def _accept(self) -> None:
        while True:
            try:
                one, (address, *_) = self._server.accept()
            except OSError:
                return  # closed
            with self._lock:
                welcome = (not self._peers or address in self._peers) and len(self._open) < MOST
                if welcome:
                    self._open.add(one)
            if welcome:
                threading.Thread(target=self._receive, args=(one,), daemon=True).start()
            else:
                self.refused += 1
                one.close()

    def _receive(self, one: socket.socket) -> None:
        rest = b""
        try:
            while block := one.recv(LONGEST):
                whole, end, rest = (rest + block).rpartition(b"\n")
                if end:
                    self._keep(whole + end)
                if len(rest) > LONGEST:
                    self.refused += 1
                    return
        except OSError:
            pass  # the other side went away, or we are closing: what is whole is kept
        finally:
            if rest.strip() and len(rest) <= LONGEST:
                self._keep(rest + b"\n")  # a sender that closes without a last line end has said all
            with self._lock:
                self._open.discard(one)
            one.close()

    def _keep(self, lines: bytes) -> None:
        with self._lock:
            try:
                os.write(self._file, lines)
                os.fdatasync(self._file)
            except OSError:
                self.refused += 1  # closed meanwhile, or the disk is full
