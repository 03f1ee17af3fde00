"""How a data directory is doing: what runs, how long the log is, how far the loop, who was heard when."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from viewtrail.app.home import Home
from viewtrail.app.refusals import HOOKS, refused
from viewtrail.app.serve import running
from viewtrail.app.source_health import Health, beacon_matter, hook_matter
from viewtrail.app.source_watch import health
from viewtrail.event import rfc3339
from viewtrail.log.report import entries, so_many
from viewtrail.store.asking import Questions
from viewtrail.store.board import Board

FAR_BEHIND: Final = 10_000
"""Entries not yet folded that are more than a moment's work."""


@dataclass(frozen=True, slots=True)
class Status:
    """One screen's worth; `worries` says what is not as it should be."""

    children: list[dict[str, Any]]
    size: int
    signed: int
    folded: int
    findings: int
    disk: dict[str, int]
    sources: list[Health]
    beacon: str = ""
    hooks: str = ""

    @property
    def lag(self) -> int:
        return max(0, self.size - self.folded)

    @property
    def worries(self) -> list[str]:
        found = [f"{one['name']} is down: {one['last_words']}" for one in self.children if not one["pid"]]
        if not self.children:
            found.append("`viewtrail serve` is not running here")
        elif self.lag > FAR_BEHIND:
            found.append(f"the loop is {entries(self.lag)} behind")
        found += [f"{one.source.source}: {matter}" for one in self.sources for matter in one.matters]
        found += [f"the beacon: {self.beacon}"] if self.beacon else []
        found += [f"hooks: {self.hooks}"] if self.hooks else []
        return found

    def lines(self) -> list[str]:
        """The screen."""
        disk = ", ".join(f"{name} {size / 2**20:,.1f} MB" for name, size in self.disk.items())
        told = [(one["name"], _child(one)) for one in self.children] or [("serve", "not running")]
        told += [
            ("log", f"{entries(self.size)}, {self.signed:,} signed"),
            (
                "folded",
                f"{entries(self.folded)}, {self.lag:,} behind; "
                f"{so_many(self.findings, 'finding')} to look at",
            ),
            ("disk", disk),
            *(("source", _source(one)) for one in self.sources),
            *(("look at", one) for one in self.worries),
        ]
        return [f"{name:<12} {text}" for name, text in told]


def status(home: Home, now: int) -> Status:
    """What can be seen from outside, without stopping anything. BadInput when there is no log."""
    board = Board(home.path)
    with home.reader() as reader, Questions(home.path, reader) as questions:
        signed = reader.latest_checkpoint()
        sources = health(home, questions, now)
        size = reader.size
    state = running(home.path)
    children = state["children"] if state else []
    return Status(
        list(children) if isinstance(children, list) else [],
        size,
        signed.size if signed else 0,
        board.made().size,
        board.count(living=True),
        {name: _bytes(home.path, *parts) for name, *parts in _PLACES},
        sources,
        beacon_matter(refused(home.path, now)),
        hook_matter(refused(home.path, now, HOOKS)),
    )


_PLACES: Final = (
    ("log", "log.db", "log.db-wal"),
    ("segments", "segments"),
    ("findings", "projections.db", "projections.db-wal"),
    ("state", "state"),
)


def _bytes(home: Path, *names: str) -> int:
    total = 0
    for name in names:
        place = home / name
        files = [place] if place.is_file() else place.rglob("*") if place.is_dir() else []
        total += sum(os.stat(one).st_size for one in files if one.is_file())
    return total


def _child(one: dict[str, Any]) -> str:
    runs = f"process {one['pid']}" if one["pid"] else "down"
    died = f", started again {one['deaths']} times (last: {one['last_words']})" if one["deaths"] else ""
    return f"{runs}{died}"


def _source(one: Health) -> str:
    seen = one.source
    usual = f", usually {seen.usual_24h:,.0f}" if seen.usual_24h is not None else ""
    told = f"last heard {rfc3339(seen.last_seen)}, {so_many(seen.events_24h, 'event')} in 24 hours{usual}"
    owner = f"; looked after by {one.owner}" if one.owner else ""
    return f"{seen.source}: {one.state}; {told}{owner}"
