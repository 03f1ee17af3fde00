"""What was lost, counted in a page of memory that a killed process leaves behind on disk."""

from __future__ import annotations

import mmap
import os
import struct
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

WHYS: Final = ("spool-full", "disk", "torn", "no-room-aside")
"""The spool's bound · the disk refused · half a line after a crash · set aside and no room to keep it."""

KILLED: Final = "killed"
"""Events that waited in memory for a disk that hung, when their process was killed. In this row of the page
`lost` counts those that began to wait and `told` those that were written since; it is a loss once the process
is dead, and not before."""

_ROWS: Final = (*WHYS, KILLED)

_ROW: Final = struct.Struct("<QQQQ")
_PAGE: Final = 4096


@dataclass(frozen=True, slots=True)
class Lost:
    """Events lost for one reason: how many, how many of them were already told, and between which times."""

    why: str
    lost: int
    told: int
    first: int
    last: int

    @property
    def untold(self) -> int:
        return self.lost - self.told


class Ledger:
    """Counts by reason; `ended`: the process that counted is dead.

    With a path they are a mapped file, written by a store to memory: no system call while counting, and
    kill -9 loses none of it. Without one, or on a full disk, they live in memory.
    """

    def __init__(self, path: Path | None, *, ended: bool = False) -> None:
        self._told = _ROWS if ended else WHYS
        self._lock = threading.Lock()  # held for a store to memory alone, so nobody waits for it
        self._page: mmap.mmap | bytearray = bytearray(_PAGE)
        if path is not None:
            self._page = _mapped(path)

    def lose(self, why: str, count: int, first: int, last: int) -> None:
        """`count` events more, made between `first` and `last` (microseconds)."""
        with self._lock:
            row = self._row(why)
            if row.untold:
                first, last = min(row.first, first), max(row.last, last)
            self._write(Lost(why, row.lost + count, row.told, first, last))

    def tell(self, row: Lost) -> None:
        """What `row` counts is now in the spool as an event."""
        with self._lock:
            now = self._row(row.why)
            self._write(Lost(row.why, now.lost, row.lost, now.first, now.last))

    def wait(self, at: int) -> None:
        """One event more, made at `at`, is in memory alone."""
        self.lose(KILLED, 1, at, at)

    def waited(self) -> None:
        """One of these is written, or its loss is counted."""
        with self._lock:
            row = self._row(KILLED)
            self._write(Lost(KILLED, row.lost, row.told + 1, row.first, row.last))

    def rows(self) -> list[Lost]:
        """What was lost, by reason."""
        return [self._row(why) for why in self._told]

    def close(self) -> None:
        if isinstance(self._page, mmap.mmap):
            self._page.close()
            self._page = bytearray(_PAGE)

    def _row(self, why: str) -> Lost:
        return Lost(why, *_ROW.unpack_from(self._page, _ROWS.index(why) * _ROW.size))

    def _write(self, row: Lost) -> None:
        _ROW.pack_into(self._page, _ROWS.index(row.why) * _ROW.size, row.lost, row.told, row.first, row.last)


def _mapped(path: Path) -> mmap.mmap | bytearray:
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if os.fstat(fd).st_size < _PAGE:
            # Written, not only made longer: a store to a hole on a full disk would end the process (SIGBUS).
            os.pwrite(fd, bytes(_PAGE), 0)
        if os.fstat(fd).st_size < _PAGE:
            return bytearray(_PAGE)
        return mmap.mmap(fd, _PAGE)
    except OSError:
        return bytearray(_PAGE)
    finally:
        os.close(fd)
