"""The tree as it lies on disk: subtree hashes and frontiers of any size from tiles and entries."""

from __future__ import annotations

from functools import lru_cache

from viewtrail.errors import LogDamaged
from viewtrail.log.merkle import HASH, TILE, Frontier, Subtree, leaf_hash, root_of
from viewtrail.log.storage import Storage


def hashes_of(tile: bytes) -> list[bytes]:
    return [tile[at : at + HASH] for at in range(0, len(tile), HASH)]


def subtrees(storage: Storage) -> Subtree:
    """A lookup of full subtrees; tiles that are not stored yet are computed from the level below."""

    @lru_cache(maxsize=512)
    def tile(level: int, n: int) -> bytes:
        return storage.tile(level, n) or b""

    @lru_cache(maxsize=4096)
    def subtree(level: int, n: int) -> bytes | None:
        held = tile(level, n // TILE)
        at = n % TILE * HASH
        if len(held) >= at + HASH:
            return held[at : at + HASH]
        if level == 0:
            row = storage.row(n)
            return None if row is None else leaf_hash(row[2])
        below = tile(level - 1, n)
        return root_of(hashes_of(below)) if len(below) == TILE * HASH else None

    return subtree


def frontier_at(storage: Storage, size: int) -> Frontier:
    """The right edge of the tree of the first `size` entries; LogDamaged when a tile or entry is missing."""
    start = size - size % TILE
    leaves = [leaf_hash(raw) for rows in storage.rows(start, size) for _, _, raw in rows]
    if len(leaves) != size - start:
        raise LogDamaged(f"entries between {start} and {size} are missing")
    edge, lookup, count, level = [leaves], subtrees(storage), size // TILE, 1
    while count:
        first = count - count % TILE
        row = [lookup(level, n) for n in range(first, count)]
        if None in row:
            raise LogDamaged(f"a tile of level {level - 1} is missing", next="run `viewtrail verify`")
        edge.append([found for found in row if found is not None])
        count, level = count // TILE, level + 1
    return Frontier(size, edge)
