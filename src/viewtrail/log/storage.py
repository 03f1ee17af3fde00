"""What the log asks of a database: a Protocol, so that no driver is known here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol


@dataclass
class Batch:
    """All that one durable write adds; applied as a whole or not at all."""

    first: int
    entries: list[tuple[int, bytes]] = field(default_factory=list)  # (known, exact bytes), from index `first`
    keys: list[bytes] = field(default_factory=list)  # eight bytes per entry, entry.identity_key
    contents: list[bytes] = field(default_factory=list)  # sixteen bytes per entry, keyed content digest
    mac: bytes = b""  # over keys and contents
    tiles: list[tuple[int, int, bytes]] = field(default_factory=list)  # (level, n, hashes)
    details: list[tuple[int, str, bytes]] = field(default_factory=list)  # (index, key name, sealed)
    detail_keys: list[tuple[str, bytes]] = field(default_factory=list)
    names: list[tuple[str, bytes]] = field(default_factory=list)
    aside: list[tuple[int, str, str, bytes]] = field(default_factory=list)  # (at, place, reason, sealed)
    meta: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class SetAside:
    """Something that was given to the log and is not in it, kept sealed with its place and reason."""

    at: int
    place: str
    reason: str
    sealed: bytes = field(repr=False)


class Storage(Protocol):
    """Reads see only what a finished `write` left, and may come from any process; one process writes."""

    def size(self) -> int:
        """One more than the highest index."""
        ...

    def first(self) -> int:
        """The lowest index: 0, unless something lies before the log."""
        ...

    def snapshot(self) -> AbstractContextManager[None]:
        """Inside it all reads see one state of the log, whatever is written meanwhile."""
        ...

    def rows(self, start: int, stop: int) -> Iterator[list[tuple[int, int, bytes]]]:
        """(index, known, entry) in pieces of some thousands, by index; LogDamaged where one is missing."""
        ...

    def rows_known(self, stop: int) -> Iterator[list[tuple[int, int, bytes]]]:
        """The same ordered by (known, index)."""
        ...

    def row(self, index: int) -> tuple[int, int, bytes] | None: ...

    def chosen(self, indexes: Sequence[int]) -> list[tuple[int, int, bytes]]:
        """(index, known, entry) of some thousands at most, as asked; LogDamaged where one is missing."""
        ...

    def segments(self) -> Iterator[tuple[int, bytes, bytes, bytes]]:
        """(first index, identity keys, content digests, mac) in order."""
        ...

    def candidates(self, keys: Sequence[bytes]) -> dict[int, list[tuple[int, bytes]]]:
        """Position in `keys` -> the (index, content digest) that have this identity key, where any has."""
        ...

    def tile(self, level: int, n: int) -> bytes | None: ...

    def tile_count(self) -> int: ...

    def detail(self, index: int) -> tuple[str, bytes] | None: ...

    def details(self, start: int, stop: int) -> Iterator[tuple[int, str, bytes]]: ...

    def detail_key(self, name: str) -> bytes | None: ...

    def name(self, pseudonym: str) -> bytes | None: ...

    def names(self) -> Iterator[tuple[str, bytes]]: ...

    def meta(self, name: str, default: int = 0) -> int: ...

    def set_aside(self) -> list[SetAside]: ...

    def checkpoint(self) -> str:
        """The latest signed checkpoint kept in the database; empty when there is none."""
        ...

    def checkpoints(self) -> list[tuple[int, str]]:
        """(size, note) of all that are kept in the database, smallest first."""
        ...

    def outer_checkpoint(self) -> str:
        """The latest signed checkpoint kept outside the database."""
        ...

    def problems(self) -> list[str]:
        """What the database itself finds wrong with its file."""
        ...

    def write(self, batch: Batch) -> None:
        """Durable on return. After an exception the outcome is unknown: read back before writing again.
        LogBusy when another writer has opened the log since."""
        ...

    def keep_checkpoint(self, note: str, size: int, held: str) -> None:
        """Compare-and-swap outside the database (`held` must be there still), then inside; durable."""
        ...

    def close(self) -> None: ...
