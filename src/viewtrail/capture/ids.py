"""Names that nobody has to hand out: time-ordered event ids, and one id for each life of a process."""

from __future__ import annotations

import os
import time


def uuid7(ns: int) -> str:
    """A UUID version 7 (RFC 9562, 5.7) for the moment `ns` (nanoseconds since 1970).

    The 12 bits after the milliseconds hold their fraction (method 3 of section 6.2), so that ids of one
    process sort by time and the log's index of ids grows at its end.
    """
    ms, below = divmod(ns, 1_000_000)
    head = ms << 16 | 0x7000 | (below << 12) // 1_000_000
    tail = int.from_bytes(os.urandom(8), "big") & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    text = f"{head:016x}{tail:016x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def boot_id() -> str:
    """A short id for this life of this process: its events are numbered from 1 under it."""
    return f"{int(time.time()):08x}{os.urandom(3).hex()}"
