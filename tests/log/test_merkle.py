"""The tree agrees with two others' implementations, and its proofs hold for exactly what they are about."""

import pytest
from aics_tlog.tree import (
    MerkleTree,
)
from aics_tlog.tree import (
    verify_consistency as their_consistency,
)
from aics_tlog.tree import (
    verify_inclusion as their_inclusion,
)
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from viewtrail.errors import BadInput
from viewtrail.log import merkle

LEAVES = [b"entry %d" % n for n in range(70)]
HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]
TREE = merkle.Tree(lambda level, n: HASHES[n] if level == 0 and n < len(HASHES) else None)
ROOTS = [TREE.root(0, size) for size in range(71)]


def test_roots_are_those_of_two_other_implementations() -> None:
    theirs = InmemoryTree(algorithm="sha256")
    assert ROOTS[0] == MerkleTree([]).root() == merkle.EMPTY_ROOT
    for size, leaf in enumerate(LEAVES, 1):
        theirs.append_entry(leaf)
        assert ROOTS[size] == theirs.get_root() == MerkleTree(LEAVES[:size]).root()
        assert merkle.root_of(HASHES[:size]) == ROOTS[size]


def test_every_inclusion_proof_up_to_seventy_holds() -> None:
    for size in range(1, 71):
        for index in range(size):
            path = TREE.inclusion(index, size)
            assert merkle.verify_inclusion(HASHES[index], index, size, path, ROOTS[size])
            assert their_inclusion(HASHES[index], index, size, path, ROOTS[size])
            assert not merkle.verify_inclusion(HASHES[index - 1], index, size, path, ROOTS[size]) or size == 1


def test_every_consistency_proof_up_to_seventy_holds() -> None:
    for new in range(71):
        for old in range(new + 1):
            path = TREE.consistency(old, new)
            assert merkle.verify_consistency(old, new, path, ROOTS[old], ROOTS[new])
            if old:
                assert path == MerkleTree(LEAVES).consistency_proof(old, new)
                assert their_consistency(old, new, ROOTS[old], ROOTS[new], path)
                assert not merkle.verify_consistency(old, new, path, ROOTS[old - 1], ROOTS[new])
            if path:
                assert not merkle.verify_consistency(old, new, path[:-1], ROOTS[old], ROOTS[new])
                assert not merkle.verify_consistency(old, new, [*path, ROOTS[1]], ROOTS[old], ROOTS[new])


@pytest.mark.parametrize(
    "wrong",
    [
        lambda path: merkle.verify_inclusion(HASHES[3], 3, 9, [path[0][:31], *path[1:]], ROOTS[9]),
        lambda path: merkle.verify_inclusion(HASHES[3][:31], 3, 9, path, ROOTS[9]),
        lambda path: merkle.verify_inclusion(HASHES[3], 9, 9, path, ROOTS[9]),
        lambda path: merkle.verify_inclusion(HASHES[3], -1, 9, path, ROOTS[9]),
        lambda path: merkle.verify_inclusion(HASHES[3], 3, 9, path[:-1], ROOTS[9]),
        lambda path: merkle.verify_inclusion(HASHES[3], 3, 9, [*path, ROOTS[1]], ROOTS[9]),
        lambda path: merkle.verify_consistency(10, 9, path, ROOTS[9], ROOTS[9]),
        lambda path: merkle.verify_consistency(3, 9, path, ROOTS[3] + b"\0", ROOTS[9]),
        lambda path: TREE.inclusion(9, 9),
        lambda path: TREE.consistency(10, 9),
    ],
)
def test_a_proof_that_cannot_be_one_is_refused(wrong) -> None:
    with pytest.raises(BadInput):
        wrong(TREE.inclusion(3, 9))


@given(st.lists(st.integers(0, 700), max_size=6))
def test_the_frontier_grows_alike_in_whatever_pieces(pieces: list[int]) -> None:
    hashes = [n.to_bytes(32) for n in range(sum(pieces))]
    whole, pieced, tiles = merkle.Frontier(), merkle.Frontier(), {}
    whole.extend(hashes)
    at = 0
    for piece in pieces:
        tiles.update({(level, n): row for level, n, row in pieced.extend(hashes[at : at + piece])})
        at += piece
    assert pieced.root() == whole.root() == merkle.root_of(hashes)
    assert pieced.size == len(hashes)
    for n in range(len(hashes) // 256):
        assert tiles[0, n] == b"".join(hashes[n * 256 : n * 256 + 256])
        assert tiles[1, 0][n * 32 : n * 32 + 32] == merkle.root_of(hashes[n * 256 : n * 256 + 256])


def test_the_frontier_fills_a_second_level() -> None:
    hashes = [n.to_bytes(32) for n in range(256 * 256 + 300)]
    frontier = merkle.Frontier()
    tiles = {(level, n): row for level, n, row in frontier.extend(hashes)}
    assert frontier.root() == merkle.root_of(hashes)
    assert len(tiles[1, 0]) == 256 * 32
    assert tiles[2, 0] == merkle.root_of(hashes[: 256 * 256])


@given(st.integers(0, 300), st.integers(0, 80))
def test_a_root_that_is_asked_for_again_and_again_is_the_trees(before: int, more: int) -> None:
    hashes = [n.to_bytes(32) for n in range(before + more)]
    tree = merkle.Tree(lambda level, n: hashes[n] if level == 0 else None)
    growing = merkle.Growing(tree, before)
    asked = growing.copy()
    assert growing.root() == merkle.root_of(hashes[:before])
    for leaf in hashes[before:]:
        growing.add(leaf)
        assert growing.root() == merkle.root_of(hashes[: growing.size])
    assert asked.root() == merkle.root_of(hashes[:before])
