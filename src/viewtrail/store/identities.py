"""Which identities the log already has: their eight-byte keys in memory, found a batch at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RECENT = 65_536  # keys kept in a plain dict before they are merged into the sorted arrays


class Identities:
    """Identity key -> indexes, 16 bytes an entry. Derived from the log; rebuilt on every opening for writing.

    Random ids make an on-disk unique index the slowest part of appending: each batch would touch a page per
    event. The sorted array makes it two binary searches a key, and the disk sees eight bytes appended.
    """

    def __init__(self, keys: bytes = b"") -> None:
        held = np.frombuffer(keys, dtype=">u8").astype(np.uint64)
        order = np.argsort(held, kind="stable")
        self._sorted: NDArray[np.uint64] = held[order]
        self._index: NDArray[np.int64] = order.astype(np.int64)
        self._recent: dict[bytes, int] = {}
        self._pending: list[bytes] = []
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
        if not self._recent.keys().isdisjoint(keys):
            for place, key in enumerate(keys):
                if key in self._recent:
                    found.setdefault(place, []).append(self._recent[key])
        return found

    def add(self, keys: Sequence[bytes]) -> None:
        """The keys of the entries that follow."""
        self._recent.update(zip(keys, range(self._size, self._size + len(keys)), strict=True))
        self._pending += keys
        self._size += len(keys)
        # Two identities with one key do not fit into the dict; the sorted arrays hold both.
        if len(self._recent) < len(self._pending) or len(self._pending) > max(RECENT, len(self._sorted) // 4):
            self._merge()

    def _merge(self) -> None:
        fresh = np.frombuffer(b"".join(self._pending), dtype=">u8").astype(np.uint64)
        keys = np.concatenate([self._sorted, fresh])
        index = np.concatenate([self._index, np.arange(self._size - len(fresh), self._size, dtype=np.int64)])
        order = np.argsort(keys, kind="stable")
        self._sorted, self._index = keys[order], index[order]
        self._recent, self._pending = {}, []
