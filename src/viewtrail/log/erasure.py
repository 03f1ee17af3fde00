"""What is kept beside entries and may be erased: every detail and name is checked against its entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from viewtrail.errors import KeyMissing
from viewtrail.log.detail import DetailKeys, open_detail
from viewtrail.log.group import aside_bound
from viewtrail.log.keys import Keys
from viewtrail.log.pseudonyms import Names
from viewtrail.log.storage import SetAside, Storage


class Details:
    """Tells a detail that is right from one that is erased by authority, missing, or not the entry's."""

    def __init__(self, storage: Storage, keys: Keys | None, fault: Callable[[str], None]) -> None:
        self._storage = storage
        self._fault = fault
        self._openers = DetailKeys(keys.master, bytes, storage.detail_key) if keys else None
        self._without_key: dict[str, list[int]] = {}  # key name -> entries whose detail it would open
        self._authorised: dict[str, int] = {}  # key name or agent -> the entry that says it was erased
        self._unopened = 0
        self._kept = 0
        self._erased = 0

    def erased(self, index: int, data: Mapping[str, Any]) -> None:
        """An `erasure.done` entry: `what` names a detail key, or `about` the agent of whom all is erased."""
        for name in (data.get("what"), data.get("about")):
            if isinstance(name, str):
                self._authorised.setdefault(name, index)

    def check(self, start: int, stop: int, detailed: Sequence[tuple[int, str]]) -> None:
        """The details of entries [start, stop), of which `detailed` have the commitments given."""
        kept = {index: (name, sealed) for index, name, sealed in self._storage.details(start, stop)}
        self._kept += len(kept)
        for index, bound in detailed:
            if index not in kept:
                self._fault(f"entry {index}: its detail is missing")
                continue
            self._check_one(index, bound, *kept.pop(index))
        for index in kept:
            self._fault(f"entry {index} has no detail, and one is stored for it")

    def _check_one(self, index: int, bound: str, name: str, sealed: bytes) -> None:
        if self._storage.detail_key(name) is None:
            self._without_key.setdefault(name, []).append(index)
            return
        if self._openers is None:
            self._unopened += 1
            return
        try:
            key = self._openers.get(name)
            if key is None or open_detail(key, sealed, bytes.fromhex(bound)) is None:
                self._fault(f"entry {index}: the detail is not the one it is bound to")
        except (KeyMissing, ValueError) as error:
            self._fault(f"entry {index}: its detail cannot be opened: {error}")

    def finish(self, size: int) -> None:
        if sum(1 for _ in self._storage.details(0, 2**62)) != self._kept:
            self._fault(f"details are stored for entries past {size:,}")
        for name, indexes in self._without_key.items():
            by = self._authorised.get(name, self._authorised.get(name.rpartition("/")[0]))
            if by is None:
                self._fault(
                    f"the key {name} of {len(indexes):,} details is missing, and no entry says erased"
                )
            else:
                self._erased += len(indexes)

    def notes(self) -> list[str]:
        told = []
        if self._erased:
            entries = sorted(set(self._authorised.values()))
            told.append(
                f"{self._erased:,} details are erased, authorised by entry {', '.join(map(str, entries))}"
            )
        if self._unopened:
            told.append(f"{self._unopened:,} details were not opened: the log's keys are not here")
        return told


def check_names(storage: Storage, keys: Keys, fault: Callable[[str], None]) -> None:
    """Every sealed name opens and gives its pseudonym again."""
    names = Names(keys.tenant, keys.master)
    for pseudonym, sealed in storage.names():
        try:
            again = names.of(pseudonym[:1], names.open(pseudonym, sealed))
        except KeyMissing as error:
            fault(str(error))
            continue
        if again != pseudonym:
            fault(f"the name kept for {pseudonym} is that of {again}")


def open_aside(item: SetAside, keys: Keys) -> bytes:
    """The raw bytes that were set aside; KeyMissing when they, their place or reason are not as they were."""
    try:
        bound = aside_bound(item.place, item.reason)
        return AESGCM(keys.master).decrypt(item.sealed[:12], item.sealed[12:], bound)
    except (InvalidTag, ValueError) as error:
        raise KeyMissing("what was set aside does not open", where=item.place) from error


def check_aside(items: Sequence[SetAside], keys: Keys, fault: Callable[[str], None]) -> None:
    for item in items:
        try:
            open_aside(item, keys)
        except KeyMissing as error:
            fault(str(error))
