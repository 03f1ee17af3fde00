"""Lines that another system sends over TCP (3CX's active socket), written to a file that is then followed.

There is no password in that protocol: listen on an inner address, and name who may connect. What was received
is on disk before more is read, so a stop of either side loses nothing that was received.
"""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import Final

from viewtrail.errors import BadInput
from viewtrail.sources.transports.line_spool import LineSpool, end

MOST: Final = 16
"""Connections at once: a telephone system has one."""


class LineServer:
    """Listens and appends whole lines to `spool`; with `peers`, from these addresses alone."""

    def __init__(self, host: str, port: int, spool: Path, peers: frozenset[str] = frozenset()) -> None:
        self._spool = LineSpool(spool)
        self._peers = peers
        self._lock = threading.Lock()
        self._open: dict[socket.socket, threading.Thread] = {}
        self._elsewhere = 0  # connections from addresses that may not, or too many at once
        self._said = 0
        try:
            self._server = socket.create_server((host, port), backlog=MOST)
        except OSError as error:
            self._spool.close()
            raise BadInput(
                f"cannot be listened on ({error.strerror})", where=f"tcp://{host}:{port}"
            ) from error
        self.port: int = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, name="tcp lines", daemon=True)
        self._thread.start()

    @property
    def refused(self) -> int:
        """Connections from elsewhere, and those ended because a line was too long."""
        return self._elsewhere + self._spool.too_long

    def said(self) -> list[str]:
        """What happened to connections since this was asked last, where somebody should know."""
        many, self._said = self.refused - self._said, self.refused
        return [f"{many:,} connections refused or cut off"] if many else []

    def close(self) -> None:
        """Stop listening and end what is open; what was received stays in the spool, no thread is left."""
        end(self._server)
        self._thread.join()
        self._spool.closing()
        with self._lock:
            open_now = dict(self._open)
        for one, thread in open_now.items():
            end(one)
            thread.join()
        self._spool.close()

    def trim(self, read: int) -> bool:
        """Empty the spool if all of it (`read` bytes) was read and kept; whether it was."""
        return self._spool.trim(read)

    def _accept(self) -> None:
        while True:
            try:
                one, (address, *_) = self._server.accept()
            except OSError:
                return  # closed
            thread = threading.Thread(target=self._receive, args=(one,), name="tcp lines", daemon=True)
            with self._lock:
                welcome = (not self._peers or address in self._peers) and len(self._open) < MOST
                if welcome:
                    self._open[one] = thread
            if welcome:
                thread.start()
            else:
                self._elsewhere += 1
                one.close()

    def _receive(self, one: socket.socket) -> None:
        try:
            self._spool.receive(one)
        finally:
            with self._lock:
                self._open.pop(one, None)
            one.close()
