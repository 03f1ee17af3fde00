"""Completeness: gaps in the numbers that sources give their events, and gaps that sources report."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence

import numpy as np

_NUMBERED = re.compile(r"(.*?)([0-9]{1,15})", re.DOTALL)

Run = tuple[str, str, int, int, int, int]
"""Numbers that come one after the other: source, what stands before the number, first and last of them, and
the times of the first's and the last's event."""


def numbered(sequence: str) -> tuple[str, int] | None:
    """(what stands before the number, the number); None where there is none."""
    if sequence.isdecimal() and sequence.isascii() and len(sequence) <= 15:
        return "", int(sequence)
    match = _NUMBERED.fullmatch(sequence)
    return (match[1], int(match[2])) if match else None


def runs(sources: Sequence[str], sequences: Sequence[str | None], times: Sequence[int]) -> list[Run]:
    """The numbers of events in the order they come, by the run: a source counts up, so there are few."""
    if sources and sources.count(sources[0]) == len(sources):
        told = _one_run(sequences)
        if told:
            return [(sources[0], "", *told, times[0], times[-1])]
    found: list[Run] = []
    for source, sequence, time in zip(sources, sequences, times, strict=True):
        number = numbered(sequence) if sequence is not None else None
        if number is None:
            continue
        prefix, n = number
        if found and found[-1][:2] == (source, prefix) and found[-1][3] + 1 == n:
            first, began = found[-1][2], found[-1][4]
            found[-1] = (source, prefix, first, n, began, time)
        else:
            found.append((source, prefix, n, n, time, time))
    return found


def _one_run(sequences: Sequence[str | None]) -> tuple[int, int] | None:
    """(first, last) of plain numbers without a hole, which nearly every batch has."""
    told = [sequence for sequence in sequences if sequence is not None]
    whole = "".join(told)
    if len(told) < len(sequences) or not (whole.isdecimal() and whole.isascii()):
        return None
    if not 0 < min(map(len, told)) <= max(map(len, told)) <= 15:
        return None
    numbers = list(map(int, told))
    first, last = numbers[0], numbers[-1]
    return (first, last) if numbers == list(range(first, last + 1)) else None


class Numbering:
    """Collects `sequence` by source and by what stands before the number (a boot id starts a new counter)."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], array[int]] = {}
        self._told: list[str] = []
        self._unread: dict[str, int] = {}

    def note(self, sources: Sequence[str], sequences: Sequence[str | None]) -> None:
        """The numbers of a piece of the log; None where the source gave none."""
        if len(set(sources)) == 1 and None not in sequences and "" not in sequences:
            told: Sequence[str] = sequences  # type: ignore[assignment]  # none of them is None
            # nearly every piece, ten times faster
            if "".join(told).isdecimal() and len(max(told, key=len)) <= 15:
                self._counter(sources[0], "").extend(map(int, told))
                return
        for source, sequence in zip(sources, sequences, strict=True):
            if sequence is not None:
                self._note(source, sequence)

    def _note(self, source: str, sequence: str) -> None:
        match = _NUMBERED.fullmatch(sequence)
        if match is None:
            self._unread[source] = self._unread.get(source, 0) + 1
        else:
            self._counter(source, match[1]).append(int(match[2]))

    def _counter(self, source: str, prefix: str) -> array[int]:
        return self._seen.setdefault((source, prefix), array("q"))

    def told(self, gap: str) -> None:
        """A gap that a source reported itself."""
        self._told.append(gap)

    def problems(self) -> list[str]:
        found = list(self._told)
        for (source, prefix), numbers in sorted(self._seen.items()):
            name = f"{source} ({prefix})" if prefix else source
            found += [f"{name}: {_span(*gap)}" for gap in gaps(numbers)]
        return found + [f"{name}: {n:,} sequences are no numbers" for name, n in sorted(self._unread.items())]


def gaps(numbers: array[int]) -> list[tuple[int, int]]:
    """(first, last) of each run of numbers missing between the smallest and the largest."""
    held = np.sort(np.frombuffer(numbers, dtype=np.int64))
    after = np.flatnonzero(np.diff(held) > 1)
    return [(int(held[at]) + 1, int(held[at + 1]) - 1) for at in after]


def _span(first: int, last: int) -> str:
    if first == last:
        return f"number {first} is missing"
    return f"numbers {first} to {last} are missing ({last - first + 1:,})"
