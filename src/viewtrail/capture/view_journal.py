"""What happened to pages that were sent, as lines in files that all worker processes of a host share.

1. Every process appends; a line is one short write to a file opened with O_APPEND, so lines stay whole.
2. One process at a time reads (it holds a file lock until it ends) and tells what is overdue.
3. A file covers one minute. Once read and carried over it is deleted: the folder holds what is open, no more.
4. After a restart everything is read again. What is told twice has the same id and the same content.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

try:
    import fcntl
except ImportError:  # Windows: one process alone may use a folder there
    fcntl = None  # type: ignore[assignment]

MINUTE: Final = 60_000_000
"""Microseconds that one file covers."""

LATE: Final = 2
"""Minutes after its own in which a file may still get a line, from a process that was held up."""

_SUFFIX: Final = ".views"


class Journal:
    """The shared lines in `folder`. Lines are JSON arrays; the caller knows what they mean."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._minute = -1
        self._file = -1
        self._lock = -1
        self._process = os.getpid()
        self._read: dict[str, int] = {}

    def append(self, line: Sequence[Any], at: int) -> None:
        """Keep `line`, said at `at` (µs). On return it survives the process, not yet the machine."""
        minute = at // MINUTE
        if minute != self._minute:
            self._switch(minute)
        os.write(self._file, json.dumps(line, separators=(",", ":")).encode() + b"\n")

    def _switch(self, minute: int) -> None:
        path = self._folder / f"{minute:012d}{_SUFFIX}"
        opened = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        if self._file >= 0:
            os.close(self._file)
        self._file, self._minute = opened, minute

    def mine(self) -> bool:
        """True in the one process that reads; it stays the one until it closes or ends."""
        if (
            self._process != os.getpid() and self._lock >= 0
        ):  # the lock came along in a fork: it is the parent's
            os.close(self._lock)
            self._lock = -1
        self._process = os.getpid()
        if self._lock >= 0:
            return True
        lock = os.open(self._folder / "reader.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if fcntl is not None:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            return False
        self._lock = lock
        return True

    def fresh(self) -> Iterator[list[Any]]:
        """The lines not read yet by this process, oldest file first; what cannot be read is left out."""
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
            with path.open("rb") as file:
                file.seek(self._read.get(path.name, 0))
                for raw in file:
                    if not raw.endswith(b"\n"):  # its writer is not done, or died in it
                        break
                    self._read[path.name] = self._read.get(path.name, 0) + len(raw)
                    with contextlib.suppress(ValueError):
                        line = json.loads(raw)
                        if isinstance(line, list):
                            yield line

    def old(self, at: int) -> list[Path]:
        """Files that get no line any more: what is open in them may be carried over, and they deleted."""
        before = f"{at // MINUTE - LATE:012d}"
        return [path for path in sorted(self._folder.glob(f"*{_SUFFIX}")) if path.stem < before]

    def drop(self, paths: Sequence[Path]) -> None:
        for path in paths:
            path.unlink(missing_ok=True)
            self._read.pop(path.name, None)

    def close(self) -> None:
        for descriptor in (self._file, self._lock):
            if descriptor >= 0:
                os.close(descriptor)
        self._file = self._lock = self._minute = -1
