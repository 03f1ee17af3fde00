"""Two verdicts on a log: integrity (nothing was altered) and completeness (nothing is missing).

1. indexes run from 0 without a hole, every entry reads, its tenant is this log's
2. what is stored beside an entry follows from it: known, identity key, tiles, order flag
3. no identity stands twice
4. every checkpoint kept, and the one held elsewhere, is signed by the log's key and has the tree's root
5. every detail is the one its entry is bound to, or its erasure was authorised by an entry
6. every name belongs to its pseudonym
7. the sources' own numbering has no gap, and no source reported one
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any, Literal

import msgspec
import numpy as np

from viewtrail.errors import LogDamaged
from viewtrail.event import rfc3339
from viewtrail.log.anchors import check_checkpoints
from viewtrail.log.checkpoint import Checkpoint
from viewtrail.log.erasure import Details, check_aside, check_names
from viewtrail.log.group import segment_mac
from viewtrail.log.keys import Keys
from viewtrail.log.merkle import TILE, Frontier
from viewtrail.log.numbering import Numbering
from viewtrail.log.pseudonyms import hmac_sha256
from viewtrail.log.report import Report, so_many
from viewtrail.log.storage import Storage

_TOLD = frozenset({"capture.gap", "erasure.done"})  # entries that speak about missing things


# What this pass needs of an entry and no more: reading half of it takes half the time. Fields outside are
# covered by the hash all the same.
class _Data(msgspec.Struct, gc=False):
    known_from: int | str | None = None


class _Event(msgspec.Struct, gc=False):
    data: _Data
    id: str
    source: str
    time: int
    type: str
    sequence: str | None = None


class _Glance(msgspec.Struct, gc=False):
    event: _Event
    received: int
    tenant: str
    v: Literal[1]
    backfill: bool = False
    detail: str | None = None


def _since(event: _Event) -> int:
    """From when history counts as known."""
    since = event.data.known_from
    return since if type(since) is int else event.time


_glance = msgspec.json.Decoder(_Glance).decode
_whole = msgspec.json.Decoder(dict[str, Any]).decode


def verify(
    storage: Storage,
    *,
    tenant: str,
    name: str,
    public_key: bytes | None,
    keys: Keys | None = None,
    against: Checkpoint | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> Report:
    """Read the whole log once. `name` and `public_key` are those its checkpoints are signed with; `keys` open
    details and names (without them only their presence is seen); `tell` hears (entries done, of)."""
    report = Report()
    outer = storage.outer_checkpoint()  # before the snapshot: the log may only have grown since it was signed
    with ThreadPoolExecutor(1) as beside, storage.snapshot():
        # The database looks at its own file meanwhile, on the other core.
        problems = beside.submit(storage.problems)
        try:
            report.size = storage.size()
            _Pass(storage, tenant, keys, report).run(tell)
            check_checkpoints(storage, outer, name, public_key, against, report)
        except LogDamaged as error:
            report.integrity.add(str(error))
        for problem in problems.result():
            report.integrity.add(f"the database says: {problem}")
    return report


class _Pass:
    """One reading of all entries, piece by piece, memory bounded but for eight bytes an identity."""

    def __init__(self, storage: Storage, tenant: str, keys: Keys | None, report: Report) -> None:
        self._storage = storage
        self._tenant = tenant
        self._report = report
        self._tree = Frontier()
        self._keys: list[bytes] = []
        self._numbering = Numbering()
        self._details = Details(storage, keys, report.integrity.add)
        self._opened = keys
        self._latest = 0
        self._received = 0
        self._monotone = True

    def run(self, tell: Callable[[int, int], None] | None) -> None:
        if self._storage.first() < 0:  # a hole between is met on the way
            self._report.integrity.add("entries lie outside the log's indexes")
        for rows in self._storage.rows(0, self._report.size):
            self._piece(rows)
            if tell:
                tell(self._tree.size, self._report.size)
        self._report.root = self._tree.root()
        self._check_upper_tiles()
        self._check_identities()
        self._check_meta()
        self._details.finish(self._report.size)
        self._report.notes += self._details.notes()
        if self._opened is not None:
            check_names(self._storage, self._opened, self._report.integrity.add)
        for problem in self._numbering.problems():
            self._report.completeness.add(problem)
        aside = self._storage.set_aside()
        if aside:
            self._report.notes.append(
                f"{so_many(len(aside), 'thing was', 'things were')} given to the log and set aside"
            )
        if self._opened is not None:
            check_aside(aside, self._opened, self._report.integrity.add)

    def _piece(self, rows: list[tuple[int, int, bytes]]) -> None:
        first = self._tree.size
        if (rows[0][0], rows[-1][0]) != (first, first + len(rows) - 1):  # 1; they come in order, each once
            raise LogDamaged(f"the index after entry {first - 1} does not run on without a hole")
        glances = self._glances(rows)
        self._look(rows, glances)
        self._check_tiles(self._tree.extend([sha256(b"\0" + raw).digest() for _, _, raw in rows]))

    def _glances(self, rows: list[tuple[int, int, bytes]]) -> list[_Glance]:
        try:
            return [_glance(raw) for _, _, raw in rows]
        except (msgspec.DecodeError, UnicodeDecodeError):
            return [self._read(index, raw) for index, _, raw in rows]  # says which

    def _read(self, index: int, raw: bytes) -> _Glance:
        try:
            return _glance(raw)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise LogDamaged(f"entry {index} is no entry: {error}") from error

    def _look(self, rows: list[tuple[int, int, bytes]], glances: list[_Glance]) -> None:
        """Whole columns at a time, twice as fast as entry by entry; what is rare is looked at apart."""
        first, events = rows[0][0], [seen.event for seen in glances]
        sources = [event.source for event in events]
        identities = [sha256(f"{event.source}\0{event.id}".encode()).digest()[:8] for event in events]
        self._keys.append(b"".join(identities))
        known = [_since(seen.event) if seen.backfill else seen.received for seen in glances]
        self._check_known(first, [row[1] for row in rows], known)
        self._received = max(self._received, max([seen.received for seen in glances]))
        if {seen.tenant for seen in glances} != {self._tenant}:
            strange = next(seen.tenant for seen in glances if seen.tenant != self._tenant)
            self._report.integrity.add(f"after entry {first}: an entry of tenant {strange!r}")
        self._numbering.note(sources, [event.sequence for event in events])
        if not _TOLD.isdisjoint([event.type for event in events]):
            for place, event in enumerate(events):
                if event.type in _TOLD:
                    self._told(event.type, first + place, rows[place][2])
        detailed = [(first + place, seen.detail) for place, seen in enumerate(glances) if seen.detail]
        self._details.check(first, first + len(rows), detailed)

    def _check_known(self, first: int, stored: list[int], derived: list[int]) -> None:
        if stored != derived:
            for place, (known, expected) in enumerate(zip(stored, derived, strict=True)):
                if known != expected:
                    self._report.integrity.add(
                        f"entry {first + place}: stored as known at {known}, it says {expected}"
                    )
        if stored[0] < self._latest or stored != sorted(stored):
            self._monotone = False
        self._latest = max(self._latest, max(stored))

    def _told(self, type: str, index: int, raw: bytes) -> None:
        event = _whole(raw)["event"]
        data = event["data"]
        if type == "capture.gap":
            if event["source"] == "viewtrail" and str(data.get("why")).startswith("numbers-"):
                return  # numbers are looked at here themselves: what was missing may have come since
            self._numbering.told(f"{_lost(data)} (entry {index})")
        else:
            self._details.erased(index, data)

    def _check_tiles(self, grown: Iterable[tuple[int, int, bytes]]) -> None:
        for level, n, hashes in grown:
            if len(hashes) != TILE * 32:
                continue
            stored = self._storage.tile(level, n)
            if stored == hashes:
                continue
            if level == 0 and stored is not None and len(stored) == len(hashes):
                for place in range(TILE):
                    if stored[place * 32 : place * 32 + 32] != hashes[place * 32 : place * 32 + 32]:
                        self._report.integrity.add(f"entry {n * TILE + place:,} is not what was logged")
            self._report.integrity.add(f"tile {n} of level {level} is not that of the entries")

    def _check_meta(self) -> None:
        """What the next append goes by: a flag or time set wrong would bend the order of what follows."""
        if self._storage.meta("monotone", 1) == 1 and not self._monotone:
            self._report.integrity.add("entries are said to lie in order of knowledge and do not")
        if self._storage.meta("known") != self._latest or self._storage.meta("received") < self._received:
            self._report.integrity.add("the stored last times are not those of the entries")

    def _check_upper_tiles(self) -> None:
        """The last, not yet full tile of each level above the leaves, and that there is no tile too many."""
        count, expected = self._tree.size, 0
        for level, row in enumerate(self._tree.edge):
            last = b"".join(row) if level else b""
            if last and self._storage.tile(level, count // TILE) != last:
                self._report.integrity.add(f"the last tile of level {level} is not that of the entries")
            expected += count // TILE + bool(last)
            count //= TILE
        if self._storage.tile_count() != expected:
            self._report.integrity.add(f"there are {self._storage.tile_count()} tiles, not {expected}")

    def _check_identities(self) -> None:
        own, place = b"".join(self._keys), 0
        digest = hmac_sha256(self._opened.tenant) if self._opened else None
        for first, keys, contents, mac in self._storage.segments():
            if digest and segment_mac(digest, first, keys, contents) != mac:
                self._report.integrity.add(f"the content digests from entry {first} were altered")
            if (
                first != place
                or own[place * 8 : place * 8 + len(keys)] != keys
                or len(contents) != 2 * len(keys)
            ):
                self._report.integrity.add(f"the identities from entry {first} are not those of the entries")
                return
            place += len(keys) // 8
        if place * 8 != len(own):
            self._report.integrity.add(f"identities are stored for {place:,} entries, not {len(own) // 8:,}")
        self._check_unique(own)

    def _check_unique(self, own: bytes) -> None:  # 3
        held = np.frombuffer(own, dtype=">u8").astype(np.uint64)
        order = np.argsort(held, kind="stable")
        for place in np.flatnonzero(held[order][1:] == held[order][:-1]).tolist():
            one, other = int(order[place]), int(order[place + 1])
            if self._identity(one) == self._identity(other):
                self._report.integrity.add(f"entries {one} and {other} have the same source and id")

    def _identity(self, index: int) -> tuple[str, str]:
        row = self._storage.row(index)
        event = self._read(index, row[2] if row else b"").event
        return event.source, event.id


def _lost(data: dict[str, Any]) -> str:
    """What a source said that it lost, or that nobody could hear."""
    feed, lost = data.get("feed", "a source"), data.get("lost")
    spans = [rfc3339(at) if isinstance(at, int) else at for at in (data.get("from"), data.get("to"))]
    span = f" from {spans[0]} to {spans[1]}" if all(spans) else ""
    if lost is None and data.get("why") == "not-connected":
        return f"{feed} was not connected{span}: what it did then may be missing"
    count = f"{lost:,}" if isinstance(lost, int) else "an unknown number of"
    return f"{feed} reported {count} events lost{'' if lost is not None else span}"
