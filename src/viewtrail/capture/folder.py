"""One process's part of the spool: its chains and its count of losses, read from the oldest event on."""

from __future__ import annotations

import contextlib
import json
import threading
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Final

from viewtrail.capture.chain import Chain, FileChain
from viewtrail.capture.ledger import Ledger, Lost
from viewtrail.capture.memory_chain import MemoryChain
from viewtrail.capture.worth import CLASSES, GAPS
from viewtrail.event.wire import rfc3339

LINE_BYTES: Final = 500
"""About what a line has, so that a reading gives about a batch."""

LEDGER: Final = "lost"


@dataclass(slots=True)
class Batch:
    """Events to send, oldest first. `lines` are those of the spool, by chain; `torn` of them say nothing."""

    folder: Folder
    events: list[bytes] = field(default_factory=list)
    lines: dict[str, list[bytes]] = field(default_factory=dict)
    torn: int = 0

    def __len__(self) -> int:
        return len(self.events)

    def acknowledge(self) -> None:
        """All of it is on the server's disk or set aside: it may go from ours."""
        self.folder.done(self)


class Folder:
    """Chains by class, oldest event first across them. Safe among threads."""

    def __init__(self, source: str, boot: str, chains: dict[str, Chain], ledger: Ledger) -> None:
        self.source = source
        self.boot = boot
        self.lock = threading.Lock()
        self.chains = chains
        self.ledger = ledger

    @property
    def pending(self) -> int:
        """Events not yet acknowledged."""
        return sum(chain.pending for chain in self.chains.values())

    @property
    def empty(self) -> bool:
        """Everything is delivered, and every loss told."""
        return not self.pending and not any(row.untold for row in self.ledger.rows())

    @property
    def held_bytes(self) -> int:
        return sum(chain.held_bytes for chain in self.chains.values())

    def take(self, most: int, most_bytes: int) -> Batch:
        """The oldest events, up to `most`; they stay here until acknowledged. One batch at a time."""
        reading = min(most_bytes, most * LINE_BYTES)
        with self.lock:
            plans = {name: chain.plan(reading) for name, chain in self.chains.items() if chain.pending}
        found = {name: read() for name, read in plans.items()}
        for name, lines in found.items():
            if not lines:
                self._vanished(name)
        batch, size = Batch(self), 0
        for name, line in _merged(found, most):
            size += len(line)
            if batch.lines and size > most_bytes:
                break
            batch.lines.setdefault(name, []).append(line)
            event = line[line.find(b" ") + 1 : -1]
            if event[:1] == b"{" and event[-1:] == b"}" and line[:1].isdigit():
                batch.events.append(event)
            else:
                batch.torn += 1
        return batch

    def _vanished(self, name: str) -> None:
        with self.lock:
            while (given := self.chains[name].vanished()) is not None:
                self.lose("disk", given.count, given.first, given.last)

    def give_up(self, name: str, why: str) -> bool:
        """The oldest file of this class that is not on its way goes, and is counted. With the lock held."""
        given = self.chains[name].give_up()
        if given is not None:
            self.lose(why, given.count, given.first, given.last)
        return given is not None

    def done(self, batch: Batch) -> None:
        with self.lock:
            for name, chain in self.chains.items():
                if name in batch.lines:
                    chain.done(batch.lines[name])
                chain.release()
            if batch.torn:
                self.lose("torn", batch.torn, 0, 0)

    def release(self) -> None:
        """The batch was not delivered; its lines may be given up again if room is needed."""
        with self.lock:
            for chain in self.chains.values():
                chain.release()

    def lose(self, why: str, count: int, first: int, last: int) -> None:
        self.ledger.lose(why, count, first, last)

    def tell_gaps(self, at: int) -> None:
        """Each loss not yet told becomes a `capture.gap` in the spool. Call when delivery works.

        Its id and content follow from the count alone: told again after a crash, it is the same event.
        """
        with self.lock:
            for row in self.ledger.rows():
                if row.untold:
                    with contextlib.suppress(OSError):
                        self.chains[GAPS].append(b"0 " + self._gap(row, at) + b"\n", at)
                        self.ledger.tell(row)

    def _gap(self, row: Lost, at: int) -> bytes:
        data = {"feed": self.source, "lost": row.untold, "why": row.why}
        if row.last:
            data |= {"from": rfc3339(row.first), "to": rfc3339(row.last)}
        event = {
            "specversion": "1.0",
            "id": f"{self.boot}.{row.why}.{row.told}",
            "source": self.source,
            "type": "capture.gap",
            "time": rfc3339(row.last or int(self.boot[:8], 16) * 1_000_000),
            "data": data,
        }
        return json.dumps(event).encode()


def _merged(found: dict[str, list[bytes]], most: int) -> list[tuple[str, bytes]]:
    """The first `most` lines of all chains in the order of their numbers; mostly there is one chain."""
    if len(found) == 1:
        ((name, lines),) = found.items()
        return [(name, line) for line in lines[:most]]
    told: list[tuple[int, str, bytes]] = []
    for name, lines in found.items():
        number = 0
        for line in lines[:most]:
            # Within a chain the order stays, whatever a garbled line says: in it they are acknowledged.
            number = max(number, _number(line))
            told.append((number, name, line))
    told.sort(key=itemgetter(0))
    return [(name, line) for _, name, line in told[:most]]


def _number(line: bytes) -> int:
    head = line[:16].partition(b" ")[0]
    return int(head) if head.isdigit() else 0


def file_chains(path: Path) -> dict[str, Chain]:
    return {name: FileChain(path, name) for name in CLASSES}


def memory_chains() -> dict[str, Chain]:
    return {name: MemoryChain() for name in CLASSES}
