"""Which identities the log already has: their eight-byte keys in memory, found a batch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Thread

import numpy as np
from numpy.typing import NDArray

RECENT = 65_536  # keys kept in a plain dict before they are merged into the sorted arrays
SHARE = 16  # so large a part of all keys may be in the dict: merging costs in proportion to all of them


class Identities:
    """Identity key -> indexes, 16 bytes an entry. Derived from the log; rebuilt on every opening for writing.

    Random ids make an on-disk unique index the slowest part of appending: each batch would touch a page per
    event. The sorted array makes it two binary searches a key, and the disk sees eight bytes appended.
    Merging is done by a thread of its own, where numpy lets others run: whoever appends does not wait for it.
    """

    def __init__(self, keys: bytes = b"") -> None:
        held = np.frombuffer(keys, dtype=">u8").astype(np.uint64)
        order = np.argsort(held, kind="stable")
        self._sorted: NDArray[np.uint64] = held[order]
        self._index: NDArray[np.int64] = order.astype(np.int64)
        self._recent: dict[bytes, int] = {}
        self._pending: list[bytes] = []
        self._merging: _Merge | None = None
        self._size = len(held)

    def find(self, keys: Sequence[bytes]) -> dict[int, list[int]]:
        """position in `keys` -> indexes of entries with that key, for those that have any."""
        found: dict[int, list[int]] = {}
        if len(self._sorted) and keys:
            asked = np.frombuffer(b"".join(keys), dtype=">u8").astype(np.uint64)
            left = np.searchsorted(self._sorted, asked)
            hit = self._sorted[np.minimum(left, len(self._sorted) - 1)] == asked
            for place in np.flatnonzero(hit).tolist():
                right = np.searchsorted(self._sorted, asked[place], side="right")
                found[place] = self._index[left[place] : right].tolist()
        for recent in (self._merging.recent if self._merging else {}, self._recent):
            if not recent.keys().isdisjoint(keys):
                for place, key in enumerate(keys):
                    if key in recent:
                        found.setdefault(place, []).append(recent[key])
        return found

    def add(self, keys: Sequence[bytes]) -> None:
        """The keys of the entries that follow."""
        self._recent.update(zip(keys, range(self._size, self._size + len(keys)), strict=True))
        self._pending += keys
        self._size += len(keys)
        if self._merging is not None and not self._merging.is_alive():
            self._adopt()
        # Two identities with one key do not fit into the dict; the sorted arrays hold both.
        if len(self._recent) < len(self._pending):
            self._adopt()
            self._merge()
            self._adopt()
        elif self._merging is None and len(self._pending) > max(RECENT, len(self._sorted) // SHARE):
            self._merge()

    def _merge(self) -> None:
        """Begin to merge what is pending; until it is adopted, it is found where it was."""
        first = self._size - len(self._pending)
        self._merging = _Merge(self._sorted, self._index, self._recent, self._pending, first)
        self._recent, self._pending = {}, []
        self._merging.start()

    def _adopt(self) -> None:
        """Take over what was merged, when it is done."""
        if self._merging is not None:
            self._merging.join()
            if not self._merging.done:  # it ran out of memory, say: whoever appends is to hear of it
                self._merging.run()
            self._sorted, self._index = self._merging.keys, self._merging.index
            self._merging = None


class _Merge(Thread):
    """The sorted `keys` with their `index`, once it has ended; what it began with is left as it is."""

    def __init__(
        self,
        keys: NDArray[np.uint64],
        index: NDArray[np.int64],
        recent: dict[bytes, int],
        pending: list[bytes],
        first: int,
    ) -> None:
        super().__init__(name="identities", daemon=True)
        self.keys, self.index, self.recent = keys, index, recent
        self.done = False
        self._pending, self._first = pending, first

    def run(self) -> None:
        fresh = np.frombuffer(b"".join(self._pending), dtype=">u8").astype(np.uint64)
        places = np.arange(self._first, self._first + len(fresh), dtype=np.int64)
        keys, index = np.concatenate([self.keys, fresh]), np.concatenate([self.index, places])
        order = np.argsort(keys, kind="stable")
        self.keys, self.index = keys[order], index[order]
        self.done = True
