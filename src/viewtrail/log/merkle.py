"""The RFC 6962 tree over entries: hashes by the tile, roots, proofs and their checks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from hashlib import sha256

from viewtrail.errors import BadInput, LogDamaged

HASH = 32
TILE = 256  # c2sp.org/tlog-tiles: hashes a tile
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Root over hashes of equal-sized subtrees, where only the last may be smaller (RFC 6962 2.1)."""
    if not hashes:
        return EMPTY_ROOT
    row = b"".join(hashes)
    while len(row) > HASH:
        odd = row[len(row) - len(row) % (2 * HASH) :]
        row = (
            b"".join([sha256(b"\1" + row[i : i + 64]).digest() for i in range(0, len(row) - len(odd), 64)])
            + odd
        )
    return row


def split(size: int) -> int:
    """The largest power of two below `size`: where RFC 6962 divides a tree of `size` leaves."""
    return 1 << ((size - 1).bit_length() - 1)


class Frontier:
    """The right edge of a growing tree: per level the hashes of the tile that is not yet full."""

    def __init__(self, size: int = 0, edge: Sequence[Sequence[bytes]] = ()) -> None:
        self.size = size
        self.edge: list[list[bytes]] = [list(row) for row in edge] or [[]]

    def copy(self) -> Frontier:
        return Frontier(self.size, self.edge)

    def extend(self, leaves: Sequence[bytes]) -> list[tuple[int, int, bytes]]:
        """Add leaf hashes; the tiles this completed or, above level 0, changed, as (level, n, hashes)."""
        self.size += len(leaves)
        return self._grow(0, leaves)

    def _grow(self, level: int, hashes: Sequence[bytes]) -> list[tuple[int, int, bytes]]:
        if level == len(self.edge):
            self.edge.append([])
        row = self.edge[level]
        row.extend(hashes)
        done = self.size // TILE ** (level + 1) - len(row) // TILE
        tiles, above = [], []
        while len(row) >= TILE:
            tiles.append((level, done, b"".join(row[:TILE])))
            above.append(root_of(row[:TILE]))
            del row[:TILE]
            done += 1
        if level and row:
            tiles.append((level, done, b"".join(row)))
        return tiles + (self._grow(level + 1, above) if above else [])

    def root(self) -> bytes:
        remainder: list[bytes] = []
        for row in self.edge:
            whole = row + remainder
            remainder = [root_of(whole)] if whole else []
        return remainder[0] if remainder else EMPTY_ROOT


class Growing:
    """The root of a tree that leaves are added to: of its left part, the full subtrees, widest first.

    An entry costs two hashes, a root as many as the size has digits: for who asks again and again.
    """

    def __init__(self, tree: Tree, size: int) -> None:
        self.size = 0
        self._full: list[bytes] = []
        while self.size < size:
            width = 1 << ((size - self.size).bit_length() - 1)
            self._full.append(tree.root(self.size, self.size + width))
            self.size += width

    def copy(self) -> Growing:
        again = copy(self)
        again._full = list(self._full)
        return again

    def add(self, leaf: bytes) -> None:
        """One more leaf hash; it closes as many subtrees as the size has ones at its end."""
        ends = self.size
        while ends & 1:
            leaf, ends = node_hash(self._full.pop(), leaf), ends >> 1
        self._full.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        found = b""
        for full in reversed(self._full):
            found = node_hash(full, found) if found else full
        return found or EMPTY_ROOT


Subtree = Callable[[int, int], bytes | None]  # (level of 256, n) -> the hash of that full subtree, if stored


class Tree:
    """Roots and proofs of any earlier size, from stored subtree hashes; leaves are level 0."""

    def __init__(self, subtree: Subtree) -> None:
        self._subtree = subtree

    def root(self, start: int, stop: int) -> bytes:
        """Root of the leaves [start, stop), a range that RFC 6962's recursion arrives at."""
        width = stop - start
        if width == 0:
            return EMPTY_ROOT
        level, span = 0, 1
        while span < width:
            level, span = level + 1, span * TILE
        if span == width and start % span == 0:
            found = self._subtree(level, start // span)
            if found is not None:
                return found
            if level == 0:
                raise LogDamaged(f"leaf {start} is not in the log")
        middle = start + split(width)
        return node_hash(self.root(start, middle), self.root(middle, stop))

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """Audit path of leaf `index` in the tree of `size` leaves (RFC 6962 2.1.1), lowest first."""
        if not 0 <= index < size:
            raise BadInput(f"index {index} is past the size {size}")
        path, start, stop = [], 0, size
        while stop - start > 1:
            middle = start + split(stop - start)
            if index < middle:
                path.append(self.root(middle, stop))
                stop = middle
            else:
                path.append(self.root(start, middle))
                start = middle
        return path[::-1]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Proof that the tree of `old` leaves is a prefix of the one of `new` (RFC 6962 2.1.2)."""
        if not 0 <= old <= new:
            raise BadInput(f"no proof from size {old} to {new}")
        if old in (0, new):
            return []
        path, start, stop, whole = [], 0, new, True
        while old != stop:
            middle = start + split(stop - start)
            if old <= middle:
                path.append(self.root(middle, stop))
                stop = middle
            else:
                path.append(self.root(start, middle))
                start, whole = middle, False
        if not whole:
            path.append(self.root(start, stop))
        return path[::-1]


def _check_hashes(hashes: Sequence[bytes]) -> None:
    for place, item in enumerate(hashes):
        if len(item) != HASH:
            raise BadInput(f"hash {place} of the proof has {len(item)} bytes, not {HASH}")


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that the audit path leads to (RFC 9162 2.1.3.2); BadInput when the path cannot be right."""
    _check_hashes([leaf, *path])
    if not 0 <= index < size:
        raise BadInput(f"index {index} is past the size {size}")
    at, last, here = index, size - 1, leaf
    for item in path:
        if last == 0:
            raise BadInput("the proof is too long")
        if at & 1 or at == last:
            here = node_hash(item, here)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            here = node_hash(here, item)
        at, last = at >> 1, last >> 1
    if last:
        raise BadInput("the proof is too short")
    return here


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    return root_from_inclusion(leaf, index, size, path) == root


def verify_consistency(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether `path` proves the old tree a prefix of the new one (RFC 9162 2.1.4.2)."""
    _check_hashes([old_root, new_root, *path])
    if not 0 <= old <= new:
        raise BadInput(f"no proof from size {old} to {new}")
    if old == new or old == 0:
        return not path and (old_root == new_root if old == new else old_root == EMPTY_ROOT)
    hashes = list(path) if old & (old - 1) else [old_root, *path]
    if not hashes:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = hashes[0]
    for item in hashes[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = node_hash(item, first), node_hash(item, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, item)
        at, last = at >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root
