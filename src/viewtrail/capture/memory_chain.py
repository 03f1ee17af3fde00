"""A chain in memory, for a host that gives us no folder to write to."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from viewtrail.capture.chain import Given


class MemoryChain:
    """As `chain.Chain` says; bounded by the spool, and gone with the process."""

    def __init__(self) -> None:
        self._lines: deque[tuple[bytes, int]] = deque()
        self._held = 0
        self.held_bytes = 0
        self.pending = 0

    def append(self, line: bytes, at: int) -> None:
        self._lines.append((line, at))
        self.held_bytes += len(line)
        self.pending += 1

    def plan(self, most: int) -> Callable[[], list[bytes]]:
        lines: list[bytes] = []
        for line, _ in self._lines:
            if most <= 0:
                break
            lines.append(line)
            most -= len(line)
        self._held = len(lines)
        return lambda: lines

    def done(self, lines: list[bytes]) -> None:
        for _ in lines:
            self.held_bytes -= len(self._lines.popleft()[0])
        self.pending = len(self._lines)
        self._held = max(0, self._held - len(lines))

    def release(self) -> None:
        self._held = 0

    def give_up(self) -> Given | None:
        if len(self._lines) <= self._held:
            return None
        line, at = self._lines[self._held]
        del self._lines[self._held]
        self.held_bytes -= len(line)
        self.pending = len(self._lines)
        return Given(1, at, at)

    def vanished(self) -> Given | None:
        return None

    def unsynced(self) -> list[int]:
        return []

    def close(self) -> None:
        self._lines.clear()
