"""The local socket of the process that writes the log: one thread a producer, requests answered in order."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from viewtrail.errors import ViewtrailError
from viewtrail.store.writer_frames import NAME, Gone, reachable, receive, refusal, same_user, send


class WriterSocket:
    """HOME/writer.sock, for this user alone. Only the holder of the log's lock may make one: an older socket
    in its place is that of a dead process and is replaced."""

    def __init__(self, home: Path, answer: Callable[[tuple[Any, ...]], Any]) -> None:
        self._path = home / NAME
        self._answer = answer
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: set[threading.Thread] = set()
        self._listener = _listen(self._path)
        self._inode = os.stat(self._path).st_ino
        self._accepting = threading.Thread(target=self._accept, name="writer-socket", daemon=True)
        self._accepting.start()

    def close(self) -> None:
        """Nobody is let in any more; what was asked before is answered."""
        with suppress(FileNotFoundError):
            if os.stat(self._path).st_ino == self._inode:  # a later writer may have put its own there
                os.unlink(self._path)
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join()
        with self._lock:
            waiting, threads = list(self._open), list(self._threads)
        for wire in waiting:
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RD)
        for thread in threads:
            thread.join(timeout=10)

    def _accept(self) -> None:
        while True:
            try:
                wire, _ = self._listener.accept()
            except OSError:
                return
            if not same_user(wire):
                wire.close()
                continue
            thread = threading.Thread(target=self._serve, args=(wire,), name="producer", daemon=True)
            with self._lock:
                self._open.add(wire)
                self._threads.add(thread)
            thread.start()

    def _serve(self, wire: socket.socket) -> None:
        try:
            while True:
                send(wire, self._told(receive(wire)))
        except Gone:
            pass
        finally:
            with self._lock:
                self._open.discard(wire)
                self._threads.discard(threading.current_thread())
            wire.close()

    def _told(self, request: tuple[Any, ...]) -> tuple[Any, ...]:
        try:
            return "ok", self._answer(request)
        except ViewtrailError as error:
            return refusal(error)
        except Exception as error:  # a request nobody foresaw is its sender's to hear of
            return refusal(ViewtrailError(f"the writer could not: {error!r}"))


def _listen(path: Path) -> socket.socket:
    """A socket that is there, with its rights, from the first moment it has its name."""
    part = path.with_name(path.name + ".part")
    with suppress(FileNotFoundError):
        os.unlink(part)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with reachable(part) as address:
            listener.bind(address)
        os.chmod(part, 0o600)
        listener.listen(128)
        os.replace(part, path)
    except BaseException:
        listener.close()
        raise
    return listener
