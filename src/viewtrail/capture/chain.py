"""The files of one class of events: lines appended at one end, read and given back at the other."""

from __future__ import annotations

import contextlib
import os
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

SEGMENT_BYTES: Final = 256 * 1024
"""A file is given up as a whole, and unlinked as a whole once acknowledged: small enough for both."""

_NEW: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Given:
    """Lines given up: how many, and between which times (microseconds)."""

    count: int
    first: int
    last: int


class Chain(Protocol):
    """Lines in order. Whoever calls holds the spool's lock, except for the reading that `plan` returns."""

    held_bytes: int
    pending: int

    def append(self, line: bytes, at: int) -> None:
        """The whole line is in the page cache on return; `OSError`: nothing of it is."""

    def plan(self, most: int) -> Callable[[], list[bytes]]:
        """A reading of about `most` bytes of lines not yet done, to be called without the lock. What it
        reads is held: it cannot be given up until `done` or `release`."""

    def done(self, lines: list[bytes]) -> None:
        """These, the first ones of the plan, are acknowledged."""

    def release(self) -> None:
        """The plan is over."""

    def give_up(self) -> Given | None:
        """Drop the oldest lines that are not held, a file at a time; None: there is nothing to drop."""

    def vanished(self) -> Given | None:
        """What was held and is not there any more, because somebody removed the file."""

    def unsynced(self) -> list[int]:
        """Descriptors to fsync and close, of everything appended before this call."""

    def close(self) -> None: ...


@dataclass(slots=True)
class _Segment:
    path: Path
    size: int = 0
    count: int = 0
    first: int = 0
    last: int = 0
    done: int = 0
    done_count: int = 0
    held: bool = False


class FileChain:
    """A chain in files `NAME-000001`, ...; the last one is written, with one write a line."""

    def __init__(self, folder: Path, name: str, segment_bytes: int = SEGMENT_BYTES) -> None:
        self._folder = folder
        self._name = name
        self._most = segment_bytes
        self._segments: deque[_Segment] = deque()
        self._number = 0
        self._fd = -1
        self._dirty = False
        self._created = False
        self._rotated: list[int] = []
        self.held_bytes = 0
        self.pending = 0

    def found(self, at: int) -> int:
        """Take over the files that a process left behind; the number of half lines at their ends."""
        torn = 0
        for path in sorted(self._folder.glob(f"{self._name}-*")):
            raw = path.read_bytes()
            whole = raw.rfind(b"\n") + 1
            if whole < len(raw):
                torn += 1
                os.truncate(path, whole)
            count = raw.count(b"\n")
            self._segments.append(_Segment(path, whole, count, at, at))
            self.held_bytes += whole
            self.pending += count
            self._number = int(path.name.rpartition("-")[2])
        return torn

    def append(self, line: bytes, at: int) -> None:
        if self._fd < 0 or self._segments[-1].size >= self._most:
            self._next()
        segment = self._segments[-1]
        self._write(line, segment.size)
        segment.first = segment.first or at
        segment.last = at
        segment.size += len(line)
        segment.count += 1
        self.held_bytes += len(line)
        self.pending += 1
        self._dirty = True

    def _write(self, line: bytes, size: int) -> None:
        try:
            written = os.write(self._fd, line)
        except OSError:
            self._cut(size)
            raise
        if written < len(line):  # the disk filled up within the line
            self._cut(size)
            raise OSError(28, "no space left on device")

    def _cut(self, size: int) -> None:
        """Take back half a line. If even that fails, the file ends here and its end counts as torn."""
        try:
            os.ftruncate(self._fd, size)
        except OSError:
            self._retire()

    def _next(self) -> None:
        self._retire()
        path = self._folder / f"{self._name}-{self._number + 1:06}"
        try:
            self._fd = os.open(path, _NEW, 0o600)
        except FileNotFoundError:  # somebody cleaned up the folder of a living process
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._fd = os.open(path, _NEW, 0o600)
        self._created = True
        self._number += 1
        self._segments.append(_Segment(path))

    def _retire(self) -> None:
        if self._fd >= 0:
            self._rotated.append(self._fd)
            self._fd = -1

    def plan(self, most: int) -> Callable[[], list[bytes]]:
        pieces: list[tuple[Path, int, int]] = []
        for segment in self._segments:
            if most <= 0:
                break
            if segment.size > segment.done:
                segment.held = True
                pieces.append(
                    (segment.path, segment.done, min(segment.size - segment.done, max(most, 65_536)))
                )
                most -= pieces[-1][2]
                if pieces[-1][2] < segment.size - segment.done:
                    break
        return lambda: _lines(pieces)

    def done(self, lines: list[bytes]) -> None:
        for line in lines:
            while self._segments[0].done >= self._segments[0].size:
                self._drop_first()
            segment = self._segments[0]
            segment.done += len(line)
            segment.done_count += 1
            self.pending -= 1
        while self._segments and self._segments[0].done >= self._segments[0].size:
            if len(self._segments) == 1 and self._fd >= 0:
                self._empty(self._segments[0])
                break
            self._drop_first()

    def _empty(self, segment: _Segment) -> None:
        """The file being written is all acknowledged: begin again at its start."""
        if segment.size:
            with contextlib.suppress(OSError):
                os.ftruncate(self._fd, 0)
                self.held_bytes -= segment.size
                self._segments[0] = _Segment(segment.path)

    def _drop_first(self) -> None:
        self._unlink(self._segments.popleft())

    def _unlink(self, segment: _Segment) -> None:
        self.held_bytes -= segment.size
        with contextlib.suppress(OSError):
            segment.path.unlink()

    def release(self) -> None:
        for segment in self._segments:
            segment.held = False

    def give_up(self) -> Given | None:
        for segment in self._segments:
            if not segment.held and segment.size > segment.done:
                return self._give(segment)
        return None

    def _give(self, segment: _Segment) -> Given:
        if segment is self._segments[-1]:
            self._retire()
        self._segments.remove(segment)
        self._unlink(segment)
        count = segment.count - segment.done_count
        self.pending -= count
        return Given(count, segment.first, segment.last)

    def vanished(self) -> Given | None:
        for segment in self._segments:
            if segment.held and segment.size > segment.done and not segment.path.exists():
                return self._give(segment)
        return None

    def unsynced(self) -> list[int]:
        fds, self._rotated = self._rotated, []
        if self._dirty and self._fd >= 0:
            fds.append(os.dup(self._fd))
        if self._created:  # a new file's name is on disk when its folder is
            fds.append(os.open(self._folder, os.O_RDONLY | os.O_CLOEXEC))
        self._dirty = self._created = False
        return fds

    def close(self) -> None:
        self._retire()
        for fd in self._rotated:
            os.close(fd)
        self._rotated = []


def _lines(pieces: list[tuple[Path, int, int]]) -> list[bytes]:
    found: list[bytes] = []
    for path, start, size in pieces:
        try:
            with path.open("rb") as file:
                file.seek(start)
                raw = file.read(size)
        except FileNotFoundError:
            break
        found += [line + b"\n" for line in raw.split(b"\n")[:-1]]
    return found
