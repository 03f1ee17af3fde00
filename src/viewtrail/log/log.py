"""The log's writer: appends entries in one order, each with an index, and signs what is on disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from viewtrail.errors import KeyMissing, LogDamaged
from viewtrail.event import Event
from viewtrail.log.checkpoint import Checkpoint, Signer, is_signed
from viewtrail.log.entry import decode
from viewtrail.log.group import Group, Part, Receipt, Writing
from viewtrail.log.keys import Keys
from viewtrail.log.merkle import TILE, Frontier, leaf_hash
from viewtrail.log.pseudonyms import hmac_sha256
from viewtrail.log.reader import LogReader, origin
from viewtrail.log.storage import Batch, Storage
from viewtrail.log.stored_tree import frontier_at

GROUP = 2_000  # events a durable write; more gains nothing and makes others wait
LAST = 1_024  # entries looked at again on every opening for writing


class Log(LogReader):
    """The log's one writer. Opening it finds the log whole up to its last checkpoint, or raises LogDamaged.

    1. the stored checkpoints are ours (signature) and not longer than the log
    2. the tree over what is on disk leads to the checkpoint's root
    3. the last entries hash to the stored tiles
    """

    def __init__(self, storage: Storage, *, tenant: str, keys: Keys, entropy: Callable[[int], bytes]) -> None:
        super().__init__(storage, tenant=tenant, keys=keys)
        self.tenant_key = keys.tenant
        self._signer = Signer(origin(tenant), keys.signing)
        self._writing = Writing(tenant, keys, storage, entropy)
        self._recover()
        self._same_keys(keys)

    @property
    def size(self) -> int:
        return self._frontier.size

    def append(
        self,
        events: Sequence[Event],
        *,
        received: int,
        backfill: bool = False,
        skew: int = 0,
        masked: bool = False,
    ) -> list[Receipt]:
        """A receipt for each event, in order; on return all is on disk. Safe to repeat after any failure.

        `received` (µs) never goes back: an earlier one counts as the last. `backfill` marks history, known
        from its own time. `skew` (ms) is how far the source's clock is ahead, kept with the entries. `masked`
        is for our own programs: ids that already are pseudonyms are kept, not made pseudonyms again.
        """
        receipts: list[Receipt] = []
        for start in range(0, len(events), GROUP):
            part = Part(events[start : start + GROUP], received, backfill, skew, masked)
            receipts += self.append_parts([part])[0]
        return receipts

    def append_parts(self, parts: Sequence[Part]) -> list[list[Receipt]]:
        """The receipts of each part, all in one durable write; after an exception none of it counts."""
        self._sure()
        group, told, received = self._taken(parts)
        self._write(group.whole(), received)
        return told

    def would(self, part: Part) -> list[Receipt]:
        """What `append_parts` would answer; nothing is written, so an added event has no index yet."""
        self._sure()
        try:
            (receipts,) = self._taken([part])[1]
        finally:
            self._writing.forget()
        size = self._frontier.size
        return [
            receipt if receipt.index is None or receipt.index < size else Receipt(None, receipt.outcome)
            for receipt in receipts
        ]

    def _taken(self, parts: Sequence[Part]) -> tuple[Group, list[list[Receipt]], int]:
        group, told, received = Group(self._writing, self._frontier.size), [], self._received
        try:
            for part in parts:
                received = max(received, part.received)
                told.append(group.take(part, received))
        except BaseException:
            self._writing.forget()  # names met on the way are stored nowhere
            raise
        return group, told, received

    def put_aside(self, at: int, items: Sequence[tuple[str, str, bytes]]) -> None:
        """Keep (place, reason, raw) of what could not become an event; the same again is kept once."""
        self._sure()
        batch = Batch(self._frontier.size)
        batch.aside = [self._writing.aside(at, place, why, raw) for place, why, raw in items]
        self._write(batch, self._received)

    def checkpoint(self) -> Checkpoint:
        """Sign the log as it is on disk; the last checkpoint again when nothing was added.

        1. the log on disk still leads to the last checkpoint's root
        2. what came since, read again and hashed again, leads to the root computed while appending
        3. the last checkpoint is still the one kept outside (compare-and-swap), then both places have the new
        """
        self._sure()
        last = self.latest_checkpoint()
        if last is not None:
            self._must_be_ours(last)
        signed = frontier_at(self._storage, last.size if last else 0)
        if last is not None and signed.root() != last.root:  # 1
            raise LogDamaged(f"the first {last.size:,} entries are not those that were signed")
        self.look_again()  # 2
        again = self._again
        root = self._frontier.root()
        if again.size != self._frontier.size or again.root() != root:
            self._again = signed  # all of it is read anew next time
            raise LogDamaged("the entries on disk are not those that were appended; nothing was signed")
        if last is not None and last.size == again.size:
            return last
        new = self._signer.sign(again.size, root)
        self._storage.keep_checkpoint(new.note, new.size, last.note if last else "")  # 3
        return new

    def look_again(self, most: int | None = None) -> None:
        """Read from disk and hash again what no checkpoint covers yet, `most` entries of it (None: all).

        Done a little after each write, it leaves `checkpoint` little to do: nobody waits for a long one.
        """
        size = self._frontier.size
        stop = size if most is None else min(size, self._again.size + most)
        for rows in self._storage.rows(self._again.size, stop):
            self._again.extend([leaf_hash(raw) for _, _, raw in rows])

    def _write(self, batch: Batch, received: int) -> None:
        frontier = self._frontier.copy()
        batch.tiles = frontier.extend([leaf_hash(raw) for _, raw in batch.entries])
        batch.mac = self._writing.mac(batch)
        latest, monotone = self._latest_known, self._monotone
        for known, _ in batch.entries:
            if known < latest:
                monotone = False
            else:
                latest = known
        batch.meta = {"received": received, "known": latest, "monotone": int(monotone)}
        self._unsure = True  # until we know that it is on disk, or have read what is
        self._storage.write(batch)
        self._unsure = False
        self._frontier, self._received = frontier, received
        self._latest_known, self._monotone = latest, monotone

    def _sure(self) -> None:
        if self._unsure:
            self._recover()

    def _recover(self) -> None:
        self._writing.forget()
        size = self._storage.size()
        self._received = self._storage.meta("received")
        self._latest_known = self._storage.meta("known")
        self._monotone = self._storage.meta("monotone", 1) == 1
        last = self.latest_checkpoint()
        if last is not None:
            self._must_be_ours(last)  # 1
            if last.size > size:
                raise LogDamaged(
                    f"the log has {size:,} entries and its signed checkpoint {last.size:,}",
                    next="entries are missing: restore the log from a backup; nothing was written",
                )
            if self._tree().root(0, last.size) != last.root:  # 2
                raise LogDamaged(f"the first {last.size:,} entries are not those that were signed")
        self._frontier = frontier_at(self._storage, size)
        self._again = frontier_at(self._storage, last.size if last else 0)
        self._look_at_last(size)  # 3
        self._unsure = False

    def _look_at_last(self, size: int) -> None:
        start = max(0, size - LAST) // TILE * TILE
        again, tiles = frontier_at(self._storage, start), []
        for rows in self._storage.rows(start, size):
            for index, _, raw in rows:
                decode(raw, f"entry {index}")
            tiles += again.extend([leaf_hash(raw) for _, _, raw in rows])
        kept = {(level, n): self._storage.tile(level, n) for level, n, _ in tiles}
        last = {(level, n): hashes for level, n, hashes in tiles}
        if again.root() != self._frontier.root() or kept != last:
            raise LogDamaged("the last entries do not hash to the stored tree", next="run `viewtrail verify`")

    def _same_keys(self, keys: Keys) -> None:
        """Another tenant or master key would go unnoticed until names no longer match; so keep a trace."""
        traces = {
            "tenant key": int.from_bytes(self._writing.digest(f"trace:{self.tenant}".encode())[:6]),
            "master key": int.from_bytes(hmac_sha256(keys.master)(b"trace")[:6]),
        }
        if self.size == 0:
            self._storage.write(Batch(0, meta=traces))
        for name, trace in traces.items():
            if self._storage.meta(name) != trace:
                raise KeyMissing(f"the {name} given is not the one this log of {self.tenant!r} was made with")

    def _must_be_ours(self, checkpoint: Checkpoint) -> None:
        if checkpoint.origin != self._signer.name:
            raise LogDamaged(f"the stored checkpoint is that of {checkpoint.origin}")
        if not is_signed(checkpoint, self._signer.name, self._signer.public):
            raise KeyMissing(
                "the stored checkpoint is not signed by this log's key",
                next="give the signing key that belongs to this log",
            )

    def __enter__(self) -> Log:
        return self

    _frontier: Frontier
    _again: Frontier  # over what was read from disk after it was written
    _received: int
    _latest_known: int
    _monotone: bool
    _unsure: bool


__all__ = ["Log", "LogReader", "origin"]
