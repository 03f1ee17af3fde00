"""Reading the log: entries, names, details, proofs; by any number of processes, also while one writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Final

import msgspec

from viewtrail.errors import BadInput, KeyMissing, LogDamaged
from viewtrail.log.checkpoint import Checkpoint, Signer, parse, public_key_text
from viewtrail.log.detail import DetailKeys, open_detail
from viewtrail.log.entry import Logged, decode, decode_fast
from viewtrail.log.erasure import open_aside
from viewtrail.log.keys import Keys
from viewtrail.log.merkle import TILE, Growing, Tree, leaf_hash
from viewtrail.log.pseudonyms import Names
from viewtrail.log.storage import SetAside, Storage
from viewtrail.log.stored_tree import subtrees

PIECE: Final = 4_096
"""Entries asked for by their indexes at once."""


def origin(tenant: str) -> str:
    """The name under which a tenant's checkpoints are signed."""
    return f"viewtrail/{tenant}"


class LogReader:
    """Reads the log; any number of processes may, also while one writes. Sees only what is durable."""

    def __init__(self, storage: Storage, *, tenant: str, keys: Keys | None = None) -> None:
        self.tenant = tenant
        self._storage = storage
        self._keys = keys
        self._edge: Growing | None = None

    @property
    def storage(self) -> Storage:
        return self._storage

    @property
    def keys(self) -> Keys | None:
        return self._keys

    @property
    def public_key(self) -> bytes | None:
        """The Ed25519 public key of the log's checkpoints; None when the log was opened without its keys."""
        return None if self._keys is None else Signer(origin(self.tenant), self._keys.signing).public

    @property
    def verifier_key(self) -> str:
        """The public key as others' tools read it; it is no secret, hand it out."""
        public = self.public_key
        return "" if public is None else public_key_text(origin(self.tenant), public)

    @property
    def size(self) -> int:
        """Number of entries; the next one gets this index."""
        return self._storage.size()

    def read(self, start: int = 0, stop: int | None = None) -> Iterator[Logged]:
        """Entries [start, stop) by index."""
        size = self._storage.size()
        return _logged(self._storage.rows(start, size if stop is None else min(stop, size)))

    def read_known(self) -> Iterator[Logged]:
        """All entries by (known, index): the order in which a company would have learnt of them."""
        return _logged(self._storage.rows_known(self._storage.size()))

    def entry(self, index: int) -> Logged:
        row = self._storage.row(index)
        if row is None:
            raise LogDamaged(f"entry {index} is not in the log")
        return Logged(index, row[1], decode(row[2], f"entry {index}"))

    def entries(self, indexes: Sequence[int]) -> list[Logged]:
        """These entries in this order, by the thousand at once; LogDamaged where one is not in the log."""
        pieces = (indexes[start : start + PIECE] for start in range(0, len(indexes), PIECE))
        return list(_logged(self._storage.chosen(piece) for piece in pieces))

    def detail(self, index: int) -> dict[str, Any] | None:
        """What else was sent with entry `index`; None when there was nothing, or it is erased."""
        bound, kept = self.entry(index).entry.detail, self._storage.detail(index)
        if bound is None or kept is None:
            return None
        opener = DetailKeys(self._need_keys().master, _no_entropy, self._storage.detail_key)
        key = opener.get(kept[0])
        if key is None:
            return None
        extra = open_detail(key, kept[1], bytes.fromhex(bound))
        if extra is None:
            raise LogDamaged("the detail is not the one the entry is bound to", where=f"entry {index}")
        return extra

    def resolve(self, pseudonym: str) -> str | None:
        """The source's id behind a pseudonym; None when it was never met or is erased."""
        sealed = self._storage.name(pseudonym)
        return None if sealed is None else self._names().open(pseudonym, sealed)

    def pseudonym(self, kind: str, id: str) -> str:
        """The pseudonym that the agent ("a") or record ("r") with this source id has or would have."""
        return self._names().of(kind, id)

    def set_aside(self) -> list[SetAside]:
        """What was given to the log and could not enter it, oldest first."""
        return self._storage.set_aside()

    def open_set_aside(self, item: SetAside) -> bytes:
        """What it was, as it came."""
        return open_aside(item, self._need_keys())

    def latest_checkpoint(self) -> Checkpoint | None:
        """The later of the two checkpoints kept: in the database and in the small file beside it."""
        notes = [note for note in (self._storage.checkpoint(), self._storage.outer_checkpoint()) if note]
        try:
            found = [parse(note, "stored checkpoint") for note in notes]
        except BadInput as error:
            raise LogDamaged(str(error), next="run `viewtrail verify`") from error
        return max(found, key=lambda checkpoint: checkpoint.size, default=None)

    def root(self, size: int | None = None) -> bytes:
        """Root over the first `size` entries, from the stored tiles, or from the last one asked for."""
        size, last = self._within(self.size if size is None else size), self._edge
        if last is not None and 0 <= size - last.size <= TILE:
            edge = last.copy()
        else:
            edge = Growing(self._tree(), size)
        for rows in self._storage.rows(edge.size, size):
            for _, _, raw in rows:
                edge.add(leaf_hash(raw))
        self._edge = edge
        return edge.root()

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """Proof that entry `index` is in the log of `size` entries."""
        return self._tree().inclusion(index, self._within(size))

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Proof that the log of `old` entries is the beginning of that of `new`."""
        return self._tree().consistency(old, self._within(new))

    def _within(self, size: int) -> int:
        if not 0 <= size <= self.size:
            raise BadInput(f"size {size} is past the log's {self.size}")
        return size

    def close(self) -> None:
        self._storage.close()

    def __enter__(self) -> LogReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _tree(self) -> Tree:
        return Tree(subtrees(self._storage))

    def _names(self) -> Names:
        keys = self._need_keys()
        return Names(keys.tenant, keys.master)

    def _need_keys(self) -> Keys:
        if self._keys is None:
            raise KeyMissing("this log was opened without its keys")
        return self._keys


def _logged(pieces: Iterator[list[tuple[int, int, bytes]]]) -> Iterator[Logged]:
    return chain.from_iterable(map(_decoded, pieces))


def _decoded(rows: list[tuple[int, int, bytes]]) -> Iterable[Logged]:
    """A piece at once: nothing but C runs for each entry of it."""
    indexes, known, raw = zip(*rows, strict=True)
    try:
        return list(map(Logged, indexes, known, map(decode_fast, raw)))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _one_by_one(rows)


def _one_by_one(rows: list[tuple[int, int, bytes]]) -> Iterator[Logged]:
    """The entries before the damaged one, which is then named."""
    for index, known, raw in rows:
        yield Logged(index, known, decode(raw, f"entry {index}"))


def _no_entropy(count: int) -> bytes:
    raise AssertionError(f"{count} random bytes asked for while reading")
