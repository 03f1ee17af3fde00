"""One group of events on its way into the log: which are new, and the bytes of those."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from viewtrail.errors import BadInput
from viewtrail.event import Event, canonical
from viewtrail.log.detail import DetailKeys, key_name, plain_detail, seal_detail
from viewtrail.log.entry import (
    MAX_BYTES,
    MAX_INT,
    around,
    decode,
    encode_json,
    frame,
    identity_key,
    known_at,
    seal,
)
from viewtrail.log.keys import Keys
from viewtrail.log.pseudonyms import SealedNames
from viewtrail.log.ready import CONTENT, Ready, Readying, stored_of
from viewtrail.log.storage import Batch, Storage

AHEAD = 10 * 60 * 1_000_000  # µs; an event later than this after its receipt has a wrong clock
_AROUND = 128  # bytes that a detail's commitment and the field names add to an entry at most


class Receipt(msgspec.Struct, frozen=True, gc=False):
    """What became of one event. `index`: its entry; when "repeated" or "conflict", the entry that stands."""

    index: int | None
    outcome: Literal["added", "repeated", "conflict", "set-aside"]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What one producer hands in at once; several producers' parts share one durable write.

    `received` (µs) is when it came. `backfill` marks history, known from its own time. `skew` (ms) is how far
    the source's clock is ahead. `masked`: ids that already are pseudonyms are kept as they are. `aside` is
    (place, reason, raw) of what came with the events and could not become one. `ready` are the same events,
    where somebody made them ready already; they are written that way as long as all of them are new.
    """

    events: Sequence[Event]
    received: int
    backfill: bool = False
    skew: int = 0
    masked: bool = False
    aside: Sequence[tuple[str, str, bytes]] = ()
    ready: Ready | None = None


class Writing:
    """What outlives a group: keys at work, caches of names and detail keys."""

    def __init__(self, tenant: str, keys: Keys, storage: Storage, entropy: Callable[[int], bytes]) -> None:
        self.tenant = tenant
        self.storage = storage
        self.entropy = entropy
        self.readying = Readying(keys.tenant)
        self.digest = self.readying.digest
        self.names = SealedNames(keys.master, entropy)
        self.detail_keys = DetailKeys(keys.master, entropy, storage.detail_key)
        self._aside = AESGCM(keys.master)

    def forget(self) -> None:
        self.names.forget()
        self.readying.names.take_used()
        self.detail_keys.forget()

    def sealed(self, name: str, plain: bytes) -> tuple[str, bytes]:
        """(commitment, sealed bytes) of a detail under the key of that name."""
        bound, blob = seal_detail(self.detail_keys.get_or_make(name), plain, self.entropy)
        return bound.hex(), blob

    def aside(self, at: int, place: str, why: str, raw: bytes) -> tuple[int, str, str, bytes]:
        """Sealed under a nonce made from all of it, so that the same thing set aside twice is one row."""
        bound = aside_bound(place, why)
        nonce = self.digest(bound + raw)[:12]
        return at, place, why, nonce + self._aside.encrypt(nonce, raw, bound)

    def mac(self, batch: Batch) -> bytes:
        """Over what no entry says by itself: which content digest belongs to which index."""
        return segment_mac(self.digest, batch.first, b"".join(batch.keys), b"".join(batch.contents))


def aside_bound(place: str, why: str) -> bytes:
    return b"set-aside:" + encode_json([place, why])


def segment_mac(digest: Callable[[bytes], bytes], first: int, keys: bytes, contents: bytes) -> bytes:
    return digest(b"identities:%d:" % first + keys + contents)[:CONTENT]


class Group:
    """Turns parts into one `Batch`; nothing is on disk until the batch is written."""

    def __init__(self, writing: Writing, first: int) -> None:
        self._writing = writing
        self._fresh: dict[bytes, int] = {}
        self._shared: list[int] = []  # entries of this batch whose identity key another one of it has too
        self.batch = Batch(first)

    def take(self, part: Part, received: int) -> list[Receipt]:
        """A receipt for each event of the part, which counts as received then."""
        self._received, self._backfill, self._masked = received, part.backfill, part.masked
        self._frame = frame(self._writing.tenant, received, backfill=part.backfill, skew=part.skew)
        self.batch.aside += [self._writing.aside(received, *item) for item in part.aside]
        ready = part.ready
        if ready is not None and self._all_new(ready.keys) and self._writable(ready):
            return self._take_all(ready)
        return self._take_each(part.events)

    def _all_new(self, keys: list[bytes]) -> bool:
        """Whether these are different identities, none of them in the log or in this batch."""
        return (
            len(set(keys)) == len(keys)
            and self._fresh.keys().isdisjoint(keys)
            and not self._writing.storage.candidates(keys)
        )

    def _writable(self, ready: Ready) -> bool:
        """Whether nothing about them is to be told to whoever sent them: neither their times nor length."""
        latest = min(self._received + AHEAD, MAX_INT)
        if ready.earliest < 0 or ready.latest > latest:
            return False
        longest = max(map(len, ready.bodies), default=0) + sum(map(len, self._frame)) + _AROUND
        return longest <= MAX_BYTES

    def _take_all(self, ready: Ready) -> list[Receipt]:
        """What `_take_each` does for new events that are in order, by the column: three times as fast."""
        writing, batch, (opening, closing) = self._writing, self.batch, self._frame
        first = batch.first + len(batch.entries)
        places = range(first, first + len(ready.bodies))
        raws = [around(body, opening, closing) for body in ready.bodies]
        for place, name, plain in ready.details:
            bound, blob = writing.sealed(name, plain)
            raws[place] = around(ready.bodies[place], opening, closing, bound)
            batch.details.append((first + place, name, blob))
        known = ready.since if self._backfill else [self._received] * len(raws)
        batch.entries += zip(known, raws, strict=True)
        batch.keys += ready.keys
        batch.contents += ready.contents
        self._fresh.update(zip(ready.keys, places, strict=True))
        writing.names.need(ready.names)
        return [Receipt(index, "added") for index in places]

    def _take_each(self, events: Sequence[Event]) -> list[Receipt]:
        keys = [_key(event) for event in events]
        stored = self._writing.storage.candidates(keys)
        receipts = []
        for place, event in enumerate(events):
            try:
                receipt = self._take(event, keys[place], stored.get(place, ()))
            except BadInput as error:
                receipt = self._put_aside(event, error.what)
            receipts.append(receipt)
        self._keep_names()
        return receipts

    def _keep_names(self) -> None:
        self._writing.names.need(self._writing.readying.names.take_used())

    def whole(self) -> Batch:
        """The batch with the names and keys that its entries need."""
        self.batch.names = self._writing.names.take_new()
        self.batch.detail_keys = self._writing.detail_keys.take_new()
        return self.batch

    def _take(self, event: Event, key: bytes, stored: Sequence[tuple[int, bytes]]) -> Receipt:
        try:
            content = self._writing.readying.content(event)
        except (TypeError, ValueError, OverflowError, RecursionError) as error:
            raise BadInput(f"cannot be written as canonical JSON: {error}") from error
        before = self._before(event, key, stored)
        if before is None:
            return Receipt(self._add(event, key, content), "added")
        if before[1] == content:
            return Receipt(before[0], "repeated")
        return self._conflict(event, content, before[0])

    def _before(
        self, event: Event, key: bytes, stored: Sequence[tuple[int, bytes]]
    ) -> tuple[int, bytes] | None:
        """(index, content) of the entry with this identity; an equal key alone is no identity."""
        batch, fresh = self.batch, self._fresh.get(key)
        for index in [fresh, *self._shared] if fresh is not None else ():
            place = index - batch.first
            if _is(event, index, batch.entries[place][1]):
                return index, batch.contents[place]
        for index, content in stored:
            row = self._writing.storage.row(index)
            if row is not None and _is(event, index, row[2]):
                return index, content
        return None

    def _add(self, event: Event, key: bytes, content: bytes) -> int:
        writing, batch, time = self._writing, self.batch, event.time
        if time > self._received + AHEAD:
            raise BadInput(f"its time is {so_long(time - self._received)} ahead of its receipt")
        if not 0 <= time <= MAX_INT:
            raise BadInput(f"its time is {time} µs, which is before 1970 or beyond 2^53")
        stored = stored_of(event, writing.readying.names, masked=self._masked)
        bound, blob, name = None, b"", ""
        if event.extra:
            self._keep_names()  # chance is drawn in the order of the events
            name = key_name(stored.data.get("agent"), event.source, time)
            bound, blob = writing.sealed(name, plain_detail(event.extra))
        raw = seal(stored, *self._frame, bound)
        index = batch.first + len(batch.entries)
        batch.entries.append((known_at(self._received, self._backfill, time, stored.data), raw))
        batch.keys.append(key)
        batch.contents.append(content)
        if bound:
            batch.details.append((index, name, blob))
        if self._fresh.setdefault(key, index) != index:
            self._shared.append(index)
        return index

    def _conflict(self, event: Event, content: bytes, index: int) -> Receipt:
        """Keep what came, and say in the log that it came; the same conflict again is not told twice."""
        mark = self._writing.digest(b"conflict:" + _key(event) + content).hex()[:32]
        told = Event(
            source="viewtrail",
            id=f"conflict-{mark}",
            type="identity.conflicted",
            time=event.time if self._backfill else self._received,
            data={"actor_kind": "system", "feed": event.source, "what": event.id, "why": "other-content"},
        )
        key = _key(told)
        if self._before(told, key, self._writing.storage.candidates([key]).get(0, ())) is None:
            self._add(told, key, self._writing.readying.content(told))
            self._keep(event, "the same id was used with other content")
        return Receipt(index, "conflict", f"entry {index} has the same source and id and other content")

    def _put_aside(self, event: Event, why: str) -> Receipt:
        self._keep(event, why)
        return Receipt(None, "set-aside", why)

    def _keep(self, event: Event, why: str) -> None:
        try:
            raw = canonical(event)
        except (TypeError, ValueError, OverflowError, RecursionError):
            raw = repr(event).encode("utf-8", "backslashreplace")
        place = f"{event.source}#{event.id}".encode("utf-8", "backslashreplace").decode()
        self.batch.aside.append(self._writing.aside(self._received, place, why, raw))

    _received: int
    _backfill: bool
    _masked: bool
    _frame: tuple[bytes, bytes]


def so_long(micros: int) -> str:
    """So much time in the largest unit that it has two of."""
    minutes = round(micros / 60_000_000)
    for name, of in (("days", 1_440), ("hours", 60)):
        if minutes >= 2 * of:
            return f"{minutes // of:,} {name}"
    return f"{minutes} minutes"


def _is(event: Event, index: int, raw: bytes) -> bool:
    """Whether the entry is of the same event by source and id."""
    held = decode(raw, f"entry {index}").event
    return (held.source, held.id) == (event.source, event.id)


def _key(event: Event) -> bytes:
    try:
        return identity_key(event.source, event.id)
    except UnicodeEncodeError:
        return bytes(8)  # a lone surrogate: set aside as soon as its content is asked for
